/* tiled_plan.c - chooses the paths, and lays out planes, taps and scratch. */
#include "kernel/tiled_shape.h"

#include <assert.h>

#include "convlet/memory.h"

enum {
    PLANES_BYTES = 1000 * 1024,  /* one block's planes: half of an L2 cache */
    TURNED_BYTES = 400 * 1024,   /* the same, with room for sums */
    GRADIENT_BYTES = 400 * 1024, /* planes, and sums, of one weight task */
    PIECE_BYTES = 24 * 1024,     /* a piece of dy: half of an L1 cache */
    SWEEP_BYTES = 64 * 1024,     /* what an L2 cache gives back quickly */
    EXPAND_BYTES = 24 * 1024,    /* the same for many panels: half of an L1 */
    DOT_PIXELS = 1024            /* a longer sum in float loses digits */
};

/* EXPAND shifts flat rows, or, of another width, each by itself. */
static bool can_expand(const cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                       const cvl_tiled_machine *machine)
{
    const cvl_tiled_axis *const x = &pass->lay.x;
    return s->g.stride_y == 1 && s->g.stride_x == 1 &&
           least(x->in, x->out) >= machine->lanes &&
           (x->in != x->out || pass->margin <= x->in);
}

/* Is the result so much larger than what it is made of, as the input gradient
 * without padding is, that a tile would multiply zeros above all? Not asked of
 * an output: what becomes of a part of a picture would not be what becomes of
 * the whole. */
static bool grows(const cvl_tiled_pass *pass, bool backward)
{
    const cvl_tiled_axis *const x = &pass->lay.x, *const y = &pass->lay.y;
    return backward && 2 * y->out * x->out >= 3 * y->in * x->in &&
           pass->inputs >= GROWING_INPUTS && pass->outputs < GROWING_OUTPUTS;
}

/* By shape, on unsplit axes. EXPAND is for few outputs of many inputs, where
 * a tile would be one or two channels high. */
static cvl_tiled_path choose_path(const cvl_tiled_pass *pass,
                                  const cvl_conv_sizes *s, bool backward,
                                  const cvl_tiled_machine *machine)
{
    if (((pass->outputs <= EXPAND_OUTPUTS &&
          pass->inputs >= EXPAND_RATIO * pass->outputs &&
          pass->lay.x.in == pass->lay.x.out) ||
         grows(pass, backward)) &&
        s->window > 1 && can_expand(pass, s, machine))
        return CVL_TILED_EXPAND;
    if (pass->outputs >= 2 * machine->lanes &&
        pass->inputs * s->window >= LONG_SUM)
        return CVL_TILED_TURNED;
    return pass->lay.x.out >= WIDE_ROW * machine->lanes ? CVL_TILED_ROWS
                                                        : CVL_TILED_PLANES;
}

/* EXPAND reads the tensor itself; its taps are the input channels. */
static bool plan_expand(cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                        const cvl_tiled_machine *machine)
{
    cvl_tiled_lay *const lay = &pass->lay;
    if (!cvl_tiled_shape_lay(lay, s, pass->inputs + pass->sums_out,
                             PLANES_BYTES, machine))
        return false;
    lay->direct = lay->flat = true;
    lay->channel = lay->y.in * lay->x.in;
    for (size_t c = 0; c < pass->inputs; c++)
        pass->offset[c] = (int32_t)(c * lay->channel);
    pass->first[1] = pass->inputs;
    const size_t lines = lay->rows + lay->y.extra, lanes = machine->lanes;
    const size_t vectors = divide_up(lay->x.out, lanes);
    pass->masks = lay->x.in == lay->x.out ? 0 : lay->x.taps * vectors * lanes;
    return cvl_size_mul(pass->sums_out, 2 * pass->margin + lines * lay->x.in,
                        &pass->mixed) &&
           cvl_size_add(pass->mixed, pass->masks, &pass->mixed);
}

static bool plan_planes(cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                        bool backward, const cvl_tiled_machine *machine)
{
    cvl_tiled_lay *const lay = &pass->lay;
    const size_t bytes =
        pass->path == CVL_TILED_TURNED ? TURNED_BYTES : PLANES_BYTES;
    if (pass->path == CVL_TILED_PLANES)
        cvl_tiled_shape_axes(lay, s, backward, true);
    if (!cvl_tiled_shape_lay(lay, s, pass->inputs, bytes, machine))
        return false;
    const size_t pixels = lay->rows * lay->x.out;
    const size_t phases = lay->y.phases * lay->x.phases;
    pass->mixed = phases > 1 ? pass->panel * lay->x.phases * pixels : 0;
    int32_t *end = pass->offset;
    for (size_t f = 0; f < phases; f++) {
        end = cvl_tiled_shape_taps(lay, pass->inputs, f, end);
        pass->first[f + 1] = (size_t)(end - pass->offset);
    }
    return true;
}

