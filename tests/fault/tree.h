/* tree.h - what a directory holds, kept in memory to restore and compare. */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>

enum { TREE_FILES = 32, TREE_NAME = 96 };

struct tree_file {
    char name[TREE_NAME]; /* "run/model.safetensors" */
    unsigned char *bytes;
    size_t size;
};

/* Regular files, in the order of their names. */
struct tree {
    struct tree_file file[TREE_FILES];
    size_t count;
};

/* Reads all files of a directory, and of those in it; free it. */
void tree_read(struct tree *tree, const char *directory);
void tree_free(struct tree *tree);

/* Makes a directory hold these files and nothing else. */
void tree_restore(const struct tree *tree, const char *directory);

const struct tree_file *tree_find(const struct tree *tree, const char *name);

/* Same bytes; of a report, but for how long the run took. */
bool tree_same(const struct tree_file *a, const struct tree_file *b);

/* Whether the lines of the file begin the other; its last one may be torn. */
bool tree_begins(const struct tree_file *file, const struct tree_file *whole);

#endif
