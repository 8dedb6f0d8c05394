// number.mjs - the room "One number": its products are those of `convlet
// explain`, by the very command that it shows, and of NumPy.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {inShell, launch} from './drive.mjs';
import {chance} from './numbers.mjs';

const directory = mkdtempSync(join(tmpdir(), 'number-'));
let browser, page;
before(async () => {
    browser = await launch();
    page = await browser.open('room=number');
    await page.visit('number');
});
after(async () => {
    await browser.close();
    rmSync(directory, {recursive: true});
});

// The sizes of a random layer of a kind that may be opened, or not quite.
function drawState(seed) {
    const {whole, pick} = chance(seed);
    const kind = pick(['conv', 'conv', 'conv', 'conv', 'dense', 'relu',
        'leaky', 'tanh', 'sigmoid', 'maxpool', 'avgpool', 'maxpool', 'avgpool',
        'batchnorm', 'shuffle']);
    const isConv = kind === 'conv';
    const groups = isConv ? pick([1, 1, 2]) : 1;
    const pool = pick(['3', '2', '2,3', 'all']);
    const most = kind === 'shuffle' ? 3 : 7;
    return {
        kind, groups, batch: whole(1, 2), channels: groups * whole(1, 2),
        height: whole(3, most), width: whole(3, most),
        kernels: groups * whole(1, 2),
        kernel: isConv ? `${whole(1, 3)},${whole(1, 3)}` : pool,
        stride: pick(['1', '1', '2', '1,2', '3,1']),
        padding: isConv ? pick(['0', 'same', 'fit', '1', '1,2', '2,0,1,1'])
            : pool === 'all' ? '0' : pick(['0', '1']),
        dilation: pick(['1', '1', '2', '1,2']), bias: whole(0, 3) > 0,
        ceil: whole(0, 1) > 0, counted: whole(0, 1) > 0,
        numbers: pick(['example', 'whole', 'tenths']), seed: whole(0, 1e6),
    };
}

// Runs in the page: brings the room into a state, and tells what it shows.
async function show(values) {
    const shell = window.convlet.shell('number');
    const initial = Object.fromEntries(Object.entries(shell.room.fields)
        .map(([name, field]) => [name, field.initial]));
    await shell.change({...initial, ...values});
    const {section, inside} = shell;
    const {answer, geometry} = inside;
    const text = selector => section.querySelector(selector)?.textContent ?? '';
    const told = {
        warning: shell.warning.textContent, answer,
        shapes: geometry?.shapes, command: text('.command code'),
        twin: text('.command .twin code'),
        total: text('.number .total'),
        facts: Array.from(section.querySelectorAll('.number .facts tr'),
            row => Array.from(row.children, cell => cell.textContent)
                .join(' ')),
        rows: Array.from(section.querySelectorAll('.terms tbody tr'), row =>
            Array.from(row.children, cell => cell.textContent).join(' ')),
        files: Array.from(section.querySelectorAll('button'), button =>
            button.textContent.match(/^Save (.*\..*)/)?.[1])
            .filter(Boolean),
    };
    // What two names lead to is told once only by Firefox.
    return JSON.parse(JSON.stringify(told));
}

// Runs in the page: the bytes of a file that the command reads.
async function fileOf(name) {
    const {inside} = window.convlet.shell('number');
    return Array.from(await inside.file(name));
}

// What the program prints for the command that is shown.
async function program(shown, more = '') {
    for (const name of shown.files)
        writeFileSync(join(directory, name),
            Buffer.from(await page.run(fileOf, name)));
    return inShell(`${shown.command} ${more}`, directory);
}

const zero = value => value + 0; // no sign: JSON of the program has none

// A term as both tell it: of the page's, and of the program's.
const element = ({array, at, value}) => ({array, at, value: zero(value)});

function pageTerm({left, right, product, sum, part}) {
    const both = [element(left)];
    if (right) both.push(element(right));
    return {both, product: zero(product), sum: zero(sum),
        padding: part === 'padding'};
}

