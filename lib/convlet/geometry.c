/* geometry.c - see geometry.h for the contract. */
#include "convlet/geometry.h"

#include <assert.h>
#include <stdint.h>

#include "convlet/number.h"
#include "convlet/size.h"

/* One axis of the convolution; the two axes obey the same rules. */
typedef struct axis {
    const char *name; /* "height" or "width", for messages */
    size_t in, kernel, stride, pad_before, pad_after, dilation;
} axis;

static axis vertical(const cvl_conv2d_geometry *g)
{
    return (axis){"height",   g->in_height,  g->kernel_height, g->stride_y,
                  g->pad_top, g->pad_bottom, g->dilation_y};
}

static axis horizontal(const cvl_conv2d_geometry *g)
{
    return (axis){"width",     g->in_width,  g->kernel_width, g->stride_x,
                  g->pad_left, g->pad_right, g->dilation_x};
}

static size_t out_size(const axis *a)
{
    assert(a->kernel > 0 && a->stride > 0);
    const size_t padded = a->in + a->pad_before + a->pad_after;
    const size_t window = a->dilation * (a->kernel - 1) + 1;
    return (padded - window) / a->stride + 1;
}

static cvl_status check_positive(const char *name, const char *axis_name,
                                 size_t value, cvl_error *err)
{
    if (value) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%s%s%s is 0, expected 1 or more", name,
                    *axis_name ? " " : "", axis_name);
}

static cvl_status check_axis(const axis *a, cvl_error *err)
{
    cvl_status status = check_positive("input", a->name, a->in, err);
    if (!status) status = check_positive("kernel", a->name, a->kernel, err);
    if (!status) status = check_positive("stride", a->name, a->stride, err);
    if (!status) status = check_positive("dilation", a->name, a->dilation, err);
    if (status) return status;

    size_t padded, reach;
    if (!cvl_size_add(a->in, a->pad_before, &padded) ||
        !cvl_size_add(padded, a->pad_after, &padded) || padded > PTRDIFF_MAX)
        return cvl_fail(err, CVL_EINVAL, "the padded input %s is too large",
                        a->name);
    if (!cvl_size_mul(a->dilation, a->kernel - 1, &reach) || reach >= padded) {
        if (a->dilation == 1)
            return cvl_fail(err, CVL_EINVAL,
                            "kernel %s %zu does not fit the padded input %s "
                            "%zu; use a smaller kernel or more padding",
                            a->name, a->kernel, a->name, padded);
        return cvl_fail(err, CVL_EINVAL,
                        "kernel %s %zu with dilation %zu does not fit the "
                        "padded input %s %zu; use a smaller kernel or more "
                        "padding",
                        a->name, a->kernel, a->dilation, a->name, padded);
    }
    return CVL_OK;
}

static cvl_status check_channels(const cvl_conv2d_geometry *g, cvl_error *err)
{
    cvl_status status = check_positive("batch", "", g->batch, err);
    if (!status)
        status = check_positive("input channels", "", g->in_channels, err);
    if (!status)
        status = check_positive("output channels", "", g->out_channels, err);
    if (!status) status = check_positive("groups", "", g->groups, err);
    if (status) return status;
    if (g->in_channels % g->groups)
        return cvl_fail(err, CVL_EINVAL,
                        "groups %zu does not divide the %zu input channel%s",
                        g->groups, g->in_channels, cvl_plural(g->in_channels));
    if (g->out_channels % g->groups)
        return cvl_fail(err, CVL_EINVAL,
                        "groups %zu does not divide the %zu output channel%s",
                        g->groups, g->out_channels,
                        cvl_plural(g->out_channels));
    return CVL_OK;
}

/* Every array that any algorithm makes for one sample or for all has one of
 * these shapes, or less. The last is all windows of a sample, one by one; where
 * its product of kernel sizes wraps, the shape before it is refused first. */
