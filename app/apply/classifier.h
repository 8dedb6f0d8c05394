/* classifier.h - a trained classifier: samples in, probabilities out. */
#ifndef CONVLET_APPLY_CLASSIFIER_H
#define CONVLET_APPLY_CLASSIFIER_H

#include <convlet/model.h>

#include "base/config.h"

/* Samples that go through the net at once. */
enum { CLASSIFIER_BATCH = 16 };

/* {0} is empty. */
struct classifier {
    const cvl_model *model;
    cvl_model_about about; /* its texts lie in the model */
    cvl_net net;           /* for CLASSIFIER_BATCH samples, to evaluate */
    cvl_tensor x;          /* that many, of which the first ones count */
    size_t size;           /* numbers of one: C H W */
    size_t classes;
    char *text;         /* owned: the names, one behind the other, */
    const char **names; /* and where each begins, [classes]; owned */
};

/* Builds the net of a model that says its classes; the model outlives it.
 * CVL_EFORMAT where two classes have one name, or one has none; CVL_EINVAL,
 * CVL_ENOMEM; free it in any case. */
cvl_status classifier_init(struct classifier *classifier,
                           const cvl_model *model, const cvl_model_about *about,
                           const struct execution_settings *settings,
                           cvl_error *err);

/* The class of that name; `classes` if there is none. */
size_t classifier_find(const struct classifier *classifier, const char *name);

/* CVL_EINVAL with "'x' is no class of the model, which knows 0, 1, 2". */
cvl_status classifier_refuse(const struct classifier *classifier,
                             const char *name, cvl_error *err);

/* Sets sample `slot` of the batch: numbers [C,H,W] as the net saw them when it
 * was trained, but for the mean and the deviation, which are taken off here. */
void classifier_put(struct classifier *classifier, size_t slot,
                    const cvl_tensor *sample);

/* Runs the batch. */
void classifier_run(struct classifier *classifier);

/*
 * The softmax of what came out for a sample, [classes], and the classes by it,
 * the likeliest first, of equals the first one. Where a number that came out is
 * NaN, or the largest infinite, every probability is NaN.
 */
void classifier_answer(const struct classifier *classifier, size_t slot,
                       double *probabilities, size_t *order);

/* Frees and resets; idempotent. */
void classifier_free(struct classifier *classifier);

#endif
