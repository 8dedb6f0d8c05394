/* rules.c - which flags of `convlet train` are idle, and its own preset. */
#include <string.h>

#include "cli/option.h"
#include "data/source.h"
#include "train/train.h"

static bool is_cg(const struct config *config)
{
    return config->training.optimizer == OPTIMIZER_CG;
}

static bool is_not_sgd(const struct config *config)
{
    return config->training.optimizer != OPTIMIZER_SGD;
}

static bool is_not_adam(const struct config *config)
{
    return config->training.optimizer != OPTIMIZER_ADAM;
}

static const char *optimizer(const struct config *config)
{
    return option_choice(option_find(config->start.options, "optimizer"),
                         (size_t)config->training.optimizer);
}

static bool has_net(const struct config *config)
{
    return config->geometry.net;
}

static bool degrades(const struct config *config)
{
    return config->data.degrade;
}

static bool does_not_degrade(const struct config *config)
{
    return !config->data.degrade;
}

static bool is_given(const struct config *config)
{
    return strcmp(config->data.input, "random") != 0;
}

static const char *input(const struct config *config)
{
    return config->data.input;
}

static const char OF_OPTIMIZER[] =
    "@ has no effect with --optimizer %; leave it out";
static const char MADE[] =
    "@ has no effect beside --degrade, which makes the input from the target";

const struct rule train_rules[] = {
    {"lr lr-schedule lr-warmup", is_cg, OF_OPTIMIZER, optimizer},
    {"momentum nesterov", is_not_sgd, OF_OPTIMIZER, optimizer},
    {"weight-decay", is_cg, OF_OPTIMIZER, optimizer},
    {"beta1 beta2 epsilon", is_not_adam, OF_OPTIMIZER, optimizer},
    {"kernels kernel-size stride padding dilation groups bias "
     "tie-input-channels",
     has_net,
     "@ has no effect beside --net; write it into the layers, as conv 8 3x3 "
     "stride=2",
     NULL},
    {"patch batch-size color validation residual", does_not_degrade,
     "@ goes with --degrade, which makes the input", NULL},
    {"share-channels linear-light", degrades,
     "@ does not go with --degrade, whose pictures stay as --color says", NULL},
    {"input batch channels height width", degrades, MADE, NULL},
    {"batch channels height width", is_given,
     "@ is for random input; % has its own size", input},
    {0}};

cvl_status train_preset(const struct config *config, const char **name,
                        cvl_error *err)
{
    const char *const degrade = config->data.degrade;
    struct source source = {0};
    const cvl_status status =
        is_given(config) ? source_look(config->data.input, &source, err)
                         : CVL_OK;
    const bool down = degrade && strncmp(degrade, "down", 4) == 0;
    const bool shrink = degrade && strncmp(degrade, "shrink", 6) == 0;
    *name = down                            ? "superres"
            : shrink                        ? "enlarge"
            : degrade                       ? "denoise"
            : source.kind == SOURCE_PICTURE ? "filter"
                                            : "notebook";
    source_free(&source);
    return status;
}
