/* npy.c - the header is a Python dict: parsed as one, and no further. */
#include "convlet/npy.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/append.h"
#include "convlet/byte_order.h"
#include "convlet/memory.h"
#include "convlet/npy_header.h"
#include "convlet/number.h"
#include "convlet/size.h"

enum { SHAPE_SIZE = 96, WORD_SIZE = 32 };

/* The text and how far it is read; positions count from the file's start. */
typedef struct reader {
    const unsigned char *bytes;
    size_t at, end;
    cvl_error *err;
} reader;

/* What stands before the elements. */
typedef struct header {
    cvl_numbers type;           /* of an element: its kind, width and order */
    size_t ndim;                /* as the file says: 0, or beyond 4, too */
    size_t shape[CVL_MAX_NDIM]; /* the first axes, unchecked */
    size_t data_at;             /* where in the file the elements start */
} header;

/* The dict's values, and which of them were there. */
typedef struct dict {
    char descr[WORD_SIZE];
    bool fortran_order;
    bool has_descr, has_order, has_shape;
} dict;

static cvl_status damaged(const reader *t, const char *expected)
{
    return cvl_fail(t->err, CVL_EFORMAT,
                    "header is damaged at byte %zu: expected %s; save the "
                    "array again with numpy.save",
                    t->at, expected);
}

static void skip_space(reader *t)
{
    while (t->at < t->end && t->bytes[t->at] != '\0' &&
           strchr(" \t\r\n\f", t->bytes[t->at]))
        t->at++;
}

/* Whether `c` comes next, which is then skipped. */
static bool accept(reader *t, char c)
{
    skip_space(t);
    if (t->at == t->end || t->bytes[t->at] != (unsigned char)c) return false;
    t->at++;
    return true;
}

static bool accept_word(reader *t, const char *word)
{
    skip_space(t);
    const size_t length = strlen(word);
    if (t->end - t->at < length || memcmp(t->bytes + t->at, word, length) != 0)
        return false;
    t->at += length;
    return true;
}

/* A quoted text. Only what may stand in a message: printable, no escapes. */
static cvl_status parse_string(reader *t, const char *what,
                               char word[WORD_SIZE])
{
    skip_space(t);
    if (t->at == t->end || !strchr("'\"", t->bytes[t->at]) ||
        t->bytes[t->at] == '\0')
        return damaged(t, what);
    const unsigned char quote = t->bytes[t->at++];
    size_t length = 0;
    for (; t->at < t->end && t->bytes[t->at] != quote; t->at++) {
        const unsigned char c = t->bytes[t->at];
        if (c < ' ' || c > '~' || c == '\\')
            return damaged(t, "plain text without escapes");
        if (length == WORD_SIZE - 1)
            return damaged(t, "a text of at most 31 characters");
        word[length++] = (char)c;
    }
    word[length] = '\0';
    if (t->at == t->end) return damaged(t, "a closing quote");
    t->at++;
    return CVL_OK;
}

static cvl_status parse_size(reader *t, size_t *size)
{
    skip_space(t);
    const char *const text = (const char *)t->bytes, *at = text + t->at;
    const char *const start = at;
    if (!cvl_size_parse(&at, text + t->end, size))
        return damaged(t, at > start
                              ? "a number that is smaller than any memory"
                              : "a whole number or ')'");
    t->at = (size_t)(at - text);
    /* As Python 2 wrote a long integer. */
    if (t->at < t->end && t->bytes[t->at] == 'L') t->at++;
    return CVL_OK;
}

/* "()", "(5,)", "(2L, 3)", "(2, 3,)"; "(5)" is no tuple. */
static cvl_status parse_shape(reader *t, header *h)
{
    if (!accept(t, '(')) return damaged(t, "a shape such as (2, 3)");
    bool comma = true;
    for (h->ndim = 0; !accept(t, ')'); h->ndim++) {
        if (!comma) return damaged(t, "',' or ')'");
        size_t size = 0;
        const cvl_status status = parse_size(t, &size);
        if (status) return status;
        if (h->ndim < CVL_MAX_NDIM) h->shape[h->ndim] = size;
        comma = accept(t, ',');
    }
    if (h->ndim == 1 && !comma) {
        t->at--;
        return damaged(t, "',' as in (5,)");
    }
    return CVL_OK;
}

static cvl_status parse_descr(reader *t, dict *d)
{
    const size_t start = t->at;
    if (accept(t, '[') || accept(t, '('))
        return cvl_fail(t->err, CVL_EUNSUPPORTED,
                        "holds records; save one field: numpy.save(path, "
                        "a['name'])");
    t->at = start;
    return parse_string(t, "a type such as '<f8'", d->descr);
}

