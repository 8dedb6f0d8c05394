// number_layers.js - the layers of the room "One number": what they are asked
// for, what stands in their arrays, and which numbers have no part in one.

// "2" or "2,1" as two numbers, down and across.
function numberPair(words) {
    const parts = words.split(',').map(Number);
    return [parts[0], parts.length > 1 ? parts[1] : parts[0]];
}

const numberCross = words => words.replace(/,/g, 'x');

// The keys of a layer's text that are not at their default.
const numberKeys = (...pairs) => pairs
    .filter(([, value, usual]) => value !== usual)
    .map(([key, value]) => ` ${key}=${value}`).join('');

const numberPool = state => state.kernel === 'all' ? `${state.kind} all`
    : `${state.kind} ${numberCross(state.kernel)}` +
      ` stride=${numberCross(state.stride)}` +
      numberKeys(['padding', numberCross(state.padding), '0'],
                 ['ceil', state.ceil ? 'yes' : 'no', 'no']);

// A row each: the fields it heeds beside batch and the sizes of x, its text in
// a net, what the reader is told of it, and the chapter that does, which may be
// another for the way back.
const numberKinds = {
    conv: {
        fields: ['kernels', 'kernel', 'stride', 'padding', 'dilation',
                 'groups', 'bias'],
        spec: state => `conv ${state.kernels} ${numberCross(state.kernel)}` +
            numberKeys(['stride', numberCross(state.stride), '1'],
                       ['padding', numberCross(state.padding), '0'],
                       ['dilation', numberCross(state.dilation), '1'],
                       ['groups', state.groups, 1],
                       ['bias', state.bias ? 'yes' : 'no', 'yes']),
        about: 'The kernel lies on the input; what lies on top of each other ' +
            'is multiplied, and all products are added.',
        chapter: '01-one-output-pixel.html',
        back: {dw: '06-gradient-of-the-weights.html',
               dx: '07-gradient-of-the-input.html',
               db: '06-gradient-of-the-weights.html'},
    },
    dense: {
        fields: ['kernels', 'bias'],
        spec: state => `dense ${state.kernels}` +
            numberKeys(['bias', state.bias ? 'yes' : 'no', 'yes']),
        about: 'A weight for every input: a convolution whose kernel is as ' +
            'large as its input.',
        chapter: '22-digits.html',
    },
    relu: {
        fields: [], spec: () => 'relu',
        about: 'What is below 0 is cut off, and so is its gradient.',
        chapter: '14-stacks-and-relu.html',
    },
    leaky: {
        fields: ['slope'], spec: state => `leaky ${state.slope}`,
        about: 'What is below 0 is made small, and so is its gradient.',
        chapter: '14-stacks-and-relu.html',
    },
    tanh: {
        fields: [], spec: () => 'tanh',
        about: 'From −1 to 1, and flat at both ends: there the gradient ' +
            'fades.',
        chapter: '21-back-through-a-net.html',
    },
    sigmoid: {
        fields: [], spec: () => 'sigmoid',
        about: 'From 0 to 1, and flat at both ends: there the gradient fades.',
        chapter: '21-back-through-a-net.html',
    },
    maxpool: {
        fields: ['kernel', 'stride', 'padding', 'ceil'], spec: numberPool,
        about: 'The largest number of each window goes on, and the gradient ' +
            'goes back to it alone.',
        chapter: '19-max-pooling.html',
    },
    avgpool: {
        fields: ['kernel', 'stride', 'padding', 'ceil', 'counted'],
        spec: state => numberPool(state) +
            (state.kernel === 'all' || state.counted ? ''
                : ' count-padding=no'),
        about: 'The mean of each window goes on, and the gradient goes back ' +
            'in equal parts.',
        chapter: '19-max-pooling.html',
    },
    batchnorm: {
        fields: ['eps'],
        spec: state => 'batchnorm' + numberKeys(['eps', state.eps, 1e-5]),
        about: 'Each channel is brought to mean 0 and variance 1 over the ' +
            'whole batch, as in training, so every number of it has a part ' +
            'in every gradient.',
        chapter: '21b-batch-normalisation.html',
    },
    shuffle: {
        fields: ['factor'], spec: state => `shuffle ${state.factor}`,
        about: 'Numbers move from channels into rows and columns; nothing is ' +
            'computed.',
        chapter: '15-restoring-photos.html',
    },
    softmax: {
        fields: ['classes', 'label', 'smoothing'], spec: () => 'maxpool 1',
        about: 'A logit for each class becomes a probability, and cross ' +
            'entropy compares them with the label. The gradient is p − q.',
        chapter: '20-softmax-and-cross-entropy.html',
    },
};

