/* winograd_plan.c - blocks, units and scratch, by shape; and words for them. */
#include "kernel/winograd.h"

#include <stdint.h>
#include <stdio.h>

#include "convlet/memory.h"

enum {
    BLOCK_BYTES = 512 * 1024, /* V and M of a block: half of an L2 cache */
    BLOCK_TILES = 28,         /* but at least so many, to reuse the kernels */
    FEW_BLOCKS = 24,          /* are a power of two, as threads mostly are */
    FEW_TILES = 12,           /* of a block, where there would be one or two */
    SHARES = 4,               /* of few tiles */
    CHUNK_TILES = 192,        /* that pay for adding up sums of their own */
    MOST_CHUNKS = 16,
    FEW_WEIGHTS = 64 * 1024, /* bytes of C x K, whose sums fit an L2 cache */
    UNIT_TILES = 128,        /* else: of a block, and a unit's inputs ... */
    UNIT_CHANNELS = 64,
    UNIT_BYTES = 256, /* ... and outputs: its sums fit an L2 cache */
    ROW_GAP = 16      /* elements: rows of V are no power of two apart */
};

/* Times as many products, from where vectors of half the width are faster. */
static const double HALF_GAIN = 1.5;

/* Counts elements; what does not fit in a size is remembered. */
typedef struct counter {
    const cvl_winograd_machine *machine;
    size_t images, points;
    bool fits;
} counter;

static size_t times(counter *c, size_t a, size_t b)
{
    size_t product = 0;
    c->fits = c->fits && cvl_size_mul(a, b, &product);
    return product;
}

static size_t plus(counter *c, size_t a, size_t b)
{
    size_t sum = 0;
    c->fits = c->fits && cvl_size_add(a, b, &sum);
    return sum;
}

/* rows x columns, and more up to an odd number of cache lines: matrices that
 * are a power of two apart would share a few places of a cache. */
static size_t odd_lines(counter *c, size_t rows, size_t columns)
{
    const size_t line = CVL_ALIGNMENT / c->machine->real_bytes;
    return times(c, divide_up(times(c, rows, columns), line) | 1, line);
}

/* Channels with those that fill the last vector. */
static size_t padded(counter *c, const cvl_winograd_tensor *t)
{
    return times(c, t->vectors, c->machine->lanes);
}

static cvl_winograd_tensor tensor_of(const counter *c, size_t channels,
                                     size_t height, size_t width)
{
    return (cvl_winograd_tensor){.channels = channels,
                                 .vectors =
                                     divide_up(channels, c->machine->lanes),
                                 .height = height,
                                 .width = width};
}

/* Blocks of about `fit` tiles. Few are a power of two, the nearest: five would
 * be three for one of two threads, and two for the other. */
static size_t count_blocks(size_t tiles, size_t fit)
{
    const size_t blocks =
        most(divide_up(tiles, fit), least(SHARES, tiles / FEW_TILES));
    size_t power = 1;
    while (4 * blocks >= 6 * power) power *= 2;
    return blocks < FEW_BLOCKS ? power : blocks;
}

/* Tiles, blocks and the matrices of a block, in rows of v_row elements if it
 * is not 0. fit: tiles of a block, or 0: what an L2 cache holds. */
static void plan_blocks(cvl_winograd_pass *pass, size_t fit, counter *c)
{
    const size_t F = c->machine->tile, lanes = c->machine->lanes;
    pass->tiles_y = divide_up(pass->out.height, F);
    pass->tiles_x = divide_up(pass->out.width, F);
    pass->tiles = c->images * pass->tiles_y * pass->tiles_x;
    const size_t tile_bytes = c->points * c->machine->real_bytes *
                              (pass->in.channels + pass->out.channels);
    pass->blocks =
        fit ? divide_up(pass->tiles, fit)
            : count_blocks(pass->tiles,
                           most(BLOCK_BYTES / tile_bytes, BLOCK_TILES));
    const size_t tiles = divide_up(pass->tiles, pass->blocks);
    const size_t row = padded(c, &pass->in);
    pass->in.step = odd_lines(c, tiles, pass->v_row ? pass->v_row : row);
    pass->out.step = odd_lines(c, tiles, padded(c, &pass->out));
    const size_t strip = least(pass->tiles_x, WINOGRAD_STRIP) * F;
    pass->scratch = (F + 2) * (strip + 2) * lanes;
}

