/* commands.h - the commands of the program: their words and their work. */
#ifndef CONVLET_COMMANDS_H
#define CONVLET_COMMANDS_H

#include "cli/option.h"

struct example {
    const char *line; /* what to type */
    const char *what; /* what it does */
};

enum { EXAMPLE_LIMIT = 6 };

/* What the help says of a command. */
struct command {
    const char *summary; /* one line, no capital, no full stop */
    const char *files;   /* what it takes beside flags: "FILE..."; or NULL */
    struct example examples[EXAMPLE_LIMIT]; /* ends in {0} */
};

/* By enum command_id. */
extern const struct command command_table[COMMAND_COUNT];

/* Carries a command out and returns the program's exit status. */
typedef int command_run(const struct config *config);

command_run train_run, conv_run, explain_run, check_run, show_run, apply_run,
    bench_run;

#endif
