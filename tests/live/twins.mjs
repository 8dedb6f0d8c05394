// twins.mjs - the Python beside the room Training prints its losses, as far as
// another order of sums lets it.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {after, before, test} from 'node:test';

import {launch} from './drive.mjs';

const STATES = [
    'at=10',
    'at=50&dtype=float64&seed=4294967295',
    'momentum=0.9&seed=7&dtype=float64&at=30',
    'optimizer=adam&lr=0.1&seed=3&at=25&dtype=float64',
    'optimizer=cg&momentum=0.5&lr=3&at=6&dtype=float64',
    'batch=3&channels=2&height=9&width=12&kernels=3&kernel-size=3,2' +
        '&stride=2,3&padding=fit&reduction=mean&lr=0.05&dtype=float64',
    'kernel-size=3&stride=1&padding=same&reduction=sum&lr=1e-5&at=10',
    'padding=0,1,2,0&kernel-size=3,5&channels=1&kernels=1&dtype=float64',
];

const python = (text) =>
    execFileSync('python3', ['-c', text], {encoding: 'utf8'});

function hasNumpy() {
    try {
        python('from numpy.lib.stride_tricks import sliding_window_view');
        return true;
    } catch {
        return false;
    }
}

// The losses in lines "step:0,loss:1.5".
const losses = (lines) => lines.trim().split('\n').map((line, step) => {
    const [, at, loss] = /^step:(\d+),loss:(\S+)$/.exec(line);
    assert.equal(Number(at), step);
    return Number(loss);
});

// Runs in the page: the lines it shows, and the Python beside them.
const texts = () => ({
    list: document.querySelector(
        '#room-training [aria-label="the last losses"]').textContent,
    twin: window.convlet.shell('training').bar.twinText.textContent,
});

const skip = hasNumpy() ? false : 'python3 has no numpy of 1.20 or later';
let browser, page;
before(async () => {
    browser = await launch();
    page = await browser.open('room=training&at=1');
});
after(() => browser.close());

for (const state of STATES)
    test(`${state}: the Python says the same`, {skip}, async () => {
        await page.follow(`room=training&${state}`);
        const {list, twin} = await page.run(texts);
        const most = state.includes('float64') ? 1e-12 : 1e-5;
        const ours = losses(list), theirs = losses(python(twin));
        assert.equal(ours.length, theirs.length);
        ours.forEach((loss, i) => assert.ok(
            Math.abs(loss - theirs[i]) <= most * loss,
            `step ${i}: ${loss}, not ${theirs[i]}, of\n${twin}`));
    });

const real = Math.fround;

// Runs in the page: what the table of weights says, row by row.
const table = () => Array.from(
    document.querySelectorAll('#room-training .grid tbody tr'),
    (row) => Array.from(row.cells,
        (cell) => cell.textContent.replaceAll('\u2212', '-')));

test('in each row new w is w less lr times dw', async () => {
    await page.follow('room=training&at=4&seed=5');
    const rows = await page.run(table);
    assert.equal(rows.length, 4 * 3 * 2 * 2 + 4);
    for (const [name, ...cells] of rows) {
        const [w, dw, move, next] = cells.map(Number);
        assert.equal(real(move), real(real(0.001) * real(dw)), name);
        assert.equal(real(next), real(real(w) - real(move)), name);
    }
});

test('no error, no request', () => assert.deepEqual(page.faults(), []));
