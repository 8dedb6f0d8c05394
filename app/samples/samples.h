/* samples.h - samples with a label or a target, and batches of them. */
#ifndef CONVLET_SAMPLES_SAMPLES_H
#define CONVLET_SAMPLES_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <convlet/error.h>
#include <convlet/tensor.h>

#include "base/config.h"
#include "base/text.h"
#include "data/source.h"

/* More bytes of samples, 8 GiB, are refused before they are read. */
#define SAMPLES_MAX_BYTES (UINT64_C(1) << 33)

/* More classes are refused. */
enum { SAMPLES_MAX_CLASSES = 1000 };

/* How values are kept: as they came. */
enum samples_type { SAMPLES_U8, SAMPLES_F32, SAMPLES_F64 };

/* What the samples of one side hold; {0} is none. */
struct samples_array {
    enum samples_type type;
    size_t shape[3]; /* C H W of each */
    size_t size;     /* their product */
    double divisor;  /* a value that is kept / this is the number; 255, 16, 1 */
    void *data;      /* [count,C,H,W] */
};

/* Which samples, in the order of the file. */
struct samples_part {
    size_t count;
    size_t *index;
};

/* A file that was read: `role` is the setting it belongs to, "data",
 * "hold-out", "input" or "target"; the name is the one in its directory. */
struct samples_file {
    const char *role;
    char *name;
    struct source_mark mark;
};

/* {0} is empty. */
struct samples {
    size_t count;
    struct samples_array input;
    struct samples_array target; /* no data: there are labels */
    uint32_t *labels;            /* [count], below `classes`; NULL: targets */
    size_t classes;              /* the largest label + 1, at least 2 */
    char **names;                /* [classes]; NULL: the numbers */
    struct samples_part training, held_out;
    bool own_test;      /* what is held out is the set's own test part, or a
                           file's */
    size_t repeats;     /* of files that are held out: samples that are trained
                           on, too */
    double *mean;       /* [C] of the training part; NULL: not standardised */
    double *deviation;  /* [C]; NULL as well */
    double *background; /* [C], as kept: what a shift moves in at an edge */
    size_t file_count;
    struct samples_file *files; /* none of the digits that are built in */
    bool is_filed;              /* sample i is a picture of its own, files[i] */
    struct text notes; /* lines to be said: a class without samples, ... */
};

/* What to read; settings, and owned by whoever has them. */
struct samples_request {
    const char *data;     /* "digits", the path of a directory, or of a file or
                             some, with commas */
    const char *hold_out; /* "none", "every:N", "last:N", or paths as in `data`;
                             NULL: the set's own test part, if it has one and
                             `data` names no other, else every:5 */
    enum color_choice color; /* of pictures in class folders */
};

/*
 * Reads labelled samples; a path that exists whole wins over its commas.
 *
 *   DIRECTORY      one directory with pictures for each class, sorted by the
 *                  bytes of the names; or MNIST's files by their usual names,
 *                  or CIFAR-10's data_batch_1.bin to 5 and test_batch.bin
 *   IMAGES,LABELS  .npy or IDX: bytes [N,H,W] or [N,C,H,W], / 255, or floats;
 *                  labels [N] of any type, whole
 *   FILE.bin,...   of CIFAR-10; test_batch.bin is a test part
 *
 * Sample i of what is trained on is held out by every:N where i mod N = N - 1;
 * for class folders, where it is that of its class. Messages name the file.
 * CVL_EIO, CVL_EFORMAT, CVL_EUNSUPPORTED, CVL_ESHAPE for what does not go
 * together, CVL_EINVAL for a rule that is none, or leaves nothing to train on,
 * CVL_ENOMEM; *samples is {0} then.
 */
cvl_status samples_read(const struct samples_request *request,
                        struct samples *samples, cvl_error *err);

/* An input and a target for each; settings, as above. */
struct samples_pairs {
    const char *input, *target; /* paths */
    const char *hold_out;       /* "none", which NULL stands for, "every:N" or
                                   "last:N" */
    enum color_choice color;    /* of pictures */
    bool labels;                /* the target is an array of labels */
};

/*
 * Reads two arrays, .npy or IDX, [N,...], of as many samples; or the pictures
 * of two directories, all inputs of one size and all targets too, which belong
 * together where they have the same name. Errors as above.
 */
cvl_status samples_read_pairs(const struct samples_pairs *pairs,
                              struct samples *samples, cvl_error *err);

/* Reads labels, an array [N] of any type with whole numbers below
 * SAMPLES_MAX_CLASSES; cvl_free them. Messages name the file. */
cvl_status samples_labels_read(const char *path, uint32_t **labels,
                               size_t *count, cvl_error *err);

/* The digits that are built in, and no file, as `data` names them. */
#define SAMPLES_BUILT_IN "digits"
bool samples_is_built_in(const char *data);

/* Reads these without looking for any file: `hold_out` as above, but for paths.
 * Errors as above. */
cvl_status samples_read_built_in(const char *hold_out, struct samples *samples,
                                 cvl_error *err);

/*
 * Finds the mean and the deviation (of the whole training part, not a sample
 * of it) of each channel, which samples_batch takes off and divides by. A
 * channel that is constant keeps the deviation 1. CVL_ENOMEM.
 */
cvl_status samples_standardize(struct samples *samples, cvl_error *err);

/* Moves pictures by up to `most` pixels, down or up and left or right, as
 * (seed, epoch, sample) say and nothing else. */
struct samples_shift {
    size_t most;
    uint32_t seed;
    size_t epoch;
};

/*
 * Fills x [count,C,H,W] with the samples of those numbers (0 .. samples->count
 * - 1, as the parts hold them): (value / divisor - mean) / deviation, computed
 * in double; and `wanted`, of the same dtype, with labels [count,1,1,1] or
 * targets [count,C,H,W].
 *
 *   shift    NULL: none. Of the input alone: for labels.
 *   wanted   NULL: not asked for
 *
 * Shapes must fit (asserted). Cannot fail, allocates nothing.
 */
void samples_batch(const struct samples *samples, const size_t *index,
                   size_t count, const struct samples_shift *shift,
                   cvl_tensor *x, cvl_tensor *wanted);

/*
 * The order of an epoch: a permutation of 0 .. count-1 from a stream that is
 * (seed, epoch)'s own, so that nothing else has to be kept for a resumed run to
 * see the same. `order` has room for `count`, at most UINT32_MAX.
 */
void samples_order(uint32_t seed, size_t epoch, size_t count, size_t *order);

/* Which samples of a training part each step takes, from a file; {0}: none. */
struct samples_plan {
    size_t steps, batch;
    size_t *index; /* [steps,batch], each below the part's count */
    struct source_mark mark;
};

/*
 * Reads an array steps x batch, .npy or IDX, of any type with whole numbers
 * below `count`, that of the training part. Messages name the file and the
 * place. Free it with samples_plan_free, which is idempotent.
 */
cvl_status samples_plan_read(const char *path, size_t count,
                             struct samples_plan *plan, cvl_error *err);
void samples_plan_free(struct samples_plan *plan);

enum { SAMPLES_NAME_SIZE = 24 };

/* What to call the class: its name, or its number, which is written to `text`.
 */
const char *samples_class(const struct samples *samples, size_t label,
                          char text[SAMPLES_NAME_SIZE]);

/* The file that a sample is the picture of, as it is called in its directory;
 * NULL where it has none of its own. */
const char *samples_file_name(const struct samples *samples, size_t index);

/* Frees and resets; idempotent. */
void samples_free(struct samples *samples);

#endif
