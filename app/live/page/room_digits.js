// room_digits.js - room 4: a small classifier learns digits, and says of any
// drawing what it makes of it.

const DIGITS_COUNT = 1797;

const DIGITS_SAMPLE = /^(\d{1,3}|1[0-6]\d\d|17[0-8]\d|179[0-6])?$/;

// Thumbnails that are shown of a cell of the table.
const DIGITS_THUMBS = 24;

// A link's steps, which nobody has asked for here, may take so many
// milliseconds.
const DIGITS_PATIENCE = 60000;

// Milliseconds between two drawings while it trains, at least.
const DIGITS_PAUSE = 150;

// A drawing to begin with.
const DIGITS_EXAMPLE = 'KGQDYEcIcNYRRTaVeagfdlXpPpJl';

const digitsFields = {
    at: whole(45, 0, 1e6),
    epochs: whole(12, 1, 1000),
    seed: whole(0, 0, 4294967295),
    net: text(DIGITS_NET, 300),
    lr: decimal(0.003, 1e-9, 1000),
    optimizer: choice('adam', ['adam', 'sgd']),
    'lr-schedule': choice('cosine', ['cosine', 'linear', 'constant']),
    shift: whole(1, 0, 3),
    'batch-size': whole(32, 1, 512),
    'hold-out': choice('last:360', ['last:360', 'every:5']),
    ink: text(DIGITS_EXAMPLE, DIGITS_INK_MOST, DIGITS_INK, DIGITS_INK_WORDS),
    sample: text('', 4, DIGITS_SAMPLE, 'the number of a sample, 0 to 1796'),
    cell: text('', 3, /^([0-9],[0-9])?$/, 'two digits, as 4,9'),
    class: choice('answer', ['answer', ...'0123456789']),
};

// What a run has come to: of each step its loss, of some steps how well the
// net did then.
const digitsRun = () => ({losses: [], epochs: [], tests: []});

class DigitsRoom {
    constructor(shell) {
        this.shell = shell;
        Object.assign(this, {opened: '', run: null, file: null, picture: null,
                             looking: null, lookAgain: false, thumbs: '',
                             labels: [], known: new Map(), isDrawing: false,
                             isTraining: false, pause: DIGITS_PAUSE});
        this.view = new DigitsLook(shell);
        this.pad = new DigitsPad((ink, isWhole) => this.drew(ink, isWhole),
                                 words => shell.say(words));
        this.loss = linePlot({label: 'the loss over the epochs', x: 'epoch',
                              y: 'loss', height: 190});
        this.accuracy = linePlot({label: 'right answers over the epochs',
                                  x: 'epoch', y: '% right', height: 170});
        this.status = el('p', {class: 'status'});
        this.lines = el('pre', {class: 'losses', tabindex: 0, 'aria-label':
            'losses and epochs, as the program prints them'});
        this.cellTitle = el('h4');
        this.cellList = el('div', {class: 'thumbs'});
        this.choices = el('div', {class: 'thumbs ten', role: 'group',
                                  'aria-label': 'digits that others wrote'});
        this.applyLine = el('code');
        this.source = el('p', {class: 'note'});
        this.grid = this.makeGrid();
    }

    makeGrid() {
        const count = (i, j) => this.lastTest()?.confusion[i]?.[j] || 0;
        return gridTable({
            rows: 10, columns: 10, digits: 0,
            label: 'how many of each digit are taken for which',
            value: (i, j) => count(i, j) || '·',
            scale: () => largest(this.lastTest()?.confusion.flat() || []),
            choose: (i, j) => this.chooseCell(`${i},${j}`),
            mark: (i, j) => this.shell.state.cell === `${i},${j}`
                ? {name: 'chosen', words: ''}
                : i !== j && count(i, j) ? {name: 'miss', words: 'wrong'}
                : null,
        });
    }

    lastTest() {
        return this.run ? this.run.tests[this.run.tests.length - 1] : null;
    }

    taken() {
        return this.run.losses.length;
    }

    async show(state) {
        const engine = await this.shell.engine();
        engine.stop();
        this.pad.set(state.sample === '' ? state.ink : '');
        await this.prepare(engine, state);
        await this.train(engine, Math.min(state.at, this.of.steps),
                         DIGITS_PATIENCE);
        this.shell.mark('convlet:losses');
    }

