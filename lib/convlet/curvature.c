/* curvature.c - see curvature.h for the contract. */
#include "convlet/curvature.h"

#include <assert.h>
#include <math.h>

enum { MAX_PRODUCTS = 100 };
static const double SETTLED = 1e-4;

bool cvl_objective_is_quadratic(const cvl_net *net, const cvl_loss_kind *loss)
{
    return cvl_net_lone_conv2d(net) && loss->curvature;
}

static double dot(const cvl_tensor *a, const cvl_tensor *b)
{
    double sum = 0;
    for (size_t i = 0; i < a->count; i++)
        sum += cvl_tensor_get(a, i) * cvl_tensor_get(b, i);
    return sum;
}

/* a = scale * a + step * b. */
static void combine(double scale, cvl_tensor *a, double step,
                    const cvl_tensor *b)
{
    for (size_t i = 0; i < a->count; i++)
        cvl_tensor_set(
            a, i, scale * cvl_tensor_get(a, i) + step * cvl_tensor_get(b, i));
}

/* Exchanges the params' values with these tensors', without a copy. */
static void swap_values(cvl_net *net, cvl_tensor *values)
{
    for (size_t i = 0; i < net->param_count; i++) {
        void *const data = net->params[i].value.data;
        net->params[i].value.data = values[i].data;
        values[i].data = data;
    }
}

/* The tensors that a power iteration needs, one of each per param. */
typedef struct vectors {
    size_t count;
    cvl_tensor *v;       /* the eigenvector, of length 1 */
    cvl_tensor *product; /* H v */
    cvl_tensor *block;   /* both */
} vectors;

static void vectors_free(vectors *all)
{
    for (size_t i = 0; all->block && i < 2 * all->count; i++)
        cvl_tensor_free(&all->block[i]);
    cvl_free(all->block);
}

static cvl_status vectors_init(vectors *all, const cvl_net *net, cvl_error *err)
{
    void *block;
    const size_t count = net->param_count;
    *all = (vectors){.count = count};
    cvl_status status = cvl_alloc(&block, 2 * count * sizeof *all->block,
                                  "the curvature's vectors", err);
    if (status) return status;
    all->block = all->v = block;
    all->product = all->v + count;
    for (size_t i = 0; !status && i < 2 * count; i++) {
        status = cvl_tensor_init_like(&all->block[i],
                                      &net->params[i % count].value, err);
    }
    return status;
}

static double length(const cvl_tensor *all, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += dot(&all[i], &all[i]);
    return sqrt(sum);
}

/* The activations that this direction makes of the input, which is linear in
 * it. */
static void forward_along(const cvl_objective *objective, cvl_tensor *direction)
{
    cvl_net *const net = objective->net;
    swap_values(net, direction);
    if (objective->whitening) cvl_unwhiten_params(objective->whitening, net);
    cvl_net_forward(net, objective->x);
    if (objective->whitening) cvl_whiten_params(objective->whitening, net);
    swap_values(net, direction);
}

/* product = H v of a linear layer: what it makes of v, bent by the loss, and
 * sent back. */
static void multiply_exactly(const cvl_objective *objective, vectors *all)
{
    cvl_net *const net = objective->net;
    forward_along(objective, all->v);
    objective->loss->kind->curvature(&net->output, objective->mask,
                                     objective->scale, NULL, objective->work);
    cvl_net_backward(net, objective->x, objective->work, NULL);
    if (objective->whitening) cvl_whiten_grads(objective->whitening, net);
    for (size_t i = 0; i < all->count; i++)
        cvl_tensor_copy(&all->product[i], &net->params[i].grad);
}

/*
 * product = (g(w + h v) - g(w - h v)) / 2h, with h where the error of the
 * difference, of order h^2, meets that of the rounding, of order 1 / h.
 */
