// room_number.js - room 1: every product behind one number of a layer.

const NUMBER_PAIR = /^[1-9]\d?(,[1-9]\d?)?$/;
const NUMBER_PAIR_WORDS = 'a whole number from 1 to 99, or two, as 2,1';

const numberFields = {
    kind: choice('conv', Object.keys(numberKinds)),
    mode: choice('y', ['y', 'dw', 'dx', 'db']),
    at: text('', 20, /^(\d{1,4}(,\d{1,4}){0,3})?$/,
             'up to four whole numbers, as 0,0,1,1'),
    pin: text('', 24, /^((y|dw|dx|db):\d{1,4}(,\d{1,4}){0,3})?$/,
              'a number, as y:0,0,1,1'),
    batch: whole(1, 1, 4),
    channels: whole(1, 1, 16),
    height: whole(5, 1, 16),
    width: whole(5, 1, 16),
    classes: whole(3, 1, 16),
    kernels: whole(1, 1, 16),
    kernel: text('3', 5, /^(all|[1-9]\d?(,[1-9]\d?)?)$/, NUMBER_PAIR_WORDS),
    stride: text('1', 5, NUMBER_PAIR, NUMBER_PAIR_WORDS),
    padding: text('0', 11, /^(same|fit|\d{1,2}(,\d{1,2}|(,\d{1,2}){3})?)$/,
                  'same, fit, or 1, 2 or 4 whole numbers, as 1,0'),
    dilation: text('1', 5, NUMBER_PAIR, NUMBER_PAIR_WORDS),
    groups: whole(1, 1, 16),
    bias: flag(true),
    slope: decimal(0.01, 0, 10),
    ceil: flag(false),
    counted: flag(true),
    eps: decimal(1e-5, 1e-12, 1),
    factor: whole(2, 2, 4),
    label: whole(2, 0, 15),
    smoothing: decimal(0, 0, 1),
    numbers: choice('example', ['example', 'whole', 'tenths']),
    seed: whole(0, 0, 4294967295),
    x: numberList, w: numberList, b: numberList, dy: numberList,
};

const NUMBER_LABELS = {
    batch: 'Samples', channels: 'Channels', height: 'Height', width: 'Width',
    classes: 'Classes', kernels: 'Kernels', kernel: 'Kernel size',
    stride: 'Stride', padding: 'Padding', dilation: 'Dilation',
    groups: 'Groups', bias: 'Bias', slope: 'Slope below 0',
    ceil: 'Round sizes up', counted: 'Count padding', eps: 'Epsilon',
    factor: 'Factor', label: 'Label', smoothing: 'Label smoothing',
    seed: 'Seed',
};

const NUMBER_SIZES = ['batch', 'channels', 'height', 'width'];

const NUMBER_TITLES = {
    x: 'input', w: 'weights', b: 'bias', y: 'output',
    dy: 'gradient from above', dw: 'weight gradient', dx: 'input gradient',
    db: 'bias gradient',
};

const numberTitle = (kind, array) => array === 'w' && kind === 'conv'
    ? 'kernel' : array === 'x' && kind === 'softmax' ? 'logits'
        : NUMBER_TITLES[array];

// What a mark says to who does not see it, and in the key.
const NUMBER_MARKS = {
    chosen: 'chosen', pinned: 'pinned', now: 'of the line in the list',
    part: 'takes part', quiet: 'decides, or is in the factors',
    padding: 'padding, read as 0', compared: 'compared, not taken',
    taken: 'taken', cut: 'cut off', none: 'no part',
};

const NUMBER_OF = {y: ['y', 0], dx: ['dx', 0], dw: ['grad', 0],
                   db: ['grad', 1]};