/* Pixels whose planes stay near while all panels pass over them; all, where
 * that would be too few, or there is one panel. */
static void plan_sweep(cvl_tiled_pass *pass, const cvl_tiled_machine *machine)
{
    const cvl_tiled_lay *const lay = &pass->lay;
    const size_t enough = 6 * machine->lanes;
    const size_t planes =
        pass->inputs * (lay->direct ? 1 : lay->x.planes * lay->y.planes);
    const size_t halo = lay->direct ? 0 : lay->y.extra * lay->pitch;
    const size_t bytes =
        pass->path == CVL_TILED_EXPAND ? EXPAND_BYTES : SWEEP_BYTES;
    const size_t fit = bytes / machine->real_bytes / most(planes, 1);
    const bool all = pass->sums_out <= pass->panel || fit < halo + enough;
    pass->sweep = all ? SIZE_MAX : (fit - halo) / enough * enough;
}

static bool plan_pass(cvl_tiled_pass *pass, const cvl_conv_sizes *s,
                      bool backward, const cvl_tiled_machine *machine)
{
    cvl_tiled_lay *const lay = &pass->lay;
    pass->inputs = backward ? s->group_out : s->group_in;
    pass->outputs = backward ? s->group_in : s->group_out;
    pass->w_input = backward ? s->group_in * s->window : s->window;
    pass->w_output = backward ? s->window : s->group_in * s->window;
    pass->out_height = backward ? s->g.in_height : s->out_height;
    pass->out_width = backward ? s->g.in_width : s->out_width;
    cvl_tiled_shape_axes(lay, s, backward, false);
    const ptrdiff_t start = lay->x.plane->start;
    const ptrdiff_t end = start + (ptrdiff_t)lay->x.extra;
    const ptrdiff_t behind = end + (ptrdiff_t)lay->x.out - (ptrdiff_t)lay->x.in;
    pass->margin = (size_t)(end > -start ? end : -start);
    if (behind > (ptrdiff_t)pass->margin) pass->margin = (size_t)behind;
    pass->path = backward ? machine->grad_input : machine->forward;
    if (pass->path == CVL_TILED_AUTO ||
        (pass->path == CVL_TILED_EXPAND && !can_expand(pass, s, machine)))
        pass->path = choose_path(pass, s, backward, machine);

    const bool turned = pass->path == CVL_TILED_TURNED;
    const bool expand = pass->path == CVL_TILED_EXPAND;
    pass->sums_out = pass->outputs * (expand ? s->window : 1);
    pass->panel = even_share(pass->sums_out, machine->wide ? 8 : 4);
    pass->padded = pass->sums_out;
    if (turned) {
        const size_t vectors = divide_up(pass->outputs, machine->lanes);
        pass->padded = vectors * machine->lanes;
        pass->panel = even_share(vectors, 2) * machine->lanes;
    }
    if (!(expand ? plan_expand(pass, s, machine)
                 : plan_planes(pass, s, backward, machine)))
        return false;
    pass->sums = turned ? pass->panel * lay->rows * lay->x.out : 0;
    plan_sweep(pass, machine);
    pass->packed = s->g.groups * s->window * pass->inputs *
                   (turned ? pass->padded : pass->outputs);
    return cvl_size_align(pass->sums, &pass->sums) &&
           cvl_size_align(pass->mixed, &pass->mixed) &&
           cvl_size_add(pass->sums, pass->mixed, &pass->scratch) &&
           cvl_size_add(pass->scratch,
                        (lay->direct ? 0 : pass->inputs * lay->channel) +
                            2 * machine->lanes,
                        &pass->scratch);
}

/* By shape: TURNED needs channels to fill vectors, and taps to pay for turning
 * dy; the tensor with many more channels is better read flat. */
