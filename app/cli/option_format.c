/* option_format.c - the value of an option as text; see option_value.h. */
#include "cli/option_value.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

const char *option_choices(const struct option *option, const char *separator,
                           char text[EXPECTED_SIZE])
{
    size_t size = 0;
    text[0] = '\0';
    for (size_t i = 0; i < CHOICE_LIMIT && option->choices[i]; i++) {
        const int length = snprintf(text + size, EXPECTED_SIZE - size, "%s%s",
                                    i ? separator : "", option->choices[i]);
        size += (size_t)length;
        if (size >= EXPECTED_SIZE) break;
    }
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

const char *option_expected(const struct option *option,
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
    case TYPE_NAME: return option_choices(option, ", ", text);
    case TYPE_TEXT:
    case TYPE_TARGET: return option_metavar(option, text);
    case TYPE_SIZE:
    case TYPE_SEED:
    case TYPE_REAL:
    case TYPE_PAIR: return expected_number(option, text);
    }
    return text;
}

const char *option_metavar(const struct option *option,
                           char text[EXPECTED_SIZE])
{
    if (!option->metavar) return option_choices(option, "|", text);
    snprintf(text, EXPECTED_SIZE, "%s", option->metavar);
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
static void format_number(const struct option *option, const void *field,
                          struct text *text)
{
    double real = 0.0;
    size_t size = 0;
    if (option->type == TYPE_REAL)
        real = *(const double *)field;
    else if (option->type == TYPE_SEED)
        size = *(const uint32_t *)field;
    else
        size = *(const size_t *)field;
    if (option->zero && real == 0.0 && size == 0)
        text_add(text, "%s", option->zero);
    else if (option->type == TYPE_REAL)
        text_add_real(text, real);
    else
        text_add(text, "%zu", size);
}

void option_format(const struct option *option, const struct config *config,
                   struct text *text)
{
    const void *const field = option_field_const(option, config);
    const char *string;
    int index;
    switch (option->type) {
    case TYPE_SWITCH:
        text_add(text, "%s", *(const bool *)field ? "true" : "false");
        break;
    case TYPE_SIZE:
    case TYPE_SEED:
    case TYPE_REAL: format_number(option, field, text); break;
    case TYPE_PAIR: {
        const size_t *const pair = field;
        text_add(text, "%zu", pair[0]);
        if (pair[0] != pair[1]) text_add(text, ",%zu", pair[1]);
        break;
    }
    case TYPE_PADDING: format_padding(field, text); break;
    case TYPE_INDEX: {
        const struct index *const place = field;
        for (size_t i = 4 - place->count; i < 4; i++)
            text_add(text, "%s%zu", i > 4 - place->count ? "," : "",
                     place->at[i]);
        break;
    }
    case TYPE_CHOICE:
        memcpy(&index, field, sizeof index);
        text_add(text, "%s", option->choices[index]);
        break;
    case TYPE_NAME:
    case TYPE_TEXT:
    case TYPE_TARGET:
        string = *(const char *const *)field;
        if (string) text_add(text, "%s", string);
        break;
    }
}