// The tables that show an array: {title, rows, columns, rowFrom, columnFrom,
// at(i, j)}; `pads` zeros around the planes of x.
function numberPlanes(name, shape, pads) {
    if (shape.length === 1)
        return [{title: name, rows: 1, columns: shape[0], flat: true,
                 at: (i, j) => [j]}];
    const [a, b, c, d] = shape;
    if (c === 1 && d === 1 && b > 1)
        return [{title: name, rows: a, columns: b, flat: a === 1,
                 at: (i, j) => [i, j, 0, 0]}];
    const [top, bottom, left, right] = name === 'x' ? pads : [0, 0, 0, 0];
    return Array.from({length: a * b}, (_, plane) => {
        const n = Math.floor(plane / b), k = plane % b;
        return {title: `${name}[${n},${k}]`, rows: top + c + bottom,
                columns: left + d + right, rowFrom: -top, columnFrom: -left,
                at: (i, j) => [n, k, i - top, j - left]};
    });
}

const numberIsInside = (shape, at) =>
    at.every((index, axis) => index >= 0 && index < shape[axis]);

class NumberRoom {
    constructor(shell) {
        Object.assign(this, {shell, opened: '', held: '', drawn: '', grids: [],
                             answer: null, heading: null, now: [],
                             pinned: null, isOwn: false});
        this.fields = {};
        this.about = el('p', {class: 'note'});
        this.sizes = el('span', {class: 'note'});
        this.forward = el('div', {class: 'arrays'});
        this.back = el('div', {class: 'arrays'});
        this.hint = el('p', {class: 'tell', role: 'status'});
        this.key = el('div', {class: 'marks'});
        this.result = el('div');
        this.buttons = numberButtons(this);
        this.rest = el('div');
        this.pin = el('div', {class: 'card', hidden: true});
        this.modes = el('div', {class: 'modes', role: 'radiogroup',
                                'aria-label': 'What to explain'});
        this.files = el('p', {class: 'note'});
        this.halves = el('div', {class: 'halves'},
            el('div', {}, el('div', {class: 'card'}, this.back, this.forward,
                             this.key, this.hint)),
            el('div', {class: 'result'},
               el('div', {class: 'card'}, this.result, this.buttons.element,
                  this.rest, this.files)));
    }

    build() {
        const {shell} = this;
        const element = el('div', {class: 'number'},
            el('p', {class: 'intro'}, 'Every number of a layer is a sum of ' +
                'products, forward and back. Choose a number of the output, ' +
                'by a click or with arrow keys and Enter, to see each of ' +
                'them; change a number of the input or the kernel, and see ' +
                'what follows. ', el('kbd', {}, 'n'), ' and ',
                el('kbd', {}, 'p'), ' go to the next number and back.'),
            el('div', {class: 'controls'}, shell.field('kind', 'Layer'),
               this.modes),
            this.about,
            el('details', {class: 'card'},
               el('summary', {}, 'Sizes and numbers', this.sizes),
               el('div', {class: 'fields'}, ...this.makeFields(),
                  shell.button('Back to the example', () =>
                      shell.change(this.start())))),
            shell.warning, this.halves, this.pin);
        this.element = element;
        element.addEventListener('change', () => {
            this.isOwn = true;
        }, true);
        element.addEventListener('keydown', event => this.press(event));
        addEventListener('keydown', event => this.pressOutside(event));
        element.addEventListener('focusout', () => this.light([]));
        return element;
    }

    makeFields() {
        for (const [name, label] of Object.entries(NUMBER_LABELS))
            this.fields[name] = this.shell.field(name, label);
        const numbers = this.shell.field('numbers', 'Numbers');
        return [...Object.values(this.fields).slice(0, -1), numbers,
                this.fields.seed];
    }

    // The course's example, of the layer that is shown.
    start() {
        const {kind} = this.shell.state;
        return {...initialState(numberFields), kind};
    }

