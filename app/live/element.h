/* element.h - private: which number of a net is asked for. */
#ifndef CONVLET_LIVE_ELEMENT_H
#define CONVLET_LIVE_ELEMENT_H

#include <convlet/terms.h>

#include "live/session.h"

/* A number of a layer, found. */
struct live_number {
    cvl_layer_info info;
    size_t layer;
    cvl_element element;      /* with its value */
    const cvl_tensor *tensor; /* that holds it */
    size_t flat;              /* its index there */
};

/*
 * Finds the number, as live_terms takes it. CVL_EINVAL, with what there is,
 * where there is none, or where the last run did not come as far.
 */
cvl_status live_find(const struct live *live, int of, size_t layer,
                     size_t param, const size_t at[4],
                     struct live_number *number, cvl_error *err);

#endif
