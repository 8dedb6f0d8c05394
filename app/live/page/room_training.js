// room_training.js - room 2: a layer learns, and each weight says how it moved.

// The numbers of a path that are kept, and of rows that are listed.
const TRAINING_KEPT = 2e6, TRAINING_ROWS = 400;

// Milliseconds that a link's steps may take before the reader is asked.
const TRAINING_PATIENCE = 5000;

// Operations of a step: of one that is too many, and of one that lambda_max,
// which takes up to a hundred, is not measured for.
const TRAINING_STEP = 2e10, TRAINING_BOWL = 1e8;

// Kernels and channels that are drawn.
const TRAINING_DRAWN = {kernels: 16, channels: 8};

const TRAINING_PAIR = /^[1-9]\d{0,2}(,[1-9]\d{0,2})?$/;
const TRAINING_PADDING = /^(same|fit|\d{1,3}(,\d{1,3}|(,\d{1,3}){3})?)$/;
const TRAINING_PAIR_WORDS = 'one number from 1 to 999, or two, as 2,3';

const trainingFields = {
    batch: whole(2, 1, 64),
    channels: whole(3, 1, 64),
    height: whole(20, 1, 256),
    width: whole(20, 1, 256),
    kernels: whole(4, 1, 64),
    'kernel-size': text('2', 7, TRAINING_PAIR, TRAINING_PAIR_WORDS),
    stride: text('2', 7, TRAINING_PAIR, TRAINING_PAIR_WORDS),
    padding: text('1', 15, TRAINING_PADDING, 'same, fit, a number of zeros, ' +
        'or Y,X or TOP,BOTTOM,LEFT,RIGHT'),
    lr: decimal(0.001, 1e-9, 1000),
    momentum: decimal(0, 0, 0.999),
    optimizer: choice('sgd', ['sgd', 'adam', 'cg']),
    reduction: choice('notebook', ['notebook', 'mean', 'sum']),
    seed: whole(0, 0, 4294967295),
    dtype: choice('float32', ['float32', 'float64']),
    at: whole(10, 0, 100000),
    weight: whole(4, 0, 10000000),
    log: flag(true),
};

// How a run comes to an end by itself; `ended` of the engine.
const TRAINING_ENDS = {
    2: ' The output is the target, within its tolerance: all is learned.',
    3: ' It is at the lowest point, as far as rounding lets it see.',
};
const TRAINING_NOT_FINITE = 4;

const TRAINING_NET = ['kernels', 'kernel-size', 'stride', 'padding'];

// The settings of the module: what is beside the net goes by the flags' names.
function trainingSettings(state) {
    const settings = {
        net: `conv ${state.kernels} ` +
            trainingPair(state['kernel-size']).join('x') +
            ` stride=${trainingPair(state.stride).join('x')} ` +
            `padding=${state.padding.replaceAll(',', 'x')}`,
        input: 'random', target: 'ones', init: 'normal', steps: 1000000000,
    };
    const idle = TRAINING_IDLE[state.optimizer];
    for (const name of TRAINING_FLAGS)
        if (!TRAINING_NET.includes(name) && !idle.includes(name))
            settings[name] = state[name];
    return settings;
}

// "kernel 1, channel 0 (0,1)" of each number, in the order of the params.
function trainingNames([{shape: [kernels, channels, height, width]}]) {
    const names = [];
    for (let k = 0; k < kernels; k++)
        for (let c = 0; c < channels; c++)
            for (let y = 0; y < height; y++)
                for (let x = 0; x < width; x++)
                    names.push(`w[${k},${c},${y},${x}]`);
    for (let k = 0; k < kernels; k++) names.push(`b[${k}]`);
    return names;
}

