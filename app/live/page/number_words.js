// number_words.js - what is said of one number: its products and their sum, as
// `convlet explain` words them, and who has no part in it.

// As printf's %.*g has it, and whole numbers as they are.
function numberDigits(value, digits = 6) {
    if (!Number.isFinite(value)) return tidy(printed(value));
    if (Number.isInteger(value) && Math.abs(value) < 1e7)
        return tidy(String(value + 0));
    const [mantissa, power] = value.toExponential(digits - 1).split('e');
    const exponent = Number(power);
    const trim = text => text.includes('.') ? text.replace(/\.?0+$/, '') : text;
    if (exponent >= -4 && exponent < digits)
        return tidy(trim(value.toFixed(digits - 1 - exponent)));
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return tidy(`${trim(mantissa)}e${exponent < 0 ? '-' : '+'}${size}`);
}

// All digits, as the program prints them.
const numberExactly = value => tidy(printed(value));

const numberElement = ({array, at}) => `${array}[${tidy(at.join(','))}]`;

// "sample 0, output channel 0, row 1, column 1"
function numberMeaning(kind, mode, at) {
    const output = numberIsConv(kind) ? 'output channel' : 'channel';
    if (mode === 'y')
        return `sample ${at[0]}, ${output} ${at[1]}, row ${at[2]}, ` +
            `column ${at[3]}`;
    if (mode === 'dx')
        return `the gradient of the input of sample ${at[0]}, channel ` +
            `${at[1]}, row ${at[2]}, column ${at[3]}`;
    if (at.length === 1)
        return `the gradient of the ${mode === 'db' ? 'bias' : 'weight'} of ` +
            `${output} ${at[0]}`;
    return `the gradient of the weight of output channel ${at[0]}, input ` +
        `channel ${at[1]}, tap ${at[2]},${at[3]}`;
}

const numberIsConv = kind => kind === 'conv' || kind === 'dense';

const numberIsBias = term =>
    term.left.array === 'b' && !term.right && !term.how;

// What stands right may also be what decided.
const numberMultiplies = ({right, part}) =>
    right && part !== 'compared' && part !== 'cut';

const numberHasFactor = ({how, part}) => how && part !== 'function';

// Which of a window's numbers went on.
function numberChoice(term, mode) {
    const isTaken = term.part === 'taken';
    const equal = isTaken && term.factor > 1
        ? `, the first of ${term.factor} equal` : '';
    if (mode !== 'y')
        return `${numberElement({...term.left, array: 'y'})} is ` +
            (isTaken ? 'this x' : numberElement(term.right)) + equal;
    if (isTaken) return 'taken' + equal;
    return term.left.value === term.right.value
        ? 'as large, but not the first' : 'not taken';
}

function numberNote(term, mode, how) {
    if (term.part === 'padding') return 'padding';
    if (term.part === 'taken' || term.part === 'compared')
        return numberChoice(term, mode);
    if (term.part === 'cut')
        return 'cut off' + (term.right
            ? `, as ${numberElement(term.right)} is ` +
              numberDigits(term.right.value) : '');
    return term.how && !how ? term.how : '';
}

// The rows of the table: texts, and the elements they are about. `how` is what
// every factor is, or null.
function numberRows(answer) {
    const first = answer.terms.find(term => !numberIsBias(term));
    const how = first && first.how && answer.terms.every(term =>
        numberIsBias(term) || (numberHasFactor(term) && term.how === first.how))
        ? first.how : null;
    const rows = answer.terms.map(term => {
        const {left, right} = term;
        const multiplies = numberMultiplies(term);
        return {
            elements: right ? [left, right] : [left], part: term.part,
            left: numberElement(left),
            a: numberIsBias(term) ? '' : numberDigits(left.value),
            right: multiplies ? numberElement(right) : '',
            b: multiplies ? numberDigits(right.value) : '',
            factor: numberHasFactor(term) ? numberDigits(term.factor) : '',
            product: numberDigits(term.product), sum: numberDigits(term.sum),
            note: numberNote(term, answer.mode, how),
        };
    });
    return {how, rows};
}

const NUMBER_EPSILON = 2 ** -52;
const NUMBER_LEAST = 5e-324;

// Whether the sum is the number but for rounding: any order of n products errs
// by n epsilon times the sum of their absolute values at most, as explain says.
function numberVerdict({value, sum, terms}) {
    const count = terms.filter(term => !numberIsBias(term)).length;
    const magnitude = terms.reduce((all, term) =>
        all + Math.max(Math.abs(term.product), term.magnitude || 0), 0);
    const allowed = (count + 2) *
        (NUMBER_EPSILON * magnitude + (magnitude > 0 ? NUMBER_LEAST : 0));
    const difference = value - sum;
    const matches = Object.is(value, sum) || value === sum ||
        Math.abs(difference) <= allowed;
    return {count, allowed, difference, matches};
}

