/* tiled.h - private: the plan that the tiled kernels carry out. */
#ifndef CVL_TILED_H
#define CVL_TILED_H

#include <stdint.h>

#include "kernel/kernel.h"

/*
 * Forward and input gradient are both a sum over taps of a few inputs,
 * shifted, times a weight. tiled carries it out in four steps:
 *
 *   lay    copies input rows into zero-padded planes in scratch, so that
 *          padding, stride and dilation are gone: whatever a tap reads for
 *          successive output pixels is contiguous
 *   taps   one offset per tap, made here once: the output pixels from i on
 *          read planes[offset[tap] + i]
 *   tile   some output channels x some vectors of pixels, summed over all
 *          taps in registers (tiled_tile.h)
 *   store  straight to the result
 *
 * What a kernel row of three taps reads from a row of x, padded by one:
 *
 *   PLANES   tap 0   . x0 x1 x2      one plane per column tap, as wide as the
 *            tap 1   x0 x1 x2 x3     output: rows follow each other without
 *            tap 2   x1 x2 x3  .     a gap, and a run crosses them
 *
 *   ROWS     . x0 x1 x2 x3 .         one plane for all; tap j starts at j, and
 *                                    a run is one row: for long rows
 *
 *   TURNED   as ROWS, but the lanes of a tile are output channels, not
 *            pixels: for many channels and long sums
 *
 *   EXPAND   no planes: multiplies first, shifts and adds the products after:
 *            for very few output channels, or a result much larger than what it
 *            is made of
 *
 * The weight gradient sums over pixels instead, on PLANES (or ROWS, where
 * they are long), in two ways: with lanes that are pixels (DOTS), or lanes
 * that are channels (TURNED), dy being transposed piece by piece. SWAP: the
 * roles of x and dy exchanged, where x has many more channels.
 *
 * With a stride of s, elements that are s apart lie side by side, in a plane
 * for each residue.
 */
typedef enum cvl_tiled_path {
    CVL_TILED_AUTO,
    CVL_TILED_PLANES,
    CVL_TILED_ROWS,
    CVL_TILED_TURNED, /* also of the weight gradient, as are the next */
    CVL_TILED_EXPAND,
    CVL_TILED_DOTS,
    CVL_TILED_DOTS_SWAP,
    CVL_TILED_TURNED_SWAP,
    CVL_TILED_PATHS
} cvl_tiled_path;

/* Elements that lie `step` apart in the input, side by side. */
typedef struct cvl_tiled_plane {
    ptrdiff_t start;  /* the input index of element 0 */
    size_t extra;     /* elements beyond the outputs */
    size_t low, high; /* elements low .. high-1 are inside the input */
    size_t before;    /* of rows: lines of the planes before this one */
} cvl_tiled_plane;

/* Output u of its phase reads element u + lead of plane `plane`. */
typedef struct cvl_tiled_tap {
    size_t plane, lead;
} cvl_tiled_tap;

/*
 * Rows, or columns, of one pass. The input gradient at stride s falls into s
 * phases: the outputs a, a+s, a+2s... share the taps that reach them. Of a
 * large stride most phases have none, or one: no walk past all taps for each.
 */
typedef struct cvl_tiled_axis {
    size_t in, out; /* out: of the longest phase */
    size_t step;    /* input distance of successive outputs */
    size_t phases, taps, planes;
    size_t extra;  /* the most that any plane has */
    size_t *begin; /* the first tap of each phase; taps, where there is none */
    size_t every;  /* from one tap of a phase to its next */
    cvl_tiled_tap *tap;
    cvl_tiled_plane *plane;
} cvl_tiled_axis;

/*
 * The planes of one block of output rows:
 *
 *     channel 0                                       channel 1
 *     +-----------------------+-----------------------+-- ...
 *     | column plane 0        | column plane 1        |
 *     | row plane 0 | plane 1 | row plane 0 | plane 1 |
 *     +-----------------------+-----------------------+-- ...
 *       each: rows + extra lines of `pitch` elements
 */
