/* patches_cut.c - one patch, out of a picture and into a batch. */
#include "data/patches.h"

/* A place in planes that are `scale` times smaller than the pair's. */
struct source {
    const float *planes;
    size_t height, width, top, left;
};

static struct source source_of(const float *planes, const struct pair *pair,
                               const struct place *place, size_t scale)
{
    return (struct source){planes, pair->height / scale, pair->width / scale,
                           place->top / scale, place->left / scale};
}

/* The number that element `at` of a batch of that shape stands for. */
static double look(const struct source *source, const struct place *place,
                   const size_t shape[4], size_t at)
{
    const size_t i = at / shape[3] % shape[2], j = at % shape[3];
    const size_t c = at / shape[3] / shape[2] % shape[1];
    const size_t y = place->flip_y ? shape[2] - 1 - i : i;
    const size_t x = place->flip_x ? shape[3] - 1 - j : j;
    return (double)
        source->planes[(c * source->height + source->top + y) * source->width +
                       source->left + x];
}

void patches_cut(const struct patches *patches, const struct pair *pair,
                 const struct place *place, cvl_random *random, size_t n,
                 cvl_tensor *input, cvl_tensor *target, cvl_tensor *base)
{
    const bool is_noise = patches->degrade.kind == DEGRADE_NOISE;
    const double deviation = is_noise ? patches->degrade.amount / 255 : 0;
    const struct source clean = source_of(pair->clean, pair, place, 1);
    const struct source enlarged = source_of(pair->base, pair, place, 1);
    const struct source degraded =
        source_of(pair->degraded, pair, place, patches->scale);
    const size_t in = input->count / input->shape[0];
    const size_t out = target->count / target->shape[0];
    for (size_t i = n * in; i < (n + 1) * in; i++) {
        double value = look(&degraded, place, input->shape, i);
        if (is_noise) value += deviation * cvl_random_normal(random);
        cvl_tensor_set(input, i, value);
    }
    for (size_t i = n * out; i < (n + 1) * out; i++) {
        const double nothing = pair->base
                                   ? look(&enlarged, place, target->shape, i)
                                   : cvl_tensor_get(input, i);
        cvl_tensor_set(target, i,
                       look(&clean, place, target->shape, i) -
                           (patches->residual ? nothing : 0));
        if (base) cvl_tensor_set(base, i, nothing);
    }
}
