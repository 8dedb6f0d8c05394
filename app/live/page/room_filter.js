// room_filter.js - room 3: the filter between two pictures, learned from them.

// Steps of the program's preset `filter`; a link's may take so many ms.
const FILTER_STEPS = 1000, FILTER_PATIENCE = 5000;

// Milliseconds between two drawings of the pictures while it learns.
const FILTER_PAUSE = 300;

const filterOwn = {
    ...numberList, initial: '0 -1 0 -1 5 -1 0 -1 0', most: 1500,
    parse(words) {
        const list = numberList.parse(words);
        if ([9, 25, 49].includes(list.split(' ').length)) return list;
        throw new Error('9, 25 or 49 numbers, row by row');
    },
};

const filterFields = {
    input: choice('leaves', ['leaves', 'file']),
    hide: choice('gaussian', [...Object.keys(FILTER_BANK), 'own', 'file']),
    own: filterOwn,
    rounded: flag(false),
    'kernel-size': choice('5', ['3', '5', '7']),
    optimizer: choice('sgd', ['sgd', 'adam', 'cg']),
    share: flag(false),
    seed: whole(0, 0, 4294967295),
    at: whole(0, 0, FILTER_STEPS),
    pair: whole(0, 0, 8),
};

const FILTER_ENDS = {
    2: ' The prediction is the picture after, within its tolerance: found.',
    3: ' It is at the lowest point there is, as far as rounding lets it see.',
    4: ' The loss left what a float32 can hold: take another optimizer.',
};

const filterDecibels = loss => loss > 0
    ? `${(-10 * Math.log10(loss)).toFixed(2)} dB` : 'infinite';

class FilterRoom {
    constructor(shell) {
        Object.assign(this, {shell, opened: '', version: '', before: null,
                             after: null, leaves: {seed: -1}});
        this.clear();
        this.plot = linePlot({label: 'the PSNR over the steps', x: 'step',
                              y: 'dB', height: 180});
        this.status = el('p', {class: 'status'});
        this.off = el('p', {class: 'sentence'});
        this.sure = el('p', {class: 'sentence'});
        this.list = el('pre', {class: 'losses', tabindex: 0, 'aria-label':
            'losses, as the program prints them'});
        this.kernels = el('div', {class: 'kernels'});
        this.found = this.makeGrid('the kernel found', i =>
            this.weights?.[this.first() + i]);
        this.hidden = this.makeGrid('the hidden filter', i =>
            this.taps && this.truth()[i], (i, value) => this.edit(i, value));
        this.hiddenPart = el('figure', {}, el('figcaption', {},
            'The hidden filter: type other numbers'),
            el('div', {class: 'scroll'}, this.hidden.element));
        this.sights = ['before', 'after', 'prediction', 'difference'].map(
            name => this.makeSight(name));
        this.saves = el('div', {class: 'buttons'});
    }

    clear() {
        Object.assign(this, {losses: [], ended: 0, weights: null});
    }

    makeGrid(label, value, edit = null) {
        const change = edit && ((i, j, number) =>
            edit(i * this.size() + j, number));
        return gridTable({rows: 0, columns: 0, label, edit: change, digits: 4,
                          refuse: words => this.shell.warn(words),
                          rowName: () => null, columnName: () => null,
                          value: (i, j) => this.tidied(
                              value(i * this.size() + j)),
                          scale: () => this.scale});
    }

    // As many decimals as the largest number in sight has use for.
    tidied(value) {
        const most = this.scale > 0 ? Math.ceil(Math.log10(this.scale)) : 0;
        return value === undefined || value === null ? null
            : Number(value.toFixed(Math.max(0, Math.min(20, 5 - most))));
    }

    makeSight(name) {
        const canvas = el('canvas', {class: 'picture', role: 'img',
                                     'aria-label': name});
        const key = el('div');
        return {name, canvas, key, element: el('figure', {},
            el('figcaption', {}, name), canvas, key)};
    }

    size() {
        return Number(this.shell.state['kernel-size']);
    }

    taken() {
        return this.losses.length;
    }

    // Where the kernel in sight begins among the weights.
    first() {
        return this.shell.state.pair * this.size() ** 2;
    }

