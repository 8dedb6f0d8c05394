// filter_data.js - room 3's filters, pictures, and its run elsewhere: the
// program's words, and NumPy.

// Those of the program's bank, each with what it is divided by.
const FILTER_BANK = {
    gaussian: [[1, 4, 6, 4, 1, 4, 16, 24, 16, 4, 6, 24, 36, 24, 6, 4, 16, 24,
                16, 4, 1, 4, 6, 4, 1], 256],
    box: [[1, 1, 1, 1, 1, 1, 1, 1, 1], 9],
    'sobel-x': [[-1, 0, 1, -2, 0, 2, -1, 0, 1], 1],
    'sobel-y': [[-1, -2, -1, 0, 0, 0, 1, 2, 1], 1],
    laplacian: [[0, 1, 0, 1, -4, 1, 0, 1, 0], 1],
    sharpen: [[0, -1, 0, -1, 5, -1, 0, -1, 0], 1],
    emboss: [[-2, -1, 0, -1, 1, 1, 0, 1, 2], 1],
    identity: [[1], 1],
};

// Pixels of a picture; the middle of a larger one is taken.
const FILTER_PIXELS = 1024 * 1024;

// The filter that a state hides, in the middle of size x size numbers.
function filterTaps({hide, own}, size) {
    const [taps, divisor] = FILTER_BANK[hide] ||
        [own.split(' ').filter(Boolean).map(Number), 1];
    const side = Math.sqrt(taps.length);
    if (side > size)
        throw new EngineError(`The hidden filter is ${side} x ${side}, and ` +
            `does not fit a kernel of ${size} x ${size}; take a larger one`);
    const all = Array(size * size).fill(0);
    const edge = (size - side) / 2;
    taps.forEach((tap, i) => {
        const row = edge + Math.floor(i / side);
        all[row * size + edge + i % side] = tap / divisor;
    });
    return all;
}

// A picture or a .npy, as {channels, height, width, levels, isArray}.
async function filterOpen(engine, bytes, name) {
    if (!/\.npy$/i.test(name)) {
        const opened = await readPicture(bytes, name, PICTURE_MOST,
                                         FILTER_PIXELS);
        return {...opened, isArray: false};
    }
    const {shape, data} = await engine.readArray(bytes);
    const [batch, channels, height, width] =
        [...Array(Math.max(0, 4 - shape.length)).fill(1), ...shape];
    if (shape.length < 2 || shape.length > 4 || batch !== 1 ||
        (channels !== 1 && channels !== 3))
        throw new EngineError(`${quoted(name)} is ${shape.join(' x ')}; a ` +
            'picture is height x width, or 1 or 3 channels of that');
    if (height * width > FILTER_PIXELS)
        throw new EngineError(`${quoted(name)} has ${width} x ${height} ` +
            `numbers a channel; make it smaller, up to ${FILTER_PIXELS}`);
    if (!data.every(value => Math.abs(value) <= 1e6))
        throw new EngineError(`${quoted(name)} has numbers that are not ` +
            'between -1000000 and 1000000');
    return {channels, height, width, levels: data, isArray: true};
}

// As a file of 8 bits holds them.
const filterRounded = levels => Float64Array.from(levels, level =>
    Math.floor(255 * Math.max(0, Math.min(1, level)) + 0.5) / 255);

// The program's words for what is shown, with the files as the page saves
// them.
function filterCommand(state, before, after) {
    const words = ['convlet', 'train', '--preset', 'filter', '--isa', 'base',
                   '--input', before, '--target', after,
                   '--steps', String(Math.max(1, state.at)),
                   '--log-every', '1'];
    for (const name of ['optimizer', 'kernel-size'])
        if (state[name] !== (name === 'optimizer' ? 'sgd' : '5'))
            words.push('--' + name, state[name]);
    if (state.share) words.push('--share-channels');
    return words;
}

// Python that finds the same kernels at once, by least squares.
function filterTwin({size, share, clips, files}) {
    const edge = (size - 1) / 2;
    const load = file => file.endsWith('.npy')
        ? `(a := np.load('${file}')).reshape(-1, *a.shape[-2:])`
        : `np.atleast_3d(Image.open('${file}')).transpose(2, 0, 1) / 255`;
    return [
        'import numpy as np',
        'from PIL import Image',
        `x = ${load(files[0])}`,
        `t = (${load(files[1])})[:, ${edge}:-${edge}, ${edge}:-${edge}]`,
        'u = np.lib.stride_tricks.sliding_window_view(x, ' +
            `(${size}, ${size}), (1, 2))`,
        share ? `u, t = u.reshape(-1, ${size * size}), t.reshape(1, -1)`
            : 'u = u.transpose(1, 2, 0, 3, 4).reshape(t[0].size, -1)',
        'for p in t.reshape(len(t), -1):',
        `    some = ${clips ? '(p > 0) & (p < 1)' : 'p == p'}`,
        '    w = np.linalg.lstsq(np.c_[u, p * 0 + 1][some], p[some], None)[0]',
        `    print(w[:-1].reshape(-1, ${size}, ${size}), w[-1])`,
        '',
    ].join('\n');
}

// The largest size of a difference where the whole window lies inside.
function filterLargest({channels, height, width}, edge, y, t) {
    let most = 0;
    for (let c = 0; c < channels; c++)
        for (let i = edge; i < height - edge; i++)
            for (let j = edge; j < width - edge; j++) {
                const at = (c * height + i) * width + j;
                most = Math.max(most, Math.abs(y[at] - t[at]));
            }
    return most;
}

// Colours of the differences, of the channel that is furthest off.
function filterDifference({channels, height, width}, y, t, scale) {
    const image = new ImageData(width, height);
    const colours = Array.from({length: 511}, (_, i) =>
        scaleColour((i - 255) / 255, 1));
    const count = height * width;
    for (let i = 0; i < count; i++) {
        let off = 0;
        for (let c = 0; c < channels; c++) {
            const one = y[c * count + i] - t[c * count + i];
            if (Math.abs(one) > Math.abs(off)) off = one;
        }
        const share = scale > 0 ? Math.max(-1, Math.min(1, off / scale)) : 0;
        image.data.set(colours[Math.round(255 * share) + 255], 4 * i);
        image.data[4 * i + 3] = 255;
    }
    return image;
}
