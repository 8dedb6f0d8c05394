/* tiled_plan.c - what a convolution's shape decides, before any number. */
#include "kernel/tiled_shape.h"

#include <assert.h>

#include "convlet/memory.h"

enum {
    PLANES_BYTES = 1000 * 1024,  /* one block's planes: half of an L2 cache */
    TURN_BYTES = 400 * 1024,     /* the same, with room for sums */
    PRODUCT_BYTES = 256 * 1024,  /* EXPAND's products of one kernel row */
    GRADIENT_BYTES = 400 * 1024, /* planes, and sums, of one weight task */
    TURNED_BYTES = 24 * 1024,    /* a piece of dy: half of an L1 cache */
    SWEEP_BYTES = 64 * 1024,     /* what an L2 cache gives back quickly */
    LONG_SUM = 200,              /* taps that pay for turning pixels back */
    DOT_PIXELS = 1024            /* a longer sum in float loses digits */
};

/* Elements -> a number of them that keeps what follows aligned. */
static bool round_elements(size_t *elements)
{
    if (!cvl_size_add(*elements, CVL_ALIGNMENT - 1, elements)) return false;
    *elements -= *elements % CVL_ALIGNMENT;
    return true;
}

/*
 * EXPAND is for few outputs of many inputs, where a tile would be one or two
 * channels wide. It shifts flat rows, so it needs outputs as wide as inputs.
 */
static bool can_expand(cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                       const cvl_tiled_machine *machine)
{
    const cvl_tiled_axis *const x = &pass->lay.x;
    pass->margin = 0;
    for (size_t i = 0; i < x->planes; i++) {
        const ptrdiff_t from = x->plane[i].start;
        const ptrdiff_t to = from + (ptrdiff_t)x->plane[i].extra;
        pass->margin = most(pass->margin, (size_t)(from < 0 ? -from : from));
        pass->margin = most(pass->margin, (size_t)(to < 0 ? -to : to));
    }
    return s->g.stride_y == 1 && s->g.stride_x == 1 && x->in == x->out &&
           x->in >= machine->lanes && pass->margin <= x->in;
}

/* EXPAND reads the tensor itself; its scratch is the products of a row of
 * taps, each with its margins. False where they are too many to count. */
static bool plan_expand(cvl_tiled_pass *pass, const cvl_tiled_machine *machine)
{
    cvl_tiled_lay *const lay = &pass->lay;
    const size_t products = pass->outputs * lay->x.taps;
    size_t line;
    if (!cvl_size_mul(products, lay->x.in * machine->real_bytes, &line))
        return false;
    lay->rows = even_share(lay->y.out, most(PRODUCT_BYTES / most(line, 1), 1));
    lay->blocks = divide_up(lay->y.out, lay->rows);
    lay->direct = true;
    pass->panel = even_share(products, machine->tile_outputs);
    if (!cvl_tiled_shape_channel(lay, pass->inputs) ||
        !cvl_size_mul(products, lay->rows * lay->x.in + 2 * pass->margin,
                      &pass->scratch))
        return false;
    pass->scratch += machine->lanes;
    for (size_t c = 0; c < pass->inputs; c++)
        pass->offset[c] = (int32_t)(c * lay->channel);
    return true;
}

/* By shape, on a lay with a plane per residue. */
static cvl_tiled_path choose_path(cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                                  const cvl_tiled_machine *machine)
{
    const size_t lanes = machine->lanes;
    const size_t taps = pass->inputs * s->window;
    if (pass->outputs <= 4 && pass->inputs >= 4 * pass->outputs &&
        s->window > 1 && can_expand(pass, s, machine))
        return CVL_TILED_EXPAND;
    if (pass->outputs >= 2 * lanes && taps >= LONG_SUM) return CVL_TILED_TURN;
    return pass->lay.x.out >= WIDE_ROW * lanes ? CVL_TILED_ROWS
                                               : CVL_TILED_PLANES;
}

