// training_rate.js - the learning rate on its scale, beside the largest one
// that converges, and what that means in a sentence.

// With momentum b the bound is (1 + b) times 2/lambda_max.
const trainingBound = (state, largest) =>
    state.optimizer === 'sgd' && largest > 0
        ? 2 * (1 + state.momentum) / largest : NaN;

// A rate that is safe, in three digits.
const trainingSafeRate = largest =>
    Number((0.9 / largest).toPrecision(3));

// What a step with this rate does, along the steepest direction. λmax is how
// sharply the loss bends there.
function trainingRateWords(state, largest) {
    if (state.optimizer === 'cg')
        return 'Conjugate gradients choose the length of each step ' +
            'themselves: the learning rate is not used.';
    if (state.optimizer === 'adam')
        return `Adam moves each weight by about lr in a step, however steep ` +
            'it is: 2/λmax, the bound of gradient descent, does not bind it.';
    const bound = trainingBound(state, largest);
    if (Number.isNaN(bound))
        return 'The largest rate that converges, 2/λmax, is not measured ' +
            'for a net of this size.';
    const share = state.lr / bound;
    const name = state.momentum > 0 ? `2 (1 + ${state.momentum})/λmax`
        : '2/λmax';
    const part = share < 1 ? `${short(100 * share, 3)} % of`
        : `${short(share, 3)} times`;
    const begin = `lr ${number(state.lr)} is ${part} ${name} = ` +
        `${short(bound, 3)}: `;
    return begin + trainingStepWords(state, share, largest);
}

function trainingStepWords({lr, momentum}, share, largest) {
    const factor = 1 - lr * largest;
    if (share >= 1)
        return 'each step lands further from the lowest point than the one ' +
            'before, so the loss grows without end' +
            (momentum > 0 ? '.' : `, each time ${short(-factor, 3)} times as ` +
                'far along the steepest direction.');
    if (momentum > 0)
        return 'it converges; beyond, the loss grows without end.';
    if (factor < 0)
        return 'along the steepest direction a step lands on the other side ' +
            `of the valley, ${short(-factor, 3)} times as far from its ` +
            'floor. Beyond that bound the loss grows without end.';
    return `a step leaves ${short(factor, 3)} of the distance to the lowest ` +
        'point along the steepest direction. Beyond that bound the loss ' +
        'grows without end.';
}

// The scale: a slider over powers of ten, and the bound marked under it.
class TrainingRate {
    // take(lr) is told another rate.
    constructor(take) {
        this.range = [-5, 0];
        this.input = el('input', {type: 'range', step: 'any',
            'aria-label': 'learning rate on its scale',
            oninput: () => take(Number(
                (10 ** Number(this.input.value)).toPrecision(2)))});
        this.input.addEventListener('keydown', event => {
            const by = {ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1,
                        ArrowUp: 1, PageDown: -10, PageUp: 10}[event.key];
            if (!by) return;
            event.preventDefault();
            take(trainingNudge(this.lr, by));
        });
        this.drawing = svg('svg', {class: 'rate', 'aria-hidden': 'true'});
        this.words = el('p', {class: 'sentence'});
        this.element = el('div', {class: 'rate'}, this.input, this.drawing,
                          this.words);
        new ResizeObserver(() => this.paint()).observe(this.element);
    }

    show(state, largest) {
        this.state = state;
        this.lr = state.lr;
        this.bound = trainingBound(state, largest);
        this.input.disabled = state.optimizer === 'cg';
        const middle = Number.isFinite(this.bound) ? Math.log10(this.bound)
            : -2.5;
        const at = Math.log10(state.lr);
        this.range = [Math.min(Math.floor(middle - 2.5), Math.floor(at)),
                      Math.max(Math.ceil(middle + 0.5), Math.ceil(at))];
        [this.input.min, this.input.max] = this.range;
        this.input.value = at;
        this.input.setAttribute('aria-valuetext', number(state.lr));
        this.words.textContent = trainingRateWords(state, largest);
        this.words.classList.toggle('bad', state.lr > this.bound);
        this.paint();
    }

    paint() {
        const width = Math.floor(this.element.clientWidth) || 320;
        const [low, high] = this.range;
        const edge = 9; // half of a slider's thumb
        const x = power => edge + (power - low) / (high - low) *
            (width - 2 * edge);
        this.drawing.setAttribute('viewBox', `0 0 ${width} 44`);
        this.drawing.replaceChildren();
        for (let power = low; power <= high; power++)
            this.drawing.append(
                svg('line', {class: 'tick', x1: x(power), x2: x(power), y1: 0,
                             y2: 6}),
                svg('text', {x: Math.min(Math.max(x(power), 18), width - 18),
                             y: 18}, tickText(Number(`1e${power}`))));
        if (Number.isFinite(this.bound))
            this.paintBound(x(Math.log10(this.bound)), width);
    }

    paintBound(at, width) {
        const {momentum} = this.state;
        this.drawing.append(
            svg('rect', {class: 'beyond', x: at, y: 0, width: width - at,
                         height: 6}),
            svg('line', {class: 'bound', x1: at, x2: at, y1: 0, y2: 28}),
            svg('text', {class: 'bound', y: 40,
                         x: Math.min(Math.max(at, 60), width - 60)},
                `${momentum > 0 ? `2(1+${momentum})` : '2'}/λmax = ` +
                short(this.bound, 3)));
    }
}

// The rate `by` notches on, of ten a power of ten, in two digits.
function trainingNudge(lr, by) {
    const next = 10 ** ((Math.round(10 * Math.log10(lr)) + by) / 10);
    return Number(Math.max(1e-9, Math.min(1e3, next)).toPrecision(2));
}