class TrainingRoom {
    constructor(shell) {
        this.shell = shell;
        // The settings that the engine has; a promise while it plays.
        this.opened = '';
        this.playing = null;
        this.isLeaving = false;
        this.largest = {key: '', value: NaN};
        this.clear();
        this.plot = linePlot({label: 'the loss over the steps', x: 'step',
                              y: 'loss'});
        this.history = linePlot({label: 'the chosen weight over the steps',
                                 x: 'after step', y: 'value', height: 150});
        this.rate = new TrainingRate(lr => shell.change({lr}));
        this.safeButton = shell.button('Take a safe rate', () =>
            shell.change({lr: trainingSafeRate(this.largest.value)}));
        this.status = el('p', {class: 'status'});
        this.kernels = el('div', {class: 'kernels'});
        this.caption = el('p', {class: 'note'});
        this.historyTitle = el('h4');
        this.list = el('pre', {class: 'losses', tabindex: 0,
                               'aria-label': 'the last losses'});
        this.grid = this.makeGrid();
    }

    // Nothing is taken yet.
    clear() {
        Object.assign(this, {losses: [], path: [], ended: 0, grads: null});
    }

    makeGrid() {
        return gridTable({
            rows: 0, columns: 0, label: 'weights and how the last step moved ' +
                'them', value: (i, j) => this.cell(i, j),
            rowName: i => this.names[this.from + i],
            columnName: j => this.heads()[j],
            choose: i => this.choose(this.from + i),
            mark: i => this.from + i === this.shell.state.weight
                ? {name: 'chosen', words: ''} : null,
            digits: 0,
        });
    }

    // What the columns are: with plain steps, the rule itself.
    heads() {
        return ['w', 'dw', this.isPlain() ? 'lr × dw' : 'step', 'new w'];
    }

    isPlain() {
        const {optimizer, momentum} = this.shell.state;
        return optimizer === 'sgd' && momentum === 0;
    }

    // Row i of the table, column j.
    cell(i, j) {
        const index = this.from + i;
        const [before, after] = this.lastMove();
        const slope = this.grads[index];
        const w = before[index];
        return [
            () => w,
            () => slope,
            () => this.isPlain() ? this.round(this.round(
                this.shell.state.lr) * slope)
                : after ? w - after[index] : null,
            () => after ? after[index] : null,
        ][j]();
    }

    // A number as the dtype holds it.
    round(value) {
        return this.shell.state.dtype === 'float32' ? Math.fround(value)
            : value;
    }

    // The params before and after the last step; after is null where none was
    // taken.
    lastMove() {
        const {path} = this;
        return path.length > 1 ? [path[path.length - 2].values,
                                  path[path.length - 1].values]
            : [path[0].values, null];
    }

    async show(state) {
        const engine = await this.shell.engine();
        const settings = trainingSettings(state);
        const key = JSON.stringify(settings);
        await this.leave(engine);
        if (key !== this.opened) await this.open(engine, settings, key);
        else if (state.at < this.taken()) {
            await engine.restart();
            this.clear();
            this.take(await engine.trace(0));
        }
        await this.reach(engine, state.at);
        if (this.shell.isStale) return;
        this.drawStatus();
        this.drawLosses(state);
        if (this.taken()) await this.shell.mark('convlet:losses');
        await this.look(engine);
        this.draw(state);
        await this.bound(engine, state);
    }

    // Steps on to `at`, unless another state comes or it takes too long.
    async reach(engine, at) {
        const begin = performance.now();
        await engine.play({
            most: at, size: this.chunk(),
            ask: count => engine.trace(count, this.kept()),
            each: chunk => {
                const spent = performance.now() - begin;
                this.take(chunk);
                if (spent > 300)
                    this.status.textContent = `Step ${this.taken()} of ${at}.`;
                if (this.shell.isStale || spent > TRAINING_PATIENCE)
                    engine.stop();
            },
        });
        this.isCut = this.taken() < at && !this.ended && !this.shell.isStale;
        if (this.isCut) this.shell.note({at: this.taken()});
    }

    // So many steps take about a hundredth of a second.
    chunk() {
        return Math.max(1, Math.floor(3e7 / this.flops));
    }

    // Nothing to show: the settings were refused.
    empty() {
        this.clear();
        this.status.textContent = 'Nothing is trained with these settings.';
        this.plot.draw({});
        this.history.draw({});
        this.list.textContent = 'none yet';
        this.kernels.replaceChildren();
        this.grid.setSize(0, 0);
        this.gridKey = '';
        this.caption.textContent = '';
        this.historyTitle.textContent = '';
    }