static void choose_weights(cvl_tiled_weights *pass, const cvl_conv_sizes *s,
                           const cvl_tiled_machine *machine)
{
    const cvl_tiled_path forced = machine->grad_weight;
    const bool unit = s->g.stride_y == 1 && s->g.stride_x == 1;
    pass->swap = forced == CVL_TILED_DOTS_SWAP ||
                 forced == CVL_TILED_TURNED_SWAP ||
                 (!forced && 4 * s->group_out <= s->group_in);
    pass->swap = pass->swap && unit;
    pass->laid = pass->swap ? s->group_out : s->group_in;
    pass->flat = pass->swap ? s->group_in : s->group_out;
    pass->w_laid = pass->swap ? s->group_in * s->window : s->window;
    pass->w_flat = pass->swap ? s->window : s->group_in * s->window;
    pass->turned = forced == CVL_TILED_TURNED ||
                   forced == CVL_TILED_TURNED_SWAP ||
                   (!forced && pass->flat >= 2 * machine->lanes &&
                    pass->laid * s->window >= TURNED_WEIGHTS);
}

/* How many channels one task takes, of the flat tensor and of the laid one,
 * and over how many chunks of the batch the sums are spread. */
static void share_weights(cvl_tiled_weights *pass, const cvl_conv_sizes *s,
                          const cvl_tiled_machine *machine)
{
    const size_t lanes = machine->lanes;
    assert(lanes > 0 && pass->flat > 0 && s->window > 0);
    if (pass->turned) {
        const size_t vectors = divide_up(pass->flat, lanes);
        /* All channels at once save laying the planes again; where that is
         * too many, a tile's width of them leaves more room for sums. */
        const bool many = machine->wide && vectors > 8;
        const size_t block = even_share(vectors, many ? 4 : 8);
        pass->flat_block = block * lanes;
        pass->panel = even_share(block, machine->wide ? 4 : 2) * lanes;
        pass->piece = PIECE_BYTES / machine->real_bytes / pass->panel;
    } else {
        pass->flat_block = even_share(pass->flat, 64);
        pass->piece = DOT_PIXELS;
    }
    pass->flat_blocks = divide_up(pass->flat, pass->flat_block);
    const size_t sum = pass->flat_block * (pass->turned ? 1 : lanes);
    const size_t sums = GRADIENT_BYTES / machine->real_bytes / sum / s->window;
    pass->laid_block = even_share(pass->laid, most(sums, 1));
    pass->laid_blocks = divide_up(pass->laid, pass->laid_block);
    pass->bias = sum * pass->laid_block * s->window;
    pass->partial = pass->bias + pass->flat_block;
    pass->units = s->g.groups * pass->laid_blocks * pass->flat_blocks;
}

static bool plan_weights(cvl_tiled_weights *pass, const cvl_conv_sizes *s,
                         const cvl_tiled_machine *machine)
{
    cvl_tiled_lay *const lay = &pass->lay;
    choose_weights(pass, s, machine);
    const size_t width = pass->swap ? s->g.in_width : s->out_width;
    cvl_tiled_shape_axes(lay, s, pass->swap,
                         !pass->turned && width < WIDE_ROW * machine->lanes);
    for (bool fits = false; !fits; pass->turned |= !fits) {
        share_weights(pass, s, machine);
        if (!cvl_tiled_shape_lay(lay, s, pass->laid_block, GRADIENT_BYTES,
                                 machine))
            return false;
        /* DOTS needs one vector of pixels. */
        fits = pass->turned ||
               (lay->flat ? last_rows(lay) : 1) * width >= machine->lanes;
    }
    pass->path = pass->turned
                     ? (pass->swap ? CVL_TILED_TURNED_SWAP : CVL_TILED_TURNED)
                     : (pass->swap ? CVL_TILED_DOTS_SWAP : CVL_TILED_DOTS);
    pass->chunks =
        least(divide_up(MIN_TASKS, pass->units), s->g.batch * lay->blocks);
    pass->scratch = (lay->direct ? 0 : pass->laid_block * lay->channel) +
                    2 * machine->lanes +
                    (pass->turned ? 2 * pass->piece * pass->panel : 0);
    cvl_tiled_shape_taps(lay, pass->laid_block, 0, pass->offset);
    return true;
}

/* Room for `count` things; more than a size can count fails in commit. */
static void *take(cvl_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    return cvl_arena_take(arena,
                          cvl_size_mul(count, size, &bytes) ? bytes : SIZE_MAX);
}

/* The tables have room for the taps that a pass sums; those of a task of the
 * weight gradient are bounded by share_weights. */