    // n and p, unless something is being typed.
    press(event) {
        const isTyped = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
        if ((isTyped && event.target.type !== 'radio') || event.ctrlKey ||
            event.altKey || event.metaKey) return;
        if (event.key !== 'n' && event.key !== 'p') return;
        event.preventDefault();
        this.shell.attempt(() => this.walk(event.key === 'n' ? 1 : -1));
    }

    // With the focus nowhere, while the room is in sight.
    pressOutside(event) {
        const {top, bottom} = this.element.getBoundingClientRect();
        const isNowhere = ['BODY', 'MAIN'].includes(event.target.tagName);
        if (isNowhere && top < innerHeight && bottom > 0) this.press(event);
    }

    // To the next number, or back; the focus goes along.
    async walk(by) {
        if (!this.answer) return;
        const {mode, at} = this.heading || this.answer;
        const shape = this.geometry.shapes[mode];
        const count = numberCount(shape);
        const flat = (numberFlat(shape, at) + by + count) % count;
        const focused = this.grids.some(({array, grid}) => array === mode &&
            grid.element.contains(document.activeElement));
        await this.choose(mode, numberPlace(shape, flat));
        if (focused) this.focus();
    }

    // Keys may come faster than answers: the next one goes on from here.
    async choose(mode, at) {
        const isOther = mode !== this.answer.mode;
        this.heading = {mode, at};
        await this.shell.change({mode, at: at.join(',')});
        if (isOther) this.focus();
    }

    focus() {
        const {mode, at} = this.answer;
        for (const {array, plane, grid} of this.grids)
            if (array === mode)
                for (let i = 0; i < plane.rows; i++)
                    for (let j = 0; j < plane.columns; j++)
                        if (String(plane.at(i, j)) === String(at))
                            grid.focus(i, j);
    }

    // What is refused leaves all as it was.
    async show(state) {
        const before = {...this};
        try {
            const complaints = await this.compute(state);
            if (this.state === this.shell.state) this.heading = null;
            this.draw();
            this.shell.warn(complaints.join(' '));
        } catch (error) {
            Object.assign(this, before, {opened: '', held: '', heading: null,
                                         isOwn: false});
            throw error;
        }
    }

    async compute(state) {
        const engine = await this.shell.engine();
        const key = JSON.stringify(numberSettings(state));
        const {isOwn} = this;
        this.isOwn = false;
        if (key !== this.opened) await this.open(engine, state, key);
        this.state = state;
        this.geometry = numberGeometry(state, this.described);
        const {arrays, complaints: ofArrays} = numberArrays(state,
                                                            this.geometry);
        const complaints = {arrays: ofArrays, places: []};
        await this.hold(engine, arrays);
        const mode = this.modeOf(state, complaints);
        const at = this.placeOf(state.at, mode, complaints);
        this.answer = await this.explain(engine, mode, at);
        this.pinned = await this.explainPinned(engine, state);
        if (!isOwn) return [...complaints.arrays, ...complaints.places];
        // The reader has changed the sizes under it: it is another number now.
        if (complaints.places.length && state === this.shell.state) {
            this.shell.note({mode, at: at.join(',')});
            this.state = this.shell.state;
        }
        return complaints.arrays;
    }

    async open(engine, state, key) {
        this.opened = this.held = '';
        this.heading = null;
        for (const [name, count] of numberSizes(state))
            if (count > GRID_CELLS)
                throw new EngineError(`${name} would have ${count} numbers; ` +
                    `this room shows up to ${GRID_CELLS} of an array`);
        await engine.open(numberSettings(state));
        this.described = await engine.describe();
        const {output, params} = this.described;
        for (const shape of [output, ...params.map(one => one.shape)])
            if (numberCount(shape) > GRID_CELLS)
                throw new EngineError(`an array of ${shape.join(' x ')} is ` +
                    `too large to show; up to ${GRID_CELLS} numbers fit`);
        this.opened = key;
    }