    // The run of these settings, no further than the state says.
    async prepare(engine, state) {
        const settings = digitsSettings(state);
        const key = JSON.stringify(settings);
        if (key !== this.opened) await this.open(engine, settings, key);
        else if (state.at < this.taken()) {
            await engine.restart();
            this.run = digitsRun();
        }
        this.shell.command(...digitsCommand(digitsFields, state));
        this.shell.numpy(digitsTwin(state, this.of), 'The same in PyTorch');
    }

    async open(engine, settings, key) {
        this.opened = '';
        this.run = null;
        this.status.textContent = 'No net is there.';
        this.view.setOld(true);
        this.grid.refresh();
        await engine.open(settings);
        this.of = await engine.describe();
        this.run = digitsRun();
        const isFirst = !this.labels.length;
        this.labels = [...(await engine.tensor('labels')).data];
        this.opened = key;
        if (isFirst) await this.fillChoices(engine);
    }

    // Steps up to step `to`, or until told to stop, or another state waits, or
    // for so many milliseconds.
    async train(engine, to, patience = Infinity) {
        const {run, of} = this;
        const end = performance.now() + patience;
        const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
        if (!run.tests.length) await this.test(engine, run);
        this.setPlaying(to > run.losses.length);
        try {
            await engine.play({
                most: to, time: isCalm ? 1000 : 100,
                pace: taken => of.per_epoch - taken % of.per_epoch,
                each: async chunk => {
                    const isLate = performance.now() > end;
                    if (this.shell.isStale || isLate) engine.stop();
                    await this.trained(engine, run, chunk);
                },
            });
        } finally {
            this.setPlaying(false);
        }
        if (run !== this.run || this.shell.isStale) return;
        if (this.lastTest().step < this.taken()) await this.test(engine, run);
        this.shell.note({at: this.taken()});
        this.draw();
        await this.look();
        this.advise();
        if (performance.now() > end && this.taken() < to)
            this.shell.warn(`Paused at step ${this.taken()} of ${to}: press ` +
                            'Play to go on.');
    }

    async trained(engine, run, {losses, taken}) {
        if (run !== this.run) return;
        run.losses.push(...losses);
        if (taken % this.of.per_epoch === 0) await this.test(engine, run);
        if (run === this.run) this.drawSoon();
    }

    // While it trains: now and then, so that most of the time is its own.
    drawSoon() {
        if (this.isDrawing) return;
        this.isDrawing = true;
        const {run} = this;
        setTimeout(() => this.shell.attempt(async () => {
            const start = performance.now();
            this.isDrawing = false;
            if (!this.isTraining || run !== this.run) return;
            this.shell.note({at: this.taken()});
            this.draw();
            await this.look();
            this.pause = Math.max(DIGITS_PAUSE,
                                  3 * (performance.now() - start));
        }), this.pause);
    }

    // How well it does now on what is held out.
    async test(engine, run) {
        const step = run.losses.length;
        const [, report] = await Promise.all([engine.evaluate(true),
                                              engine.report()]);
        if (run !== this.run) return;
        report.loss = Number(report.loss);
        run.tests.push({step, ...report});
        if (step && step % this.of.per_epoch === 0 && report.epoch)
            run.epochs.push({...report.epoch, heldLoss: report.loss,
                             heldAccuracy: report.right / report.count});
    }

    draw() {
        this.drawStatus();
        this.drawPlots();
        this.lines.textContent = digitsLines(this.run, this.of).join('\n') ||
            'nothing yet';
        this.grid.refresh();
        this.drawCell();
    }

    drawStatus() {
        const {per_epoch: round, steps} = this.of;
        const {losses, tests} = this.run;
        const {right, count} = this.lastTest();
        const enough = tests.find(test => test.right >= 0.95 * test.count);
        const epoch = Math.floor(losses.length / round);
        const result = `${right} of ${count} held-out digits right ` +
            `(${digitsPercent(right / count)})`;
        this.status.textContent = !losses.length
            ? `It has learned nothing yet: ${result}.`
            : `Step ${losses.length} of ${steps}, ${epoch} ` +
              `${epoch === 1 ? 'epoch' : 'epochs'} done: loss ` +
              `${short(losses[losses.length - 1])}, ${result}.` +
              (enough ? ` It reached 95 % after step ${enough.step}.` : '');
    }

