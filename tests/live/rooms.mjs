// rooms.mjs - each room for readers of every kind: by keyboard, on a phone, in
// the dark, without motion, by a screen reader.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, describe, test} from 'node:test';

import {axe, launch, ownKind} from './drive.mjs';

const SIZES = [{width: 390, height: 844}, {width: 1440, height: 900}];

// Runs in the page: what axe holds against it, in words.
async function askAxe() {
    const {violations} = await window.axe.run(document,
        {resultTypes: ['violations']});
    return violations
        .filter(({impact}) => ['serious', 'critical'].includes(impact))
        .map(({id, help, nodes}) => `${id}: ${help}: ` +
            nodes.slice(0, 3).map(({html}) => html.slice(0, 200)).join(' '));
}

// Runs in the page: what stands out of it sideways.
function askWidth() {
    const page = document.scrollingElement;
    if (page.scrollWidth <= innerWidth) return [];
    return Array.from(document.querySelectorAll('body *'))
        .filter((one) => one.checkVisibility() &&
            one.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map((one) => one.outerHTML.slice(0, 120))
        .concat(`${page.scrollWidth} pixels wide`);
}

for (const dark of [false, true]) {
    const scheme = dark ? 'dark' : 'light';
    describe(scheme, () => {
        let browser;
        before(async () => { browser = await launch({dark}); });
        after(() => browser.close());

        for (const size of SIZES)
            test(`${size.width} pixels: no barrier, no sideways scrolling`,
                () => look(browser, scheme, size));
    });
}

async function look(browser, scheme, size) {
    const page = await browser.open('', size);
    await page.run(readFileSync(axe, 'utf8'));
    for (const id of await page.rooms()) {
        await page.visit(id);
        assert.deepEqual(await page.run(askWidth), [], id);
        assert.deepEqual(await page.run(askAxe), [], id);
        if (!process.env.SCREENSHOTS) continue;
        const section = await page.tab.$(`#room-${id}`);
        await section.screenshot({path: join(process.env.SCREENSHOTS,
            `live-${ownKind}-${id}-${size.width}-${scheme}.png`)});
    }
    assert.deepEqual(await page.complaints(), []);
    assert.deepEqual(page.faults(), []);
    await page.close();
}

// Runs in the page: what a key Tab should come to, marked with numbers.
function markStops() {
    const stops = Array.from(document.querySelectorAll(
        'a[href], button, input, select, textarea, summary, [tabindex]'))
        .filter((one) => one.tabIndex >= 0 && !one.disabled &&
            (one.type !== 'radio' || one.checked) &&
            one.checkVisibility({visibilityProperty: true}));
    stops.forEach((one, i) => { one.dataset.stop = i; });
    return stops.map((one) => one.outerHTML.slice(0, 120));
}

// Runs in the page: the number of what has the focus, and whether that shows.
function askFocus() {
    const one = document.activeElement;
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(one);
    return {stop: one.dataset.stop, text: one.outerHTML.slice(0, 120),
        isSeen: (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) ||
            boxShadow !== 'none'};
}

describe('keyboard', () => {
    let browser;
    before(async () => { browser = await launch({reduced: true}); });
    after(() => browser.close());

    test('Tab comes to all there is, and is seen', async () => {
        const page = await browser.open('', SIZES[1]);
        for (const id of await page.rooms()) await page.visit(id);
        await page.run(() => document.activeElement.blur());
        const stops = await page.run(markStops);
        const reached = new Set();
        for (let i = 0; i < 2 * stops.length + 20; i++) {
            await page.tab.keyboard.press('Tab');
            const {stop, text, isSeen} = await page.run(askFocus);
            if (stop === undefined) continue;
            assert.ok(isSeen, `no sign of the focus: ${text}`);
            reached.add(Number(stop));
            if (reached.size === stops.length) break;
        }
        assert.deepEqual(stops.filter((_, i) => !reached.has(i)), []);
        await page.close();
    });

    test('a reader who wants no motion sees none', async () => {
        const page = await browser.open('', SIZES[1]);
        for (const id of await page.rooms()) {
            await page.visit(id);
            assert.deepEqual(await page.run(() => document.getAnimations()
                .map((one) => one.effect.target.outerHTML.slice(0, 99))), []);
            assert.equal(await page.run(() => getComputedStyle(
                document.documentElement).scrollBehavior), 'auto');
        }
        await page.close();
    });
});
