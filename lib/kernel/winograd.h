/* winograd.h - private: the plan of a 3x3 convolution with fewer products. */
#ifndef CVL_WINOGRAD_H
#define CVL_WINOGRAD_H

#include "kernel/kernel.h"

/*
 * F x F outputs (F is 4, or 2) depend on F+2 x F+2 inputs. Winograd's
 * algorithm turns such a tile into as many numbers, one for each pair of
 * points, and the kernel too; there they are multiplied one by one: 36
 * products for 16 outputs instead of 144 (F = 2: 16 for 4 instead of 36).
 *
 *   tiles of x     to points        sums over channels,       back: tiles of y
 *                                   a matrix for each point
 *   +-----------+
 *   | 6x6     | |   V[point]        M[point] =                +-------+
 *   |       +-|-+   tile x channel    V[point] U[point]       |4x4|   |
 *   |  4x4  | | |                     tile x output           +---+---+
 *   +-------|-+ |   U[point]                                  |   |   |
 *   |       |   |   channel x output                          +-------+
 *   +-----------+     ^
 *   neighbours        of the kernels, 3x3, once a pass
 *   share two
 *   rows or columns
 *
 * The transforms are in winograd_points.h. The input gradient is the same with
 * dy for x and the kernels turned. The weight gradient has three outputs for F
 * numbers of dy: dw = back(sum over tiles of V[point] D[point]), D the F x F
 * tiles of dy at the points.
 *
 * Lanes are channels: all transforms are plain additions of vectors, and rows
 * of tiles of any width fill them. Padding and ragged edges exist where
 * pictures are laid and taken up again (winograd_lay.h), nowhere else.
 *
 * A block of tiles goes the whole way at once, in the cache of one worker. No
 * tile's sums depend on how blocks are cut. A sum of many products is made in
 * pieces, in registers, which are added up in memory: it loses fewer digits.
 */
typedef struct cvl_winograd_tensor {
    size_t channels, vectors; /* vectors of them; the last filled with zeros */
    size_t height, width;
    ptrdiff_t row, column; /* where the first tile starts; may be outside */
    size_t step;           /* elements of one point of a block */
} cvl_winograd_tensor;

/* One pass. `out` is what is tiled: y, dx, or, for the weights, dy. */
typedef struct cvl_winograd_pass {
    cvl_winograd_tensor in, out;
    bool turned; /* kernels: in's channels are w's first index, taps turned */
    size_t tiles_y, tiles_x, tiles;
    size_t blocks;  /* of tiles, as even as can be */
    size_t step;    /* elements of one point of the kernels, or of sums */
    size_t shared;  /* elements that all workers share: these; V and D */
    size_t scratch; /* elements of one worker: V, M or D, a strip, sums */

    /* Weight gradient. Few weights: `chunks` of blocks, each with sums of its
     * own, added up in order. Many: all workers on one block after the other;
     * a task sums up a unit, some channels times some vectors of outputs. */
    size_t chunks;                      /* 0: units */
    size_t unit_channels, unit_vectors; /* of which the last has fewer */
    size_t units_in, units;             /* of channels; all */
    size_t v_row;                       /* elements between tiles of V */
    size_t sums; /* elements of a chunk's, or unit's, sums */
} cvl_winograd_pass;

typedef struct cvl_winograd_plan {
    cvl_conv_sizes s;
    size_t tile, lanes; /* F; elements of a vector */
    cvl_winograd_pass forward, grad_input, grad_weight;
} cvl_winograd_plan;

/* What the compiled kernels do. */
typedef struct cvl_winograd_machine {
    size_t tile, lanes, real_bytes;
} cvl_winograd_machine;

enum {
    WINOGRAD_STRIP = 32, /* tiles, side by side, that are transformed at once */
    WINOGRAD_PANEL = 2   /* vectors of outputs that are multiplied at once */
};

/* What cvl_exec_run is told: two or four products in one, and as many lanes. */
static inline double cvl_winograd_effort(const cvl_winograd_plan *p)
{
    return p->s.flops / (double)(p->tile * p->lanes);
}

/* Tiles first .. end-1 are those of a block. */
static inline size_t cvl_winograd_first(const cvl_winograd_pass *p,
                                        size_t block)
{
    return block * (p->tiles / p->blocks) + least(block, p->tiles % p->blocks);
}

/* The `plan` of cvl_conv_kernel. CVL_EUNSUPPORTED for other kernels than 3x3,
 * strides, dilations or groups; CVL_ENOMEM. */
cvl_status cvl_winograd_plan_make(const cvl_conv2d_geometry *geometry,
                                  const cvl_exec *exec,
                                  const cvl_winograd_machine *machine,
                                  void **plan, size_t *work_bytes,
                                  cvl_error *err);

/* The `describe` of cvl_conv_kernel. */
void cvl_winograd_describe(const void *plan, cvl_conv_pass pass, char *text,
                           size_t size);

#endif
