// digits.mjs - the room Digits, by keyboard alone: what it shows is what the
// commands in sight print.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {launch} from './drive.mjs';

let browser, page;
before(async () => {
    browser = await launch();
    page = await browser.open('room=digits&at=0');
    await page.visit('digits');
});
after(() => browser.close());

// What stands where a name says.
const read = (name) => page.run((name) => document.querySelector(
    `#room-digits [aria-label="${name}"]`).textContent, name);

const LINES = 'losses and epochs, as the program prints them';
const PRINTED = 'the probabilities, as the program prints them';
const COMMAND = 'command for the picture';

// The lines on screen are the first ones of the command.
async function assertAsCommand() {
    await page.visit('digits');
    const lines = (await read(LINES)).split('\n');
    const all = (await page.command('digits')).trim().split('\n');
    assert.deepEqual(lines, all.slice(0, lines.length));
    return lines.length === all.length;
}

const status = () => page.run(() => document.querySelector(
    '#room-digits .status').textContent);

test('it learns 95 % of what is held out in under a minute', async () => {
    const start = Date.now();
    await page.press('Play');
    // It waits that long.
    await page.until(() => document.querySelector('#room-digits .status')
        .textContent.includes('reached 95 %'));
    console.log(`95 % after ${((Date.now() - start) / 1000).toFixed(1)} s`);
    await page.until(() => document.querySelector('#room-digits .status')
        .textContent.startsWith('Step 540 of 540'));
    assert.ok(await assertAsCommand());
});

test('Step, One epoch and Back to the start go so far', async () => {
    await page.press('Back to the start');
    await page.visit('digits');
    assert.equal(await read(LINES), 'nothing yet');
    await page.press('Step');
    await page.visit('digits');
    assert.match(await status(), /^Step 1 of 540/);
    await page.press('One epoch');
    await page.visit('digits');
    assert.match(await status(), /^Step 45 of 540, 1 epoch done/);
    await assertAsCommand();
});

test('other states show what their command prints', async () => {
    for (const state of [
        'epochs=1&at=45&seed=7&hold-out=every:5&shift=2&batch-size=100',
        'epochs=2&at=60&optimizer=sgd&lr=0.05&lr-schedule=linear&shift=0',
        'at=20&net=conv+8+3x3,+batchnorm,+relu,+avgpool+all,+dense+auto']) {
        await page.follow(`room=digits&${state}`);
        assert.deepEqual(await page.complaints(), [], state);
        await assertAsCommand();
    }
});

test('a digit is drawn with keys, and a stroke taken back', async () => {
    await page.follow('room=digits&at=60');
    await page.press('Clear');
    await page.tabTo('Paper to draw a digit on. Arrow keys move the pen, ' +
        'space puts it down or lifts it, Backspace takes a stroke back.');
    const keys = async (...names) => {
        for (const name of names) await page.tab.keyboard.press(name);
    };
    await keys(' ', ...Array(9).fill('ArrowDown'), ' ');
    const ink = () => page.run(() => window.convlet.rooms.find(({id}) =>
        id === 'digits').state.ink);
    const stroke = await ink();
    assert.match(stroke, /^[\w-]{4}$/);
    await keys('ArrowLeft', ' ', 'ArrowUp', ' ');
    assert.match(await ink(), new RegExp(`^${stroke}\\.[\\w-]{4}$`));
    await keys('Backspace');
    assert.equal(await ink(), stroke);
});

// Runs in the page: presses buttons that save, and has the files.
async function save(names) {
    const files = [];
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
        files.push(blob);
        return make.call(URL, blob);
    };
    for (const name of names) {
        const count = files.length;
        Array.from(document.querySelectorAll('#room-digits button'))
            .find((one) => one.textContent === name).click();
        while (files.length === count)
            await new Promise((resolve) => setTimeout(resolve, 20));
    }
    URL.createObjectURL = make;
    const bytes = await Promise.all(files.map((file) => file.arrayBuffer()));
    return bytes.map((one) => Array.from(new Uint8Array(one)));
}

test('the program says the same of the saved model and picture', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'digits-'));
    for (const picture of ['at=60', 'at=60&sample=1500']) {
        await page.follow(`room=digits&${picture}`);
        const files = await page.run(save, ['Save the model',
                                            'Save the picture']);
        const [, ...words] = (await read(COMMAND)).split(' ');
        [words[2], words[3]].forEach((name, i) =>
            writeFileSync(join(directory, name), Buffer.from(files[i])));
        const said = execFileSync(process.env.CONVLET,
            [...words, '--format', 'csv', '--isa', 'base'],
            {cwd: directory, encoding: 'utf8',
                stdio: ['ignore', 'pipe', 'ignore']});
        const [, answer, , ...parts] = said.trim().split('\n')[1].split(',');
        const [, shown] = (await read(PRINTED)).split('\n');
        assert.equal(shown, [answer, ...parts].join());
    }
    rmSync(directory, {recursive: true});
});

test('no error, no request', () => assert.deepEqual(page.faults(), []));
