// smoke.mjs - the page opens, alone, and computes the program's digits.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {convlet, launch, trainLosses} from './drive.mjs';
import {notebook, pageLosses} from './numbers.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test('it opens with losses on screen, no error, no request', async () => {
    const page = await browser.open('room=training');
    await page.until(() =>
        performance.getEntriesByName('convlet:losses').length > 0);
    const shown = await page.run(() =>
        performance.getEntriesByName('convlet:losses')[0].startTime);
    console.log(`first losses on screen after ${Math.round(shown)} ms`);
    // 300 ms on a machine that does nothing else.
    assert.ok(shown < 10000, `after ${shown} ms`);
    assert.deepEqual(page.faults(), []);
    await page.close();
});

test('its losses are those of `convlet train --isa base`', async () => {
    const page = await browser.open('room=training');
    assert.deepEqual(await pageLosses(page, notebook),
        trainLosses('--isa', 'base'));
    assert.deepEqual(page.faults(), []);
    await page.close();
});

test('the products of a cell are those of `convlet explain`', async () => {
    const page = await browser.open('room=number&at=0,0,1,1');
    await page.visit('number');
    const {terms} = await page.run(async () => {
        const engine = await window.convlet.engine('number');
        return engine.terms({array: 'y', layer: 0, param: 0, at: [0, 0, 1, 1]});
    });
    const told = JSON.parse(convlet('explain', '--at', '1,1',
        '--format', 'json'));
    assert.deepEqual(
        terms.filter(({right}) => right).map(({product, sum}) =>
            [product, sum]),
        told.terms.map(({product, sum}) => [product, sum]));
    assert.equal(terms.at(-1).sum, told.total);
    assert.deepEqual(page.faults(), []);
    await page.close();
});
