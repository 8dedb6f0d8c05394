// denoise.mjs - the room Denoise: leaves teach a net to take noise away.
import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {inShell, launch} from './drive.mjs';

let browser, page;
before(async () => {
    browser = await launch();
    page = await browser.open('room=denoise&at=0');
    await page.visit('denoise');
    page.patience = 600000;
});
after(() => browser.close());

test('1,000 steps beat doing nothing by 5 dB on the scene', async () => {
    const start = Date.now();
    await page.press('Play');
    await page.until(() => new URLSearchParams(location.hash.slice(1))
        .get('at') === '1000');
    const seconds = (Date.now() - start) / 1000;
    await page.visit('denoise');
    const [nothing, blur, net] = await page.run(async () => {
        const engine = await window.convlet.engine('denoise');
        return Array.from(await engine.measure());
    });
    console.log(`1,000 steps in ${seconds.toFixed(0)} s: doing nothing ` +
        `${nothing.toFixed(2)}, the best blur ${blur.toFixed(2)}, the net ` +
        `${net.toFixed(2)} dB`);
    assert.ok(net >= nothing + 5, `${net} dB, of ${nothing}`);
});

test('the program takes the model that it saves, and makes the same ONNX', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'live-'));
    try {
        const {name, bytes} = await page.saved(() =>
            page.press('Save the model'));
        writeFileSync(join(directory, name), bytes);
        const sample = join(process.env.ROOT, 'assets', 'sample.png');
        inShell(`convlet apply --model ${name} ${sample} -o better.png`,
            directory);
        const onnx = await page.saved(() => page.press('Save it as ONNX'));
        inShell(`convlet export --model ${name} -o ours.onnx`, directory);
        assert.ok(onnx.bytes.equals(
            readFileSync(join(directory, 'ours.onnx'))), onnx.name);
    } finally {
        rmSync(directory, {recursive: true});
    }
});

test('its losses are those that the command prints', async () => {
    await page.follow('room=denoise&at=4&steps=4&seed=3');
    assert.deepEqual(await page.complaints(), []);
    const lines = await page.run(() => document.querySelector(
        '#room-denoise [aria-label="losses, as the program prints them"]')
        .textContent);
    assert.equal(lines.trim(), (await page.command('denoise')).trim());
});

test('no error, no request', () => assert.deepEqual(page.faults(), []));
