/* jpeg.c - JPEG: whether it is whole, and a copy that any decoder reads. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/fnv.h"
#include "pictures/formats.h"
#include "pictures/jpeg_walk.h"

/* What is known of a file so far. */
typedef struct jpeg {
    size_t components; /* 0: there was no frame yet */
    unsigned char id[4], quantiser[4];
    uint64_t missing[4]; /* coefficients whose last bit was in no scan */
    unsigned quantisers; /* bit t: table t is there */
    /* Of the DC tables, then the AC tables, 16 counts and the symbols. */
    const unsigned char *huffman[8];
    int transform;              /* of the colours, by Adobe's marker; or -1 */
    const unsigned char *frame; /* its header */
    size_t interval;            /* units between two restarts; 0: none */
    bool progressive, scanned;
    bool cut; /* a scan ended before its last restart */
} jpeg;

static cvl_status jpeg_damaged(const char *what, cvl_error *err)
{
    return cvl_fail(err, CVL_EFORMAT, "damaged JPEG: %s", what);
}

static cvl_status jpeg_not_read(const char *what, cvl_error *err)
{
    return cvl_fail(err, CVL_EUNSUPPORTED, "%s is not read; convert it to PNG",
                    what);
}

static bool jpeg_is_frame(unsigned marker)
{
    return marker >= JPEG_SOF0 && marker <= JPEG_SOF15 && marker != JPEG_DHT &&
           marker != JPEG_JPG && marker != JPEG_DAC;
}

/* Refuses the kinds of frame that are not read. */
static cvl_status jpeg_check_frame(const jpeg_walk *walk, cvl_error *err)
{
    const unsigned marker = walk->marker;
    char text[32];
    if (marker > JPEG_JPG)
        return jpeg_not_read("an arithmetic coded JPEG", err);
    if (marker == JPEG_SOF2 + 1 || marker == JPEG_SOF7)
        return jpeg_not_read("a lossless JPEG", err);
    if (marker > JPEG_SOF2) return jpeg_not_read("a hierarchical JPEG", err);
    snprintf(text, sizeof text, "a JPEG of %u bits", (unsigned)walk->data[0]);
    if (walk->data[0] != 8) return jpeg_not_read(text, err);
    if (!big16(walk->data + 1))
        return jpeg_not_read("a JPEG whose height is behind its pixels (DNL)",
                             err);
    return CVL_OK;
}

static cvl_status jpeg_frame(const jpeg_walk *walk, jpeg *j,
                             picture_header *header, cvl_error *err)
{
    const unsigned char *const data = walk->data;
    if (j->components) return jpeg_damaged("it has two frames", err);
    if (walk->length < 6)
        return jpeg_damaged("its frame header is too short", err);
    const cvl_status status = jpeg_check_frame(walk, err);
    if (status) return status;
    const size_t components = data[5];
    if (components != 1 && components != 3 && components != 4)
        return cvl_fail(err, CVL_EFORMAT, "damaged JPEG: it has %zu components",
                        components);
    if (walk->length < 6 + 3 * components)
        return jpeg_damaged("its frame header is too short", err);
    j->frame = data;
    j->components = components;
    j->progressive = walk->marker == JPEG_SOF2;
    for (size_t c = 0; c < components; c++) {
        j->id[c] = data[6 + 3 * c];
        j->quantiser[c] = data[8 + 3 * c] & 3;
        j->missing[c] = UINT64_MAX;
    }
    header->info.channels = components == 1 ? 1 : 3;
    return picture_set_size(header, big16(data + 3), big16(data + 1), err);
}

/* Notes the tables of a segment; a decoder refuses what is wrong with them. */
static void jpeg_tables(const jpeg_walk *walk, jpeg *j)
{
    enum { COUNTS = 17 }; /* a class and number, then 16 counts */
    const unsigned char *const data = walk->data;
    size_t at = 0;
    if (walk->marker == JPEG_DQT)
        for (; at < walk->length; at += data[at] >> 4 ? 129 : 65)
            j->quantisers |= 1U << (data[at] & 3);
    while (walk->marker == JPEG_DHT && at + COUNTS <= walk->length) {
        j->huffman[(data[at] >> 4 & 1) * 4 + (data[at] & 3)] = data + at + 1;
        size_t codes = 0;
        for (size_t i = 1; i < COUNTS; i++) codes += data[at + i];
        at += COUNTS + codes;
    }
}

