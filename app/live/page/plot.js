// plot.js - lines over an axis, drawn as SVG at the width that there is.
//
//     const plot = linePlot({label, x: 'step', y: 'loss', height: 220});
//     plot.draw({series: [{name, points: [[x, y], ...]}], log: true,
//                levels: [{y, words}], marks: [{x, words}]});
//
// Points that are not finite, or not above 0 on a logarithmic scale, are left
// out. The arrow keys, Home and End read the first series point by point;
// choose(x), if given, is told where.
function linePlot(of) {
    return new LinePlot(of);
}

const PLOT_LEFT = 56, PLOT_RIGHT = 12, PLOT_TOP = 12, PLOT_BOTTOM = 34;
const PLOT_DASHES = ['none', '6 3', '2 3', '9 3 2 3', '12 4'];

class LinePlot {
    constructor({label, x, y, height = 220, choose = null}) {
        Object.assign(this, {label, names: {x, y}, height, choose});
        this.content = {series: [], log: false};
        this.read = -1;
        this.drawing = svg('svg', {class: 'plot', role: 'slider', tabindex: 0,
                                   'aria-label': label});
        this.readout = el('p', {class: 'readout'});
        this.element = el('figure', {class: 'plot'}, this.drawing,
                          this.readout);
        this.drawing.addEventListener('keydown', event => this.press(event));
        this.drawing.addEventListener('pointermove', event =>
            this.readAt(this.nearest(event)));
        this.drawing.addEventListener('click', event => {
            this.readAt(this.nearest(event));
            this.tell();
        });
        new ResizeObserver(() => this.paint()).observe(this.element);
        this.describe();
    }

    draw(content) {
        this.content = {series: [], levels: [], marks: [], log: false,
                        ...content};
        this.read = -1;
        this.paint();
    }

    // The points that can be drawn.
    drawn({points}) {
        return points.filter(([x, y]) => Number.isFinite(x) &&
            Number.isFinite(y) && (!this.content.log || y > 0));
    }

    paint() {
        const width = Math.floor(this.element.clientWidth) || 320;
        const all = this.content.series.flatMap(one => this.drawn(one));
        this.drawing.setAttribute('viewBox', `0 0 ${width} ${this.height}`);
        this.drawing.replaceChildren();
        this.scales = all.length ? this.makeScales(all, width) : null;
        if (this.scales) this.paintAll(width);
        this.describe();
    }

    makeScales(all, width) {
        const {levels, log} = this.content;
        const heights = [...all.map(([, y]) => y),
                         ...levels.map(({y}) => y).filter(y => !log || y > 0)];
        const right = width - PLOT_RIGHT, bottom = this.height - PLOT_BOTTOM;
        const xs = all.map(([x]) => x);
        return {
            x: plotScale(Math.min(...xs), Math.max(...xs), PLOT_LEFT, right),
            y: plotScale(Math.min(...heights), Math.max(...heights), bottom,
                         PLOT_TOP, log),
            right, bottom,
        };
    }

    paintAll(width) {
        const {x, y, right, bottom} = this.scales;
        const {series, levels, marks} = this.content;
        for (const at of y.ticks(4))
            this.drawing.append(
                svg('line', {class: 'rule', x1: PLOT_LEFT, x2: right,
                             y1: y(at), y2: y(at)}),
                svg('text', {class: 'y', x: PLOT_LEFT - 6, y: y(at) + 4},
                    tickText(at)));
        for (const at of x.ticks(Math.max(2, Math.floor(width / 90))))
            this.drawing.append(svg('text', {class: 'x', x: x(at),
                                             y: bottom + 16}, tickText(at)));
        this.drawing.append(
            svg('text', {class: 'x', x: (PLOT_LEFT + right) / 2,
                         y: this.height - 4}, this.names.x),
            ...levels.flatMap(level => this.levelLine(level)),
            ...marks.flatMap(mark => this.markLine(mark)),
            ...series.flatMap((one, i) => this.curve(one, i)));
        this.spot = svg('circle', {class: 'spot', r: 4, visibility: 'hidden'});
        this.drawing.append(this.spot);
        if (this.read >= 0) this.readAt(this.read);
    }

    levelLine({y: at, words}) {
        const {y, right} = this.scales;
        const below = y(at) < PLOT_TOP + 16;
        return [svg('line', {class: 'level', x1: PLOT_LEFT, x2: right,
                             y1: y(at), y2: y(at)}),
                svg('text', {class: 'level', x: right,
                             y: y(at) + (below ? 14 : -4)}, words)];
    }