static cvl_tiled_plan *place_plan(cvl_arena *arena, cvl_tiled_plan *p,
                                  const cvl_tiled_machine *machine)
{
    const cvl_conv2d_geometry *const g = &p->s.g;
    cvl_tiled_plan *const placed = take(arena, 1, sizeof *p);
    cvl_tiled_lay *const lays[] = {&p->forward.lay, &p->grad_input.lay,
                                   &p->grad_weight.lay};
    int32_t **const offsets[] = {&p->forward.offset, &p->grad_input.offset,
                                 &p->grad_weight.offset};
    const size_t window = p->s.window;
    const size_t in = p->s.group_in * window, out = p->s.group_out * window;
    const size_t sums = most(GRADIENT_BYTES / machine->real_bytes, window);
    const size_t taps[] = {in, out, least(most(in, out), sums)};
    const size_t phases[] = {least(g->stride_y, g->in_height),
                             least(g->stride_x, g->in_width)};
    for (size_t i = 0; i < 3; i++) {
        cvl_tiled_axis *const axes[] = {&lays[i]->y, &lays[i]->x};
        for (size_t k = 0; k < 2; k++) {
            const size_t count = k ? g->kernel_width : g->kernel_height;
            axes[k]->tap = take(arena, count, sizeof *axes[k]->tap);
            axes[k]->plane = take(arena, count, sizeof *axes[k]->plane);
            axes[k]->begin = take(arena, phases[k], sizeof(size_t));
        }
        *offsets[i] = take(arena, taps[i], sizeof(int32_t));
    }
    p->forward.first = take(arena, 2, sizeof(size_t));
    p->grad_input.first =
        take(arena, phases[0] * phases[1] + 1, sizeof(size_t));
    return placed;
}

/* What a pass that shares and scratches so many elements needs of *bytes. */
static bool add_work(size_t *shared, size_t *scratch, const cvl_conv_sizes *s,
                     const cvl_tiled_machine *machine, size_t *bytes)
{
    return cvl_conv_add_work(shared, scratch, &s->exec,
                             effort_of(s, machine->lanes), machine->real_bytes,
                             bytes);
}

static const char TOO_LARGE[] =
    "the planes are too large for algorithm tiled; use direct";

cvl_status cvl_tiled_plan_make(const cvl_conv2d_geometry *geometry,
                               const cvl_exec *exec,
                               const cvl_tiled_machine *machine, void **plan,
                               size_t *work_bytes, cvl_error *err)
{
    cvl_tiled_plan p = {.s = cvl_conv_sizes_of(geometry, exec),
                        .lanes = machine->lanes};
    const cvl_conv2d_geometry *const g = geometry;
    /* A channel has as many elements in planes as it has taps, or more: tables
     * of more taps would be for planes that are refused. */
    if (g->in_height + g->pad_top + g->pad_bottom > INT32_MAX ||
        g->in_width + g->pad_left + g->pad_right > INT32_MAX ||
        most(p.s.group_in, p.s.group_out) > INT32_MAX / p.s.window)
        return cvl_fail(err, CVL_EUNSUPPORTED, "%s", TOO_LARGE);
    cvl_arena arena = {0};
    place_plan(&arena, &p, machine);
    cvl_status status = cvl_arena_commit(&arena, "convolution plan", err);
    if (status) return status;
    cvl_tiled_plan *const placed = place_plan(&arena, &p, machine);

    cvl_tiled_weights *const w = &p.grad_weight;
    size_t sums;
    *work_bytes = 0;
    if (!plan_pass(&p.forward, &p.s, false, machine) ||
        !plan_pass(&p.grad_input, &p.s, true, machine) ||
        !plan_weights(w, &p.s, machine) ||
        !cvl_size_align(w->partial, &w->partial) ||
        !cvl_size_mul(w->partial, w->chunks * w->units, &sums) ||
        !add_work(&p.forward.packed, &p.forward.scratch, &p.s, machine,
                  work_bytes) ||
        !add_work(&p.grad_input.packed, &p.grad_input.scratch, &p.s, machine,
                  work_bytes) ||
        !add_work(&sums, &w->scratch, &p.s, machine, work_bytes)) {
        cvl_arena_free(&arena);
        return cvl_fail(err, CVL_EUNSUPPORTED, "%s", TOO_LARGE);
    }
    *placed = p;
    *plan = placed;
    return CVL_OK;
}
