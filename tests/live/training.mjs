// training.mjs - the room Training, by keyboard alone: what it shows is what
// the command in sight prints.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {launch} from './drive.mjs';

let browser, page;
before(async () => {
    browser = await launch();
    page = await browser.open('room=training&at=0');
    await page.visit('training');
});
after(() => browser.close());

// The losses on screen, as lines of the program's log.
const shown = () => page.run(() => document.querySelector(
    '#room-training [aria-label="the last losses"]').textContent.split('\n'));

async function assertAsCommand() {
    await page.visit('training');
    const lines = (await page.command('training')).trim().split('\n');
    assert.deepEqual(await shown(), lines.slice(-100));
}

test('Step and Ten steps take so many', async () => {
    await page.press('Step');
    await page.visit('training');
    await page.press('Ten steps');
    await page.visit('training');
    assert.equal((await shown()).length, 11);
    await assertAsCommand();
});

test('Play goes on until Pause, and Back to the start ends at none',
    async () => {
        await page.press('Play');
        await page.until(() => location.hash.match(/at=(\d+)/)?.[1] > 30);
        await page.tab.keyboard.press('Enter');
        await page.until(async () =>
            !(await window.convlet.engine('training')).busy);
        await assertAsCommand();
        await page.press('Back to the start');
        await page.visit('training');
        assert.deepEqual(await shown(), ['none yet']);
    });

test('each field is typed, and the command follows', async () => {
    await page.follow('room=training&at=5');
    for (const [name, text] of [['lr', '0.003'], ['seed', '7'],
        ['kernels', '3'], ['stride', '1,2'], ['padding', 'same']]) {
        await page.type(name, text);
        await assertAsCommand();
    }
});

test('other states show what their command prints', async () => {
    for (const state of ['optimizer=adam&lr=0.05&at=12', 'dtype=float64&at=4',
        'momentum=0.9&reduction=mean&at=20', 'optimizer=cg&at=6',
        'kernels=2&kernel-size=3&stride=1&padding=0,1,2,3&at=7']) {
        await page.follow(`room=training&${state}`);
        assert.deepEqual(await page.complaints(), [], state);
        await assertAsCommand();
    }
});

test('a rate beyond the mark is explained where the numbers end', async () => {
    await page.follow('room=training&lr=1000&at=50');
    const [words, ...others] = await page.complaints();
    assert.match(words, /smaller learning rate/);
    assert.deepEqual(others, []);
});

test('no error, no request', () => assert.deepEqual(page.faults(), []));
