/* append.h - texts of a known size that are made piece by piece. */
#ifndef CVL_APPEND_H
#define CVL_APPEND_H

#include <stddef.h>

#include "convlet/error.h"

/* Appends, as printf would, to the string in `text`, which has room for `size`
 * bytes with its zero; what does not fit is cut off. */
void cvl_append(char *text, size_t size, const char *format, ...)
    CVL_PRINTF(3, 4);

#endif
