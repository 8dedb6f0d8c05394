// digits_pad.js - paper to draw a digit on: by hand, or with the arrow keys.
//
// A drawing is strokes over a square of 64 x 64 places. In a link it is text:
// two letters for each point, its x and y, and a dot between strokes.

const DIGITS_PLACES =
    '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const DIGITS_SIDE = 64, DIGITS_ZOOM = 2;
const DIGITS_PIXELS = DIGITS_SIDE * DIGITS_ZOOM;

// Half a stroke's width, in pixels.
const DIGITS_PEN = 5.5;

// What a link keeps of a drawing.
const DIGITS_INK_MOST = 2000;
const DIGITS_INK = /^(([\w-]{2})+(\.([\w-]{2})+)*)?$/;
const DIGITS_INK_WORDS = 'strokes as this page writes them: two letters for ' +
    'a point, a dot between strokes';

const digitsStrokes = ink => ink === '' ? [] : ink.split('.').map(stroke =>
    stroke.match(/../g).map(pair =>
        [...pair].map(letter => DIGITS_PLACES.indexOf(letter))));

const digitsInk = strokes => strokes.map(stroke => stroke.map(point =>
    point.map(at => DIGITS_PLACES[at]).join('')).join('')).join('.');

// The points without those that a line between their neighbours, `most` away,
// stands for as well: Douglas and Peucker, 1973.
function digitsSimplify(points, most) {
    if (points.length < 3) return points;
    const [from, to] = [points[0], points[points.length - 1]];
    let far = 0, which = 0;
    points.forEach((point, i) => {
        const away = digitsDistance(point, from, to);
        if (away > far) [far, which] = [away, i];
    });
    if (far <= most) return [from, to];
    return [...digitsSimplify(points.slice(0, which + 1), most),
            ...digitsSimplify(points.slice(which), most).slice(1)];
}