function programTerm(term) {
    const names = Object.keys(term).filter(name =>
        ['w', 'x', 'b', 'y', 'dy', 'taken'].includes(name));
    // What was taken is an x.
    const both = names.map(name => element({
        array: name === 'taken' ? 'x' : name, ...term[name]}));
    return {both, product: term.product, sum: term.sum, padding: term.padding};
}

// Numbers are alike to `most`, in parts of the larger; all else is the same.
function assertClose(a, b, most, words) {
    if (typeof a === 'number' && typeof b === 'number') {
        const apart = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
        assert.ok(a === b || apart <= most, `${a}, not ${b}: ${words}`);
    } else if (a && b && typeof a === 'object') {
        assert.deepEqual(Object.keys(a), Object.keys(b), words);
        for (const key of Object.keys(a))
            assertClose(a[key], b[key], most, words);
    } else {
        assert.equal(a, b, words);
    }
}

// JSON's reals of the program have 15 digits where those tell a number from
// its neighbours but one; and another libm has another tanh.
const EXACT = 2 ** -52, FUNCTION = 1e-14;
const FUNCTIONS = ['tanh', 'sigmoid'];

const isBias = term => term.left.array === 'b' && !term.right && !term.how;

function compare(kind, shown, told, words) {
    const {terms, value, sum} = shown.answer;
    const most = FUNCTIONS.includes(kind) ? FUNCTION : EXACT;
    assertClose(terms.filter(term => !isBias(term)).map(pageTerm),
        told.terms.map(programTerm), most, words);
    const bias = terms.find(isBias);
    assert.equal(bias === undefined, told.bias === undefined, words);
    if (bias) assertClose(bias.product, told.bias, most, words);
    assertClose(zero(sum), told.total, most, words);
    // A dense layer is explained as a convolution, which adds in another order.
    assertClose(zero(value), told.result,
        kind === 'dense' ? FUNCTION : most, words);
    assert.ok(told.matches, words);
}

// The lines of the table as the program prints them, in one space.
const plain = line => line.replaceAll('\u2212', '-').replaceAll('\u00d7', '*')
    .replace(/ = /g, ' ').replace(/\s+/g, ' ').trim();

const printedRows = text => text.split('\n')
    .filter(line => /^ {2}[a-z]+\[[-\d,]+\] /.test(line)).map(plain);

test('products of 70 random layers are those of explain, in words and numbers',
    async () => {
        const twins = [];
        let numbers = 0, layers = 0;
        for (let seed = 1; layers < 70; seed++) {
            const state = drawState(7919 * seed);
            const modes = await visitLayer(state, seed, twins);
            numbers += modes;
            layers += modes > 0;
            assert.ok(seed < 200, `${layers} layers could be opened`);
        }
        console.log(`${layers} layers, ${numbers} numbers`);
        assert.ok(numbers > 2 * layers);
        runTwins(twins);
    });

// All modes of a layer, at a random place each; how many there are.
async function visitLayer(state, seed, twins) {
    const {whole} = chance(seed);
    const {warning, shapes} = await page.run(show, state);
    if (warning) return 0;
    let count = 0;
    for (const mode of ['y', 'dw', 'dx', 'db']) {
        if (!shapes[mode]) continue;
        const at = shapes[mode].map(size => whole(0, size - 1)).join(',');
        const words = JSON.stringify({...state, mode, at});
        const shown = await page.run(show, {...state, mode, at});
        assert.equal(shown.warning, '', words);
        compare(state.kind, shown,
            JSON.parse(await program(shown, '--format json')), words);
        const text = await program(shown);
        assert.deepEqual(shown.rows.map(plain), printedRows(text), words);
        const told = text.split('\n').map(plain)
            .map(line => line.replace(/ -0$/, ' 0'));
        const exact = FUNCTIONS.includes(state.kind) ? []
            : [...shown.facts, shown.total];
        for (const line of exact)
            assert.ok(told.includes(plain(line)),
                `${line}: ${words}`);
        twins.push({code: shown.twin, want: shown.answer.value, words});
        assert.deepEqual(await page.run(strangers), [], words);
        count++;
    }
    return count;
}

