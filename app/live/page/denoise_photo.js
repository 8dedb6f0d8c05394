// denoise_photo.js - room 5's photo: opened, with noise or as it is, restored
// by the net that is trained or by a model from a file.

// Operations a millisecond, as long as none was measured.
const DENOISE_SPEED = 1e7;

// A photo of more columns than these is looked at in its full size.
const DENOISE_WIDE = 700;

// A grey picture as three equal planes, where so many are wanted.
function denoisePlanes(picture, channels) {
    const {channels: has, levels} = picture;
    if (has !== 1 || channels !== 3) return picture;
    return {...picture, channels,
            levels: Array.from({length: channels * levels.length}, (_, i) =>
                levels[i % levels.length])};
}

// Does it; a refusal says of which file it speaks.
async function denoiseNamed(name, action) {
    try {
        return await action();
    } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        throw new EngineError(`${quoted(name)}: ${error.message}`);
    }
}

// The saved model and pictures in PyTorch, which prints what `convlet apply`
// does; null where a layer is none of those known here.
function denoiseTwin({layers}) {
    const lines = layers.map(denoiseTwinLayer);
    if (lines.includes(null)) return null;
    // Sizes that a stride leaves a rest of are filled up, as `apply` does.
    const rest = layers.reduce((all, {text: words}) =>
        all * (denoiseNumbers(words, 'stride') || [1])[0], 1);
    return [
        'import json, numpy as np, torch, torch.nn.functional as F',
        'from PIL import Image',
        "b = open('denoise.safetensors', 'rb').read()",
        "n = 8 + int.from_bytes(b[:8], 'little')",
        'w = {k: torch.from_numpy(np.frombuffer(b, np.float32, ' +
            "int(np.prod(v['shape'])), n + v['data_offsets'][0])" +
            ".reshape(v['shape']).copy()) for k, v in " +
            "json.loads(b[8:n]).items() if k != '__metadata__'}",
        'read = lambda name: torch.tensor(np.array(Image.open(name)' +
            ".convert('RGB'))).permute(2, 0, 1)[None] / 255",
        "x, t = read('noisy.png'), read('photo.png')",
        'h, v = x.shape[2:]',
        `x = y = F.pad(x, (0, -v % ${rest}, 0, -h % ${rest}), 'replicate')`,
        ...lines,
        'y = ((x + y)[..., :h, :v].clip(0, 1) * 255 + 0.5).floor() / 255',
        "print(f'noisy.png psnr:{-10 * ((y - t)**2).mean().log10():.2f}')",
        '',
    ].join('\n');
}

// "stride=2x1" in the words of a layer: [2, 1].
function denoiseNumbers(words, name) {
    const found = new RegExp(`${name}=([0-9x]+)`).exec(words);
    return found ? found[1].split('x').map(Number) : null;
}

function denoiseTwinLayer({kind, text: words}, i) {
    if (kind === 'relu') return 'y = y.relu()';
    if (kind === 'shuffle') return `y = F.pixel_shuffle(y, ${words.slice(8)})`;
    const [down, across] = denoiseNumbers(words, 'stride') || [1, 1];
    const [top, bottom, left, right] = denoiseNumbers(words, 'padding') ||
        [0, 0, 0, 0];
    if (kind !== 'conv' || /dilation|groups|tied|bias/.test(words) ||
        top !== bottom || left !== right)
        return null;
    return `y = F.conv2d(y, w['${i}.weight'], w['${i}.bias'], ` +
        `(${down}, ${across}), (${top}, ${left}))`;
}

// A worker of its own restores, so that training goes on and a pause is heard.
class DenoisePhotos {
    constructor(shell, trained) {
        Object.assign(this, {shell, trained, photo: null, file: null,
                             made: null, shown: '', done: null, working: null,
                             speed: DENOISE_SPEED});
        this.view = new CompareView('the photo, before and after');
        this.view.element.hidden = true;
        this.words = el('p', {class: 'status', role: 'status'});
        this.by = el('p', {class: 'note'});
        this.line = el('code');
        this.saves = el('div', {class: 'buttons', hidden: true});
    }

    engine() {
        this.made = this.made || makeEngine();
        return this.made;
    }

