/* value.c - values of options, from text and back. */
#include "cli/value.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/append.h>
#include <convlet/net.h>
#include <convlet/number.h>
#include <convlet/size.h>

#include "base/suggest.h"
#include "cli/hint.h"
#include "cli/quote.h"

_Static_assert(sizeof(cvl_reduction) == sizeof(int) &&
                   sizeof(cvl_conv_algo) == sizeof(int) &&
                   sizeof(enum dtype_choice) == sizeof(int),
               "a choice is stored as an int");

enum reading {
    READ_OK,
    READ_MALFORMED,
    READ_TOO_LARGE,
    READ_TOO_SMALL, /* no 0, but nearer to it than a number can be */
    READ_NEGATIVE
};

/* A run of digits, up to `length` characters of text, and nothing else. */
static enum reading read_size(const char *text, size_t length, size_t *value)
{
    const bool minus = length > 1 && text[0] == '-';
    const char *at = text + minus;
    size_t size;
    const bool fits = cvl_size_parse(&at, text + length, &size);
    if (!length || at != text + length) return READ_MALFORMED;
    if (minus) return READ_NEGATIVE;
    if (!fits) return READ_TOO_LARGE;
    *value = size;
    return READ_OK;
}

static enum reading read_real(const char *text, double *value)
{
    const char *end;
    if (cvl_number_parse(text, value)) return READ_OK;
    const double read = cvl_number_read(text, &end);
    if (end == text || *end) return READ_MALFORMED;
    return isinf(read) ? READ_TOO_LARGE : READ_TOO_SMALL;
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
    if (reading == READ_TOO_SMALL) what = "closer to 0 than a number can be";
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
    const char *const hint = hint_for_value(option->name, text);
    return cvl_fail(err, CVL_EINVAL, "'%s' is %s; %s%s", text_clip(text, value),
                    what, hint ? "" : "expected ",
                    hint ? hint : value_expected(option, expected));
}

/* "'x' is not one of a, b, c" and, if one is near, "; did you mean 'b'?" */
static cvl_status refuse_choice(const struct option *option, const char *kind,
                                const char *text, cvl_error *err)
{
    char value[TEXT_CLIP], all[EXPECTED_SIZE], word[TEXT_CLIP];
    struct suggestion suggestion = {.word = text_clip(text, word)};
    if (option->more) word[strcspn(word, ":")] = '\0';
    const char *name;
    for (size_t i = 0; (name = option_choice(option, i)); i++)
        suggest_try(&suggestion, name, name);
    const char *const near = suggestion.answer;
    const char *const hint = hint_for_value(option->name, text);
    text_clip(text, value);
    value_choices(option, ", ", all);
    if (hint)
        return cvl_fail(err, CVL_EINVAL, "%s'%s' is not one of %s; %s", kind,
                        value, all, hint);
    return cvl_fail(err, CVL_EINVAL, "%s'%s' is not one of %s%s%s%s", kind,
                    value, all, near ? "; did you mean '" : "",
                    near ? near : "", near ? "'?" : "");
}

/* The index among the choices of text, or of what stands before a colon where
 * the option takes more; -1 if it is not there. */
static int find_choice(const struct option *option, const char *text)
{
    const size_t length = option->more ? strcspn(text, ":") : strlen(text);
    const char *name;
    for (int i = 0; (name = option_choice(option, (size_t)i)); i++)
        if (strncmp(name, text, length) == 0 && !name[length]) return i;
    return -1;
}

static enum reading parse_number(const struct option *option, const char *text,
                                 union value *value)
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
    if (option->type == TYPE_REAL) value->real = real;
    if (option->type == TYPE_SIZE) value->size = size;
    if (option->type == TYPE_SEED) value->seed = (uint32_t)size;
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

static bool is_layer(const char *word)
{
    size_t i = 0;
    const char *name;
    while ((name = cvl_layer_kind_name(i)) && strcmp(name, word) != 0) i++;
    return name;
}

/* What is known of a layer that is none; of others, and of all else that may be
 * wrong with a net, the library tells. */
static cvl_status refuse_layer(size_t layer, const char *word, cvl_error *err)
{
    struct suggestion suggestion = {.word = word};
    const char *const hint = hint_for_value("layer", word), *name;
    for (size_t i = 0; (name = cvl_layer_kind_name(i)); i++)
        suggest_try(&suggestion, name, name);
    const char *const near = hint ? NULL : suggestion.answer;
    if (is_layer(word) || (!hint && !near)) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "layer %zu: unknown layer '%s'; %s%s%s",
                    layer, word, near ? "did you mean '" : "",
                    near ? near : hint, near ? "'?" : "");
}

