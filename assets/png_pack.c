/* png_pack.c - see png_pack.h for the contract; RFC 1950, 1951, 2083. */
#include "png_pack.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS = 257, END = 256, LONGEST = 15 };

typedef struct writer {
    unsigned char *bytes;
    size_t size;
    uint32_t bits; /* not yet written, lowest first */
    unsigned pending;
} writer;

static void put_byte(writer *out, unsigned byte)
{
    out->bytes[out->size++] = (unsigned char)(byte & 0xff);
}

static void put_big32(writer *out, uint32_t value)
{
    for (unsigned shift = 32; shift; shift -= 8)
        put_byte(out, value >> (shift - 8));
}

static void put_bits(writer *out, uint32_t value, unsigned count)
{
    out->bits |= value << out->pending;
    out->pending += count;
    for (; out->pending >= 8; out->pending -= 8, out->bits >>= 8)
        put_byte(out, out->bits);
}

/* Code lengths by Huffman's method; flatter counts until none is too long. */
static void code_lengths(size_t counts[SYMBOLS], unsigned lengths[SYMBOLS])
{
    for (;;) {
        size_t weight[2 * SYMBOLS] = {0};
        size_t parent[2 * SYMBOLS] = {0};
        size_t nodes = SYMBOLS, root = 0;
        memcpy(weight, counts, SYMBOLS * sizeof *counts);
        for (;;) {
            size_t a = 0, b = 0; /* the two lightest, as index + 1 */
            for (size_t i = 0; i < nodes; i++) {
                if (!weight[i]) continue;
                if (!a || weight[i] < weight[a - 1]) {
                    b = a;
                    a = i + 1;
                } else if (!b || weight[i] < weight[b - 1]) {
                    b = i + 1;
                }
            }
            root = a - 1;
            if (!b) break;
            weight[nodes] = weight[a - 1] + weight[b - 1];
            weight[a - 1] = weight[b - 1] = 0;
            parent[a - 1] = parent[b - 1] = nodes++;
        }
        unsigned longest = 0;
        for (size_t i = 0; i < SYMBOLS; i++) {
            lengths[i] = 0;
            if (!counts[i]) continue;
            for (size_t at = i; at != root; at = parent[at]) lengths[i]++;
            if (lengths[i] > longest) longest = lengths[i];
        }
        if (longest <= LONGEST) return;
        for (size_t i = 0; i < SYMBOLS; i++)
            if (counts[i]) counts[i] = counts[i] / 2 + 1;
    }
}

/* Canonical codes, bit-reversed as deflate writes them. */
static void code_words(const unsigned lengths[SYMBOLS], uint32_t codes[SYMBOLS])
{
    uint32_t next = 0;
    for (unsigned length = 1; length <= LONGEST; length++) {
        next <<= 1;
        for (size_t i = 0; i < SYMBOLS; i++) {
            if (lengths[i] != length) continue;
            codes[i] = 0;
            for (unsigned bit = 0; bit < length; bit++)
                codes[i] |= (next >> bit & 1) << (length - 1 - bit);
            next++;
        }
    }
}

/* One deflate block with its own code, and zlib's frame around it. */
static void put_zlib(writer *out, const unsigned char *data, size_t size)
{
    size_t counts[SYMBOLS] = {0};
    unsigned lengths[SYMBOLS];
    uint32_t codes[SYMBOLS] = {0};
    for (size_t i = 0; i < size; i++) counts[data[i]]++;
    counts[END] = 1;
    code_lengths(counts, lengths);
    code_words(lengths, codes);

    put_byte(out, 0x78);
    put_byte(out, 0xda);
    put_bits(out, 1 | 2 << 1, 3); /* last block, its own code */
    put_bits(out, 0, 5);          /* 257 symbols */
    put_bits(out, 0, 5);          /* one distance, never used */
    put_bits(out, 15, 4);         /* 19 lengths of lengths: 4 bits for each */
    for (unsigned i = 0; i < 19; i++) put_bits(out, i < 3 ? 0 : 4, 3);
    for (size_t i = 0; i <= SYMBOLS; i++) {
        const unsigned length = i < SYMBOLS ? lengths[i] : 1;
        for (unsigned bit = 4; bit; bit--)
            put_bits(out, length >> (bit - 1) & 1, 1);
    }
    for (size_t i = 0; i < size; i++)
        put_bits(out, codes[data[i]], lengths[data[i]]);
    put_bits(out, codes[END], lengths[END]);
    put_bits(out, 0, (8 - out->pending) % 8);

    uint32_t low = 1, high = 0; /* Adler-32 */
    for (size_t i = 0; i < size; i++) {
        low = (low + data[i]) % 65521;
        high = (high + low) % 65521;
    }
    put_big32(out, high << 16 | low);
}

