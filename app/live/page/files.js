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

// The PNG of a canvas.
const pngOf = canvas => new Promise(resolve => canvas.toBlob(async blob =>
    resolve(new Uint8Array(await blob.arrayBuffer())), 'image/png'));

const PICTURE_MOST = 4096 * 4096;

// The levels 0 to 1 of a picture file, one plane after the other, decoded by
// the browser, with the colours as the file has them: {channels: 3 (or 1 where
// all is grey), height, width, levels}. What is transparent lies on white.
async function readPicture(bytes, name, most = PICTURE_MOST) {
    let bitmap;
    try {
        bitmap = await createImageBitmap(new Blob([bytes]), {
            colorSpaceConversion: 'none', premultiplyAlpha: 'none'});
    } catch {
        throw new EngineError(`${quoted(name)} is not a picture that this ` +
                              'browser reads; a PNG or JPEG is');
    }
    const {width, height} = bitmap;
    if (width * height > most)
        throw new EngineError(`${quoted(name)} has ${width} x ${height} ` +
            `pixels; make it smaller, up to ${most} in all`);
    const canvas = el('canvas', {width, height});
    const context = canvas.getContext('2d');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return levelsOf(context.getImageData(0, 0, width, height));
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
