// number_twin.js - the same number elsewhere: the command line of `convlet
// explain`, a few lines of NumPy, and the files that both read.

// Numbers as a literal, [[1,2],[3,4]]; leading axes of 1 are left out down to
// `least` axes.
function numberNest(values, shape, least = 4) {
    let from = 0;
    while (shape.length - from > least && shape[from] === 1) from++;
    const nest = (axis, first) => {
        if (axis === shape.length) return String(values[first]);
        const size = numberCount(shape.slice(axis + 1));
        return '[' + Array.from({length: shape[axis]}, (_, i) =>
            nest(axis + 1, first + i * size)).join(',') + ']';
    };
    return nest(from, 0);
}

// What a command takes as a literal at most; more comes from a file.
const NUMBER_LITERAL = 900;

function numberSource(name, values, shape, least) {
    const literal = numberNest(values, shape, least);
    return literal.length > NUMBER_LITERAL ? `${name}.npy` : literal;
}

// Is it what `convlet explain` shows without any array?
const numberIsCourse = state => state.kind === 'conv' &&
    state.numbers === 'example' && !state.x && !state.w && !state.b &&
    !state.dy && state.batch === 1 && state.channels === 1 &&
    state.height === 5 && state.width === 5 && state.kernels === 1 &&
    String(numberPair(state.kernel)) === '3,3' && state.groups === 1 &&
    state.bias;

const NUMBER_QUESTIONS = {y: '--at', dw: '--grad-weight', dx: '--grad-input',
                          db: '--grad-bias'};

// Does every algorithm give the same last digit?
const numberIsExact = (state, arrays) =>
    ['conv', 'dense', 'relu', 'maxpool', 'shuffle'].includes(state.kind) &&
    Object.values(arrays).every(values => values.every(Number.isInteger));

function numberConvFlags(state) {
    const flags = [['--stride', state.stride, '1'],
                   ['--padding', state.padding, '0'],
                   ['--dilation', state.dilation, '1'],
                   ['--groups', String(state.groups), '1']];
    return state.kind === 'dense' ? [] : flags
        .filter(([, value, usual]) => value !== usual)
        .flatMap(([flag, value]) => [flag, value]);
}

// x, w and b as they are typed. A dense layer is explained as the convolution
// that it is; the params of another net come from a file.
function numberArrayFlags(state, geometry, arrays) {
    const {shapes} = geometry;
    if (!numberIsConv(state.kind))
        return ['--net', numberKinds[state.kind].spec(state),
                '--input', numberSource('x', arrays.x, shapes.x, 4),
                ...(arrays.w ? ['--params', NUMBER_PARAMS] : [])];
    return ['--input', numberSource('x', arrays.x, shapes.x, 2),
            '--weight', numberSource('w', arrays.w, shapes.w, 2),
            ...(arrays.b ? ['--bias', numberNest(arrays.b, shapes.b, 1)] : [])];
}

const NUMBER_PARAMS = 'params.safetensors';

// The words of the command line; `count` is how many terms there are.
function numberCommand(state, geometry, arrays, mode, at, count, algorithm) {
    const isCourse = numberIsCourse(state);
    let place = at;
    while (isCourse && place.length > 2 && place[0] === 0)
        place = place.slice(1);
    const isOutput = mode === 'y';
    const dy = isCourse || isOutput ? [] : ['--grad-output', numberSource(
        'dy', arrays.dy, geometry.shapes.dy, numberIsConv(state.kind) ? 2 : 4)];
    const exact = numberIsExact(state, arrays);
    return ['convlet', 'explain', NUMBER_QUESTIONS[mode], place.join(','),
            ...(isCourse ? [] : numberArrayFlags(state, geometry, arrays)),
            ...dy, ...(state.kind === 'conv' ? numberConvFlags(state) : []),
            ...(count > 32 ? ['--terms', 'all'] : []),
            ...(exact ? [] : ['--isa', 'base']),
            ...(exact || state.kind !== 'conv' ? []
                : ['--algorithm', algorithm])];
}

function numberLossCommand(state, arrays) {
    return ['convlet', 'explain', '--input-layout', 'nhwc', '--input',
            ' ' + arrays.x.join(' '), '--net', 'maxpool 1', '--loss',
            'cross-entropy', '--labels', String(state.label),
            ...(state.smoothing > 0
                ? ['--label-smoothing', String(state.smoothing)] : []),
            '--loss-row', '0'];
}

function numberArrayLine(name, {shapes}, arrays) {
    const source = numberSource(name, arrays[name], shapes[name], 4);
    return source.endsWith('.npy') ? `${name} = np.load('${source}')`
        : `${name} = np.array(${source}, float)`;
}

// "1:4", and every second where the step is 2.
const numberSlice = (from, count, step) =>
    `${from}:${from + (count - 1) * step + 1}` + (step > 1 ? `:${step}` : '');

const numberPadded = ({axes: [down, across]}) =>
    '((0, 0), (0, 0), ' +
    `(${down.before}, ${down.after}), (${across.before}, ${across.after}))`;

