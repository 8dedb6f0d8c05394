/* listing.h - what is in a directory, in the order of the names. */
#ifndef CONVLET_DATA_LISTING_H
#define CONVLET_DATA_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

/* {0} is empty. */
struct listing {
    size_t count;
    char **path;   /* "DIRECTORY/NAME" */
    size_t others; /* that were passed over */
    char *other;   /* the first of them; NULL: none */
};

/*
 * Lists the entries of a directory that `is_listed` takes, by the bytes of
 * their names, whatever the locale; hidden ones are left alone.
 *
 *   limit       more are refused: CVL_EUNSUPPORTED, "more than LIMIT WHAT"
 *   is_listed   says of a path whether it is; CVL_EIO where that cannot be told
 *
 * Messages start with the path. CVL_EIO, CVL_ENOMEM; free it in any case.
 */
typedef cvl_status listing_test(const char *path, bool *is_listed,
                                cvl_error *err);
cvl_status listing_make(const char *directory, listing_test *is_listed,
                        size_t limit, const char *what, struct listing *list,
                        cvl_error *err);

/* Is there a file, or a directory, of that name? CVL_EIO where the system does
 * not say. */
cvl_status listing_look(const char *path, bool *exists, bool *is_directory,
                        cvl_error *err);

/* Pictures, by their first bytes; and directories. */
listing_test listing_is_picture, listing_is_directory;

/* The part behind the last slash. */
const char *listing_name(const char *path);

/* Frees and resets; idempotent. */
void listing_free(struct listing *list);

#endif
