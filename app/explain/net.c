/* net.c - see net.h for the contract. */
#include "explain/net.h"

#include <string.h>

#include "explain/data.h"

cvl_status explain_net_run(const struct config *config, bool sends_back,
                           struct net_arrays *arrays, cvl_error *err)
{
    const struct net_ways ways = {.backward = sends_back,
                                  .compares =
                                      sends_back && !config->data.grad_output,
                                  .keeps = true,
                                  .prepares = true};
    struct config own = *config;
    if (strcmp(own.data.input, "example") == 0)
        own.data.input = EXPLAIN_EXAMPLE_X;
    const cvl_status status = net_arrays_load(&own, ways, arrays, err);
    return status ? status : net_arrays_run(arrays, ways, err);
}

static enum explain_upstream upstream_of(const struct net_arrays *arrays)
{
    if (!arrays->dy.data) return UPSTREAM_NONE;
    return arrays->target.data ? UPSTREAM_LOSS : UPSTREAM_FILE;
}

cvl_status explain_net_layer(const struct config *config,
                             const struct net_arrays *arrays,
                             struct explain_layer *layer, cvl_error *err)
{
    const cvl_net *const net = &arrays->net;
    const struct index *const asked = &config->explain.of_layer;
    const size_t last = net->layer_count - 1;
    const size_t index = asked->count ? asked->at[3] : last;
    const cvl_tensor *const dy = arrays->dy.data ? &arrays->dy : NULL;
    cvl_layer_info info;
    if (index > last)
        return cvl_fail(err, CVL_EINVAL,
                        "--layer: there is no layer %zu; they count from 0, "
                        "and the last one is %zu",
                        index, last);
    cvl_net_layer_info(net, index, &info);
    *layer = (struct explain_layer){
        .terms = cvl_net_terms(net, index, &arrays->x, dy),
        .y = info.output,
        .dtype = net->input.dtype,
        .algorithm = info.algorithm,
        .geometry = cvl_net_geometry(net, index),
        .upstream = upstream_of(arrays),
        .loss = arrays->value,
        .net = net,
        .index = index};
    if (!dy) return CVL_OK;
    /* What a layer sends back is what the one below it is sent. */
    layer->dx =
        index ? cvl_net_terms(net, index - 1, &arrays->x, dy).dy : &arrays->dx;
    for (size_t i = 0; i < info.param_count; i++)
        layer->grads[i] = &info.params[i].grad;
    return CVL_OK;
}
