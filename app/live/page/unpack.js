// unpack.js - unpacks what join.sh has packed, and begins.

const textOf = id => document.getElementById(id).textContent.trim();

function unbase64(text) {
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
}

// The bytes packed in a text, by the module in another.
function unpack(text, unpacker) {
    const packed = unbase64(text);
    const {memory, unlzma_room: makeRoom, unlzma} = new WebAssembly.Instance(
        new WebAssembly.Module(unbase64(unpacker))).exports;
    const at = makeRoom(packed.length);
    new Uint8Array(memory.buffer).set(packed, at);
    const size = unlzma();
    return new Uint8Array(memory.buffer, at + packed.length, size);
}

// The next message of the first worker.
const heard = () => new Promise(resolve =>
    unpacked.first.addEventListener('message', resolve, {once: true}));

function runScript(text) {
    const script = document.createElement('script');
    script.textContent = "'use strict';\n" + text;
    document.body.append(script);
}

// What the scripts begin with, see engine.js, main.js and shell.js.
const unpacked = {};

// The scripts of app/live/page, which then start the page: see main.js. First
// of all a worker, which gets the module ready meanwhile; to start, it wants
// this thread in between.
async function begin() {
    try {
        const unpacker = textOf('unpacker');
        unpacked.worker = URL.createObjectURL(new Blob(
            [unbase64, unpack, unpack(textOf('worker'), unpacker)],
            {type: 'text/javascript'}));
        unpacked.first = new Worker(unpacked.worker);
        unpacked.first.postMessage({packed: [textOf('module'), unpacker]});
        await heard();
        unpacked.module = heard();
        const [style, shared, ...scripts] = new TextDecoder()
            .decode(unpack(textOf('texts'), unpacker)).split('\f');
        Object.assign(unpacked, {style, rooms: scripts});
        runScript(shared);
        await window.convlet.start();
    } catch (error) {
        document.getElementById('style').textContent = unpacked.style || '';
        const banner = document.getElementById('banner');
        banner.textContent = `The page could not start: ${error.message}. ` +
            'It needs a browser of 2023 or later.';
        banner.hidden = false;
    }
}
