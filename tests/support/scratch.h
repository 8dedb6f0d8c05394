/* scratch.h - a directory for each test, and files in it. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "convlet/file.h"
#include "expect.h"

/* Every test runs in a directory of its own, where it uses short names. */
static char directory[32];

static inline void enter_directory(void)
{
    static const char template[] = "/tmp/convlet-test-XXXXXX";
    memcpy(directory, template, sizeof template);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    umask(022);
}

/* Removes the directory, which is in this one, with all that is in it. */
static inline void remove_directory(const char *path)
{
    ck_assert_int_eq(chdir(path), 0);
    DIR *const open_directory = opendir(".");
    ck_assert_ptr_nonnull(open_directory);
    const struct dirent *entry;
    while ((entry = readdir(open_directory)))
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0 && unlink(entry->d_name))
            remove_directory(entry->d_name);
    closedir(open_directory);
    ck_assert_int_eq(chdir(".."), 0);
    ck_assert_int_eq(rmdir(path), 0);
}

static inline void leave_directory(void)
{
    remove_directory(directory);
    ck_assert_int_eq(chdir("/"), 0);
}

/* How many entries there are in `path`. */
static inline int entries(const char *path)
{
    DIR *const open_directory = opendir(path);
    ck_assert_ptr_nonnull(open_directory);
    int count = -2; /* . and .. */
    while (readdir(open_directory)) count++;
    closedir(open_directory);
    return count;
}

static inline cvl_status write_text(const char *path, const char *text,
                                    cvl_error *err)
{
    const cvl_span piece = {text, strlen(text)};
    return cvl_file_write(path, &piece, 1, err);
}

static inline void put(const char *path, const char *text)
{
    cvl_error err;
    expect_ok(write_text(path, text, &err), err);
}

static inline void expect_text(const char *path, const char *text)
{
    cvl_error err;
    cvl_bytes bytes;
    expect_ok(cvl_file_read(path, 4096, &bytes, &err), err);
    ck_assert_uint_eq(bytes.size, strlen(text));
    ck_assert_str_eq((const char *)bytes.data, text);
    cvl_bytes_free(&bytes);
}

#endif