/* The channels of a tile, and with them the packed weights' size. */
static void plan_panels(cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                        const cvl_tiled_machine *machine)
{
    pass->padded = pass->outputs;
    pass->panel = even_share(pass->outputs, machine->tile_outputs);
    if (pass->path == CVL_TILED_TURN) {
        const size_t vectors = divide_up(pass->outputs, machine->lanes);
        pass->padded = vectors * machine->lanes;
        pass->panel =
            even_share(vectors, machine->turned_vectors) * machine->lanes;
    }
    pass->packed = s->g.groups * pass->inputs * pass->padded * s->window;
}

/* Pixels whose planes stay near while all panels pass over them; all, where
 * that would be too few. */
static size_t sweep_pixels(const cvl_tiled_pass *pass,
                           const cvl_tiled_machine *machine)
{
    const cvl_tiled_lay *const lay = &pass->lay;
    size_t halo = 0;
    for (size_t i = 0; i < lay->y.planes; i++)
        halo += lay->y.plane[i].extra * lay->pitch;
    const size_t planes = pass->inputs * lay->x.planes * lay->y.planes;
    const size_t fit = SWEEP_BYTES / machine->real_bytes / most(planes, 1);
    const size_t enough = 6 * machine->lanes;
    return pass->path == CVL_TILED_PLANES && fit >= halo + enough
               ? (fit - halo) / enough * enough
               : SIZE_MAX;
}

/* The planes, the scratch and the taps of every path but EXPAND. */
static bool plan_planes(cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                        bool backward, const cvl_tiled_machine *machine)
{
    cvl_tiled_lay *const lay = &pass->lay;
    const bool turn = pass->path == CVL_TILED_TURN;
    cvl_tiled_shape_lay(lay, s, backward, pass->path == CVL_TILED_PLANES,
                        pass->inputs, turn ? TURN_BYTES : PLANES_BYTES,
                        machine);
    if (!cvl_tiled_shape_channel(lay, pass->inputs)) return false;
    const size_t pixels = lay->rows * lay->x.out;
    const size_t phases = lay->y.phases * lay->x.phases;
    pass->sums = turn ? pass->panel * pixels : 0;
    pass->mixed = phases > 1 ? pass->panel * lay->x.phases * pixels : 0;
    if (!round_elements(&pass->sums) || !round_elements(&pass->mixed))
        return false;
    pass->scratch = pass->sums + pass->mixed + 2 * machine->lanes +
                    (lay->direct ? 0 : pass->inputs * lay->channel);
    pass->sweep = sweep_pixels(pass, machine);
    int32_t *end = pass->offset;
    for (size_t f = 0; f < phases; f++) {
        pass->first[f] = (size_t)(end - pass->offset);
        end = cvl_tiled_shape_taps(lay, pass->inputs, f / lay->x.phases,
                                   f % lay->x.phases, end);
        pass->first[f + 1] = (size_t)(end - pass->offset);
    }
    return true;
}

static bool plan_pass(cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                      bool backward, const cvl_tiled_machine *machine)
{
    pass->inputs = backward ? s->group_out : s->group_in;
    pass->outputs = backward ? s->group_in : s->group_out;
    pass->w_input = backward ? s->group_in * s->window : s->window;
    pass->w_output = backward ? s->window : s->group_in * s->window;
    pass->out_height = backward ? s->g.in_height : s->out_height;
    pass->out_width = backward ? s->g.in_width : s->out_width;
    cvl_tiled_shape_lay(&pass->lay, s, backward, false, pass->inputs,
                        PLANES_BYTES, machine);
    pass->path = backward ? machine->grad_input : machine->forward;
    if (pass->path == CVL_TILED_EXPAND && !can_expand(pass, s, machine))
        pass->path = CVL_TILED_AUTO;
    if (pass->path == CVL_TILED_AUTO)
        pass->path = choose_path(pass, s, machine);
    plan_panels(pass, s, machine);
    return pass->path == CVL_TILED_EXPAND
               ? plan_expand(pass, machine)
               : plan_planes(pass, s, backward, machine);
}

static bool swapped(cvl_tiled_path path)
{
    return path == CVL_TILED_DOT_SWAP || path == CVL_TILED_TURN_SWAP;
}

