/* setup.c - see setup.h for the contract. */
#include "base/setup.h"

#include <stdio.h>

#include <string.h>

cvl_status setup_exec(const struct execution_settings *settings, cvl_exec *exec,
                      cvl_error *err)
{
    static const cvl_isa isas[] = {[ISA_BASE] = CVL_ISA_BASE,
                                   [ISA_AVX2] = CVL_ISA_AVX2,
                                   [ISA_AVX512] = CVL_ISA_AVX512};
    *exec = cvl_exec_default();
    if (settings->threads) exec->threads = settings->threads;
    if (settings->isa != ISA_AUTO) exec->isa = isas[settings->isa];
    const cvl_status status = cvl_exec_check(exec, err);
    if (status) return status;
    const size_t threads = cvl_threads_available(exec->threads);
    if (threads < exec->threads)
        fprintf(stderr,
                "convlet: note: the system gives %zu of %zu threads; results "
                "are the same\n",
                threads, exec->threads);
    exec->threads = threads;
    return CVL_OK;
}

cvl_conv_algo setup_algorithm(cvl_conv_algo asked)
{
    return asked == CVL_CONV_AUTO ? CVL_CONV_FASTEST : asked;
}

cvl_dtype setup_dtype(const struct execution_settings *settings,
                      cvl_dtype otherwise)
{
    switch (settings->dtype) {
    case DTYPE_FLOAT32: return CVL_F32;
    case DTYPE_FLOAT64: return CVL_F64;
    case DTYPE_AUTO: break;
    }
    return otherwise;
}

void setup_input_shape(const struct geometry_settings *settings,
                       size_t shape[4])
{
    shape[0] = settings->batch;
    shape[1] = settings->channels;
    shape[2] = settings->height;
    shape[3] = settings->width;
}

cvl_status setup_geometry(const struct geometry_settings *settings,
                          const size_t input_shape[4], size_t kernels,
                          const size_t kernel_size[2],
                          cvl_conv2d_geometry *geometry, cvl_error *err)
{
    *geometry = (cvl_conv2d_geometry){
        .batch = input_shape[0],
        .in_channels = input_shape[1],
        .in_height = input_shape[2],
        .in_width = input_shape[3],
        .out_channels = kernels,
        .kernel_height = kernel_size[0],
        .kernel_width = kernel_size[1],
        .stride_y = settings->stride[0],
        .stride_x = settings->stride[1],
        .pad_top = settings->padding.size[0],
        .pad_bottom = settings->padding.size[1],
        .pad_left = settings->padding.size[2],
        .pad_right = settings->padding.size[3],
        .dilation_y = settings->dilation[0],
        .dilation_x = settings->dilation[1],
        .groups = settings->groups,
        .tied = settings->tie_input_channels,
    };
    if (settings->padding.mode == PADDING_SAME) cvl_conv2d_pad_same(geometry);
    if (settings->padding.mode == PADDING_FIT) cvl_conv2d_pad_fit(geometry);
    return cvl_conv2d_geometry_check(geometry, err);
}

cvl_status setup_own_geometry(const struct geometry_settings *settings,
                              cvl_conv2d_geometry *geometry, cvl_error *err)
{
    size_t shape[4];
    setup_input_shape(settings, shape);
    return setup_geometry(settings, shape, settings->kernels,
                          settings->kernel_size, geometry, err);
}

void setup_net_spec(const struct geometry_settings *settings,
                    const cvl_conv2d_geometry *g, struct text *spec)
{
    if (settings->net) {
        text_add(spec, "%s", settings->net);
        return;
    }
    text_add(spec,
             "conv %zu %zux%zu stride=%zux%zu padding=%zux%zux%zux%zu "
             "dilation=%zux%zu groups=%zu bias=%s tied=%s",
             g->out_channels, g->kernel_height, g->kernel_width, g->stride_y,
             g->stride_x, g->pad_top, g->pad_bottom, g->pad_left, g->pad_right,
             g->dilation_y, g->dilation_x, g->groups,
             settings->bias ? "yes" : "no", g->tied ? "yes" : "no");
}

cvl_loss setup_loss(const struct training_settings *settings)
{
    cvl_loss loss = {0};
    (void)cvl_loss_parse(settings->loss, &loss, NULL); /* read before */
    loss.reduction = settings->reduction;
    loss.smoothing = settings->label_smoothing;
    return loss;
}

bool setup_compares_labels(const struct training_settings *settings)
{
    return setup_loss(settings).kind->target == CVL_TARGET_LABELS;
}

const char *setup_default_loss(const struct config *config)
{
    return config->data.data && !setup_compares_labels(&config->training)
               ? "cross-entropy"
               : NULL;
}

const char *setup_default_reduction(const struct training_settings *settings)
{
    return setup_compares_labels(settings) &&
                   settings->reduction == CVL_REDUCTION_NOTEBOOK
               ? cvl_reduction_name(CVL_REDUCTION_MEAN)
               : NULL;
}

/* Kingma and Ba, "Adam", 2015: algorithm 1. */
static const double EPSILON = 1e-8;

cvl_optimizer_settings setup_optimizer(const struct training_settings *settings)
{
    return (cvl_optimizer_settings){
        .kind = cvl_optimizer_kind_find(settings->optimizer),
        .lr = settings->lr,
        .schedule = settings->lr_schedule,
        .steps = settings->steps,
        .warmup = settings->lr_warmup,
        .momentum = settings->momentum,
        .nesterov = settings->nesterov,
        .weight_decay = settings->weight_decay,
        .beta1 = settings->beta1,
        .beta2 = settings->beta2,
        .epsilon = settings->epsilon > 0 ? settings->epsilon : EPSILON};
}

void setup_describe_loss(const struct training_settings *settings,
                         struct text *text)
{
    if (strcmp(settings->loss, cvl_loss_kind_name(0)) != 0)
        text_add(text, "loss %s, ", settings->loss);
    if (settings->label_smoothing > 0)
        text_add(text, "label smoothing %g, ", settings->label_smoothing);
    text_add(text, "reduction %s", cvl_reduction_name(settings->reduction));
}
