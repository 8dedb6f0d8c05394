/* unlzma.c - unpacks what `xz --format=lzma` packed, with a mark at its end. */

/* A module of its own, which the page has before any other: a script that does
 * the same is slow when it runs for the first time, and it runs but once. Names
 * and numbers are those of the LZMA specification. */
#include <stddef.h>
#include <stdint.h>

/* Makes room for so many packed bytes, and says where they go. */
uint8_t *unlzma_room(size_t bytes);

/* Unpacks them; what comes out lies behind them. Returns how many bytes. */
size_t unlzma(void);

enum {
    IS_MATCH = 0,
    IS_REP = 192,
    IS_REP0_LONG = 240,
    POS_SLOT = 432,
    POS = 688,
    ALIGN = 803,
    LEN = 819,
    REP_LEN = 1333,
    LITERAL = 1847,
    PROBS = LITERAL + (0x300 << 4),
    HEADER = 13,
    PAGE = 65536
};

/* Where memory is free: the linker's name. */
extern uint8_t __heap_base;

static const uint8_t *in;
static uint8_t *out;
static size_t size, room; /* of out: bytes so far, and until memory ends */
static uint32_t range, code, state, rep0, rep1, rep2, rep3;
static uint32_t lc, literals, positions;
static uint16_t probs[PROBS];

static void refill(void)
{
    if (range >> 24) return;
    range <<= 8;
    code = code << 8 | *in++;
}

static uint32_t bit(uint32_t i)
{
    const uint32_t p = probs[i], bound = (range >> 11) * p;
    const uint32_t is_one = code >= bound;
    if (is_one) {
        range -= bound;
        code -= bound;
        probs[i] = (uint16_t)(p - (p >> 5));
    } else {
        range = bound;
        probs[i] = (uint16_t)(p + ((2048 - p) >> 5));
    }
    refill();
    return is_one;
}

static uint32_t direct(uint32_t count)
{
    uint32_t value = 0;
    while (count--) {
        range >>= 1;
        const uint32_t is_one = code >= range;
        if (is_one) code -= range;
        value = value << 1 | is_one;
        refill();
    }
    return value;
}

static uint32_t tree(uint32_t from, uint32_t bits)
{
    uint32_t m = 1;
    while (!(m >> bits)) m = m << 1 | bit(from + m);
    return m - (1U << bits);
}

static uint32_t reverse(uint32_t from, uint32_t bits)
{
    uint32_t m = 1, value = 0;
    for (uint32_t i = 0; i < bits; i++) {
        const uint32_t b = bit(from + m);
        m = m << 1 | b;
        value |= b << i;
    }
    return value;
}

static uint32_t length(uint32_t from, uint32_t where)
{
    if (!bit(from)) return 2 + tree(from + 2 + 8 * where, 3);
    if (!bit(from + 1)) return 10 + tree(from + 130 + 8 * where, 3);
    return 18 + tree(from + 258, 8);
}

static uint32_t distance(uint32_t slot)
{
    if (slot < 4) return slot;
    const uint32_t bits = (slot >> 1) - 1;
    const uint32_t start = (2 | (slot & 1)) << bits;
    if (slot < 14) return start + reverse(POS + start - slot, bits);
    const uint32_t high = direct(bits - 4) << 4;
    return start + high + reverse(ALIGN, 4);
}

static void grow(size_t bytes)
{
    if (__builtin_wasm_memory_grow(0, bytes / PAGE + 1) == SIZE_MAX)
        __builtin_trap();
    room = __builtin_wasm_memory_size(0) * PAGE - (size_t)out;
}

static void put(uint8_t byte)
{
    if (size == room) grow((size_t)1 << 20);
    out[size++] = byte;
}

static void literal(void)
{
    const uint32_t before = size ? out[size - 1] : 0;
    const uint32_t from =
        LITERAL + 0x300 * (((size & literals) << lc) + (before >> (8 - lc)));
    uint32_t m = 1;
    if (state >= 7) {
        uint32_t match = out[size - rep0 - 1];
        while (m < 0x100) {
            const uint32_t b = match >> 7 & 1;
            match <<= 1;
            m = m << 1 | bit(from + ((1 + b) << 8) + m);
            if ((m & 1) != b) break;
        }
    }
    while (m < 0x100) m = m << 1 | bit(from + m);
    put((uint8_t)m);
    state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

/* One of the last four distances comes first again. */
static void again(void)
{
    uint32_t to = rep1;
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
}

/* How many bytes come again; 0: one. */
static uint32_t repeated(uint32_t where)
{
    const uint32_t is_other = bit(IS_REP + 12 + state);
    if (!is_other && !bit(IS_REP0_LONG + 16 * state + where)) {
        state = state < 7 ? 9 : 11;
        return 1;
    }
    if (is_other) again();
    state = state < 7 ? 8 : 11;
    return length(REP_LEN, where);
}

static uint32_t matched(uint32_t where)
{
    rep3 = rep2;
    rep2 = rep1;
    rep1 = rep0;
    state = state < 7 ? 7 : 10;
    const uint32_t count = length(LEN, where);
    const uint32_t class = count - 2 < 3 ? count - 2 : 3;
    rep0 = distance(tree(POS_SLOT + 64 * class, 6));
    return count;
}

static void begin(const uint8_t *packed)
{
    for (size_t i = 0; i < PROBS; i++) probs[i] = 1024;
    lc = packed[0] % 9;
    literals = (1U << packed[0] / 9 % 5) - 1;
    positions = (1U << packed[0] / 45) - 1;
    in = packed + HEADER + 1;
    size = state = rep0 = rep1 = rep2 = rep3 = 0;
    range = UINT32_MAX;
    code = 0;
    for (int i = 0; i < 4; i++) code = code << 8 | *in++;
}

uint8_t *unlzma_room(size_t bytes)
{
    out = &__heap_base + bytes;
    grow(bytes);
    return &__heap_base;
}

size_t unlzma(void)
{
    begin(&__heap_base);
    for (;;) {
        const uint32_t where = size & positions;
        if (!bit(IS_MATCH + 16 * state + where)) {
            literal();
            continue;
        }
        uint32_t count = bit(IS_REP + state) ? repeated(where) : matched(where);
        if (rep0 == UINT32_MAX) return size;
        while (count--) put(out[size - rep0 - 1]);
    }
}
