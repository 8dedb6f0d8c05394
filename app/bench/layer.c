/* layer.c - see layer.h for the contract. */
#include "bench/layer.h"

#include <math.h>

#include <convlet/memory.h>
#include <convlet/random.h>
#include <convlet/sgd.h>

/* So small that a million steps leave the numbers what they are: neither
 * growth nor denormals get into the time. */
static const cvl_sgd SGD = {.lr = 1e-6};

static cvl_status draw(cvl_tensor *tensor, cvl_dtype dtype, size_t ndim,
                       const size_t *shape, double bound, cvl_random *random,
                       cvl_error *err)
{
    const cvl_status status = cvl_tensor_init(tensor, dtype, ndim, shape, err);
    if (!status) cvl_random_fill_uniform(random, tensor, -bound, bound);
    return status;
}

cvl_status bench_data_init(struct bench_data *data,
                           const cvl_conv2d_geometry *geometry, cvl_dtype dtype,
                           bool bias, cvl_error *err)
{
    size_t input[4], weight[4], output[4];
    cvl_random random;
    *data = (struct bench_data){0};
    cvl_random_seed(&random, 0);
    cvl_conv2d_input_shape(geometry, input);
    cvl_conv2d_weight_shape(geometry, weight);
    cvl_conv2d_output_shape(geometry, output);
    const size_t channels = geometry->in_channels / geometry->groups;
    const double taps = (double)(weight[2] * weight[3]) * (double)channels;
    const double bound = 1 / sqrt(taps);
    cvl_status status = draw(&data->x, dtype, 4, input, 1, &random, err);
    if (!status) status = draw(&data->w, dtype, 4, weight, bound, &random, err);
    if (!status && bias) {
        status = draw(&data->b, dtype, 1, output + 1, 0.1, &random, err);
        if (!status)
            status = cvl_tensor_init(&data->db, dtype, 1, output + 1, err);
    }
    if (!status)
        status = draw(&data->target, dtype, 4, output, 1, &random, err);
    if (!status) status = draw(&data->dy, dtype, 4, output, 1, &random, err);
    if (!status) status = cvl_tensor_init(&data->y, dtype, 4, output, err);
    if (!status) status = cvl_tensor_init(&data->dw, dtype, 4, weight, err);
    if (!status) status = cvl_tensor_init(&data->dx, dtype, 4, input, err);
    return status;
}

void bench_data_free(struct bench_data *data)
{
    cvl_tensor *const tensors[] = {&data->x,      &data->w,  &data->b,
                                   &data->y,      &data->dy, &data->dw,
                                   &data->target, &data->db, &data->dx};
    for (size_t i = 0; i < sizeof tensors / sizeof tensors[0]; i++)
        cvl_tensor_free(tensors[i]);
}

cvl_status bench_layer_init(struct bench_layer *layer, struct bench_data *data,
                            const cvl_conv2d_geometry *geometry,
                            cvl_conv_algo algo, const cvl_exec *exec,
                            cvl_error *err)
{
    const cvl_dtype dtype = data->x.dtype;
    *layer = (struct bench_layer){.data = data};
    cvl_status status =
        cvl_conv2d_init(&layer->conv, geometry, dtype, algo, exec, err);
    if (!status)
        status = cvl_alloc(&layer->work, cvl_conv2d_work_bytes(&layer->conv),
                           "scratch", err);
    if (!status)
        status = cvl_conv2d_step_init(&layer->loss, geometry, dtype,
                                      layer->conv.algo, exec, err);
    if (!status)
        status = cvl_alloc(&layer->loss_work, layer->loss.work_bytes, "scratch",
                           err);
    return status;
}

void bench_layer_free(struct bench_layer *layer)
{
    cvl_conv2d_free(&layer->conv);
    cvl_conv2d_step_free(&layer->loss);
    cvl_free(layer->work);
    cvl_free(layer->loss_work);
    *layer = (struct bench_layer){0};
}

static void run_forward(void *context)
{
    const struct bench_layer *const layer = context;
    struct bench_data *const d = layer->data;
    cvl_conv2d_forward(&layer->conv, &d->x, &d->w, d->b.data ? &d->b : NULL,
                       &d->y, layer->work);
}

static void run_grad_weight(void *context)
{
    const struct bench_layer *const layer = context;
    struct bench_data *const d = layer->data;
    cvl_conv2d_grad_weight(&layer->conv, &d->x, &d->dy, &d->dw,
                           d->db.data ? &d->db : NULL, layer->work);
}

static void run_grad_input(void *context)
{
    const struct bench_layer *const layer = context;
    struct bench_data *const d = layer->data;
    cvl_conv2d_grad_input(&layer->conv, &d->w, &d->dy, &d->dx, layer->work);
}

/* The gradient of the loss takes the output's place: one tensor less to move
 * through the caches. */
static void step(struct bench_layer *layer, bool input_too)
{
    struct bench_data *const d = layer->data;
    const bool bias = d->b.data;
    const cvl_conv2d_batch batch = {.x = &d->x,
                                    .w = &d->w,
                                    .b = bias ? &d->b : NULL,
                                    .t = &d->target,
                                    .used = d->target.count,
                                    .y = &d->y,
                                    .dy = &d->y,
                                    .dw = &d->dw,
                                    .db = bias ? &d->db : NULL,
                                    .dx = input_too ? &d->dx : NULL};
    cvl_conv2d_step_run(&layer->loss, &batch, layer->loss_work);
    cvl_sgd_step(&SGD, &d->w, &d->dw, NULL);
    if (bias) cvl_sgd_step(&SGD, &d->b, &d->db, NULL);
}

static void run_step(void *context)
{
    step(context, false);
}

static void run_stepx(void *context)
{
    step(context, true);
}

static const struct {
    const char *name;
    double passes;
    bench_call *call;
} PHASES[BENCH_PHASES] = {
    [BENCH_FORWARD] = {"forward", 1, run_forward},
    [BENCH_GRAD_WEIGHT] = {"grad_weight", 1, run_grad_weight},
    [BENCH_GRAD_INPUT] = {"grad_input", 1, run_grad_input},
    [BENCH_STEP] = {"step", 2, run_step},
    [BENCH_STEPX] = {"stepx", 3, run_stepx},
};

const char *bench_phase_name(enum bench_phase phase)
{
    return PHASES[phase].name;
}

double bench_phase_passes(enum bench_phase phase)
{
    return PHASES[phase].passes;
}

bench_call *bench_phase_call(enum bench_phase phase)
{
    return PHASES[phase].call;
}
