// links.mjs - a link keeps a state, whoever opens it; a malformed one gets a
// sentence, and breaks nothing.
import assert from 'node:assert/strict';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync,
    writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {file, isHere, launch, ownKind} from './drive.mjs';
import {chance} from './numbers.mjs';

let browser, page;
before(async () => {
    browser = await launch();
    page = await browser.open();
});
after(() => browser.close());

// Nothing good for any field, or for some.
const VALUES = ['', ' ', 'x', '-1', '1.5', '1e999', 'NaN', 'Infinity', '0x10',
    '99999999999999999999', '4294967296', '%00', '%E2%82', '%F0%9F%98%80',
    '<img src=x onerror="window.broken=1">', '__proto__', 'constructor',
    '..%2F..%2Fetc', 'a%0Ab = c', '%E2%80%AE', '[[1,2],[3]]', '[[1e400]]',
    'conv 1000000 1000x1000', 'conv', ',', 'x'.repeat(30000)];

const LINKS = ['room=', 'room=nowhere', 'room=__proto__', 'room=training&room=x',
    'room=training&nothing=1', 'room=training&__proto__=1', '=', '&&&', '%',
    'room=%3Cscript%3Ewindow.broken%3D1%3C/script%3E', 'training', '#',
    'room=training&seed=1&seed=x', `room=${'x'.repeat(100000)}`];

// A sentence or two of one line each, and none of the markup it was given.
async function assertWhole(fragment) {
    const where = fragment.slice(0, 100);
    for (const text of await page.complaints()) {
        assert.doesNotMatch(text, /[\p{Cc}\p{Cf}]/u, where);
        assert.ok(text.length < 600, `${where}: ${text}`);
    }
    assert.equal(await page.run(() => window.broken), undefined, where);
    assert.deepEqual(page.faults(), [], where);
}

test('a malformed link gets a sentence, and breaks nothing', async () => {
    for (const link of LINKS) {
        await page.follow(link);
        await assertWhole(link);
    }
    await page.follow('room=nowhere');
    assert.equal((await page.complaints()).length, 1);
});

test('a malformed field gets a sentence, and breaks nothing', async () => {
    const fields = await page.run(() => window.convlet.rooms.flatMap(
        ({id, fields}) => Object.keys(fields).map((name) => [id, name])));
    const {whole} = chance(1);
    for (const [id, name] of fields)
        for (let i = whole(0, 2); i < VALUES.length; i += whole(1, 5)) {
            const fragment = `room=${id}&${name}=${VALUES[i]}`;
            await page.follow(fragment);
            await assertWhole(fragment);
        }
});

test('after all that each room is as good as new', async () => {
    for (const id of await page.rooms()) await page.follow(`room=${id}`);
    assert.deepEqual(await page.complaints(), []);
});

// Runs in the page: the link to a room's present state.
function askLink(id) {
    return window.convlet.shell(id).anchor.getAttribute('href');
}

