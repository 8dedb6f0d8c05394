/* conv_arrays.c - see conv_arrays.h for the contract. */
#include "data/conv_arrays.h"

#include <convlet/memory.h>
#include <convlet/number.h>

#include "base/setup.h"
#include "data/arrays.h"

/* Every tensor that holds something in one dtype. */
static cvl_status unify_dtype(const struct config *config,
                              struct conv_arrays *arrays, cvl_error *err)
{
    const struct data_settings *const data = &config->data;
    const char *const names[] = {data->input, data->weight, data->bias_file,
                                 data->grad_output};
    cvl_tensor *const given[] = {&arrays->x, &arrays->w, &arrays->b,
                                 &arrays->dy};
    cvl_dtype dtype = CVL_F32;
    for (size_t i = 0; i < 4; i++)
        if (given[i]->data && given[i]->dtype == CVL_F64) dtype = CVL_F64;
    dtype = setup_dtype(&config->execution, dtype);
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < 4; i++) {
        if (given[i]->data) status = array_convert(given[i], dtype, err);
        if (status && names[i])
            status = cvl_error_prefix(err, status, "%s", names[i]);
    }
    return status;
}

/* CVL_ESHAPE where the kernels are not for the channels of the geometry. */
static cvl_status check_weight(const struct data_settings *settings,
                               const cvl_conv2d_geometry *g,
                               const cvl_tensor *w, cvl_error *err)
{
    size_t shape[4];
    cvl_conv2d_weight_shape(g, shape);
    if (w->shape[1] == shape[1]) return CVL_OK;
    return cvl_fail(err, CVL_ESHAPE,
                    "%s has kernels for %zu input channel%s, but %s has "
                    "%zu in %zu group%s, which needs %zu",
                    settings->weight, w->shape[1], cvl_plural(w->shape[1]),
                    settings->input, g->in_channels, g->groups,
                    cvl_plural(g->groups), shape[1]);
}

static cvl_status check_shapes(const struct data_settings *settings,
                               const cvl_conv2d_geometry *g,
                               const struct conv_arrays *arrays, cvl_error *err)
{
    const cvl_dtype dtype = arrays->x.dtype;
    size_t shape[4];
    cvl_status status = check_weight(settings, g, &arrays->w, err);
    if (!status && arrays->b.data)
        status = cvl_tensor_check(settings->bias_file ? settings->bias_file
                                                      : "the bias",
                                  &arrays->b, dtype, 1, &g->out_channels, err);
    cvl_conv2d_output_shape(g, shape);
    if (!status && arrays->dy.data)
        status = cvl_tensor_check(settings->grad_output, &arrays->dy, dtype, 4,
                                  shape, err);
    return status;
}

cvl_status conv_arrays_plan(const struct config *config,
                            struct conv_arrays *arrays, cvl_error *err)
{
    cvl_exec exec;
    cvl_conv2d_geometry g;
    cvl_status status = unify_dtype(config, arrays, err);
    if (!status) status = setup_exec(&config->execution, &exec, err);
    if (!status)
        status =
            setup_geometry(&config->geometry, arrays->x.shape,
                           arrays->w.shape[0], &arrays->w.shape[2], &g, err);
    if (!status) status = check_shapes(&config->data, &g, arrays, err);
    if (!status)
        status = cvl_conv2d_init(&arrays->conv, &g, arrays->x.dtype,
                                 config->execution.algorithm, &exec, err);
    if (!status)
        status = cvl_alloc(&arrays->work, cvl_conv2d_work_bytes(&arrays->conv),
                           "scratch", err);
    return status;
}

const cvl_tensor *conv_arrays_bias(const struct conv_arrays *arrays)
{
    return arrays->b.data ? &arrays->b : NULL;
}

cvl_status conv_arrays_forward(struct conv_arrays *arrays, cvl_error *err)
{
    size_t shape[4];
    cvl_conv2d_output_shape(&arrays->conv.geometry, shape);
    const cvl_status status =
        cvl_tensor_init(&arrays->y, arrays->x.dtype, 4, shape, err);
    if (!status)
        cvl_conv2d_forward(&arrays->conv, &arrays->x, &arrays->w,
                           conv_arrays_bias(arrays), &arrays->y, arrays->work);
    return status;
}

cvl_status conv_arrays_grad_weight(struct conv_arrays *arrays, cvl_error *err)
{
    cvl_status status = cvl_tensor_init_like(&arrays->dw, &arrays->w, err);
    if (!status)
        status = cvl_tensor_init(&arrays->db, arrays->x.dtype, 1,
                                 arrays->w.shape, err);
    if (!status)
        cvl_conv2d_grad_weight(&arrays->conv, &arrays->x, &arrays->dy,
                               &arrays->dw, &arrays->db, arrays->work);
    return status;
}

cvl_status conv_arrays_grad_input(struct conv_arrays *arrays, cvl_error *err)
{
    const cvl_status status =
        cvl_tensor_init_like(&arrays->dx, &arrays->x, err);
    if (!status)
        cvl_conv2d_grad_input(&arrays->conv, &arrays->w, &arrays->dy,
                              &arrays->dx, arrays->work);
    return status;
}

void conv_arrays_free(struct conv_arrays *arrays)
{
    cvl_tensor *const all[] = {&arrays->x,  &arrays->w, &arrays->b,
                               &arrays->dy, &arrays->y, &arrays->dw,
                               &arrays->db, &arrays->dx};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        cvl_tensor_free(all[i]);
    cvl_conv2d_free(&arrays->conv);
    cvl_free(arrays->work);
    *arrays = (struct conv_arrays){0};
}