// Of a convolution, and of a dense layer: lines for each mode.
const numberConvTwin = {
    y(g, arrays, [n, k, p, q]) {
        const groups = numberGroups(g), [down, across] = g.axes;
        const first = groups.reads(k, 0);
        return [
            numberArrayLine('x', g, arrays),
            numberArrayLine('w', g, arrays),
            `x = np.pad(x, ${numberPadded(g)})`,
            `window = x[${n}, ${first}:${first + groups.inputs}, ` +
            numberSlice(p * down.stride, down.kernel, down.dilation) + ', ' +
            numberSlice(q * across.stride, across.kernel, across.dilation) +
            ']',
            `terms = w[${k}] * window`,
            `print(terms, terms.sum()${arrays.b
                ? ` + ${arrays.b[k]}` : ''})`];
    },
    dw(g, arrays, [k, c, i, j]) {
        const [down, across] = g.axes;
        const under = `x[:, ${numberGroups(g).reads(k, c)}, ` +
            numberSlice(i * down.dilation, down.out, down.stride) + ', ' +
            numberSlice(j * across.dilation, across.out, across.stride) + ']';
        return [
            numberArrayLine('x', g, arrays),
            numberArrayLine('dy', g, arrays),
            `x = np.pad(x, ${numberPadded(g)})`,
            `terms = dy[:, ${k}] * ${under}`,
            'print(terms, terms.sum())'];
    },
    dx(g, arrays, [n, c, h, v]) {
        const groups = numberGroups(g), [down, across] = g.axes;
        const group = Math.floor(c / groups.inputs);
        const each = g.shapes.y[1] / g.groups;
        const start = (at, a) => at + a.before;
        const step = (name, a) => a.dilation > 1 ? `${a.dilation}*${name}`
            : name;
        return [
            numberArrayLine('w', g, arrays),
            numberArrayLine('dy', g, arrays),
            'terms = []',
            `for k, i, j in np.ndindex(${each}, ${down.kernel}, ` +
            `${across.kernel}):`,
            `    p, row = divmod(${start(h, down)} - ${step('i', down)}, ` +
            `${down.stride})`,
            `    q, column = divmod(${start(v, across)} - ` +
            `${step('j', across)}, ${across.stride})`,
            `    if row == column == 0 and 0 <= p < ${down.out} and ` +
            `0 <= q < ${across.out}:`,
            `        terms.append(w[${group * each} + k, ` +
            `${c % groups.inputs}, i, j] * dy[${n}, ${group * each} + k, ` +
            'p, q])',
            'print(terms, sum(terms))'];
    },
    db(g, arrays, [k]) {
        return [numberArrayLine('dy', g, arrays),
                `print(dy[:, ${k}], dy[:, ${k}].sum())`];
    },
};

// One plane, with what pads it, and the windows in it.
function numberPoolTwin(state, g, arrays, mode, [n, c, h, v]) {
    const [down, across] = g.axes, isMean = g.kind === 'avgpool';
    const pads = `((${down.before},) * 2, (${across.before},) * 2)`;
    const counts = isMean && (state.counted || state.kernel === 'all');
    const window = (p, q) =>
        `${p}:${p} + ${down.kernel}, ${q}:${q} + ${across.kernel}`;
    const lines = [
        numberArrayLine('x', g, arrays),
        `x = np.pad(x[${n}, ${c}], ${pads}` +
        (isMean ? ')' : ', constant_values=-np.inf)')];
    if (isMean)
        lines.push(`one = np.pad(np.ones((${down.in}, ${across.in})), ` +
                   `${pads}, constant_values=${counts ? 1 : 0})`);
    if (mode === 'y') {
        const at = window(h * down.stride, v * across.stride);
        return [...lines, isMean
            ? `print(x[${at}], x[${at}].sum() / one[${at}].sum())`
            : `print(x[${at}], x[${at}].max())`];
    }
    return [
        ...lines, numberArrayLine('dy', g, arrays),
        'dx = np.zeros_like(x)',
        `for p, q in np.ndindex(${down.out}, ${across.out}):`,
        `    at = np.s_[${window(`${down.stride}*p`, `${across.stride}*q`)}]`,
        ...(isMean
            ? [`    dx[at] += dy[${n}, ${c}, p, q] / one[at].sum()`]
            : ['    first = np.unravel_index(x[at].argmax(), x[at].shape)',
               `    dx[at][first] += dy[${n}, ${c}, p, q]`]),
        `print(dx[${h + down.before}, ${v + across.before}])`];
}