    // The engine computes with these arrays, both ways.
    async hold(engine, arrays) {
        const key = JSON.stringify([arrays, this.state.label]);
        if (key === this.held) return;
        this.held = '';
        const isLoss = this.state.kind === 'softmax';
        await engine.set('x', 0, arrays.x);
        if (arrays.w) await engine.set('param', 0, arrays.w);
        if (arrays.b) await engine.set('param', 1, arrays.b);
        if (isLoss) {
            await engine.set('t', 0, [this.state.label]);
            await engine.run();
        } else {
            await engine.forward();
            await engine.set('dy', 0, arrays.dy);
            await engine.backward();
        }
        this.values = {...arrays};
        for (const [name, [tensor, index]] of Object.entries(NUMBER_OF))
            if (this.geometry.shapes[name])
                this.values[name] = (await engine.tensor(tensor, index)).data;
        this.loss = isLoss ? await engine.loss() : null;
        this.held = key;
    }

    modeOf({mode, kind}, complaints) {
        const modes = numberModes(this.geometry);
        if (modes.includes(mode)) return mode;
        complaints.places.push(`${kind} has no ${NUMBER_TITLES[mode]}; this ` +
                               'is its output.');
        return 'y';
    }

    // The place that the words ask for: what is left out in front is 0. Without
    // words the middle of the first plane.
    placeOf(words, mode, complaints) {
        const shape = this.geometry.shapes[mode];
        const middle = shape.map((size, axis) =>
            axis > 1 ? Math.floor((size - 1) / 2) : 0);
        if (!words) return middle;
        const given = words.split(',').map(Number);
        const at = [...Array(4).fill(0), ...given].slice(-shape.length);
        if (given.length <= shape.length && numberIsInside(shape, at))
            return at;
        complaints.places.push(`There is no ${mode}[${words}]; the last is ` +
            `${mode}[${shape.map(size => size - 1)}].`);
        return middle;
    }

    async explain(engine, mode, at) {
        if (this.state.kind === 'softmax')
            return {mode, at, loss: await engine.lossTerms(
                0, 0, this.geometry.shapes.y[1])};
        const [array, param] = NUMBER_OF[mode];
        const answer = await engine.terms({
            array, layer: 0, param, at: [...at, 0, 0, 0].slice(0, 4)});
        return {...answer, mode, at};
    }

    async explainPinned(engine, {pin, kind}) {
        const [mode, words] = pin.split(':');
        const shape = this.geometry.shapes[mode];
        if (!shape || kind === 'softmax') return null;
        const at = words.split(',').map(Number);
        return at.length === shape.length && numberIsInside(shape, at)
            ? this.explain(engine, mode, at) : null;
    }

    draw() {
        const {mode} = this.answer;
        this.drawFields();
        this.drawModes(mode);
        this.settleMarks();
        const isBack = mode !== 'y' || this.state.kind === 'softmax';
        const key = JSON.stringify([this.geometry, mode]);
        if (key !== this.drawn) {
            this.grids = [];
            const isLong = numberCount(this.geometry.shapes.x.slice(0, 2)) > 2;
            this.forward.replaceChildren(...this.makeArrays(
                ...(isLong ? ['y', 'x', 'w', 'b'] : ['x', 'w', 'b', 'y'])));
            this.back.replaceChildren(...(isBack
                ? this.makeArrays('dy', mode === 'y' ? 'dx' : mode) : []));
            this.halves.classList.toggle('whole', this.state.kind ===
                                         'softmax');
            this.drawn = key;
        }
        for (const {grid} of this.grids) grid.refresh();
        this.drawKey();
        numberKeepFocus(this, () => numberDrawAnswer(this));
    }