    // Anew where the noise or the net is another than that it was restored by.
    async show(state) {
        this.drawLine();
        if (this.photo && this.key(state) !== this.shown) await this.restore();
    }

    key({add, deviation, seed, at}) {
        return JSON.stringify([this.photo.id, add ? [deviation, seed] : null,
                               this.file ? this.file.id : at]);
    }

    async openPhoto(bytes, name) {
        const photo = await readPicture(bytes, name, PICTURE_MOST,
                                        DENOISE_PIXELS);
        this.photo = {...photo, name, id: freshId('photo')};
        this.view.zoom.checked = photo.width > DENOISE_WIDE;
        await this.restore();
    }

    // Restores the photo; what was asked for meanwhile comes after it.
    restore() {
        this.isStale = true;
        this.working = this.working || this.restoreAll().finally(() => {
            this.working = null;
        });
        return this.working;
    }

    async restoreAll() {
        while (this.isStale) {
            this.isStale = false;
            await this.restoreOnce();
        }
    }

    // The photo and the net as they are now; what comes of them is not shown
    // where others have come meanwhile.
    async restoreOnce() {
        const {photo, shell: {state}} = this;
        this.shown = this.key(state);
        this.words.textContent = `${quoted(photo.name)} goes through the net.`;
        try {
            const model = this.file || await this.trained('model');
            const engine = await this.engine();
            const before = state.add ? await this.addNoise(engine, photo)
                : photo;
            const after = await denoiseNamed(photo.name, () =>
                this.run(engine, model, before));
            if (this.isStale) return;
            this.done = {photo, before, after, model, hasNoise: state.add};
            this.draw();
        } catch (error) {
            if (this.isStale) return;
            this.done = this.photo = null;
            this.words.textContent = 'The photo is not restored.';
            this.view.element.hidden = this.saves.hidden = true;
            throw error;
        }
    }

    // The net in the engine, and the picture through it.
    async run(engine, model, picture) {
        await engine.load(model.bytes);
        const of = await engine.describe();
        const [, , height, width] = of.input;
        const flops = of.layers.reduce((sum, layer) => sum + layer.flops, 0) *
            picture.height * picture.width / (height * width);
        if (flops > DENOISE_PHOTO)
            throw new EngineError('This net takes too long for a photo here: ' +
                `${short(flops, 2)} operations; the program does it by the ` +
                'command below');
        this.words.textContent = `${quoted(picture.name)} goes through the ` +
            `net: about ${denoiseTime(flops / this.speed)}.`;
        const begin = performance.now();
        await engine.restore(of.output[1] === of.input[1] ? picture
            : denoisePlanes(picture, of.input[1]));
        const {shape, data} = await engine.tensor('picture');
        this.speed = flops / Math.max(1, performance.now() - begin);
        return {channels: shape[1], height: shape[2], width: shape[3],
                levels: data};
    }

    // Numbers of a normal distribution, those of NumPy's RandomState, as levels
    // of a picture file.
    async addNoise(engine, photo) {
        const {seed, deviation} = this.shell.state;
        const {channels, height, width} = photo;
        await engine.open({net: 'relu', batch: 1, channels, height, width,
                           seed});
        const {data} = await engine.tensor('x');
        return {...photo, levels: photo.levels.map((level, i) =>
            levelByte(level + deviation / 255 * data[i]) / 255)};
    }

    draw() {
        const {photo, before, after, model, hasNoise} = this.done;
        const left = hasNoise ? 'with noise' : 'the photo';
        const isLike = after.levels.length === photo.levels.length;
        this.view.element.hidden = this.saves.hidden = false;
        this.saves.children[1].hidden = !hasNoise;
        this.view.draw(levelImage(before), levelImage(after), {
            words: [left, 'restored'],
            alts: [`${quoted(photo.name)}, ${left}`,
                   `${quoted(photo.name)}, restored`]});
        this.words.textContent = this.sizes(photo, after) +
            (hasNoise && isLike ? ` ${this.gain()}` : hasNoise ? ''
                : ' How near it is to the truth, nobody knows: there is no ' +
                  'clean one to compare with.');
        this.by.textContent = `Restored by ${model.words}.`;
        this.drawLine();
        this.shell.say(this.words.textContent);
    }

