/* tree.c - see tree.h for the contract. */
#include "tree.h"

#include <check.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fnv.h"

enum { PATH = 512 };

static void add(char text[TREE_TEXT], const char *line)
{
    const size_t used = strlen(text);
    ck_assert_uint_lt(used + strlen(line), TREE_TEXT);
    snprintf(text + used, TREE_TEXT - used, "%s", line);
}

static bool is_left_out(const char *path, const char *but)
{
    while (*but) {
        const size_t length = strcspn(but, " ");
        if (strncmp(path, but, length) == 0) return true;
        but += length;
        but += strspn(but, " ");
    }
    return false;
}

static uint64_t sum_of(const char *path)
{
    unsigned char block[4096];
    uint64_t sum = fnv_sum("", 0);
    FILE *const file = fopen(path, "rb");
    for (size_t n = 1; file && n;) {
        n = fread(block, 1, sizeof block, file);
        sum = fnv_add(sum, block, n);
    }
    if (file) fclose(file);
    return sum;
}

static void describe(const char *path, const struct stat *info,
                     char line[2 * PATH])
{
    char link[PATH] = "";
    if (S_ISLNK(info->st_mode))
        ck_assert_int_gt(readlink(path, link, sizeof link - 1), 0);
    snprintf(line, 2 * PATH, "%s %o %jd %016" PRIx64 "%s%s\n", path,
             (unsigned)info->st_mode,
             S_ISREG(info->st_mode) ? (intmax_t)info->st_size : 0,
             S_ISREG(info->st_mode) ? sum_of(path) : 0, *link ? " to " : "",
             link);
}

void tree_list(const char *path, const char *but, char text[TREE_TEXT])
{
    struct dirent **entries;
    text[0] = '\0';
    char below[TREE_TEXT];
    const int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char name[PATH], line[2 * PATH];
        struct stat info;
        const char *const own = entries[i]->d_name;
        const bool is_dot = !strcmp(own, ".") || !strcmp(own, "..");
        snprintf(name, sizeof name, "%s%s%s", strcmp(path, ".") ? path : "",
                 strcmp(path, ".") ? "/" : "", own);
        free(entries[i]);
        if (is_dot || is_left_out(name, but) || lstat(name, &info)) continue;
        describe(name, &info, line);
        add(text, line);
        if (!S_ISDIR(info.st_mode)) continue;
        tree_list(name, but, below);
        add(text, below);
    }
    if (count >= 0) free(entries);
}