const numberHasWeights = kind =>
    ['conv', 'dense', 'batchnorm'].includes(kind);
const numberHasWindow = kind =>
    ['conv', 'dense', 'maxpool', 'avgpool'].includes(kind);
const numberIsPool = kind => ['maxpool', 'avgpool'].includes(kind);

// What is opened for it.
function numberSettings(state) {
    const settings = {
        net: numberKinds[state.kind].spec(state), dtype: 'float64',
        input: 'given', target: 'given', batch: state.batch,
        channels: state.channels, height: state.height, width: state.width,
    };
    if (state.kind === 'shuffle') settings.channels *= state.factor ** 2;
    if (state.kind !== 'softmax') return settings;
    return {...settings, batch: 1, channels: state.classes, height: 1, width: 1,
            loss: 'cross-entropy', 'label-smoothing': state.smoothing};
}

// What is known of the sizes of arrays before anything is opened.
function numberSizes(state) {
    const {batch, channels, height, width} = numberSettings(state);
    const sizes = [['x', batch * channels * height * width]];
    if (state.kind === 'dense')
        sizes.push(['w', state.kernels * channels * height * width]);
    return sizes;
}

const numberCount = shape => shape.reduce((a, b) => a * b, 1);

// The sizes along an axis, 0 down and 1 across, from the layer's full text.
function numberAxis(state, described, axis) {
    const {text, output} = described.layers[0];
    const sizes = key => (text.match(new RegExp(` ${key}=([0-9x]+)`)) || [])[1];
    const of = (key, usual) => {
        const words = sizes(key);
        return words ? Number(words.split('x')[axis]) : usual;
    };
    const inside = described.input[2 + axis];
    const whole = state.kind === 'dense' || state.kernel === 'all';
    const kernel = whole ? inside : numberPair(state.kernel)[axis];
    const pads = (sizes('padding') || '0x0').split('x').map(Number);
    const before = pads[pads.length > 2 ? 2 * axis : axis];
    const after = pads[pads.length > 2 ? 2 * axis + 1 : axis];
    const isPool = numberIsPool(state.kind);
    return {
        in: inside, kernel, stride: of('stride', isPool && !whole ? kernel : 1),
        dilation: of('dilation', 1), before: before, after: after,
        out: output[2 + axis],
    };
}

// All that is known of the layer once it is open.
function numberGeometry(state, described) {
    const {kind} = state;
    const shapes = {x: described.input, y: described.output,
                    dy: described.output, dx: described.input};
    described.params.forEach(({shape}, i) => {
        shapes[i ? 'b' : 'w'] = shapes[i ? 'db' : 'dw'] = shape;
    });
    return {
        kind, shapes, groups: kind === 'conv' ? state.groups : 1,
        factor: state.factor,
        axes: numberHasWindow(kind)
            ? [0, 1].map(axis => numberAxis(state, described, axis)) : null,
    };
}

// The modes that the layer has.
const numberModes = geometry =>
    ['y', 'dw', 'dx', 'db'].filter(mode => geometry.shapes[mode]);

// The course's example, as explain has it; other sizes repeat it, each channel
// from another place on.
const NUMBER_EXAMPLES = {
    x: [[1, 2, 0, 1, 3], [0, 1, 3, 2, 1], [2, 0, 1, 1, 0], [1, 3, 2, 0, 2],
        [0, 1, 1, 2, 1]],
    w: [[1, 0, -1], [2, 1, 0], [0, -1, 1]],
    dy: [[1, -1, 2], [2, 3, -2], [-2, 1, -1]],
};

function numberExample(array, kind, shape) {
    if (shape.length === 1)
        return Array.from({length: shape[0]}, (_, i) =>
            array === 'b' || i % 2 === 0 ? 1 - i : i + 1);
    if (kind === 'softmax')
        return Array.from({length: shape[1]}, (_, i) => i);
    const plane = NUMBER_EXAMPLES[array];
    const lowers = array === 'x' && !numberHasWindow(kind) ? 1 : 0;
    const moves = array !== 'dy';
    return numberPlaces(shape).map(([a, b, c, d]) => {
        const row = moves ? c + 2 * a + b : c, column = moves ? d + b : d;
        return plane[row % plane.length][column % plane.length] - lowers;
    });
}

// A sequence of numbers from 0 to 1 that the seed alone decides.
function numberRandom(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), state | 1);
        t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

