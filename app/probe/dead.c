/* dead.c - see dead.h for the contract. */
#include "probe/dead.h"

#include <convlet/memory.h>

/* Is channel c 0 in every image? */
static bool is_silent(const cvl_tensor *y, size_t c)
{
    const size_t area = y->shape[2] * y->shape[3];
    for (size_t n = 0; n < y->shape[0]; n++)
        for (size_t i = 0; i < area; i++)
            if (cvl_tensor_get(y, (n * y->shape[1] + c) * area + i) != 0)
                return false;
    return true;
}

cvl_status dead_init(struct dead *dead, const cvl_net *net, cvl_error *err)
{
    void *silent;
    size_t channels = 0;
    *dead = (struct dead){0};
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        channels += info.output_shape[1];
    }
    const cvl_status status =
        cvl_alloc(&silent, channels, "the channels of the net", err);
    dead->silent = silent;
    return status;
}

void dead_free(struct dead *dead)
{
    cvl_free(dead->silent);
    *dead = (struct dead){0};
}

void dead_look(struct dead *dead, const cvl_net *net)
{
    const bool is_first = !dead->all;
    size_t at = 0;
    dead->count = 0;
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        const size_t channels = info.output_shape[1];
        dead->is_rectifier[i] = info.rectifies;
        dead->channels[i] = 0;
        for (size_t c = 0; info.rectifies && c < channels; c++) {
            unsigned char *const silent = &dead->silent[at + c];
            *silent = (is_first || *silent) && is_silent(info.output, c);
            dead->channels[i] += *silent;
        }
        if (info.rectifies && is_first) dead->all += channels;
        dead->count += dead->channels[i];
        at += channels;
    }
}

bool dead_is(const struct dead *dead, const cvl_net *net, size_t layer,
             size_t channel)
{
    size_t at = channel;
    if (!dead->channels[layer]) return false;
    for (size_t i = 0; i < layer; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        at += info.output_shape[1];
    }
    return dead->silent[at];
}

void dead_describe(const struct dead *dead, const cvl_net *net,
                   struct text *text)
{
    const char *separator = "";
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        if (!dead->channels[i]) continue;
        cvl_net_layer_info(net, i, &info);
        text_add(text, "%s%zu of %zu in layer %zu", separator,
                 dead->channels[i], info.output_shape[1], i);
        separator = ", ";
    }
}
