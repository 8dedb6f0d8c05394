/* manual.h - the manual of the program, from its tables. */
#ifndef CONVLET_DESCRIBE_MANUAL_H
#define CONVLET_DESCRIBE_MANUAL_H

#include "base/text.h"
#include "cli/option.h"

/* Append the manual page, convlet(1), in roff's man macros; and the page
 * docs/reference-options.md, with a list for each section of a command. */
void manual_page(struct text *text);
void manual_markdown(struct text *text);

/* The program's exit statuses: what each means, as both say it. */
struct manual_exit {
    const char *status, *meaning;
};
extern const struct manual_exit manual_exits[];
extern const size_t manual_exit_count;

/* All options of a command, section by section: `open` before the first of
 * each, `add` for each. */
typedef void manual_open(enum section section, struct text *text);
typedef void manual_add(const struct option *option, struct text *text);
void manual_options(enum command_id command, manual_open *open, manual_add *add,
                    struct text *text);

/* The ways to write an option, as in "-s, --stride, --no-stride": `add` writes
 * each of them, in its form's type. */
typedef void manual_flag(const char *flag, const struct option *option,
                         struct text *text);
void manual_flags(const struct option *option, manual_flag *add,
                  struct text *text);

/* What the option does, through `add`, which knows the form's escapes. */
typedef void manual_text(const char *words, struct text *text);
void manual_words(const struct option *option, manual_text *add,
                  struct text *text);

#endif
