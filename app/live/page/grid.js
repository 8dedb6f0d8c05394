// grid.js - tables of numbers that are walked and changed from the keyboard.
//
//     const grid = gridTable({rows, columns, value: (i, j) => ..., label});
//     room.append(grid.element);  ...  grid.refresh();
//
// value(i, j) is a number, a text, or null for a cell that is not there. Also:
//   rowName(i), columnName(j)   heads; their indices unless told; null: no head
//   edit(i, j, number)          a cell with a number takes others: type one, or
//                               F2, or a second click
//   refuse(words)               what was typed is no such number: a sentence
//   choose(i, j)                Enter, space or a click
//   enter(i, j)                 the focus came to the cell
//   mark(i, j)                  null, or {name, words}: the class mark-NAME,
//                               and words for who does not see it
//   scale()                     colours from -scale to scale; 0: none
//   bits                        32: digits of a float32
//   digits                      at most so many digits; all unless told
// Arrows, Home, End, Ctrl+Home, Ctrl+End, PageUp and PageDown walk.

// The largest number that a cell takes.
const GRID_MOST = 1e12;

// Of an array at most.
const GRID_CELLS = 1024;

// A field: numbers with spaces between them, those of an array, row by row; ''
// for what is drawn.
const numberList = {
    kind: 'text', initial: '', most: 12000, format: String,
    parse(words) {
        const parts = words.split(/[ ,]+/).filter(part => part);
        const isList = parts.length <= GRID_CELLS && parts.every(part =>
            DECIMAL.test(part) && Math.abs(Number(part)) <= GRID_MOST);
        if (isList) return parts.map(Number).join(' ');
        throw new Error(`up to ${GRID_CELLS} numbers from -1e12 to 1e12, ` +
                        'as 1 -2.5 3');
    },
};

function gridTable(of) {
    return new Grid(of);
}

class Grid {
    constructor(of) {
        this.of = of;
        this.at = [0, 0];
        this.element = el('table', {class: 'grid', role: 'grid',
                                    'aria-label': of.label,
                                    'aria-readonly': of.edit ? null : 'true'});
        this.element.addEventListener('keydown', event => this.press(event));
        this.element.addEventListener('mousedown', event => {
            this.again = event.target.closest('td') === document.activeElement;
        });
        this.element.addEventListener('click', event => this.click(event));
        this.element.addEventListener('dblclick', event =>
            this.withCell(event, (i, j) => this.startEdit(i, j)));
        this.element.addEventListener('focusin', event =>
            this.withCell(event, (i, j) => this.enter(i, j)));
        this.setSize(of.rows, of.columns);
    }

    // Other rows and columns; the cells are made anew.
    setSize(rows, columns) {
        Object.assign(this, {rows, columns, cells: []});
        this.at = [Math.min(this.at[0], Math.max(rows - 1, 0)),
                   Math.min(this.at[1], Math.max(columns - 1, 0))];
        const {rowName = String, columnName = String} = this.of;
        const heads = el('tr', {}, this.isHeaded ? el('td') : null);
        for (let j = 0; j < columns; j++)
            if (columnName(j) === '') heads.append(el('td'));
            else if (columnName(j) !== null)
                heads.append(el('th', {scope: 'col'}, columnName(j)));
        const body = el('tbody');
        for (let i = 0; i < rows; i++)
            body.append(this.makeRow(i, rowName(i)));
        this.element.replaceChildren(
            ...(heads.querySelector('th') ? [el('thead', {}, heads)] : []),
            body);
        this.refresh();
    }

    get isHeaded() {
        const {rowName = String} = this.of;
        return this.rows > 0 && rowName(0) !== null;
    }

    makeRow(i, name) {
        const row = el('tr', {}, name === null ? null
            : el('th', {scope: 'row'}, name));
        this.cells.push([]);
        for (let j = 0; j < this.columns; j++) {
            const cell = el('td', {role: 'gridcell', tabindex: -1});
            cell.place = [i, j];
            this.cells[i].push(cell);
            row.append(cell);
        }
        return row;
    }

    // Asks again for all values, marks and colours.
    refresh() {
        const scale = this.of.scale ? this.of.scale() : 0;
        for (const row of this.cells)
            for (const cell of row) this.paint(cell, scale);
        this.tabTo(...this.at);
    }

