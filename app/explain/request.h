/* request.h - what `convlet explain` is asked, and what makes sense. */
#ifndef CONVLET_EXPLAIN_REQUEST_H
#define CONVLET_EXPLAIN_REQUEST_H

#include "explain/data.h"

/* A kind of number, and where it is. */
struct explain_request {
    cvl_array array;
    size_t param;
    const char *flag; /* NULL: the first output, as nothing was asked for */
    const char *axes; /* "N,K,Y,X" */
    struct index index;
};

/* The request of the settings; CVL_EINVAL for more than one. */
cvl_status explain_read_request(const struct config *config,
                                struct explain_request *request,
                                cvl_error *err);

/* The number that is asked for, with its value in that tensor; CVL_EINVAL where
 * there is no such place, with the last one that there is. */
cvl_status explain_find(const struct explain_request *request,
                        const cvl_tensor *tensor, cvl_element *number,
                        cvl_error *err);

#endif
