/* things.h - what lies around a run, and how it may differ. */
#ifndef THINGS_H
#define THINGS_H

#include <stdbool.h>
#include <stddef.h>

/* What can become of what: a way goes with a thing if they share one. */
enum {
    OF_RUN = 1,     /* a file that a run leaves */
    OF_INPUT = 2,   /* a file that is read */
    OF_FOLDER = 4,  /* a directory that is read */
    OF_PLACE = 8,   /* the run's directory */
    OF_OUTPUT = 16, /* a file that is to be written */
    OF_OTHERS = 32, /* what else is at work */
    OF_MODEL = 64   /* a model that is used */
};

/* Paths, with spaces between, in the directory where a test works; each is a
 * case of its own, in each kind of run that has it. */
struct thing {
    const char *name, *paths;
    unsigned is;
};

/* When it happens. */
enum when {
    BEFORE,    /* the command begins */
    UNDER_WAY, /* while it runs */
    BESIDE     /* another run, which goes on meanwhile */
};

/* What a test is under, beside what lies there. */
struct circumstances {
    size_t file_limit; /* as on a full disk; 0: none */
    bool is_stranger;  /* the user owns nothing of it, and is not root */
};

/* NULL for the function: nothing lies there otherwise. */
struct way {
    const char *name;
    unsigned of;
    void (*make)(const char *path);
    enum when when;
    struct circumstances under;
};

/* Both end in {0}. */
extern const struct thing THINGS[];
extern const struct way WAYS[];

const struct thing *thing_find(const char *name);
const struct way *way_find(const char *name);

#endif
