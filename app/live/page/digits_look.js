// digits_look.js - what the net of room 4 makes of one picture, layer by layer.

// So many maps of a layer are drawn, and so many classes listed.
const DIGITS_MAPS = 64, DIGITS_CLASSES = 20;

// Maps [count,height,width] side by side in one canvas, in the legend's
// colours; `first` is the first number in data.
function digitsMosaic(canvas, {count, height, width, data, scale, alt,
                               first = 0, side = 36, columns = 8}) {
    const across = Math.min(columns, count);
    const down = Math.ceil(count / across);
    const image = new ImageData(across * (width + 1) - 1,
                                down * (height + 1) - 1);
    for (let k = 0; k < count; k++) {
        const left = k % across * (width + 1);
        const top = Math.floor(k / across) * (height + 1);
        for (let i = 0; i < height * width; i++) {
            const value = data[first + k * height * width + i];
            const at = (top + Math.floor(i / width)) * image.width + left +
                i % width;
            image.data.set([...scaleColour(value, scale), 255], 4 * at);
        }
    }
    const zoom = Math.max(1, Math.floor(side / Math.max(height, width)));
    digitsEnlarge(canvas, image, zoom);
    canvas.setAttribute('aria-label', alt);
}

function digitsEnlarge(canvas, image, zoom) {
    const small = el('canvas', {width: image.width, height: image.height});
    small.getContext('2d').putImageData(image, 0, 0);
    canvas.width = image.width * zoom;
    canvas.height = image.height * zoom;
    const context = canvas.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

const digitsCanvas = () => el('canvas', {class: 'picture', role: 'img'});

// 97.3 %
const digitsPercent = (part, digits = 3) =>
    `${short(100 * part, digits)} %`;

// A few digits, in little room.
const digitsShort = value => value !== 0 && Math.abs(value) < 1e-3
    ? tidy(value.toExponential(2)) : short(value);

// The class of the largest number, the first of equals, or of no numbers.
const digitsLargest = values => values.reduce((best, value, i) =>
    value > values[best] ? i : best, 0);

class DigitsLook {
    constructor(shell) {
        Object.assign(this, {shell, classes: -1, layers: '', p: [],
                             logits: [], names: []});
        this.answer = el('p', {class: 'answer'});
        this.said = el('p', {class: 'note'});
        this.seen = digitsCanvas();
        this.map = digitsCanvas();
        this.mapNote = el('p', {class: 'note'});
        this.mapKey = el('div');
        this.body = el('tbody');
        this.sum = el('p', {class: 'note'});
        this.printed = el('pre', {tabindex: 0, 'aria-label':
            'the probabilities, as the program prints them'});
        this.list = el('div', {class: 'layers'});
        this.kernels = digitsCanvas();
        this.kernelKey = el('div');
        this.kernelNote = el('p', {class: 'note'});
    }

    // Asks the engine for all of what it last looked at; `of` is its
    // description, `wanted` a class, or 'answer'.
    async take(engine, of, wanted) {
        const [p, logits, x, said, ...maps] = await Promise.all([
            ...['look-p', 'look-y', 'look-x'].map(name => engine.tensor(name)),
            engine.said(), ...of.layers.map((_, i) =>
                engine.tensor('look-activation', i))]);
        this.p = [...p.data];
        this.logits = [...logits.data];
        this.names = of.classes;
        const chosen = this.classOf(wanted);
        const [, gradient] = await Promise.all([
            engine.lookGradient(chosen),
            engine.tensor(x.shape[1] === 1 ? 'look-gradient' : 'look-map')]);
        this.drawSeen(x, said);
        this.drawMap(gradient, chosen);
        this.drawRow();
        this.drawLayers(of.layers, maps);
    }

    // The kernels of the first convolution, as they are now.
    async takeKernels(engine, {layers}) {
        const layer = layers.find(({kind}) => kind === 'conv');
        this.kernelKey.hidden = this.kernels.hidden = !layer;
        this.kernelNote.textContent = layer ? '' : 'The net has none.';
        if (!layer) return;
        const {shape, data} = await engine.tensor('param', layer.first_param);
        const [kernels, channels, height, width] = shape;
        const scale = largest(data);
        const count = Math.min(kernels * channels, DIGITS_MAPS);
        digitsMosaic(this.kernels, {
            count, height, width, data, scale: scale || 1,
            alt: `${count} of ${kernels * channels} kernels of ` +
                `${layer.text}, from ${short(-scale)} to ${short(scale)}`});
        this.kernelKey.replaceChildren(legend(scale));
    }

    classOf(wanted) {
        const number = wanted === 'answer' ? -1 : Number(wanted);
        return number >= 0 && number < this.p.length ? number
            : digitsLargest(this.p);
    }

    // The likeliest classes, in words.
    words() {
        if (!this.p.every(Number.isFinite))
            return 'Its numbers have left what a float32 can hold.';
        const order = this.p.map((p, i) => [p, i])
            .sort(([a, i], [b, j]) => b - a || i - j);
        const [[first, best], [second, next]] = order;
        return `It says ${this.names[best]}, with ${digitsPercent(first)}; ` +
            `then ${this.names[next]}, with ${digitsPercent(second)}.`;
    }

    // What is known of it beside: `truth` is a name, or null.
    drawAnswer(truth) {
        this.setOld(false);
        const best = this.names[digitsLargest(this.p)];
        this.answer.textContent = this.words() + (truth === null ? ''
            : truth === best ? ` Right: it is a ${truth}.`
            : ` Wrong: it is a ${truth}.`);
    }

    // There is no picture: what stands there is of the last one.
    nothing(words) {
        this.answer.textContent = words;
        this.setOld(true);
    }

    setOld(isOld) {
        for (const card of [this.row, this.maps, this.layerPart])
            card.classList.toggle('old', isOld);
    }

    drawSeen({shape, data}, said) {
        const [channels, height, width] = shape.slice(-3);
        const zoom = Math.max(1, Math.floor(160 / Math.max(height, width)));
        drawPicture(this.seen, {
            channels, height, width, data, zoom,
            alt: `what the net gets, ${width} × ${height} pixels`});
        this.said.textContent = `${width} × ${height} pixels` +
            (said ? `: ${said}.` : ', as it is.');
    }

    drawMap({shape, data}, chosen) {
        const [height, width] = shape.slice(-2);
        const scale = largest(data);
        const zoom = Math.max(1, Math.floor(160 / Math.max(height, width)));
        const name = this.names[chosen];
        drawPicture(this.map, {
            height, width, data, scale: scale || 1, zoom,
            alt: `slope of the logit of ${name} by each pixel, from ` +
                `${short(-scale)} to ${short(scale)}`});
        this.mapNote.textContent = `Slope of the logit of ${name} by each ` +
            'pixel: more light at orange speaks for it, at blue against it.';
        this.mapKey.replaceChildren(legend(scale));
    }

    // The softmax row with its arithmetic.
    drawRow() {
        const count = Math.min(this.p.length, DIGITS_CLASSES);
        if (count !== this.classes) this.makeRows(count);
        const most = Math.max(...this.logits);
        const best = digitsLargest(this.p);
        const powers = this.logits.map(logit => Math.exp(logit - most));
        for (let k = 0; k < count; k++) {
            const row = this.body.rows[k];
            row.className = k === best ? 'best' : '';
            row.cells[0].textContent = this.names[k];
            [this.logits[k], this.logits[k] - most, powers[k], this.p[k]]
                .forEach((value, i) => {
                    row.cells[i + 1].textContent = digitsShort(value);
                });
            row.cells[4].style.backgroundSize = `${100 * this.p[k]}% 100%`;
        }
        this.drawSum(most, powers.reduce((sum, power) => sum + power, 0), best);
    }

    makeRows(count) {
        this.classes = count;
        this.body.replaceChildren(...Array.from({length: count}, () =>
            el('tr', {}, el('th', {scope: 'row'}), el('td'), el('td'),
               el('td'), el('td', {class: 'p'}))));
    }

    drawSum(most, sum, best) {
        this.sum.textContent = `The largest logit is ${short(most, 6)}; all ` +
            `exp sum to ${short(sum, 6)}, so p of ${this.names[best]} is ` +
            `1 / ${short(sum, 6)} = ${short(this.p[best], 6)}.` +
            (this.p.length > this.classes
                ? ` ${this.classes} of ${this.p.length} classes are listed.`
                : '');
        this.printed.textContent = 'answer,' + this.names.join() + '\n' +
            [this.names[best], ...this.p.map(printed)].join();
    }

    drawLayers(layers, maps) {
        const key = JSON.stringify(layers);
        if (key !== this.layers) this.makeLayers(layers);
        this.layers = key;
        maps.forEach(({shape, data}, i) => {
            const [channels, height, width] = shape.slice(-3);
            const isRow = height === 1 && width === 1;
            const count = Math.min(isRow ? 1 : channels, DIGITS_MAPS);
            const scale = largest(data);
            digitsMosaic(this.figures[i].canvas, {
                count, height, width: isRow ? channels : width, data,
                scale: scale || 1, side: isRow ? 24 * channels : 36,
                alt: `layer ${i}, ${layers[i].text}: ${count} of ${channels} ` +
                    `maps of ${width} × ${height}, up to ${short(scale)}`});
            this.figures[i].key.replaceChildren(legend(scale));
        });
    }

    makeLayers(layers) {
        this.figures = layers.map(() => ({canvas: digitsCanvas(),
                                          key: el('div')}));
        this.list.replaceChildren(...layers.map((layer, i) => {
            const {canvas, key} = this.figures[i];
            const [, channels, height, width] = layer.output;
            return el('figure', {}, el('figcaption', {}, `${i}: ${layer.text}`,
                el('small', {}, ` ${channels} × ${height} × ${width}`)),
                      canvas, key);
        }));
    }

    table() {
        return el('table', {class: 'softmax'},
            el('caption', {class: 'unseen'}, 'The softmax row'),
            el('thead', {}, el('tr', {},
                ['digit', 'logit', '− max', 'exp', 'p'].map(head =>
                    el('th', {scope: 'col'}, head)))),
            this.body);
    }

    build() {
        const {shell} = this;
        this.row = el('div', {}, el('div', {class: 'scroll'}, this.table()),
            this.sum,
            el('details', {}, el('summary', {}, 'As the program prints it'),
               this.printed));
        this.maps = el('div', {class: 'sides'},
            el('div', {}, el('h3', {}, 'What the net sees'), this.seen,
               this.said),
            el('div', {}, el('h3', {}, 'Which pixels spoke for it'), this.map,
               this.mapKey, this.mapNote,
               shell.field('class', 'for which digit')));
        return [el('div', {class: 'card'},
                   el('h3', {}, 'How the answer comes about'), this.row),
                el('div', {class: 'card'}, this.maps)];
    }

    buildLayers() {
        this.layerPart = el('div', {class: 'card'},
            el('h3', {}, 'Layer by layer'),
            el('p', {class: 'note'}, 'What each layer makes of the picture: ' +
                'a small map for each channel, light where it is near 0.'),
            this.list);
        return this.layerPart;
    }

    buildKernels() {
        return el('div', {class: 'card'}, el('h3', {}, 'The first kernels'),
                  this.kernels, this.kernelKey, this.kernelNote);
    }
}
