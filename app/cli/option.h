/* option.h - what an option is, and how to look them up. */
#ifndef CONVLET_CLI_OPTION_H
#define CONVLET_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

#include "base/config.h"

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

/* What becomes of a setting where a run is kept. */
enum option_role {
    ROLE_RESULT, /* saved; a run with another value is another run */
    ROLE_FORM,   /* saved; no result depends on it */
    ROLE_PLACE   /* not saved: where this run writes, and how loud */
};

/* The choice of that index; NULL behind the last one. */
typedef const char *option_names(size_t index);

/* CVL_EINVAL where the text is no value, with why. */
typedef cvl_status option_check(const char *text, cvl_error *err);

/* What an option is instead, as the settings are; NULL: what it is. */
typedef const char *option_settled(const struct config *config);

/* What is different about an option for some of its commands; NULL: nothing.
 */
struct variant {
    const char *commands; /* "conv explain" */
    const char *text, *help, *metavar, *zero;
    option_names *names;
};

/* What stands for the commands of an option that all of them take. */
#define EVERY_COMMAND "*"

enum { OPTION_LIMIT = 128, VALUE_LIMIT = 900 };

/*
 * One row per option; app/options.c has them. Flags, config keys, defaults,
 * ranges, presets, help and the saved config are all read off this; a new
 * option is a new row (and a field of struct config). Two commands may give
 * one name two meanings: that takes two rows, whose commands do not overlap.
 * Fields stand by meaning, not by size.
 */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): see above */
struct option {
    const char *name; /* kebab-case, without dashes */
    enum section section;
    enum option_type type;
    const char *commands; /* those that take it: "train check bench" */
    size_t at;            /* offset of the field in struct config */
    const char *text;     /* the default, as one would write it; "" is unset */
    const char *help;     /* one line, no capital, no full stop */
    const char *metavar;  /* what stands for the value; NULL: the choices;
                             "|FILE": the choices, or that */
    double low, high;     /* range of a number; high 0: no limit */
    bool above, below;    /* low, high themselves are out of range */
    const char *zero;     /* the only way to write 0, which means that */
    const char *akin;     /* other names people try; suggested, not accepted */
    const char *const *choices; /* ends in NULL; or ... */
    option_names *names;        /* ... whoever has the list */
    option_names *usages;       /* for help, of each of names, or of what a text
                                   is made of; may be "" */
    option_check *more;         /* NULL, or of a NAME: what may stand behind a
                                   choice and a colon; the whole is checked */
    option_settled *settled;    /* where no file and no flag says otherwise;
                                   NULL: nothing else */
    size_t said;                /* offset of a bool: somebody has said so, if
                                   only the default; 0: nobody asks */
    char letter;                /* the short form: 'o' of -o; 0: none */
    enum option_role role;
    bool newer; /* than version 0.1, whose files lack it and mean its default */
    const char *older; /* the default of version 0.1, whose files mean today's
                          by it; NULL: it is the same */
    const char *over;  /* options that this one, from a stronger source, puts
                          back to their defaults; two flags exclude each other */
    const struct variant *variants; /* ends in {0}; NULL: none */
};

/* The options of a command, with their variants chosen, in the table's order.
 */
struct options {
    size_t count;
    struct option at[OPTION_LIMIT];
};

/* Picks those of the command out of a table that ends in {0}. */
void options_of(const struct option *table, const char *command,
                struct options *options);

/* The option of that name, or of that short form; NULL if none. */
const struct option *option_find(const struct options *options,
                                 const char *name);
const struct option *option_find_letter(const struct options *options,
                                        char letter);

/* Some command's option of that name in a whole table; NULL if none. */
const struct option *option_find_any(const struct option *table,
                                     const char *name);

/* The name of the first command that takes the option, cut off at `size`. */
const char *option_owner(const struct option *option, char *name, size_t size);

/* The choice of that index; NULL behind the last one, and where none are. */
const char *option_choice(const struct option *option, size_t index);

/* Is there a --no- form of the option? */
bool option_is_negatable(const struct option *option);

enum suggest_kind { SUGGEST_FLAG, SUGGEST_SWITCH, SUGGEST_KEY };

/*
 * The nearest option to a name, by its own or by the other names people try
 * for it; NULL if none is near. A KEY may stand in a config file.
 */
const char *option_suggest(const struct options *options, const char *name,
                           enum suggest_kind kind);

/* Is the name one of these words, which have spaces between? */
bool is_among(const char *name, const char *words);

#endif
