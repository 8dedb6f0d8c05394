// denoise_compare.js - two pictures of one thing under a slider: the one left
// of it, the other right of it.
//
//     const view = new CompareView('the scene');
//     view.draw(before, after, {words: ['noisy', 'restored'], alts});
//
// The slider is an input that keys move; a pointer may drag on the picture as
// well. A picture is shown as wide as there is room for, or pixel by pixel and
// then scrolled.

class CompareView {
    constructor(label) {
        this.share = 50;
        this.canvases = [0, 1].map(() => el('canvas', {role: 'img'}));
        this.line = el('div', {class: 'divider', 'aria-hidden': 'true'});
        this.names = [0, 1].map(() => el('span', {'aria-hidden': 'true'}));
        this.pane = el('div', {class: 'pane', role: 'group',
                               'aria-label': label}, ...this.canvases);
        this.stage = el('div', {class: 'stage'}, this.pane, this.line,
                        ...this.names);
        this.slider = el('input', {type: 'range', min: 0, max: 100, step: 1,
                                   value: 50, 'aria-label':
                                       `${label}: where the slider is`});
        this.zoom = el('input', {type: 'checkbox', id: freshId('zoom')});
        this.element = el('div', {class: 'compare'}, this.stage, this.slider,
            el('div', {class: 'field flag'},
               el('label', {for: this.zoom.id}, 'pixel by pixel'), this.zoom));
        this.listen();
    }

    listen() {
        this.slider.addEventListener('input', () =>
            this.move(Number(this.slider.value)));
        this.zoom.addEventListener('change', () => this.size());
        this.pane.addEventListener('scroll', () => this.clip());
        this.stage.addEventListener('pointerdown', event => this.drag(event));
        this.stage.addEventListener('pointermove', event => this.drag(event));
        new ResizeObserver(() => this.clip()).observe(this.pane);
    }

    // A finger scrolls what is larger than its pane, and else moves the slider.
    drag({buttons, clientX, pointerType}) {
        if (!(buttons & 1) || (this.zoom.checked && pointerType === 'touch'))
            return;
        const {left, width} = this.pane.getBoundingClientRect();
        const share = 100 * (clientX - left) / width;
        this.move(Math.round(Math.max(0, Math.min(100, share))));
    }

    move(share) {
        this.share = share;
        this.slider.value = share;
        this.clip();
    }

    // Each picture on its side of the line.
    clip() {
        const [, after] = this.canvases;
        const {scrollLeft, clientWidth} = this.pane;
        const at = clientWidth * this.share / 100;
        after.style.clipPath = `inset(0 0 0 ${scrollLeft + at}px)`;
        this.line.style.left = `${at}px`;
        this.names[0].hidden = at < 80;
        this.names[1].hidden = clientWidth - at < 80;
        const [left, right] = this.words || ['', ''];
        this.slider.setAttribute('aria-valuetext',
            `${this.share} % ${left}, ${100 - this.share} % ${right}`);
    }

    size() {
        const {width} = this.canvases[1];
        const isLarge = this.zoom.checked;
        this.pane.classList.toggle('large', isLarge);
        if (isLarge) this.pane.tabIndex = 0;
        else this.pane.removeAttribute('tabindex');
        // A small picture is enlarged, up to three times.
        const times = Math.max(1, Math.min(3, Math.floor(1200 / width)));
        for (const {style} of [this.stage, this.slider])
            style.width = `min(100%, ${times * width}px)`;
        for (const {style} of this.canvases) {
            style.width = isLarge ? `${times * width}px` : '100%';
            style.imageRendering = isLarge || times > 1 ? 'pixelated'
                : 'auto';
        }
        this.clip();
    }

    // ImageData each; `words` name the sides, `alts` say what is seen.
    draw(before, after, {words, alts}) {
        this.words = words;
        [before, after].forEach((image, i) => {
            const canvas = this.canvases[i];
            canvas.width = image.width;
            canvas.height = image.height;
            canvas.getContext('2d').putImageData(image, 0, 0);
            canvas.setAttribute('aria-label', alts[i]);
            this.names[i].textContent = words[i];
        });
        // The one behind is as large as the one before it.
        const {width, height} = after;
        this.canvases[0].style.aspectRatio = `${width} / ${height}`;
        this.size();
    }
}

// The PSNR of levels against the truth, in dB, both as a file holds them.
function denoisePsnr(levels, truth) {
    let sum = 0;
    for (let i = 0; i < truth.length; i++) {
        const error = (levelByte(levels[i]) - levelByte(truth[i])) / 255;
        sum += error * error;
    }
    return -10 * Math.log10(sum / truth.length);
}

const denoiseCanvas = image => {
    const canvas = el('canvas', {width: image.width, height: image.height});
    canvas.getContext('2d').putImageData(image, 0, 0);
    return canvas;
};

// Draws it into a canvas, each pixel `zoom` pixels wide.
function denoiseEnlarge(canvas, image, zoom, alt) {
    canvas.width = image.width * zoom;
    canvas.height = image.height * zoom;
    canvas.setAttribute('aria-label', alt);
    const context = canvas.getContext('2d');
    context.imageSmoothingEnabled = false;
    context.drawImage(denoiseCanvas(image), 0, 0, canvas.width, canvas.height);
}
