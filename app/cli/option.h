/* option.h - the one table of options, and how to look things up in it. */
#ifndef CONVLET_CLI_OPTION_H
#define CONVLET_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"

enum command_id {
    COMMAND_TRAIN,
    COMMAND_CONV,
    COMMAND_EXPLAIN,
    COMMAND_CHECK,
    COMMAND_SHOW,
    COMMAND_APPLY,
    COMMAND_BENCH,
    COMMAND_COUNT
};

/* "train", "conv", "explain" ... */
const char *command_name(enum command_id command);

/* The sections of a config file, and the groups of the help. */
enum section {
    SECTION_GEOMETRY,
    SECTION_DATA,
    SECTION_TRAINING,
    SECTION_EXECUTION,
    SECTION_OUTPUT,
    SECTION_EXPLAIN,
    SECTION_CHECK,
    SECTION_BENCH,
    SECTION_FLAGS, /* not in a config file: flags about the invocation */
    SECTION_COUNT
};

/* "geometry", "data" ...; SECTION_FLAGS has a name for the help only. */
const char *section_name(enum section section);

/* How a value is written, and what the field of struct config is. */
enum option_type {
    TYPE_SWITCH,  /* bool: --x, --no-x, --x=true, x = false */
    TYPE_SIZE,    /* size_t */
    TYPE_SEED,    /* uint32_t */
    TYPE_REAL,    /* double */
    TYPE_PAIR,    /* size_t[2]: H,W or one number for both */
    TYPE_PADDING, /* struct padding */
    TYPE_INDEX,   /* struct index: as many numbers as the metavar has names */
    TYPE_CHOICE,  /* an enum whose values are the indices of the choices */
    TYPE_NAME,    /* const char *: one of the choices, or a path where the
                     metavar says so */
    TYPE_TEXT,    /* const char *: a path or another text */
    TYPE_TARGET   /* const char *: a text, or filter:CHOICE */
};

enum { OPTION_LIMIT = 128, CHOICE_LIMIT = 9, VALUE_LIMIT = 900 };

/*
 * One row per option. Flags, config keys, defaults, ranges, presets, help and
 * the saved config are all read off this; a new option is a new row (and a
 * field of struct config). Two commands may give one name two meanings: that
 * takes two rows, whose commands do not overlap.
 * Fields stand by meaning, not by size.
 */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): see above */
struct option {
    const char *name; /* kebab-case, without dashes */
    enum section section;
    enum option_type type;
    unsigned commands;   /* bit 1 << command for each that takes it */
    size_t at;           /* offset of the field in struct config */
    const char *text;    /* the default, as one would write it; "" is unset */
    const char *help;    /* one line, no capital, no full stop */
    const char *metavar; /* what stands for the value; NULL: the choices */
    double low, high;    /* range of a number; high 0: no limit */
    bool above, below;   /* low, high themselves are out of range */
    const char *zero;    /* the only way to write 0, which means that */
    const char *akin;    /* other names people try; suggested, not accepted */
    const char *choices[CHOICE_LIMIT]; /* ends in NULL */
    char letter;                       /* the short form: 'o' of -o; 0: none */
};

extern const struct option option_table[];
extern const size_t option_count;

/* Does the command take this option? */
bool option_is_for(const struct option *option, enum command_id command);

/* The option of that name and command, or of any command; NULL if none. */
const struct option *option_find(const char *name, enum command_id command);
const struct option *option_find_any(const char *name);

/* The option of that short form and command; NULL if none. */
const struct option *option_find_letter(char letter, enum command_id command);

/* Where the option stands in the table: the index into layers. */
size_t option_index(const struct option *option);

/* The field of the option in config. */
void *option_field(const struct option *option, struct config *config);
const void *option_field_const(const struct option *option,
                               const struct config *config);

#endif