/* Ends the chunk that started at `start` with its length and checksum. */
static void end_chunk(writer *out, size_t start)
{
    const size_t length = out->size - start - 8;
    for (size_t i = 0; i < 4; i++)
        out->bytes[start + i] = (unsigned char)(length >> (24 - 8 * i) & 0xff);
    uint32_t crc = 0xffffffff;
    for (size_t i = start + 4; i < out->size; i++) {
        crc ^= out->bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    put_big32(out, crc ^ 0xffffffff);
}

static size_t start_chunk(writer *out, const char *type)
{
    const size_t start = out->size;
    put_big32(out, 0);
    for (size_t i = 0; i < 4; i++) put_byte(out, (unsigned char)type[i]);
    return start;
}

/* What filter `kind` expects of a byte from its left, upper and corner one. */
static int predict(unsigned kind, int left, int up, int corner)
{
    switch (kind) {
    case 1: return left;
    case 2: return up;
    case 3: return (left + up) / 2;
    case 4: {
        const int guess = left + up - corner;
        const int a = abs(guess - left), b = abs(guess - up);
        const int c = abs(guess - corner);
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default: return 0;
    }
}

/* Filters a row by the kind with the smallest residues. */
static void filter_row(const unsigned char *row, const unsigned char *above,
                       size_t bytes, unsigned char *out)
{
    size_t best = SIZE_MAX;
    unsigned chosen = 0;
    for (unsigned round = 0; round < 6; round++) {
        const unsigned kind = round < 5 ? round : chosen;
        size_t sum = 0;
        out[0] = (unsigned char)kind;
        for (size_t i = 0; i < bytes; i++) {
            const int left = i < 3 ? 0 : row[i - 3];
            const int up = above ? above[i] : 0;
            const int corner = above && i >= 3 ? above[i - 3] : 0;
            const unsigned residue =
                (unsigned)(row[i] - predict(kind, left, up, corner)) & 0xff;
            out[1 + i] = (unsigned char)residue;
            sum += residue < 128 ? residue : 256 - residue;
        }
        if (sum < best) {
            best = sum;
            chosen = kind;
        }
    }
}

unsigned char *png_pack(const unsigned char *rgb, size_t width, size_t height,
                        size_t *size)
{
    const size_t row = 3 * width, filtered_size = (1 + row) * height;
    unsigned char *const filtered = malloc(filtered_size);
    /* A byte's code is at most 15 bits long. */
    writer out = {.bytes = malloc(2 * filtered_size + 1024)};
    if (!filtered || !out.bytes) {
        free(out.bytes);
        out.bytes = NULL;
        goto done;
    }
    for (size_t y = 0; y < height; y++)
        filter_row(rgb + y * row, y ? rgb + (y - 1) * row : NULL, row,
                   filtered + y * (1 + row));

    static const unsigned char signature[8] = {0x89, 'P',  'N',  'G',
                                               '\r', '\n', 0x1a, '\n'};
    for (size_t i = 0; i < 8; i++) put_byte(&out, signature[i]);
    size_t start = start_chunk(&out, "IHDR");
    put_big32(&out, (uint32_t)width);
    put_big32(&out, (uint32_t)height);
    put_byte(&out, 8);
    put_byte(&out, 2); /* red, green, blue */
    for (size_t i = 0; i < 3; i++) put_byte(&out, 0);
    end_chunk(&out, start);
    start = start_chunk(&out, "IDAT");
    put_zlib(&out, filtered, filtered_size);
    end_chunk(&out, start);
    end_chunk(&out, start_chunk(&out, "IEND"));
    *size = out.size;
done:
    free(filtered);
    return out.bytes;
}
