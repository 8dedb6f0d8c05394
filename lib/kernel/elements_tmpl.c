/* elements_tmpl.c - see elements.h for the contract. */
#include "kernel/elements.h"

#include <tgmath.h>

#include "kernel/real.h"

/* `x > 0 ? x : 0` would turn NaN into 0; this keeps it. */
static void relu_forward(double slope, size_t count, const void *at,
                         const void *dy, void *to)
{
    const real *const x = at;
    real *const y = to;
    (void)slope, (void)dy;
    for (size_t i = 0; i < count; i++) y[i] = x[i] < 0 ? 0 : x[i];
}

static void relu_backward(double slope, size_t count, const void *at,
                          const void *dy, void *to)
{
    const real *const x = at, *const from = dy;
    real *const dx = to;
    (void)slope;
    for (size_t i = 0; i < count; i++) {
        const real kept = from[i]; /* in any case: else it is a branch */
        dx[i] = x[i] > 0 ? kept : 0;
    }
}

static void leaky_forward(double slope, size_t count, const void *at,
                          const void *dy, void *to)
{
    const real steep = (real)slope, *const x = at;
    real *const y = to;
    (void)dy;
    for (size_t i = 0; i < count; i++) {
        const real low = steep * x[i]; /* in any case: see relu_backward */
        y[i] = x[i] > 0 ? x[i] : low;
    }
}

static void leaky_backward(double slope, size_t count, const void *at,
                           const void *dy, void *to)
{
    const real steep = (real)slope, *const x = at, *const from = dy;
    real *const dx = to;
    for (size_t i = 0; i < count; i++) {
        const real low = steep * from[i];
        dx[i] = x[i] > 0 ? from[i] : low;
    }
}

static void tanh_forward(double slope, size_t count, const void *at,
                         const void *dy, void *to)
{
    const real *const x = at;
    real *const y = to;
    (void)slope, (void)dy;
    for (size_t i = 0; i < count; i++) y[i] = tanh(x[i]);
}

static void tanh_backward(double slope, size_t count, const void *at,
                          const void *dy, void *to)
{
    const real *const y = at, *const from = dy;
    real *const dx = to;
    (void)slope;
    for (size_t i = 0; i < count; i++) dx[i] = from[i] * (1 - y[i] * y[i]);
}

/* The power never overflows, so that what is small keeps its digits. */
static void sigmoid_forward(double slope, size_t count, const void *at,
                            const void *dy, void *to)
{
    const real *const x = at;
    real *const y = to;
    (void)slope, (void)dy;
    for (size_t i = 0; i < count; i++) {
        const real power = exp(-fabs(x[i]));
        y[i] = (x[i] < 0 ? power : 1) / (1 + power);
    }
}

static void sigmoid_backward(double slope, size_t count, const void *at,
                             const void *dy, void *to)
{
    const real *const y = at, *const from = dy;
    real *const dx = to;
    (void)slope;
    for (size_t i = 0; i < count; i++) dx[i] = from[i] * (y[i] * (1 - y[i]));
}

static inline void move(size_t r, size_t count, size_t apart, bool back,
                        real *rows, real *row)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < r; j++)
            if (back)
                rows[j * apart + i] = row[i * r + j];
            else
                row[i * r + j] = rows[j * apart + i];
}

/* Of the usual factor the loop is one of vectors. */
static void shuffle(size_t r, size_t count, size_t apart, bool back, void *rows,
                    void *row)
{
    if (r == 2 && back)
        move(2, count, apart, true, rows, row);
    else if (r == 2)
        move(2, count, apart, false, rows, row);
    else
        move(r, count, apart, back, rows, row);
}

static void add(size_t count, void *to, const void *from)
{
    real *const sum = to;
    const real *const more = from;
    for (size_t i = 0; i < count; i++) sum[i] += more[i];
}

/* The first velocity is the gradient: 0 * momentum + g, exactly. */
static void sgd_step(double lr, double momentum, bool nesterov, double decay,
                     size_t count, void *p, const void *dp, void *v)
{
    const real rate = (real)lr, keep = (real)momentum, pull = (real)decay;
    const real *const gradient = dp;
    real *const param = p, *const velocity = v;
    for (size_t i = 0; i < count; i++) {
        const real g = gradient[i] + pull * param[i];
        if (v) velocity[i] = keep * velocity[i] + g;
        const real move = !v         ? g
                          : nesterov ? g + keep * velocity[i]
                                     : velocity[i];
        param[i] -= rate * move;
    }
}

/* In torch's order: the second moment's root is corrected, not the moment. */
static void adam_step(const cvl_adam_rates *rates, size_t count, void *p,
                      const void *dp, void *m, void *v)
{
    const real keep1 = (real)rates->beta1, keep2 = (real)rates->beta2;
    const real add1 = (real)(1 - rates->beta1);
    const real add2 = (real)(1 - rates->beta2);
    const real pull = (real)rates->decay, epsilon = (real)rates->epsilon;
    const real rate = (real)rates->rate, root = (real)rates->root;
    const real *const gradient = dp;
    real *const param = p, *const first = m, *const second = v;
    for (size_t i = 0; i < count; i++) {
        const real g = gradient[i] + pull * param[i];
        first[i] = keep1 * first[i] + add1 * g;
        second[i] = keep2 * second[i] + add2 * g * g;
        param[i] -= rate * first[i] / (sqrt(second[i]) / root + epsilon);
    }
}

const cvl_elements CVL_REAL_NAME(cvl_elements) = {
    .relu_forward = relu_forward,
    .relu_backward = relu_backward,
    .leaky_forward = leaky_forward,
    .leaky_backward = leaky_backward,
    .tanh_forward = tanh_forward,
    .tanh_backward = tanh_backward,
    .sigmoid_forward = sigmoid_forward,
    .sigmoid_backward = sigmoid_backward,
    .shuffle = shuffle,
    .add = add,
    .sgd_step = sgd_step,
    .adam_step = adam_step,
};
