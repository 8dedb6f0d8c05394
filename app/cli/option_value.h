/* option_value.h - one value of one option: from text, and back to text. */
#ifndef CONVLET_CLI_OPTION_VALUE_H
#define CONVLET_CLI_OPTION_VALUE_H

#include "base/text.h"
#include "cli/option.h"

/*
 * Sets the option's field of *config from text. Strict: the whole text
 * counts, no signs on sizes, decimal numbers only, ranges as in the table. A
 * text field then points into `text`, which must outlive config.
 * CVL_EINVAL, with config untouched and a message that says what is wrong and
 * what to write: "'0' is out of range; expected 1 or more, as H,W or one
 * number". The caller prefixes the place.
 */
cvl_status option_parse(const struct option *option, const char *text,
                        struct config *config, cvl_error *err);

/* Appends the field as option_parse reads it back; nothing if unset. */
void option_format(const struct option *option, const struct config *config,
                   struct text *text);

/* Bytes that a text takes as a value in a config file, quotes and escapes
 * counted. At most VALUE_LIMIT: then its line, with the option's name and a
 * comment on its origin, is one that is read back. */
size_t option_written_size(const char *text);

enum { EXPECTED_SIZE = 160 };

/* What a value must be: "1 or more", "mean, sum, notebook"; returns text. */
const char *option_expected(const struct option *option,
                            char text[EXPECTED_SIZE]);

/* The choices, with the separator between them; returns text. */
const char *option_choices(const struct option *option, const char *separator,
                           char text[EXPECTED_SIZE]);

/* What stands for the value: "N", "mean|sum|notebook"; "" for a switch. */
const char *option_metavar(const struct option *option,
                           char text[EXPECTED_SIZE]);

#endif
