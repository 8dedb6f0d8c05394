// hostile.mjs - files that are not what they say: a sentence, nothing broken.
import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {deflateSync} from 'node:zlib';

import {convlet, launch} from './drive.mjs';
import {chance} from './numbers.mjs';

const directory = mkdtempSync(join(tmpdir(), 'live-'));

function npy(header, data = Buffer.alloc(64), version = 1) {
    const length = Buffer.alloc(version === 1 ? 2 : 4);
    if (version === 1) length.writeUInt16LE(header.length);
    else length.writeUInt32LE(header.length);
    return Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY'),
        Buffer.from([version, 0]), length, Buffer.from(header), data]);
}

const npyHeader = (descr, shape, order = 'False') =>
    `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`
        .padEnd(117) + '\n';

function safetensors(header, data = Buffer.alloc(64), length = header.length) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(length));
    return Buffer.concat([bytes, Buffer.from(header), data]);
}

function pngChunk(name, data) {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(12);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(checksum(body), 8);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(8)]);
}

// CRC-32, as PNG wants it.
function checksum(bytes) {
    let crc = ~0;
    for (const byte of bytes) {
        crc ^= byte;
        for (let i = 0; i < 8; i++)
            crc = (crc >>> 1) ^ (-(crc & 1) & 0xedb88320);
    }
    return ~crc >>> 0;
}

function png(width, height, data) {
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width);
    head.writeUInt32BE(height, 4);
    head.set([8, 0, 0, 0, 0], 8);
    return Buffer.concat([
        Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        pngChunk('IHDR', head), pngChunk('IDAT', deflateSync(data)),
        pngChunk('IEND', Buffer.alloc(0))]);
}

const tensor = (dtype, shape, offsets) =>
    `"0.weight":{"dtype":"${dtype}","shape":[${shape}],` +
    `"data_offsets":[${offsets}]}`;

// Each is refused, or, if it is sound, taken.
const FILES = {
    'empty.npy': Buffer.alloc(0),
    'magic.npy': Buffer.from('\x93NUMPY'),
    'text.npy': Buffer.from('1 2 3\n'),
    'long-header.npy': npy('x'.repeat(65535)),
    'large-header.npy': npy('{', Buffer.alloc(0), 2),
    'object.npy': npy(npyHeader("'|O'", '(2,)')),
    'negative.npy': npy(npyHeader("'<f4'", '(-4,)')),
    'overflow.npy': npy(npyHeader("'<f4'",
        '(4294967296, 4294967296, 4294967296)')),
    'huge.npy': npy(npyHeader("'<f8'", '(100000, 100000)')),
    'short.npy': npy(npyHeader("'<f8'", '(4, 4)'), Buffer.alloc(8)),
    'fortran.npy': npy(npyHeader("'<f4'", '(4, 4)', 'True')),
    'record.npy': npy(npyHeader("[('a', '<f4')]", '(4,)')),
    'complex.npy': npy(npyHeader("'<c8'", '(4,)')),
    'nan.npy': npy(npyHeader("'<f4'", '(4, 4)'), Buffer.alloc(64, 0xff)),
    'many-axes.npy': npy(npyHeader("'<f4'", `(${'1, '.repeat(70)})`)),
    'none.npy': npy(npyHeader("'<f4'", '(0, 4)'), Buffer.alloc(0)),
    'empty.safetensors': Buffer.alloc(0),
    'length.safetensors': Buffer.alloc(8, 0xff),
    'beyond.safetensors': safetensors('{}', Buffer.alloc(0), 1 << 20),
    'json.safetensors': safetensors('{"a":'),
    'deep.safetensors': safetensors('{"a":'.repeat(20000)),
    'twice.safetensors': safetensors(
        `{${tensor('F32', '2,2', '0,16')},${tensor('F32', '2,2', '0,16')}}`),
    'overlap.safetensors': safetensors(`{${tensor('F32', '4,4', '8,16')}}`),
    'negative.safetensors': safetensors(`{${tensor('F32', '-4', '0,16')}}`),
    'offsets.safetensors': safetensors(
        `{${tensor('F32', '4', '9007199254740993,9007199254741009')}}`),
    'dtype.safetensors': safetensors(`{${tensor('Q7', '4', '0,16')}}`),
    'nonsense.safetensors': safetensors(
        `{"__metadata__":{"net":"conv 9999999 999x999"},${
            tensor('F32', '4,4', '0,64')}}`),
    'markup.safetensors': safetensors(
        '{"<img src=x onerror=window.broken=1>":{"dtype":"F32",' +
        '"shape":[16],"data_offsets":[0,64]}}'),
    'empty.png': Buffer.alloc(0),
    'text.png': Buffer.from('<script>window.broken=1</script>'),
    'bomb.png': png(65535, 65535, Buffer.alloc(10000)),
    'none.png': png(0, 0, Buffer.alloc(1)),
    'short.png': png(64, 64, Buffer.alloc(10)),
    'one.png': png(1, 1, Buffer.alloc(2)),
    'wide.png': png(20000, 1, Buffer.alloc(20001)),
    'page.svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" ' +
        'width="9" height="9" onload="window.broken=1"><image href=' +
        '"http://picture.invalid/x.png"/><script>window.broken=1</script>' +
        '</svg>'),
    '<img src=x onerror=window.broken=1>.png': Buffer.from('no picture'),
};

