/* conv.c - `convlet conv`: one convolution, or its gradients, of arrays. */
#include <stdio.h>
#include <string.h>

#include <convlet/conv2d.h>
#include <convlet/memory.h>
#include <convlet/npy.h>

#include "base/setup.h"
#include "cli/program.h"
#include "commands.h"
#include "data/array_print.h"
#include "data/arrays.h"
#include "data/layout.h"

/* Every array of one call, in NCHW and OIHW; {0} is empty. */
struct conv_job {
    const struct config *config;
    cvl_random random;      /* of the arrays that are drawn, in this order: */
    cvl_tensor x, w, b, dy; /* given; b and dy may be empty */
    cvl_tensor y, dw, db, dx;
    cvl_conv2d conv;
    void *work;
};

static void job_free(struct conv_job *job)
{
    cvl_tensor *const tensors[] = {&job->x, &job->w,  &job->b,  &job->dy,
                                   &job->y, &job->dw, &job->db, &job->dx};
    for (size_t i = 0; i < sizeof tensors / sizeof tensors[0]; i++)
        cvl_tensor_free(tensors[i]);
    cvl_conv2d_free(&job->conv);
    cvl_free(job->work);
}

static bool wants_gradient(const struct config *config)
{
    return config->output.grad_input || config->output.grad_weight ||
           config->output.grad_bias;
}

/* Where y goes: with nothing asked for at all, onto the screen. */
static const char *output_of(const struct config *config)
{
    return config->output.output || wants_gradient(config)
               ? config->output.output
               : "-";
}

static cvl_status check_request(const struct config *config, cvl_error *err)
{
    if (!config->data.input || !config->data.weight)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s is missing; name a .npy array or write its "
                        "numbers",
                        config->data.input ? "weight" : "input");
    if (config->data.grad_output && !wants_gradient(config))
        return cvl_fail(err, CVL_EINVAL,
                        "--grad-output is there, but no gradient is asked for; "
                        "add --grad-weight, --grad-bias or --grad-input, with "
                        "a file or with - to print it");
    if (wants_gradient(config) && !config->data.grad_output)
        return cvl_fail(err, CVL_EINVAL,
                        "gradients need --grad-output dy.npy, the gradient by "
                        "the output");
    return CVL_OK;
}

static cvl_status load(struct conv_job *job, cvl_error *err)
{
    const struct config *const config = job->config;
    cvl_random *const random = &job->random;
    cvl_tensor *const given[] = {&job->x, &job->w, &job->b, &job->dy};
    cvl_random_seed(random, config->data.seed);
    cvl_status status =
        layout_read_planes(config, config->data.input, random, &job->x, err);
    if (!status) status = layout_read_weight(config, random, &job->w, err);
    if (!status && config->data.bias_file)
        status = array_read(config->data.bias_file, random, &job->b, err);
    if (!status && wants_gradient(config))
        status = layout_read_planes(config, config->data.grad_output, random,
                                    &job->dy, err);
    if (!status) status = layout_unify_dtype(config, given, 4, err);
    return status;
}

static cvl_status check_shapes(const struct conv_job *job,
                               const cvl_conv2d_geometry *g, cvl_error *err)
{
    const struct config *const config = job->config;
    size_t shape[4];
    cvl_status status = layout_check_weight(config, g, &job->w, err);
    if (!status && job->b.data)
        status = cvl_tensor_check(config->data.bias_file, &job->b, job->x.dtype,
                                  1, &g->out_channels, err);
    cvl_conv2d_output_shape(g, shape);
    if (!status && job->dy.data)
        status = cvl_tensor_check(config->data.grad_output, &job->dy,
                                  job->x.dtype, 4, shape, err);
    return status;
}

static cvl_status plan(struct conv_job *job, cvl_error *err)
{
    cvl_exec exec;
    cvl_conv2d_geometry g;
    cvl_status status = setup_exec(&job->config->execution, &exec, err);
    if (!status)
        status = setup_geometry(&job->config->geometry, job->x.shape,
                                job->w.shape[0], &job->w.shape[2], &g, err);
    if (!status) status = check_shapes(job, &g, err);
    if (!status)
        status = cvl_conv2d_init(&job->conv, &g, job->x.dtype,
                                 job->config->execution.algorithm, &exec, err);
    if (!status)
        status = cvl_alloc(&job->work, cvl_conv2d_work_bytes(&job->conv),
                           "scratch", err);
    return status;
}

static cvl_status forward(struct conv_job *job, cvl_error *err)
{
    if (!output_of(job->config)) return CVL_OK;
    size_t shape[4];
    cvl_conv2d_output_shape(&job->conv.geometry, shape);
    const cvl_status status =
        cvl_tensor_init(&job->y, job->x.dtype, 4, shape, err);
    if (status) return status;
    cvl_conv2d_forward(&job->conv, &job->x, &job->w,
                       job->b.data ? &job->b : NULL, &job->y, job->work);
    return CVL_OK;
}

static cvl_status backward(struct conv_job *job, cvl_error *err)
{
    const struct config *const config = job->config;
    const cvl_dtype dtype = job->x.dtype;
    cvl_status status = CVL_OK;
    if (config->output.grad_weight || config->output.grad_bias) {
        status = cvl_tensor_init_like(&job->dw, &job->w, err);
        if (!status)
            status = cvl_tensor_init(&job->db, dtype, 1, job->w.shape, err);
        if (!status)
            cvl_conv2d_grad_weight(&job->conv, &job->x, &job->dy, &job->dw,
                                   &job->db, job->work);
    }
    if (!status && config->output.grad_input) {
        status = cvl_tensor_init_like(&job->dx, &job->x, err);
        if (!status)
            cvl_conv2d_grad_input(&job->conv, &job->w, &job->dy, &job->dx,
                                  job->work);
    }
    return status;
}

/* Saves or prints a tensor, if that was asked for. */
static cvl_status put(const char *path, const char *name,
                      const cvl_tensor *tensor, cvl_error *err)
{
    if (!path) return CVL_OK;
    if (strcmp(path, "-") != 0) return cvl_npy_save(path, tensor, err);
    array_print(stdout, name, tensor);
    return CVL_OK;
}

/* The same of planes, in the layout that x came in. */
static cvl_status put_planes(const struct config *config, const char *path,
                             const char *name, cvl_tensor *tensor,
                             cvl_error *err)
{
    cvl_status status = CVL_OK;
    if (path) status = layout_restore_planes(config, tensor, err);
    return status ? status : put(path, name, tensor, err);
}

static cvl_status save(struct conv_job *job, cvl_error *err)
{
    const struct config *const config = job->config;
    cvl_status status =
        put_planes(config, output_of(config), "y", &job->y, err);
    if (!status)
        status =
            put_planes(config, config->output.grad_input, "dx", &job->dx, err);
    if (!status) status = put(config->output.grad_bias, "db", &job->db, err);
    if (status || !config->output.grad_weight) return status;
    status = layout_restore_weight(config, &job->dw, err);
    return status ? status
                  : put(config->output.grad_weight, "dw", &job->dw, err);
}

int conv_run(const struct config *config)
{
    struct conv_job job = {.config = config};
    cvl_error err;
    cvl_status status = check_request(config, &err);
    if (!status) status = load(&job, &err);
    if (!status) status = plan(&job, &err);
    if (!status) status = forward(&job, &err);
    if (!status) status = backward(&job, &err);
    if (!status) status = save(&job, &err);
    if (status) fprintf(stderr, "convlet conv: %s\n", err.message);
    job_free(&job);
    return exit_status(status);
}
