/* request.h - what `convlet explain` is asked, and what makes sense. */
#ifndef CONVLET_EXPLAIN_REQUEST_H
#define CONVLET_EXPLAIN_REQUEST_H

#include "base/config.h"
#include "explain/layer.h"

/* A kind of number, and where it is. */
struct explain_request {
    cvl_array array; /* NONE: a row of the loss */
    size_t param;
    const char *flag; /* NULL: the first output, as nothing was asked for */
    const char *axes; /* "N,K,Y,X" */
    struct index index;
};

/* The request of the settings; CVL_EINVAL for more than one. */
cvl_status explain_read_request(const struct config *config,
                                struct explain_request *request,
                                cvl_error *err);

/* The number of the layer that is asked for, with its value; CVL_EINVAL where
 * the layer has no such array, or no such place, with the last one that there
 * is. */
cvl_status explain_find(const struct explain_request *request,
                        const struct explain_layer *layer, cvl_element *number,
                        cvl_error *err);

#endif
