/* read.h - private: the readers, one for each kind of files. */
#ifndef CONVLET_SAMPLES_READ_H
#define CONVLET_SAMPLES_READ_H

#include "samples/set.h"

/*
 * Each fills a set that is {0}, without parts: its samples, their labels, the
 * names of classes if they have some, and the files with this role. Messages
 * start with a path; free the set in any case.
 */

/* The digits that are built in. */
cvl_status digits_read(struct samples *set, cvl_error *err);

/* An array of images and one of labels, both .npy or IDX. */
cvl_status arrays_read(const char *images, const char *labels, const char *role,
                       struct samples *set, cvl_error *err);

/* Two arrays, or two directories of pictures; and of these the first. */
cvl_status pairs_read(const struct samples_pairs *pairs, struct samples *set,
                      cvl_error *err);
cvl_status arrays_read_pair(const struct samples_pairs *pairs,
                            struct samples *set, cvl_error *err);

/* A binary file of CIFAR-10; the first of its bytes, without the path. */
cvl_status cifar_parse(const cvl_bytes *bytes, struct samples *set,
                       cvl_error *err);
cvl_status cifar_read(const char *path, const char *role, struct samples *set,
                      cvl_error *err);

/* A directory with a directory of pictures for each class. */
cvl_status folder_read(const char *path, const char *role,
                       enum color_choice color, struct samples *set,
                       cvl_error *err);

/* What a setting names, and how it is read. */
struct named {
    const char *text;
    const char *role;
    const char *words; /* what else it may be, for messages, or NULL */
    enum color_choice color;
    bool wants_test; /* a test part of its own is not to be trained on */
    bool is_sorted;  /* receives whether the classes came one after the other */
};

/*
 * Finds out which of these it is, and reads it: "digits", a directory with
 * MNIST's or CIFAR-10's files or class folders, a file of CIFAR-10, or some,
 * or an array and labels, with commas. *test is filled if the set has a test
 * part and that is wanted; of what is held out, the test part is all that is
 * read, where there is one, and `test` is NULL.
 */
cvl_status named_read(struct named *named, struct samples *set,
                      struct samples *test, cvl_error *err);

/*
 * Appends the samples, which must be of the same kind, shape and classes, and
 * frees `more`; `path` is where they are from. CVL_ESHAPE, CVL_ENOMEM.
 */
cvl_status samples_append(const char *path, struct samples *to,
                          struct samples *more, cvl_error *err);

#endif