// Runs in the page: cells that take part and are said not to, or the reverse.
function strangers() {
    const {inside} = window.convlet.shell('number');
    const {geometry: {shapes, kind}, answer: {terms, mode}} = inside;
    const touched = new Set(terms.flatMap(({left, right}) =>
        [left, right].filter(Boolean).map(({array, at}) => `${array} ${at}`)));
    // Where it is a factor, or decides, a number is in no product.
    const isQuiet = array => array === 'x' && mode !== 'y' &&
        !['conv', 'dense', 'avgpool', 'shuffle'].includes(kind);
    const said = new Set(inside.strangers().flatMap(({array, places}) =>
        places.map(place => `${array} ${place}`)));
    const wrong = [];
    for (const array of ['x', 'w', 'b', 'dy'])
        for (const place of inside.places(array)) {
            const key = `${array} ${place}`;
            if (touched.has(key) === said.has(key) &&
                (touched.has(key) || !isQuiet(array))) wrong.push(key);
        }
    return shapes ? wrong : ['no shapes'];
}

const CHECK_TWINS = `
import contextlib, io, json, re, sys
for twin in json.load(open(sys.argv[1])):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(twin['code'], {})
    last = re.split(r'[\\s(]', out.getvalue().strip())[-1].rstrip(')')
    if abs(float(last) - twin['want']) > 1e-11 * max(1, abs(twin['want'])):
        print(twin['words'], twin['code'], last, twin['want'], sep='\\n')
        sys.exit(1)
`;

function runTwins(twins) {
    const python = ['/usr/bin/python3', 'python3'].find(name =>
        spawnSync(name, ['-c', 'import numpy']).status === 0);
    if (!python) {
        console.log('the twins in NumPy: skipped, NumPy is not here');
        return;
    }
    const path = join(directory, 'twins.json');
    writeFileSync(path, JSON.stringify(twins.filter(({code}) =>
        !code.includes('.npy'))));
    const {status, stdout, stderr} = spawnSync(python,
        ['-c', CHECK_TWINS, path], {encoding: 'utf8'});
    assert.equal(status, 0, stdout + stderr);
}

test('the row of softmax is that of explain', async () => {
    for (const state of [{}, {label: 0}, {classes: 5, label: 4,
        numbers: 'tenths', smoothing: 0.3}, {x: '1000 1001 1002', label: 1}]) {
        const words = JSON.stringify(state);
        const shown = await page.run(show, {kind: 'softmax', ...state});
        assert.equal(shown.warning, '', words);
        const told = JSON.parse(await program(shown, '--format json'));
        assertClose(shown.answer.loss.map(term => [term.y, term.target,
            term.below, term.exponential, term.p, term.surprise, term.part,
            term.slope, term.grad].map(zero)),
        told.terms.map(term => [term.logit, term.q, term.less_largest,
            term.exp, term.p, term.minus_log_p, term.part, term.slope,
            term.gradient]), FUNCTION, words);
        runTwins([{code: shown.twin, want: told.loss, words}]);
    }
});

// Runs in the page: presses a button of the room and waits for what it says.
async function compareNow() {
    const {section} = window.convlet.shell('number');
    const button = Array.from(section.querySelectorAll('button')).find(one =>
        one.textContent.startsWith('Compare'));
    const said = section.querySelector('.difference');
    button.click();
    while (!said.textContent) await new Promise(done => setTimeout(done, 5));
    return said.textContent;
}

