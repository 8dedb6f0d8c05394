/* cholesky.h - a symmetric matrix as a triangle times its transpose. */
#ifndef CVL_CHOLESKY_H
#define CVL_CHOLESKY_H

#include <stddef.h>

/*
 * m + ridge I = L L' of a symmetric m, n x n, row by row, of which only what
 * is below the diagonal and on it is read: L takes its place. A pivot, the
 * square of a number on L's diagonal, that is below `least`, which is positive,
 * is raised to it.
 *
 * Returns the least pivot there was: m is positive definite where that is well
 * above the rounding of m's largest number. Source: Golub and Van Loan, "Matrix
 * Computations", section 4.2.
 */
double cvl_cholesky(double *m, size_t n, double ridge, double least);

/* row := L^-1 row, and row := L'^-1 row; both in turn solve L L' z = row. */
void cvl_cholesky_divide(const double *l, size_t n, double *row);
void cvl_cholesky_divide_transposed(const double *l, size_t n, double *row);

#endif