    markLine({x: at, words}) {
        const {x, bottom} = this.scales;
        return [svg('line', {class: 'level', x1: x(at), x2: x(at),
                             y1: PLOT_TOP, y2: bottom}),
                svg('text', {class: 'level', x: x(at) - 4, y: PLOT_TOP + 8},
                    words)];
    }

    curve(series, i) {
        const points = this.drawn(series);
        const {x, y} = this.scales;
        const places = points.map(([a, b]) =>
            `${x(a).toFixed(1)},${y(b).toFixed(1)}`);
        const name = `curve c${i}`;
        if (points.length > 1)
            return [svg('polyline', {class: name, points: places.join(' '),
                'stroke-dasharray': PLOT_DASHES[i % PLOT_DASHES.length]})];
        return points.map(([a, b]) =>
            svg('circle', {class: name + ' dot', cx: x(a), cy: y(b), r: 3}));
    }

    points() {
        return this.content.series.length ? this.drawn(this.content.series[0])
            : [];
    }

    nearest({clientX}) {
        if (!this.scales) return -1;
        const at = clientX - this.drawing.getBoundingClientRect().left;
        let best = -1, least = Infinity;
        this.points().forEach(([x], i) => {
            const far = Math.abs(this.scales.x(x) - at);
            if (far < least) [best, least] = [i, far];
        });
        return best;
    }

    readAt(index) {
        const points = this.points();
        if (!points.length || !this.scales || index < 0) return;
        this.read = Math.min(index, points.length - 1);
        const [x, y] = points[this.read];
        this.spot.setAttribute('cx', this.scales.x(x));
        this.spot.setAttribute('cy', this.scales.y(y));
        this.spot.setAttribute('visibility', 'visible');
        this.describe();
    }

    tell() {
        if (this.choose && this.read >= 0)
            this.choose(this.points()[this.read][0]);
    }

    press(event) {
        const last = this.points().length - 1;
        const from = this.read < 0 ? last : this.read;
        const keys = {ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0,
                      End: last, ArrowDown: from - 1, ArrowUp: from + 1,
                      PageDown: from - 10, PageUp: from + 10};
        if (event.key === 'Enter') this.tell();
        if (!Object.hasOwn(keys, event.key)) return;
        event.preventDefault();
        this.readAt(Math.max(0, Math.min(last, keys[event.key])));
    }

    // In words: what the reader is at, or where the curve begins and ends.
    describe() {
        const points = this.points();
        const at = this.read < 0 ? points.length - 1
            : Math.min(this.read, points.length - 1);
        const [x, y] = at < 0 ? [0, NaN] : points[at];
        const words = at < 0 ? 'nothing yet'
            : `${this.names.x} ${short(x, 7)}: ${this.names.y} ${short(y, 6)}`;
        this.readout.textContent = words;
        const set = (name, value) =>
            this.drawing.setAttribute('aria-value' + name, value);
        set('min', points.length ? points[0][0] : 0);
        set('max', points.length ? points[points.length - 1][0] : 0);
        set('now', x);
        set('text', words);
    }
}

// A function from [low, high] to pixels from `from` to `to`, with ticks(n).
function plotScale(low, high, from, to, log = false) {
    const turn = log ? Math.log10 : value => value;
    let [a, b] = [turn(low), turn(high)];
    if (a === b) [a, b] = log ? [a - 0.5, b + 0.5] : plotAround(a);
    const scale = value => from + (turn(value) - a) / (b - a) * (to - from);
    scale.ticks = count => log ? logTicks(a, b, count) : plotTicks(a, b, count);
    return scale;
}

const plotAround = value => {
    const by = Math.abs(value) / 10 || 1;
    return [value - by, value + by];
};

// About `count` round numbers from low to high.
function plotTicks(low, high, count) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const unit = [1, 2, 5, 10].find(n => n * power >= rough) * power;
    const ticks = [];
    for (let i = Math.ceil(low / unit - 1e-9); i * unit <= high * (1 + 1e-9) +
         1e-300 && ticks.length < 50; i++)
        ticks.push(Number((i * unit).toPrecision(12)));
    return ticks;
}

// Powers of ten between 10^a and 10^b, or, where they are few, 2 and 5 as well.
function logTicks(a, b, count) {
    const every = Math.max(1, Math.ceil((b - a) / count));
    const steps = b - a < 2 ? [1, 2, 5] : [1];
    const ticks = [];
    for (let p = Math.floor(a); p <= Math.ceil(b); p++)
        for (const step of steps) {
            const at = p + Math.log10(step);
            if (p % every === 0 && at >= a - 1e-9 && at <= b + 1e-9)
                ticks.push(step * 10 ** p);
        }
    return ticks;
}
