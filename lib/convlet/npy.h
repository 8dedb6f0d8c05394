/* npy.h - NumPy's .npy files: one array, a text header before its bytes. */
#ifndef CVL_NPY_H
#define CVL_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "convlet/bytes.h"
#include "convlet/numbers.h"
#include "convlet/tensor.h"

/* A header longer than this is refused, whatever its version allows. */
enum cvl_npy_limits { CVL_NPY_MAX_HEADER = 64 * 1024 };

/* A file larger than this, 16 GiB, is refused before it is read. */
#define CVL_NPY_MAX_FILE (UINT64_C(1) << 34)

/*
 * Reads an array from the bytes of a .npy file, which may be hostile: every
 * size is checked before anything is allocated. The bytes must hold the array
 * and nothing more.
 *
 * Takes versions 1.0 to 3.0, little-endian float32 ('<f4') and float64
 * ('<f8'), C order (or Fortran order where only one axis is longer than 1,
 * which is the same), 1 to 4 axes of 1 or more.
 * CVL_EFORMAT where the bytes are no .npy file, are cut short or are too
 * long; CVL_EUNSUPPORTED for other types ("int64 ('<i8')", objects), byte
 * orders, Fortran order, 0 or more than 4 axes, each named with what to write
 * in Python instead; CVL_ENOMEM. On error *tensor is {0}.
 * Source: NumPy Enhancement Proposal 1.
 */
cvl_status cvl_npy_parse(const void *bytes, size_t size, cvl_tensor *tensor,
                         cvl_error *err);

/*
 * The same as a view of the bytes, which are not copied, of any type of number:
 * also bool, whole numbers of 8 to 64 bits, and big-endian ones.
 */
cvl_status cvl_npy_view(const void *bytes, size_t size, cvl_numbers *numbers,
                        cvl_error *err);

/*
 * The bytes of a version 1.0 file, byte for byte as numpy.save writes it; the
 * caller frees them. CVL_ENOMEM; *bytes is {0} then.
 */
cvl_status cvl_npy_format(const cvl_tensor *tensor, cvl_bytes *bytes,
                          cvl_error *err);

/* What follows is there only in a library with files (CONVLET_FILES). */

/* Reads a .npy file; the messages of cvl_npy_parse behind "PATH: ". */
cvl_status cvl_npy_load(const char *path, cvl_tensor *tensor, cvl_error *err);

/*
 * Writes the bytes of cvl_npy_format, whole or not at all (cvl_file_write).
 * CVL_EIO, CVL_ENOMEM.
 */
cvl_status cvl_npy_save(const char *path, const cvl_tensor *tensor,
                        cvl_error *err);

#endif
