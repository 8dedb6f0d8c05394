/* tiled_shape.c - where the planes lie and what the taps read of them. */
#include "kernel/tiled_shape.h"

#include "convlet/size.h"

/* One axis of the convolution. */
typedef struct side {
    size_t in, out, kernel, stride, dilation, pad;
} side;

/* floor(a / b), b > 0. */
static ptrdiff_t floor_divide(ptrdiff_t a, ptrdiff_t b)
{
    return a / b - (a % b < 0);
}

/*
 * Output u of phase a reads input u * step + shift through a tap. Forward:
 * u s + t d - pad. Backward, solved for the p that has p s + t d - pad = h:
 * h = u s + a needs a = (t d - pad) mod s, and then p = u - floor(...).
 */
static ptrdiff_t shift_of(const side *e, bool backward, size_t tap,
                          size_t *phase)
{
    const ptrdiff_t reach = (ptrdiff_t)(tap * e->dilation) - (ptrdiff_t)e->pad;
    const ptrdiff_t stride = (ptrdiff_t)e->stride;
    const ptrdiff_t back = floor_divide(reach, stride);
    *phase = backward ? (size_t)(reach - back * stride) : 0;
    return backward ? -back : reach;
}

/*
 * The plane that serves this tap, made or widened if need be. From tap to tap
 * the shift moves on by the dilation: planes are made for the first taps and
 * serve the others in turn. Split, each shift has its own.
 */
static size_t plane_for(cvl_tiled_axis *axis, const side *e, size_t tap,
                        ptrdiff_t shift, bool split)
{
    const size_t all = axis->planes;
    size_t i = tap % (axis->step / cvl_size_divisor(axis->step, e->dilation));
    if (split) i = all && axis->plane[all - 1].start == shift ? all - 1 : all;
    cvl_tiled_plane *const p = &axis->plane[i];
    if (i == all) *p = (cvl_tiled_plane){.start = shift};
    axis->planes += i == all;
    const ptrdiff_t ahead = (shift - p->start) / (ptrdiff_t)axis->step;
    if (ahead < 0) p->start = shift;
    p->extra =
        ahead < 0 ? p->extra + (size_t)-ahead : most(p->extra, (size_t)ahead);
    return i;
}

static void plan_axis(cvl_tiled_axis *axis, const side *e, bool backward,
                      bool split)
{
    axis->in = backward ? e->out : e->in;
    axis->out = backward ? divide_up(e->in, e->stride) : e->out;
    axis->step = backward ? 1 : e->stride;
    axis->phases = !backward ? 1 : e->stride < e->in ? e->stride : e->in;
    axis->taps = e->kernel;
    axis->planes = 0;
    axis->every =
        backward ? e->stride / cvl_size_divisor(e->stride, e->dilation) : 1;
    for (size_t f = 0; f < axis->phases; f++) axis->begin[f] = axis->taps;
    size_t phase;
    for (size_t t = 0; t < e->kernel; t++) {
        const ptrdiff_t shift = shift_of(e, backward, t, &phase);
        axis->tap[t].plane = plane_for(axis, e, t, shift, split);
        /* Past the input's end a stride has phases without outputs. */
        if (t < axis->every && phase < axis->phases) axis->begin[phase] = t;
    }
    for (size_t t = 0; t < e->kernel; t++) {
        cvl_tiled_tap *const tap = &axis->tap[t];
        const ptrdiff_t shift = shift_of(e, backward, t, &phase);
        tap->lead =
            (size_t)(shift - axis->plane[tap->plane].start) / axis->step;
    }
    axis->extra = 0;
    for (size_t i = 0; i < axis->planes; i++)
        axis->extra = most(axis->extra, axis->plane[i].extra);
    const ptrdiff_t step = (ptrdiff_t)axis->step;
    for (size_t i = 0; i < axis->planes; i++) {
        cvl_tiled_plane *const p = &axis->plane[i];
        const ptrdiff_t last = (ptrdiff_t)axis->in - 1 - p->start;
        const size_t size = axis->out + axis->extra;
        const size_t low =
            (size_t)(p->start < 0 ? (step - 1 - p->start) / step : 0);
        const size_t high = (size_t)(last < 0 ? 0 : last / step + 1);
        p->high = high < size ? high : size;
        p->low = low < p->high ? low : p->high;
    }
}