function numberDrawn(array, shape, state) {
    const order = ['x', 'w', 'b', 'dy'].indexOf(array);
    const random = numberRandom(4 * state.seed + order);
    const one = state.numbers === 'whole'
        ? () => Math.floor(7 * random()) - 3
        : () => (Math.floor(61 * random()) - 30) / 10;
    return Array.from({length: numberCount(shape)}, one);
}

// What is in x, w, b and dy: as the link says it, else the example's, else
// drawn; and a sentence for each that the link says and that does not fit.
function numberArrays(state, geometry) {
    const arrays = {}, complaints = [];
    for (const name of ['x', 'w', 'b', 'dy']) {
        const shape = geometry.shapes[name];
        if (!shape) continue;
        const given = state[name] ? state[name].split(' ').map(Number) : null;
        if (given && given.length === numberCount(shape)) {
            arrays[name] = given;
            continue;
        }
        if (given)
            complaints.push(`${name} has ${numberCount(shape)} numbers ` +
                `at these sizes, and ${given.length} were given; ` +
                'they are drawn anew.');
        arrays[name] = state.numbers === 'example'
            ? numberExample(name, state.kind, shape)
            : numberDrawn(name, shape, state);
    }
    return {arrays, complaints};
}

// All places of an array, row by row.
function numberPlaces(shape) {
    return Array.from({length: numberCount(shape)}, (_, flat) =>
        numberPlace(shape, flat));
}

function numberPlace(shape, flat) {
    const at = [];
    for (let axis = shape.length; axis-- > 0;) {
        at[axis] = flat % shape[axis];
        flat = Math.floor(flat / shape[axis]);
    }
    return at;
}

const numberFlat = (shape, at) =>
    at.reduce((flat, index, axis) => flat * shape[axis] + index, 0);

// Why an input at `h` is not read by output `p`; null: it is.
function numberWhyInput(a, axis, h, p) {
    const reach = h + a.before - p * a.stride;
    if (reach < 0) return `${['above', 'left of'][axis]} its window`;
    if (reach > (a.kernel - 1) * a.dilation)
        return `${['below', 'right of'][axis]} its window`;
    return reach % a.dilation ? 'between two taps of its window' : null;
}

// Why output `p` does not read an input at `h`.
function numberWhyOutput(a, axis, p, h) {
    const reach = h + a.before - p * a.stride;
    if (reach < 0)
        return `its window begins ${['below', 'right of'][axis]} this input`;
    if (reach > (a.kernel - 1) * a.dilation)
        return `its window ends ${['above', 'left of'][axis]} this input`;
    return reach % a.dilation ? 'this input is between two of its taps' : null;
}

// Why no output has tap `i` on an input at `h`.
function numberWhyTap(a, axis, i, h) {
    const start = h + a.before - i * a.dilation;
    if (start < 0)
        return 'would take a window before the first';
    if (start > (a.out - 1) * a.stride)
        return 'would take a window behind the last';
    return start % a.stride
        ? `the stride of ${a.stride} skips it: no window has this tap there`
        : null;
}

// Why an input at `h` never lies under tap `i`.
function numberWhyUnder(a, axis, h, i) {
    const start = h + a.before - i * a.dilation;
    if (start < 0)
        return `this tap begins ${['below', 'right of'][axis]} it`;
    if (start > (a.out - 1) * a.stride)
        return `this tap ends ${['above', 'left of'][axis]} it`;
    return start % a.stride
        ? `the stride of ${a.stride} skips it: this tap steps over it` : null;
}

// Down, or else across, of places [.., .., row, column].
function numberBoth(geometry, why, place, at) {
    return why(geometry.axes[0], 0, place[2], at[2]) ||
        why(geometry.axes[1], 1, place[3], at[3]);
}

// Kernels k and channels c of a group, and which channel of x w[k,c] reads.
function numberGroups({shapes, groups}) {
    const outputs = shapes.y[1] / groups, inputs = shapes.x[1] / groups;
    return {
        of: k => Math.floor(k / outputs),
        reads: (k, c) => Math.floor(k / outputs) * inputs + c,
        inputs,
    };
}

const NUMBER_SAMPLE = 'another sample';
const NUMBER_KERNEL = 'of another kernel, which makes another channel of y';
const NUMBER_LINEAR = 'y is linear in it, so its own value is in no slope';
const NUMBER_BACK = 'comes later, on the way back';