static cvl_status parse_order(reader *t, dict *d)
{
    d->fortran_order = accept_word(t, "True");
    if (d->fortran_order || accept_word(t, "False")) return CVL_OK;
    return damaged(t, "True or False");
}

/* One "key: value". */
static cvl_status parse_entry(reader *t, dict *d, header *h)
{
    char key[WORD_SIZE] = "";
    const cvl_status status = parse_string(t, "a key in quotes or '}'", key);
    if (status) return status;

    bool *const seen = !strcmp(key, "descr")           ? &d->has_descr
                       : !strcmp(key, "fortran_order") ? &d->has_order
                       : !strcmp(key, "shape")         ? &d->has_shape
                                                       : NULL;
    if (!seen || *seen)
        return cvl_fail(t->err, CVL_EFORMAT,
                        "header has %s key '%s'; save the array again with "
                        "numpy.save",
                        seen ? "a second" : "the unknown", key);
    *seen = true;
    if (!accept(t, ':')) return damaged(t, "':'");
    if (seen == &d->has_descr) return parse_descr(t, d);
    if (seen == &d->has_order) return parse_order(t, d);
    return parse_shape(t, h);
}

static cvl_status parse_dict(reader *t, dict *d, header *h)
{
    if (!accept(t, '{')) return damaged(t, "'{'");
    bool comma = true;
    while (!accept(t, '}')) {
        if (!comma) return damaged(t, "',' or '}'");
        const cvl_status status = parse_entry(t, d, h);
        if (status) return status;
        comma = accept(t, ',');
    }
    skip_space(t);
    if (t->at < t->end) return damaged(t, "nothing more after '}'");
    const char *const missing = !d->has_descr   ? "descr"
                                : !d->has_order ? "fortran_order"
                                : !d->has_shape ? "shape"
                                                : NULL;
    if (!missing) return CVL_OK;
    return cvl_fail(t->err, CVL_EFORMAT,
                    "header has no key '%s'; save the array again with "
                    "numpy.save",
                    missing);
}

/* "holds int64 ('<i8') values; ..." with the advice that suits the kind. */
static cvl_status refuse_type(const char *descr, cvl_error *err)
{
    static const char floats[] = "floats: numpy.save(path, "
                                 "a.astype('float64'))";
    static const struct {
        char kind;
        bool sized; /* the name is one with the bits behind it */
        const char *name, *advice;
    } kinds[] = {
        {'b', false, "bool", floats},
        {'i', true, "int", floats},
        {'u', true, "uint", floats},
        {'f', true, "float", floats},
        {'c', true, "complex", "its real part: numpy.save(path, a.real)"},
        {'S', false, "byte string", floats},
        {'U', false, "text", floats},
        {'M', false, "date", floats},
        {'m', false, "time span", floats},
        {'V', false, "raw byte", floats},
        {'O', false, "Python objects", floats},
    };
    const char *const kind = descr + (*descr && strchr("<>=|", *descr));
    unsigned bits = 0;
    for (const char *p = kind + (*kind != '\0'); *p >= '0' && *p <= '9'; p++)
        bits = bits * 10 % 100000 + (unsigned)(*p - '0') * 8;
    for (size_t i = 0; *kind && i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].kind != *kind) continue;
        if (*kind == 'O')
            return cvl_fail(err, CVL_EUNSUPPORTED,
                            "holds Python objects ('%s'), which are never "
                            "loaded; save it as %s",
                            descr, floats);
        if (kinds[i].sized)
            return cvl_fail(
                err, CVL_EUNSUPPORTED, "holds %s%u ('%s') values; save %s%s",
                kinds[i].name, bits, descr,
                kinds[i].advice == floats ? "it as " : "", kinds[i].advice);
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "holds %s ('%s') values; save it as %s", kinds[i].name,
                        descr, floats);
    }
    return cvl_fail(err, CVL_EUNSUPPORTED,
                    "holds values of an unknown type, '%s'; save it as %s",
                    descr, floats);
}