test('gradients of smooth layers agree with the finite difference',
    async () => {
        const kinds = ['conv', 'dense', 'tanh', 'sigmoid', 'batchnorm',
            'avgpool', 'softmax'];
        for (const kind of kinds)
            for (const mode of ['dw', 'dx', 'db']) {
                const shown = await page.run(show, {kind, mode, padding: '1',
                    numbers: 'tenths', seed: 3});
                if (shown.warning) continue;
                const said = plain(await page.run(compareNow));
                const apart = Number(said.match(/differ by (\S+)\.$/)[1]);
                assert.ok(apart < 1e-6, `${kind} ${mode}: ${said}`);
            }
    });

// Runs in the page: a field gets another value, as from the reader.
async function setField(label, value) {
    const shell = window.convlet.shell('number');
    const input = Array.from(shell.section.querySelectorAll('.field label'))
        .find(one => one.textContent === label).control;
    input.value = value;
    input.dispatchEvent(new Event('change', {bubbles: true}));
    while (shell.showing) await shell.showing;
}

test('other sizes and layers bring other numbers, without a complaint',
    async () => {
        await page.run(show, {mode: 'dw', at: '0,0,2,2', height: 9});
        for (const [label, value] of [['Kernel size', '2'], ['Layer', 'relu'],
            ['Height', '2'], ['Layer', 'softmax'], ['Layer', 'conv']]) {
            await page.run(setField, label, value);
            assert.deepEqual(await page.complaints(), [], `${label} ${value}`);
        }
        // What is refused leaves the numbers that are there.
        await page.run(show, {kind: 'softmax'});
        const {warning} = await page.run(show, {kind: 'softmax', label: 7});
        assert.match(warning, /7/);
        await page.run(focusCell, 'x', 0, 1);
        await page.run(focusCell, 'dx', 0, 0);
        assert.deepEqual(page.faults(), []);
    });

// Runs in the page: what is explained, and the link.
async function now() {
    const shell = window.convlet.shell('number');
    while (shell.showing) await shell.showing;
    const {answer: {mode, at, value}} = shell.inside;
    return {mode, at: at.join(','), value, pin: shell.state.pin,
        x: shell.state.x};
}

// Runs in the page: the focus comes to a cell of a grid.
function focusCell(label, i, j) {
    const {section} = window.convlet.shell('number');
    const grid = section.querySelector(`[role=grid][aria-label^="${label}"]`);
    grid.querySelectorAll('tbody tr')[i]
        .querySelectorAll('td')[j].focus();
}

async function press(...keys) {
    for (const key of keys) await page.tab.keyboard.press(key);
    return page.run(now);
}

const hint = () => page.run(() => window.convlet.shell('number').section
    .querySelector('.tell').textContent);

test('it is used by keyboard alone', async () => {
    await page.run(show, {});
    await page.run(focusCell, 'y', 1, 1);
    assert.deepEqual(await press('ArrowRight', 'Enter'),
        {mode: 'y', at: '0,0,1,2', value: 8, pin: '', x: ''});
    assert.equal((await press('n')).at, '0,0,2,0');
    assert.equal((await press('p', 'p')).at, '0,0,1,1');
    await page.run(focusCell, 'x', 1, 1);
    const changed = await press('5', 'Enter');
    assert.equal(changed.value, 3, 'w[0,0,0,0] is 1, and x is 5, not 1');
    assert.match(changed.x, /^1 2 0 1 3 0 5 3 /);
    assert.match(await hint(), /x\[0,0,1,1\] is in 1 of 10/);
    await page.run(focusCell, 'x', 0, 0);
    assert.match(await hint(), /no part: above its window/);
    await page.run(focusCell, 'the products', 3, 0);
    assert.equal((await press('n', 'n')).at, '0,0,2,0');
    assert.equal((await press('p', 'p')).at, '0,0,1,1');
    await page.press('Pin this number');
    assert.equal((await page.run(now)).pin, 'y:0,0,1,1');
    await page.press('Next');
    await page.press('Take the pin away');
    assert.equal((await page.run(now)).pin, '');
    assert.equal((await page.run(now)).at, '0,0,1,2');
    await page.run(show, {mode: 'dx'});
    await page.run(focusCell, 'y', 2, 0);
    assert.equal((await press('Enter')).mode, 'y');
    assert.equal((await press('ArrowRight', 'Enter')).at, '0,0,2,1');
    // Keys count while the room is in sight: the page may be gliding past it.
    await page.run(() => {
        document.activeElement.blur();
        window.convlet.shell('number').section.scrollIntoView({
            behavior: 'instant'});
    });
    assert.equal((await press('n')).at, '0,0,2,2');
});

