/* set.h - private: samples as a reader makes them, and how they are split. */
#ifndef CONVLET_SAMPLES_SET_H
#define CONVLET_SAMPLES_SET_H

#include <convlet/numbers.h>

#include "samples/samples.h"

/* Bytes of a value that is kept. */
size_t samples_width(enum samples_type type);

/* Bytes of one sample. */
size_t samples_stride(const struct samples_array *array);

/*
 * Makes room for `count` samples of that kind and shape in `array`, zeroed.
 * CVL_EUNSUPPORTED beyond SAMPLES_MAX_BYTES, CVL_ENOMEM; without the path.
 */
cvl_status samples_room(struct samples_array *array, enum samples_type type,
                        const size_t shape[3], double divisor, size_t count,
                        cvl_error *err);

/* Fills an array, and how many samples it has, from [N,H,W], [N,C,H,W], [N,C]
 * or [N] of bytes (/ `divisor`) or floats (as they are). Without the path. */
cvl_status samples_take(const cvl_numbers *numbers, double divisor,
                        struct samples_array *array, size_t *count,
                        cvl_error *err);

/* New labels [N], of whole numbers; without the path. */
cvl_status samples_take_labels(const cvl_numbers *numbers, uint32_t **labels,
                               size_t *count, cvl_error *err);

/* Copies the names of the classes, and notes how many there are. CVL_ENOMEM. */
cvl_status samples_name_classes(struct samples *samples,
                                const char *const *names, size_t count,
                                cvl_error *err);

/* Notes a file that was read; copies the name (NULL: none). CVL_ENOMEM. */
cvl_status samples_note_file(struct samples *samples, const char *role,
                             const char *name, struct source_mark mark,
                             cvl_error *err);

/* How the held-out samples are chosen. */
struct hold_out {
    enum {
        HOLD_OUT_DEFAULT,
        HOLD_OUT_NONE,
        HOLD_OUT_EVERY,
        HOLD_OUT_LAST,
        HOLD_OUT_FILES
    } how;
    size_t number;
};

/* NULL is the default; any other text than the forms names files. CVL_EINVAL
 * for a number that is none. */
cvl_status hold_out_parse(const char *text, struct hold_out *how,
                          cvl_error *err);

/* Is it a share or a number of samples, as "20%", "0.2" or "360", which other
 * programs take? */
bool hold_out_is_number(const char *text);

/* CVL_EINVAL of a text that names no files: of such a number with what to write
 * for it; else with what is expected, and `where`. */
cvl_status hold_out_refuse(const char *text, const char *where, cvl_error *err);

/*
 * Makes the two parts. Samples from `first_test` on are the set's own test
 * part, or a file's, and held out.
 *
 *   by_class   count within each class
 *
 * CVL_EINVAL where nothing is left to train on.
 */
cvl_status samples_split(struct samples *samples, const struct hold_out *how,
                         size_t first_test, bool by_class, cvl_error *err);

/* What every set needs once it is split: how many classes there are, and what a
 * shift moves in. CVL_EFORMAT where there is but one class, CVL_ENOMEM. */
cvl_status samples_finish(struct samples *samples, cvl_error *err);

/* Counts the held-out samples whose input is that of one that is trained on.
 * CVL_ENOMEM. */
cvl_status samples_count_repeats(struct samples *samples, cvl_error *err);

#endif
