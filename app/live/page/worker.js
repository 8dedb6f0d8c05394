// worker.js - the thread that computes: calls the module for engine.js.
//
// The first message is {packed}, what unpack() of unpack.js takes, which stands
// before these lines, and answered by {module}, the compiled WebAssembly, or
// {error}; or it is such an answer. Each later message is {id, call, args},
// answered by {id, result} or {id, error}, in order.
'use strict';

let wasm = null;
let live = 0;

const utf8 = {encode: new TextEncoder(), decode: new TextDecoder()};

// Views die whenever the memory grows, so each use makes its own.
const bytesAt = (at, size) => new Uint8Array(wasm.memory.buffer, at, size);

const EBADF = 8;

// What a program asks of a system: the time, and nothing else is there.
function system(name) {
    if (name === 'clock_time_get')
        return (id, precision, at) => {
            const now = BigInt(Math.round(performance.now() * 1e6));
            new DataView(wasm.memory.buffer).setBigUint64(at, now, true);
            return 0;
        };
    if (name === 'proc_exit')
        return () => {
            throw new Error('the module stopped itself');
        };
    return () => EBADF;
}

// The first message of a worker: it runs.
postMessage({});

async function compile(packed) {
    try {
        const module = await WebAssembly.compile(unpack(...packed));
        postMessage({module});
        return module;
    } catch ({message: error}) {
        postMessage({error});
        throw new Error(error);
    }
}

async function start({packed, module, error}) {
    if (error) throw new Error(error);
    if (packed) module = await compile(packed);
    const imports = {};
    for (const {module: from, name} of WebAssembly.Module.imports(module)) {
        imports[from] = imports[from] || {};
        imports[from][name] = system(name);
    }
    wasm = (await WebAssembly.instantiate(module, imports)).exports;
    if (wasm._initialize) wasm._initialize();
    live = wasm.live_new();
    if (!live) throw new Error('out of memory');
}

function textAt(at) {
    if (!at) return '';
    const rest = new Uint8Array(wasm.memory.buffer, at);
    return utf8.decode.decode(rest.slice(0, rest.indexOf(0)));
}

function check(status) {
    if (status) throw new Error(textAt(wasm.live_error(live)));
}

function reserve(size) {
    const at = wasm.live_alloc(Math.max(size, 8));
    if (!at) throw new Error(`out of memory: ${size} bytes`);
    return at;
}

// Calls `use` with the address of a copy of the bytes.
function lend(bytes, use) {
    const at = reserve(bytes.length);
    try {
        bytesAt(at, bytes.length).set(bytes);
        return use(at);
    } finally {
        wasm.live_release(at);
    }
}

const lendText = (text, use) => lend(utf8.encode.encode(text + '\0'), use);

const lendNumbers = (values, use) =>
    lend(new Uint8Array(Float64Array.from(values).buffer), use);

// Calls `use` with the address of `count` doubles, and returns a copy of them.
function fillNumbers(count, use) {
    const at = reserve(8 * count);
    try {
        use(at);
        return new Float64Array(wasm.memory.buffer, at, count).slice();
    } finally {
        wasm.live_release(at);
    }
}

function json(at) {
    if (!at) check(1);
    return JSON.parse(textAt(at));
}

// struct live_array: data, bits, ndim, shape[4], count, of 4 bytes each.
const ARRAY_WORDS = 8;

function readArray(at) {
    const words = new Uint32Array(wasm.memory.buffer, at, ARRAY_WORDS);
    const [data, bits, ndim] = words;
    const kind = bits === 32 ? Float32Array : Float64Array;
    return {
        shape: Array.from(words.subarray(3, 3 + ndim)),
        data: new kind(wasm.memory.buffer, data, words[7]).slice(),
    };
}

function tensor(name, index) {
    const at = reserve(4 * ARRAY_WORDS);
    try {
        lendText(name, text =>
            check(wasm.live_tensor(live, text, index, at)));
        return readArray(at);
    } finally {
        wasm.live_release(at);
    }
}

function step(count) {
    const before = wasm.live_taken(live);
    const all = fillNumbers(Math.max(count, 1), at =>
        check(wasm.live_step(live, count, at)));
    const taken = wasm.live_taken(live);
    return {losses: all.slice(0, taken - before), taken,
            ended: wasm.live_ended(live)};
}

// Params of the net, as long as it is open; 0: not counted yet.
let paramCount = 0;

