// unpack.js - what join.sh has packed: LZMA, and base64 around it.

// The bytes of a file as `xz --format=lzma` writes it, with a mark at the end.
// Names and numbers are those of the LZMA specification.
function unlzma(data) {
    const lc = data[0] % 9, lp = (data[0] / 9 | 0) % 5;
    const positions = (1 << (data[0] / 45 | 0)) - 1;
    const IS_REP = 192, IS_REP0_LONG = 240, POS_SLOT = 432, POS = 688;
    const ALIGN = 803, LEN = 819, REP_LEN = 1333, LITERAL = 1847;
    const probs = new Uint16Array(LITERAL + (0x300 << (lc + lp))).fill(1024);
    let out = new Uint8Array(1 << 19), size = 0, state = 0;
    // The range and the code in it: as numbers of their own they would be slow.
    const now = new Uint32Array(2);
    let at = 18;
    now[0] = 0xffffffff;
    now[1] = new DataView(data.buffer, data.byteOffset).getUint32(14);
    let rep0 = 0, rep1 = 0, rep2 = 0, rep3 = 0;

    const refill = () => {
        now[0] <<= 8;
        now[1] = now[1] << 8 | data[at++];
    };
    const bit = i => {
        const p = probs[i], bound = (now[0] >>> 11) * p;
        const isOne = now[1] >= bound;
        if (isOne) {
            now[0] -= bound;
            now[1] -= bound;
            probs[i] = p - (p >> 5);
        } else {
            now[0] = bound;
            probs[i] = p + (2048 - p >> 5);
        }
        if (now[0] < 0x1000000) refill();
        return isOne ? 1 : 0;
    };
    const direct = count => {
        let value = 0;
        while (count--) {
            now[0] >>>= 1;
            const isOne = now[1] >= now[0];
            if (isOne) now[1] -= now[0];
            value = value * 2 + (isOne ? 1 : 0);
            if (now[0] < 0x1000000) refill();
        }
        return value;
    };
    const tree = (from, bits) => {
        let m = 1;
        while (m >> bits === 0) m = m << 1 | bit(from + m);
        return m - (1 << bits);
    };
    const reverse = (from, bits) => {
        let m = 1, value = 0;
        for (let i = 0; i < bits; i++) {
            const b = bit(from + m);
            m = m << 1 | b;
            value |= b << i;
        }
        return value;
    };
    const length = (from, where) =>
        !bit(from) ? tree(from + 2 + 8 * where, 3)
            : !bit(from + 1) ? 8 + tree(from + 130 + 8 * where, 3)
                : 16 + tree(from + 258, 8);
    const put = byte => {
        if (size === out.length) {
            const wider = new Uint8Array(2 * size);
            wider.set(out);
            out = wider;
        }
        out[size++] = byte;
    };
    const literal = () => {
        const before = size ? out[size - 1] : 0;
        const from = LITERAL + 0x300 *
            (((size & (1 << lp) - 1) << lc) + (before >> 8 - lc));
        let m = 1;
        let match = state < 7 ? 0 : out[size - rep0 - 1];
        while (state >= 7 && m < 0x100) {
            const b = match >> 7 & 1;
            match <<= 1;
            m = m << 1 | bit(from + (1 + b << 8) + m);
            if ((m & 1) !== b) break;
        }
        while (m < 0x100) m = m << 1 | bit(from + m);
        put(m & 255);
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
    };
    const distance = slot => {
        if (slot < 4) return slot;
        const bits = (slot >> 1) - 1, start = (2 + (slot & 1)) * 2 ** bits;
        return slot < 14 ? start + reverse(POS + start - slot, bits)
            : start + 16 * direct(bits - 4) + reverse(ALIGN, 4);
    };
    // One of the last four distances comes first again.
    const again = () => {
        let to = rep1;
        if (bit(IS_REP + 24 + state)) {
            to = rep2;
            if (bit(IS_REP + 36 + state)) {
                to = rep3;
                rep3 = rep2;
            }
            rep2 = rep1;
        }
        rep1 = rep0;
        rep0 = to;
    };
    for (;;) {
        const where = size & positions;
        if (!bit(16 * state + where)) {
            literal();
            continue;
        }
        let count = 0;
        if (bit(IS_REP + state)) {
            const same = !bit(IS_REP + 12 + state);
            if (same && !bit(IS_REP0_LONG + 16 * state + where)) {
                state = state < 7 ? 9 : 11;
                put(out[size - rep0 - 1]);
                continue;
            }
            if (!same) again();
            count = length(REP_LEN, where);
            state = state < 7 ? 8 : 11;
        } else {
            rep3 = rep2;
            rep2 = rep1;
            rep1 = rep0;
            count = length(LEN, where);
            state = state < 7 ? 7 : 10;
            rep0 = distance(tree(POS_SLOT + 64 * Math.min(count, 3), 6));
            if (rep0 === 0xffffffff) return out.subarray(0, size);
        }
        for (count += 2; count > 0; count--) put(out[size - rep0 - 1]);
    }
}

function unbase64(text) {
    return Uint8Array.from(atob(text.trim()), c => c.charCodeAt(0));
}

// What the element holds, unpacked by a thread of its own.
function unpackAside(id) {
    const source = `${unlzma}
${unbase64}
onmessage = ({data}) => postMessage(unlzma(unbase64(data)));`;
    const link = URL.createObjectURL(
        new Blob([source], {type: 'text/javascript'}));
    const thread = new Worker(link);
    return new Promise((resolve, reject) => {
        thread.onmessage = ({data}) => {
            thread.terminate();
            URL.revokeObjectURL(link);
            resolve(data);
        };
        thread.onerror = ({message}) => reject(new Error(message));
        thread.postMessage(document.getElementById(id).textContent);
    });
}

// The texts that the element holds: each but the last ends in a form feed.
function unpackTexts(id) {
    const packed = unbase64(document.getElementById(id).textContent);
    return new TextDecoder().decode(unlzma(packed)).split('\f');
}
