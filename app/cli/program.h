/* program.h - the program between main() and its commands. */
#ifndef CONVLET_CLI_PROGRAM_H
#define CONVLET_CLI_PROGRAM_H

#include <stdio.h>

#include "cli/command.h"
#include "cli/option.h"

/* The program's exit status, as its users rely on it. */
enum exit_status {
    EXIT_OK = 0,
    EXIT_RUNTIME = 1, /* or input and output */
    EXIT_USAGE = 2,   /* or configuration */
    EXIT_DATA = 3,    /* a file's content */
    EXIT_DIVERGED = 4,
    EXIT_CHECK_FAILED = 5,
    EXIT_INTERRUPTED = 130
};

/* The exit status that reports a failure of the library. */
int exit_status(cvl_status status);

struct program {
    const struct command *commands; /* these and the options end in {0} */
    const struct option *options;
    FILE *out; /* results: help, version, settings */
    FILE *err; /* one line if something is wrong */
};

/*
 * Carries out a command line, argv[0] being the program's name, and returns
 * the exit status. --help anywhere wins.
 */
int program_run(const struct program *program, int argc,
                const char *const *argv);

#endif
