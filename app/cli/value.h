/* value.h - one value of one option: from text, and back to text. */
#ifndef CONVLET_CLI_VALUE_H
#define CONVLET_CLI_VALUE_H

#include "base/text.h"
#include "cli/option.h"

/* A value of any type; which one, the option says. */
union value {
    bool on;
    size_t size;
    uint32_t seed;
    double real;
    size_t pair[2];
    struct padding padding;
    struct index index;
    int choice;
    const char *text;
};

/*
 * Reads a value. Strict: the whole text counts, no signs on sizes, decimal
 * numbers only, ranges as in the table. A text value then points into `text`.
 * CVL_EINVAL, with *value untouched and a message that says what is wrong and
 * what to write: "'0' is out of range; expected 1 or more, as H,W or one
 * number". The caller prefixes the place.
 */
cvl_status value_parse(const struct option *option, const char *text,
                       union value *value, cvl_error *err);

/* Puts the value into the option's field of config. */
void value_store(const struct option *option, const union value *value,
                 struct config *config);

/* Appends the option's field as value_parse reads it back; nothing if unset. */
void value_format(const struct option *option, const struct config *config,
                  struct text *text);

enum { EXPECTED_SIZE = 160 };

/* What a value must be: "1 or more", "mean, sum, notebook"; returns text. */
const char *value_expected(const struct option *option,
                           char text[EXPECTED_SIZE]);

/* The choices, with the separator between them; returns text. */
const char *value_choices(const struct option *option, const char *separator,
                          char text[EXPECTED_SIZE]);

/* What stands for the value: "N", "mean|sum|notebook"; "" for a switch. */
const char *value_metavar(const struct option *option,
                          char text[EXPECTED_SIZE]);

#endif
