/* difference.c - a gradient by a central difference, computed in float64. */
#include <assert.h>
#include <float.h>
#include <math.h>

#include "live/element.h"

/* The layers from one on, in float64, and what they compare with. */
struct twin {
    struct text spec;
    cvl_net net;
    cvl_tensor x, t, dy, mask;
};

static void twin_free(struct twin *twin)
{
    text_free(&twin->spec);
    cvl_net_free(&twin->net);
    cvl_tensor_free(&twin->x);
    cvl_tensor_free(&twin->t);
    cvl_tensor_free(&twin->dy);
    cvl_tensor_free(&twin->mask);
}

/* A copy in float64. */
static cvl_status widen(cvl_tensor *copy, const cvl_tensor *from,
                        cvl_error *err)
{
    if (!from->data) return CVL_OK;
    const cvl_status status =
        cvl_tensor_init(copy, CVL_F64, from->ndim, from->shape, err);
    for (size_t i = 0; !status && i < from->count; i++)
        cvl_tensor_set(copy, i, cvl_tensor_get(from, i));
    return status;
}

/* Such a layer sees what it saw in the last run. */
static cvl_status build(const struct live *live, size_t layer,
                        struct twin *twin, cvl_error *err)
{
    const cvl_net *const net = live->net;
    cvl_layer_info info;
    const cvl_tensor *input = &live->x;
    for (size_t i = layer; i < net->layer_count; i++) {
        cvl_net_layer_info(net, i, &info);
        text_add(&twin->spec, "%s%s", i > layer ? ", " : "", info.text);
    }
    cvl_status status = text_status(&twin->spec, err);
    if (layer) {
        cvl_net_layer_info(net, layer - 1, &info);
        input = info.output;
    }
    if (!status) status = widen(&twin->x, input, err);
    if (!status) status = widen(&twin->t, &live->t, err);
    if (!status) status = widen(&twin->dy, live->dy, err);
    if (!status && live_mask(live))
        status = widen(&twin->mask, &live->trainer.mask, err);
    if (status) return status;
    const cvl_net_config config = {
        .spec = twin->spec.data,
        .input_shape = {input->shape[0], input->shape[1], input->shape[2],
                        input->shape[3]},
        .dtype = CVL_F64,
        .algo = CVL_CONV_AUTO,
        .exec = live->exec};
    status = cvl_net_plan(&twin->net, &config, err);
    const size_t bytes =
        twin->net.arena.overflow ? SIZE_MAX : twin->net.arena.used;
    cvl_net_free(&twin->net);
    if (!status) status = live_bound("the difference", bytes, err);
    return status ? status : cvl_net_build(&twin->net, &config, err);
}

/* The params and buffers of its layers are the last ones of the net's. */
static void copy_values(struct twin *twin, const cvl_net *net)
{
    cvl_net *const own = &twin->net;
    const cvl_param *const params =
        net->params + (net->param_count - own->param_count);
    const cvl_param *const buffers =
        net->buffers + (net->buffer_count - own->buffer_count);
    for (size_t i = 0; i < own->param_count; i++)
        for (size_t j = 0; j < params[i].value.count; j++)
            cvl_tensor_set(&own->params[i].value, j,
                           cvl_tensor_get(&params[i].value, j));
    for (size_t i = 0; i < own->buffer_count; i++)
        for (size_t j = 0; j < buffers[i].value.count; j++)
            cvl_tensor_set(&own->buffers[i].value, j,
                           cvl_tensor_get(&buffers[i].value, j));
}

/*
 * What the gradients are of: sum(y dy), or the loss by its terms, scaled as
 * its gradient is, which the notebook's reduction scales otherwise than the
 * loss.
 */
static double scalar(const struct live *live, struct twin *twin)
{
    const cvl_tensor *const y = &twin->net.output;
    const cvl_loss sum = {.kind = live->trainer.loss.kind,
                          .reduction = CVL_REDUCTION_SUM,
                          .parameter = live->trainer.loss.parameter,
                          .smoothing = live->trainer.loss.smoothing};
    double value = 0;
    cvl_net_forward(&twin->net, &twin->x);
    if (live->ran == RAN_BACKWARD) {
        for (size_t i = 0; i < y->count; i++)
            value += cvl_tensor_get(y, i) * cvl_tensor_get(&twin->dy, i);
        return value;
    }
    const cvl_status status = cvl_loss_compute(
        &sum, y, &twin->t, twin->mask.data ? &twin->mask : NULL, live->used,
        NULL, NULL, &value, NULL);
    assert(!status);
    (void)status;
    return value * cvl_loss_scale(y, live->used, live->trainer.loss.reduction);
}

