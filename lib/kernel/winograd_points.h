/* winograd_points.h - private: the transforms of Winograd in one dimension. */
#ifndef CVL_WINOGRAD_POINTS_H
#define CVL_WINOGRAD_POINTS_H

#include "kernel/tiled_vector.h"

/*
 * F outputs y[j] = sum over i of x[j + i] w[i], three taps, by F + 2 products.
 * Read w and y as polynomials: a product of polynomials is known from its
 * values at as many points as it has coefficients; the transpose of that is a
 * correlation. The points are 0, the pairs +-p, and infinity:
 *
 *     F = 2     0, +-1, inf            exact on small whole numbers
 *     F = 4     0, +-A, +-B, inf       A = 11/16, B = 3/2
 *
 *     V = B' x      U = G w       y = A' (V U)
 *
 * With P(t) the product of (t t - p p), Q_p the same without the pair p, a row
 * of B' is the coefficients of P (point 0), t P (infinity), or
 * (t t Q_p) +- p (t Q_p): both of a pair share the even and the odd part, so
 * points of any value cost the same. Row of G: z, z p, z p p with z = 1 / (2 p
 * p Q_p(p p)); row j of A': p^j. All divisions are in G, once a pass.
 *
 * The textbook's points 0, +-1, +-2 have four to thirteen times the error: what
 * is small in x is multiplied by up to 5 and 21 before it is divided again. A
 * and B are near the best of all pairs, and exact in float, as are A A, B B and
 * their sum and product.
 * Source: Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and
 * Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
 */
#define POINT_A 0.6875
#define POINT_B 1.5
#define A_SQUARE (POINT_A * POINT_A)
#define B_SQUARE (POINT_B * POINT_B)
#define A_SCALE (1 / (2 * A_SQUARE * (A_SQUARE - B_SQUARE)))
#define B_SCALE (1 / (2 * B_SQUARE * (B_SQUARE - A_SQUARE)))
#define ZERO_SCALE (1 / (A_SQUARE * B_SQUARE))

/* Points of F = 4: the most of one dimension. */
enum { MOST_SIDE = 6 };

/* The two values of a pair: even +- p odd. */
INLINE void pair(const double point, vec even, vec odd, vec values[2])
{
    values[0] = even + (real)point * odd;
    values[1] = even - (real)point * odd;
}

/* B': F + 2 numbers of x, or of dy for the input gradient. */
INLINE void input_points(const size_t F, const vec x[], vec v[])
{
    if (F == 2) {
        v[0] = x[0] - x[2];
        pair(1, x[2], x[1], v + 1);
        v[3] = x[3] - x[1];
        return;
    }
    const real sum = (real)(A_SQUARE + B_SQUARE);
    const real product = (real)(A_SQUARE * B_SQUARE);
    v[0] = x[4] - sum * x[2] + product * x[0];
    pair(POINT_A, x[4] - (real)B_SQUARE * x[2], x[3] - (real)B_SQUARE * x[1],
         v + 1);
    pair(POINT_B, x[4] - (real)A_SQUARE * x[2], x[3] - (real)A_SQUARE * x[1],
         v + 3);
    v[5] = x[5] - sum * x[3] + product * x[1];
}

/* G: three taps. */
INLINE void kernel_points(const size_t F, const vec w[3], vec u[])
{
    if (F == 2) {
        const vec ends = (real)0.5 * (w[0] + w[2]);
        u[0] = w[0];
        pair(0.5, ends, w[1], u + 1);
        u[3] = w[2];
        return;
    }
    u[0] = (real)ZERO_SCALE * w[0];
    pair(A_SCALE * POINT_A,
         (real)A_SCALE * w[0] + (real)(A_SCALE * A_SQUARE) * w[2], w[1], u + 1);
    pair(B_SCALE * POINT_B,
         (real)B_SCALE * w[0] + (real)(B_SCALE * B_SQUARE) * w[2], w[1], u + 3);
    u[5] = w[2];
}

/* A': F outputs. */
INLINE void output_sums(const size_t F, const vec m[], vec y[])
{
    const vec even = m[1] + m[2], odd = m[1] - m[2];
    if (F == 2) {
        y[0] = m[0] + even;
        y[1] = m[3] + odd;
        return;
    }
    const vec more_even = m[3] + m[4], more_odd = m[3] - m[4];
    y[0] = m[0] + even + more_even;
    y[1] = (real)POINT_A * odd + (real)POINT_B * more_odd;
    y[2] = (real)A_SQUARE * even + (real)B_SQUARE * more_even;
    y[3] = m[5] + (real)(POINT_A * A_SQUARE) * odd +
           (real)(POINT_B * B_SQUARE) * more_odd;
}

/* Weight gradient: F numbers of dy, as G would take F taps, without scales. */
INLINE void gradient_points(const size_t F, const vec dy[], vec d[])
{
    d[0] = dy[0];
    d[F + 1] = dy[F - 1];
    if (F == 2) {
        pair(1, dy[0], dy[1], d + 1);
        return;
    }
    pair(POINT_A, dy[0] + (real)A_SQUARE * dy[2],
         dy[1] + (real)A_SQUARE * dy[3], d + 1);
    pair(POINT_B, dy[0] + (real)B_SQUARE * dy[2],
         dy[1] + (real)B_SQUARE * dy[3], d + 3);
}

/* Weight gradient: three taps, as A' would give three outputs, with scales. */
INLINE void weight_sums(const size_t F, const vec m[], vec dw[3])
{
    const vec even = m[1] + m[2], odd = m[1] - m[2];
    if (F == 2) {
        const vec half = (real)0.5 * even;
        dw[0] = m[0] + half;
        dw[1] = (real)0.5 * odd;
        dw[2] = m[3] + half;
        return;
    }
    const vec more_even = m[3] + m[4], more_odd = m[3] - m[4];
    dw[0] = (real)ZERO_SCALE * m[0] + (real)A_SCALE * even +
            (real)B_SCALE * more_even;
    dw[1] =
        (real)(A_SCALE * POINT_A) * odd + (real)(B_SCALE * POINT_B) * more_odd;
    dw[2] = m[5] + (real)(A_SCALE * A_SQUARE) * even +
            (real)(B_SCALE * B_SQUARE) * more_even;
}

#endif
