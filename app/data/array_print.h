/* array_print.h - arrays as text on standard output. */
#ifndef CONVLET_DATA_ARRAY_PRINT_H
#define CONVLET_DATA_ARRAY_PRINT_H

#include <stdio.h>

#include <convlet/tensor.h>

/*
 * Writes the name and the axes, then the rows, in columns that align:
 *
 *     y [2,1,2,2]
 *     [0,0]
 *      1 10
 *     -2  3
 *     [1,0]
 *     ...
 *
 * The lines of the leading axes are there where these have more than one
 * entry. Each number has the fewest digits that read back to the same one.
 */
void array_print(FILE *stream, const char *name, const cvl_tensor *tensor);

#endif