    paint(cell, scale) {
        if (cell.querySelector('input')) return;
        const [i, j] = cell.place;
        const value = this.of.value(i, j);
        const mark = this.of.mark ? this.of.mark(i, j) : null;
        cell.className = mark ? 'mark-' + mark.name : '';
        cell.replaceChildren(this.words(value), ...(mark && mark.words
            ? [el('span', {class: 'unseen'}, ', ' + mark.words)] : []));
        const colour = scale > 0 && typeof value === 'number'
            ? scaleColour(value, scale) : null;
        cell.style.background = colour ? cssColour(colour) : '';
        cell.style.color = !colour ? '' : isLight(colour) ? '#000' : '#fff';
        if (this.of.choose)
            cell.setAttribute('aria-selected',
                              String(Boolean(mark && mark.name === 'chosen')));
    }

    words(value) {
        if (value === null || value === undefined) return '';
        if (typeof value !== 'number') return value;
        return this.of.digits ? short(value, this.of.digits)
            : number(value, this.of.bits);
    }

    tabTo(i, j) {
        const old = this.cells[this.at[0]]?.[this.at[1]];
        if (old) old.tabIndex = -1;
        this.at = [i, j];
        const cell = this.cells[i]?.[j];
        if (cell) cell.tabIndex = 0;
    }

    // Moves the focus to a cell.
    focus(i, j) {
        const cell = this.cells[i]?.[j];
        if (!cell) return;
        this.tabTo(i, j);
        cell.focus();
    }

    withCell(event, use) {
        const cell = event.target.closest('td[role=gridcell]');
        if (cell) use(...cell.place);
    }

    enter(i, j) {
        this.tabTo(i, j);
        if (this.of.enter) this.of.enter(i, j);
    }

    click(event) {
        if (event.target.tagName === 'INPUT') return;
        this.withCell(event, (i, j) => {
            this.focus(i, j);
            if (this.of.choose) this.of.choose(i, j);
            else if (this.again) this.startEdit(i, j);
        });
    }

    press(event) {
        if (event.target.tagName === 'INPUT') return;
        const [i, j] = this.at;
        const next = this.target(event, i, j);
        if (next) {
            event.preventDefault();
            this.focus(...next);
        } else if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault();
            if (this.of.choose) this.of.choose(i, j);
            else this.startEdit(i, j);
        } else if (event.key === 'F2') {
            this.startEdit(i, j);
        } else if (/^[-.0-9]$/.test(event.key) && !event.ctrlKey &&
                   !event.altKey && !event.metaKey && this.of.edit) {
            event.preventDefault();
            this.startEdit(i, j, event.key);
        }
    }

    // Where a key leads, or null.
    target({key, ctrlKey}, i, j) {
        const lastRow = this.rows - 1, last = this.columns - 1;
        const page = 10;
        const down = to => [Math.max(0, Math.min(lastRow, to)), j];
        const across = to => [i, Math.max(0, Math.min(last, to))];
        const keys = {
            ArrowUp: () => down(i - 1), ArrowDown: () => down(i + 1),
            ArrowLeft: () => across(j - 1), ArrowRight: () => across(j + 1),
            PageUp: () => down(i - page), PageDown: () => down(i + page),
            Home: () => ctrlKey ? [0, 0] : across(0),
            End: () => ctrlKey ? [lastRow, last] : across(last),
        };
        return Object.hasOwn(keys, key) ? keys[key]() : null;
    }

    startEdit(i, j, begin = null) {
        const value = this.of.value(i, j);
        const cell = this.cells[i][j];
        if (!this.of.edit || typeof value !== 'number' ||
            cell.querySelector('input')) return;
        const input = el('input', {
            type: 'text', inputmode: 'decimal', autocomplete: 'off',
            'aria-label': `${this.of.label}, ${i}, ${j}`});
        input.value = begin ?? String(value);
        const end = (keep, next) => this.endEdit(i, j, input, keep, next);
        input.addEventListener('keydown', event => {
            if (event.key === 'Enter') end(true, [i, j]);
            else if (event.key === 'Escape') end(false, [i, j]);
            else return;
            event.preventDefault();
            event.stopPropagation();
        });
        input.addEventListener('blur', () => end(true, null));
        cell.replaceChildren(input);
        input.focus();
        if (begin === null) input.select();
    }

    endEdit(i, j, input, keep, next) {
        if (!input.isConnected || input.ended) return;
        input.ended = true;
        const text = input.value.trim().replace('\u2212', '-');
        input.remove();
        this.paint(this.cells[i][j], this.of.scale ? this.of.scale() : 0);
        if (next) this.focus(...next);
        if (!keep || !text) return;
        if (DECIMAL.test(text) && Math.abs(Number(text)) <= GRID_MOST)
            this.of.edit(i, j, Number(text));
        else
            this.of.refuse(`${quoted(text)} is not a number from -1e12 to ` +
                           '1e12, as -2.5: the cell stays as it was.');
    }
}