// From a point to the line between two. Math.sqrt rounds alike everywhere,
// so that a link is the same picture in each browser.
function digitsDistance([x, y], [ax, ay], [bx, by]) {
    const [dx, dy] = [bx - ax, by - ay];
    const length = dx * dx + dy * dy;
    const part = length ? Math.max(0, Math.min(1,
        ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
    const [u, v] = [x - ax - part * dx, y - ay - part * dy];
    return Math.sqrt(u * u + v * v);
}

// Draws a line into levels [128,128] of white paper, in 256 steps.
function digitsLine(levels, from, to) {
    const middle = at => DIGITS_ZOOM * (at + 0.5) - 0.5;
    const [a, b] = [from.map(middle), to.map(middle)];
    const reach = axis => [
        Math.max(0, Math.floor(Math.min(a[axis], b[axis]) - DIGITS_PEN - 1)),
        Math.min(DIGITS_PIXELS - 1,
                 Math.ceil(Math.max(a[axis], b[axis]) + DIGITS_PEN + 1))];
    const [[left, right], [top, bottom]] = [reach(0), reach(1)];
    for (let y = top; y <= bottom; y++)
        for (let x = left; x <= right; x++) {
            const cover = DIGITS_PEN + 0.5 - digitsDistance([x, y], a, b);
            const level = 1 - Math.max(0, Math.min(1, cover));
            const at = y * DIGITS_PIXELS + x;
            levels[at] = Math.min(levels[at], Math.round(255 * level) / 255);
        }
}

// The picture of a drawing, dark on white, as it is saved.
function digitsPicture(strokes) {
    const levels = new Float64Array(DIGITS_PIXELS ** 2).fill(1);
    for (const stroke of strokes) {
        digitsLine(levels, stroke[0], stroke[0]);
        stroke.slice(1).forEach((to, i) => digitsLine(levels, stroke[i], to));
    }
    return {channels: 1, height: DIGITS_PIXELS, width: DIGITS_PIXELS, levels};
}

// How far an arrow key moves the pen, and with Shift.
const DIGITS_STEP = 4, DIGITS_SMALL_STEP = 1;

class DigitsPad {
    // drawn(ink, isWhole) is told each change; isWhole where a stroke is done.
    // say(words) is for who hears the page.
    constructor(drawn, say) {
        Object.assign(this, {drawn, say, strokes: [], past: [], open: null,
                             pen: [32, 12], isDown: false, shown: null});
        this.canvas = el('canvas', {
            class: 'pad', tabindex: 0, role: 'application',
            width: DIGITS_PIXELS, height: DIGITS_PIXELS,
            'aria-label': 'Paper to draw a digit on. Arrow keys move the ' +
                'pen, space puts it down or lifts it, Backspace takes a ' +
                'stroke back.'});
        this.mark = el('div', {class: 'pen', 'aria-hidden': 'true'});
        this.element = el('div', {class: 'paper'}, this.canvas, this.mark);
        this.listen();
        this.paint();
    }

    listen() {
        const on = (name, act) => this.canvas.addEventListener(name, act);
        on('pointerdown', event => this.press(event));
        on('pointermove', event => this.move(event));
        on('pointerup', () => this.lift());
        on('pointercancel', () => this.lift());
        on('keydown', event => this.key(event));
        on('blur', () => this.lift());
    }

    get ink() {
        return digitsInk(this.strokes);
    }

    // Another drawing, from a link or for a sample's sake.
    set(ink) {
        if (ink === this.ink) return;
        this.strokes = digitsStrokes(ink);
        this.open = null;
        this.setDown(false);
        this.paint();
    }

    // Another picture, where nothing is drawn; null: none.
    show(picture) {
        if (picture === this.shown) return;
        this.shown = picture;
        this.paint();
    }

    get picture() {
        return digitsPicture(this.strokes);
    }

    paint() {
        const isDrawing = this.strokes.length > 0 || !this.shown;
        const {height, width, channels, levels} = isDrawing ? this.picture
            : this.shown;
        drawPicture(this.canvas, {height, width, channels, data: levels,
                                  alt: this.canvas.getAttribute('aria-label')});
        this.mark.style.left = `${100 * (this.pen[0] + 0.5) / DIGITS_SIDE}%`;
        this.mark.style.top = `${100 * (this.pen[1] + 0.5) / DIGITS_SIDE}%`;
    }

    placeOf({clientX, clientY}) {
        const {left, top, width, height} = this.canvas.getBoundingClientRect();
        const at = share => Math.max(0, Math.min(
            DIGITS_SIDE - 1, Math.floor(DIGITS_SIDE * share)));
        return [at((clientX - left) / width), at((clientY - top) / height)];
    }

    press(event) {
        if (event.button) return;
        this.canvas.setPointerCapture(event.pointerId);
        this.lift();
        this.pen = this.placeOf(event);
        this.begin();
    }

    move(event) {
        if (!this.open || this.isDown) return;
        for (const one of event.getCoalescedEvents?.() || [event])
            this.reach(this.placeOf(one));
    }

    // A stroke begins where the pen is.
    begin() {
        this.past.push(this.ink);
        this.shown = null;
        this.open = [this.pen];
        this.strokes.push(this.open);
        this.paint();
        this.drawn(this.ink, false);
    }

    reach(place) {
        if (String(place) === String(this.pen)) return;
        this.pen = place;
        if (this.open) {
            this.open.push(place);
            this.drawn(this.ink, false);
        }
        this.paint();
    }

    // The stroke is done: it is kept with no more points than it needs.
    lift() {
        this.setDown(false);
        if (!this.open) return;
        this.strokes[this.strokes.length - 1] = digitsSimplify(this.open, 0.7);
        this.open = null;
        if (this.ink.length > DIGITS_INK_MOST) {
            this.strokes.pop();
            this.say('The paper is full: the last stroke is not kept.');
        }
        this.paint();
        this.drawn(this.ink, true);
    }

    setDown(isDown) {
        this.isDown = isDown;
        this.mark.classList.toggle('down', isDown);
    }

    key(event) {
        const arrows = {ArrowLeft: [-1, 0], ArrowRight: [1, 0],
                        ArrowUp: [0, -1], ArrowDown: [0, 1]};
        if (event.altKey || event.metaKey) return;
        if (Object.hasOwn(arrows, event.key))
            this.walk(arrows[event.key], event.shiftKey);
        else if (event.key === ' ' || event.key === 'Enter') this.toggle();
        else if (event.key === 'Escape' && this.isDown) this.toggle();
        else if (event.key === 'Backspace' ||
                 event.key === 'z' && event.ctrlKey) this.undo();
        else return;
        event.preventDefault();
    }

    walk([x, y], isSmall) {
        const step = isSmall ? DIGITS_SMALL_STEP : DIGITS_STEP;
        const inside = at => Math.max(0, Math.min(DIGITS_SIDE - 1, at));
        this.reach([inside(this.pen[0] + step * x),
                    inside(this.pen[1] + step * y)]);
        this.say(`${this.isDown ? 'drawing, ' : ''}${this.pen[0]} across, ` +
                 `${this.pen[1]} down`);
    }

    toggle() {
        if (this.isDown) {
            this.lift();
            this.say('pen up');
        } else {
            this.begin();
            this.setDown(true);
            this.say('pen down');
        }
    }

    undo() {
        this.lift();
        this.back(this.past.pop() ?? '');
    }

    clear() {
        this.lift();
        if (this.strokes.length) this.past.push(this.ink);
        this.shown = null;
        this.back('');
        this.paint();
    }

    back(ink) {
        this.set(ink);
        this.drawn(ink, true);
    }
}