// "9 terms, 5 of them on padding, and the bias: -1"
function numberTotal(answer) {
    const {count} = numberVerdict(answer);
    const of = part => answer.terms.filter(term => term.part === part).length;
    const padding = of('padding'), compared = of('compared');
    return `${count} term${count === 1 ? '' : 's'}` +
        (padding ? `, ${padding} of them on padding` : '') +
        (compared ? `, ${compared} of them not taken` : '') +
        (answer.terms.some(numberIsBias) ? ', and the bias' : '') +
        `: ${numberExactly(answer.sum)}`;
}

// The list of products: a table that is walked; the line with the focus lights
// up what it is about.
function numberTable(room, answer) {
    const {how, rows} = numberRows(answer);
    const unseen = words => el('span', {class: 'unseen'}, words);
    const columns = [
        [unseen('number'), row => row.left], [unseen('value'), row => row.a],
        [unseen('times'), row => row.right && `× ${row.right}`],
        [unseen('value'), row => row.b],
        ['factor', row => row.factor && `× ${row.factor}`],
        ['product', row => row.product], ['sum', row => row.sum],
        [unseen('note'), row => row.note],
    ].filter(([, words]) => rows.some(words));
    const grid = gridTable({
        rows: rows.length, columns: columns.length, rowName: () => null,
        columnName: j => columns[j][0], label: 'the products and their sum',
        value: (i, j) => columns[j][1](rows[i]),
        enter: i => room.light(rows[i].elements),
    });
    const isNoted = rows.some(row => row.note);
    return el('div', {class: 'scroll terms' + (isNoted ? ' noted' : '')},
              how ? el('p', {class: 'note'}, `factor: ${how}`) : null,
              grid.element);
}

// An answer with its sum and verdict, without buttons.
function numberParts(room, answer) {
    const {mode, at, value, facts} = answer;
    const {difference, allowed, matches} = numberVerdict(answer);
    const name = numberElement({array: mode, at});
    return [
        el('h3', {}, `${name} = ${numberExactly(value)}`),
        el('p', {class: 'note'}, numberMeaning(room.state.kind, mode, at)),
        facts.length ? el('table', {class: 'facts'}, ...facts.map(fact =>
            el('tr', {}, el('th', {scope: 'row'}, fact.name),
               el('td', {}, numberExactly(fact.value))))) : null,
        answer.terms.length ? numberTable(room, answer)
            : el('p', {}, 'No output reads it, so there is nothing to add.'),
        el('p', {class: 'total'}, numberTotal(answer)),
        el('p', {class: 'note'}, `${name} as computed, float64: ` +
           numberExactly(value) + (difference
            ? `; difference ${numberDigits(difference, 3)}, allowed ` +
              numberDigits(allowed, 3) : '') +
           `. Matches: ${matches ? 'yes' : 'no'}.`)];
}

// Who has no part in the number, and why.
function numberStrangerList(room) {
    const {geometry} = room;
    const strangers = room.strangers();
    if (!strangers.length) return null;
    const names = ({array, places}) => places.slice(0, 4).map(place =>
        numberElement({array, at: place})).join(' ') +
        (places.length > 4 ? ` and ${places.length - 4} more` : '');
    return el('details', {class: 'strangers', open: room.isOpen !== false,
                          ontoggle: event => {
                              room.isOpen = event.target.open;
                          }},
        el('summary', {}, 'What has no part in it, and why'),
        el('ul', {}, ...strangers.map(one => {
            const all = numberCount(geometry.shapes[one.array]);
            const count = one.places.length;
            return el('li', {}, el('b', {}, one.array),
                count === all ? ', all of it: ' : `, ${count} of ${all}: `,
                one.reason,
                count === all ? null
                    : el('span', {class: 'note'}, ` (${names(one)})`));
        })));
}

// The slope by moving the number a little, beside the sum.
async function numberCompareWords(room) {
    const {mode, at, value} = room.answer;
    const engine = await room.shell.engine();
    const isLoss = room.state.kind === 'softmax';
    const [array, param] = isLoss ? NUMBER_OF.dx : NUMBER_OF[mode];
    const quotient = await engine.difference({
        array, layer: 0, param, at: [...at, 0, 0, 0].slice(0, 4)});
    const slope = isLoss ? room.values.dx[at[1]] : value;
    const moved = numberElement({
        array: isLoss ? 'x' : {dx: 'x', dw: 'w', db: 'b'}[mode], at});
    return `${moved} moved up and down a little, and ` +
        `${isLoss ? 'the loss' : 'the sum of y × dy'} computed each time: ` +
        `it changes by ${numberDigits(quotient, 10)} for each 1. The ` +
        `gradient says ${numberDigits(slope, 10)}; they differ by ` +
        `${numberDigits(Math.abs(quotient - slope), 2)}.`;
}