// Sound files with bits turned over and ends cut off.
function addDamaged(name, bytes) {
    const {whole} = chance(bytes.length);
    for (let i = 0; i < 12; i++) {
        const damaged = Buffer.from(bytes);
        for (let turns = whole(1, 4); turns > 0; turns--)
            damaged[whole(0, Math.min(bytes.length - 1, 400))] ^=
                1 << whole(0, 7);
        FILES[`turned-${i}-${name}`] = damaged;
        FILES[`cut-${i}-${name}`] =
            bytes.subarray(0, whole(0, bytes.length - 1));
    }
}

let browser, page;
before(async () => {
    browser = await launch();
    page = await browser.open();
    const run = join(directory, 'run');
    convlet('train', '--quiet', '--steps', '1', '--out', run);
    addDamaged('model.safetensors',
        readFileSync(join(run, 'model.safetensors')));
    addDamaged('array.npy', npy(npyHeader("'<f4'", '(4, 4)')));
    addDamaged('sample.png',
        readFileSync(join(process.env.ROOT, 'assets', 'sample.png')));
    for (const [name, bytes] of Object.entries(FILES))
        writeFileSync(join(directory, name), bytes);
});
after(async () => {
    await browser.close();
    rmSync(directory, {recursive: true});
});

// Runs in the page: what the engine's calls, load and readArray, say of bytes.
async function giveBytes(call, text) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const engine = await window.convlet.engine('training');
    try {
        await engine[call](bytes);
        return '';
    } catch (error) {
        return error.message;
    }
}

test('hostile arrays and models get a sentence of the module', async () => {
    let refused = 0;
    for (const [name, bytes] of Object.entries(FILES))
        for (const call of ['load', 'readArray']) {
            const text = await page.run(giveBytes, call,
                bytes.toString('base64'));
            assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u, `${call} ${name}`);
            assert.ok(text.length < 600, `${call} ${name}: ${text}`);
            refused += text !== '';
        }
    const count = 2 * Object.keys(FILES).length;
    console.log(`${refused} of ${count} refused`);
    assert.ok(refused > count / 2);
    await page.follow('room=training&seed=2');
    await page.follow('room=training');
    assert.deepEqual(await page.complaints(), []);
});

// Runs in the page: has the room no work under way?
async function isIdle(id) {
    const shell = window.convlet.shell(id);
    while (shell.showing) await shell.showing;
    return !(await shell.engine()).busy;
}

test('a hostile file gets a sentence, and breaks nothing', async () => {
    let count = 0;
    for (const id of await page.rooms()) {
        await page.visit(id);
        const inputs = await page.tab.$$(`#room-${id} input[type=file]`);
        for (const input of inputs)
            for (const name of Object.keys(FILES)) {
                await input.uploadFile(join(directory, name));
                await assertRefused(id, name);
                count++;
            }
        await page.follow(`room=${id}`);
    }
    console.log(`${count} files`);
});

async function assertRefused(id, name) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    await page.until(isIdle, id);
    const complaints = await page.complaints();
    for (const text of complaints) {
        assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u, name);
        assert.ok(text.length < 600, `${name}: ${text}`);
    }
    assert.equal(await page.run(() => window.broken), undefined, name);
    assert.deepEqual(page.faults(), [], name);
}

test('after all that each room is as good as new', async () => {
    for (const id of await page.rooms()) {
        await page.follow(`room=${id}&seed=1`);
        await page.follow(`room=${id}`);
    }
    assert.deepEqual(await page.complaints(), []);
});
