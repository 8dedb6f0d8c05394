/* npy_header.h - what stands before the bytes of a .npy file; private. */
#ifndef CVL_NPY_HEADER_H
#define CVL_NPY_HEADER_H

#include "convlet/tensor.h"

typedef struct cvl_npy_header {
    cvl_dtype dtype;
    size_t ndim;                /* as the file says: 0, or beyond 4, too */
    size_t shape[CVL_MAX_NDIM]; /* the first axes, unchecked */
    size_t data_at;             /* where in the file the elements start */
} cvl_npy_header;

/*
 * Reads the header of the `size` bytes of a file, which may be hostile.
 * CVL_OK, or CVL_EFORMAT and CVL_EUNSUPPORTED as cvl_npy_parse.
 */
cvl_status cvl_npy_header_parse(const void *bytes, size_t size,
                                cvl_npy_header *header, cvl_error *err);

#endif