    // Only what the layer heeds.
    drawFields() {
        const {kind, numbers} = this.state;
        const heeded = [...numberKinds[kind].fields,
                        ...(kind === 'softmax' ? [] : NUMBER_SIZES),
                        ...(numbers === 'example' ? [] : ['seed'])];
        for (const [name, field] of Object.entries(this.fields))
            field.hidden = !heeded.includes(name);
        const {input, layers: [{text}]} = this.described;
        this.about.replaceChildren(numberKinds[kind].about,
                                   ...this.chapterLink(kind));
        this.sizes.textContent = kind === 'softmax' ? ` of ${input[1]} classes`
            : ` of ${text} on ${input.join(' x ')}`;
    }

    // On the site, to what the course says about it.
    chapterLink(kind) {
        const {chapters} = document.documentElement.dataset;
        const {chapter, back = {}} = numberKinds[kind];
        if (chapters === undefined) return [];
        return [' ', el('a', {class: 'chapter', href: chapters +
            (back[this.answer.mode] || chapter)}, 'The chapter about this')];
    }

    drawModes(mode) {
        const {kind} = this.state;
        const names = kind === 'softmax' ? [] : numberModes(this.geometry);
        const hasFocus = this.modes.contains(document.activeElement);
        this.modes.replaceChildren(...names.map(name => el('label', {},
            el('input', {type: 'radio', name: 'number-mode', value: name,
                         checked: name === mode,
                         onchange: () => this.shell.change(
                             {mode: name, at: ''})}),
            `${NUMBER_TITLES[name]} ${name}`)));
        if (hasFocus) this.modes.querySelector('[checked]').focus();
    }

    makeArrays(...names) {
        const {axes, shapes, kind} = this.geometry;
        const pads = axes ? axes.flatMap(axis => [axis.before, axis.after])
            : [0, 0, 0, 0];
        const isLoss = kind === 'softmax';
        return names.filter(name => shapes[name] &&
                            !(isLoss && ['y', 'dy'].includes(name)))
            .map(name => {
                const planes = numberPlanes(name, shapes[name], pads);
                const edits = name in this.state;
                return el('figure', {class: 'array'},
                    el('figcaption', {}, el('b', {}, name),
                       ` ${numberTitle(kind, name)}` +
                       (edits ? ', yours to change' : '')),
                    el('div', {class: 'planes'}, ...planes.map(plane =>
                        this.makePlane(name, plane, planes.length > 1))));
            });
    }

    makePlane(array, plane, isOneOfMany) {
        const shape = this.geometry.shapes[array];
        const {rowFrom = 0, columnFrom = 0, flat} = plane;
        const edits = array in this.state;
        const title = `${plane.title}, ` +
            numberTitle(this.state.kind, array);
        const inside = (i, j) => numberIsInside(shape, plane.at(i, j));
        const of = {
            rows: plane.rows, columns: plane.columns, label: title, digits: 4,
            rowName: flat ? () => null : i => tidy(String(i + rowFrom)),
            columnName: j => tidy(String(j + columnFrom)),
            value: (i, j) => inside(i, j)
                ? this.values[array][numberFlat(shape, plane.at(i, j))] : '·',
            mark: (i, j) => this.mark(array, plane.at(i, j)),
            enter: (i, j) => this.tell(array, plane.at(i, j)),
            refuse: words => this.shell.warn(words),
        };
        if (edits)
            of.edit = (i, j, value) => inside(i, j) &&
                this.edit(array, plane.at(i, j), value);
        else of.choose = (i, j) => this.choose(array, plane.at(i, j));
        const grid = gridTable(of);
        this.grids.push({array, plane, grid});
        return el('div', {class: 'scroll'},
                  isOneOfMany ? el('p', {}, plane.title) : null, grid.element);
    }

    edit(array, at, value) {
        const values = Array.from(this.values[array]);
        values[numberFlat(this.geometry.shapes[array], at)] = value;
        this.shell.attempt(() => this.shell.change({
            [array]: numberList.parse(values.join(' '))}));
    }