/* What the letter and the digit stand for; width 0 where convlet has none. */
static cvl_numbers type_of(const char *name)
{
    const size_t width = *name ? (size_t)(name[1] - '0') : 0;
    const bool whole = width == 1 || width == 2 || width == 4 || width == 8;
    if (!whole || name[2]) return (cvl_numbers){.width = 0};
    switch (*name) {
    case 'b': return (cvl_numbers){.width = width == 1};
    case 'u': return (cvl_numbers){.kind = CVL_UNSIGNED, .width = width};
    case 'i': return (cvl_numbers){.kind = CVL_SIGNED, .width = width};
    case 'f':
        return (cvl_numbers){.kind = CVL_FLOATING,
                             .width = width >= 4 ? width : 0};
    default: return (cvl_numbers){.width = 0};
    }
}

static cvl_status check_type(const char *descr, bool any, cvl_numbers *type,
                             cvl_error *err)
{
    const char order = strchr("<>=|", *descr) ? *descr : '\0';
    const char *const name = descr + (order != '\0');
    *type = type_of(name);
    type->big_endian = order == '>';
    if (!type->width || (!any && type->kind != CVL_FLOATING))
        return refuse_type(descr, err);
    if (order == '<' || (any && (order == '>' || type->width == 1)))
        return CVL_OK;
    return cvl_fail(err, CVL_EUNSUPPORTED,
                    "%s ('%s'); save it as little-endian: numpy.save(path, "
                    "a.astype('<%s'))",
                    order == '>' ? "is big-endian" : "has no byte order", descr,
                    name);
}

/* The bytes before the text: magic, version, length. Sets *t to the text. */
static cvl_status parse_preamble(const unsigned char *bytes, size_t size,
                                 reader *t)
{
    static const unsigned char magic[6] = "\x93NUMPY";
    if (size >= 4 && !memcmp(bytes, "PK\3\4", 4))
        return cvl_fail(t->err, CVL_EFORMAT,
                        "is a .npz archive; save one array: "
                        "numpy.save(path, a)");
    if (size && memcmp(bytes, magic, size < 6 ? size : 6) != 0)
        return cvl_fail(t->err, CVL_EFORMAT,
                        "is not a .npy file; write one with "
                        "numpy.save(path, a)");
    const bool longer = size > 6 && bytes[6] > 1;
    const size_t start = longer ? 12 : 10;
    if (size < start)
        return cvl_fail(t->err, CVL_EFORMAT,
                        "is cut short: has %zu byte%s, a header starts with "
                        "%zu; save the array again",
                        size, cvl_plural(size), start);
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return cvl_fail(t->err, CVL_EUNSUPPORTED,
                        "is of .npy version %d.%d, expected 1.0 to 3.0; "
                        "save the array again with numpy.save",
                        bytes[6], bytes[7]);
    const size_t length = (size_t)cvl_little_endian(bytes + 8, start - 8);
    if (length > CVL_NPY_MAX_HEADER)
        return cvl_fail(t->err, CVL_EFORMAT,
                        "has a header of %zu bytes, more than the limit of "
                        "%d; save the array again with numpy.save",
                        length, CVL_NPY_MAX_HEADER);
    if (length > size - start)
        return cvl_fail(t->err, CVL_EFORMAT,
                        "is cut short: has %zu of the %zu bytes of its "
                        "header; save the array again",
                        size - start, length);
    t->at = start;
    t->end = start + length;
    return CVL_OK;
}

/* Whether the order of the axes matters: two of them are longer than 1. */
static bool order_matters(const header *h)
{
    size_t longer = 0;
    for (size_t i = 0; i < h->ndim && i < CVL_MAX_NDIM; i++)
        longer += h->shape[i] > 1;
    return longer > 1;
}

static cvl_status parse_header(const void *bytes, size_t size, bool any,
                               header *h, cvl_error *err)
{
    *h = (header){0};
    reader t = {.bytes = bytes, .err = err};
    dict d = {0};
    cvl_status status = parse_preamble(bytes, size, &t);
    if (!status) status = parse_dict(&t, &d, h);
    if (!status) status = check_type(d.descr, any, &h->type, err);
    if (status) return status;
    if (d.fortran_order && order_matters(h))
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "is in Fortran order; save it in C order: "
                        "numpy.save(path, numpy.ascontiguousarray(a))");
    h->data_at = t.end;
    return CVL_OK;
}

/* The shape as Python prints it: "(5,)", "(2, 3)". */
static const char *shape_text(const size_t *shape, size_t ndim,
                              char text[SHAPE_SIZE])
{
    snprintf(text, SHAPE_SIZE, "(");
    for (size_t i = 0; i < ndim; i++)
        cvl_append(text, SHAPE_SIZE, "%s%zu", i ? ", " : "", shape[i]);
    cvl_append(text, SHAPE_SIZE, ndim == 1 ? ",)" : ")");
    return text;
}

