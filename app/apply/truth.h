/* truth.h - what samples are, as --compare says it. */
#ifndef CONVLET_APPLY_TRUTH_H
#define CONVLET_APPLY_TRUTH_H

#include "apply/classifier.h"

/* {0} is empty. */
struct truth {
    const char *text; /* of --compare */
    cvl_tensor labels;
    size_t count;
    size_t next; /* the sample that comes next */
};

/*
 * Reads a .npy or IDX file of labels, whole numbers of any type, one for each
 * sample; or, where there is no such file, names of classes, with commas or
 * spaces between them. CVL_EINVAL, also for labels that are no classes,
 * CVL_EFORMAT, CVL_EIO, CVL_EUNSUPPORTED, CVL_ENOMEM; free it in any case.
 */
cvl_status truth_read(struct truth *truth, const char *text,
                      const struct classifier *classifier, cvl_error *err);

/* The class of the next sample. CVL_ESHAPE where there is none left. */
cvl_status truth_next(struct truth *truth, size_t *label, cvl_error *err);

/* CVL_ESHAPE where some are left. */
cvl_status truth_check_end(const struct truth *truth, cvl_error *err);

/* Frees and resets; idempotent. */
void truth_free(struct truth *truth);

#endif
