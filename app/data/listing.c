/* listing.c - see listing.h for the contract. */
#include "data/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <convlet/memory.h>

#include "base/text.h"
#include "data/source.h"

cvl_status listing_is_picture(const char *path, bool *is_listed, cvl_error *err)
{
    struct source source;
    const cvl_status status = source_look(path, &source, err);
    *is_listed = !status && source.kind == SOURCE_PICTURE;
    return status;
}

cvl_status listing_look(const char *path, bool *exists, bool *is_directory,
                        cvl_error *err)
{
    struct stat info;
    *exists = !stat(path, &info);
    *is_directory = *exists && S_ISDIR(info.st_mode);
    if (*exists || errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG)
        return CVL_OK;
    return cvl_fail(err, CVL_EIO, "%s: cannot open: %s", path, strerror(errno));
}

cvl_status listing_is_directory(const char *path, bool *is_listed,
                                cvl_error *err)
{
    bool exists;
    return listing_look(path, &exists, is_listed, err);
}

const char *listing_name(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Takes the path over. */
static void pass_over(struct listing *list, char *path)
{
    list->others++;
    if (list->other)
        free(path);
    else
        list->other = path;
}

/* Adds the entry if it is one of those. */
static cvl_status look_at(const char *directory, const char *entry,
                          listing_test *is_listed, struct listing *list,
                          cvl_error *err)
{
    struct text path = {0};
    bool listed = false;
    if (entry[0] == '.') return CVL_OK;
    text_add(&path, "%s/%s", directory, entry);
    cvl_status status = text_status(&path, err);
    if (!status) status = is_listed(path.data, &listed, err);
    if (!status && listed)
        list->path[list->count++] = path.data;
    else if (!status)
        pass_over(list, path.data);
    else
        text_free(&path);
    return status;
}

/* By the bytes of their names, whatever the locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

cvl_status listing_make(const char *directory, listing_test *is_listed,
                        size_t limit, const char *what, struct listing *list,
                        cvl_error *err)
{
    struct dirent **entries;
    void *block = NULL;
    *list = (struct listing){.count = 0};
    const int count = scandir(directory, &entries, NULL, compare_names);
    if (count < 0)
        return cvl_fail(err, CVL_EIO, "%s: cannot read the directory: %s",
                        directory, strerror(errno));
    cvl_status status =
        cvl_alloc(&block, ((size_t)count + 1) * sizeof *list->path, what, err);
    list->path = block;
    for (int i = 0; i < count; i++) {
        if (!status)
            status =
                look_at(directory, entries[i]->d_name, is_listed, list, err);
        if (!status && list->count > limit)
            status = cvl_fail(err, CVL_EUNSUPPORTED,
                              "%s: holds more than %zu %s; use fewer",
                              directory, limit, what);
        free(entries[i]);
    }
    free(entries);
    return status;
}

void listing_free(struct listing *list)
{
    for (size_t i = 0; i < list->count; i++) free(list->path[i]);
    cvl_free(list->path);
    free(list->other);
    *list = (struct listing){.count = 0};
}