/* Looks at the first word of each layer of a net. */
static cvl_status check_layers(const char *text, cvl_error *err)
{
    cvl_status status = CVL_OK;
    for (size_t layer = 0; !status; layer++) {
        char word[SUGGEST_LIMIT];
        text += strspn(text, " \t\n");
        const size_t size = strcspn(text, ", \t\n(");
        if (size && size < sizeof word) {
            memcpy(word, text, size);
            word[size] = '\0';
            status = refuse_layer(layer, word, err);
        }
        text += strcspn(text, ",");
        if (!*text++) break;
    }
    return status;
}

static cvl_status parse_text(const struct option *option, const char *text,
                             union value *value, cvl_error *err)
{
    static const char filter[] = "filter:";
    const size_t prefix = sizeof filter - 1, size = quoted_size(text);
    char expected[EXPECTED_SIZE];
    if (size > VALUE_LIMIT)
        return cvl_fail(err, CVL_EINVAL,
                        "the value takes %zu bytes in a file; the limit is %d",
                        size, VALUE_LIMIT);
    if (!*text && option->text[0])
        return cvl_fail(err, CVL_EINVAL, "the value is empty; expected %s",
                        value_expected(option, expected));
    if (option->type == TYPE_TARGET && strncmp(text, filter, prefix) == 0 &&
        find_choice(option, text + prefix) < 0)
        return refuse_choice(option, "filter ", text + prefix, err);
    value->text = *text ? text : NULL;
    return strcmp(option->name, "net") != 0 ? CVL_OK : check_layers(text, err);
}

static cvl_status parse_choice(const struct option *option, const char *text,
                               union value *value, cvl_error *err)
{
    const int index = find_choice(option, text);
    /* A name whose metavar offers a file may be a path. */
    if (index < 0 && option->type == TYPE_NAME && option->metavar &&
        strpbrk(text, "./"))
        return parse_text(option, text, value, err);
    if (index < 0) return refuse_choice(option, "", text, err);
    if (option->more && strchr(text, ':')) {
        const cvl_status status = parse_text(option, text, value, err);
        return status ? status : option->more(text, err);
    }
    if (option->type == TYPE_NAME)
        value->text = option_choice(option, (size_t)index);
    else
        value->choice = index;
    return CVL_OK;
}

cvl_status value_parse(const struct option *option, const char *text,
                       union value *value, cvl_error *err)
{
    enum reading reading = READ_OK;
    switch (option->type) {
    case TYPE_SWITCH:
        if (strcmp(text, "true") == 0)
            value->on = true;
        else if (strcmp(text, "false") == 0)
            value->on = false;
        else
            reading = READ_MALFORMED;
        break;
    case TYPE_SIZE:
    case TYPE_SEED:
    case TYPE_REAL: reading = parse_number(option, text, value); break;
    case TYPE_PAIR: reading = parse_pair(option, text, value->pair); break;
    case TYPE_PADDING: reading = parse_padding(text, &value->padding); break;
    case TYPE_INDEX: reading = parse_index(option, text, &value->index); break;
    case TYPE_CHOICE:
    case TYPE_NAME: return parse_choice(option, text, value, err);
    case TYPE_TEXT:
    case TYPE_TARGET: return parse_text(option, text, value, err);
    }
    return reading ? refuse(option, text, reading, err) : CVL_OK;
}

/* Bytes of the option's field. */
static size_t size_of(const struct option *option)
{
    static const size_t sizes[] = {[TYPE_SWITCH] = sizeof(bool),
                                   [TYPE_SIZE] = sizeof(size_t),
                                   [TYPE_SEED] = sizeof(uint32_t),
                                   [TYPE_REAL] = sizeof(double),
                                   [TYPE_PAIR] = sizeof(size_t[2]),
                                   [TYPE_PADDING] = sizeof(struct padding),
                                   [TYPE_INDEX] = sizeof(struct index),
                                   [TYPE_CHOICE] = sizeof(int),
                                   [TYPE_NAME] = sizeof(const char *),
                                   [TYPE_TEXT] = sizeof(const char *),
                                   [TYPE_TARGET] = sizeof(const char *)};
    return sizes[option->type];
}

void value_store(const struct option *option, const union value *value,
                 struct config *config)
{
    memcpy((unsigned char *)config + option->at, value, size_of(option));
}

const char *value_choices(const struct option *option, const char *separator,
                          char text[EXPECTED_SIZE])
{
    const char *name;
    text[0] = '\0';
    for (size_t i = 0; (name = option_choice(option, i)); i++)
        cvl_append(text, EXPECTED_SIZE, "%s%s", i ? separator : "", name);
    return text;
}

