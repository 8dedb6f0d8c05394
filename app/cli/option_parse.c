/* option_parse.c - the value of an option from text; see option_value.h. */
#include "cli/option_value.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/suggest.h"

_Static_assert(sizeof(cvl_reduction) == sizeof(int) &&
                   sizeof(cvl_conv_algo) == sizeof(int) &&
                   sizeof(enum dtype_choice) == sizeof(int),
               "a choice is stored as an int");

enum reading { READ_OK, READ_MALFORMED, READ_TOO_LARGE, READ_NEGATIVE };

/* A run of digits, up to `length` characters of text, and nothing else. */
static enum reading read_size(const char *text, size_t length, size_t *value)
{
    const bool minus = length > 1 && text[0] == '-';
    size_t sum = 0;
    bool fits = true;
    if (!length) return READ_MALFORMED;
    for (size_t i = minus ? 1 : 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') return READ_MALFORMED;
        fits = fits && cvl_size_mul(sum, 10, &sum) &&
               cvl_size_add(sum, (size_t)(text[i] - '0'), &sum);
    }
    if (minus) return READ_NEGATIVE;
    if (!fits) return READ_TOO_LARGE;
    *value = sum;
    return READ_OK;
}

/* A decimal number: strtod alone would take 0x1p3, inf, nan and " 1". */
static enum reading read_real(const char *text, double *value)
{
    if (text[strspn(text, "0123456789+-.eE")] || !strpbrk(text, "0123456789"))
        return READ_MALFORMED;
    char *end;
    errno = 0;
    const double parsed = strtod(text, &end);
    if (*end) return READ_MALFORMED;
    if (errno == ERANGE) return READ_TOO_LARGE;
    *value = parsed;
    return READ_OK;
}

/* Up to `limit` sizes between commas; *count of them were there. */
static enum reading read_sizes(const char *text, size_t limit, size_t *sizes,
                               size_t *count)
{
    for (*count = 0; *count < limit; text++) {
        const size_t length = strcspn(text, ",");
        const enum reading reading = read_size(text, length, &sizes[*count]);
        if (reading) return reading;
        ++*count;
        text += length;
        if (!*text) return READ_OK;
    }
    return READ_MALFORMED;
}

static bool in_range(const struct option *option, double value)
{
    if (option->above ? value <= option->low : value < option->low)
        return false;
    if (option->high == 0) return true;
    return option->below ? value < option->high : value <= option->high;
}

/* Why the text is no value of this option, and what would be. */
static cvl_status refuse(const struct option *option, const char *text,
                         enum reading reading, cvl_error *err)
{
    char value[TEXT_CLIP], expected[EXPECTED_SIZE];
    const char *what = "out of range";
    if (reading == READ_TOO_LARGE && option->high == 0)
        what = option->type == TYPE_REAL ? "beyond what a number can hold"
                                         : "too large";
    if (reading == READ_MALFORMED) switch (option->type) {
        case TYPE_REAL: what = "not a number"; break;
        case TYPE_PAIR: what = "not one or two whole numbers"; break;
        case TYPE_PADDING: what = "not a padding"; break;
        case TYPE_INDEX: what = "not a place"; break;
        case TYPE_SWITCH: what = "neither true nor false"; break;
        default: what = "not a whole number"; break;
        }
    return cvl_fail(err, CVL_EINVAL, "'%s' is %s; expected %s",
                    text_clip(text, value), what,
                    option_expected(option, expected));
}

/* "'x' is not one of a, b, c" and, if one is near, "; did you mean 'b'?" */
static cvl_status refuse_choice(const struct option *option, const char *kind,
                                const char *text, cvl_error *err)
{
    char value[TEXT_CLIP], all[EXPECTED_SIZE];
    const char *const near = suggest_word(text, option->choices);
    return cvl_fail(err, CVL_EINVAL, "%s'%s' is not one of %s%s%s%s", kind,
                    text_clip(text, value), option_choices(option, ", ", all),
                    near ? "; did you mean '" : "", near ? near : "",
                    near ? "'?" : "");
}

/* The index of text among the choices; CHOICE_LIMIT if it is not there. */
static size_t find_choice(const struct option *option, const char *text)
{
    for (size_t i = 0; i < CHOICE_LIMIT && option->choices[i]; i++)
        if (strcmp(option->choices[i], text) == 0) return i;
    return CHOICE_LIMIT;
}

static enum reading parse_number(const struct option *option, const char *text,
                                 void *field)
{
    size_t size = 0;
    double real = 0.0;
    enum reading reading = READ_OK;
    const bool is_zero = option->zero && strcmp(text, option->zero) == 0;
    if (option->type == TYPE_REAL) {
        if (!is_zero) reading = read_real(text, &real);
    } else {
        if (!is_zero) reading = read_size(text, strlen(text), &size);
        real = (double)size;
    }
    if (reading) return reading;
    if (!is_zero && !in_range(option, real)) return READ_NEGATIVE;
    if (option->type == TYPE_REAL) *(double *)field = real;
    if (option->type == TYPE_SIZE) *(size_t *)field = size;
    if (option->type == TYPE_SEED) *(uint32_t *)field = (uint32_t)size;
    return READ_OK;
}

