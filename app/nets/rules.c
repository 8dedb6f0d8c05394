/* rules.c - see rules.h for the contract. */
#include "nets/rules.h"

#include "base/setup.h"

bool net_is_given(const struct config *config)
{
    return config->geometry.net || config->show.model;
}

bool net_is_missing(const struct config *config)
{
    return !net_is_given(config);
}

bool net_is_of_model(const struct config *config)
{
    return config->show.model;
}

const char *net_model(const struct config *config)
{
    return config->show.model;
}

bool net_loss_takes_labels(const struct config *config)
{
    return setup_compares_labels(&config->training);
}

static bool takes_arrays(const struct config *config)
{
    return !net_loss_takes_labels(config);
}

const char *net_loss(const struct config *config)
{
    return config->training.loss;
}

const struct rule net_loss_rules[] = {
    {"target", net_loss_takes_labels,
     "@ is for losses of arrays; --loss % takes --labels", net_loss},
    {"labels", takes_arrays,
     "@ goes with a loss of labels; add --loss cross-entropy", NULL},
    {"label-smoothing", takes_arrays,
     "@ is for a loss of labels, as cross-entropy; --loss % has none",
     net_loss},
    {0}};
