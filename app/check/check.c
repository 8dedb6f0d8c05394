/* check.c - `convlet check`: what it checks, and which flags are idle then. */
#include "check/check.h"

#include <stdio.h>

#include "base/setup.h"
#include "check/layer.h"
#include "check/net.h"
#include "cli/program.h"

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

static bool compares_arrays(const struct config *config)
{
    return !setup_compares_labels(&config->training);
}

static const char *loss(const struct config *config)
{
    return config->training.loss;
}

static const char *model(const struct config *config)
{
    return config->show.model;
}

const struct rule check_rules[] = {
    {"net channels height width", has_model,
     "@ has no effect beside --model; % has its own", model},
    {"kernels kernel-size stride padding dilation groups bias "
     "tie-input-channels h-sweep",
     has_net,
     "@ is of one convolution; a net's layers say theirs, as conv 8 3x3 "
     "stride=2",
     NULL},
    {"mode loss reduction label-smoothing", has_no_net,
     "@ is for a net; add --net, as --net \"conv 8 3x3, relu\"", NULL},
    {"label-smoothing", compares_arrays,
     "@ is for a loss of labels, as cross-entropy; --loss % has none", loss},
    {0}};

int check_run(const struct config *config)
{
    cvl_error err;
    bool good;
    const cvl_status status = has_net(config)
                                  ? check_net(config, &good, &err)
                                  : check_layer(config, &good, &err);
    if (status) fprintf(stderr, "convlet check: %s\n", err.message);
    if (status) return exit_status(status);
    if (!good)
        fputs("convlet check: not every gradient is proved right; see what is "
              "WRONG or VANISHES\n",
              stderr);
    return good ? EXIT_OK : EXIT_CHECK_FAILED;
}