    // Ends what plays, and has what it still took.
    async leave(engine) {
        this.isLeaving = true;
        engine.stop();
        await this.playing;
        this.isLeaving = false;
    }

    taken() {
        return this.losses.length;
    }

    async open(engine, settings, key) {
        this.opened = '';
        let start;
        try {
            // All at once: an answer takes its time to come.
            let description;
            [, description, start] = await Promise.all([
                engine.open(settings), engine.describe(), engine.trace(0)]);
            this.measure(description);
        } catch (error) {
            this.empty();
            throw error;
        }
        this.clear();
        this.names = trainingNames(this.description.params);
        this.take(start);
        this.opened = key;
    }

    // What a step of the net costs is known before one is taken.
    measure(description) {
        this.description = description;
        this.flops = 3 * description.layers[0].flops;
        if (this.flops > TRAINING_STEP)
            throw new EngineError('One step of this net has ' +
                `${short(this.flops, 2)} operations, which takes many ` +
                'seconds here; choose smaller sizes');
    }

    // Of so many of a chunk's steps the params are asked for.
    kept() {
        const room = Math.floor(TRAINING_KEPT / 4 / this.names.length);
        return Math.max(1, Math.min(200, room));
    }

    // What a trace gave joins what is known.
    take({losses, path, first, ended}) {
        for (const loss of losses) this.losses.push(loss);
        path.forEach((values, i) => {
            const known = this.path[this.path.length - 1];
            if (!known || first + i > known.step)
                this.path.push({step: first + i, values});
        });
        this.ended = ended;
        this.thin();
    }

    // A long path keeps every second of its older steps.
    thin() {
        const most = Math.max(8, TRAINING_KEPT / this.names.length);
        if (this.path.length <= most) return;
        const last = this.path.length - 2;
        this.path = this.path.filter((_, i) => i % 2 === 0 || i >= last);
    }

    // The slopes: of the last step, or of the one to come where none was taken.
    async look(engine) {
        if (!this.taken()) await engine.run();
        const parts = [];
        for (let i = 0; i < this.description.params.length; i++)
            parts.push(...(await engine.tensor('grad', i)).data);
        this.grads = parts;
    }

    // lambda_max depends on all settings but those of the steps.
    async bound(engine, state) {
        const {lr, momentum, optimizer, ...rest} = trainingSettings(state);
        const key = JSON.stringify(rest);
        if (key !== this.largest.key)
            this.largest = {key, value: this.flops > TRAINING_BOWL ? NaN
                : await engine.curvature()};
        this.rate.show(state, this.largest.value);
        this.safeButton.disabled = !(this.largest.value > 0) ||
            state.optimizer !== 'sgd';
        this.advise(state);
    }

    draw(state) {
        const {weight} = state;
        if (weight >= this.names.length)
            return this.shell.change({weight: this.names.length - 1});
        this.drawStatus();
        this.drawLosses(state);
        this.drawKernels();
        this.drawTable(weight);
        this.drawHistory(weight);
        this.shell.command(...trainingCommand(
            trainingFields, state, this.description.layers[0]));
        this.shell.numpy(trainingTwin(state, this.description));
        return null;
    }

    drawStatus() {
        const {losses} = this;
        const last = losses.length - 1;
        this.status.textContent = last < 0
            ? 'No step is taken yet: the kernels are as they were drawn.'
            : `${losses.length} ${last ? 'steps' : 'step'} taken. The loss ` +
              (last ? `fell from ${number(losses[0])} to ` : 'is ') +
              `${number(losses[last])}.` + (TRAINING_ENDS[this.ended] || '');
        if (this.isCut)
            this.status.textContent += ' This takes long: press Play to go on.';
        if (last > 0 && !(losses[last] < losses[0]))
            this.status.textContent =
                `${losses.length} steps taken. The loss grew from ` +
                `${number(losses[0])} to ${number(losses[last])}.`;
    }

