/* own.h - is a file in a run's directory its own, and as the run left it? */
#ifndef CONVLET_TRAIN_OWN_H
#define CONVLET_TRAIN_OWN_H

#include <stdbool.h>

#include <convlet/error.h>

#include "base/text.h"
#include "data/source.h"

/* A name in a directory that is open; its path is what messages say. */
struct own_name {
    int directory;
    const char *path, *name;
};

/* CVL_EINVAL for a link, a directory, a pipe or a device: what is written there
 * goes elsewhere, or into nothing; CVL_EIO where it may not be written. What is
 * not there is fine. */
cvl_status own_check_plain(const struct own_name *file, cvl_error *err);

/* CVL_EINVAL for a file, open as `fd`, that has another name too: whoever
 * appends to it writes into what is kept by that. CVL_EIO. */
cvl_status own_check_single(const struct own_name *file, int fd,
                            cvl_error *err);

/* CVL_EIO where the name is no longer that of the file that is open. */
cvl_status own_check_same(const struct own_name *file, int fd, cvl_error *err);

/* own_check_plain, and CVL_EIO where the file is gone. */
cvl_status own_check_there(const struct own_name *file, cvl_error *err);

/* Removes a plain file, if it is there. CVL_EINVAL, CVL_EIO. */
cvl_status own_drop(const struct own_name *file, cvl_error *err);

/* One writer at a time: locks the file that is open for writing. The lock goes
 * with its process, however that ends: one that was killed may have a file to
 * write out yet, and is waited for. CVL_EIO where another process has it. */
cvl_status own_lock(const struct own_name *file, int fd, cvl_error *err);

/* CVL_EIO where another process has locked the file, if it is there. */
cvl_status own_check_unlocked(const struct own_name *file, cvl_error *err);

/* Writes the text to the file that is open, and has it on the disk. CVL_EIO. */
cvl_status own_append(const struct own_name *file, int fd, const char *text,
                      cvl_error *err);

/* Does the file begin with this text, of less than 64 bytes? */
bool own_begins(const struct own_name *file, const char *text);

/*
 * A list of files, as a checkpoint keeps one of those beside it: a line for
 * each, "loss.csv 91 0123456789abcdef". Appends one.
 */
void own_list(struct text *list, const char *name,
              const struct source_mark *mark);

/* What the list, which may be NULL, says of the file; false for nothing. */
bool own_find(const char *list, const char *name, struct source_mark *mark);

/* Appends the file's line, if it is there. CVL_EIO, CVL_EINVAL. */
cvl_status own_list_file(struct text *list, const struct own_name *file,
                         cvl_error *err);

/* CVL_EFORMAT where the file is not as the list says, or is gone, or does not
 * end as it should; one that is not listed counts if it is owed. */
cvl_status own_check_listed(const char *list, const struct own_name *file,
                            bool is_owed, const char *ending, cvl_error *err);

#endif