typedef struct cvl_tiled_lay {
    cvl_tiled_axis y, x;
    size_t rows, blocks; /* output rows per block, blocks per image */
    size_t pitch;        /* elements of a line */
    size_t lines;        /* lines of one column plane */
    size_t channel;      /* elements of one channel */
    bool direct;         /* 1x1, no padding: the planes are the tensor */
    bool flat;           /* lines follow each other: a block is one run */
} cvl_tiled_lay;

/* Forward pass, or input gradient. */
typedef struct cvl_tiled_pass {
    cvl_tiled_path path;
    cvl_tiled_lay lay;
    size_t inputs, outputs;   /* channels per group */
    size_t w_input, w_output; /* their strides in w */
    size_t out_height, out_width;
    size_t sums_out; /* what tiles make: outputs, EXPAND: times the window */
    size_t padded;   /* TURNED: sums_out with zeros that fill a last vector */
    size_t panel;    /* of these to a tile; the last may have fewer */
    size_t sweep;    /* pixels that all panels pass over */
    int32_t *offset; /* of every phase's taps, by channel, row, column */
    size_t *first;   /* offset + first[phase]: the phase's; phases + 1 */
    size_t margin;   /* EXPAND: zeros around a plane of products */
    size_t masks;    /* and elements for which of them a row reads */
    size_t sums;     /* elements for TURNED's [pixel][channel] */
    size_t mixed;    /* and for several phases' outputs, or products */
    size_t packed;   /* elements of the packed weights, all groups */
    size_t scratch;  /* elements of one worker: sums, mixed, planes */
} cvl_tiled_pass;

/* The weight gradient: planes of one tensor against another's flat rows. */
typedef struct cvl_tiled_weights {
    cvl_tiled_path path;
    bool turned, swap;
    cvl_tiled_lay lay;
    size_t laid, flat;     /* channels per group */
    size_t w_laid, w_flat; /* their strides in dw */
    size_t laid_block, laid_blocks;
    size_t flat_block, flat_blocks;
    size_t units;    /* groups x laid_blocks x flat_blocks: parts of dw */
    size_t chunks;   /* partial sums of each, over the batch and its blocks */
    size_t panel;    /* TURNED: flat channels of a tile */
    size_t piece;    /* pixels per call of a tile */
    int32_t *offset; /* of the taps of one block of channels */
    size_t bias;     /* where a task's sums for the bias lie, behind dw's */
    size_t partial;  /* elements of one task's sums */
    size_t scratch;  /* elements of one worker's: planes, a piece of dy */
} cvl_tiled_weights;

typedef struct cvl_tiled_plan {
    cvl_conv_sizes s;
    size_t lanes; /* of a vector */
    cvl_tiled_pass forward, grad_input;
    cvl_tiled_weights grad_weight;
} cvl_tiled_plan;

/* What the compiled kernels can do, and, for tests, what they must do. */
typedef struct cvl_tiled_machine {
    size_t real_bytes, lanes; /* of an element; elements of a vector */
    bool wide;                /* AVX-512: 32 registers */
    cvl_tiled_path forward, grad_weight, grad_input; /* AUTO: by shape */
} cvl_tiled_machine;

/* What cvl_exec_run is told of a pass: it knows the speed of plain loops, and
 * a vector does `lanes` of their rounds at once. */
static inline double effort_of(const cvl_conv_sizes *s, size_t lanes)
{
    return s->flops / (double)lanes;
}

/* The `plan` of cvl_conv_kernel. A path that cannot take the shape is
 * replaced by one that can. CVL_ENOMEM, also for more than 2^31 elements. */
cvl_status cvl_tiled_plan_make(const cvl_conv2d_geometry *geometry,
                               const cvl_exec *exec,
                               const cvl_tiled_machine *machine, void **plan,
                               size_t *work_bytes, cvl_error *err);

/* The `describe` of cvl_conv_kernel. */
void cvl_tiled_describe(const void *plan, cvl_conv_pass pass, char *text,
                        size_t size);

#endif
