// digits_twin.js - the run of room 4 elsewhere: the module's settings, the
// program's words, and PyTorch.

const DIGITS_HELD = 360;
const DIGITS_NET = 'conv 16 3x3 padding=same, relu, conv 32 3x3 ' +
    'padding=same, relu, maxpool 2, dense auto';

// Fields that are flags of `convlet train` of the same name; their defaults
// are those of the preset digits.
const DIGITS_FLAGS = ['net', 'shift', 'batch-size', 'optimizer', 'lr',
                      'lr-schedule', 'seed'];

// What the preset sets beside them.
const DIGITS_PRESET = {data: 'digits', loss: 'cross-entropy',
                       reduction: 'mean', init: 'kaiming', dtype: 'float32'};

function digitsSettings(state) {
    const settings = {...DIGITS_PRESET, 'hold-out': state['hold-out'],
                      epochs: state.epochs};
    for (const name of DIGITS_FLAGS) settings[name] = state[name];
    return settings;
}

function digitsCommand(fields, state) {
    const words = ['convlet', 'train', '--preset', 'digits', '--isa', 'base',
                   '--hold-out', state['hold-out'],
                   '--epochs', String(state.epochs)];
    for (const name of DIGITS_FLAGS)
        if (state[name] !== fields[name].initial)
            words.push('--' + name, String(state[name]));
    return words;
}

// "conv 16 3x3 stride=2x2" in parts: its sizes, and its keys as numbers.
function digitsWords(text) {
    const [kind, ...words] = text.split(' ');
    const numbers = word => word.split('x').map(Number);
    const keys = words.filter(word => word.includes('='))
        .map(word => word.split('='));
    return {kind, sizes: words.filter(word => !word.includes('=')).map(numbers),
            keys: Object.fromEntries(keys.map(([key, value]) =>
                [key, numbers(value)]))};
}

// A layer for nn.Sequential, or null where this page knows none. `input` is
// the shape that it gets.
function digitsTorchLayer({text, output}, input) {
    const {kind, sizes, keys} = digitsWords(text);
    const {stride, padding = [0, 0, 0, 0], ...others} = keys;
    const [top, bottom, left, right] = padding;
    if (Object.keys(others).length || top !== bottom || left !== right)
        return null;
    if (kind === 'conv')
        return `nn.Conv2d(${input[1]}, ${output[1]}, (${sizes[1].join(', ')})` +
            `, (${(stride || [1, 1]).join(', ')}), (${top}, ${left}))`;
    if (kind === 'maxpool' && !padding.some(Boolean))
        return `nn.MaxPool2d((${sizes[0].join(', ')}), ` +
            `(${(stride || sizes[0]).join(', ')}))`;
    if (kind === 'relu') return 'nn.ReLU()';
    if (kind === 'dense')
        return `nn.Flatten(), nn.Linear(${input[1] * input[2] * input[3]}, ` +
            `${output[1]})`;
    return null;
}

function digitsTorchNet(description) {
    let input = description.input;
    const words = description.layers.map(layer => {
        const word = digitsTorchLayer(layer, input);
        input = layer.output;
        return word;
    });
    return words.includes(null) ? null : words.join(', ');
}

const digitsPart = holdOut => holdOut.startsWith('last')
    ? `np.arange(1797 - ${DIGITS_HELD})`
    : 'np.flatnonzero(np.arange(1797) % 5 != 4)';

const DIGITS_RATES = {
    constant: 'lr', linear: 'lr * (1 - step / steps)',
    cosine: 'lr * (1 + np.cos(np.pi * step / steps)) / 2',
};

// Draws for sample i of an epoch, whatever came before: the program's own.
const DIGITS_DRAWS = [
    'def mix(z):',
    '    z = z + 0x9e3779b97f4a7c15 & 2**64 - 1',
    '    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & 2**64 - 1',
    '    z = (z ^ z >> 27) * 0x94d049bb133111eb & 2**64 - 1',
    '    return z ^ z >> 31',
    'bits = lambda epoch, i: mix(mix(mix(seed) ^ epoch) ^ i)',
];