    drawLosses({log}) {
        const points = this.losses.map((loss, step) => [step, loss]);
        this.plot.draw({series: [{name: 'loss', points}], log});
        const from = Math.max(0, this.losses.length - 100);
        this.list.textContent = this.losses.slice(from).map((loss, i) =>
            `step:${from + i},loss:${printed(loss)}`).join('\n') || 'none yet';
    }

    drawKernels() {
        const {values} = this.path[this.path.length - 1];
        const [kernels, channels, height, width] =
            this.description.params[0].shape;
        const scale = largest(this.path[0].values);
        const zoom = Math.max(1, Math.floor(54 / Math.max(height, width)));
        const drawn = Math.min(channels, TRAINING_DRAWN.channels);
        const rows = [];
        for (let k = 0; k < Math.min(kernels, TRAINING_DRAWN.kernels); k++) {
            const row = el('figure', {}, el('figcaption', {}, `kernel ${k}`));
            for (let c = 0; c < drawn; c++)
                row.append(picture({
                    height, width, data: values, scale, zoom,
                    first: (k * channels + c) * height * width,
                    alt: `kernel ${k}, channel ${c}`}));
            rows.push(row);
        }
        const more = kernels > rows.length || channels > drawn
            ? [el('p', {class: 'note'}, `${rows.length} of ${kernels} ` +
                `kernels, ${drawn} of their ${channels} channels each.`)] : [];
        this.kernels.replaceChildren(...rows, legend(scale), ...more);
    }

    // The table has the chosen weight in it, and as many others as it holds.
    drawTable(weight) {
        const count = this.names.length;
        const rows = Math.min(count, TRAINING_ROWS);
        const from = Math.max(0, Math.min(count - rows,
                                          weight - Math.floor(rows / 2)));
        const columns = this.heads();
        const key = `${this.opened} ${from} ${columns}`;
        this.from = from;
        this.grid.of.bits = this.shell.state.dtype === 'float32' ? 32 : 64;
        if (key !== this.gridKey) this.grid.setSize(rows, columns.length);
        else this.grid.refresh();
        this.gridKey = key;
        this.caption.textContent = this.captionWords(rows, count);
    }

    captionWords(rows, count) {
        const {optimizer, momentum} = this.shell.state;
        const rule = this.isPlain() ? 'new w = w − lr × dw'
            : optimizer === 'cg' ? 'the step runs along a direction that ' +
                'keeps what the steps before have reached'
            : optimizer === 'adam' ? 'the step is lr times the mean of the ' +
                'slopes over the root of the mean of their squares'
            : `the step is lr × v, and v = ${momentum} v + dw gathers the ` +
                'slopes of all steps';
        if (this.ended > 1)
            return `Step ${this.taken() - 1} moved nothing any more.`;
        const which = this.taken() ? `Step ${this.taken() - 1}: `
            : 'Before the first step, which has no new w yet: ';
        return which + rule + '. Choose a weight to see its history.' +
            (rows < count ? ` ${rows} of ${count} weights are listed.` : '');
    }

    drawHistory(weight) {
        const name = this.names[weight];
        this.historyTitle.textContent = `${name} over the steps`;
        this.history.names.y = name;
        this.history.draw({
            series: [{name, points: this.path.map(({step, values}) =>
                [step, values[weight]])}],
            levels: [{y: name[0] === 'b' ? 1 : 0, words: 'what it should be'}],
        });
    }

    choose(weight) {
        this.shell.note({weight});
        this.grid.refresh();
        this.drawHistory(weight);
    }

    // What to do where the loss has left the numbers there are.
    advise({lr, dtype}) {
        const [last] = this.losses.slice(-1);
        const isFinite = last === undefined || Number.isFinite(last);
        if (this.ended !== TRAINING_NOT_FINITE && isFinite) return;
        const safe = trainingSafeRate(this.largest.value);
        this.shell.warn(
            `Step ${this.losses.length - 1} left what a ${dtype} can hold: ` +
            'each step landed further from the lowest point than the one ' +
            (lr > safe ? `before. Take a smaller learning rate, such as ` +
                `${number(safe)}.` : 'before. Take a smaller learning rate.'));
    }

