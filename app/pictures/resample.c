/* resample.c - see resample.h for the contract. */
#include "pictures/resample.h"

#include <math.h>

#include <convlet/memory.h>

static cvl_status make(struct axis *axis, size_t from, size_t to, size_t taps,
                       cvl_error *err)
{
    void *index, *weight;
    size_t count, bytes;
    *axis = (struct axis){.from = from, .to = to, .taps = taps};
    if (!cvl_size_mul(to, taps, &count) ||
        !cvl_size_mul(count, sizeof *axis->weight, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "a filter of %zu x %zu is too large",
                        to, taps);
    cvl_status status =
        cvl_alloc(&index, count * sizeof *axis->index, "a filter", err);
    if (status) return status;
    axis->index = index;
    status = cvl_alloc(&weight, bytes, "a filter", err);
    axis->weight = weight;
    return status;
}

/* The sample `offset` beyond `first`, or the edge it is beyond. */
static size_t clamp_index(double first, size_t offset, size_t size)
{
    const double at = first + (double)offset;
    if (at < 0) return 0;
    return at > (double)(size - 1) ? size - 1 : (size_t)at;
}

static void normalise(double *weight, size_t taps)
{
    double sum = 0;
    for (size_t i = 0; i < taps; i++) sum += weight[i];
    for (size_t i = 0; i < taps; i++) weight[i] /= sum;
}

static double keys(double x)
{
    const double d = fabs(x);
    if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
    return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

cvl_status axis_bicubic(struct axis *axis, size_t from, size_t to,
                        cvl_error *err)
{
    const double scale = (double)from / (double)to;
    const double width = scale > 1 ? scale : 1;
    const size_t taps = (size_t)ceil(4 * width) + 1;
    const cvl_status status = make(axis, from, to, taps, err);
    for (size_t i = 0; !status && i < to; i++) {
        const double centre = ((double)i + 0.5) * scale - 0.5;
        const double first = ceil(centre - 2 * width);
        for (size_t k = 0; k < taps; k++) {
            axis->index[i * taps + k] = clamp_index(first, k, from);
            axis->weight[i * taps + k] =
                keys((first + (double)k - centre) / width);
        }
        normalise(axis->weight + i * taps, taps);
    }
    return status;
}

cvl_status axis_gaussian(struct axis *axis, size_t size, double sigma,
                         cvl_error *err)
{
    const double radius = ceil(4 * sigma);
    const size_t taps = 2 * (size_t)radius + 1;
    const cvl_status status = make(axis, size, size, taps, err);
    for (size_t i = 0; !status && i < size; i++) {
        for (size_t k = 0; k < taps; k++) {
            const double d = ((double)k - radius) / sigma;
            axis->index[i * taps + k] =
                clamp_index((double)i - radius, k, size);
            axis->weight[i * taps + k] = exp(-0.5 * d * d);
        }
        normalise(axis->weight + i * taps, taps);
    }
    return status;
}

void axis_free(struct axis *axis)
{
    cvl_free(axis->index);
    cvl_free(axis->weight);
    *axis = (struct axis){0};
}

static void along_rows(const struct axis *axis, size_t width, const float *from,
                       float *to)
{
    for (size_t y = 0; y < axis->to; y++)
        for (size_t x = 0; x < width; x++) {
            double sum = 0;
            for (size_t k = y * axis->taps; k < (y + 1) * axis->taps; k++)
                sum +=
                    axis->weight[k] * (double)from[axis->index[k] * width + x];
            to[y * width + x] = (float)sum;
        }
}

static void along_columns(const struct axis *axis, size_t height,
                          const float *from, float *to)
{
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < axis->to; x++) {
            double sum = 0;
            for (size_t k = x * axis->taps; k < (x + 1) * axis->taps; k++)
                sum += axis->weight[k] *
                       (double)from[y * axis->from + axis->index[k]];
            to[y * axis->to + x] = (float)sum;
        }
}

void resample(const struct axis *rows, const struct axis *columns,
              size_t planes, const float *from, float *to, float *work)
{
    for (size_t i = 0; i < planes; i++) {
        along_rows(rows, columns->from, from + i * rows->from * columns->from,
                   work);
        along_columns(columns, rows->to, work, to + i * rows->to * columns->to);
    }
}
