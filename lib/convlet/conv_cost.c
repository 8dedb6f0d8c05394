/* conv_cost.c - see conv_cost.h for the contract. */
#include "convlet/conv_cost.h"

enum { TILE = 4 }; /* outputs a side that are transformed at a time */

#ifdef CVL_WINOGRAD
static const bool IS_BUILT = true;
#else
static const bool IS_BUILT = false;
#endif

/* Whether it is a layer for the algorithm, and an instruction set for which
 * that was measured. Base is left as it is: everybody has it, and what it
 * computes is what the live page computes. */
static bool is_for(const cvl_conv2d_geometry *g, cvl_isa isa)
{
    return IS_BUILT && isa != CVL_ISA_BASE && g->kernel_height == 3 &&
           g->kernel_width == 3 && g->stride_y == 1 && g->stride_x == 1 &&
           g->dilation_y == 1 && g->dilation_x == 1 && g->groups == 1;
}

/* a / b, rounded up. */
static size_t divide_up(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

/* Channels with those that fill the last vector: of 32 bytes, since halves of
 * wider ones are taken where these waste less. */
static double in_vectors(size_t channels, cvl_dtype dtype)
{
    const size_t lanes = 32 / cvl_dtype_size(dtype);
    return (double)divide_up(channels, lanes) * (double)lanes;
}

/*
 * Both times in multiplications of one number, each with an addition. A tile
 * takes 36 of them for each pair of channels, and transforms of what it reads
 * and of what it makes; a pass transforms the kernels once. `tiled` takes what
 * the formula has. The constants are those of AVX2, on 50 layers and in all
 * passes, where they are right within an eighth, in float64 too; with AVX-512
 * winograd gains more.
 */
double cvl_winograd_share(const cvl_conv2d_geometry *g, cvl_dtype dtype,
                          cvl_isa isa)
{
    if (!is_for(g, isa)) return 0;
    const size_t height = cvl_conv2d_out_height(g);
    const size_t width = cvl_conv2d_out_width(g);
    const double pairs = (double)g->in_channels * (double)g->out_channels;
    const double in = in_vectors(g->in_channels, dtype);
    const double out = in_vectors(g->out_channels, dtype);
    const double tiles = (double)g->batch * (double)divide_up(height, TILE) *
                         (double)divide_up(width, TILE);
    const double winograd =
        tiles * (62 * in * out + 300 * in + 360 * out) + 320 * pairs;
    const double tiled =
        9 * pairs * (double)height * (double)width * (double)g->batch / 0.88;
    return winograd / tiled;
}
