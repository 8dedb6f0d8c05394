// room_denoise.js - room 5: a small net learns on drawn leaves to take noise
// off pictures, and is seen on a scene and on one's own photo.

// Of the program's preset `denoise`.
const DENOISE_NET = 'conv 48 4x4 stride=2 padding=1, relu, ' +
    'conv 48 3x3 padding=same, relu, conv 48 3x3 padding=same, relu, ' +
    'conv 12 3x3 padding=same, shuffle 2';

// Steps between two looks at the scene, and at the patches.
const DENOISE_EVERY = 100, DENOISE_PATCHES = 20;

// Operations of a step, or of a photo, that are too many.
const DENOISE_STEP = 2e10, DENOISE_PHOTO = 4e11;

// A link's steps, which nobody has asked for here, may take so many
// milliseconds.
const DENOISE_PATIENCE = 5000;

// A larger photo is cut to the middle, of so many pixels at most.
const DENOISE_PIXELS = 1500000;

// Rows of patches that are drawn, and points of the curve.
const DENOISE_ROWS = 4, DENOISE_POINTS = 500;

const DENOISE_NOT_FINITE = 4;

const denoiseFields = {
    at: whole(0, 0, 24000),
    steps: whole(1000, 1, 24000),
    noise: whole(25, 1, 100),
    seed: whole(0, 0, 4294967295),
    lr: decimal(0.001, 1e-9, 10),
    'lr-warmup': whole(100, 0, 24000),
    patch: whole(32, 8, 128),
    'batch-size': whole(9, 1, 64),
    net: text(DENOISE_NET, 300),
    left: choice('with noise', ['with noise', 'the clean one']),
    add: flag(true),
    deviation: whole(25, 1, 100),
};

// Which of them are flags of `convlet train --preset denoise`, as they are.
const DENOISE_FLAGS = ['seed', 'lr', 'lr-warmup', 'patch', 'batch-size', 'net'];

function denoiseSettings(state) {
    const settings = {
        target: 'leaves', degrade: `noise:${state.noise}`, color: 'rgb',
        residual: true, steps: state.steps, optimizer: 'adam',
        'lr-schedule': 'cosine', reduction: 'mean', init: 'kaiming',
    };
    for (const name of DENOISE_FLAGS) settings[name] = state[name];
    return settings;
}

// The words that print the same losses, and at the end the same PSNR.
function denoiseCommand(state) {
    const words = ['convlet', 'train', '--preset', 'denoise', '--isa', 'base',
                   '--steps', String(state.steps), '--log-every',
                   String(DENOISE_EVERY), '--validation', 'assets/scene.png'];
    if (state.noise !== denoiseFields.noise.initial)
        words.push('--degrade', `noise:${state.noise}`);
    for (const name of DENOISE_FLAGS)
        if (state[name] !== denoiseFields[name].initial)
            words.push('--' + name, String(state[name]));
    return words;
}

const denoiseDecibels = psnr => `${psnr.toFixed(2)} dB`;

const denoiseBetter = by => Math.abs(by) < 0.005 ? 'no better'
    : `${denoiseDecibels(Math.abs(by))} ${by < 0 ? 'worse' : 'better'}`;

