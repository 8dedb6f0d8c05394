/* learned.h - what a run learns from, so that it goes on with the same. */
#ifndef CONVLET_TRAIN_LEARNED_H
#define CONVLET_TRAIN_LEARNED_H

#include "base/config.h"
#include "base/text.h"
#include "data/data.h"
#include "patches/photos.h"
#include "samples/samples.h"

/* Settings that may name a file or a directory. */
enum { LEARNED_PLACES = 9 };

/* {0} is empty. */
struct learned {
    struct text places[LEARNED_PLACES]; /* of those; empty: as they are set */
    struct text list;
};

/*
 * Makes of what the settings name, from where the program was started, paths
 * that hold anywhere. One that a config file could not hold stays as it is, and
 * so do all where that directory's path is longer than a path may be.
 * CVL_ENOMEM; CVL_EIO where that directory has no name, and a run is kept; free
 * it in any case.
 */
cvl_status learned_find(struct learned *learned, const struct config *config,
                        cvl_error *err);

/* The settings with those paths, which are still owned by `learned`. */
struct config learned_config(const struct learned *learned,
                             const struct config *config);

/*
 * Lists what was read, in learned->list: a line for each file, its setting, its
 * bytes, their sum, and for those of a directory the name. CVL_ENOMEM.
 */
cvl_status learned_note(struct learned *learned, const struct data *data,
                        const struct photos *photos,
                        const struct samples *samples,
                        const struct source_mark *order, cvl_error *err);

/* CVL_EINVAL with the name of the first file that is another in the list that
 * was made `then`. */
cvl_status learned_check(const struct learned *learned,
                         const struct config *config, const char *then,
                         cvl_error *err);

/* Puts a word in the place of paths that are no UTF-8, which no checkpoint can
 * hold. */
void learned_hide(struct config *config);

/* Do both values of the setting `name` stand for files, which may be the same
 * in another place? */
bool learned_has_moved(const char *name, const char *then, const char *now);

/* The first setting of what is learned from whose file is not there; NULL if
 * all are. */
const char *learned_missing(const struct config *config);

/* Frees and resets; idempotent. */
void learned_free(struct learned *learned);

#endif
