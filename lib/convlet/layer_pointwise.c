/* layer_pointwise.c - see layer_pointwise.h for the contract. */
#include "convlet/layer_pointwise.h"

#include <stdio.h>

#include "convlet/layer_words.h"

cvl_status cvl_pointwise_parse(cvl_layer *layer, char *const *words,
                               size_t count, cvl_error *err)
{
    return cvl_layer_read_keys(layer->kind->name, NULL, 0, words, count, err);
}

cvl_status cvl_pointwise_setup(cvl_layer *layer, const cvl_tensor *input,
                               const cvl_net_config *config, cvl_error *err)
{
    (void)err;
    ((cvl_pointwise *)layer->own)->exec = config->exec;
    layer->output = *input;
    snprintf(layer->text, sizeof layer->text, "%s", layer->kind->name);
    return CVL_OK;
}

const cvl_exec *cvl_pointwise_exec(const cvl_layer *layer)
{
    return &((const cvl_pointwise *)layer->own)->exec;
}