// Every link of the docs that has a state in its title.
function docsLinks() {
    const docs = join(process.env.ROOT, 'docs');
    return readdirSync(docs).filter((name) => name.endsWith('.md'))
        .flatMap((name) => {
            const text = readFileSync(join(docs, name), 'utf8');
            return [...text.matchAll(
                /\]\(live-page\.md#[a-z-]+\s+"(room=[^"]*)"\)/g)]
                .map(([, state]) => ({name, state}));
        });
}

test('the links of the chapters open without a complaint', async () => {
    const links = docsLinks();
    for (const {name, state} of links) {
        await page.follow(state);
        assert.deepEqual(await page.complaints(), [], `${name}: ${state}`);
        const id = new URLSearchParams(state).get('room');
        const kept = await page.run(askLink, id);
        assert.deepEqual([...new URLSearchParams(kept.slice(1))].sort(),
            [...new URLSearchParams(state)].sort(), `${name}: ${state}`);
    }
    console.log(`${links.length} links of the chapters`);
});

// Runs in the page: where its rooms lead to.
function askChapters() {
    return Array.from(document.querySelectorAll('a.chapter, .chapter a'),
        (one) => [one.closest('section').id, one.getAttribute('href')]);
}

test('the rooms lead back to their chapters, on the site alone', async () => {
    assert.deepEqual(await page.run(askChapters), []);
    const directory = mkdtempSync(join(tmpdir(), 'live-'));
    const path = join(directory, 'live.html');
    // As docs/site/build.sh does it.
    writeFileSync(path, readFileSync(file, 'utf8').replace(
        /^<html lang="en">$/m, '<html lang="en" data-chapters="">'));
    try {
        const there = await browser.open('', {path});
        const rooms = await there.rooms();
        for (const id of rooms) await there.visit(id);
        const chapters = await there.run(askChapters);
        assert.deepEqual([...new Set(chapters.map(([id]) => id))],
            rooms.map((id) => `room-${id}`));
        for (const [, chapter] of chapters)
            assert.ok(existsSync(join(process.env.ROOT, 'docs',
                chapter.replace(/html$/, 'md'))), chapter);
        assert.deepEqual(there.faults(), []);
        await there.close();
    } finally {
        rmSync(directory, {recursive: true});
    }
});

// Values of a room's fields that differ from those it starts with, where that
// costs little: choices, yes or no, and the seed.
function otherValues(fields, seed) {
    const {whole, pick, next} = chance(seed);
    const values = {};
    for (const [name, {kind, names}] of Object.entries(fields))
        if (kind === 'choice') values[name] = pick(names);
        else if (kind === 'flag') values[name] = next() < 0.5;
        else if (name === 'seed') values[name] = whole(0, 4294967295);
    return values;
}

// Runs in the page: all that a reader sees of a room's state.
function askRoom(id) {
    const shell = window.convlet.shell(id);
    return {
        state: shell.state,
        inputs: Array.from(shell.section.querySelectorAll('input, select'),
            (one) => one.type === 'checkbox' ? one.checked : one.value),
        command: shell.bar.line.textContent,
        warning: shell.warning.textContent,
    };
}

test('a link made in one browser opens the same state in the other',
    async (context) => {
        const kind = ownKind === 'firefox' ? 'chromium' : 'firefox';
        if (!isHere(kind)) return context.skip(`${kind} is not here`);
        const other = await launch({kind});
        try {
            const there = await other.open();
            for (const id of await page.rooms())
                for (let seed = 1; seed <= 4; seed++)
                    await compareBrowsers(there, id, seed);
            assert.deepEqual(there.faults(), []);
        } finally {
            await other.close();
        }
    });

async function compareBrowsers(there, id, seed) {
    for (const one of [page, there]) await one.follow(`room=${id}`);
    const fields = await page.run((id) => JSON.parse(JSON.stringify(
        window.convlet.rooms.find((room) => room.id === id).fields)), id);
    await page.run(async (id, values) => {
        await window.convlet.shell(id).change(values);
    }, id, otherValues(fields, seed));
    await page.visit(id);
    // It is written a moment later, and a room may go on by itself.
    await page.until((id) => location.hash ===
        window.convlet.shell(id).anchor.getAttribute('href'), id);
    const link = await page.run(() => location.hash);
    await there.follow(link.slice(1));
    assert.deepEqual(await there.run(askRoom, id),
        await page.run(askRoom, id), link);
}

test('a room that comes near leaves the link of another', async () => {
    const link = 'room=training&seed=3';
    const other = await browser.open(link);
    for (const id of await other.rooms()) await other.visit(id);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await other.run(() => location.hash), `#${link}`);
    await other.close();
});

test('a link opens at its room, and the page stays there', async () => {
    for (const width of [390, 1440]) {
        const own = await browser.open('room=training', {width});
        for (const wait of [0, 2000]) {
            await new Promise((resolve) => setTimeout(resolve, wait));
            const top = await own.run(() => document.getElementById(
                'title-training').getBoundingClientRect().top);
            assert.ok(top >= 0 && top < 100, `${width}: ${top} after ${wait}`);
        }
        await own.close();
    }
});

test('the link keeps up with what changes without a pause', async () => {
    await page.follow('room=training');
    const links = await page.run(async () => {
        const shell = window.convlet.shell('training'), seen = new Set();
        for (let weight = 0; weight < 40; weight++) {
            shell.note({weight});
            await new Promise((resolve) => setTimeout(resolve, 40));
            seen.add(location.hash);
        }
        return seen.size;
    });
    assert.ok(links > 2, `${links} links in 1.6 seconds`);
});

test('no error, no request', () => assert.deepEqual(page.faults(), []));
