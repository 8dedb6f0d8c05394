/* resample.c - see resample.h for the contract. */
#include "pictures/resample.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include <convlet/memory.h>

static cvl_status make_room(struct resampler *axis, cvl_error *err)
{
    void *index, *weight;
    size_t count, bytes;
    if (!cvl_size_mul(axis->to, axis->taps, &count) ||
        !cvl_size_mul(count, sizeof *axis->weight, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "a filter of %zu x %zu is too large",
                        axis->to, axis->taps);
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

/* A filter whose weight `x` widths from its centre is curve(x); beyond `reach`
 * samples it has none. Each output's weights are made to sum to 1. */
static cvl_status make(struct resampler *axis, double (*curve)(double x),
                       double width, double reach, cvl_error *err)
{
    const double scale = (double)axis->from / (double)axis->to;
    const size_t taps = axis->taps = (size_t)ceil(2 * reach) + 1;
    const cvl_status status = make_room(axis, err);
    if (status) return status;
    assert(axis->index && axis->weight);
    for (size_t i = 0; i < axis->to; i++) {
        const double centre = ((double)i + 0.5) * scale - 0.5;
        const double first = ceil(centre - reach);
        double *const weight = axis->weight + i * taps;
        double sum = 0;
        for (size_t k = 0; k < taps; k++) {
            axis->index[i * taps + k] = clamp_index(first, k, axis->from);
            weight[k] = curve((first + (double)k - centre) / width);
            sum += weight[k];
        }
        for (size_t k = 0; k < taps; k++) weight[k] /= sum;
    }
    return status;
}

static double keys(double x)
{
    const double d = fabs(x);
    if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
    return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

cvl_status resampler_bicubic(struct resampler *axis, size_t from, size_t to,
                             cvl_error *err)
{
    const double scale = (double)from / (double)to;
    const double width = scale > 1 ? scale : 1;
    *axis = (struct resampler){.from = from, .to = to};
    return make(axis, keys, width, 2 * width, err);
}

static double gaussian(double x)
{
    return exp(-0.5 * x * x);
}

cvl_status resampler_gaussian(struct resampler *axis, size_t size, double sigma,
                              cvl_error *err)
{
    *axis = (struct resampler){.from = size, .to = size};
    return make(axis, gaussian, sigma, ceil(4 * sigma), err);
}

cvl_status resampler_area(struct resampler *axis, size_t from, size_t to,
                          double scale, double start, cvl_error *err)
{
    *axis = (struct resampler){
        .from = from, .to = to, .taps = (size_t)ceil(1 / scale) + 1};
    const cvl_status status = make_room(axis, err);
    if (status) return status;
    assert(axis->index && axis->weight);
    for (size_t i = 0; i < to; i++) {
        const double begin = ((double)i - start) / scale;
        const double end = ((double)i + 1 - start) / scale;
        const double first = floor(begin);
        for (size_t k = 0; k < axis->taps; k++) {
            const double at = first + (double)k;
            const double covered = fmin(at + 1, end) - fmax(at, begin);
            const bool there = at >= 0 && at < (double)from && covered > 0;
            axis->index[i * axis->taps + k] = clamp_index(first, k, from);
            axis->weight[i * axis->taps + k] = there ? scale * covered : 0;
        }
    }
    return status;
}

void resampler_free(struct resampler *axis)
{
    cvl_free(axis->index);
    cvl_free(axis->weight);
    *axis = (struct resampler){0};
}

size_t resample_work(const struct resampler *rows,
                     const struct resampler *columns)
{
    return (rows->from + rows->to) * columns->from +
           (rows->to > columns->from ? rows->to : columns->from);
}

/* Numbers of a line whose sums are made at once, which stay in registers. */
enum { BLOCK = 8 };

/* An output's weighted sum of lines, of `count` numbers each; of each number in
 * the order of the taps. */
static void sum_lines(const struct resampler *axis, size_t output,
                      const double *lines, size_t count, double *sums)
{
    const size_t *const index = axis->index + output * axis->taps;
    const double *const weight = axis->weight + output * axis->taps;
    size_t i = 0;
    for (; i + BLOCK <= count; i += BLOCK) {
        double sum[BLOCK] = {0};
        for (size_t k = 0; k < axis->taps; k++)
            for (size_t j = 0; j < BLOCK; j++)
                sum[j] += weight[k] * lines[index[k] * count + i + j];
        for (size_t j = 0; j < BLOCK; j++) sums[i + j] = sum[j];
    }
    for (; i < count; i++) {
        sums[i] = 0;
        for (size_t k = 0; k < axis->taps; k++)
            sums[i] += weight[k] * lines[index[k] * count + i];
    }
}

static double get(const cvl_tensor *tensor, size_t at)
{
    return tensor->dtype == CVL_F32 ? (double)((const float *)tensor->data)[at]
                                    : ((const double *)tensor->data)[at];
}

static void set(cvl_tensor *tensor, size_t at, double value)
{
    if (tensor->dtype == CVL_F32)
        ((float *)tensor->data)[at] = (float)value;
    else
        ((double *)tensor->data)[at] = value;
}

/* One plane: down with `rows`, then, of that turned on its side, across with
 * `columns`. What lies between has the dtype of the tensors, too. */
static void resample_plane(const struct resampler *rows,
                           const struct resampler *columns, size_t plane,
                           const cvl_tensor *x, cvl_tensor *result,
                           double *work)
{
    const size_t narrow = columns->from, wide = columns->to;
    const size_t area = rows->from * narrow, height = rows->to;
    double *const turned = work + area, *const sum = turned + height * narrow;
    for (size_t i = 0; i < area; i++) work[i] = get(x, plane * area + i);
    for (size_t y = 0; y < height; y++) {
        sum_lines(rows, y, work, narrow, sum);
        for (size_t j = 0; j < narrow; j++)
            turned[j * height + y] =
                x->dtype == CVL_F32 ? (double)(float)sum[j] : sum[j];
    }
    for (size_t j = 0; j < wide; j++) {
        sum_lines(columns, j, turned, height, sum);
        for (size_t y = 0; y < height; y++)
            set(result, (plane * height + y) * wide + j, sum[y]);
    }
}

void resample(const struct resampler *rows, const struct resampler *columns,
              const cvl_tensor *x, cvl_tensor *result, double *work)
{
    const size_t planes = x->count / (rows->from * columns->from);
    for (size_t i = 0; i < planes; i++)
        resample_plane(rows, columns, i, x, result, work);
}

cvl_status resample_once(const struct resampler *rows,
                         const struct resampler *columns, const cvl_tensor *x,
                         cvl_tensor *result, cvl_error *err)
{
    void *work;
    const size_t bytes = resample_work(rows, columns) * sizeof(double);
    const cvl_status status = cvl_alloc(&work, bytes, "resampling", err);
    if (status) return status;
    resample(rows, columns, x, result, work);
    cvl_free(work);
    return CVL_OK;
}

cvl_status resample_enlarge(const cvl_tensor *x, size_t factor,
                            cvl_tensor *result, cvl_error *err)
{
    const size_t shape[4] = {x->shape[0], x->shape[1], x->shape[2] * factor,
                             x->shape[3] * factor};
    struct resampler rows = {0}, columns = {0};
    *result = (cvl_tensor){0};
    cvl_status status = resampler_bicubic(&rows, x->shape[2], shape[2], err);
    if (!status)
        status = resampler_bicubic(&columns, x->shape[3], shape[3], err);
    if (!status) status = cvl_tensor_init(result, x->dtype, 4, shape, err);
    if (!status) status = resample_once(&rows, &columns, x, result, err);
    if (status) cvl_tensor_free(result);
    resampler_free(&rows);
    resampler_free(&columns);
    return status;
}

cvl_status resample_fit(const cvl_tensor *x, size_t height, size_t width,
                        cvl_tensor *result, cvl_error *err)
{
    const size_t rows = x->shape[2], columns = x->shape[3];
    const size_t shape[4] = {x->shape[0], x->shape[1], height, width};
    const cvl_status status = cvl_tensor_init(result, x->dtype, 4, shape, err);
    for (size_t i = 0; !status && i < result->count; i++) {
        const size_t plane = i / width / height;
        const size_t y = i / width % height, column = i % width;
        const size_t from =
            (plane * rows + (y < rows ? y : rows - 1)) * columns;
        cvl_tensor_set(
            result, i,
            cvl_tensor_get(x,
                           from + (column < columns ? column : columns - 1)));
    }
    return status;
}