const DIGITS_READ = [
    'read = lambda name, at: torch.from_numpy(np.fromfile(' +
        'f\'assets/digits/{name}.idx\', \'u1\')[at:])',
    'x = read(\'images\', 16).reshape(-1, 1, 8, 8).float() / 16',
    't = read(\'labels\', 8).long()',
];

const DIGITS_START = [
    'r = np.random.RandomState(seed)',
    'for p in net.parameters():',
    '    w = r.randn(*p.shape) * (2 / p[0].numel())**0.5 if p.ndim > 1 else ' +
        'np.zeros(p.shape)',
    '    p.data = torch.from_numpy(w).float()',
];

// Python that prints the same losses, to six digits or so, where convlet's
// source is; null for a net of other layers.
function digitsTwin(state, description) {
    const net = digitsTorchNet(description);
    if (net === null) return null;
    const size = state['batch-size'];
    const maker = {adam: 'Adam', sgd: 'SGD'}[state.optimizer];
    return [
        'import numpy as np, torch, torch.nn as nn',
        `seed, lr, per_epoch = ${state.seed}, ${state.lr}, ` +
            description.per_epoch,
        `steps = ${state.epochs} * per_epoch`,
        ...DIGITS_DRAWS, ...DIGITS_READ,
        `part = ${digitsPart(state['hold-out'])}`,
        `net = nn.Sequential(${net})`,
        ...DIGITS_START,
        `optimizer = torch.optim.${maker}(net.parameters(), lr)`,
        'for step in range(steps):',
        '    epoch, at = divmod(step, per_epoch)',
        '    if at == 0: order = np.random.RandomState(bits(epoch, 0) & ' +
            '2**32 - 1).permutation(len(part))',
        `    some = part[order[${size} * at:${size} * (at + 1)]]`,
        ...digitsShiftLines(state.shift),
        '    optimizer.param_groups[0][\'lr\'] = ' +
            DIGITS_RATES[state['lr-schedule']],
        '    loss = nn.functional.cross_entropy(net(moved), t[some])',
        '    if step % 50 == 0 or step == steps - 1: ' +
            'print(f\'step:{step},loss:{loss.item()}\')',
        '    optimizer.zero_grad(); loss.backward(); optimizer.step()',
        '',
    ].join('\n');
}

// Lines that move each picture by up to `shift` pixels.
function digitsShiftLines(shift) {
    if (!shift) return ['    moved = x[some]'];
    const sides = Array(4).fill(shift).join(', ');
    const inner = `${shift}:-${shift}`;
    return [
        `    by = [[bits(epoch, 2 * i + k) % ${2 * shift + 1} - ${shift} ` +
            'for k in (1, 2)] for i in map(int, some)]',
        `    padded = nn.functional.pad(x[some], (${sides}))`,
        '    moved = torch.stack([p.roll(b, (1, 2)) for p, b in zip(padded, ' +
            `by)])[..., ${inner}, ${inner}]`,
    ];
}

// What the program has printed after as many steps.
function digitsLines({losses, epochs}, {per_epoch: round, steps}) {
    const lines = [];
    losses.forEach((loss, step) => {
        if (step % 50 === 0 || step === steps - 1 || !Number.isFinite(loss))
            lines.push(`step:${step},loss:${printed(loss)}`);
        const epoch = epochs[(step + 1) / round - 1];
        if (epoch)
            lines.push(Object.entries({
                epoch: epoch.number, loss: epoch.loss,
                accuracy: epoch.accuracy, 'held-out-loss': epoch.heldLoss,
                'held-out-accuracy': epoch.heldAccuracy,
            }).map(([name, value]) =>
                `${name}:${printed(value)}`).join());
    });
    return lines;
}
