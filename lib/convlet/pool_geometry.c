/* pool_geometry.c - see pool_geometry.h for the contract. */
#include "convlet/pool_geometry.h"

#include <assert.h>
#include <stdint.h>

#include "convlet/size.h"

static const char *const AXES[] = {"height", "width"};

size_t cvl_pool_out(const cvl_pool_geometry *g, size_t axis)
{
    const size_t window = g->window[axis], stride = g->stride[axis];
    const size_t padding = g->padding[axis];
    const size_t padded = g->in[axis] + 2 * padding;
    assert(stride > 0 && window > 0);
    /* Only `ceil` lets a window stick out that is larger than all there is. */
    if (padded < window) return 1;
    const size_t rest = (padded - window) % stride;
    /* It would begin stride - rest behind the last place that fits, which is
     * window - padding before the end of x. */
    const bool one_more = g->ceil && rest && stride - rest < window - padding;
    return (padded - window) / stride + 1 + one_more;
}

static cvl_status check_axis(const cvl_pool_geometry *g, size_t axis,
                             cvl_error *err)
{
    const char *const name = AXES[axis];
    const size_t window = g->window[axis], padding = g->padding[axis];
    const struct {
        const char *name;
        size_t size;
    } sizes[] = {{"input", g->in[axis]},
                 {"window", window},
                 {"stride", g->stride[axis]}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (!sizes[i].size)
            return cvl_fail(err, CVL_EINVAL, "%s %s is 0, expected 1 or more",
                            sizes[i].name, name);
    if (padding > window / 2)
        return cvl_fail(err, CVL_EINVAL,
                        "padding %s %zu is more than half the window %s %zu; "
                        "use %zu or less",
                        name, padding, name, window, window / 2);
    size_t padded, reach;
    if (!cvl_size_add(g->in[axis], 2 * padding, &padded) ||
        padded > PTRDIFF_MAX)
        return cvl_fail(err, CVL_EINVAL, "the padded input %s is too large",
                        name);
    if (window <= padded) return CVL_OK;
    if (g->ceil && cvl_size_add(padded, g->stride[axis] - 1, &reach) &&
        window <= reach)
        return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "window %s %zu does not fit the padded input %s %zu; use "
                    "a smaller window or more padding",
                    name, window, name, padded);
}

cvl_status cvl_pool_geometry_check(const cvl_pool_geometry *g, cvl_error *err)
{
    if (!g->batch || !g->channels)
        return cvl_fail(err, CVL_EINVAL, "%s is 0, expected 1 or more",
                        g->batch ? "channels" : "batch");
    cvl_status status = check_axis(g, 0, err);
    if (!status) status = check_axis(g, 1, err);
    if (status) return status;
    size_t shapes[2][4], count;
    cvl_pool_input_shape(g, shapes[0]);
    cvl_pool_output_shape(g, shapes[1]);
    for (size_t i = 0; i < 2; i++)
        if (!cvl_size_product(shapes[i], 4, &count) ||
            count > PTRDIFF_MAX / sizeof(double))
            return cvl_fail(err, CVL_EINVAL,
                            "an array of %zu x %zu x %zu x %zu is larger than "
                            "any memory",
                            shapes[i][0], shapes[i][1], shapes[i][2],
                            shapes[i][3]);
    return CVL_OK;
}

void cvl_pool_input_shape(const cvl_pool_geometry *g, size_t shape[4])
{
    shape[0] = g->batch;
    shape[1] = g->channels;
    shape[2] = g->in[0];
    shape[3] = g->in[1];
}

void cvl_pool_output_shape(const cvl_pool_geometry *g, size_t shape[4])
{
    shape[0] = g->batch;
    shape[1] = g->channels;
    shape[2] = cvl_pool_out(g, 0);
    shape[3] = cvl_pool_out(g, 1);
}

void cvl_pool_readers(const cvl_pool_geometry *g, size_t axis, size_t element,
                      size_t *first, size_t *end)
{
    const size_t at = element + g->padding[axis], window = g->window[axis];
    *first = at < window ? 0 : (at - window) / g->stride[axis] + 1;
    *end = cvl_least(at / g->stride[axis] + 1, cvl_pool_out(g, axis));
}
