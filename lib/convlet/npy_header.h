/* npy_header.h - private: what a .npy file that is written begins with. */
#ifndef CVL_NPY_HEADER_H
#define CVL_NPY_HEADER_H

#include "convlet/tensor.h"

/*
 * What numpy.save pads the header to: a multiple of 64 bytes, which the text
 * of 1 to 4 axes (59 to 110 characters) always makes 128 bytes in all.
 */
enum { CVL_NPY_SAVED_HEADER = 128 };

/* Magic, version, length and text; the tensor's elements follow in the file,
 * little-endian. */
void cvl_npy_write_header(const cvl_tensor *tensor,
                          unsigned char bytes[CVL_NPY_SAVED_HEADER]);

#endif