function numberNormTwin(state, g, arrays, mode, at) {
    const c = at.length > 1 ? at[1] : at[0];
    const place = at.length > 1 ? `[${at[0]}, ${at[2]}, ${at[3]}]` : '';
    const lines = [
        numberArrayLine('x', g, arrays),
        `x, w, b = x[:, ${c}], ${arrays.w[c]}, ${arrays.b[c]}`,
        `root = np.sqrt(x.var() + ${state.eps})`,
        'z = (x - x.mean()) / root'];
    if (mode === 'y') return [...lines, `print((w * z + b)${place})`];
    lines.push(numberArrayLine('dy', g, arrays), `dy = dy[:, ${c}]`);
    if (mode === 'db') return [...lines, 'print(dy.sum())'];
    if (mode === 'dw') return [...lines, 'print((dy * z).sum())'];
    return [...lines,
            'dx = w / root * (dy - dy.mean() - z * (dy * z).mean())',
            `print(dx${place})`];
}

const numberPointwise = {
    relu: ['np.maximum(x, 0)', 'dy * (x > 0)'],
    leaky: ['np.where(x > 0, x, SLOPE * x)', 'dy * np.where(x > 0, 1, SLOPE)'],
    tanh: ['np.tanh(x)', 'dy * (1 - np.tanh(x) ** 2)'],
    sigmoid: ['1 / (1 + np.exp(-x))', 'dy * y * (1 - y)'],
};

function numberPointTwin(state, g, arrays, mode, at) {
    const lines = [numberArrayLine('x', g, arrays)];
    const [forward, back] = numberPointwise[g.kind].map(text =>
        text.replaceAll('SLOPE', state.slope));
    if (mode === 'y') return [...lines, `print((${forward})[${at}])`];
    lines.push(numberArrayLine('dy', g, arrays));
    if (g.kind === 'sigmoid') lines.push(`y = ${forward}`);
    return [...lines, `print((${back})[${at}])`];
}

function numberMovedTwin(g, arrays, mode, at) {
    const r = g.factor, [n, c, h, v] = g.shapes.y;
    if (mode === 'y')
        return [numberArrayLine('x', g, arrays),
                `y = x.reshape(${n}, ${c}, ${r}, ${r}, ${h / r}, ${v / r})`,
                'y = y.transpose(0, 1, 4, 2, 5, 3)',
                `print(y.reshape(${g.shapes.y.join(', ')})[${at}])`];
    return [numberArrayLine('dy', g, arrays),
            `dx = dy.reshape(${n}, ${c}, ${h / r}, ${r}, ${v / r}, ${r})`,
            'dx = dx.transpose(0, 1, 3, 5, 2, 4)',
            `print(dx.reshape(${g.shapes.x.join(', ')})[${at}])`];
}

function numberLossTwin(state, arrays) {
    const classes = arrays.x.length;
    return [
        'import numpy as np', `z = np.array([${arrays.x}], float)`,
        'e = np.exp(z - z.max())', 'p = e / e.sum()',
        `q = ${1 - state.smoothing} * (np.arange(${classes}) == ` +
        `${state.label}) + ${state.smoothing} / ${classes}`,
        'surprise = np.log(e.sum()) + z.max() - z', 'print(p)', 'print(p - q)',
        'print((q * surprise).sum())'].join('\n');
}

// The number in NumPy.
function numberTwin(state, geometry, arrays, mode, at) {
    const lines = numberIsConv(state.kind)
        ? numberConvTwin[mode](geometry, arrays, at)
        : numberIsPool(state.kind)
            ? numberPoolTwin(state, geometry, arrays, mode, at)
            : state.kind === 'batchnorm'
                ? numberNormTwin(state, geometry, arrays, mode, at)
                : state.kind === 'shuffle'
                    ? numberMovedTwin(geometry, arrays, mode, at)
                    : numberPointTwin(state, geometry, arrays, mode, at);
    return ['import numpy as np', ...lines].join('\n');
}

// The bytes of a file that the command reads.
async function numberFile(room, name) {
    const engine = await room.shell.engine();
    const [what, index] = {
        [NUMBER_PARAMS]: ['model', 0], 'x.npy': ['x', 0],
        'w.npy': ['param', 0], 'dy.npy': ['dy', 0]}[name];
    return engine.save(what, index);
}

// The command, its twin, and the files that it reads.
function numberDrawCommand(room) {
    const {state, geometry, values, answer: {mode, at, terms}} = room;
    const isLoss = state.kind === 'softmax';
    const arrays = Object.fromEntries(['x', 'w', 'b', 'dy']
        .filter(name => name in values)
        .map(name => [name, Array.from(values[name])]));
    const words = isLoss ? numberLossCommand(state, arrays)
        : numberCommand(state, geometry, arrays, mode, at, terms.length,
                        room.described.layers[0].algorithm);
    room.shell.command(...words);
    room.shell.numpy(isLoss ? numberLossTwin(state, arrays)
        : numberTwin(state, geometry, arrays, mode, at));
    const files = words.filter(word => /^\w+\.(npy|safetensors)$/.test(word));
    room.files.replaceChildren(...(files.length ? [
        'The command reads a file: ',
        ...files.map(name => room.shell.button(`Save ${name}`, async () =>
            room.shell.saveFile(name, await numberFile(room, name)))),
    ] : []));
}