/* A component of a scan: its tables are there, and what it tells of it. */
static bool jpeg_scan_part(jpeg *j, unsigned id, unsigned tables,
                           const unsigned char *band)
{
    const unsigned first = j->progressive ? band[0] : 0;
    const unsigned last = j->progressive ? band[1] : 63;
    const unsigned high = band[2] >> 4, low = band[2] & 15;
    for (size_t c = 0; c < j->components; c++) {
        if (j->id[c] != id || last > 63 || first > last) continue;
        if (!(j->quantisers >> j->quantiser[c] & 1)) return false;
        if (!first && !high && !j->huffman[tables >> 4 & 3]) return false;
        if (last && !j->huffman[4 + (tables & 3)]) return false;
        if (low && j->progressive) continue;
        j->missing[c] &= ~(UINT64_MAX >> (63 - last) & UINT64_MAX << first);
    }
    return true;
}

/* The units of a scan that restarts count, one of which has blocks of each of
 * its components: T.81, A.2. */
static size_t jpeg_units(const jpeg *j, size_t parts, unsigned id)
{
    size_t high = 1, wide = 1, v = 1, h = 1;
    for (size_t c = 0; c < j->components; c++) {
        const unsigned char *const part = j->frame + 6 + 3 * c;
        const size_t across = part[1] >> 4, down = part[1] & 15;
        if (wide < across) wide = across;
        if (high < down) high = down;
        if (parts > 1 || part[0] != id) continue;
        h = across;
        v = down;
    }
    const size_t rows = (big16(j->frame + 1) * v + 8 * high - 1) / (8 * high);
    return (big16(j->frame + 3) * h + 8 * wide - 1) / (8 * wide) * rows;
}

/* Has a scan all the restarts that are owed in it? */
static bool jpeg_restarts(const jpeg_walk *walk, const jpeg *j)
{
    const unsigned char *const data = walk->data;
    const size_t units = jpeg_units(j, data[0], data[1]);
    const unsigned char *const bytes = walk->bytes;
    size_t count = 0, i = (size_t)(data - bytes) + walk->length;
    for (; i + 1 < walk->at; i++)
        count += bytes[i] == 0xff && jpeg_is_restart(bytes[i + 1]);
    return !j->interval || !units || count >= (units - 1) / j->interval;
}

static cvl_status jpeg_scan(const jpeg_walk *walk, jpeg *j, cvl_error *err)
{
    if (!j->components)
        return jpeg_damaged("a scan before the frame header", err);
    j->scanned = true;
    const size_t parts = walk->length ? walk->data[0] : 0;
    if (walk->length < 4 || parts > (walk->length - 4) / 2) return CVL_OK;
    const unsigned char *const band = walk->data + 1 + 2 * parts;
    j->cut |= !jpeg_restarts(walk, j);
    for (size_t i = 0; i < parts; i++) {
        const unsigned char *const part = walk->data + 1 + 2 * i;
        if (jpeg_scan_part(j, part[0], part[1], band)) continue;
        if (!walk->stray)
            return jpeg_damaged("a scan whose tables are missing", err);
        return cvl_fail(err, CVL_EFORMAT, "damaged JPEG: no marker at byte %zu",
                        walk->stray);
    }
    return CVL_OK;
}

/* Is it one of the segments of an ICC profile? ICC.1:2022, B.4. */
static bool jpeg_is_icc(const jpeg_walk *walk)
{
    return walk->marker == JPEG_APP2 && walk->length >= 14 &&
           !memcmp(walk->data, "ICC_PROFILE", 12);
}

/* A segment that says something of the picture. */
static cvl_status jpeg_segment(const jpeg_walk *walk, jpeg *j,
                               picture_header *header, cvl_error *err)
{
    jpeg_tables(walk, j);
    if (jpeg_is_frame(walk->marker)) return jpeg_frame(walk, j, header, err);
    if (walk->marker == JPEG_SOS) return jpeg_scan(walk, j, err);
    if (walk->marker == JPEG_DAC)
        return jpeg_not_read("an arithmetic coded JPEG", err);
    if (walk->marker == JPEG_DRI && walk->length >= 2)
        j->interval = big16(walk->data);
    if (walk->marker == JPEG_APP1 && header->orientation == 1)
        header->orientation =
            picture_exif_orientation(walk->data, walk->length);
    if (jpeg_is_icc(walk)) header->info.notes |= PICTURE_PROFILE;
    if (walk->marker == JPEG_APP14 && walk->length >= 12 &&
        !memcmp(walk->data, "Adobe", 6))
        j->transform = walk->data[11];
    return CVL_OK;
}

