// shell.js - what the page does for a room: its state, engine, controls, words.
//
// A room is a row of `rooms`, with its title and the chapter about it, where
// that is one, and a line of scripts in scripts.txt, of which the last has
//
//     addRoom('training', {seed: whole(0, 0, 4294967295), ...}, TrainingRoom);
//
// the fields of its state, see state.js, and
//
//     class TrainingRoom {
//         constructor(shell) { ... }     once, when the room comes near
//         build() { return element; }    once, after it
//         async show(state) { ... }      the state is another
//     }
//
// show may reject with an EngineError, whose sentence then stands at
// shell.warning. A show is never called while one runs; of the states that came
// meanwhile the last is shown. A room that can play has `opened`, which is ''
// where its settings were refused.

// Its scripts run when it is asked for what they add: a browser reads those of
// all rooms longer than it takes to show the first.
class Room {
    constructor(id, title, chapter) {
        Object.assign(this, {id, title, chapter, added: null});
    }

    get fields() {
        if (!this.added) runScript(unpacked.rooms[rooms.indexOf(this)]);
        return this.added.fields;
    }

    get Inside() {
        return this.fields && this.added.Inside;
    }
}

const rooms = [
    new Room('number', 'One number', null),
    new Room('training', 'Training', '09-sgd-and-the-learning-rate.html'),
    new Room('filter', 'Your filter', '13-recovering-a-filter.html'),
    new Room('digits', 'Digits', '22-digits.html'),
    new Room('denoise', 'Denoise', '15-restoring-photos.html'),
];

const addRoom = (id, fields, Inside) => {
    rooms.find(room => room.id === id).added = {fields, Inside};
};

class Shell {
    constructor(room, page) {
        const {section, anchor} = room;
        Object.assign(this, {room, page, section, anchor,
                             state: initialState(room.fields),
                             inputs: {}, made: null, showing: null,
                             isStale: false, inside: null});
        this.warning = el('p', {class: 'warning', role: 'alert', hidden: true});
        this.bar = new CommandBar(words => this.say(words));
    }

    // The room's own engine: a promise, the same each time.
    engine() {
        this.made = this.made || makeEngine();
        return this.made;
    }

    // Other values of some fields: written into the link, then shown.
    // Resolves when the room has shown it.
    change(values) {
        this.state = {...this.state, ...values};
        this.page.wrote(this);
        return this.update();
    }

    // Values that are on the page already: they go into the link, unless that
    // is another room's, where the reader is.
    note(values) {
        this.state = {...this.state, ...values};
        if (this.page.writer === this) this.page.wrote(this);
        else this.anchor.href = writeLink(this.room, this.state);
    }

    update() {
        for (const name of Object.keys(this.inputs)) this.fill(name);
        this.isStale = true;
        this.showing = this.showing || this.showAll();
        return this.showing;
    }

    async showAll() {
        try {
            while (this.isStale) {
                this.isStale = false;
                this.warn('');
                await this.attempt(() => this.inside.show(this.state));
            }
        } finally {
            this.showing = null;
        }
    }

    // Does it; a refusal's sentence is shown, and any other fault.
    async attempt(action) {
        try {
            await action();
        } catch (error) {
            this.warn(error.message);
            if (!(error instanceof EngineError)) console.error(error);
        }
    }

    // One sentence near the controls; '' takes it away.
    warn(words) {
        this.warning.textContent = words;
        this.warning.hidden = !words;
    }

    // The engine, to play on; null where it played, and stops now, or where
    // nothing is open.
    async toPlay() {
        const engine = await this.engine();
        if (engine.playing) {
            engine.stop();
            return null;
        }
        await this.showing;
        if (!this.inside.opened) return null;
        this.warn('');
        return engine;
    }

    // The loss of a step is no number any more.
    warnOfLoss(step) {
        this.warn(`Step ${step} left what a float32 can hold: the learning ` +
                  'rate is too large; take a smaller one.');
    }

    // A sentence for who hears the page.
    say(words) {
        this.page.say(words);
    }

    // Marks the first time that `name` is on the screen, for who measures;
    // resolves then, or where nobody looks.
    mark(name) {
        if (performance.getEntriesByName(name).length) return null;
        this.page.reveal(this);
        return new Promise(resolve => {
            setTimeout(resolve, 200);
            requestAnimationFrame(() => setTimeout(() => {
                performance.mark(name);
                resolve();
            }));
        });
    }

    // The program's command line, as words: the shell quotes them.
    command(...words) {
        this.bar.command(...words);
    }

    // The same in Python; null takes it away.
    numpy(text, title = 'The same in NumPy') {
        this.bar.twin(text, title);
    }

    // A button whose action may be refused.
    button(label, action, attributes = {}) {
        return el('button', {type: 'button', ...attributes,
                             onclick: () => this.attempt(action)}, label);
    }

    // A labelled input for a field of the state.
    field(name, label, {unit = null, hint = null} = {}) {
        const field = this.room.fields[name];
        const id = freshId(name);
        const input = this.makeInput(field, id);
        const note = el('span', {class: 'wrong', id: id + '-wrong',
                                 role: 'alert'});
        input.addEventListener('change', () => this.take(name, input, note));
        this.inputs[name] = [...(this.inputs[name] || []), {input, note}];
        this.fill(name);
        return el('div', {class: 'field ' + field.kind},
                  el('label', {for: id}, label, unit
                      ? el('small', {}, unit) : null),
                  input, hint ? el('small', {}, hint) : null, note);
    }

    makeInput(field, id) {
        if (field.kind === 'flag') return el('input', {type: 'checkbox', id});
        if (field.kind === 'choice')
            return el('select', {id}, ...field.names.map(one =>
                el('option', {value: one}, one || 'none')));
        return el('input', {
            type: 'text', id, autocomplete: 'off', spellcheck: 'false',
            'aria-describedby': id + '-wrong',
            inputmode: field.kind === 'number' ? 'numeric'
                : field.kind === 'decimal' ? 'decimal' : null,
            maxlength: field.most && field.kind === 'text' ? field.most : 30});
    }

    take(name, input, note) {
        const field = this.room.fields[name];
        const words = input.type === 'checkbox' ? (input.checked ? 'yes' : 'no')
            : input.value.trim();
        try {
            const value = field.parse(words);
            note.textContent = '';
            input.removeAttribute('aria-invalid');
            if (value !== this.state[name]) this.change({[name]: value});
        } catch (error) {
            note.textContent = `expected ${error.message}`;
            input.setAttribute('aria-invalid', 'true');
        }
    }

    // The inputs say what the state is.
    fill(name) {
        for (const {input, note} of this.inputs[name]) {
            const value = this.state[name];
            if (input.type === 'checkbox') input.checked = value;
            else input.value = this.room.fields[name].format(value);
            input.removeAttribute('aria-invalid');
            note.textContent = '';
        }
    }

    // A button that opens a file: onBytes(bytes, name).
    openFile(label, types, onBytes) {
        return fileButton(label, types, async (...file) => {
            this.warn('');
            await onBytes(...file);
        }, error => this.warn(error.message));
    }

    // Hands the reader a file.
    saveFile(name, bytes) {
        saveBytes(name, bytes);
        this.say(`Saved as ${name}.`);
    }
}
