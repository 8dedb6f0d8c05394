/* answers.h - what a classifier says, as text, csv or json. */
#ifndef CONVLET_APPLY_ANSWERS_H
#define CONVLET_APPLY_ANSWERS_H

#include "base/config.h"
#include "classify/confusion.h"

/* How answers are written, and of which classes. */
struct answers {
    enum answer_format format;
    size_t classes;
    const char *const *names; /* [classes] */
    size_t count;             /* that were written so far */
};

/* What is said of one sample. */
struct answer {
    const char *name;
    size_t truth;                /* its class; `classes` where nobody knows */
    const double *probabilities; /* [classes] */
    const size_t *order;         /* classes, the likeliest first */
};

/* Writes one on standard output:
 *
 *     four.png  4 99.45%  9 0.31%  7 0.11%
 *
 * with "  wrong: 7" behind it where the truth is another; or a row of
 * file,answer,truth and a column for each class; or an object of an array of
 * JSON. CVL_ENOMEM. */
cvl_status answers_add(struct answers *answers, const struct answer *answer,
                       cvl_error *err);

/* Ends them: with the verdict and a table, where anything was compared; csv has
 * no place for that. */
cvl_status answers_end(struct answers *answers,
                       const struct confusion *confusion, cvl_error *err);

#endif