/*
 * Without an end marker, whether there are scans for all of the coefficients,
 * with all of their restarts; whether what follows the last one is whole, the
 * decoder sees.
 */
static cvl_status jpeg_check_end(const jpeg_walk *walk, const jpeg *j,
                                 picture_header *header, cvl_error *err)
{
    uint64_t missing = 0;
    if (walk->marker == JPEG_EOI && !j->scanned)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged JPEG: marker %02x at byte %zu", walk->marker,
                        walk->at - 2);
    for (size_t c = 0; c < j->components; c++) missing |= j->missing[c];
    if (walk->marker != JPEG_EOI && (missing || !j->scanned || j->cut))
        return jpeg_cut(walk->size, err);
    if (walk->marker != JPEG_EOI) header->info.notes |= PICTURE_UNENDED;
    if (walk->stray) header->info.notes |= PICTURE_STRAY;
    const int t = j->transform;
    if (t < 0 || j->components == 1 || t == 0 ||
        t == (j->components == 3 ? 1 : 2))
        return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "damaged JPEG: %zu components, and Adobe's colour "
                    "transform %d",
                    j->components, t);
}

static cvl_status jpeg_header(const unsigned char *bytes, size_t size,
                              picture_header *header, cvl_error *err)
{
    jpeg_walk walk = {.bytes = bytes, .size = size, .at = 2};
    jpeg j = {.transform = -1};
    for (;;) {
        cvl_status status = jpeg_next(&walk, err);
        if (status) return status;
        if (!walk.marker || walk.marker == JPEG_EOI)
            return jpeg_check_end(&walk, &j, header, err);
        status = jpeg_segment(&walk, &j, header, err);
        if (status) return status;
    }
}

static size_t copy_to(unsigned char *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return size;
}

/* GCOV_EXCL_START: this runs in a jail, where nothing can be counted. */

/*
 * Copies what a decoder needs, but for the end marker, and returns how many
 * bytes these are. Four components of which no marker tells the colours are
 * CMYK as Adobe writes it, inverted: stb_image takes them for YCbCr.
 */
static size_t jpeg_copy(const unsigned char *bytes, size_t size,
                        unsigned char *to)
{
    static const char cmyk[] = "\xff\xee\0\16Adobe\0d\0\0\0\0\0";
    jpeg_walk walk = {.bytes = bytes, .size = size, .at = 2};
    size_t used = copy_to(to, bytes, 2);
    bool adobe = false;
    while (!jpeg_next(&walk, NULL) && walk.marker && walk.marker != JPEG_EOI) {
        const unsigned marker = walk.marker;
        if (jpeg_is_frame(marker) && walk.data[5] == 4 && !adobe)
            used += copy_to(to + used, cmyk, sizeof cmyk - 1);
        adobe |= marker == JPEG_APP14;
        if (!jpeg_is_frame(marker) && marker != JPEG_DHT &&
            marker != JPEG_DQT && marker != JPEG_DRI && marker != JPEG_SOS &&
            marker != JPEG_APP0 && marker != JPEG_APP14)
            continue;
        used += copy_to(to + used, walk.data - 4, 4 + walk.length + walk.scan);
    }
    return used;
}

/* A number that differs where the samples do. */
static uint64_t sum_of(const jail_pool *pool, const jail_verdict *verdict,
                       const picture_header *header)
{
    return fnv_sum(pool->base + verdict->offset,
                   verdict->width * verdict->height * header->info.channels);
}

/*
 * At the end of its data a decoder goes on with zeros. A file without an end
 * marker is whole if others in their place change nothing.
 */
