/* kernel.h - private: what an algorithm provides to cvl_conv2d. */
#ifndef CVL_KERNEL_H
#define CVL_KERNEL_H

#include "convlet/exec.h"
#include "convlet/geometry.h"
#include "convlet/size.h"

/*
 * The way of one tile of F x F outputs through Winograd's algorithm, each
 * number as it is in forward. A side is F + 2 points.
 */
typedef struct cvl_tile_numbers {
    size_t channels;
    const double *x, *w; /* [channel][side][side], [channel][9] */
    double bias;         /* 0 where there is none */
    double *to_points;   /* B' [side][side] */
    double *of_kernels;  /* G [side][3] */
    double *to_outputs;  /* A' [F][side] */
    double *v, *u;       /* [channel][side][side]: B' x B, G w G' */
    double *m;           /* [side][side]: the sums of their products */
    double *y;           /* [F][F]: A' M A, and the bias */
    void *work;          /* aligned; 2 channels + 1 vectors of 64 bytes */
} cvl_tile_numbers;

/*
 * One algorithm for one element type (and instruction set): functions on plain
 * pointers of that type. Stateless; the plan is made once per
 * convolution and only read afterwards. Weights are never tied here: conv2d.c
 * spreads them before and sums them after.
 */
typedef struct cvl_conv_kernel {
    /* Makes the tables that the passes share, and tells the scratch that one
     * pass needs. *plan is freed with cvl_free. CVL_ENOMEM. */
    cvl_status (*plan)(const cvl_conv2d_geometry *geometry,
                       const cvl_exec *exec, void **plan, size_t *work_bytes,
                       cvl_error *err);

    /* How a pass is carried out, and why not otherwise, in one line for people;
     * cut off where `size` is too small. NULL: there is one way only. */
    void (*describe)(const void *plan, cvl_conv_pass pass, char *text,
                     size_t size);

    /* The three passes: arguments and formulas as in convlet/conv2d.h. `b`
     * and `db` may be NULL. `work` is CVL_ALIGNMENT aligned. */
    void (*forward)(const void *plan, const void *x, const void *w,
                    const void *b, void *y, void *work);
    void (*grad_weight)(const void *plan, const void *x, const void *dy,
                        void *dw, void *db, void *work);
    void (*grad_input)(const void *plan, const void *w, const void *dy,
                       void *dx, void *work);

    /* Computes v, u, m and y of one tile, and the matrices; NULL: the algorithm
     * has no tiles to show. */
    void (*tile)(const cvl_tile_numbers *numbers);
} cvl_conv_kernel;

/* What every algorithm counts with; b > 0. */
static inline size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

static inline size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

/* The geometry with what every algorithm derives from it. */
typedef struct cvl_conv_sizes {
    cvl_conv2d_geometry g;
    cvl_exec exec;
    size_t out_height, out_width;
    size_t group_in, group_out; /* channels per group */
    size_t window;              /* taps per input channel: KH KW */
    double flops;               /* of one pass */
} cvl_conv_sizes;

static inline cvl_conv_sizes cvl_conv_sizes_of(const cvl_conv2d_geometry *g,
                                               const cvl_exec *exec)
{
    cvl_conv_sizes s = {
        .g = *g,
        .exec = *exec,
        .out_height = cvl_conv2d_out_height(g),
        .out_width = cvl_conv2d_out_width(g),
        .group_in = g->in_channels / g->groups,
        .group_out = g->out_channels / g->groups,
        .window = g->kernel_height * g->kernel_width,
        .flops = cvl_conv2d_flops(g),
    };
    /* A window that moves by more than there is has one place as well. */
    const size_t height = g->in_height + g->pad_top + g->pad_bottom;
    s.g.stride_y = least(g->stride_y, height);
    s.g.stride_x = least(g->stride_x, g->in_width + g->pad_left + g->pad_right);
    return s;
}

/*
 * Scratch of a pass: `shared` elements, behind them `scratch` ones for each
 * worker. Both are rounded up; workers that run side by side lie apart. *bytes
 * is at least that after. False where it does not fit in a size.
 */
static inline bool cvl_conv_add_work(size_t *shared, size_t *scratch,
                                     const cvl_exec *exec, double effort,
                                     size_t real_bytes, size_t *bytes)
{
    const bool alone = exec->threads == 1 || effort < exec->parallel_flops;
    const size_t apart = alone ? 0 : CVL_WORKERS_APART / real_bytes;
    size_t all;
    /* Aligned in elements, so that what follows is aligned in bytes too. */
    if (!cvl_size_align(*shared, shared) ||
        !cvl_size_align(*scratch, scratch) ||
        !cvl_size_add(*scratch, apart, scratch) ||
        !cvl_size_mul(*scratch, exec->threads, &all) ||
        !cvl_size_add(all, *shared, &all) ||
        !cvl_size_mul(all, real_bytes, &all))
        return false;
    *bytes = most(*bytes, all);
    return true;
}

extern const cvl_conv_kernel cvl_direct_f32, cvl_direct_f64;
extern const cvl_conv_kernel cvl_im2col_f32, cvl_im2col_f64;

/* By instruction set; what the compiler cannot build is left out. */
#ifdef CVL_TILED
extern const cvl_conv_kernel cvl_tiled_base_f32, cvl_tiled_base_f64;
#endif
#ifdef CVL_TILED_X86
extern const cvl_conv_kernel cvl_tiled_avx2_f32, cvl_tiled_avx2_f64;
extern const cvl_conv_kernel cvl_tiled_avx512_f32, cvl_tiled_avx512_f64;
#endif

/* Winograd's: of tiles of 4x4 outputs, and of 2x2. */
enum cvl_winograd_tiles { CVL_TILES_4X4, CVL_TILES_2X2, CVL_TILE_SIZES };
#ifdef CVL_WINOGRAD
/* The instruction set whose vectors the channels fill best: `isa`, or, where
 * half a vector of AVX-512 wastes much less, the one before. */
cvl_isa cvl_winograd_isa(const cvl_conv2d_geometry *geometry, size_t real_bytes,
                         cvl_isa isa);
extern const cvl_conv_kernel cvl_winograd_base_f32[CVL_TILE_SIZES];
extern const cvl_conv_kernel cvl_winograd_base_f64[CVL_TILE_SIZES];
#ifdef CVL_TILED_X86
extern const cvl_conv_kernel cvl_winograd_avx2_f32[CVL_TILE_SIZES];
extern const cvl_conv_kernel cvl_winograd_avx2_f64[CVL_TILE_SIZES];
extern const cvl_conv_kernel cvl_winograd_avx512_f32[CVL_TILE_SIZES];
extern const cvl_conv_kernel cvl_winograd_avx512_f64[CVL_TILE_SIZES];
#endif
#endif

#endif
