/* dead.c - see dead.h for the contract. */
#include "train/dead.h"

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

void dead_count(const cvl_net *net, const cvl_net *other, struct dead *dead)
{
    *dead = (struct dead){0};
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info, same;
        cvl_net_layer_info(net, i, &info);
        cvl_net_layer_info(other ? other : net, i, &same);
        dead->is_rectifier[i] = info.rectifies;
        if (!dead->is_rectifier[i]) continue;
        for (size_t c = 0; c < info.output_shape[1]; c++)
            if (is_silent(info.output, c) &&
                (!other || is_silent(same.output, c)))
                dead->channels[i]++;
        dead->count += dead->channels[i];
        dead->all += info.output_shape[1];
    }
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
