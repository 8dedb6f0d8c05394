/* shapes.c - see shapes.h for the contract. */
#include "bench/shapes.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include <convlet/size.h>

#include "base/input.h"
#include "base/text.h"

/* No list of layers is this long. */
static const size_t FILE_LIMIT = (size_t)1 << 20;

enum { COLUMNS = 11, FIRST_NUMBER = 2 };

struct field {
    const char *text;
    size_t length;
};

/* Cuts a line at blanks; returns the number of fields, or COLUMNS + 1. */
static size_t split(const char *line, size_t length,
                    struct field fields[COLUMNS])
{
    size_t count = 0;
    for (size_t i = 0; i < length;) {
        while (i < length && isspace((unsigned char)line[i])) i++;
        const size_t start = i;
        while (i < length && !isspace((unsigned char)line[i])) i++;
        if (i == start) break;
        if (count == COLUMNS) return COLUMNS + 1;
        fields[count++] = (struct field){line + start, i - start};
    }
    return count;
}

static bool read_size(const struct field *field, size_t *size)
{
    const char *at = field->text;
    size_t value;
    if (!cvl_size_parse(&at, field->text + field->length, &value) ||
        at != field->text + field->length)
        return false;
    *size = value;
    return true;
}

/* A name goes into tables of tabs, so it is a word. */
static bool read_name(const struct field *field, char name[BENCH_NAME_SIZE])
{
    if (field->length >= BENCH_NAME_SIZE) return false;
    for (size_t i = 0; i < field->length; i++) {
        const unsigned char c = (unsigned char)field->text[i];
        if (!isalnum(c) && !(c && strchr(".,_-", c))) return false;
    }
    memcpy(name, field->text, field->length);
    name[field->length] = '\0';
    return true;
}

static cvl_status read_line(const char *line, size_t length,
                            struct bench_shape *shape, cvl_error *err)
{
    struct field fields[COLUMNS];
    size_t n[COLUMNS - FIRST_NUMBER];
    const size_t count = split(line, length, fields);
    if (count != COLUMNS)
        return cvl_fail(err, CVL_EFORMAT,
                        "expected %d fields: ID NAME N C H W K KH KW PAD "
                        "STRIDE",
                        COLUMNS);
    if (!read_name(&fields[0], shape->name))
        return cvl_fail(err, CVL_EFORMAT,
                        "the ID must be up to %d letters, digits, and . , _ -",
                        BENCH_NAME_SIZE - 1);
    for (size_t i = FIRST_NUMBER; i < COLUMNS; i++)
        if (!read_size(&fields[i], &n[i - FIRST_NUMBER]))
            return cvl_fail(err, CVL_EFORMAT,
                            "field %zu is not a whole number in range", i + 1);
    shape->geometry = (cvl_conv2d_geometry){.batch = n[0],
                                            .in_channels = n[1],
                                            .in_height = n[2],
                                            .in_width = n[3],
                                            .out_channels = n[4],
                                            .kernel_height = n[5],
                                            .kernel_width = n[6],
                                            .stride_y = n[8],
                                            .stride_x = n[8],
                                            .pad_top = n[7],
                                            .pad_bottom = n[7],
                                            .pad_left = n[7],
                                            .pad_right = n[7],
                                            .dilation_y = 1,
                                            .dilation_x = 1,
                                            .groups = 1};
    return cvl_conv2d_geometry_check(&shape->geometry, err);
}

/* Moves past a line that counts; false at the end of the file. */
static bool next_line(struct bench_shapes *shapes, const char **line,
                      size_t *length)
{
    while (shapes->at < shapes->bytes.size) {
        const char *const start = (const char *)shapes->bytes.data + shapes->at;
        const size_t rest = shapes->bytes.size - shapes->at;
        const char *const end = memchr(start, '\n', rest);
        *line = start;
        *length = end ? (size_t)(end - start) : rest;
        shapes->at += *length + (end ? 1 : 0);
        shapes->line++;
        size_t blanks = 0;
        while (blanks < *length && isspace((unsigned char)start[blanks]))
            blanks++;
        if (blanks < *length && start[blanks] != '#') return true;
    }
    return false;
}

cvl_status bench_shapes_open(struct bench_shapes *shapes, const char *path,
                             cvl_error *err)
{
    struct bench_shape shape;
    const char *line;
    size_t length, count = 0;
    char clipped[TEXT_CLIP];
    text_clip(input_name(path), clipped);
    *shapes = (struct bench_shapes){0};
    cvl_status status = input_read(path, FILE_LIMIT, &shapes->bytes, err);
    if (status) return status;
    for (; next_line(shapes, &line, &length); count++) {
        status = read_line(line, length, &shape, err);
        if (status)
            return cvl_error_prefix(err, status, "%s:%zu", clipped,
                                    shapes->line);
    }
    shapes->at = shapes->line = 0;
    if (count) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT, "%s: names no layer", clipped);
}

bool bench_shapes_next(struct bench_shapes *shapes, struct bench_shape *shape)
{
    const char *line;
    size_t length;
    return next_line(shapes, &line, &length) &&
           !read_line(line, length, shape, NULL);
}

void bench_shapes_close(struct bench_shapes *shapes)
{
    cvl_bytes_free(&shapes->bytes);
    *shapes = (struct bench_shapes){0};
}