function params() {
    const parts = [];
    paramCount = paramCount || json(wasm.live_describe(live)).params.length;
    for (let i = 0; i < paramCount; i++) parts.push(tensor('param', i).data);
    const all = new Float64Array(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const part of parts) {
        all.set(part, at);
        at += part.length;
    }
    return all;
}

// Up to `count` steps, and the params before and after each of the last `keep`
// of them: path[i] are those after `first` + i steps.
function trace(count, keep = count) {
    const losses = [...step(Math.max(0, count - keep)).losses];
    const path = [params()];
    const first = wasm.live_taken(live);
    while (losses.length < count && !wasm.live_ended(live)) {
        const {losses: [loss]} = step(1);
        if (loss === undefined) break;
        losses.push(loss);
        if (wasm.live_taken(live) > first + path.length - 1)
            path.push(params());
    }
    return {losses: Float64Array.from(losses), path, first,
            taken: wasm.live_taken(live), ended: wasm.live_ended(live)};
}

function saved(what, index) {
    const at = reserve(8);
    try {
        lendText(what, text =>
            check(wasm.live_save(live, text, index, at, at + 4)));
        const [bytes, size] = new Uint32Array(wasm.memory.buffer, at, 2);
        return bytesAt(bytes, size).slice();
    } finally {
        wasm.live_release(at);
    }
}

const ARRAYS = ['y', 'dx', 'grad'];

const place = ({array, layer = 0, param = 0, at}) =>
    [ARRAYS.indexOf(array), layer, param, ...at];

const withPicture = (call, {channels, height, width, levels}) =>
    lendNumbers(levels, at =>
        check(wasm[call](live, at, channels, height, width)));

const calls = {
    open: settings => lendText(settings, at => check(wasm.live_open(live, at))),
    describe: () => json(wasm.live_describe(live)),
    version: () => textAt(wasm.live_version()),
    tensor,
    set: (name, index, values) =>
        lendText(name, text => lendNumbers(values, at =>
            check(wasm.live_set(live, text, index, at, values.length)))),
    step,
    trace,
    taken: () => ({taken: wasm.live_taken(live), ended: wasm.live_ended(live)}),
    run: () => check(wasm.live_run(live)),
    forward: () => check(wasm.live_forward(live)),
    backward: () => check(wasm.live_backward(live)),
    loss: () => wasm.live_loss(live),
    terms: of => json(wasm.live_terms(live, ...place(of))),
    lossTerms: (image, first, count) =>
        json(wasm.live_loss_terms(live, image, first, count)),
    difference: of => fillNumbers(1, at =>
        check(wasm.live_difference(live, ...place(of), at)))[0],
    curvature: () => fillNumbers(1, at =>
        check(wasm.live_curvature(live, at)))[0],
    identify: () => {
        let lost;
        const [condition, error] = fillNumbers(2, at => {
            lost = wasm.live_identify(live, at);
            if (lost < 0) check(1);
        });
        return {condition, error, isLost: lost > 0};
    },
    restart: () => check(wasm.live_restart(live)),
    evaluate: heldOut => check(wasm.live_evaluate(live, heldOut ? 1 : 0)),
    report: () => json(wasm.live_report(live)),
    look: picture => withPicture('live_look', picture),
    label: sample => wasm.live_label(live, sample),
    lookAt: sample => check(wasm.live_look_at(live, sample)),
    lookGradient: label => check(wasm.live_look_gradient(live, label)),
    said: () => textAt(wasm.live_said(live)),
    restore: picture => withPicture('live_restore', picture),
    measure: () => fillNumbers(3, at => check(wasm.live_measure(live, at))),
    save: saved,
    load: bytes => lend(bytes, at =>
        check(wasm.live_load(live, at, bytes.length))),
    readArray: bytes => {
        lend(bytes, at => check(wasm.live_read_array(live, at, bytes.length)));
        return tensor('read', 0);
    },
};

async function answer({id, call, args}) {
    try {
        await ready;
        if (call === 'open' || call === 'load') paramCount = 0;
        const result = calls[call](...args);
        postMessage({id, result});
    } catch (error) {
        const isTrap = error instanceof WebAssembly.RuntimeError;
        postMessage({id, error: !isTrap ? error.message
            : `the computation broke off (${error.message}); reload the page`});
    }
}

let ready = null;

onmessage = ({data}) => {
    if (data.id) answer(data);
    else ready = start(data);
};