// 75 seconds: "1 min 15 s".
function denoiseTime(ms) {
    const seconds = Math.max(1, Math.round(ms / 1000));
    return seconds < 60 ? `${seconds} s`
        : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

// The mean of each so many losses, for a curve of a few hundred points.
function denoiseCurve(losses) {
    const size = Math.max(1, Math.ceil(losses.length / DENOISE_POINTS));
    const points = [];
    for (let from = 0; from < losses.length; from += size) {
        const part = losses.slice(from, from + size);
        const sum = part.reduce((all, loss) => all + loss, 0);
        points.push([from + (part.length >> 1), sum / part.length]);
    }
    return points;
}

class DenoiseRoom {
    constructor(shell) {
        this.shell = shell;
        Object.assign(this, {opened: '', run: null, drawn: 0});
        this.photos = new DenoisePhotos(shell, what => this.model(what));
        this.loss = linePlot({label: 'the loss over the steps', x: 'step',
                              y: 'loss', height: 180});
        this.psnr = linePlot({label: 'the PSNR on the scene over the steps',
                              x: 'step', y: 'dB', height: 210});
        this.view = new CompareView('the scene, before and after');
        this.status = el('p', {class: 'status'});
        this.verdict = el('p', {class: 'sentence'});
        this.progress = el('progress', {'aria-label': 'steps taken'});
        this.lines = el('pre', {class: 'losses', tabindex: 0, 'aria-label':
            'losses, as the program prints them'});
        this.patches = el('div', {class: 'patches'});
    }

    taken() {
        return this.run.losses.length;
    }

    async show(state) {
        const engine = await this.shell.engine();
        engine.stop();
        await this.playing;
        const settings = denoiseSettings(state);
        const key = JSON.stringify(settings);
        if (key !== this.opened) await this.open(engine, settings, key);
        else if (state.at < this.taken()) {
            await engine.restart();
            this.clear();
        }
        this.shell.command(...denoiseCommand(state));
        this.shell.numpy(denoiseTwin(this.of), 'The saved model and photo in ' +
            'PyTorch');
        if (!this.run.scenes.length) await this.measure(engine);
        const to = Math.min(state.at, state.steps);
        if (to > this.taken()) await this.train(engine, to, DENOISE_PATIENCE);
        if (this.shell.isStale) return;
        if (state.at !== this.taken()) this.shell.note({at: this.taken()});
        await this.drawAll(engine);
        await this.photos.show(state);
    }

    clear() {
        this.run = {losses: [], scenes: [], ended: 0};
    }

    async open(engine, settings, key) {
        this.opened = '';
        this.clear();
        try {
            await engine.open(settings);
            this.of = await engine.describe();
            const flops = 3 * this.of.layers.reduce((sum, layer) =>
                sum + layer.flops, 0);
            if (flops > DENOISE_STEP)
                throw new EngineError('One step of this net has ' +
                    `${short(flops, 2)} operations, which takes many ` +
                    'seconds here; choose smaller sizes');
            await this.measure(engine);
        } catch (error) {
            this.empty();
            throw error;
        }
        this.opened = key;
    }

    // The settings were refused.
    empty() {
        this.clear();
        this.status.textContent = 'Nothing is trained with these settings.';
        this.verdict.textContent = '';
        this.progress.value = 0;
        this.loss.draw({});
        this.psnr.draw({});
        this.lines.textContent = 'none yet';
        this.patches.replaceChildren();
    }

    // How well it does now on the scene, which it never learns from.
    async measure(engine) {
        const {run} = this;
        const step = run.losses.length;
        if (run.scenes[run.scenes.length - 1]?.step === step) return;
        const [nothing, blur, net] = await engine.measure();
        run.scenes.push({step, nothing, blur, net});
    }

    // Steps up to step `to`, or until told to stop, or another state waits, or
    // for so many milliseconds.
    train(engine, to, patience = Infinity) {
        this.playing = this.trainOn(engine, to, patience).finally(() => {
            this.playing = null;
            this.playButton.textContent = 'Play';
        });
        return this.playing;
    }

    async trainOn(engine, to, patience) {
        const {run} = this;
        const begin = performance.now(), first = this.taken();
        this.playButton.textContent = 'Pause';
        await engine.play({
            most: to,
            pace: taken => DENOISE_EVERY - taken % DENOISE_EVERY,
            each: async ({losses, ended}) => {
                for (const loss of losses) run.losses.push(loss);
                run.ended = ended;
                const spent = performance.now() - begin;
                this.left = spent / (this.taken() - first);
                if (this.shell.isStale || spent > patience) engine.stop();
                await this.drawSome(engine);
            },
        });
        if (this.shell.isStale) return;
        this.left = 0;
        await this.measure(engine);
        this.shell.note({at: this.taken()});
        if (this.taken() < to && performance.now() - begin > patience)
            this.shell.warn(`Paused at step ${this.taken()} of ${to}: press ` +
                            'Play to go on.');
    }

    // While it trains: the words each time, the rest now and then.
    async drawSome(engine) {
        const isWhole = this.taken() % DENOISE_EVERY === 0;
        if (isWhole) {
            await this.measure(engine);
            await this.drawScene(engine);
        }
        this.drawStatus();
        const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
        if (isWhole || (!isCalm && this.taken() % DENOISE_PATCHES === 0)) {
            this.drawPlots();
            await this.drawPatches(engine);
            this.shell.note({at: this.taken()});
        }
    }

    async drawAll(engine) {
        this.drawStatus();
        this.drawPlots();
        await this.drawScene(engine);
        await this.drawPatches(engine);
        this.advise();
    }

    drawStatus() {
        const {losses} = this.run;
        const {steps} = this.of;
        const count = losses.length;
        this.progress.max = steps;
        this.progress.value = count;
        const rest = this.left * (steps - count);
        this.status.textContent = !count
            ? `No step of ${steps} is taken yet: the net knows nothing, and ` +
              'leaves the noise where it is.'
            : `Step ${count} of ${steps}, loss ${short(losses[count - 1])}` +
              (count === steps ? ': all steps are taken.'
                  : rest ? `; about ${denoiseTime(rest)} left.` : '.');
    }

    drawPlots() {
        const {losses, scenes} = this.run;
        const {nothing, blur, net, step} = scenes[scenes.length - 1];
        this.loss.draw({log: true, series: [
            {name: 'loss', points: denoiseCurve(losses)}]});
        this.psnr.draw({
            series: [{name: 'the net', points: scenes.map(one =>
                [one.step, one.net])}],
            levels: [{y: nothing, words: 'doing nothing'},
                     {y: blur, words: 'the best blur'}]});
        this.verdict.textContent = `After ${step} ` +
            `${step === 1 ? 'step' : 'steps'}: ${denoiseDecibels(net)}; ` +
            `doing nothing ${denoiseDecibels(nothing)}, the best blur ` +
            `${denoiseDecibels(blur)}. The net is ` +
            denoiseBetter(net - nothing) + ' than doing nothing, and ' +
            (net > blur ? 'better than any blur.'
                : 'not yet as good as the best blur.');
        this.lines.textContent = this.printed().join('\n') || 'none yet';
    }

    // The program's lines of the losses.
    printed() {
        const {losses} = this.run;
        return losses.map((loss, step) => ({loss, step}))
            .filter(({step}) => step % DENOISE_EVERY === 0 ||
                step === this.of.steps - 1)
            .map(({loss, step}) => `step:${step},loss:${printed(loss)}`);
    }

    async drawScene(engine) {
        const {left} = this.shell.state;
        const [before, after] = (await Promise.all(
            [left === 'with noise' ? 'held-x' : 'held-t', 'held-y'].map(
                name => engine.tensor(name)))).map(({shape, data}) =>
            levelImage({channels: shape[1], height: shape[2],
                          width: shape[3], levels: data}));
        const {net} = this.run.scenes[this.run.scenes.length - 1];
        const alt = 'a painted scene: mountains, a lake, a red hut';
        this.view.draw(before, after, {
            words: [left, 'restored'],
            alts: [`${alt}, ${left}`,
                   `${alt}, as the net restores it, ${denoiseDecibels(net)}`]});
    }

    // The next batch: leaves, the same with noise, and what the net makes of
    // that.
    async drawPatches(engine) {
        await engine.forward();
        const [x, t, y] = await Promise.all(['x', 't', 'y'].map(name =>
            engine.tensor(name)));
        const [count, channels, height, width] = x.shape;
        const size = channels * height * width;
        const zoom = Math.max(1, Math.floor(96 / Math.max(height, width)));
        const rows = Math.min(count, DENOISE_ROWS);
        const sum = part => x.data.map((level, i) => level + part.data[i]);
        const columns = [['leaves', sum(t)], ['with noise', x.data],
                         ['restored', sum(y)]];
        if (this.patches.children.length !== columns.length)
            this.patches.replaceChildren(...columns.map(([name]) =>
                el('figure', {}, el('figcaption', {}, name),
                   ...Array.from({length: rows}, () => el('canvas',
                       {class: 'picture', role: 'img'})))));
        columns.forEach(([name, data], i) => {
            const canvases = this.patches.children[i]
                .querySelectorAll('canvas');
            canvases.forEach((canvas, n) => denoiseEnlarge(canvas,
                levelImage({channels, height, width, levels: data},
                             n * size), zoom, `patch ${n}: ${name}`));
        });
    }

    advise() {
        if (this.run.ended !== DENOISE_NOT_FINITE) return;
        this.shell.warnOfLoss(this.taken() - 1);
    }

    // Until told to stop.
    async play() {
        const engine = await this.shell.toPlay();
        if (!engine) return;
        if (this.taken() === this.of.steps)
            throw new EngineError('All steps are taken: press Back to the ' +
                'start, or set more steps, which is another run, as the ' +
                'learning rate falls to 0 over all of them.');
        await this.train(engine, this.of.steps);
        if (this.shell.isStale) return;
        await this.drawAll(engine);
        await this.photos.show(this.shell.state);
        this.shell.say(`${this.status.textContent} ` +
                       this.verdict.textContent);
    }

    async advance(count) {
        const engine = await this.shell.engine();
        engine.stop();
        await this.shell.showing;
        if (!this.opened) return;
        await this.shell.change({
            at: Math.min(this.of.steps, this.taken() + count)});
        this.shell.say(this.status.textContent);
    }

    // The model that is trained here: its bytes, as `what` says, "model" or
    // "onnx", and how it came about.
    async model(what) {
        const engine = await this.shell.engine();
        if (!this.opened) throw new EngineError('There is no net yet.');
        return {bytes: await engine.save(what, 0),
                words: `the net after ${this.taken()} of ${this.of.steps} ` +
                    'steps'};
    }

    build() {
        return el('div', {class: 'denoise'},
            el('p', {class: 'intro'}, 'A small net sees leaves that the page ' +
                'draws, with noise on them, and learns to tell the noise ' +
                'from the leaves. It has never seen a photo; yet what it ' +
                'learns holds for photos, too. ', el('b', {}, 'Press Play: ' +
                'in about a minute the right half of the scene comes clean. ' +
                'Then open a photo of your own.')),
            this.controls(),
            el('div', {class: 'halves'},
               el('div', {}, this.scenePart(), ...this.photos.build()),
               el('div', {}, this.psnrPart(), this.lossPart(),
                  this.patchPart(), this.settings())));
    }

    controls() {
        const {shell} = this;
        this.playButton = shell.button('Play', () => this.play(),
                                       {class: 'first'});
        return el('div', {class: 'controls'},
            el('div', {class: 'buttons', role: 'group', 'aria-label': 'steps'},
               this.playButton, shell.button('Step', () => this.advance(1)),
               shell.button('Back to the start', () => shell.change({at: 0}))),
            this.progress, this.status, shell.warning);
    }

    scenePart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'Before and after: a scene it never learns from'),
            this.view.element,
            this.shell.field('left', 'left of the line'));
    }

    psnrPart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'How near the scene comes to the clean one'),
            this.psnr.element, this.verdict,
            el('p', {class: 'note'}, 'PSNR in dB, more is better: 6 dB are ' +
                'half the error. The best blur is chosen knowing the clean ' +
                'scene, which the net does not; to beat it takes some ' +
                'thousand steps. The 24,000 of the preset come to 30.3 dB.'));
    }

    lossPart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'The loss'), this.loss.element,
            el('details', {}, el('summary', {}, 'As the program prints it'),
               this.lines));
    }

    patchPart() {
        return el('div', {class: 'card'},
            el('h3', {}, 'What it learns from'), this.patches,
            el('p', {class: 'note'}, 'Some of the patches of the next step; ' +
                'each step draws others.'));
    }

    settings() {
        const field = (name, label) =>
            this.shell.field(name, label || name.replace('-', ' '));
        return el('details', {class: 'card settings'},
            el('summary', {}, 'What is trained, and how'),
            el('div', {class: 'fields'},
               field('steps'), field('noise', 'noise, of 255'), field('lr'),
               field('lr-warmup', 'steps of rising lr'), field('seed'),
               field('patch', 'rows of a patch'), field('batch-size')),
            field('net', 'layers'));
    }
}

addRoom('denoise', denoiseFields, DenoiseRoom);