void cvl_tiled_shape_axes(cvl_tiled_lay *lay, const cvl_conv_sizes *s,
                          bool backward, bool split)
{
    const cvl_conv2d_geometry *const g = &s->g;
    plan_axis(&lay->y,
              &(side){g->in_height, s->out_height, g->kernel_height,
                      g->stride_y, g->dilation_y, g->pad_top},
              backward, false);
    plan_axis(&lay->x,
              &(side){g->in_width, s->out_width, g->kernel_width, g->stride_x,
                      g->dilation_x, g->pad_left},
              backward, split);
}

bool cvl_tiled_shape_lay(cvl_tiled_lay *lay, const cvl_conv_sizes *s,
                         size_t channels, size_t bytes,
                         const cvl_tiled_machine *machine)
{
    lay->pitch = lay->x.out + lay->x.extra;
    const size_t line = channels * lay->x.planes * lay->pitch * lay->y.planes;
    const size_t lines = bytes / machine->real_bytes / most(line, 1);
    size_t fit = lines > lay->y.extra ? lines - lay->y.extra : 1;
    fit = most(fit, divide_up(machine->lanes, lay->x.out));
    const size_t shares = divide_up(MIN_TASKS, s->g.batch * s->g.groups);
    if (s->flops > 1e6)
        fit = least(fit, most(divide_up(lay->y.out, shares), 16));
    lay->rows = even_share(lay->y.out, least(fit, lay->y.out));
    lay->blocks = divide_up(lay->y.out, lay->rows);

    lay->lines = 0;
    for (size_t i = 0; i < lay->y.planes; i++) {
        lay->y.plane[i].before = lay->lines;
        lay->lines += lay->rows + lay->y.plane[i].extra;
    }
    lay->direct = s->window == 1 && lay->y.step == 1 && lay->x.step == 1 &&
                  lay->y.phases == 1 && lay->x.phases == 1 &&
                  lay->y.in == lay->y.out && lay->x.in == lay->x.out &&
                  lay->y.plane->start == 0 && lay->x.plane->start == 0 &&
                  last_rows(lay) * lay->x.out >= machine->lanes;
    lay->flat = lay->pitch == lay->x.out;
    const size_t planes[] = {lay->x.planes, lay->lines, lay->pitch, channels};
    const size_t tensor[] = {lay->y.in, lay->x.in, channels};
    size_t all;
    if (!(lay->direct ? cvl_size_product(tensor, 3, &all)
                      : cvl_size_product(planes, 4, &all)) ||
        all > INT32_MAX)
        return false;
    lay->channel = all / channels;
    return true;
}

int32_t *cvl_tiled_shape_taps(const cvl_tiled_lay *lay, size_t channels,
                              size_t phase, int32_t *offset)
{
    const cvl_tiled_axis *const y = &lay->y, *const x = &lay->x;
    const size_t row = y->begin[phase / x->phases];
    const size_t column = x->begin[phase % x->phases];
    if (row >= y->taps || column >= x->taps) return offset;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = row; i < y->taps; i += y->every)
            for (size_t j = column; j < x->taps; j += x->every) {
                const cvl_tiled_tap *const down = &y->tap[i];
                const cvl_tiled_tap *const along = &x->tap[j];
                const size_t line = along->plane * lay->lines +
                                    y->plane[down->plane].before + down->lead;
                const size_t at =
                    lay->direct ? 0 : line * lay->pitch + along->lead;
                *offset++ = (int32_t)(c * lay->channel + at);
            }
    return offset;
}
