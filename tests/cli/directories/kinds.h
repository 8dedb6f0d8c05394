/* kinds.h - the runs that something may happen to, and what is done then. */
#ifndef KINDS_H
#define KINDS_H

#include <stdbool.h>

/* A run of few steps, "run"; beside it another one's, "other". */
struct kind {
    const char *name, *settings, *other_settings;
    const char *unit, *far; /* of what there are more, and so many */
};

/* The last in the list is {0}, here and below. */
extern const struct kind KINDS[];

/* What is typed, with SETTINGS, UNIT and FAR for those of the kind. */
struct command {
    const char *name, *line;
    const char *kind;    /* the only one; NULL: any */
    const char *results; /* what comes of it, a directory or a file */
    const char *wanted;  /* the same of one that nothing happened to */
};

extern const struct command COMMANDS[];

const struct command *command_find(const char *name);

enum { COMMAND_LINE = 1024 };
const char *command_line(const struct command *command, const struct kind *kind,
                         char line[COMMAND_LINE]);

/* Makes all kinds of runs, each in a directory of its name, and their results
 * beside that; they begin in "work". */
void kinds_make(void);

/* Has it the path? */
bool kind_has(const struct kind *kind, const char *base, const char *path);

/* A fresh copy of that kind's directory as "work", to which it changes. */
void kind_enter(const struct kind *kind, const char *base);

#endif
