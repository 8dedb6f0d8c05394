// unpack.js - unpacks what join.sh has packed, and begins.

const textOf = id => document.getElementById(id).textContent.trim();

function unbase64(text) {
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
}

// The bytes packed in an element.
function unpack(id) {
    const packed = unbase64(textOf(id));
    const {memory, unlzma_room: makeRoom, unlzma} = new WebAssembly.Instance(
        new WebAssembly.Module(unbase64(textOf('unpacker')))).exports;
    const at = makeRoom(packed.length);
    new Uint8Array(memory.buffer).set(packed, at);
    const size = unlzma();
    return new Uint8Array(memory.buffer, at + packed.length, size);
}

// Resolves when this thread has done what waited for it.
const others = () => new Promise(resolve => setTimeout(resolve));

// What the scripts begin with, see engine.js and main.js.
const unpacked = {};

// The scripts of app/live/page, which then start the page: see main.js. First of
// all the worker: it starts by other processes, which want this thread in between.
async function begin() {
    try {
        unpacked.worker = URL.createObjectURL(new Blob([unpack('worker')],
            {type: 'text/javascript'}));
        unpacked.first = new Worker(unpacked.worker);
        await others();
        const [style, scripts] = new TextDecoder().decode(unpack('texts'))
            .split('\f');
        unpacked.style = style;
        await others();
        const script = document.createElement('script');
        script.textContent = "'use strict';\n" + scripts;
        document.body.append(script);
        await window.convlet.start();
    } catch (error) {
        document.getElementById('style').textContent = unpacked.style || '';
        const banner = document.getElementById('banner');
        banner.textContent = `The page could not start: ${error.message}. ` +
            'It needs a browser of 2023 or later.';
        banner.hidden = false;
    }
}
