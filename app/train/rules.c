/* rules.c - which flags of `convlet train` are idle, and its own preset. */
#include <string.h>

#include "base/setup.h"
#include "cli/option.h"
#include "data/source.h"
#include "train/sampled.h"
#include "train/train.h"

static bool lacks(const struct config *config, cvl_knob knob)
{
    return !(cvl_optimizer_kind_find(config->training.optimizer)->knobs & knob);
}

static bool has_no_rate(const struct config *config)
{
    return lacks(config, CVL_KNOB_RATE);
}

static bool has_no_momentum(const struct config *config)
{
    return lacks(config, CVL_KNOB_MOMENTUM);
}

static bool has_no_decay(const struct config *config)
{
    return lacks(config, CVL_KNOB_DECAY);
}

static bool has_no_moments(const struct config *config)
{
    return lacks(config, CVL_KNOB_MOMENTS);
}

static const char *optimizer(const struct config *config)
{
    return config->training.optimizer;
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

/* Whitened shall be what is no lone convolution. */
static bool cannot_whiten(const struct config *config)
{
    const char *const net = config->geometry.net;
    return config->training.whiten && net &&
           (strchr(net, ',') ||
            strncmp(net + strspn(net, " "), "conv", 4) != 0);
}

static bool whitens_patches(const struct config *config)
{
    return config->training.whiten && config->data.degrade;
}

static bool is_given(const struct config *config)
{
    return strcmp(config->data.input, "random") != 0;
}

static const char *loss(const struct config *config)
{
    return config->training.loss;
}

static bool compares_labels(const struct config *config)
{
    return setup_compares_labels(&config->training);
}

static bool compares_arrays(const struct config *config)
{
    return !compares_labels(config);
}

static const char *input(const struct config *config)
{
    return config->data.input;
}

static bool has_data(const struct config *config)
{
    return config->data.data;
}

static bool has_targets(const struct config *config)
{
    return is_sampled(config) && !has_data(config) && compares_arrays(config);
}

static bool is_not_sampled(const struct config *config)
{
    return !is_sampled(config);
}

static bool has_one_batch(const struct config *config)
{
    return !is_sampled(config) && !degrades(config);
}

static const char OF_OPTIMIZER[] =
    "@ has no effect with --optimizer %; leave it out";
static const char MADE[] =
    "@ has no effect beside --degrade, which makes the input from the target";

const struct rule train_rules[] = {
    {"lr lr-schedule lr-warmup", has_no_rate, OF_OPTIMIZER, optimizer},
    {"momentum nesterov", has_no_momentum, OF_OPTIMIZER, optimizer},
    {"weight-decay", has_no_decay, OF_OPTIMIZER, optimizer},
    {"beta1 beta2 epsilon", has_no_moments, OF_OPTIMIZER, optimizer},
    {"label-smoothing", compares_arrays,
     "@ is for a loss of labels, as cross-entropy; --loss % has none", loss},
    {"region mask-clipped", compares_labels,
     "@ leaves out pixels of a target; --loss % has labels", loss},
    {"kernels kernel-size stride padding dilation groups bias "
     "tie-input-channels",
     has_net,
     "@ has no effect beside --net; write it into the layers, as conv 8 3x3 "
     "stride=2",
     NULL},
    {"batch", has_data,
     "@ is for random input; --batch-size says how many samples a step takes",
     NULL},
    {"degrade input target channels height width", has_data,
     "@ does not go with --data, which has inputs and labels", NULL},
    {"share-channels linear-light region mask-clipped whiten best rtol atol",
     is_sampled, "@ does not go with samples, of which each step sees others",
     NULL},
    {"shift", has_targets,
     "@ moves inputs alone; it goes with labels, not with targets", NULL},
    {"hold-out epochs shift standardize order drop-last", is_not_sampled,
     "@ goes with samples: --data, or --input and --target of files", NULL},
    {"batch-size", has_one_batch,
     "@ goes with --data, --degrade, or --input and --target of files", NULL},
    {"color", has_one_batch, "@ goes with --data, --degrade or directories",
     NULL},
    {"patch", has_targets,
     "@ goes with --degrade, not with pairs, which are taken whole", NULL},
    {"validation", has_targets,
     "@ goes with --degrade; --hold-out says which of the pairs to measure "
     "with",
     NULL},
    {"residual", has_targets,
     "@ goes with --degrade; of pairs the net learns the whole target, not "
     "what the input lacks",
     NULL},
    {"patch validation residual", does_not_degrade,
     "@ goes with --degrade, which makes the input", NULL},
    {"whiten", whitens_patches,
     "@ does not go with --degrade, which draws other windows in each step",
     NULL},
    {"whiten", cannot_whiten, "@ is for one conv layer, and this net is none",
     NULL},
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
    if (config->data.data) {
        *name = config->geometry.net ? NULL : "digits";
        return CVL_OK;
    }
    *name = down                            ? "superres"
            : shrink                        ? "enlarge"
            : degrade                       ? "denoise"
            : source.kind == SOURCE_PICTURE ? "filter"
                                            : "notebook";
    source_free(&source);
    return status;
}