static void jpeg_decode(const unsigned char *bytes, size_t size,
                        const picture_header *header, jail_pool *pool,
                        jail_verdict *verdict)
{
    static const unsigned char end[2] = {0xff, JPEG_EOI};
    enum { ADDED = 16, TAIL = 64 };
    unsigned char *const copy =
        jail_pool_take(pool, size + ADDED + TAIL + sizeof end);
    if (!copy) return;
    size_t used = jpeg_copy(bytes, size, copy);
    const jail_pool before = *pool;
    memcpy(copy + used, end, sizeof end);
    picture_stb_decode(copy, used + sizeof end, header, pool, verdict);
    if (!verdict->done || !(header->info.notes & PICTURE_UNENDED)) return;

    const uint64_t with_zeros = sum_of(pool, verdict, header);
    pool->used = before.used;
    pool->newest = before.newest;
    memset(verdict, 0, sizeof *verdict);
    memset(copy + used, 0xfe, TAIL);
    memcpy(copy + used + TAIL, end, sizeof end);
    picture_stb_decode(copy, used + TAIL + sizeof end, header, pool, verdict);
    if (verdict->done && sum_of(pool, verdict, header) == with_zeros) return;
    verdict->done = 0;
    snprintf(verdict->reason, sizeof verdict->reason,
             "it ends at byte %zu, before its end-of-image marker", size);
}

/* GCOV_EXCL_STOP */

/* The bits of a scan, as they are read and, some of them, written again. */
typedef struct jpeg_bits {
    const unsigned char *next; /* to be read */
    picture_sink *sink;        /* to be written to; NULL: not now */
    unsigned in, left;         /* a byte, and how many of its bits are left */
    unsigned out, filled;      /* the same of what is written */
} jpeg_bits;

static void put_bits(jpeg_bits *bits, picture_sink *sink, unsigned value,
                     unsigned count)
{
    for (; count > 0; count--) {
        bits->out = bits->out << 1 | (value >> (count - 1) & 1);
        if (++bits->filled < 8) continue;
        const unsigned char stuffed[2] = {(unsigned char)bits->out, 0};
        picture_sink_add(sink, stuffed, stuffed[0] == 0xff ? 2 : 1);
        bits->filled = 0;
    }
}

static unsigned get_bits(jpeg_bits *bits, unsigned count)
{
    unsigned value = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!bits->left) {
            bits->in = *bits->next++;
            bits->next += bits->in == 0xff;
            bits->left = 8;
        }
        value = value << 1 | (bits->in >> --bits->left & 1);
    }
    if (bits->sink) put_bits(bits, bits->sink, value, count);
    return value;
}

/* The symbol of the next code, by its table: T.81, F.2.2.3. */
static unsigned get_symbol(jpeg_bits *bits, const unsigned char *table)
{
    assert(table); /* an encoder's own scan has its tables */
    const unsigned char *symbols = table + 16;
    unsigned code = 0, first = 0;
    for (unsigned i = 0; i < 16; i++) {
        code = code << 1 | get_bits(bits, 1);
        if (code - first < table[i]) return symbols[code - first];
        symbols += table[i];
        first = (first + table[i]) << 1;
    }
    return 0; /* GCOV_EXCL_LINE: an encoder's own codes are in its tables */
}

static void copy_block(jpeg_bits *bits, const unsigned char *dc,
                       const unsigned char *ac)
{
    get_bits(bits, get_symbol(bits, dc));
    for (unsigned k = 1; k < 64; k++) {
        const unsigned symbol = get_symbol(bits, ac);
        if (!symbol) return;
        get_bits(bits, symbol & 15);
        k += symbol >> 4;
    }
}

/* Of each three blocks the first. */
static void copy_luminance(const jpeg_walk *walk, const jpeg *j, size_t blocks,
                           picture_sink *grey)
{
    jpeg_bits bits = {.next = walk->data + walk->length};
    for (size_t i = 0; i < 3 * blocks; i++) {
        const bool kept = i % 3 == 0;
        bits.sink = kept ? grey : NULL;
        copy_block(&bits, j->huffman[!kept], j->huffman[4 + !kept]);
    }
    if (bits.filled) put_bits(&bits, grey, 0xff, 8 - bits.filled);
}

/* The luminance alone of a JPEG as stb_image_write makes it: in one scan, of
 * three components that are as large as each other. */
static void jpeg_to_grey(const unsigned char *bytes, size_t size,
                         picture_sink *grey)
{
    unsigned char frame[] = "\xff\xc0\0\13.....\1\1\x11";
    static const unsigned char scan[] = "\xff\xda\0\10\1\1\0\0\77";
    jpeg_walk walk = {.bytes = bytes, .size = size, .at = 2};
    jpeg j = {0};
    picture_sink_add(grey, bytes, 2);
    while (!jpeg_next(&walk, NULL) && walk.marker && walk.marker != JPEG_EOI) {
        jpeg_tables(&walk, &j);
        if (walk.marker == JPEG_SOS) {
            picture_sink_add(grey, scan, sizeof scan);
            const size_t rows = (big16(frame + 5) + 7) / 8;
            const size_t columns = (big16(frame + 7) + 7) / 8;
            copy_luminance(&walk, &j, rows * columns, grey);
        } else if (walk.marker == JPEG_SOF0) {
            memcpy(frame + 4, walk.data, 5);
            picture_sink_add(grey, frame, sizeof frame);
        } else {
            picture_sink_add(grey, walk.data - 4, 4 + walk.length);
        }
    }
    picture_sink_add(grey, "\xff\xd9", 2);
}

