/* memory_available.c - what Linux tells about the memory that is left. */
#include "convlet/memory_available.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "convlet/size.h"

enum { TEXT_SIZE = 8192, PATH_SIZE = 4096 };

/*
 * A control group limits what its processes take together. Version 2 has one
 * tree of groups, version 1 one for memory alone; a limit of either counts.
 * File pages are left out of what is taken: they give way.
 */
typedef struct group_files {
    const char *directory, *limit, *usage;
    const char *taken; /* the line of the usage file */
} group_files;

static const group_files VERSION_1 = {"/sys/fs/cgroup/memory",
                                      "memory.limit_in_bytes", "memory.stat",
                                      "total_rss "};
static const group_files VERSION_2 = {"/sys/fs/cgroup", "memory.max",
                                      "memory.stat", "anon "};

/* Reads the start of a small file as a string; false where there is none. */
static bool read_text(const char *path, char text[TEXT_SIZE])
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return false;
    const ssize_t size = read(fd, text, TEXT_SIZE - 1);
    close(fd);
    text[size > 0 ? size : 0] = '\0';
    return size > 0;
}

/* The number at the start of a text; false where there is none. What a size
 * cannot count becomes the largest. */
static bool read_number(const char *text, size_t *number)
{
    while (*text == ' ') text++;
    const char *end = text;
    (void)cvl_size_parse(&end, NULL, number);
    return end > text;
}

/* The number behind `key`, which starts a line. */
static bool find_number(const char *text, const char *key, size_t *number)
{
    const size_t length = strlen(key);
    while (strncmp(text, key, length) != 0) {
        text = strchr(text, '\n');
        if (!text) return false;
        text++;
    }
    return read_number(text + length, number);
}

/* What one group leaves; the largest size where it has no limit. */
static size_t group_leaves(const char *root, const group_files *files,
                           const char *group)
{
    char path[PATH_SIZE], text[TEXT_SIZE];
    size_t limit, taken = 0;
    snprintf(path, sizeof path, "%s%s%s/%s", root, files->directory, group,
             files->limit);
    if (!read_text(path, text) || !read_number(text, &limit)) return SIZE_MAX;
    snprintf(path, sizeof path, "%s%s%s/%s", root, files->directory, group,
             files->usage);
    if (read_text(path, text)) (void)find_number(text, files->taken, &taken);
    return limit > taken ? limit - taken : 0;
}

/* What the group and those that it is in leave; cuts the path up. A group's
 * path may be one that only the host knows: then the root alone is there. */
static size_t groups_leave(const char *root, const group_files *files,
                           char *group)
{
    size_t least = SIZE_MAX;
    for (char *end = group + strlen(group); end; end = strrchr(group, '/')) {
        *end = '\0';
        const size_t left = group_leaves(root, files, group);
        if (left < least) least = left;
    }
    return least;
}

/* The files of the hierarchy in a line "4:memory:/path"; NULL for others. */
static const group_files *files_of(const char *line)
{
    if (strncmp(line, "0::", 3) == 0) return &VERSION_2;
    const char *const names = strchr(line, ':');
    return names && strncmp(names, ":memory:", 8) == 0 ? &VERSION_1 : NULL;
}

size_t cvl_memory_available_in(const char *root)
{
    char path[PATH_SIZE], text[TEXT_SIZE];
    size_t least = SIZE_MAX, number;
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    if (read_text(path, text) && find_number(text, "MemAvailable:", &number) &&
        cvl_size_mul(number, 1024, &number))
        least = number;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    if (!read_text(path, text)) return least;
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        const group_files *const files = files_of(line);
        char *const group = strchr(line, '/');
        if (!files || !group) continue;
        const size_t left = groups_leave(root, files, group);
        if (left < least) least = left;
    }
    return least;
}
