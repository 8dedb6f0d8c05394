/* rescale.c - see rescale.h for the contract. */
#include "pictures/rescale.h"

cvl_status rescale_resize(const cvl_tensor *x, size_t height, size_t width,
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

/* The weighted sum of numbers that are `step` apart, the first at `start`. */
static double sum_at(const struct axis *axis, size_t output,
                     const cvl_tensor *x, size_t start, size_t step)
{
    double sum = 0;
    for (size_t k = output * axis->taps; k < (output + 1) * axis->taps; k++)
        sum +=
            axis->weight[k] * cvl_tensor_get(x, start + axis->index[k] * step);
    return sum;
}

/* Down with `rows`, then across with `columns`. */
static void along_both(const struct axis *rows, const struct axis *columns,
                       const cvl_tensor *x, cvl_tensor *tall,
                       cvl_tensor *result)
{
    const size_t narrow = columns->from, wide = columns->to;
    for (size_t i = 0; i < tall->count; i++) {
        const size_t plane = i / narrow / rows->to;
        cvl_tensor_set(tall, i,
                       sum_at(rows, i / narrow % rows->to, x,
                              plane * rows->from * narrow + i % narrow,
                              narrow));
    }
    for (size_t i = 0; i < result->count; i++)
        cvl_tensor_set(result, i,
                       sum_at(columns, i % wide, tall, i / wide * narrow, 1));
}

cvl_status rescale_by(const struct axis *rows, const struct axis *columns,
                      const cvl_tensor *x, cvl_tensor *result, cvl_error *err)
{
    const size_t shape[4] = {x->shape[0], x->shape[1], rows->to, x->shape[3]};
    cvl_tensor tall;
    const cvl_status status = cvl_tensor_init(&tall, x->dtype, 4, shape, err);
    if (status) return status;
    along_both(rows, columns, x, &tall, result);
    cvl_tensor_free(&tall);
    return CVL_OK;
}

cvl_status rescale_enlarge(const cvl_tensor *x, size_t factor,
                           cvl_tensor *result, cvl_error *err)
{
    const size_t shape[4] = {x->shape[0], x->shape[1], x->shape[2] * factor,
                             x->shape[3] * factor};
    struct axis rows = {0}, columns = {0};
    *result = (cvl_tensor){0};
    cvl_status status = axis_bicubic(&rows, x->shape[2], shape[2], err);
    if (!status) status = axis_bicubic(&columns, x->shape[3], shape[3], err);
    if (!status) status = cvl_tensor_init(result, x->dtype, 4, shape, err);
    if (!status) status = rescale_by(&rows, &columns, x, result, err);
    if (status) cvl_tensor_free(result);
    axis_free(&rows);
    axis_free(&columns);
    return status;
}