    drawPlots() {
        const {losses, tests, epochs} = this.run;
        const {per_epoch: round} = this.of;
        const at = step => step / round;
        this.loss.draw({log: true, series: [
            {name: 'training', points: losses.map((loss, i) =>
                [at(i + 1), loss])},
            {name: 'held out', points: tests.map(({step, loss}) =>
                [at(step), loss])}]});
        this.accuracy.draw({series: [
            {name: 'held out', points: tests.map(({step, right, count}) =>
                [at(step), 100 * right / count])},
            {name: 'training', points: epochs.map(({accuracy}, i) =>
                [i + 1, 100 * accuracy])}]});
    }

    // The chosen cell's digits, or the surest mistakes.
    drawCell() {
        const {cell} = this.shell.state;
        const {answers} = this.lastTest();
        const [i, j] = cell.split(',').map(Number);
        const found = answers.filter(([, truth, answer]) => cell
            ? truth === i && answer === j : truth !== answer);
        found.sort((a, b) => b[3] - a[3] || a[0] - b[0]);
        const first = found.slice(0, DIGITS_THUMBS);
        this.cellTitle.textContent = (cell
            ? `${i} taken for ${j}: ${found.length}`
            : `All ${found.length} mistakes, the surest first`) +
            (found.length > first.length ? `, of which ${first.length}` : '');
        const key = JSON.stringify(first);
        if (key === this.thumbs) return;
        this.thumbs = key;
        this.cellList.replaceChildren(...first.map(answer =>
            this.thumb(...answer)));
    }

    // A button that shows a sample, and leads to it.
    thumb(sample, truth, answer = null, p = null) {
        const canvas = el('canvas', {'aria-hidden': 'true'});
        const words = answer === null ? String(truth)
            : `${answer} ${digitsPercent(p, 2)}`;
        this.pixels(sample).then(({data}) => drawPicture(canvas, {
            height: 8, width: 8, data, zoom: 5}));
        const label = `sample ${sample}, a ${truth}` + (answer === null ? ''
            : ` taken for ${answer}, ${digitsPercent(p, 2)}`);
        return this.shell.button([canvas, words],
                                 () => this.chooseSample(sample),
                                 {class: 'thumb', 'aria-label': label});
    }

    // Of a sample, asked for once.
    pixels(sample) {
        if (!this.known.has(sample))
            this.known.set(sample, this.shell.engine().then(engine =>
                engine.tensor('sample', sample)));
        return this.known.get(sample);
    }

    // One of each digit, written by those who are held out.
    async fillChoices() {
        const first = DIGITS_COUNT - DIGITS_HELD;
        const samples = Array.from({length: 10}, (_, digit) =>
            this.labels.indexOf(digit, first));
        this.choices.replaceChildren(...samples.map((sample, digit) =>
            this.thumb(sample, digit)));
    }

    async chooseSample(sample) {
        this.picture = null;
        this.pad.clear();
        this.shell.note({ink: '', sample: String(sample)});
        await this.look();
        this.shell.say(this.view.answer.textContent);
    }

    async chooseCell(cell) {
        this.shell.note({cell: this.shell.state.cell === cell ? '' : cell});
        this.grid.refresh();
        this.drawCell();
    }

    drew(ink, isWhole) {
        this.picture = null;
        this.shell.note({ink, sample: ''});
        this.shell.attempt(async () => {
            await this.look();
            if (isWhole && ink) this.shell.say(this.view.answer.textContent);
        });
    }

    // Looks at what there is, now or once the look that is under way is done.
    look() {
        this.lookAgain = true;
        this.looking = this.looking || this.lookOn().finally(() => {
            this.looking = null;
        });
        return this.looking;
    }

    async lookOn() {
        while (this.lookAgain) {
            this.lookAgain = false;
            await this.lookOnce();
        }
    }

    async lookOnce() {
        if (!this.file && !this.opened) return;
        const {ink} = this.pad, {sample} = this.shell.state;
        const engine = this.file ? this.file.engine
            : await this.shell.engine();
        const of = this.file ? this.file.of : this.of;
        const isSample = !ink && !this.picture && sample !== '';
        const picture = ink ? this.pad.picture : this.picture;
        if (isSample) await this.lookAtSample(engine, Number(sample));
        else if (picture) await engine.look(picture);
        this.drawSource(picture, sample);
        await this.view.takeKernels(engine, of);
        if (!picture && !isSample) {
            this.pad.show(null);
            this.view.nothing('Draw a digit, or take one that somebody wrote.');
            return;
        }
        await this.view.take(engine, of, this.shell.state.class);
        this.view.drawAnswer(isSample ? String(this.labels[sample]) : null);
    }

