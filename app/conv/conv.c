/* conv.c - `convlet conv`: what it computes, and which flags are idle then. */
#include "conv/conv.h"

#include <stdio.h>
#include <string.h>

#include "cli/program.h"
#include "conv/layer.h"
#include "conv/net.h"
#include "nets/rules.h"

static bool has_own_size(const struct config *config)
{
    return config->data.input && strcmp(config->data.input, "random") != 0;
}

static bool has_grad_output(const struct config *config)
{
    return config->data.grad_output;
}

static const char *input(const struct config *config)
{
    return config->data.input;
}

const struct rule conv_rules[] = {
    {"net params", net_is_of_model,
     "@ has no effect beside --model; % has its own", net_model},
    {"weight bias weight-layout grad-weight grad-bias", net_is_given,
     "@ is of one convolution; a net takes its arrays from --params, and "
     "writes "
     "gradients to --grad-params",
     NULL},
    {"stride padding dilation groups tie-input-channels", net_is_given,
     "@ has no effect beside a net, whose layers say it, as conv 8 3x3 "
     "stride=2",
     NULL},
    {"params mode batch channels height width loss reduction "
     "label-smoothing target labels grad-params buffers grad-loss",
     net_is_missing, "@ is for a net; add --net, as --net \"conv 8 3x3, relu\"",
     NULL},
    {"batch channels height width", has_own_size,
     "@ is for random input; % has its own size", input},
    {"channels height width", net_is_of_model,
     "@ has no effect beside --model; % says how large its input is",
     net_model},
    {"loss reduction label-smoothing target labels grad-loss", has_grad_output,
     "@ has no effect beside --grad-output, which is the gradient to send back",
     NULL},
    {0}};

int conv_run(const struct config *config)
{
    cvl_error err;
    const cvl_status status = net_is_given(config) ? conv_net(config, &err)
                                                   : conv_layer(config, &err);
    if (status) fprintf(stderr, "convlet conv: %s\n", err.message);
    return exit_status(status);
}