const numberWhyConv = {
    y(g, at, array, place) {
        if (array !== 'x') return place[0] === at[1] ? null : NUMBER_KERNEL;
        const groups = numberGroups(g);
        if (place[0] !== at[0]) return NUMBER_SAMPLE;
        if (groups.of(at[1]) !== Math.floor(place[1] / groups.inputs))
            return 'a channel of another group';
        return numberBoth(g, numberWhyInput, place, at);
    },
    dw(g, at, array, place) {
        if (array === 'w' || array === 'b') return NUMBER_LINEAR;
        if (array === 'dy') return place[1] === at[0] ? null : NUMBER_KERNEL;
        if (numberGroups(g).reads(at[0], at[1]) !== place[1])
            return 'another channel, which this weight never meets';
        return numberBoth(g, numberWhyUnder, place, at);
    },
    dx(g, at, array, place) {
        const groups = numberGroups(g);
        if (array === 'x' || array === 'b') return NUMBER_LINEAR;
        const k = place[array === 'w' ? 0 : 1];
        if (array === 'dy' && place[0] !== at[0]) return NUMBER_SAMPLE;
        if (groups.of(k) !== Math.floor(at[1] / groups.inputs))
            return 'of another group';
        if (array === 'dy') return numberBoth(g, numberWhyOutput, place, at);
        if (groups.reads(k, place[1]) !== at[1])
            return 'it is for another channel of x';
        return numberBoth(g, numberWhyTap, place, at);
    },
    db(g, at, array, place) {
        if (array !== 'dy')
            return 'the bias is added as it is, so y grows by as much, ' +
                'whatever stands here';
        return place[1] === at[0] ? null : NUMBER_KERNEL;
    },
};

// Does an output read both inputs, along an axis?
function numberMeet(a, axis, one, other) {
    for (let p = 0; p < a.out; p++)
        if (!numberWhyInput(a, axis, one[2 + axis], p) &&
            !numberWhyInput(a, axis, other[2 + axis], p)) return true;
    return false;
}

function numberWhyPool(g, mode, at, array, place) {
    if (place[0] !== at[0]) return NUMBER_SAMPLE;
    if (place[1] !== at[1]) return 'another channel, pooled by itself';
    if (mode === 'y') return numberBoth(g, numberWhyInput, place, at);
    if (array === 'dy') return numberBoth(g, numberWhyOutput, place, at);
    if (g.kind === 'avgpool') return NUMBER_LINEAR;
    return g.axes.every((a, axis) => numberMeet(a, axis, place, at)) ? null
        : 'in no window that reads this input';
}

function numberWhyNorm(mode, at, array, place) {
    const own = at.length > 1 ? at[1] : at[0];
    if (place[place.length > 1 ? 1 : 0] !== own)
        return 'another channel, with a mean and a variance of its own';
    if (mode === 'y') return null;
    if (array === 'b' || (mode === 'db' && array !== 'dy'))
        return 'the bias is added as it is, and changes no slope';
    return mode === 'dw' && array === 'w' ? NUMBER_LINEAR : null;
}

// Where pixel shuffling takes a number of x from, for a place of y.
function numberUnshuffled(factor, [n, c, h, w]) {
    return [n, (c * factor + h % factor) * factor + w % factor,
            Math.floor(h / factor), Math.floor(w / factor)];
}

function numberWhyMoved(g, mode, at, array, place) {
    if (mode === 'y')
        return String(numberUnshuffled(g.factor, at)) === String(place)
            ? null : 'it is moved elsewhere';
    if (array === 'x') return NUMBER_LINEAR;
    return String(numberUnshuffled(g.factor, place)) === String(at)
        ? null : 'it is of a number that came from elsewhere';
}

// Why the number at `place` of x, w, b or dy has no part in number `at` of the
// mode's array; null: it has one.
function numberWhy(g, mode, at, array, place) {
    if (mode === 'y' && array === 'dy') return NUMBER_BACK;
    if (g.kind === 'conv' || g.kind === 'dense')
        return numberWhyConv[mode](g, at, array, place);
    if (numberIsPool(g.kind)) return numberWhyPool(g, mode, at, array, place);
    if (g.kind === 'batchnorm')
        return numberWhyNorm(mode, at, array, place);
    if (g.kind === 'shuffle') return numberWhyMoved(g, mode, at, array, place);
    return String(place) === String(at) ? null
        : 'each number goes its way alone';
}

// All that have none: [{array, reason, places}].
function numberStrangers(g, mode, at) {
    const found = new Map();
    for (const array of ['x', 'w', 'b', 'dy']) {
        if (!g.shapes[array]) continue;
        for (const place of numberPlaces(g.shapes[array])) {
            const reason = numberWhy(g, mode, at, array, place);
            if (reason === null) continue;
            const key = `${array} ${reason}`;
            if (!found.has(key)) found.set(key, {array, reason, places: []});
            found.get(key).places.push(place);
        }
    }
    return [...found.values()];
}