    // A model from a file knows no samples, but their pixels.
    async lookAtSample(engine, sample) {
        const {data} = await this.pixels(sample);
        const square = {channels: 1, height: 8, width: 8};
        this.pad.show({...square, levels: data.map(level => 1 - level)});
        if (this.file) await engine.look({...square, levels: data});
        else await engine.lookAt(sample);
    }

    // What it is, and what the program is told of it.
    drawSource(picture, sample) {
        const {picture: file} = this;
        const name = file ? file.name : picture ? 'digit.png' : 'sample.npy';
        const model = this.file ? this.file.name : 'digits.safetensors';
        this.source.textContent = file
            ? `${quoted(file.name)}, ${file.width} × ${file.height} pixels.`
            : picture || sample === '' ? ''
            : `Sample ${sample} of the set, which is ` +
              (this.isHeld(Number(sample)) ? 'held out.' : 'trained on.');
        this.applyLine.textContent = ['convlet', 'apply', '--model', model,
            name].map(quoteWord).join(' ');
    }

    isHeld(sample) {
        return this.shell.state['hold-out'] === 'every:5' ? sample % 5 === 4
            : sample >= DIGITS_COUNT - DIGITS_HELD;
    }

    advise() {
        const last = this.run.losses[this.taken() - 1];
        if (last === undefined || Number.isFinite(last)) return;
        this.shell.warnOfLoss(this.taken() - 1);
    }

    // Until told to stop; once all steps are taken, from the start again.
    async play() {
        const engine = await this.shell.toPlay();
        if (!engine) return;
        if (this.taken() === this.of.steps) await this.restart();
        await this.train(engine, this.of.steps);
        this.shell.say(this.status.textContent);
    }

    setPlaying(isPlaying) {
        this.isTraining = isPlaying;
        this.playButton.textContent = isPlaying ? 'Pause' : 'Play';
    }

    // So many steps on; `toEnd`: to the end of the epoch.
    async advance(count, toEnd = false) {
        const engine = await this.shell.engine();
        engine.stop();
        await this.shell.showing;
        if (!this.opened) return;
        const {per_epoch: round, steps} = this.of;
        const to = toEnd ? (Math.floor(this.taken() / round) + 1) * round
            : this.taken() + count;
        await this.shell.change({at: Math.min(to, steps)});
        this.shell.say(this.status.textContent);
    }

    async restart() {
        await this.shell.change({at: 0});
        this.shell.say(this.status.textContent);
    }

    async saveModel(what, name) {
        const engine = await this.shell.engine();
        this.shell.saveFile(name, await engine.save(what, 0));
    }

    // What is looked at: the drawing as a PNG, a sample as an array.
    async savePicture() {
        const {ink} = this.pad, {sample} = this.shell.state;
        const engine = await this.shell.engine();
        if (ink)
            this.shell.saveFile('digit.png',
                                await pngOfLevels(this.pad.picture));
        else if (sample !== '')
            this.shell.saveFile('sample.npy',
                                await engine.save('sample', Number(sample)));
        else this.shell.warn(this.picture ? 'This picture is a file already.'
            : 'There is nothing on the paper yet: draw a digit.');
    }

    async openPicture(bytes, name) {
        const picture = {name, ...await readPicture(bytes, name)};
        this.pad.clear();
        this.picture = picture;
        this.pad.show(picture);
        await this.look();
        this.shell.say(this.view.answer.textContent);
    }

    // A model of the program: it answers instead of the net that is trained.
    async openModel(bytes, name) {
        const engine = await makeEngine();
        try {
            await engine.load(bytes);
            const of = await engine.describe();
            if (!of.classes.length)
                throw new EngineError(`${quoted(name)} tells no classes ` +
                    'apart; open a model that was trained on labels');
            if (this.file) this.file.engine.worker.terminate();
            this.file = {engine, of, name};
        } catch (error) {
            engine.worker.terminate();
            throw error;
        }
        this.drawFile();
        await this.look();
    }

    async closeModel() {
        this.file.engine.worker.terminate();
        this.file = null;
        this.drawFile();
        await this.look();
    }

    drawFile() {
        this.fileNote.hidden = this.closeButton.hidden = !this.file;
        this.fileNote.textContent = this.file
            ? `${quoted(this.file.name)} answers, ${this.file.of.spec}: not ` +
              'the net that is trained here.' : '';
    }

