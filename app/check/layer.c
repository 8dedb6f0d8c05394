/* layer.c - see layer.h for the contract. */
#include "check/layer.h"

#include <math.h>
#include <stdio.h>

#include <convlet/gradcheck.h>
#include <convlet/random.h>

#include "base/setup.h"
#include "data/conv_arrays.h"

/* A gradient below this share of the scale proves nothing by agreeing. */
static const double VANISHING = 1e-9;

static cvl_status draw(cvl_tensor *tensor, cvl_dtype dtype, size_t ndim,
                       const size_t *shape, cvl_random *random, cvl_error *err)
{
    const cvl_status status = cvl_tensor_init(tensor, dtype, ndim, shape, err);
    if (!status) cvl_random_fill_normal(random, tensor, 0.0, 1.0);
    return status;
}

static cvl_status prepare(struct conv_arrays *arrays,
                          const struct config *config, cvl_error *err)
{
    const cvl_dtype dtype = setup_dtype(&config->execution, CVL_F64);
    cvl_conv2d_geometry g;
    cvl_exec exec;
    cvl_random random;
    size_t shape[4];
    cvl_random_seed(&random, config->data.seed);
    cvl_status status = setup_exec(&config->execution, &exec, err);
    if (!status) status = setup_own_geometry(&config->geometry, &g, err);
    if (!status)
        status = cvl_conv2d_init(&arrays->conv, &g, dtype,
                                 config->execution.algorithm, &exec, err);
    if (status) return status;
    cvl_conv2d_input_shape(&g, shape);
    status = draw(&arrays->x, dtype, 4, shape, &random, err);
    cvl_conv2d_weight_shape(&g, shape);
    if (!status) status = draw(&arrays->w, dtype, 4, shape, &random, err);
    if (!status && config->geometry.bias)
        status = draw(&arrays->b, dtype, 1, &g.out_channels, &random, err);
    cvl_conv2d_output_shape(&g, shape);
    if (!status) status = draw(&arrays->dy, dtype, 4, shape, &random, err);
    return status;
}

/* Prints one verdict; false if it is bad. */
static bool print_row(const cvl_gradcheck_row *row, double tolerance)
{
    const bool close = row->error <= tolerance; /* false for NaN */
    const bool vanishes = !(row->largest > VANISHING);
    printf("%-7s %6zu elements  error %8.2g  worst at %zu: gradient %.12g, "
           "quotient %.12g  %s\n",
           row->name, row->checked, row->error, row->worst_index, row->analytic,
           row->numeric,
           !close     ? "WRONG"
           : vanishes ? "VANISHES: nothing is proved"
                      : "ok");
    return close && !vanishes;
}

static bool print_result(const cvl_gradcheck *check, double tolerance)
{
    bool good = true;
    for (size_t i = 0; i < check->row_count; i++)
        if (!print_row(&check->rows[i], tolerance)) good = false;
    const bool adjoint = check->adjoint_error <= tolerance;
    printf("adjoint <y,dy> %.12g, <x,dx> %.12g, <w,dw> %.12g  error %8.2g  "
           "%s\n",
           check->output_product, check->input_product, check->weight_product,
           check->adjoint_error, adjoint ? "ok" : "WRONG");
    return good && adjoint;
}

/* Ten, one, a tenth, ... down to where nothing is left. */
enum { SWEEP_STEPS = 16 };

static cvl_status sweep(struct conv_arrays *arrays,
                        const struct check_settings *settings, cvl_error *err)
{
    cvl_gradcheck_step steps[SWEEP_STEPS];
    for (int i = 0; i < SWEEP_STEPS; i++) steps[i].h = pow(10, 1 - i);
    const cvl_status status = cvl_gradcheck_sweep(
        &arrays->conv, &arrays->x, &arrays->w, conv_arrays_bias(arrays),
        &arrays->dy, settings->samples, steps, SWEEP_STEPS, err);
    if (status) return status;
    printf("h\tone_sided\tcentral\n");
    for (int i = 0; i < SWEEP_STEPS; i++)
        printf("%g\t%.3g\t%.3g\n", steps[i].h, steps[i].one_sided,
               steps[i].central);
    return CVL_OK;
}

static cvl_status check(struct conv_arrays *arrays,
                        const struct check_settings *settings, bool *good,
                        cvl_error *err)
{
    cvl_gradcheck result;
    const cvl_status status = cvl_gradcheck_conv2d(
        &arrays->conv, &arrays->x, &arrays->w, conv_arrays_bias(arrays),
        &arrays->dy, settings->samples, &result, err);
    const double rounding = arrays->conv.dtype == CVL_F32 ? 1e-5 : 1e-12;
    if (!status)
        *good = print_result(
            &result, settings->tolerance > 0 ? settings->tolerance : rounding);
    return status;
}

cvl_status check_layer(const struct config *config, bool *good, cvl_error *err)
{
    struct conv_arrays arrays = {0};
    cvl_status status = prepare(&arrays, config, err);
    *good = true;
    if (!status)
        status = config->check.h_sweep
                     ? sweep(&arrays, &config->check, err)
                     : check(&arrays, &config->check, good, err);
    conv_arrays_free(&arrays);
    return status;
}
