/* pnm.c - PNM, the binary ones: three numbers, then the samples. */
#include <string.h>

#include <convlet/number.h>
#include <convlet/size.h>

#include "pictures/formats.h"

static bool is_blank(unsigned char c)
{
    return c && strchr(" \t\r\n\v\f", c);
}

/* Behind a comment, if one starts at `at`: behind the end of its line. */
static size_t behind_comment(const unsigned char *bytes, size_t size, size_t at)
{
    if (at == size || bytes[at] != '#') return at;
    while (at < size && bytes[at] != '\n' && bytes[at] != '\r') at++;
    return at < size ? at + 1 : at;
}

/* Reads a number and the blanks and comments before it; false at a letter. */
static bool pnm_number(const unsigned char *bytes, size_t size, size_t *at,
                       size_t *number)
{
    const char *const start = (const char *)bytes;
    size_t first = *at;
    while (first < size && (is_blank(bytes[first]) || bytes[first] == '#'))
        first = is_blank(bytes[first]) ? first + 1
                                       : behind_comment(bytes, size, first);
    const char *digits = start + first;
    cvl_size_parse(&digits, start + size, number);
    *at = (size_t)(digits - start);
    return *at > first;
}

/* Reads the header from byte `at` on: all but its two letters. */
static cvl_status pnm_numbers(const unsigned char *bytes, size_t size,
                              size_t at, picture_header *header, cvl_error *err)
{
    size_t width, height, maximum;
    if (!pnm_number(bytes, size, &at, &width) ||
        !pnm_number(bytes, size, &at, &height) ||
        !pnm_number(bytes, size, &at, &maximum) || at >= size)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNM: no width, height and maximum after P%c",
                        bytes[1]);
    if (maximum < 1 || maximum > 65535)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNM: its maximum is %zu, expected 1 to 65535",
                        maximum);
    const cvl_status status = picture_set_size(header, width, height, err);
    if (status) return status;
    /* One blank after the maximum, which a comment's end is, as in netpbm. */
    if (!is_blank(bytes[at]) && bytes[at] != '#')
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNM: no blank at byte %zu, behind its maximum",
                        at);
    header->data =
        is_blank(bytes[at]) ? at + 1 : behind_comment(bytes, size, at);
    header->maximum = (unsigned)maximum;
    header->big_end = true;
    header->info.channels = bytes[1] == '5' ? 1 : 3;
    header->info.depth = maximum > 255 ? 16 : 8;

    const size_t expected =
        width * height * header->info.channels * (header->info.depth / 8);
    if (size - header->data < expected)
        return cvl_fail(err, CVL_EFORMAT,
                        "damaged PNM: it has %zu byte%s of samples, expected "
                        "%zu",
                        size - header->data, cvl_plural(size - header->data),
                        expected);
    return CVL_OK;
}

static cvl_status pnm_header(const unsigned char *bytes, size_t size,
                             picture_header *header, cvl_error *err)
{
    return pnm_numbers(bytes, size, 2, header, err);
}

const picture_format picture_pnm = {
    .name = "PNM",
    .kind = "binary PNM",
    .endings = {".pgm", ".ppm", ".pnm"},
    .magic = {"P5", "P6"},
    .header = pnm_header,
};