/* The slopes below and above a number, at a distance of h. */
struct slopes {
    double below, above, middle;
    double noise; /* what rounding makes of them */
};

static double scalar_at(const struct live *live, struct twin *twin,
                        cvl_tensor *tensor, size_t flat, double value)
{
    const double kept = cvl_tensor_get(tensor, flat);
    cvl_tensor_set(tensor, flat, value);
    const double found = scalar(live, twin);
    cvl_tensor_set(tensor, flat, kept);
    return found;
}

static struct slopes find_slopes(const struct live *live, struct twin *twin,
                                 cvl_tensor *tensor, size_t flat, double h)
{
    static const double ROUNDINGS = 64;
    const double x = cvl_tensor_get(tensor, flat);
    const double here = scalar_at(live, twin, tensor, flat, x);
    const double high = scalar_at(live, twin, tensor, flat, x + h);
    const double low = scalar_at(live, twin, tensor, flat, x - h);
    return (struct slopes){.below = (here - low) / (x - (x - h)),
                           .above = (high - here) / ((x + h) - x),
                           .middle = (high - low) / ((x + h) - (x - h)),
                           .noise = ROUNDINGS * DBL_EPSILON * fabs(here) / h};
}

/* By as much as both sides differ where nothing bends, the slopes of half the
 * distance differ by half. */
static bool is_smooth(const struct slopes *wide, const struct slopes *narrow)
{
    static const double SAME = 1e-5, LESS = 0.75;
    const double apart = fabs(narrow->above - narrow->below);
    const double size = fabs(narrow->above) + fabs(narrow->below);
    return !(apart > narrow->noise + SAME * size) ||
           apart < LESS * fabs(wide->above - wide->below);
}

/*
 * From a distance between rounding, of eps / h, and what is cut off, of h^2, to
 * smaller ones, as a bend may lie beside the number and not at it.
 */
static cvl_status find(const struct live *live, struct twin *twin,
                       cvl_tensor *tensor, size_t flat, double *quotient,
                       cvl_error *err)
{
    static const double STEPS[] = {1e-5, 1e-6, 1e-7};
    const double size = fmax(1, fabs(cvl_tensor_get(tensor, flat)));
    struct slopes narrow = {0};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        const double h = STEPS[i] * size;
        const struct slopes wide = find_slopes(live, twin, tensor, flat, h);
        narrow = find_slopes(live, twin, tensor, flat, h / 2);
        if (!is_smooth(&wide, &narrow)) continue;
        *quotient = wide.middle;
        return CVL_OK;
    }
    return cvl_fail(err, CVL_EUNSUPPORTED,
                    "the loss bends at this number, as at a relu's 0: its "
                    "slope is %.6g below and %.6g above, and the gradient is "
                    "one of them",
                    narrow.below, narrow.above);
}

static cvl_status find_quotient(const struct live *live,
                                const struct live_number *number,
                                double *quotient, cvl_error *err)
{
    struct twin twin = {.spec = {0}};
    const cvl_element *const element = &number->element;
    cvl_status status = build(live, number->layer, &twin, err);
    if (!status) {
        copy_values(&twin, live->net);
        status = find(live, &twin,
                      element->array == CVL_ARRAY_DX
                          ? &twin.x
                          : &twin.net.params[element->param].value,
                      number->flat, quotient, err);
    }
    twin_free(&twin);
    return status;
}

int live_difference(struct live *live, int of, size_t layer, size_t param,
                    size_t a, size_t b, size_t c, size_t d, double *quotient)
{
    const size_t at[4] = {a, b, c, d};
    struct live_number number;
    cvl_error err;
    cvl_status status = live_find(live, of, layer, param, at, &number, &err);
    if (!status && of == LIVE_OF_Y)
        status = cvl_fail(&err, CVL_EINVAL,
                          "y is no gradient; a difference is of one: 1 of dx, "
                          "2 of a param's");
    if (!status) status = find_quotient(live, &number, quotient, &err);
    return live_answer(live, status, &err);
}