    sizes({whole, width, height}, after) {
        const cut = whole ? `The middle of ${whole[0]} × ${whole[1]} ` +
            `pixels: ${width} × ${height}, so that it does not take long.`
            : `${width} × ${height} pixels.`;
        return after.width === width && after.height === height ? cut
            : `${cut} The net makes ${after.width} × ${after.height} of them.`;
    }

    gain() {
        const {photo, before, after} = this.done;
        const [nothing, net] = [before, after].map(({levels}) =>
            denoisePsnr(levels, photo.levels));
        return 'PSNR against the photo without noise: ' +
            `${denoiseDecibels(nothing)} before, ${denoiseDecibels(net)} ` +
            `after, ${denoiseBetter(net - nothing)}.`;
    }

    // What the program is told of it.
    drawLine() {
        const {add} = this.shell.state;
        const model = this.file ? this.file.name : 'denoise.safetensors';
        const words = ['convlet', 'apply', '--isa', 'base', '--model', model,
                       add ? 'noisy.png' : 'photo.png',
                       ...(add ? ['--compare', 'photo.png'] : []),
                       '-o', 'restored.png'];
        this.line.textContent = words.map(quoteWord).join(' ');
    }

    async saveModel(what, name) {
        const {bytes} = await this.trained(what);
        this.shell.saveFile(name, bytes);
    }

    // A model of the program restores instead of the net that is trained.
    async openModel(bytes, name) {
        const engine = await this.engine();
        await this.working?.catch(() => {});
        await denoiseNamed(name, () => engine.load(bytes));
        const {classes, spec, input, output} = await engine.describe();
        if (classes.length)
            throw new EngineError(`${quoted(name)} tells classes apart, and ` +
                'makes no picture; the room Digits opens it');
        if (![1, 3].includes(input[1]) || ![1, 3].includes(output[1]))
            throw new EngineError(`${quoted(name)} makes ${output[1]} of ` +
                `${input[1]} channels, but a picture has 1 or 3`);
        this.file = {bytes, name, id: freshId('model'),
                     words: `${quoted(name)}, ${spec}`};
        await this.chooseModel();
    }

    async closeModel() {
        this.file = null;
        await this.chooseModel();
    }

    async chooseModel() {
        this.closeButton.hidden = !this.file;
        this.by.textContent = this.file
            ? `${this.file.words} restores: not the net that is trained here.`
            : 'The net that is trained here restores.';
        this.drawLine();
        await this.show(this.shell.state);
    }

    build() {
        return [this.photoPart(), this.modelPart()];
    }

    photoPart() {
        const {shell} = this;
        for (const [name, of] of [['restored.png', 'after'],
                                  ['noisy.png', 'before'],
                                  ['photo.png', 'photo']])
            this.saves.append(shell.button(`Save ${name}`, async () =>
                shell.saveFile(name, await pngOfLevels(this.done[of]))));
        return el('div', {class: 'card'},
            el('h3', {}, 'Before and after: your photo'),
            el('p', {class: 'note'}, 'A photo that you open stays on this ' +
                'machine: the page sends nothing anywhere. Of more than ' +
                `${DENOISE_PIXELS / 1e6} million pixels, the middle is taken.`),
            el('div', {class: 'buttons'},
               shell.openFile('Open a photo', 'image/*', (bytes, name) =>
                   this.openPhoto(bytes, name)),
               shell.field('add', 'add noise to it first'),
               shell.field('deviation', 'noise added, of 255')),
            this.words, this.view.element, this.saves);
    }

    modelPart() {
        const {shell} = this;
        this.closeButton = shell.button('Back to the net that is trained',
            () => this.closeModel(), {hidden: true});
        return el('div', {class: 'card'},
            el('h3', {}, 'The model'),
            el('div', {class: 'buttons'},
               shell.button('Save the model', () =>
                   this.saveModel('model', 'denoise.safetensors')),
               shell.button('Save it as ONNX', () =>
                   this.saveModel('onnx', 'denoise.onnx')),
               shell.openFile('Open a model', '.safetensors', (bytes, name) =>
                   this.openModel(bytes, name)),
               this.closeButton),
            this.by,
            el('p', {class: 'note'}, 'The program restores the saved files ' +
                'to the same pixels:'),
            el('pre', {tabindex: 0, 'aria-label': 'command that restores'},
               this.line));
    }
}
