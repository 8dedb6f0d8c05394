/* tiled_describe.c - says in words what a plan does, and why. */
#include <stdio.h>

#include "kernel/tiled_shape.h"

/* Why a pass is not carried out by EXPAND. */
static const char *not_expand(const cvl_tiled_pass *pass, size_t window)
{
    if (window == 1) return "one tap has nothing to expand";
    if (pass->outputs > EXPAND_OUTPUTS ||
        pass->inputs < EXPAND_RATIO * pass->outputs)
        return "expand is for few outputs of many inputs";
    return "expand is for stride 1 and rows that keep their width";
}

static void describe_pass(const cvl_tiled_plan *plan,
                          const cvl_tiled_pass *pass, char *text, size_t size)
{
    const size_t window = plan->s.window, pixels = pass->lay.x.out;
    const size_t taps = pass->inputs * window, many = 2 * plan->lanes;
    const char *const other = not_expand(pass, window);
    const bool rows = pass->path == CVL_TILED_ROWS;
    if (pass->path == CVL_TILED_EXPAND && pass->masks)
        snprintf(text, size,
                 "expand: %zu products a pixel, shifted and added after; rows "
                 "of %zu pixels are made of %zu",
                 pass->sums_out, pixels, pass->lay.x.in);
    else if (pass->path == CVL_TILED_EXPAND)
        snprintf(text, size,
                 "expand: %zu products a pixel, shifted and added after; %zu "
                 "outputs would fill no tile",
                 pass->sums_out, pass->outputs);
    else if (pass->path == CVL_TILED_TURNED)
        snprintf(text, size,
                 "turned: lanes are %zu channels, %zu taps a sum; %s",
                 pass->outputs, taps, other);
    else
        snprintf(text, size,
                 "%s of %zu pixels%s; %s; turned needs %zu outputs (%zu) and "
                 "%d taps (%zu)",
                 rows ? "rows" : "planes: rows", pixels,
                 rows ? ", each a run" : " that runs cross", other, many,
                 pass->outputs, LONG_SUM, taps);
}

void cvl_tiled_describe(const void *plan, cvl_conv_pass pass, char *text,
                        size_t size)
{
    const cvl_tiled_plan *const p = plan;
    const cvl_tiled_weights *const w = &p->grad_weight;
    const char *const swap = w->swap ? ", x and dy exchanged" : "";
    if (pass == CVL_FORWARD)
        describe_pass(p, &p->forward, text, size);
    else if (pass == CVL_GRAD_INPUT)
        describe_pass(p, &p->grad_input, text, size);
    else if (w->turned)
        snprintf(text, size, "turned: lanes are %zu channels%s", w->flat, swap);
    else
        snprintf(text, size,
                 "dots: lanes are pixels%s; turned needs %zu channels (%zu) "
                 "and %d taps (%zu)",
                 swap, 2 * p->lanes, w->flat, TURNED_WEIGHTS,
                 w->laid * p->s.window);
}