/* Whether the shape is one convlet has, and the data just as long. */
static cvl_status check_shape(const header *h, size_t data_size, cvl_error *err)
{
    if (h->ndim == 0)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "holds a single number, shape (); save it as an "
                        "array: numpy.save(path, numpy.atleast_1d(a))");
    if (h->ndim > CVL_MAX_NDIM)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "has %zu axes, convlet takes 1 to 4; save fewer: "
                        "numpy.save(path, a.reshape(...))",
                        h->ndim);
    char text[SHAPE_SIZE];
    shape_text(h->shape, h->ndim, text);
    for (size_t i = 0; i < h->ndim; i++)
        if (h->shape[i] == 0)
            return cvl_fail(err, CVL_EUNSUPPORTED,
                            "is empty, shape %s; save an array whose axes "
                            "are all 1 or more",
                            text);
    size_t needed;
    if (!cvl_size_product(h->shape, h->ndim, &needed) ||
        !cvl_size_mul(needed, h->type.width, &needed))
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu bytes of data, shape %s needs more than "
                        "any memory; save the array again",
                        data_size, text);
    if (needed != data_size)
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu bytes of data, shape %s needs %zu; save the "
                        "array again",
                        data_size, text, needed);
    return CVL_OK;
}

cvl_status cvl_npy_parse(const void *bytes, size_t size, cvl_tensor *tensor,
                         cvl_error *err)
{
    *tensor = (cvl_tensor){0};
    header h;
    cvl_status status = parse_header(bytes, size, false, &h, err);
    if (!status) status = check_shape(&h, size - h.data_at, err);
    if (!status)
        status = cvl_tensor_init(tensor, h.type.width == 4 ? CVL_F32 : CVL_F64,
                                 h.ndim, h.shape, err);
    if (!status)
        cvl_copy_little_endian(tensor->data, (const char *)bytes + h.data_at,
                               cvl_dtype_size(tensor->dtype), tensor->count);
    return status;
}

cvl_status cvl_npy_view(const void *bytes, size_t size, cvl_numbers *numbers,
                        cvl_error *err)
{
    *numbers = (cvl_numbers){.width = 0};
    header h;
    cvl_status status = parse_header(bytes, size, true, &h, err);
    if (!status) status = check_shape(&h, size - h.data_at, err);
    if (status) return status;
    *numbers = h.type;
    numbers->ndim = h.ndim;
    for (size_t i = 0; i < CVL_MAX_NDIM; i++)
        numbers->shape[i] = i < h.ndim ? h.shape[i] : 1;
    numbers->data = (const unsigned char *)bytes + h.data_at;
    return cvl_numbers_check(numbers, size - h.data_at, err);
}

/* Magic, version 1.0, the length of the text, the text, spaces, newline. */
void cvl_npy_write_header(const cvl_tensor *tensor,
                          unsigned char bytes[CVL_NPY_SAVED_HEADER])
{
    assert(tensor->ndim >= 1 && tensor->ndim <= CVL_MAX_NDIM);
    static const unsigned char start[] = "\x93NUMPY\x01\x00\x76\x00";
    const size_t at = sizeof start - 1;
    char text[CVL_NPY_SAVED_HEADER], shape[SHAPE_SIZE];
    const int length =
        snprintf(text, sizeof text,
                 "{'descr': '<f%zu', 'fortran_order': False, 'shape': %s, }",
                 cvl_dtype_size(tensor->dtype),
                 shape_text(tensor->shape, tensor->ndim, shape));
    memset(bytes, ' ', CVL_NPY_SAVED_HEADER);
    memcpy(bytes, start, at);
    memcpy(bytes + at, text, (size_t)length);
    bytes[CVL_NPY_SAVED_HEADER - 1] = '\n';
}

cvl_status cvl_npy_format(const cvl_tensor *tensor, cvl_bytes *bytes,
                          cvl_error *err)
{
    *bytes = (cvl_bytes){0};
    size_t size;
    void *block;
    if (!cvl_size_add(CVL_NPY_SAVED_HEADER, cvl_tensor_bytes(tensor), &size))
        size = SIZE_MAX;
    const cvl_status status = cvl_alloc(&block, size, "a .npy file", err);
    if (status) return status;
    *bytes = (cvl_bytes){.data = block, .size = size};
    cvl_npy_write_header(tensor, block);
    cvl_copy_little_endian(bytes->data + CVL_NPY_SAVED_HEADER, tensor->data,
                           cvl_dtype_size(tensor->dtype), tensor->count);
    return CVL_OK;
}
