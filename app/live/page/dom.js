// dom.js - elements, numbers as texts, and what every room draws with.

// el('p', {class: 'note', onclick: f}, 'words', element, ...): a property that
// starts with "on" is a listener; false, null and undefined are left out.
function el(tag, attributes = {}, ...children) {
    return domFill(document.createElement(tag), attributes, children);
}

const SVG_SPACE = 'http://www.w3.org/2000/svg';

// The same for SVG.
function svg(tag, attributes = {}, ...children) {
    return domFill(document.createElementNS(SVG_SPACE, tag), attributes,
                   children);
}

function domFill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === false || value === null || value === undefined) continue;
        if (name.startsWith('on'))
            element.addEventListener(name.slice(2), value);
        else element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat().filter(child =>
        child !== null && child !== undefined && child !== false));
    return element;
}

// Words from outside, to be quoted: not too long, and nothing in them that
// breaks or turns a line.
function quoted(words, most = 40) {
    const seen = words.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');
    return `“${seen.length > most ? seen.slice(0, most) + '…' : seen}”`;
}

let domIds = 0;

// An id that nobody has yet.
const freshId = name => `${name}-${++domIds}`;

// The shortest digits that read back as the same number; of 32 bits where
// `bits` says so.
function number(value, bits = 64) {
    if (Number.isNaN(value)) return 'NaN';
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '\u2212inf';
    if (bits === 32) value = shortest32(value);
    const isSmall = value !== 0 && Math.abs(value) < 1e-4;
    return tidy(isSmall ? value.toExponential() : String(value));
}

// As the program prints it: C's %g with the fewest digits that read back.
function printed(value) {
    if (Number.isNaN(value)) return 'nan';
    if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
    const [digits, power] = value.toExponential().split('e');
    const count = digits.replace(/[-.]/g, '').length;
    if (value === 0 || (power >= -4 && power < Math.max(count, 16)))
        return power >= count ? value.toFixed(0) : String(value);
    const sign = power < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

// The number of the fewest digits that a float32 takes for the same.
function shortest32(value) {
    for (let digits = 1; digits < 9; digits++) {
        const near = Number(value.toPrecision(digits));
        if (Math.fround(near) === Math.fround(value)) return near;
    }
    return Number(value.toPrecision(9));
}

// A few digits, for the eye: 4 unless told.
function short(value, digits = 4) {
    if (!Number.isFinite(value)) return number(value);
    return number(Number(value.toPrecision(digits)));
}

// The label of a tick: three digits at most, with a power of ten where it is
// far from 1.
function tickText(value) {
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e5 || size < 1e-3))
        return tidy(value.toExponential().replace(/(\.\d{2})\d+/, '$1')
            .replace('e+', 'e'));
    return short(value, 3);
}

// With a real minus, which is as wide as a plus.
const tidy = text => text.replace(/-/g, '\u2212');

// Blue below zero, orange above, almost white at zero: those of the program's
// pictures. Lightness alone tells how far, the sign stands in the number.
const SCALE_STOPS = [
    [0x0a, 0x2f, 0x66], [0x1c, 0x5a, 0x9e], [0x4a, 0x8c, 0xc7],
    [0xa3, 0xc8, 0xe6], [0xf6, 0xf4, 0xf0], [0xf6, 0xc9, 0x94],
    [0xe8, 0x91, 0x3f], [0xbd, 0x5a, 0x0e], [0x78, 0x32, 0x04],
];
const NAN_COLOUR = [0xd0, 0x1c, 0x8b];

// The colour [r, g, b] of value / scale, from -1 to 1.
function scaleColour(value, scale) {
    if (Number.isNaN(value)) return NAN_COLOUR;
    const share = scale > 0 ? Math.max(-1, Math.min(1, value / scale)) : 0;
    const place = (share + 1) / 2 * (SCALE_STOPS.length - 1);
    const below = Math.min(Math.floor(place), SCALE_STOPS.length - 2);
    const part = place - below;
    return SCALE_STOPS[below].map((stop, i) =>
        Math.round((1 - part) * stop + part * SCALE_STOPS[below + 1][i]));
}

// Are dark letters read better on it? By its light, of which there is as much
// contrast to black as to white at 0.18.
const isLight = ([r, g, b]) => 0.2126 * (r / 255) ** 2.2 +
    0.7152 * (g / 255) ** 2.2 + 0.0722 * (b / 255) ** 2.2 > 0.18;

const cssColour = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

// The largest magnitude that is finite; 0 where there is none.
function largest(values) {
    let most = 0;
    for (const value of values)
        if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
    return most;
}

// The key of a picture's colours: from -scale to scale, or, where `ends` are
// given, from black to white.
function legend(scale, ends = null) {
    const stops = ends ? ['#000', '#fff']
        : SCALE_STOPS.map(cssColour);
    const words = ends || [short(-scale, 3), '0', short(scale, 3)];
    return el('div', {class: 'legend', role: 'img',
                      'aria-label': ends
                          ? `black is ${words[0]}, white is ${words[1]}`
                          : `blue is ${words[0]}, almost white is 0, ` +
                            `orange is ${words[2]}`},
              el('div', {style: 'background:linear-gradient(to right,' +
                                stops.join(',') + ')'}),
              el('p', {}, ...words.map(word => el('span', {}, word))));
}

// picture({height, width, channels, data, first, scale, zoom, alt}): a canvas,
// each value `zoom` pixels wide. With `scale` one plane in the colours of the
// legend, `first` its first value in data; without, levels from 0 to 1, of one
// channel or of three, one plane after the other.
function picture(of) {
    const canvas = el('canvas', {class: 'picture', role: 'img'});
    drawPicture(canvas, of);
    return canvas;
}

// Draws anew into a canvas of picture().
function drawPicture(canvas, of) {
    const {height, width, data, zoom = 1, alt = ''} = of;
    const image = new ImageData(width, height);
    for (let i = 0; i < height * width; i++)
        image.data.set([...pictureColour(of, data, i), 255], 4 * i);
    const small = el('canvas', {width, height});
    small.getContext('2d').putImageData(image, 0, 0);
    canvas.width = width * zoom;
    canvas.height = height * zoom;
    canvas.setAttribute('aria-label', alt);
    const context = canvas.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

function pictureColour({height, width, channels = 1, first = 0, scale}, data,
                       i) {
    if (scale !== undefined) return scaleColour(data[first + i], scale);
    const level = channel => {
        const value = data[first + channel * height * width + i];
        return Math.round(255 * Math.max(0, Math.min(1, value)));
    };
    return channels < 3 ? Array(3).fill(level(0)) : [0, 1, 2].map(level);
}

// Levels 0 to 1, [1 or 3, height, width], as the pixels of a picture file.
function levelImage({channels, height, width, levels}, first = 0) {
    const image = new ImageData(width, height);
    const count = height * width;
    const {data} = image;
    for (let i = 0; i < count; i++)
        for (let c = 0; c < 3; c++) {
            const from = first + (channels < 3 ? 0 : c) * count + i;
            data[4 * i + c] = levelByte(levels[from]);
        }
    for (let i = 0; i < count; i++) data[4 * i + 3] = 255;
    return image;
}

// As the program writes a level: to the nearest of 255.
const levelByte = level =>
    Math.max(0, Math.min(255, Math.floor(255 * level + 0.5)));