static void multiply_by_differences(const cvl_objective *objective,
                                    vectors *all, cvl_tensor *moved)
{
    cvl_net *const net = objective->net;
    const bool single = net->output.dtype == CVL_F32;
    double size = 0;
    for (size_t i = 0; i < all->count; i++)
        size += dot(&net->params[i].value, &net->params[i].value);
    const double h = (single ? 1e-2 : 1e-5) * (1 + sqrt(size));
    for (int side = 1; side >= -1; side -= 2) {
        for (size_t i = 0; i < all->count; i++) {
            cvl_tensor_copy(&moved[i], &net->params[i].value);
            combine(1, &moved[i], side * h, &all->v[i]);
        }
        swap_values(net, moved);
        cvl_net_forward(net, objective->x);
        objective->loss->kind->value_and_grad(
            objective->loss, &net->output, objective->t, objective->mask,
            objective->scale, NULL, objective->work);
        cvl_net_backward(net, objective->x, objective->work, NULL);
        swap_values(net, moved);
        for (size_t i = 0; i < all->count; i++)
            combine(side == 1 ? 0 : 1, &all->product[i], side / (2 * h),
                    &net->params[i].grad);
    }
}

/* Any vector that is not orthogonal to the one that is sought. */
static void start(vectors *all)
{
    cvl_random random;
    cvl_random_seed(&random, 1);
    for (size_t i = 0; i < all->count; i++)
        cvl_random_fill_normal(&random, &all->v[i], 0.0, 1.0);
    const double scale = 1 / length(all->v, all->count);
    for (size_t i = 0; i < all->count; i++)
        combine(scale, &all->v[i], 0, &all->v[i]);
}

static double iterate(const cvl_objective *objective, vectors *all,
                      cvl_tensor *moved)
{
    double largest = 0;
    start(all);
    for (int i = 0; i < MAX_PRODUCTS; i++) {
        if (moved)
            multiply_by_differences(objective, all, moved);
        else
            multiply_exactly(objective, all);
        const double before = largest;
        largest = length(all->product, all->count);
        if (!(largest > 0) || !isfinite(largest)) return largest;
        if (fabs(largest - before) <= SETTLED * largest && i > 4) break;
        for (size_t p = 0; p < all->count; p++)
            combine(0, &all->v[p], 1 / largest, &all->product[p]);
    }
    return largest;
}

cvl_status cvl_curvature_largest(const cvl_objective *objective,
                                 double *largest, cvl_error *err)
{
    const bool exact =
        cvl_objective_is_quadratic(objective->net, objective->loss->kind);
    vectors all, moved = {0};
    cvl_status status = vectors_init(&all, objective->net, err);
    if (!status && !exact) status = vectors_init(&moved, objective->net, err);
    if (!status) {
        cvl_net_keep_buffers(objective->net);
        *largest = iterate(objective, &all, moved.v);
        cvl_net_restore_buffers(objective->net);
    }
    vectors_free(&all);
    vectors_free(&moved);
    return status;
}

/* d' H d: how much the objective bends along the direction. */
static double bend(const cvl_objective *objective, cvl_tensor *direction)
{
    forward_along(objective, direction);
    return objective->scale * objective->loss->kind->curvature(
                                  &objective->net->output, objective->mask, 1.0,
                                  NULL, objective->work);
}

double cvl_conjugate_step(const cvl_objective *objective, cvl_tensor *direction,
                          cvl_tensor *descent)
{
    cvl_net *const net = objective->net;
    assert(cvl_objective_is_quadratic(net, objective->loss->kind));
    double now = 0, before = 0, common = 0, down = 0, along = 0;
    for (size_t i = 0; i < net->param_count; i++) {
        const cvl_tensor *const g = &net->params[i].grad;
        now += dot(g, g);
        before += dot(&descent[i], &descent[i]);
        common += dot(g, &descent[i]);
        along += dot(g, &direction[i]);
    }
    double factor = before > 0 ? fmax(0, (now - common) / before) : 0;
    if (factor * along >= now) factor = 0; /* it would lead upward */
    for (size_t i = 0; i < net->param_count; i++) {
        const cvl_tensor *const g = &net->params[i].grad;
        combine(factor, &direction[i], -1, g);
        cvl_tensor_copy(&descent[i], g);
        down -= dot(&direction[i], g);
    }
    const double bent = bend(objective, direction);
    const double length = sqrt(now);
    if (!(bent > 0)) return length; /* flat that way: nothing to gain */
    for (size_t i = 0; i < net->param_count; i++)
        combine(1, &net->params[i].value, down / bent, &direction[i]);
    return length;
}