static bool turned(cvl_tiled_path path)
{
    return path == CVL_TILED_TURN || path == CVL_TILED_TURN_SWAP;
}

/* By shape: TURN needs channels to fill vectors, and taps to pay for turning
 * dy; the tensor with many more channels is better read flat. */
static cvl_tiled_path choose_weights(const cvl_conv_sizes *s,
                                     const cvl_tiled_machine *machine)
{
    const bool unit = s->g.stride_y == 1 && s->g.stride_x == 1;
    cvl_tiled_path path = machine->grad_weight;
    if (path == CVL_TILED_AUTO) {
        const bool swap = unit && 4 * s->group_out <= s->group_in;
        const size_t flat = swap ? s->group_in : s->group_out;
        const size_t laid = swap ? s->group_out : s->group_in;
        const bool turn = flat >= 2 * machine->lanes && laid * s->window >= 64;
        path = turn ? (swap ? CVL_TILED_TURN_SWAP : CVL_TILED_TURN)
                    : (swap ? CVL_TILED_DOT_SWAP : CVL_TILED_DOT);
    }
    if (!unit && swapped(path))
        path = turned(path) ? CVL_TILED_TURN : CVL_TILED_DOT;
    return path;
}

/* How many channels one task takes, of the flat tensor and of the laid one,
 * and over how many chunks of the batch the sums are spread. */
static void share_weights(cvl_tiled_weights *pass, const cvl_conv_sizes *s,
                          const cvl_tiled_machine *machine)
{
    const size_t lanes = machine->lanes;
    assert(lanes > 0 && pass->flat > 0 && s->window > 0);
    if (turned(pass->path)) {
        const size_t vectors = divide_up(pass->flat, lanes);
        pass->flat_block = even_share(vectors, machine->weight_vectors) * lanes;
        pass->piece = TURNED_BYTES / machine->real_bytes / pass->flat_block;
    } else {
        pass->flat_block = even_share(pass->flat, 64);
        pass->piece = DOT_PIXELS;
    }
    pass->flat_blocks = divide_up(pass->flat, pass->flat_block);
    const size_t sums =
        GRADIENT_BYTES / machine->real_bytes / pass->flat_block / s->window;
    pass->laid_block = even_share(pass->laid, most(sums, 1));
    pass->laid_blocks = divide_up(pass->laid, pass->laid_block);
    pass->partial = pass->flat_block * (pass->laid_block * s->window + 1);
}

static bool plan_weights(cvl_tiled_weights *pass, const cvl_conv_sizes *s,
                         const cvl_tiled_machine *machine)
{
    cvl_tiled_lay *const lay = &pass->lay;
    pass->path = choose_weights(s, machine);
    const bool swap = swapped(pass->path);
    pass->laid = swap ? s->group_out : s->group_in;
    pass->flat = swap ? s->group_in : s->group_out;
    pass->w_laid = swap ? s->group_in * s->window : s->window;
    pass->w_flat = swap ? s->window : s->group_in * s->window;
    share_weights(pass, s, machine);

    const size_t width = swap ? s->g.in_width : s->out_width;
    const bool split = !turned(pass->path) && width < WIDE_ROW * machine->lanes;
    cvl_tiled_shape_lay(lay, s, swap, split, pass->laid_block, GRADIENT_BYTES,
                        machine);
    if (!turned(pass->path) &&
        (split ? last_rows(lay) : 1) * width < machine->lanes) {
        cvl_tiled_machine other = *machine;
        other.grad_weight = swap ? CVL_TILED_TURN_SWAP : CVL_TILED_TURN;
        return plan_weights(pass, s, &other);
    }
    if (!cvl_tiled_shape_channel(lay, pass->laid)) return false;

    pass->units = s->g.groups * pass->laid_blocks * pass->flat_blocks;
    pass->chunks =
        least(divide_up(MIN_TASKS, pass->units), s->g.batch * lay->blocks);
    pass->scratch = (lay->direct ? 0 : pass->laid_block * lay->channel) +
                    2 * machine->lanes;
    if (turned(pass->path)) pass->scratch += 2 * pass->piece * pass->flat_block;
    cvl_tiled_shape_taps(lay, pass->laid_block, 0, 0, pass->offset);
    return true;
}