/* V and M of a block, or V and D. */
static size_t block_elements(const cvl_winograd_pass *pass, counter *c)
{
    return times(c, c->points, plus(c, pass->in.step, pass->out.step));
}

static void plan_correlation(cvl_winograd_pass *pass, counter *c)
{
    plan_blocks(pass, 0, c);
    pass->step = odd_lines(c, padded(c, &pass->in), padded(c, &pass->out));
    pass->shared = times(c, c->points, pass->step);
    pass->scratch = plus(c, pass->scratch, block_elements(pass, c));
}

/* A task is a chunk of the blocks, with sums of its own. */
static void plan_chunks(cvl_winograd_pass *pass, counter *c)
{
    plan_blocks(pass, 0, c);
    const size_t many = least(pass->tiles / CHUNK_TILES, MOST_CHUNKS);
    pass->chunks = least(pass->blocks, most(many, SHARES));
    pass->step = odd_lines(c, padded(c, &pass->in), padded(c, &pass->out));
    pass->sums =
        plus(c, times(c, c->points, pass->step), padded(c, &pass->out));
    pass->shared = times(c, pass->chunks, pass->sums);
    pass->scratch = plus(c, pass->scratch, block_elements(pass, c));
}

/* Sums of 36 C K numbers per chunk would be too many: all workers on one block,
 * whose V and D they share. One block needs no more sums than a worker's. */
static void plan_units(cvl_winograd_pass *pass, counter *c)
{
    const size_t lanes = c->machine->lanes, bytes = c->machine->real_bytes;
    plan_blocks(pass, UNIT_TILES, c);
    pass->unit_channels = UNIT_CHANNELS;
    pass->unit_vectors = UNIT_BYTES / bytes / lanes;
    pass->units_in = divide_up(pass->in.channels, UNIT_CHANNELS);
    pass->units =
        pass->units_in * divide_up(pass->out.vectors, pass->unit_vectors);
    pass->step = odd_lines(c, UNIT_CHANNELS, UNIT_BYTES / bytes);
    pass->sums = c->points * pass->step;
    const size_t shared =
        pass->blocks > 1 ? times(c, pass->units, pass->sums) : 0;
    pass->shared = plus(c, plus(c, block_elements(pass, c), shared),
                        padded(c, &pass->out));
    pass->scratch += pass->blocks > 1 ? 0 : pass->sums;
}

static void plan_passes(cvl_winograd_plan *p, counter *c)
{
    const cvl_conv2d_geometry *const g = &p->s.g;
    const cvl_winograd_tensor x =
        tensor_of(c, g->in_channels, g->in_height, g->in_width);
    const cvl_winograd_tensor y =
        tensor_of(c, g->out_channels, p->s.out_height, p->s.out_width);
    cvl_winograd_pass forward = {.in = x, .out = y};
    forward.in.row = -(ptrdiff_t)g->pad_top;
    forward.in.column = -(ptrdiff_t)g->pad_left;
    cvl_winograd_pass backward = {.in = y, .out = x, .turned = true};
    backward.in.row = (ptrdiff_t)g->pad_top - 2;
    backward.in.column = (ptrdiff_t)g->pad_left - 2;
    p->forward = p->grad_weight = forward;
    p->grad_input = backward;
    plan_correlation(&p->forward, c);
    plan_correlation(&p->grad_input, c);
    p->grad_weight.v_row = plus(c, padded(c, &x), ROW_GAP);
    const size_t weights = g->in_channels * g->out_channels;
    if (weights <= FEW_WEIGHTS / c->machine->real_bytes)
        plan_chunks(&p->grad_weight, c);
    else
        plan_units(&p->grad_weight, c);
}