// Says so; or why there is no slope, as where two are equally large.
async function numberCompare(room, place) {
    try {
        place.textContent = await numberCompareWords(room);
    } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        place.textContent = error.message;
    }
    room.shell.say(place.textContent);
}

// Made once, so that the focus stays on them: {element, update()}.
function numberButtons(room) {
    const {shell} = room;
    const difference = el('p', {class: 'difference'});
    const own = () => `${room.answer.mode}:${room.answer.at}`;
    const pin = shell.button('Pin this number', () => shell.change(
        {pin: shell.state.pin === own() ? '' : own()}));
    const compare = shell.button('Compare with the finite difference',
                                 () => numberCompare(room, difference));
    const step = (words, by, key) => shell.button(
        words, () => room.walk(by), {'aria-keyshortcuts': key});
    return {
        element: el('div', {}, el('div', {class: 'buttons'},
            step('Previous', -1, 'p'), step('Next', 1, 'n'), pin, compare),
            difference),
        update() {
            const isLoss = room.state.kind === 'softmax';
            pin.hidden = isLoss;
            pin.textContent = room.state.pin === own() ? 'Take the pin away'
                : 'Pin this number';
            compare.hidden = !isLoss && room.answer.mode === 'y';
            difference.textContent = '';
        },
    };
}

const NUMBER_LOSS = [
    ['class', (term, k) => String(k)], ['logit', term => term.y],
    ['− largest', term => term.below], ['exp', term => term.exponential],
    ['p', term => term.p], ['−log p', term => term.surprise],
    ['q', term => term.target], ['part', term => term.part],
    ['p − q', term => term.slope], ['gradient', term => term.grad],
];

// The row of softmax: a line a class.
function numberLossParts(room) {
    const {loss, at} = room.answer;
    const sum = of => loss.reduce((all, term) => all + of(term), 0);
    const sums = ['sum', '', '', sum(one => one.exponential),
                  sum(one => one.p), '', sum(one => one.target),
                  sum(one => one.part), sum(one => one.slope),
                  sum(one => one.grad)];
    const show = value => typeof value === 'number' ? numberDigits(value)
        : value;
    const grid = gridTable({
        rows: loss.length + 1, columns: NUMBER_LOSS.length,
        rowName: () => null, columnName: j => NUMBER_LOSS[j][0],
        label: 'the row of softmax',
        value: (i, j) => show(i < loss.length
            ? NUMBER_LOSS[j][1](loss[i], i) : sums[j]),
        choose: i => i < loss.length && room.choose('y', [0, i, 0, 0]),
        mark: i => i === at[1] ? {name: 'chosen', words: 'chosen'}
            : i === room.state.label ? {name: 'part', words: 'the label'}
                : null,
    });
    return [
        el('h3', {}, `loss = ${numberExactly(room.loss)}`),
        el('p', {class: 'note'}, `cross entropy, label ${room.state.label}` +
           (room.state.smoothing ? ', label smoothing ' +
            `${room.state.smoothing}` : '')),
        el('div', {class: 'scroll terms'}, grid.element),
        el('p', {class: 'total'}, `largest logit ` +
           `${numberExactly(Math.max(...room.values.x))}, log of the sum ` +
           numberExactly(Math.log(sums[3]))),
        el('p', {class: 'note'}, `The gradient by logit ${at[1]} is what was ` +
           `said minus what is so: ${numberDigits(loss[at[1]].p)} − ` +
           `${numberDigits(loss[at[1]].target)} = ` +
           `${numberDigits(loss[at[1]].slope)}.`)];
}

// The part that has the focus is made anew: the focus stays there, or goes to
// the buttons where nothing takes it.
function numberKeepFocus(room, draw) {
    const part = [room.result, room.rest, room.pin].find(one =>
        one.contains(document.activeElement));
    draw();
    if (!part) return;
    const next = part.querySelector('[tabindex="0"], summary, button') ||
        room.buttons.element.querySelector('button');
    next.focus({preventScroll: true});
}

// All below the grids.
function numberDrawAnswer(room) {
    const {answer, pinned, shell} = room;
    const isLoss = room.state.kind === 'softmax';
    room.result.replaceChildren(...(isLoss ? numberLossParts(room)
        : numberParts(room, answer)).filter(Boolean));
    room.buttons.update();
    room.rest.replaceChildren(...[isLoss ? null : numberStrangerList(room)]
        .filter(Boolean));
    room.pin.replaceChildren(...(pinned ? [
        el('h3', {}, 'Pinned'), ...numberParts(room, pinned).filter(Boolean),
        el('div', {class: 'buttons'}, shell.button('Take the pin away', () =>
            shell.change({pin: ''}))),
    ] : []));
    room.pin.hidden = !pinned;
    numberDrawCommand(room);
    shell.say(isLoss ? `loss ${numberDigits(room.loss)}`
        : `${numberElement({array: answer.mode, at: answer.at})} is ` +
          `${numberDigits(answer.value)}, ${numberTotal(answer)}`);
}