/* Room for `count` things; more than a size can count fails in commit. */
static void *take(cvl_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    return cvl_arena_take(arena,
                          cvl_size_mul(count, size, &bytes) ? bytes : SIZE_MAX);
}

static void place_axis(cvl_arena *arena, cvl_tiled_axis *axis, size_t taps)
{
    axis->tap = take(arena, taps, sizeof *axis->tap);
    axis->plane = take(arena, taps, sizeof *axis->plane);
}

static cvl_tiled_plan *place_plan(cvl_arena *arena, cvl_tiled_plan *p)
{
    const cvl_conv_sizes *const s = &p->s;
    cvl_tiled_plan *const placed = take(arena, 1, sizeof *p);
    cvl_tiled_lay *const lays[] = {&p->forward.lay, &p->grad_input.lay,
                                   &p->grad_weight.lay};
    for (size_t i = 0; i < 3; i++) {
        place_axis(arena, &lays[i]->y, s->g.kernel_height);
        place_axis(arena, &lays[i]->x, s->g.kernel_width);
    }
    const size_t taps = most(s->group_in, s->group_out) * s->window;
    p->forward.offset = take(arena, taps, sizeof(int32_t));
    p->grad_input.offset = take(arena, taps, sizeof(int32_t));
    p->grad_weight.offset = take(arena, taps, sizeof(int32_t));
    p->forward.first = take(arena, 2, sizeof(size_t));
    p->grad_input.first = take(arena,
                               least(s->g.stride_y, s->g.in_height) *
                                       least(s->g.stride_x, s->g.in_width) +
                                   1,
                               sizeof(size_t));
    return placed;
}

/* shared + threads * scratch elements, at least what *bytes is already. */
static bool add_work(size_t *shared, size_t *scratch, size_t threads,
                     size_t real_bytes, size_t *bytes)
{
    size_t all;
    if (!round_elements(shared) || !round_elements(scratch) ||
        !cvl_size_mul(*scratch, threads, &all) ||
        !cvl_size_add(all, *shared, &all) ||
        !cvl_size_mul(all, real_bytes, &all))
        return false;
    *bytes = most(*bytes, all);
    return true;
}

/* Sides that leave room to multiply two of them. */
static bool countable(const cvl_conv2d_geometry *g)
{
    return g->in_height + g->pad_top + g->pad_bottom <= INT32_MAX &&
           g->in_width + g->pad_left + g->pad_right <= INT32_MAX;
}

cvl_status cvl_tiled_plan_make(const cvl_conv2d_geometry *geometry,
                               const cvl_exec *exec,
                               const cvl_tiled_machine *machine, void **plan,
                               size_t *work_bytes, cvl_error *err)
{
    cvl_tiled_plan p = {.s = cvl_conv_sizes_of(geometry, exec)};
    const size_t bytes = machine->real_bytes, threads = exec->threads;
    cvl_arena arena = {0};
    place_plan(&arena, &p);
    cvl_status status = cvl_arena_commit(&arena, "convolution plan", err);
    if (status) return status;
    cvl_tiled_plan *const placed = place_plan(&arena, &p);

    *work_bytes = 0;
    cvl_tiled_weights *const w = &p.grad_weight;
    size_t sums;
    if (!countable(geometry) || !plan_pass(&p.forward, &p.s, false, machine) ||
        !plan_pass(&p.grad_input, &p.s, true, machine) ||
        !plan_weights(w, &p.s, machine) || !round_elements(&w->partial) ||
        !cvl_size_mul(w->partial, w->chunks * w->units, &sums) ||
        !add_work(&p.forward.packed, &p.forward.scratch, threads, bytes,
                  work_bytes) ||
        !add_work(&p.grad_input.packed, &p.grad_input.scratch, threads, bytes,
                  work_bytes) ||
        !add_work(&sums, &w->scratch, threads, bytes, work_bytes)) {
        cvl_arena_free(&arena);
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "the planes are too large for algorithm tiled; use "
                        "direct");
    }
    *placed = p;
    *plan = placed;
    return CVL_OK;
}