/* CVL_EUNSUPPORTED, in words, for what the algorithm is not for. */
static cvl_status check(const cvl_conv_sizes *s,
                        const cvl_winograd_machine *machine, cvl_error *err)
{
    const cvl_conv2d_geometry *const g = &s->g;
    const char *const name = machine->tile == 4 ? "winograd" : "winograd2";
    if (g->kernel_height != 3 || g->kernel_width != 3)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "algorithm %s is for kernels of 3x3, this one is "
                        "%zux%zu; use tiled",
                        name, g->kernel_height, g->kernel_width);
    if (g->stride_y != 1 || g->stride_x != 1 || g->dilation_y != 1 ||
        g->dilation_x != 1 || g->groups != 1)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "algorithm %s is for stride 1, dilation 1 and one "
                        "group; use tiled",
                        name);
    if (g->in_height + g->pad_top + g->pad_bottom > INT32_MAX ||
        g->in_width + g->pad_left + g->pad_right > INT32_MAX ||
        most(g->in_channels, g->out_channels) > INT32_MAX)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "the sizes are too large for algorithm %s; use direct",
                        name);
    return CVL_OK;
}

cvl_status cvl_winograd_plan_make(const cvl_conv2d_geometry *geometry,
                                  const cvl_exec *exec,
                                  const cvl_winograd_machine *machine,
                                  void **plan, size_t *work_bytes,
                                  cvl_error *err)
{
    cvl_winograd_plan p = {.s = cvl_conv_sizes_of(geometry, exec),
                           .tile = machine->tile,
                           .lanes = machine->lanes};
    const size_t side = p.tile + 2;
    counter c = {machine, geometry->batch, side * side, true};
    enum { PASSES = 3 };
    cvl_winograd_pass *const passes[PASSES] = {&p.forward, &p.grad_weight,
                                               &p.grad_input};
    cvl_status status = check(&p.s, machine, err);
    if (status) return status;
    plan_passes(&p, &c);
    *work_bytes = 0;
    for (size_t i = 0; i < PASSES; i++)
        c.fits =
            c.fits && cvl_conv_add_work(&passes[i]->shared, &passes[i]->scratch,
                                        exec, cvl_winograd_effort(&p),
                                        machine->real_bytes, work_bytes);
    if (!c.fits)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "the tiles are too large for algorithm winograd; use "
                        "direct");
    status = cvl_alloc(plan, sizeof p, "convolution plan", err);
    if (!status) *(cvl_winograd_plan *)*plan = p;
    return status;
}

void cvl_winograd_describe(const void *plan, cvl_conv_pass pass, char *text,
                           size_t size)
{
    const cvl_winograd_plan *const p = plan;
    const cvl_winograd_pass *const w = &p->grad_weight;
    const cvl_winograd_pass *const c =
        pass == CVL_FORWARD ? &p->forward : &p->grad_input;
    const size_t F = p->tile, products = (F + 2) * (F + 2);
    if (pass != CVL_GRAD_WEIGHT)
        snprintf(text, size,
                 "%zu tiles of %zux%zu in blocks of %zu, %zu products each "
                 "instead of %zu; lanes are %zu of %zu channels",
                 c->tiles, F, F, divide_up(c->tiles, c->blocks), products,
                 9 * F * F, p->lanes, c->out.channels);
    else if (w->chunks)
        snprintf(text, size,
                 "%zu tiles of %zux%zu in blocks of %zu; %zu chunks of them, "
                 "each with sums of its own",
                 w->tiles, F, F, divide_up(w->tiles, w->blocks), w->chunks);
    else
        snprintf(text, size,
                 "%zu tiles of %zux%zu in blocks of %zu; %zu units of %zu "
                 "inputs and %zu outputs, whose sums stay near",
                 w->tiles, F, F, divide_up(w->tiles, w->blocks), w->units,
                 w->unit_channels, w->unit_vectors * p->lanes);
}

cvl_isa cvl_winograd_isa(const cvl_conv2d_geometry *geometry, size_t real_bytes,
                         cvl_isa isa)
{
    const size_t lanes = CVL_ALIGNMENT / real_bytes, half = lanes / 2;
    const size_t C = geometry->in_channels, K = geometry->out_channels;
    const double whole = (double)(divide_up(C, lanes) * lanes) *
                         (double)(divide_up(K, lanes) * lanes);
    const double halved = (double)(divide_up(C, half) * half) *
                          (double)(divide_up(K, half) * half);
    return isa == CVL_ISA_AVX512 && whole >= HALF_GAIN * halved ? CVL_ISA_AVX2
                                                                : isa;
}