    // Steps on, one by one at first, until told to stop.
    async play() {
        const engine = await this.shell.toPlay();
        if (!engine) return;
        this.playButton.textContent = 'Pause';
        this.isCut = false;
        this.playing = engine.play({
            ask: count => engine.trace(count, this.kept()),
            most: trainingFields.at.most, pace: taken => taken / 60,
            each: chunk => this.played(engine, chunk),
        });
        try {
            await this.playing;
        } finally {
            this.playing = null;
            this.playButton.textContent = 'Play';
        }
        this.shell.say(this.status.textContent);
    }

    async played(engine, chunk) {
        this.take(chunk);
        await this.look(engine);
        if (this.isLeaving) return;
        this.shell.note({at: this.taken()});
        this.draw(this.shell.state);
        this.advise(this.shell.state);
        const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
        await new Promise(resolve => setTimeout(resolve, isCalm ? 500 : 30));
    }

    async advance(count) {
        const at = this.shell.state.at + count;
        await this.shell.change({at: Math.min(trainingFields.at.most, at)});
        if (this.taken() < this.shell.state.at)
            this.shell.note({at: this.taken()});
        this.shell.say(this.status.textContent);
    }

    async restart() {
        await this.shell.change({at: 0});
        this.shell.say(this.status.textContent);
    }

    build() {
        return el('div', {class: 'training'},
            el('p', {class: 'intro'}, 'A layer of a few kernels sees random ' +
                'numbers and is to answer 1 everywhere. What it should find ' +
                'is known: every weight 0, every bias 1. Each step moves ' +
                'every weight against its slope, and the table says by how ' +
                'much. ', el('b', {}, 'Press Step and follow one weight; ' +
                'then push the learning rate past the mark.')),
            this.controls(),
            el('div', {class: 'halves'},
               el('div', {}, this.lossPart(), this.ratePart(),
                  this.settings()),
               el('div', {}, this.kernelPart(), this.weightPart())));
    }

    controls() {
        const {shell} = this;
        this.playButton = shell.button('Play', () => this.play());
        return el('div', {class: 'controls'},
            el('div', {class: 'buttons', role: 'group', 'aria-label': 'steps'},
               shell.button('Step', () => this.advance(1), {class: 'first'}),
               shell.button('Ten steps', () => this.advance(10)),
               this.playButton,
               shell.button('Back to the start', () => this.restart())),
            this.status, shell.warning);
    }

    lossPart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'The loss'),
            this.plot.element,
            this.shell.field('log', 'logarithmic'),
            el('details', {}, el('summary', {}, 'As the program prints it'),
               this.list));
    }

    ratePart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'The learning rate'),
            el('div', {class: 'buttons'},
               this.shell.field('lr', 'lr'),
               this.safeButton),
            this.rate.element);
    }

    kernelPart() {
        const {shell} = this;
        return el('div', {class: 'card'},
            el('h3', {}, 'The kernels as they learn'), this.kernels,
            el('div', {class: 'buttons saves', role: 'group',
                       'aria-label': 'save'},
               shell.button('Save the model', () => this.save('model',
                   'model.safetensors')),
               shell.button('Save the kernels', () => this.save('param',
                   'kernels.npy'))));
    }

    async save(what, name) {
        await this.shell.showing;
        const engine = await this.shell.engine();
        this.shell.saveFile(name, await engine.save(what, 0));
    }

    weightPart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'How each weight moved'),
            this.caption,
            el('div', {class: 'scroll tall'}, this.grid.element),
            this.historyTitle, this.history.element);
    }

    settings() {
        const field = (name, label) =>
            this.shell.field(name, label || name.replace('-', ' '));
        return el('details', {class: 'card settings', open: true},
            el('summary', {}, 'What is trained, and how'),
            el('div', {class: 'fields'},
               ...['batch', 'channels', 'height', 'width'].map(name =>
                   field(name)),
               ...TRAINING_NET.map(name => field(name)),
               field('optimizer'), field('momentum'), field('reduction'),
               field('seed'), field('dtype')));
    }
}

addRoom('training', trainingFields, TrainingRoom);
