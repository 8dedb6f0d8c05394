// filter.mjs - the room Your filter: what it finds, and that the commands in
// sight print the same, of the files that it saves.
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {inShell, launch} from './drive.mjs';

let browser, page, directory;
before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'live-'));
    browser = await launch();
    page = await browser.open('room=filter');
    await page.visit('filter');
});
after(async () => {
    await browser.close();
    rmSync(directory, {recursive: true});
});

// Runs in the page: what the room says.
const read = () => page.run(() => {
    const all = document.querySelector('#room-filter');
    const {inside, bar} = window.convlet.shell('filter');
    return {
        status: all.querySelector('.status').textContent,
        list: all.querySelector('.losses').textContent,
        command: bar.line.textContent,
        saves: [...all.querySelectorAll('button')].map((one) =>
            one.textContent).filter((text) => /^Save (before|after)/
            .test(text)),
        taps: inside.taps,
        weights: inside.weights && Array.from(inside.weights),
        certainty: inside.certainty,
    };
});

// Presses Find the filter, and waits until it is said how sure it is.
async function find() {
    await page.press('Find the filter');
    await page.until(() => document.querySelector('#room-filter .status')
        .textContent.startsWith('After'));
    await page.run(() => window.convlet.shell('filter').inside.judging);
}

// Saves by the buttons of these names.
async function save(names) {
    for (const label of names) {
        const {name, bytes} = await page.saved(() => page.press(label));
        writeFileSync(join(directory, name), bytes);
    }
}

async function assertAsCommand() {
    const {list, command, saves} = await read();
    await save(saves);
    assert.equal(inShell(`${command} --quiet`, directory).trim()
        .split('\n').filter((line) => line.startsWith('step:')).join('\n'),
    list);
}

const furthest = (found, hidden) => Math.max(
    ...found.map((weight, i) => Math.abs(weight - hidden[i])));

test('one key finds the filter that is hidden at first', async () => {
    await find();
    const {weights, taps, certainty} = await read();
    assert.ok(furthest(weights, taps) < 1e-5);
    assert.ok(certainty.error < 0.002 && !certainty.isLost);
    await assertAsCommand();
});

for (const state of ['hide=sobel-x&optimizer=cg&at=9',
    'hide=box&optimizer=adam&rounded=yes&at=25&seed=9',
    'hide=own&own=0+1+0+2+0.5+-1+0+0+3&kernel-size=3&at=12',
    'hide=emboss&kernel-size=7&rounded=yes&optimizer=cg&at=9',
    'hide=sharpen&share=yes&at=6'])
    test(`${state}: as the command prints it`, async () => {
        await page.follow(`room=filter&${state}`);
        assert.deepEqual(await page.complaints(), []);
        await assertAsCommand();
    });

// The picture of the tree, and what a program made of it in 8 bits.
async function open(names) {
    const inputs = await page.tab.$$('#room-filter input[type=file]');
    for (const [i, name] of names.entries()) {
        await inputs[i].uploadFile(name);
        await page.until((i) => window.convlet.shell('filter')
            .state[i ? 'hide' : 'input'] === 'file', i);
        await page.visit('filter');
    }
}

test('two pictures of 512 x 512 give the filter in seconds', async () => {
    const sample = join(process.env.ROOT, 'assets', 'sample.png');
    inShell(`convlet train --quiet --input ${sample} --target ` +
        'filter:gaussian --steps 1 --out secret', directory);
    await page.follow('room=filter');
    await open([sample, join(directory, 'secret', 'target.png')]);
    assert.deepEqual(await page.complaints(), []);
    const start = Date.now();
    await find();
    console.log(`found after ${Date.now() - start} ms`);
    const {weights, certainty} = await read();
    const gaussian = [1, 4, 6, 4, 1].flatMap((a, _, all) =>
        all.map((b) => a * b / 256));
    const hidden = Array.from({length: 9}, (_, pair) =>
        pair % 4 ? Array(25).fill(0) : gaussian).flat();
    assert.ok(furthest(weights, hidden) < certainty.error);
    await assertAsCommand();
});

test('the program applies the model that it saves', async () => {
    await save(['Save model.safetensors', 'Save prediction.png']);
    assert.match(inShell('convlet apply --isa base --model ' +
        'model.safetensors before.png --compare prediction.png', directory),
    /psnr:inf/);
});

test('pictures of two sizes are told apart', async () => {
    await page.follow('room=filter');
    await open([join(process.env.ROOT, 'assets', 'scene.png'),
        join(process.env.ROOT, 'assets', 'sample.png')]);
    assert.match(String(await page.complaints()), /512 x 384 .* 512 x 512/);
});

test('a link without its pictures says so', async () => {
    const other = await browser.open('room=filter&hide=file');
    await other.visit('filter');
    assert.match(String(await other.complaints()), /keeps no pictures/);
    await other.follow('room=filter&hide=identity');
    assert.deepEqual(await other.complaints(), []);
    assert.deepEqual(other.faults(), []);
});

test('no error, no request', () => assert.deepEqual(page.faults(), []));
