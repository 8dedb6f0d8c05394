/* command.h - what a command is: its words, its work, its rules. */
#ifndef CONVLET_CLI_COMMAND_H
#define CONVLET_CLI_COMMAND_H

#include <convlet/error.h>

#include "base/config.h"

struct example {
    const char *line; /* what to type */
    const char *what; /* what it does */
};

/*
 * Flags that another setting leaves without effect, and what is said of the
 * first of them that was given. In a file they may stand: a saved config has
 * every setting.
 */
struct rule {
    const char *flags; /* "batch channels height width" */
    bool (*applies)(const struct config *config);
    const char *message; /* in it, @ is the flag, % the cause */
    const char *(*cause)(const struct config *config); /* NULL: no % */
};

/* Carries a command out and returns the program's exit status. */
typedef int command_run(const struct config *config);

/* The preset of a run that nobody asked for; NULL: none. CVL_EIO. */
typedef cvl_status command_preset(const struct config *config,
                                  const char **name, cvl_error *err);

enum { EXAMPLE_LIMIT = 10 };

/* One row per command; app/commands.c has them. */
struct command {
    const char *name;
    const char *summary; /* one line, no capital, no full stop */
    const char *files;   /* what it takes beside flags: "FILE..."; or NULL */
    struct example examples[EXAMPLE_LIMIT]; /* ends in {0} */
    command_run *run;                       /* NULL: not part of this build */
    const struct rule *rules;               /* ends in {0}; NULL: none */
    const struct rule *more_rules;          /* that others share; the same */
    command_preset *preset;                 /* NULL: it takes no presets */
};

/* The command of that name among those that end in {0}; NULL if none. */
const struct command *command_find(const struct command *commands,
                                   const char *name);

#endif