    build() {
        return el('div', {class: 'digits'},
            el('p', {class: 'intro'}, 'A small net sees digits that people ' +
                'wrote, 8 × 8 pixels each, and learns to tell them apart. ' +
                'Some are held out: by them it is tested, and never learns ' +
                'from them. ', el('b', {}, 'Press Play and watch the wrong ' +
                'answers leave the table; then draw a digit of your own.')),
            this.controls(),
            el('div', {class: 'halves'},
               el('div', {}, this.drawPart(), ...this.view.build()),
               el('div', {}, this.testPart(), this.plotPart(),
                  this.view.buildKernels(), this.modelPart())),
            this.view.buildLayers(), this.settings());
    }

    controls() {
        const {shell} = this;
        this.playButton = shell.button('Play', () => this.play(),
                                       {class: 'first'});
        return el('div', {class: 'controls'},
            el('div', {class: 'buttons', role: 'group', 'aria-label': 'steps'},
               this.playButton, shell.button('Step', () => this.advance(1)),
               shell.button('One epoch', () => this.advance(0, true)),
               shell.button('Back to the start', () => this.restart())),
            this.status, shell.warning);
    }

    drawPart() {
        const {shell, pad} = this;
        return el('div', {class: 'card'},
            el('h3', {}, 'Draw a digit'),
            el('div', {class: 'drawing'}, pad.element, el('div', {},
               el('p', {class: 'note'}, 'With the mouse, a pen or a finger. ' +
                  'With keys: arrows move the pen, with Shift a little; ' +
                  'space puts it down, and lifts it.'),
               el('div', {class: 'buttons'},
                  shell.button('Undo', () => pad.undo()),
                  shell.button('Clear', () => pad.clear()),
                  shell.openFile('Open a picture', 'image/*',
                                 (...file) => this.openPicture(...file)),
                  shell.button('Save the picture',
                               () => this.savePicture())))),
            this.view.answer,
            el('h4', {}, 'Or take one that somebody wrote'), this.choices,
            this.source,
            el('p', {class: 'note'}, 'The program says the same of the saved ' +
                'model and picture:'),
            el('pre', {tabindex: 0, 'aria-label': 'command for the picture'},
               this.applyLine));
    }

    testPart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'Which digit it takes for which'),
            el('p', {class: 'note'}, 'A row for what a held-out digit is, a ' +
                'column for what it is taken for: framed are mistakes. ' +
                'Choose a number to see its digits.'),
            el('div', {class: 'scroll confusion'}, this.grid.element),
            this.cellTitle, this.cellList);
    }

    plotPart() {
        const key = (name, words) => el('span', {class: name}, words);
        return el('div', {class: 'card'},
            el('h3', {}, 'Loss and right answers'),
            this.loss.element,
            el('p', {class: 'note'}, key('key', 'each step'), ', ',
               key('key second', 'the held-out digits')),
            this.accuracy.element,
            el('p', {class: 'note'}, key('key', 'the held-out digits'), ', ',
               key('key second', 'those of the epoch, as they went by')),
            el('details', {}, el('summary', {}, 'As the program prints it'),
               this.lines));
    }

    modelPart() {
        const {shell} = this;
        this.fileNote = el('p', {class: 'note', hidden: true});
        this.closeButton = shell.button('Back to the net of this room',
                                        () => this.closeModel());
        this.closeButton.hidden = true;
        return el('div', {class: 'card'},
            el('h3', {}, 'The model as a file'),
            el('div', {class: 'buttons'},
               shell.button('Save the model', () =>
                   this.saveModel('model', 'digits.safetensors')),
               shell.button('Save it as ONNX', () =>
                   this.saveModel('onnx', 'digits.onnx')),
               shell.openFile('Open a model', '.safetensors',
                              (...file) => this.openModel(...file)),
               this.closeButton),
            this.fileNote);
    }

    settings() {
        const field = name => this.shell.field(name, name.replace('-', ' '));
        return el('details', {class: 'card settings', open: true},
            el('summary', {}, 'What is trained, and how'),
            field('net'),
            el('div', {class: 'fields'},
               ...['epochs', 'optimizer', 'lr', 'lr-schedule', 'shift',
                   'batch-size', 'hold-out', 'seed'].map(field)));
    }
}

addRoom('digits', digitsFields, DigitsRoom);
