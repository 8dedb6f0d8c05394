// engine.js - the page's side of a worker: every call gives a promise.

// A sentence of the module, for the reader.
class EngineError extends Error {}

const engineCalls = [
    'describe', 'version', 'tensor', 'set', 'step', 'trace', 'taken', 'run',
    'forward', 'backward', 'loss', 'terms', 'lossTerms', 'difference',
    'curvature', 'identify', 'restart', 'evaluate', 'report', 'look', 'lookAt',
    'label', 'lookGradient', 'said', 'restore', 'measure', 'save', 'load',
    'readArray',
];

// A call of the module each, in the order they are made:
//
//     await engine.open({net: 'conv 4 2x2', lr: 0.001});
//     const {losses, taken, ended} = await engine.step(10);
//
// The arguments are those of LIVE.C's functions; what is refused rejects with
// an EngineError. `trace(count)` steps, and has all params of each step.
class Engine {
    constructor(worker) {
        this.worker = worker;
        this.waiting = new Map();
        this.last = 0;
        this.playing = null;
        worker.onmessage = ({data}) => this.settle(data);
        worker.onerror = event => {
            event.preventDefault();
            this.fail(event.message);
        };
    }

    // Are there answers to come?
    get busy() {
        return this.waiting.size > 0 || this.playing !== null;
    }

    settle({id, result, error}) {
        // What begin() waits for.
        if (!id) return;
        const {resolve, reject} = this.waiting.get(id);
        this.waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new EngineError(error));
    }

    fail(message) {
        for (const {reject} of this.waiting.values())
            reject(new EngineError(message));
        this.waiting.clear();
    }

    ask(call, ...args) {
        return new Promise((resolve, reject) => {
            const id = ++this.last;
            this.waiting.set(id, {resolve, reject});
            this.worker.postMessage({id, call, args});
        });
    }

    // The settings as lines `key = value`; what is undefined is left out.
    open(settings) {
        this.stop();
        const lines = Object.entries(settings)
            .filter(([, value]) => value !== undefined)
            .map(([key, value]) => `${key} = ${value}\n`);
        return this.ask('open', lines.join(''));
    }

    stop() {
        if (this.playing) this.playing.stopped = true;
        this.playing = null;
    }

    // Steps until stop(), the end, or `most` steps in all, in chunks of about
    // `time` ms, the first of `size` steps; `each` is awaited with what a
    // chunk gave. `pace(taken)` bounds the steps of a chunk, `ask(count)` takes
    // them.
    async play({most, each, time = 50, size = 1, pace = () => Infinity,
                ask = count => this.step(count)}) {
        this.stop();
        const turn = this.playing = {stopped: false};
        let {taken, ended} = await this.taken();
        while (!turn.stopped && !ended && taken < most) {
            const count = Math.max(1, Math.min(size, most - taken,
                                               Math.floor(pace(taken))));
            const start = performance.now();
            const chunk = await ask(count);
            const spent = Math.max(performance.now() - start, 0.1);
            size = Math.max(1, Math.min(2 * size,
                                        Math.floor(count * time / spent)));
            ({taken, ended} = chunk);
            await each(chunk);
        }
        if (this.playing === turn) this.playing = null;
    }
}

for (const call of engineCalls)
    Engine.prototype[call] = function (...args) {
        return this.ask(call, ...args);
    };

// Of the worker that has compiled the module, or else of a new one, for which
// that has left it.
async function makeEngine() {
    const {first} = unpacked;
    unpacked.first = null;
    if (first) return new Engine(first);
    const worker = new Worker(unpacked.worker);
    worker.postMessage((await unpacked.module).data);
    return new Engine(worker);
}
