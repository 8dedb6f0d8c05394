/* layer_weights.c - see layer_weights.h for the contract. */
#include "convlet/layer_weights.h"

#include <math.h>

/* Draws w in the order [I,O,KH,KW], as the notebook lays its kernels out. */
static void draw_normal(cvl_tensor *w, cvl_random *random)
{
    const size_t window = w->shape[2] * w->shape[3];
    for (size_t i = 0; i < w->shape[1]; i++)
        for (size_t o = 0; o < w->shape[0]; o++)
            for (size_t tap = 0; tap < window; tap++)
                cvl_tensor_set(w, (o * w->shape[1] + i) * window + tap,
                               cvl_random_normal(random));
}

void cvl_layer_init_weights(cvl_layer *layer, cvl_init init, cvl_random *random)
{
    cvl_tensor *const w = &layer->params[CVL_LAYER_WEIGHT].value;
    const size_t fan_in = w->count / w->shape[0];
    switch (init) {
    case CVL_INIT_NORMAL: draw_normal(w, random); break;
    case CVL_INIT_KAIMING:
        cvl_random_fill_normal(random, w, 0.0, sqrt(2.0 / (double)fan_in));
        break;
    case CVL_INIT_ZEROS: cvl_tensor_fill(w, 0.0); break;
    }
    if (layer->param_count > CVL_LAYER_BIAS)
        cvl_tensor_fill(&layer->params[CVL_LAYER_BIAS].value, 0.0);
}
