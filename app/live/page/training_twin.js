// training_twin.js - the run of room 2 elsewhere: the program's words, and
// NumPy.

// The fields that are flags of `convlet train` of the same name and default.
const TRAINING_FLAGS = [
    'batch', 'channels', 'height', 'width', 'kernels', 'kernel-size', 'stride',
    'padding', 'lr', 'momentum', 'optimizer', 'reduction', 'seed', 'dtype',
];

// Which of them an optimiser leaves alone.
const TRAINING_IDLE = {sgd: [], adam: ['momentum'], cg: ['lr', 'momentum']};

// `layer` is what `describe` says of it: the page's module may have other
// kernels than the program.
function trainingCommand(fields, state, {algorithm}) {
    const idle = TRAINING_IDLE[state.optimizer];
    const words = ['convlet', 'train', '--isa', 'base',
                   '--steps', String(Math.max(1, state.at))];
    for (const name of TRAINING_FLAGS)
        if (state[name] !== fields[name].initial && !idle.includes(name))
            words.push('--' + name, String(state[name]));
    if (algorithm !== 'tiled') words.push('--algorithm', algorithm);
    return words;
}

const trainingPair = words => {
    const [down, across = down] = words.split(',').map(Number);
    return [down, across];
};

// The zeros around the input, [top, bottom, left, right], as the layer's own
// words in `describe` say it.
function trainingPads(layer) {
    const found = /padding=(\d+)x(\d+)x(\d+)x(\d+)/.exec(layer.text);
    return found ? found.slice(1).map(Number) : [0, 0, 0, 0];
}

// What the errors are divided by in the loss, and by what they are multiplied
// in the gradient.
function trainingScales(state, [n, k, h, w]) {
    const count = n * k * h * w;
    return {
        mean: {loss: `e.size`, grad: `2 / e.size`},
        sum: {loss: '1', grad: '2'},
        notebook: {loss: String(count / w), grad: String(1 / n)},
    }[state.reduction];
}

// Lines in the loop that turn the gradient g into a step of p.
function trainingUpdate({optimizer, lr, momentum}, grad) {
    if (optimizer === 'adam')
        return ['m, v = 0.9*m + 0.1*g, 0.999*v + 0.001*g*g',
                `p -= ${lr}/(1 - 0.9**(step + 1)) * m / ` +
                '(np.sqrt(v/(1 - 0.999**(step + 1))) + 1e-8)'];
    if (optimizer === 'cg')
        return ['d = -g + (g @ (g - h) / (h @ h) if step else 0) * d',
                'h, q = g, layer(d)',
                `p -= (g @ d) / (${grad} * (q*q).sum()) * d`];
    if (momentum > 0)
        return [`v = ${momentum}*v + g`, `p -= ${lr} * v`];
    return [`p -= ${lr} * g`];
}

const TRAINING_BEGIN = {sgd: '', adam: 'm = v = 0', cg: 'd = 0'};

// Python that prints the same losses: float64 to the last digit or two,
// float32 to six or so.
function trainingTwin(state, description) {
    const [, c] = description.input;
    const [kh, kw] = trainingPair(state['kernel-size']);
    const [down, across] = trainingPair(state.stride);
    const [top, bottom, left, right] = trainingPads(description.layers[0]);
    const weights = state.kernels * c * kh * kw;
    const {loss, grad} = trainingScales(state, description.output);
    const as = state.dtype === 'float32' ? '.astype(np.float32)' : '';
    const begin = state.optimizer === 'sgd' && state.momentum > 0 ? 'v = 0'
        : TRAINING_BEGIN[state.optimizer];
    return [
        'import numpy as np',
        `r = np.random.RandomState(${state.seed})`,
        `x = np.pad(r.randn(${description.input.join(', ')})${as}, ` +
            `((0, 0), (0, 0), (${top}, ${bottom}), (${left}, ${right})))`,
        `p = np.r_[r.randn(${c}, ${state.kernels}, ${kh}, ${kw})` +
            `.swapaxes(0, 1).ravel(), np.zeros(${state.kernels})]${as}` +
            (begin ? '; ' + begin : ''),
        'u = np.lib.stride_tricks.sliding_window_view(' +
            `x, (${kh}, ${kw}), (2, 3))[:, :, ::${down}, ::${across}]`,
        'layer = lambda p: np.einsum(\'nchwij,kcij->nkhw\', u, ' +
            `p[:${weights}].reshape(${state.kernels}, ${c}, ${kh}, ${kw})) ` +
            `+ p[${weights}:, None, None]`,
        `for step in range(${Math.max(1, state.at)}):`,
        '    e = layer(p) - 1',
        `    print(f\'step:{step},loss:{(e*e).sum() / ${loss}}\')`,
        '    g = ' + grad + ' * np.r_[np.einsum(\'nkhw,nchwij->kcij\', e, u)' +
            '.ravel(), e.sum((0, 2, 3))]',
        ...trainingUpdate(state, grad).map(line => '    ' + line),
        '',
    ].join('\n');
}
