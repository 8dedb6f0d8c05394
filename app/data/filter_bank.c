/* filter_bank.c - see filter_bank.h for the contract. */
#include "data/filter_bank.h"

#include <string.h>

#include <convlet/memory.h>

/* Source: Gonzalez and Woods, "Digital Image Processing", 4th ed., ch. 3. */
static const struct filter FILTERS[] = {
    {"identity", 1, {1}, 1},
    {"box", 3, {1, 1, 1, 1, 1, 1, 1, 1, 1}, 9},
    /* Binomial: [1 4 6 4 1] by itself, the Gaussian of sigma 1. */
    {"gaussian",
     5,
     {1,  4, 6, 4,  1,  4,  16, 24, 16, 4, 6, 24, 36,
      24, 6, 4, 16, 24, 16, 4,  1,  4,  6, 4, 1},
     256},
    {"sobel-x", 3, {-1, 0, 1, -2, 0, 2, -1, 0, 1}, 1},
    {"sobel-y", 3, {-1, -2, -1, 0, 0, 0, 1, 2, 1}, 1},
    {"laplacian", 3, {0, 1, 0, 1, -4, 1, 0, 1, 0}, 1},
    {"sharpen", 3, {0, -1, 0, -1, 5, -1, 0, -1, 0}, 1},
    {"emboss", 3, {-2, -1, 0, -1, 1, 1, 0, 1, 2}, 1},
};

const char *filter_name(size_t index)
{
    return index < sizeof FILTERS / sizeof *FILTERS ? FILTERS[index].name
                                                    : NULL;
}

const struct filter *filter_find(const char *name)
{
    for (size_t i = 0; i < sizeof FILTERS / sizeof *FILTERS; i++)
        if (!strcmp(name, FILTERS[i].name)) return &FILTERS[i];
    return NULL;
}

cvl_status filter_embed(const struct filter *filter, size_t rows,
                        size_t columns, double *kernel, cvl_error *err)
{
    const size_t size = filter->size;
    if (rows < size || columns < size)
        return cvl_fail(err, CVL_EINVAL,
                        "filter:%s is %zux%zu and does not fit a kernel of "
                        "%zux%zu; use --kernel-size %zu or more",
                        filter->name, size, size, rows, columns, size);
    memset(kernel, 0, rows * columns * sizeof *kernel);
    const size_t top = (rows - size) / 2, left = (columns - size) / 2;
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++)
            kernel[(top + i) * columns + left + j] =
                filter->taps[i * size + j] / filter->divisor;
    return CVL_OK;
}

/* One copy of the filter per channel, as weights [C,1,KH,KW]. */
static cvl_status make_weights(const struct filter *filter,
                               const cvl_conv2d_geometry *g, cvl_dtype dtype,
                               cvl_tensor *w, cvl_error *err)
{
    const size_t window = g->kernel_height * g->kernel_width;
    void *kernel;
    cvl_status status =
        cvl_alloc(&kernel, window * sizeof(double), "a filter", err);
    if (status) return status;
    status =
        filter_embed(filter, g->kernel_height, g->kernel_width, kernel, err);
    size_t shape[4];
    cvl_conv2d_weight_shape(g, shape);
    if (!status) status = cvl_tensor_init(w, dtype, 4, shape, err);
    if (!status)
        for (size_t i = 0; i < w->count; i++)
            cvl_tensor_set(w, i, ((double *)kernel)[i % window]);
    cvl_free(kernel);
    return status;
}

cvl_status filter_apply(const struct filter *filter,
                        const cvl_conv2d_geometry *geometry,
                        const cvl_exec *exec, const cvl_tensor *x,
                        cvl_tensor *y, cvl_error *err)
{
    cvl_conv2d_geometry g = *geometry;
    g.out_channels = g.groups = g.in_channels;
    g.tied = false;
    cvl_conv2d conv = {0};
    cvl_tensor w = {0};
    void *work = NULL;
    size_t shape[4];
    *y = (cvl_tensor){0};
    cvl_status status =
        cvl_conv2d_init(&conv, &g, x->dtype, CVL_CONV_AUTO, exec, err);
    if (!status) status = make_weights(filter, &g, x->dtype, &w, err);
    if (!status)
        status = cvl_alloc(&work, cvl_conv2d_work_bytes(&conv), "scratch", err);
    if (!status) {
        cvl_conv2d_output_shape(&g, shape);
        status = cvl_tensor_init(y, x->dtype, 4, shape, err);
    }
    if (!status) cvl_conv2d_forward(&conv, x, &w, NULL, y, work);
    cvl_free(work);
    cvl_tensor_free(&w);
    cvl_conv2d_free(&conv);
    return status;
}