static cvl_status check_products(const cvl_conv2d_geometry *g, const axis *y,
                                 const axis *x, cvl_error *err)
{
    size_t rows = g->in_height + g->pad_top + g->pad_bottom;
    size_t columns = g->in_width + g->pad_left + g->pad_right;
    const size_t arrays[][4] = {
        {g->batch, g->in_channels, rows, columns},
        {g->batch, g->out_channels, rows, columns},
        {g->out_channels, g->in_channels, g->kernel_height, g->kernel_width},
        {g->in_channels, g->kernel_height * g->kernel_width, out_size(y),
         out_size(x)}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        size_t count;
        if (!cvl_size_product(arrays[i], 4, &count) ||
            count > PTRDIFF_MAX / sizeof(double))
            return cvl_fail(err, CVL_EINVAL,
                            "an array of %zu x %zu x %zu x %zu is larger than "
                            "any memory",
                            arrays[i][0], arrays[i][1], arrays[i][2],
                            arrays[i][3]);
    }
    return CVL_OK;
}

cvl_status cvl_conv2d_geometry_check(const cvl_conv2d_geometry *geometry,
                                     cvl_error *err)
{
    const axis y = vertical(geometry), x = horizontal(geometry);
    cvl_status status = check_channels(geometry, err);
    if (!status) status = check_axis(&y, err);
    if (!status) status = check_axis(&x, err);
    if (!status) status = check_products(geometry, &y, &x, err);
    return status;
}

/* Taps reach this far beyond the first. Sizes are not checked yet, so it may
 * wrap; the check refuses them then. */
static size_t reach(size_t kernel, size_t dilation)
{
    return kernel ? dilation * (kernel - 1) : 0;
}

void cvl_conv2d_pad_same(cvl_conv2d_geometry *geometry)
{
    const size_t y = reach(geometry->kernel_height, geometry->dilation_y);
    const size_t x = reach(geometry->kernel_width, geometry->dilation_x);
    geometry->pad_top = y / 2;
    geometry->pad_bottom = y - y / 2;
    geometry->pad_left = x / 2;
    geometry->pad_right = x - x / 2;
}

/* Zeros to append so that stride divides in - window. */
static size_t missing(size_t in, size_t window, size_t stride)
{
    if (!stride || in < window) return 0;
    const size_t rest = (in - window) % stride;
    return rest ? stride - rest : 0;
}

void cvl_conv2d_pad_fit(cvl_conv2d_geometry *geometry)
{
    geometry->pad_top = geometry->pad_left = 0;
    geometry->pad_bottom =
        missing(geometry->in_height,
                reach(geometry->kernel_height, geometry->dilation_y) + 1,
                geometry->stride_y);
    geometry->pad_right =
        missing(geometry->in_width,
                reach(geometry->kernel_width, geometry->dilation_x) + 1,
                geometry->stride_x);
}

size_t cvl_conv2d_out_height(const cvl_conv2d_geometry *geometry)
{
    const axis y = vertical(geometry);
    return out_size(&y);
}

size_t cvl_conv2d_out_width(const cvl_conv2d_geometry *geometry)
{
    const axis x = horizontal(geometry);
    return out_size(&x);
}

static void set_shape(size_t shape[4], size_t a, size_t b, size_t c, size_t d)
{
    shape[0] = a;
    shape[1] = b;
    shape[2] = c;
    shape[3] = d;
}

void cvl_conv2d_input_shape(const cvl_conv2d_geometry *g, size_t shape[4])
{
    set_shape(shape, g->batch, g->in_channels, g->in_height, g->in_width);
}

void cvl_conv2d_weight_shape(const cvl_conv2d_geometry *g, size_t shape[4])
{
    set_shape(shape, g->out_channels, g->tied ? 1 : g->in_channels / g->groups,
              g->kernel_height, g->kernel_width);
}

void cvl_conv2d_output_shape(const cvl_conv2d_geometry *g, size_t shape[4])
{
    set_shape(shape, g->batch, g->out_channels, cvl_conv2d_out_height(g),
              cvl_conv2d_out_width(g));
}

double cvl_conv2d_flops(const cvl_conv2d_geometry *g)
{
    const size_t group_in = g->in_channels / g->groups;
    size_t y[4];
    cvl_conv2d_output_shape(g, y);
    return 2.0 * (double)y[0] * (double)y[1] * (double)y[2] * (double)y[3] *
           (double)group_in * (double)g->kernel_height *
           (double)g->kernel_width;
}
