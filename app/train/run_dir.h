/* run_dir.h - the directory that a run leaves behind: --out. */
#ifndef CONVLET_TRAIN_RUN_DIR_H
#define CONVLET_TRAIN_RUN_DIR_H

#include <stdbool.h>

#include <convlet/error.h>

#include "base/config.h"
#include "base/text.h"
#include "train/log.h"

/* What a run that goes on has behind it. */
struct run_past {
    size_t step, epochs; /* that are done */
    bool is_complete;    /* and there are no more */
    const char *files;   /* what its checkpoint says of them; or NULL */
};

/* What a run keeps, in files of its own. */
enum run_file {
    RUN_CONFIG,
    RUN_LOG,
    RUN_EPOCHS, /* of runs that have them */
    RUN_CHECKPOINT,
    RUN_MODEL,
    RUN_REPORT,
    RUN_INPUT, /* this and the next two: of pictures only */
    RUN_TARGET,
    RUN_PREDICTION,
    RUN_FILES
};

/*
 * {0} is none. The directory is opened once and locked, and whatever becomes
 * of its name, all files are those below what was opened. A file .convlet in
 * it, which holds the lock, lists the files that convlet wrote there: no other
 * one is ever replaced.
 */
struct run_dir {
    const char *path; /* not owned */
    char *file;       /* room for the path of a file in it */
    int directory;    /* and its record, open; 0: not yet */
    int record;
    unsigned ours;      /* bit f: file f is convlet's */
    const char *unsaid; /* before its record's next line; or NULL */
    bool saved;         /* there has been a checkpoint */
    bool drafting;      /* a new run is prepared beside an old one */
    bool stale;         /* what is there is of an earlier state */
    bool ended;         /* model and pictures are of the last step */
    /* loss.csv and epochs.csv, once they are open; their columns are set
     * before that, and without any there is none */
    struct loss_log log, epochs;
    bool with_pictures; /* of its own; set likewise */
};

/* Names the directory; nothing is made. CVL_ENOMEM; free it in any case. */
cvl_status run_dir_init(struct run_dir *dir, const char *path, cvl_error *err);
void run_dir_free(struct run_dir *dir);

/* The file's path, for messages and for what is written into the directory;
 * until the next call. */
const char *run_dir_file(const struct run_dir *dir, enum run_file file);

/* Opens and locks a directory that is there. CVL_EIO, also where another
 * process trains in it; CVL_EINVAL, CVL_ENOMEM. */
cvl_status run_dir_open(struct run_dir *dir, cvl_error *err);

/* Opens one that another process writes, to read in it alone. CVL_EIO. */
cvl_status run_dir_look_into(struct run_dir *dir, cvl_error *err);

/* Is the file there? CVL_EIO where that cannot be told. */
cvl_status run_dir_look(const struct run_dir *dir, enum run_file file,
                        bool *found, cvl_error *err);

/* CVL_EFORMAT where a run that has no checkpoint once had one, or came to its
 * end. */
cvl_status run_dir_check_begun(const struct run_dir *dir, cvl_error *err);

/*
 * Makes the directory, those above it, and what is known before the first
 * step: config.ini, which runs the same again, and the logs with their headers.
 * Where there is an earlier run, that is refused unless --force is given; then
 * the new run's files are drafts until run_dir_commit, and loss.csv is opened
 * by it. CVL_EINVAL for a file that is not convlet's, whatever the flags;
 * CVL_EIO, CVL_ENOMEM.
 */
cvl_status run_dir_create(struct run_dir *dir, const struct config *config,
                          cvl_error *err);

/* Puts the drafts, a checkpoint among them, in the earlier run's place. */
cvl_status run_dir_commit(struct run_dir *dir, cvl_error *err);

/*
 * Goes on in the open directory of a run. loss.csv and epochs.csv must have
 * every line that they owe, with the bytes that they had; what follows is cut
 * off, and said. config.ini is written anew. Of a run that is complete nothing
 * is written, and its model, pictures and report must be there, whole, as well.
 * CVL_EFORMAT with the line's number or the file, and nothing is changed then;
 * CVL_EINVAL, CVL_EIO, CVL_ENOMEM.
 */
cvl_status run_dir_reopen(struct run_dir *dir, const struct config *config,
                          const struct run_past *past, cvl_error *err);

/* Lists what a checkpoint of that step has to say of the files beside it
 * (own.h): the logs and, once the run has ended, the model and the pictures.
 * CVL_EIO, CVL_ENOMEM; free the text in any case. */
cvl_status run_dir_list(const struct run_dir *dir, size_t step,
                        struct text *list, cvl_error *err);

/* The file is about to be written: CVL_EINVAL where another one of that name,
 * which is not convlet's, is there; CVL_EIO. */
cvl_status run_dir_claim(struct run_dir *dir, enum run_file file,
                         cvl_error *err);

/* A checkpoint is there, and the log must be no shorter: before and after. */
cvl_status run_dir_sync_log(const struct run_dir *dir, cvl_error *err);
cvl_status run_dir_note_saved(struct run_dir *dir, cvl_error *err);

/* Removes the model and the pictures, and the report if `all`, where they are
 * of an earlier state of the run. CVL_EIO. */
cvl_status run_dir_drop_stale(struct run_dir *dir, bool all, cvl_error *err);

/* Closes the logs; CVL_EIO where an end could not be written. Idempotent. */
cvl_status run_dir_close_log(struct run_dir *dir, cvl_error *err);

#endif