static int jpeg_encode(picture_sink *sink, int width, int height, int channels,
                       const unsigned char *samples)
{
    picture_sink full = {0};
    const bool grey = channels == 1;
    const int written =
        picture_stb_jpeg(grey ? &full : sink, width, height, channels, samples);
    if (written && grey) jpeg_to_grey(full.data, full.size, sink);
    return written;
}

/* The pieces of an ICC profile, by their numbers. */
typedef struct icc_pieces {
    const unsigned char *data[256];
    size_t length[256];
    size_t count, size;
} icc_pieces;

/* Finds them; false unless each is there, and they are of such pictures. */
static bool icc_find(const unsigned char *bytes, size_t size, size_t channels,
                     icc_pieces *pieces)
{
    enum { HEAD = 14, SPACE = 16 };
    jpeg_walk walk = {.bytes = bytes, .size = size, .at = 2};
    *pieces = (icc_pieces){.count = 0};
    while (!jpeg_next(&walk, NULL) && walk.marker && walk.marker != JPEG_SOS) {
        if (!jpeg_is_icc(&walk)) continue;
        const size_t number = walk.data[12];
        pieces->count = walk.data[13];
        pieces->data[number] = walk.data + HEAD;
        pieces->length[number] = walk.length - HEAD;
    }
    for (size_t i = 1; i <= pieces->count; i++) {
        if (!pieces->data[i]) return false;
        pieces->size += pieces->length[i];
    }
    return pieces->count && pieces->length[1] >= SPACE + 4 &&
           !memcmp(pieces->data[1] + SPACE, channels == 1 ? "GRAY" : "RGB ", 4);
}

static cvl_status jpeg_read_profile(const unsigned char *bytes, size_t size,
                                    picture_profile *profile, cvl_error *err)
{
    icc_pieces pieces;
    void *data;
    if (!icc_find(bytes, size, profile->channels, &pieces)) return CVL_OK;
    const cvl_status status =
        cvl_alloc(&data, pieces.size, "a colour profile", err);
    if (status) return status;
    profile->icc.data = data;
    for (size_t i = 1; i <= pieces.count; i++)
        profile->icc.size += copy_to(profile->icc.data + profile->icc.size,
                                     pieces.data[i], pieces.length[i]);
    return picture_png_iccp(&profile->icc, &profile->chunks, err);
}

static bool jpeg_write_profile(picture_sink *sink,
                               const picture_profile *profile)
{
    enum { BEHIND_JFIF = 20, MOST = 65519 };
    unsigned char head[18] = "\xff\xe2..ICC_PROFILE";
    const size_t pieces = (profile->icc.size + MOST - 1) / MOST;
    if (!pieces || pieces > 255) return false;
    size_t at = BEHIND_JFIF, from = 0;
    for (size_t i = 1; i <= pieces; i++) {
        const size_t rest = profile->icc.size - from;
        const size_t length = rest < MOST ? rest : MOST;
        head[2] = (unsigned char)((length + 16) >> 8);
        head[3] = (unsigned char)(length + 16);
        head[16] = (unsigned char)i;
        head[17] = (unsigned char)pieces;
        picture_sink_insert(sink, at, head, sizeof head);
        picture_sink_insert(sink, at + sizeof head, profile->icc.data + from,
                            length);
        at += sizeof head + length;
        from += length;
    }
    return true;
}

const picture_format picture_jpeg = {
    .name = "JPEG",
    .kind = "JPEG",
    .endings = {".jpg", ".jpeg"},
    .magic = {"\xff\xd8\xff"},
    .lossy = true,
    .max_side = 65535,
    .header = jpeg_header,
    .decode = jpeg_decode,
    /* Up to 2.29, stb_image can write past its Huffman tables. */
    .needs_jail = STB_IMAGE_VERSION < 230,
    .encode = jpeg_encode,
    .read_profile = jpeg_read_profile,
    .write_profile = jpeg_write_profile,
};
