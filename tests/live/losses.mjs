// losses.mjs - losses of the page are those of the program, digit for digit.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {launch, trainLosses} from './drive.mjs';
import {chance, notebook, pageLosses, relative} from './numbers.mjs';

const SEEDS = [0, 1, 4294967295];

let browser, page;
before(async () => {
    browser = await launch();
    page = await browser.open('room=training');
});
after(() => browser.close());

for (const seed of SEEDS) {
    test(`seed ${seed}: 50 losses in float32 are equal`, async () => {
        assert.deepEqual(await pageLosses(page, {...notebook, seed}),
            trainLosses('--isa', 'base', '--seed', seed));
    });

    test(`seed ${seed}: 50 losses in float64 are to 1e-14`, async () => {
        const settings = {...notebook, seed, dtype: 'float64'};
        const apart = relative(await pageLosses(page, settings), trainLosses(
            '--isa', 'base', '--seed', seed, '--dtype', 'float64'));
        console.log(`seed ${seed}, float64: ${apart} apart`);
        assert.ok(apart <= 1e-14, `${apart} apart`);
    });
}

// Nets that are computed alike to the last bit, and such as ask the C library
// for a function, of which the page has another.
const EXACT = [
    'conv 3 3x3 padding=1, relu, conv 2 1x1',
    'conv 4 3x2 stride=2 padding=1 dilation=2',
    'conv 2 3x3, relu, maxpool 2x2, conv 3 2x2',
    'conv 4 3x3 padding=same, batchnorm, leaky, conv 1 1x1',
    'conv 4 2x2 groups=2 bias=no, avgpool 2x2, dense 5',
];
const WITH_FUNCTIONS = [
    'conv 2 3x3, tanh, maxpool 2x2, conv 3 2x2',
    'conv 5 2x2 bias=no, sigmoid, avgpool 2x2',
];

// Settings that `train` and the page both take, drawn at random.
function drawSettings(seed, nets) {
    const {whole, pick, next} = chance(seed);
    const settings = {
        batch: whole(1, 3), channels: 2 * whole(1, 2), height: whole(6, 17),
        width: whole(6, 17), steps: whole(3, 12), seed: whole(0, 1e6),
        net: pick(nets),
        optimizer: pick(['sgd', 'adam']),
        lr: pick([0.001, 0.0003, 0.01]),
        'lr-schedule': pick(['constant', 'linear', 'cosine']),
        'lr-warmup': pick([0, 2]),
        reduction: pick(['mean', 'sum', 'notebook']),
        target: pick(['ones', 'zeros']),
    };
    if (settings.optimizer === 'sgd') settings.momentum = pick([0, 0.9]);
    if (next() < 0.5) settings.init = 'kaiming';
    return settings;
}

// Calls compare(page's, program's, words) with the losses of random settings.
async function compareRandom(count, nets, compare) {
    for (let i = 0; i < count; i++) {
        const settings = drawSettings(7919 * i + 1, nets);
        const flags = Object.entries(settings).flatMap(
            ([name, value]) => [`--${name}`, String(value)]);
        compare(await pageLosses(page, settings),
            trainLosses('--isa', 'base', ...flags), JSON.stringify(settings));
    }
}

test('30 random settings in float32 have equal losses', () =>
    compareRandom(30, EXACT, assert.deepEqual));

test('with tanh or sigmoid they are to 1e-6', () =>
    compareRandom(10, WITH_FUNCTIONS, (ours, theirs, words) =>
        assert.ok(relative(ours, theirs) < 1e-6, words)));

test('no error, no request', () => assert.deepEqual(page.faults(), []));
