/* tree.c - see tree.h for the contract. */
#include "tree.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fixtures.h"

static void read_file(struct tree_file *file, const char *path)
{
    struct stat info;
    FILE *const stream = fopen(path, "rb");
    ck_assert_msg(stream && !fstat(fileno(stream), &info), "%s", path);
    file->size = (size_t)info.st_size;
    file->bytes = malloc(file->size + 1);
    ck_assert_ptr_nonnull(file->bytes);
    ck_assert_uint_eq(fread(file->bytes, 1, file->size + 1, stream),
                      file->size);
    file->bytes[file->size] = '\0';
    fclose(stream);
}

/* Adds what is in directory/below, whose names begin with `below`. */
static void add_directory(struct tree *tree, const char *directory,
                          const char *below)
{
    char path[2 * TREE_NAME + 64];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", directory, below);
    DIR *const stream = opendir(path);
    ck_assert_msg(stream, "%s", path);
    for (const struct dirent *entry; (entry = readdir(stream));) {
        struct tree_file *const file = &tree->file[tree->count];
        char name[TREE_NAME];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        const int length =
            snprintf(name, sizeof name, "%s%s", below, entry->d_name);
        ck_assert_int_lt(length, TREE_NAME - 1);
        snprintf(path, sizeof path, "%s/%s", directory, name);
        ck_assert_int_eq(lstat(path, &info), 0);
        if (S_ISDIR(info.st_mode)) {
            name[length] = '/';
            name[length + 1] = '\0';
            add_directory(tree, directory, name);
            continue;
        }
        ck_assert_uint_lt(tree->count, TREE_FILES);
        memcpy(file->name, name, sizeof name);
        read_file(file, path);
        tree->count++;
    }
    closedir(stream);
}

void tree_read(struct tree *tree, const char *directory)
{
    tree->count = 0;
    add_directory(tree, directory, "");
}

void tree_free(struct tree *tree)
{
    for (size_t i = 0; i < tree->count; i++) free(tree->file[i].bytes);
    tree->count = 0;
}

void tree_restore(const struct tree *tree, const char *directory)
{
    char path[2 * TREE_NAME];
    remove_tree(directory);
    ck_assert_int_eq(mkdir(directory, 0777), 0);
    for (size_t i = 0; i < tree->count; i++) {
        const struct tree_file *const file = &tree->file[i];
        const int start = snprintf(path, sizeof path, "%s/", directory);
        snprintf(path + start, sizeof path - (size_t)start, "%s", file->name);
        for (char *slash = path + start; (slash = strchr(slash, '/'));) {
            *slash = '\0';
            ck_assert(mkdir(path, 0777) == 0 || errno == EEXIST);
            *slash++ = '/';
        }
        put_bytes(path, file->bytes, file->size);
    }
}

const struct tree_file *tree_find(const struct tree *tree, const char *name)
{
    for (size_t i = 0; i < tree->count; i++)
        if (strcmp(tree->file[i].name, name) == 0) return &tree->file[i];
    return NULL;
}

/* What a report tells of times and of the machine, which may be unknown. */
static const struct {
    const char *begins, *ends;
} passing[] = {{"<dl class=\"tiles\">", "</dl>"},
               {"<dt>Processor", "</dd>"},
               {"<dt>Execution", ","}};

/* Moves what lasts of a report to the front of its text. */
static void keep_lasting(char *text)
{
    char *to = text;
    for (const char *from = text; *from;) {
        const char *skipped = from;
        for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
            if (!strncmp(from, passing[i].begins, strlen(passing[i].begins)))
                skipped = strstr(from, passing[i].ends);
        if (!skipped) break; /* it is cut off there */
        if (skipped == from)
            *to++ = *from++;
        else
            from = skipped;
    }
    *to = '\0';
}

static bool same_report(const struct tree_file *a, const struct tree_file *b)
{
    char *const one = strdup((const char *)a->bytes);
    char *const other = strdup((const char *)b->bytes);
    ck_assert(one && other);
    keep_lasting(one);
    keep_lasting(other);
    const bool same = strcmp(one, other) == 0;
    free(one);
    free(other);
    return same;
}

bool tree_same(const struct tree_file *a, const struct tree_file *b)
{
    if (strstr(a->name, "report.html")) return same_report(a, b);
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

bool tree_begins(const struct tree_file *file, const struct tree_file *whole)
{
    size_t size = file->size;
    if (size) size--;
    while (size && file->bytes[size - 1] != '\n') size--;
    return size <= whole->size && memcmp(file->bytes, whole->bytes, size) == 0;
}