    // What the kernel in sight should be.
    truth() {
        const [, channels] = this.shape;
        const {pair} = this.shell.state;
        return Math.floor(pair / channels) === pair % channels ? this.taps
            : this.taps.map(() => 0);
    }

    edit(i, value) {
        const own = [...this.taps];
        own[i] = value;
        this.shell.attempt(() => this.shell.change({
            hide: 'own', own: filterOwn.parse(own.join(' ')), at: 0}));
    }

    async show(state) {
        const engine = await this.shell.engine();
        engine.stop();
        await this.playing;
        const {at, pair, ...rest} = state;
        const key = JSON.stringify([rest, this.version]);
        if (key !== this.opened) await this.open(engine, state, key);
        else if (at < this.taken()) {
            await engine.restart();
            this.clear();
        }
        await this.reach(engine, at, FILTER_PATIENCE);
        if (this.shell.isStale) return;
        if (this.taken() < at && !this.ended)
            this.shell.warn(`Paused at step ${this.taken()} of ${at}: press ` +
                            'Find the filter to go on.');
        this.shell.note({at: this.taken()});
        await this.drawAll(engine);
    }

    async open(engine, state, key) {
        this.opened = '';
        this.clear();
        this.empty();
        this.certainty = null;
        const x = state.input === 'file' ? this.before
            : await this.drawLeaves(engine, state.seed);
        this.demand(x, 'before, or take the leaves');
        this.drawSight(this.sights[0], x, 0);
        const size = this.size();
        this.taps = state.hide === 'file' ? null : filterTaps(state, size);
        const t = this.taps ? await this.filter(engine, x) : this.after;
        this.demand(t, 'after, or hide a filter of the list');
        this.check(x, t);
        await engine.open(this.setup(x, t));
        await engine.set('x', 0, x.levels);
        await engine.set('t', 0, t.levels);
        const {params} = await engine.describe();
        Object.assign(this, {x, t, shape: params[0].shape, opened: key});
        if (state.pair >= this.shape[0] * this.shape[1])
            this.shell.note({pair: 0});
        this.drawKeys();
    }

    // Leaves of 8 bits, as a file of them has.
    async drawLeaves(engine, seed) {
        if (this.leaves.seed !== seed) {
            await engine.open({
                net: 'conv 1 1x1', target: 'leaves', degrade: 'noise:1', seed,
                color: 'y', patch: 256, 'batch-size': 1});
            const {shape, data} = await engine.tensor('t');
            this.leaves = {
                seed, channels: 1, height: shape[2], width: shape[3],
                isArray: false, levels: filterRounded(data)};
        }
        return this.leaves;
    }

    // The picture through the hidden filter, as `--target filter:NAME` has it.
    async filter(engine, x) {
        const {rounded} = this.shell.state;
        const [batch, channels] = this.split(x.channels);
        const size = this.size();
        await engine.open({
            net: `conv ${channels} ${size}x${size} padding=same ` +
                `groups=${channels} bias=no`,
            input: 'given', target: 'zeros', batch, channels,
            height: x.height, width: x.width});
        await engine.set('x', 0, x.levels);
        await engine.set('param', 0, Array(channels).fill(this.taps).flat());
        await engine.forward();
        const {data} = await engine.tensor('y');
        return {...x, isArray: !rounded,
                levels: rounded ? filterRounded(data) : data};
    }

    // Samples and channels: each channel a sample where one kernel is for all.
    split(channels) {
        return this.shell.state.share ? [channels, 1] : [1, channels];
    }

    demand(of, which) {
        if (!of)
            throw new EngineError('A link keeps no pictures: open the ' +
                                  `picture ${which}.`);
    }

    check(x, t) {
        const words = ({width, height}) => `${width} x ${height}`;
        if (x.height !== t.height || x.width !== t.width)
            throw new EngineError(`The picture before has ${words(x)} ` +
                `pixels, and the one after ${words(t)}: both must be ` +
                'equally large; open the other one, too.');
        if (Math.min(x.height, x.width) < this.size())
            throw new EngineError(`Pictures of ${words(x)} pixels are ` +
                `smaller than a kernel of ${this.size()} x ${this.size()}.`);
        if (this.shell.state.share && x.channels !== t.channels)
            throw new EngineError('One kernel for all channels needs as ' +
                'many channels after as before.');
    }

