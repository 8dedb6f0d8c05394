/* run.h - the program as a user meets it: a command line, and what it said. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>

/* The exit status stands for a signal, as in a shell. */
enum { RUN_SIGNAL = 128 };

/* What a run left behind; the texts are valid until the next run. */
struct outcome {
    int status;      /* exit status, or RUN_SIGNAL + the signal's number */
    const char *out; /* all of standard output, a string */
    size_t out_size;
    const char *err; /* all of standard error, a string */
};

/*
 * Runs `convlet LINE` in the current directory. Words are split at spaces;
 * 'single quotes' keep them together. Standard input is empty. A run that
 * takes longer than RUN_SECONDS, or as many as the environment's
 * CONVLET_RUN_SECONDS says, is ended by SIGALRM. What standard output
 * becomes instead of captured:
 *
 *     "train > /dev/full"   that file
 *     "train >&-"           nothing: it is closed
 *     "train | 3"           a pipe whose reader leaves after 3 bytes
 */
enum { RUN_SECONDS = 30 };
struct outcome run(const char *line);

/* What a run is put under; {0} is nothing special. */
struct conditions {
    int signal;           /* sent to it, after so many microseconds */
    long delay;           /* of them; 0: at once */
    int ignored;          /* a signal that it starts with ignored; 0: none */
    size_t file_limit;    /* no file may grow beyond; 0: no limit */
    size_t memory;        /* bytes of address space; 0: no limit */
    bool is_stranger;     /* root is somebody else, who owns nothing */
    const char *input;    /* a file for standard input; NULL: an empty one */
    bool piped;           /* it comes through a pipe */
    const char *terminal; /* TERM of a terminal that stderr is; NULL: none */
    size_t hangs_up;      /* stdout is a terminal that is closed behind so many
                             bytes, without a signal; 0: it is none */
};

/* run() under these conditions. */
struct outcome run_under(const struct conditions *conditions, const char *line);

/* run(), which must end with `status`; else the test fails with stderr. */
struct outcome run_expect(int status, const char *line);

#endif
