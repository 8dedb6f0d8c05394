/* tiled_shape.c - where the planes lie and what the taps read of them. */
#include "kernel/tiled_shape.h"

#include "convlet/memory.h"

/* floor(a / b), b > 0. */
static ptrdiff_t floor_divide(ptrdiff_t a, ptrdiff_t b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/* One axis of the convolution. */
typedef struct side {
    size_t in, out, kernel, stride, dilation, pad;
} side;

static side rows_of(const cvl_conv_sizes *s)
{
    return (side){s->g.in_height, s->out_height,   s->g.kernel_height,
                  s->g.stride_y,  s->g.dilation_y, s->g.pad_top};
}

static side columns_of(const cvl_conv_sizes *s)
{
    return (side){s->g.in_width, s->out_width,    s->g.kernel_width,
                  s->g.stride_x, s->g.dilation_x, s->g.pad_left};
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
    *phase =
        backward ? (size_t)(reach - floor_divide(reach, stride) * stride) : 0;
    return backward ? -floor_divide(reach, stride) : reach;
}

/* The plane that serves this shift: one per residue mod step, or, `split`,
 * one per shift. */
static size_t plane_for(cvl_tiled_axis *axis, ptrdiff_t shift, bool split)
{
    const ptrdiff_t step = (ptrdiff_t)axis->step;
    for (size_t i = axis->planes; i-- > 0;) {
        cvl_tiled_plane *const plane = &axis->plane[i];
        if (split ? shift != plane->start : (shift - plane->start) % step != 0)
            continue;
        if (shift < plane->start) {
            plane->extra += (size_t)((plane->start - shift) / step);
            plane->start = shift;
        }
        plane->extra =
            most(plane->extra, (size_t)((shift - plane->start) / step));
        return i;
    }
    axis->plane[axis->planes] = (cvl_tiled_plane){.start = shift};
    return axis->planes++;
}

static void plan_axis(cvl_tiled_axis *axis, const side *e, bool backward,
                      bool split)
{
    axis->in = backward ? e->out : e->in;
    axis->out = backward ? divide_up(e->in, e->stride) : e->out;
    axis->step = backward ? 1 : e->stride;
    axis->phases = backward ? least(e->stride, e->in) : 1;
    axis->taps = e->kernel;
    axis->planes = 0;
    for (size_t t = 0; t < e->kernel; t++) {
        cvl_tiled_tap *const tap = &axis->tap[t];
        tap->plane =
            plane_for(axis, shift_of(e, backward, t, &tap->phase), split);
    }
    for (size_t t = 0; t < e->kernel; t++) {
        cvl_tiled_tap *const tap = &axis->tap[t];
        tap->lead = (size_t)(shift_of(e, backward, t, &tap->phase) -
                             axis->plane[tap->plane].start) /
                    axis->step;
    }
    for (size_t i = 0; i < axis->planes; i++) {
        cvl_tiled_plane *const plane = &axis->plane[i];
        const ptrdiff_t step = (ptrdiff_t)axis->step;
        const ptrdiff_t last = (ptrdiff_t)axis->in - 1 - plane->start;
        plane->low =
            (size_t)(plane->start < 0 ? (step - 1 - plane->start) / step : 0);
        plane->high = (size_t)(last < 0 ? 0 : last / step + 1);
    }
}

/* Sum and maximum of the planes' extras. */
static size_t extras(const cvl_tiled_axis *axis, size_t *longest)
{
    size_t sum = 0;
    *longest = 0;
    for (size_t i = 0; i < axis->planes; i++) {
        sum += axis->plane[i].extra;
        *longest = most(*longest, axis->plane[i].extra);
    }
    return sum;
}

void cvl_tiled_shape_lay(cvl_tiled_lay *lay, const cvl_conv_sizes *s,
                         bool backward, bool split, size_t channels,
                         size_t bytes, const cvl_tiled_machine *machine)
{
    const side rows = rows_of(s), columns = columns_of(s);
    plan_axis(&lay->y, &rows, backward, false);
    plan_axis(&lay->x, &columns, backward, split);
    size_t extra;
    const size_t halo = extras(&lay->y, &extra);
    extras(&lay->x, &extra);
    lay->pitch = lay->x.out + extra;

    const size_t line = channels * lay->x.planes * lay->pitch;
    const size_t lines = bytes / machine->real_bytes / most(line, 1);
    size_t fit = lines > halo ? (lines - halo) / most(lay->y.planes, 1) : 0;
    fit = most(fit, divide_up(machine->lanes, lay->x.out));
    const size_t shares = divide_up(MIN_TASKS, s->g.batch * s->g.groups);
    if (s->flops > 1e6)
        fit = least(fit, most(divide_up(lay->y.out, shares), 16));
    lay->rows = even_share(lay->y.out, most(least(fit, lay->y.out), 1));
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
}

bool cvl_tiled_shape_channel(cvl_tiled_lay *lay, size_t channels)
{
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

/* Where the first output pixel of a block reads tap (i,j) of channel 0. */
static size_t tap_offset(const cvl_tiled_lay *lay, size_t i, size_t j)
{
    if (lay->direct) return 0;
    const cvl_tiled_tap *const y = &lay->y.tap[i], *const x = &lay->x.tap[j];
    const size_t line =
        x->plane * lay->lines + lay->y.plane[y->plane].before + y->lead;
    return line * lay->pitch + x->lead;
}

int32_t *cvl_tiled_shape_taps(const cvl_tiled_lay *lay, size_t channels,
                              size_t phase_y, size_t phase_x, int32_t *offset)
{
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < lay->y.taps; i++)
            for (size_t j = 0; j < lay->x.taps; j++)
                if (lay->y.tap[i].phase == phase_y &&
                    lay->x.tap[j].phase == phase_x)
                    *offset++ =
                        (int32_t)(c * lay->channel + tap_offset(lay, i, j));
    return offset;
}