    setup(x, t) {
        const {optimizer} = this.shell.state;
        const size = this.size();
        const [batch, channels] = this.split(x.channels);
        return {
            net: `conv ${this.split(t.channels)[1]} ${size}x${size} ` +
                'padding=same',
            input: 'given', target: 'given', batch, channels,
            height: x.height, width: x.width, steps: FILTER_STEPS, optimizer,
            lr: 'auto', momentum: optimizer === 'sgd' ? 0.9 : undefined,
            whiten: true, reduction: 'mean', region: 'valid', init: 'zeros',
            'mask-clipped': !t.isArray,
        };
    }

    // Steps on to `at`, for so many milliseconds at most.
    async reach(engine, at, patience = Infinity) {
        const begin = performance.now();
        let drawn = begin;
        await engine.play({most: at, each: async ({losses, ended}) => {
            for (const loss of losses) this.losses.push(loss);
            this.ended = ended > 1 ? ended : 0;
            const now = performance.now();
            if (this.shell.isStale || now - begin > patience) engine.stop();
            await this.drawKernels(engine);
            this.drawLosses();
            this.status.textContent = `Step ${this.taken()}.`;
            if (now - drawn < FILTER_PAUSE) return;
            await engine.forward();
            await this.drawPrediction(engine);
            drawn = performance.now();
        }});
    }

    // Until it is found, or told to stop.
    async find() {
        const engine = await this.shell.toPlay();
        if (!engine) return;
        this.findButton.textContent = 'Pause';
        this.playing = this.reach(engine, FILTER_STEPS).finally(() => {
            this.playing = null;
            this.findButton.textContent = 'Find the filter';
        });
        await this.playing;
        if (this.shell.isStale) return;
        this.shell.note({at: this.taken()});
        await this.drawAll(engine);
        this.shell.say(`${this.status.textContent} ${this.off.textContent}`);
    }

    async advance() {
        await this.shell.change({
            at: Math.min(FILTER_STEPS, this.taken() + 1)});
        this.shell.say(this.status.textContent);
    }

    async openFile(which, bytes, name) {
        const opened = await filterOpen(await this.shell.engine(), bytes,
                                        name);
        this[which] = opened;
        this.version = freshId('files');
        // The others do not stop where 8 bits let them come no further.
        await this.shell.change({
            [which === 'before' ? 'input' : 'hide']: 'file',
            optimizer: 'cg', at: 0});
    }

    // Nothing to show yet.
    empty() {
        this.status.textContent = this.off.textContent =
            this.sure.textContent = '';
        this.plot.draw({});
        this.list.textContent = 'none yet';
        this.kernels.replaceChildren();
        this.saves.replaceChildren();
        this.found.setSize(0, 0);
        this.hidden.setSize(0, 0);
        for (const {canvas, key} of this.sights) {
            canvas.width = canvas.height = 1;
            key.replaceChildren();
        }
    }

    // What stays as it is while it learns.
    drawKeys() {
        const {x, t, sights: [, after]} = this;
        this.scale = largest(this.taps || [1]);
        this.low = t.levels.every(level => level > -0.01 && level < 1.01) ? 0
            : -largest(t.levels);
        this.hiddenPart.hidden = !this.taps;
        this.drawSight(after, t, this.low);
        this.found.setSize(this.size(), this.size());
        this.pair.hidden = this.shape[0] * this.shape[1] === 1;
        const side = this.taps ? this.size() : 0;
        this.hidden.setSize(side, side);
        const {hide, rounded} = this.shell.state;
        this.files = [x.isArray ? 'before.npy' : 'before.png',
                      t.isArray ? 'after.npy' : 'after.png'];
        this.names = [this.files[0], FILTER_BANK[hide] && !rounded
            ? `filter:${hide}` : this.files[1]];
        this.saves.replaceChildren('The command, or the Python, reads ',
            ...[x, t].map((of, i) => {
                const name = this.files[i];
                return this.shell.button(`Save ${name}`, async () => {
                    const engine = await this.shell.engine();
                    this.shell.saveFile(name, of.isArray
                        ? await engine.save('xt'[i], 0)
                        : await pngOfLevels(of));
                });
            }));
    }

