/* conv.c - `convlet conv`: what it computes, and which flags are idle then. */
#include "conv/conv.h"

#include <stdio.h>
#include <string.h>

#include "base/setup.h"
#include "cli/program.h"
#include "conv/layer.h"
#include "conv/net.h"

static bool has_net(const struct config *config)
{
    return config->geometry.net || config->show.model;
}

static bool has_no_net(const struct config *config)
{
    return !has_net(config);
}

static bool has_model(const struct config *config)
{
    return config->show.model;
}

static bool has_own_size(const struct config *config)
{
    return config->data.input && strcmp(config->data.input, "random") != 0;
}

static bool has_grad_output(const struct config *config)
{
    return config->data.grad_output;
}

static bool takes_labels(const struct config *config)
{
    return setup_compares_labels(&config->training);
}

static bool takes_arrays(const struct config *config)
{
    return !takes_labels(config);
}

static const char *loss(const struct config *config)
{
    return config->training.loss;
}

static const char *input(const struct config *config)
{
    return config->data.input;
}

static const char *model(const struct config *config)
{
    return config->show.model;
}

const struct rule conv_rules[] = {
    {"net params", has_model, "@ has no effect beside --model; % has its own",
     model},
    {"weight bias weight-layout grad-weight grad-bias", has_net,
     "@ is of one convolution; a net takes its arrays from --params, and "
     "writes "
     "gradients to --grad-params",
     NULL},
    {"stride padding dilation groups tie-input-channels", has_net,
     "@ has no effect beside a net, whose layers say it, as conv 8 3x3 "
     "stride=2",
     NULL},
    {"params mode batch channels height width loss reduction "
     "label-smoothing target labels grad-params buffers grad-loss",
     has_no_net, "@ is for a net; add --net, as --net \"conv 8 3x3, relu\"",
     NULL},
    {"batch channels height width", has_own_size,
     "@ is for random input; % has its own size", input},
    {"channels height width", has_model,
     "@ has no effect beside --model; % says how large its input is", model},
    {"loss reduction label-smoothing target labels grad-loss", has_grad_output,
     "@ has no effect beside --grad-output, which is the gradient to send back",
     NULL},
    {"target", takes_labels,
     "@ is for losses of arrays; --loss % takes --labels", loss},
    {"labels", takes_arrays,
     "@ goes with a loss of labels; add --loss cross-entropy", NULL},
    {"label-smoothing", takes_arrays,
     "@ is for a loss of labels, as cross-entropy; --loss % has none", loss},
    {0}};

int conv_run(const struct config *config)
{
    cvl_error err;
    const cvl_status status =
        has_net(config) ? conv_net(config, &err) : conv_layer(config, &err);
    if (status) fprintf(stderr, "convlet conv: %s\n", err.message);
    return exit_status(status);
}