    // Which cells the terms touch: by array and place.
    settleMarks() {
        this.parts = new Map();
        const touch = ({array, at}, part) =>
            this.parts.set(`${array} ${at}`, part);
        const {terms = []} = this.answer;
        for (const {right, part} of terms)
            if (right) touch(right, part === 'compared' ? 'part' : part);
        for (const {left, part} of terms) touch(left, part);
    }

    mark(array, at) {
        const {mode} = this.answer;
        const is = (one, of) => one && one.mode === array &&
            String(of) === String(at);
        const name = this.markName(array, at, mode, is);
        return name ? {name, words: NUMBER_MARKS[name]} : null;
    }

    markName(array, at, mode, is) {
        const key = `${array} ${at}`;
        if (is(this.answer, this.answer.at)) return 'chosen';
        if (this.now.includes(key)) return 'now';
        if (is(this.pinned, this.pinned?.at)) return 'pinned';
        if (this.state.kind === 'softmax')
            return at[1] !== this.answer.at[1] ? null
                : array === 'x' ? 'part' : 'chosen';
        const part = this.parts.get(key);
        if (part) return NUMBER_MARKS[part] ? part : 'part';
        if (!(array in this.state) ||
            !numberIsInside(this.geometry.shapes[array], at)) return null;
        return numberWhy(this.geometry, mode, this.answer.at, array, at)
            ? 'none' : 'quiet';
    }

    drawKey() {
        const seen = new Set(this.grids.flatMap(({array, plane}) => {
            const names = [];
            for (let i = 0; i < plane.rows; i++)
                for (let j = 0; j < plane.columns; j++)
                    names.push(this.mark(array, plane.at(i, j))?.name);
            return names;
        }));
        this.key.replaceChildren(...Object.keys(NUMBER_MARKS)
            .filter(name => seen.has(name))
            .map(name => el('span', {},
                el('span', {class: 'grid', 'aria-hidden': 'true'},
                   el('i', {class: 'mark-' + name}, '1')),
                NUMBER_MARKS[name])));
    }

    // What a cell has to do with the number that is explained.
    tell(array, at) {
        this.hint.textContent = this.wordsOf(array, at);
    }

    wordsOf(array, at) {
        const name = `${array}[${tidy(at.join(','))}]`;
        const {mode, terms = []} = this.answer;
        if (!(array in this.state)) return `${name}: Enter explains it.`;
        if (this.state.kind === 'softmax') return name;
        const key = `${array} ${at}`;
        const rows = numberRows(this.answer).rows.filter(row =>
            row.elements.some(one => `${one.array} ${one.at}` === key));
        const products = rows.slice(0, 3).map(({left, a, right, b, product,
                                                note}) =>
            `${left} ${a}${right ? ` × ${right} ${b}` : ''} = ${product}` +
            (note ? ` (${note})` : ''));
        if (rows.length)
            return `${name} is in ${rows.length} of ${terms.length} ` +
                `term${terms.length === 1 ? '' : 's'}: ${products.join('; ')}` +
                (rows.length > 3 ? '; ...' : '');
        const why = numberIsInside(this.geometry.shapes[array], at)
            ? numberWhy(this.geometry, mode, this.answer.at, array, at)
            : 'padding that this number does not read';
        return why ? `${name} has no part: ${why}.`
            : `${name} has a part through the factors.`;
    }

    // For who drives the page: a file that the command reads, the numbers
    // without a part, and all places of an array.
    file(name) {
        return numberFile(this, name);
    }

    strangers() {
        const {mode, at} = this.answer;
        return numberStrangers(this.geometry, mode, at);
    }

    places(array) {
        const shape = this.geometry.shapes[array];
        return shape ? numberPlaces(shape) : [];
    }

    // Lights up the elements of a line of the list.
    light(elements) {
        const now = elements.map(({array, at}) => `${array} ${at}`);
        if (String(now) === String(this.now)) return;
        this.now = now;
        for (const {grid} of this.grids) grid.refresh();
    }
}

addRoom('number', numberFields, NumberRoom);