static const char *expected_number(const struct option *option,
                                   char text[EXPECTED_SIZE])
{
    char range[64];
    if (option->high != 0 && !option->below)
        snprintf(range, sizeof range, "%.10g to %.10g", option->low,
                 option->high);
    else if (option->high != 0)
        snprintf(range, sizeof range, "%.10g or more and below %.10g",
                 option->low, option->high);
    else if (option->above)
        snprintf(range, sizeof range, "a number above %.10g", option->low);
    else
        snprintf(range, sizeof range, "%.10g or more", option->low);
    snprintf(text, EXPECTED_SIZE, "%s%s%s%s", option->zero ? option->zero : "",
             option->zero ? ", or " : "", range,
             option->type == TYPE_PAIR ? ", as H,W or one number" : "");
    return text;
}

const char *value_expected(const struct option *option,
                           char text[EXPECTED_SIZE])
{
    switch (option->type) {
    case TYPE_SWITCH: snprintf(text, EXPECTED_SIZE, "true or false"); break;
    case TYPE_PADDING:
        snprintf(text, EXPECTED_SIZE,
                 "P, or Y,X, or TOP,BOTTOM,LEFT,RIGHT, or same, or fit");
        break;
    case TYPE_INDEX:
        snprintf(text, EXPECTED_SIZE, "%s, %s0 or more", option->metavar,
                 strchr(option->metavar, ',') ? "each " : "");
        break;
    case TYPE_CHOICE:
    case TYPE_NAME: return value_choices(option, ", ", text);
    case TYPE_TEXT:
    case TYPE_TARGET: return value_metavar(option, text);
    case TYPE_SIZE:
    case TYPE_SEED:
    case TYPE_REAL:
    case TYPE_PAIR: return expected_number(option, text);
    }
    return text;
}

const char *value_metavar(const struct option *option, char text[EXPECTED_SIZE])
{
    const char *const metavar = option->metavar ? option->metavar : "|";
    if (metavar[0] != '|') {
        snprintf(text, EXPECTED_SIZE, "%s", metavar);
        return text;
    }
    value_choices(option, "|", text);
    if (metavar[1]) cvl_append(text, EXPECTED_SIZE, "%s", metavar);
    return text;
}

static void format_padding(const struct padding *padding, struct text *text)
{
    const size_t *const p = padding->size;
    if (padding->mode != PADDING_SIZES)
        text_add(text, padding->mode == PADDING_SAME ? "same" : "fit");
    else if (p[0] != p[1] || p[2] != p[3])
        text_add(text, "%zu,%zu,%zu,%zu", p[0], p[1], p[2], p[3]);
    else if (p[0] != p[2])
        text_add(text, "%zu,%zu", p[0], p[2]);
    else
        text_add(text, "%zu", p[0]);
}

/* A number, or the word for 0 where the option has one. */
static void format_number(const struct option *option, const union value *value,
                          struct text *text)
{
    const double real = option->type == TYPE_REAL ? value->real : 0.0;
    const size_t size = option->type == TYPE_SIZE   ? value->size
                        : option->type == TYPE_SEED ? value->seed
                                                    : 0;
    if (option->zero && real == 0.0 && size == 0)
        text_add(text, "%s", option->zero);
    else if (option->type == TYPE_REAL)
        text_add_real(text, real);
    else
        text_add(text, "%zu", size);
}

static void format_index(const struct index *index, struct text *text)
{
    for (size_t i = 4 - index->count; i < 4; i++)
        text_add(text, "%s%zu", i > 4 - index->count ? "," : "", index->at[i]);
}

void value_format(const struct option *option, const struct config *config,
                  struct text *text)
{
    union value value;
    memcpy(&value, (const unsigned char *)config + option->at, size_of(option));
    switch (option->type) {
    case TYPE_SWITCH: text_add(text, "%s", value.on ? "true" : "false"); break;
    case TYPE_SIZE:
    case TYPE_SEED:
    case TYPE_REAL: format_number(option, &value, text); break;
    case TYPE_PAIR:
        text_add(text, "%zu", value.pair[0]);
        if (value.pair[0] != value.pair[1])
            text_add(text, ",%zu", value.pair[1]);
        break;
    case TYPE_PADDING: format_padding(&value.padding, text); break;
    case TYPE_INDEX: format_index(&value.index, text); break;
    case TYPE_CHOICE:
        text_add(text, "%s", option_choice(option, (size_t)value.choice));
        break;
    case TYPE_NAME:
    case TYPE_TEXT:
    case TYPE_TARGET:
        if (value.text) text_add(text, "%s", value.text);
        break;
    }
}