    // Levels from `low` to 1, or to -low.
    drawSight(sight, of, low) {
        const levels = low ? of.levels.map(level => (1 - level / low) / 2)
            : of.levels;
        this.paint(sight, levelImage({...of, levels}));
        sight.key.replaceChildren(low
            ? legend(0, [short(low, 3), short(-low, 3)]) : '');
    }

    paint({canvas}, image) {
        canvas.width = image.width;
        canvas.height = image.height;
        canvas.getContext('2d').putImageData(image, 0, 0);
    }

    async drawAll(engine) {
        const {state} = this.shell;
        await engine.run();
        const loss = await engine.loss();
        await this.drawKernels(engine);
        await this.drawPrediction(engine);
        this.drawLosses();
        const count = this.taken();
        this.status.textContent = !count
            ? 'No step is taken yet: the kernel is 0.'
            : `After ${count} ${count > 1 ? 'steps' : 'step'} the loss is ` +
              `${short(loss)}, the PSNR ${filterDecibels(loss)}.` +
              (FILTER_ENDS[this.ended] || '');
        this.shell.command(...filterCommand(state, ...this.names));
        this.shell.numpy(filterTwin({
            size: this.size(), share: state.share, clips: !this.t.isArray,
            files: this.files}), 'The same kernel in NumPy, at once');
        if (count) this.judging = this.shell.attempt(() =>
            this.drawCertainty(engine));
    }

    async drawKernels(engine) {
        const [{data}, bias] = [await engine.tensor('param', 0),
                                await engine.tensor('param', 1)];
        this.weights = data;
        const size = this.size();
        const [kernels, channels] = this.shape;
        if (!this.taps) this.scale = largest(data);
        const pairs = [];
        for (let pair = 0; pair < kernels * channels; pair++)
            pairs.push(this.drawKernel(pair, size, channels));
        this.kernels.replaceChildren(...pairs, legend(this.scale));
        this.found.refresh();
        this.hidden.refresh();
        this.drawOff(data, bias.data);
    }

    drawKernel(pair, size, channels) {
        const words = this.shape[0] * channels === 1 ? 'the kernel'
            : `kernel ${Math.floor(pair / channels)}, channel ` +
              `${pair % channels}`;
        const part = this.weights.subarray(pair * size ** 2,
                                           (pair + 1) * size ** 2);
        return el('figure', {}, picture({
            height: size, width: size, data: part, scale: this.scale,
            zoom: Math.floor(110 / size), alt: words}),
            el('figcaption', {}, words));
    }

    // How far the kernels are from what is hidden.
    drawOff(weights, bias) {
        const [, channels] = this.shape;
        const count = this.size() ** 2;
        let most = 0;
        weights.forEach((weight, i) => {
            const pair = Math.floor(i / count);
            const truth = this.taps && pair % channels ===
                Math.floor(pair / channels) ? this.taps[i % count] : 0;
            most = Math.max(most, Math.abs(weight - truth));
        });
        const words = `Bias ${Array.from(bias, one => short(one)).join(', ')}.`;
        this.off.textContent = this.taps ? 'The largest difference from the ' +
            `hidden filter is ${short(most, 3)}. ${words}` : words;
    }

    async drawPrediction(engine) {
        const {data} = await engine.tensor('y');
        const {t, sights: [, , prediction, difference]} = this;
        this.y = {...t, levels: data};
        this.drawSight(prediction, this.y, this.low);
        const scale = filterLargest(t, (this.size() - 1) / 2, data, t.levels);
        this.paint(difference,
                   filterDifference(t, data, t.levels, scale));
        difference.key.replaceChildren(legend(scale));
    }

    drawLosses() {
        this.plot.draw({series: [{name: 'PSNR', points: this.losses.map(
            (loss, step) => [step, -10 * Math.log10(loss)])}]});
        this.list.textContent = this.losses.map((loss, step) =>
            `step:${step},loss:${printed(loss)}`).join('\n') || 'none yet';
    }

