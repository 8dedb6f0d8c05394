// files.js - files that the reader opens and saves; nothing leaves the machine.

const FILE_MOST = 256 * 1024 * 1024;

// A button that asks for a file, and takes one that is dropped on it:
// onBytes(bytes, name). `types` as in "image/*,.npy".
function fileButton(label, types, onBytes, onError) {
    const take = async file => {
        if (!file) return;
        try {
            if (file.size > FILE_MOST)
                throw new EngineError(`${quoted(file.name)} has ` +
                                      `${file.size} bytes; ` +
                                      'this page opens up to 256 MiB');
            await onBytes(new Uint8Array(await file.arrayBuffer()), file.name);
        } catch (error) {
            onError(error);
        }
    };
    const input = el('input', {type: 'file', accept: types, tabindex: -1,
                               class: 'unseen', 'aria-hidden': 'true'});
    input.addEventListener('change', async () => {
        await take(input.files[0]);
        input.value = '';
    });
    const button = el('button', {type: 'button', class: 'open'}, label);
    button.addEventListener('click', () => input.click());
    button.addEventListener('dragover', event => event.preventDefault());
    button.addEventListener('drop', event => {
        event.preventDefault();
        take(event.dataTransfer.files[0]);
    });
    return el('span', {class: 'file'}, button, input);
}

function saveBytes(name, bytes) {
    const url = URL.createObjectURL(new Blob([bytes]));
    el('a', {href: url, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// The PNG of levels 0 to 1, of 1 or 3 channels: just these pixels, no alpha.
async function pngOfLevels({channels, height, width, levels}) {
    const lines = new Uint8ClampedArray(height * (1 + width * channels));
    let at = 0;
    for (let y = 0; y < height; y++) {
        lines[at++] = 0; // the line as it is, no differences
        for (let x = 0; x < width; x++)
            for (let c = 0; c < channels; c++)
                lines[at++] = Math.floor(
                    255 * levels[(c * height + y) * width + x] + 0.5);
    }
    const packed = new Blob([lines]).stream()
        .pipeThrough(new CompressionStream('deflate'));
    const head = new DataView(new ArrayBuffer(13));
    head.setUint32(0, width);
    head.setUint32(4, height);
    head.setUint8(8, 8);
    head.setUint8(9, channels === 3 ? 2 : 0);
    const file = new Blob([
        new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        pngChunk('IHDR', new Uint8Array(head.buffer)),
        pngChunk('IDAT', new Uint8Array(
            await new Response(packed).arrayBuffer())),
        pngChunk('IEND', new Uint8Array(0))]);
    return new Uint8Array(await file.arrayBuffer());
}

// Length, name, data, and the CRC-32 of the last two.
function pngChunk(name, data) {
    const chunk = new Uint8Array(12 + data.length);
    const view = new DataView(chunk.buffer);
    view.setUint32(0, data.length);
    chunk.set(new TextEncoder().encode(name), 4);
    chunk.set(data, 8);
    let crc = -1;
    for (const byte of chunk.subarray(4, 8 + data.length)) {
        crc ^= byte;
        for (let i = 0; i < 8; i++)
            crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    view.setUint32(8 + data.length, ~crc);
    return chunk;
}

const PICTURE_MOST = 4096 * 4096;

// The levels 0 to 1 of a picture file, one plane after the other, decoded by
// the browser, with the colours as the file has them: {channels: 3 (or 1 where
// all is grey), height, width, levels}. What is transparent lies on white. Of a
// picture of more than `keep` pixels the middle is taken, and `whole` is its
// [width, height].
async function readPicture(bytes, name, most = PICTURE_MOST, keep = most) {
    let bitmap;
    try {
        bitmap = await createImageBitmap(new Blob([bytes]), {
            colorSpaceConversion: 'none', premultiplyAlpha: 'none'});
    } catch {
        throw new EngineError(`${quoted(name)} is not a picture that this ` +
                              'browser reads; a PNG or JPEG is');
    }
    const whole = [bitmap.width, bitmap.height];
    if (whole[0] * whole[1] > most)
        throw new EngineError(`${quoted(name)} has ${whole[0]} x ` +
                              `${whole[1]} pixels; make it smaller, up to ` +
                              `${most} in all`);
    const [width, height] = middleOf(whole, keep);
    const canvas = el('canvas', {width, height});
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, -Math.floor((whole[0] - width) / 2),
                      -Math.floor((whole[1] - height) / 2));
    bitmap.close();
    const levels = levelsOf(context.getImageData(0, 0, width, height));
    return {...levels, whole: width < whole[0] || height < whole[1] ? whole
        : null};
}

// A part of the same shape that has at most `keep` pixels.
function middleOf([width, height], keep) {
    const share = Math.min(1, Math.sqrt(keep / (width * height)));
    return [width, height].map(side => Math.max(1, Math.floor(share * side)));
}

function levelsOf({width, height, data}) {
    const count = width * height;
    const levels = new Float64Array(3 * count);
    let isGrey = true;
    for (let i = 0; i < count; i++) {
        for (let c = 0; c < 3; c++)
            levels[c * count + i] = data[4 * i + c] / 255;
        isGrey &&= data[4 * i] === data[4 * i + 1] &&
            data[4 * i] === data[4 * i + 2];
    }
    const channels = isGrey ? 1 : 3;
    return {channels, height, width, levels: levels.slice(0, channels * count)};
}