test('a second tap on a number changes it', async () => {
    await page.run(show, {});
    const cell = await page.tab.evaluateHandle(() => document.querySelector(
        '[role=grid][aria-label^="w["] td:last-child'));
    await cell.evaluate((one) => one.scrollIntoView({
        block: 'center', behavior: 'instant'}));
    await cell.click();
    assert.equal(await page.run(() => document.activeElement.tagName), 'TD');
    await cell.click();
    const {value} = await press('7', 'Enter');
    assert.equal(value, -1 + 8 * 2, 'w[0,0,0,2] is 7, not -1, and x is 2');
});

test('a cell keeps its number where what is typed is none', async () => {
    await page.run(show, {});
    const before = await page.run(now);
    for (const words of ['1e13', '1e999', '1,5', '1 2 3', 'x']) {
        await page.run(() => document.querySelector(
            '[role=grid][aria-label^="x["] td').focus());
        await page.tab.keyboard.press('F2');
        await page.tab.keyboard.type(words);
        await page.tab.keyboard.press('Enter');
        const complaints = await page.complaints();
        assert.equal(complaints.length, 1, words);
        assert.match(complaints[0], /is not a number from/);
        assert.deepEqual(await page.run(now), before);
    }
    await page.run(show, {});
});

test('where a layer bends there is a sentence, no slope', async () => {
    await page.run(show, {kind: 'relu', mode: 'dx', x: '0 '.repeat(25)});
    assert.match(await page.run(compareNow), /bends/);
});

test('a link brings the same state back; what it lacks is said', async () => {
    const state = 'room=number&kind=conv&mode=dx&at=0,0,1,2&stride=2' +
        '&x=9+2+0+1+3+0+1+3+2+1+2+0+1+1+0+1+3+2+0+2+0+1+1+2+1&pin=y:0,0,1,1';
    await page.follow(state);
    const before = await page.run(now);
    assert.equal(before.mode, 'dx');
    assert.match(before.x, /^9 2 0 /);
    const link = await page.run(() => document.querySelector(
        '#rooms a[href*="room=number"]').getAttribute('href'));
    const other = await browser.open(link.slice(1));
    await other.visit('number');
    assert.deepEqual(await other.run(now), before);
    await other.close();
    for (const [words, said] of [
        ['kind=transposed', /kind = .transposed/], ['at=9,9', /no y\[9,9\]/],
        ['at=x', /at = .x/], ['x=1+two', /x = .1 two/],
        ['x=1+2', /25 numbers at these sizes/], ['kernel=9', /kernel/],
        ['kind=relu&mode=dw', /relu has no weight gradient/],
        ['channels=2&groups=3', /groups/], ['kind=softmax&label=7', /7/],
        ['height=16&width=16&channels=16', /4096 numbers/],
        ['padding=99', /too large/], ['x=' + '1+'.repeat(2000), /up to 1024/],
    ]) {
        await page.follow(`room=number&${words}`);
        const complaints = await page.complaints();
        assert.equal(complaints.length, 1, `${words}: ${complaints}`);
        assert.match(complaints[0], said);
    }
    await page.follow('room=number&mode=y');
    assert.deepEqual(await page.complaints(), []);
});

test('no error, no request', () => assert.deepEqual(page.faults(), []));
