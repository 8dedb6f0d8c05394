/* idx.h - IDX files, the format of the MNIST digits: one array. */
#ifndef CVL_IDX_H
#define CVL_IDX_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/numbers.h"

/* Do the bytes begin as an IDX file does: two zeros, a type, a count of axes?
 */
bool cvl_idx_is(const void *bytes, size_t size);

/*
 * Finds the array in the bytes of an IDX file, which may be hostile. The bytes
 * must hold the array and nothing more.
 *
 * Two zero bytes, one for the type (8 unsigned bytes, 9 signed ones, 0x0B
 * 16-bit, 0x0C 32-bit, 0x0D floats, 0x0E doubles), one for how many axes, a
 * 32-bit size for each, then the elements; all big-endian.
 *
 * *numbers is a view of `bytes`. CVL_EFORMAT where they are no IDX file, are
 * cut short or too long; CVL_EUNSUPPORTED for more than 4 axes. *numbers is {0}
 * then. Allocates nothing.
 * Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", 1998.
 */
cvl_status cvl_idx_parse(const void *bytes, size_t size, cvl_numbers *numbers,
                         cvl_error *err);

#endif
