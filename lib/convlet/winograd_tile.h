/* winograd_tile.h - one tile of Winograd's algorithm, number by number. */
#ifndef CVL_WINOGRAD_TILE_H
#define CVL_WINOGRAD_TILE_H

#include "convlet/conv2d.h"

/* Of the larger tiles, those of CVL_CONV_WINOGRAD. */
enum cvl_winograd_limits { CVL_TILE_OUTPUTS = 4, CVL_TILE_SIDE = 6 };

/*
 * The way of one tile of F x F outputs, which depend on S x S inputs, S = F +
 * 2:
 *
 *     V = B' x B        of each channel
 *     U = G w G'        of each channel, w its kernel of 3x3
 *     M = the sum over channels of V times U, number by number
 *     y = A' M A + b    F x F outputs
 *
 * Each number is that of cvl_conv2d_forward, of the convolution's type and
 * instruction set, to the last bit. Matrices stand row by row.
 */
typedef struct cvl_winograd_tile {
    size_t outputs, side;      /* F, S */
    size_t channels;           /* of x */
    size_t y_row, y_column;    /* the first output's; the last may be outside */
    ptrdiff_t x_row, x_column; /* the first input's; outside x is 0 */
    double to_points[CVL_TILE_SIDE * CVL_TILE_SIDE];     /* B' [S][S] */
    double of_kernels[CVL_TILE_SIDE * 3];                /* G [S][3] */
    double to_outputs[CVL_TILE_OUTPUTS * CVL_TILE_SIDE]; /* A' [F][S] */
    double *x, *v;                                       /* [channel][S][S] */
    double *w, *u; /* [channel][3][3], [channel][S][S] */
    double m[CVL_TILE_SIDE * CVL_TILE_SIDE];       /* [S][S] */
    double bias;                                   /* 0: there is none */
    double y[CVL_TILE_OUTPUTS * CVL_TILE_OUTPUTS]; /* [F][F] */
} cvl_winograd_tile;

/*
 * The tile of output y[image,output,row,column], which must be one.
 *
 *   conv   planned, for CVL_CONV_WINOGRAD or CVL_CONV_WINOGRAD2
 *   x, w   as cvl_conv2d_forward takes them
 *   b      alike; may be NULL
 *   tile   {0} or freed; free it in any case
 *
 * CVL_EINVAL of another algorithm; CVL_ENOMEM.
 */
cvl_status cvl_winograd_tile_make(const cvl_conv2d *conv, const cvl_tensor *x,
                                  const cvl_tensor *w, const cvl_tensor *b,
                                  const size_t at[4], cvl_winograd_tile *tile,
                                  cvl_error *err);

/* Frees and resets; idempotent. */
void cvl_winograd_tile_free(cvl_winograd_tile *tile);

#endif