    // Can these pictures tell the filter? By the rule of the program.
    async drawCertainty(engine) {
        const {opened} = this;
        this.certainty = this.certainty || await engine.identify();
        if (opened !== this.opened) return;
        const {condition, error, isLost} = this.certainty;
        const words = `the condition number of its windows is ` +
            `${short(condition, 2)}, and rounding the picture after to 8 ` +
            `bits may move a weight by ${short(error, 2)}`;
        this.sure.classList.toggle('bad', isLost);
        this.sure.textContent = isLost
            ? 'The picture before has too little detail to tell which ' +
              `kernel was applied: ${words}. Take a smaller kernel or ` +
              'another picture.'
            : `This picture can tell: ${words} (in 99 of 100 cases, no ` +
              'weight by more).';
    }

    build() {
        return el('div', {class: 'filter'},
            el('p', {class: 'intro'}, 'A filter has turned the picture ' +
                'before into the picture after. Which one? A kernel of zeros ' +
                'learns it from the two pictures alone. ',
                el('b', {}, 'Press Find the filter; then hide another one, ' +
                   'or open two pictures of your own.'),
                ' They stay on this machine.'),
            this.controls(),
            el('div', {class: 'halves'},
               el('div', {}, this.kernelPart(), this.settings()),
               el('div', {}, this.picturePart(), this.lossPart())));
    }

    controls() {
        const {shell} = this;
        this.findButton = shell.button('Find the filter', () => this.find(),
                                       {class: 'first'});
        return el('div', {class: 'controls'},
            el('div', {class: 'buttons', role: 'group', 'aria-label': 'steps'},
               shell.field('hide', 'the hidden filter'), this.findButton,
               shell.button('Step', () => this.advance()),
               shell.button('Back to the start', () =>
                   shell.change({at: 0}))),
            this.status, shell.warning);
    }

    kernelPart() {
        const saves = [
            ['kernel.npy', engine => engine.save('param', 0)],
            ['model.safetensors', engine => engine.save('model', 0)],
            ['model.onnx', engine => engine.save('onnx', 0)],
            ['prediction.png', () => pngOfLevels({...this.y,
                levels: filterRounded(this.y.levels)})]];
        return el('div', {class: 'card'},
            el('h3', {}, 'The kernel'), this.kernels,
            el('div', {class: 'pair'},
               el('figure', {}, el('figcaption', {}, 'Found'),
                  el('div', {class: 'scroll'}, this.found.element)),
               this.hiddenPart),
            this.off, this.sure,
            el('div', {class: 'buttons'}, ...saves.map(([name, make]) =>
                this.shell.button(`Save ${name}`, async () => {
                    if (!this.opened) throw new EngineError('Nothing is ' +
                        'found yet.');
                    this.shell.saveFile(name,
                        await make(await this.shell.engine()));
                }))));
    }

    picturePart() {
        const types = 'image/*,.npy';
        const open = (label, which) => this.shell.openFile(label, types,
            (bytes, name) => this.openFile(which, bytes, name));
        return el('div', {class: 'card'},
            el('h3', {}, 'The pictures'),
            el('div', {class: 'buttons'},
               open('Open the picture before', 'before'),
               open('Open the picture after', 'after'),
               this.shell.button('Draw other leaves', () => {
                   const {hide, seed} = this.shell.state;
                   return this.shell.change({
                       input: 'leaves', seed: (seed + 1) % 4294967296, at: 0,
                       hide: hide === 'file' ? 'gaussian' : hide});
               })),
            el('div', {class: 'sights'},
               ...this.sights.map(({element}) => element)),
            this.saves);
    }

    lossPart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'How near the prediction comes'),
            this.plot.element,
            el('details', {}, el('summary', {}, 'As the program prints it'),
               this.list));
    }

    settings() {
        const field = (name, label) => this.shell.field(name, label || name);
        this.pair = field('pair', 'kernel in sight');
        return el('details', {class: 'card settings', open: true},
            el('summary', {}, 'How it is looked for'),
            el('div', {class: 'fields'},
               field('input', 'the picture before'),
               field('kernel-size', 'kernel size'), field('optimizer'),
               field('rounded', 'the picture after in 8 bits'),
               field('share', 'one kernel for all channels'), this.pair));
    }
}

addRoom('filter', filterFields, FilterRoom);
