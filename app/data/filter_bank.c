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

/* One copy of the filter per channel, in the middle of weights [C,1,KH,KW]. */
static cvl_status make_weights(const struct filter *filter,
                               const cvl_conv2d_geometry *g, cvl_dtype dtype,
                               cvl_tensor *w, cvl_error *err)
{
    const size_t size = filter->size;
    size_t shape[4];
    cvl_conv2d_weight_shape(g, shape);
    if (shape[2] < size || shape[3] < size)
        return cvl_fail(err, CVL_EINVAL,
                        "filter:%s is %zux%zu and does not fit a kernel of "
                        "%zux%zu; use --kernel-size %zu or more",
                        filter->name, size, size, shape[2], shape[3], size);
    const cvl_status status = cvl_tensor_init(w, dtype, 4, shape, err);
    const size_t top = (shape[2] - size) / 2, left = (shape[3] - size) / 2;
    for (size_t i = 0; !status && i < shape[0] * size * size; i++) {
        const size_t tap = i % (size * size), plane = i / (size * size);
        const size_t row = plane * shape[2] + top + tap / size;
        cvl_tensor_set(w, row * shape[3] + left + tap % size,
                       filter->taps[tap] / filter->divisor);
    }
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