static enum reading parse_pair(const struct option *option, const char *text,
                               size_t pair[2])
{
    size_t sizes[2], count;
    const enum reading reading = read_sizes(text, 2, sizes, &count);
    if (reading) return reading;
    if (count == 1) sizes[1] = sizes[0];
    if (!in_range(option, (double)sizes[0]) ||
        !in_range(option, (double)sizes[1]))
        return READ_NEGATIVE;
    pair[0] = sizes[0];
    pair[1] = sizes[1];
    return READ_OK;
}

static enum reading parse_padding(const char *text, struct padding *padding)
{
    size_t p[4] = {0}, count;
    if (strcmp(text, "same") == 0 || strcmp(text, "fit") == 0) {
        *padding = (struct padding){.mode = text[0] == 's' ? PADDING_SAME
                                                           : PADDING_FIT};
        return READ_OK;
    }
    const enum reading reading = read_sizes(text, 4, p, &count);
    if (reading) return reading;
    if (count == 3) return READ_MALFORMED;
    const size_t x = count == 1 ? p[0] : p[1];
    *padding = (struct padding){.size = {p[0], p[0], x, x}};
    if (count == 4) memcpy(padding->size, p, sizeof p);
    return READ_OK;
}

/* As many numbers as the metavar has names, or the last ones of them. */
static enum reading parse_index(const struct option *option, const char *text,
                                struct index *index)
{
    struct index read = {0};
    size_t names = 1, sizes[4];
    for (const char *at = option->metavar; (at = strchr(at, ',')); at++)
        names++;
    if (*text) {
        const enum reading reading =
            read_sizes(text, names, sizes, &read.count);
        if (reading) return reading;
    }
    for (size_t i = 0; i < read.count; i++)
        read.at[4 - read.count + i] = sizes[i];
    *index = read;
    return READ_OK;
}

static cvl_status check_size(const char *text, cvl_error *err)
{
    const size_t size = option_written_size(text);
    if (size <= VALUE_LIMIT) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "the value takes %zu bytes in a file; the limit is %d",
                    size, VALUE_LIMIT);
}

static cvl_status parse_text(const struct option *option, const char *text,
                             const char **field, cvl_error *err)
{
    static const char filter[] = "filter:";
    const size_t prefix = sizeof filter - 1;
    char expected[EXPECTED_SIZE];
    if (check_size(text, err)) return CVL_EINVAL;
    if (!*text && option->text[0])
        return cvl_fail(err, CVL_EINVAL, "the value is empty; expected %s",
                        option_expected(option, expected));
    if (option->type == TYPE_TARGET && strncmp(text, filter, prefix) == 0 &&
        find_choice(option, text + prefix) == CHOICE_LIMIT)
        return refuse_choice(option, "filter ", text + prefix, err);
    *field = *text ? text : NULL;
    return CVL_OK;
}

static cvl_status parse_choice(const struct option *option, const char *text,
                               void *field, cvl_error *err)
{
    const size_t index = find_choice(option, text);
    /* A name whose metavar offers a file may be a path. */
    if (index == CHOICE_LIMIT && option->type == TYPE_NAME && option->metavar &&
        strpbrk(text, "./")) {
        if (check_size(text, err)) return CVL_EINVAL;
        *(const char **)field = text;
        return CVL_OK;
    }
    if (index == CHOICE_LIMIT) return refuse_choice(option, "", text, err);
    if (option->type == TYPE_NAME) {
        *(const char **)field = option->choices[index];
    } else {
        const int number = (int)index;
        memcpy(field, &number, sizeof number);
    }
    return CVL_OK;
}

cvl_status option_parse(const struct option *option, const char *text,
                        struct config *config, cvl_error *err)
{
    void *const field = option_field(option, config);
    enum reading reading = READ_OK;
    switch (option->type) {
    case TYPE_SWITCH:
        if (strcmp(text, "true") == 0)
            *(bool *)field = true;
        else if (strcmp(text, "false") == 0)
            *(bool *)field = false;
        else
            reading = READ_MALFORMED;
        break;
    case TYPE_SIZE:
    case TYPE_SEED:
    case TYPE_REAL: reading = parse_number(option, text, field); break;
    case TYPE_PAIR: reading = parse_pair(option, text, field); break;
    case TYPE_PADDING: reading = parse_padding(text, field); break;
    case TYPE_INDEX: reading = parse_index(option, text, field); break;
    case TYPE_CHOICE:
    case TYPE_NAME: return parse_choice(option, text, field, err);
    case TYPE_TEXT:
    case TYPE_TARGET: return parse_text(option, text, field, err);
    }
    return reading ? refuse(option, text, reading, err) : CVL_OK;
}
