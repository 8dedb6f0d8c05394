/* whitening.c - see whitening.h for the contract. */
#include "convlet/whitening.h"

#include <assert.h>
#include <math.h>

#include "convlet/cholesky.h"
#include "convlet/moments.h"

/* Multiplications that the moments of a group may take. */
static const double BUDGET = 3e8;
/* Of M's trace: what float32 can still tell. */
static const double RIDGE = 1e-7;

/* The mean of z z' over a group's windows; zeros where there are none. */
static void mean_product(cvl_windows windows, double *m, double *z)
{
    const size_t terms = windows.terms;
    size_t found = 0;
    for (size_t i = 0; i < terms * terms; i++) m[i] = 0;
    for (; cvl_windows_next(&windows, z); found++)
        cvl_moments_add(1, z, terms, m);
    cvl_moments_finish(found ? 1 / (double)found : 0, terms, m);
}

/* m = L L', in place; 1 where nothing was seen. */
static void factor(double *m, size_t n)
{
    double ridge = 0;
    for (size_t i = 0; i < n; i++) ridge += RIDGE * m[i * n + i];
    const bool seen = ridge > 0 && isfinite(ridge);
    for (size_t i = 0; !seen && i < n * n; i++) m[i] = i % (n + 1) == 0;
    if (seen) cvl_cholesky(m, n, ridge, ridge / 2);
}

cvl_status cvl_whitening_init(cvl_whitening *whitening, const cvl_net *net,
                              const cvl_tensor *x, const cvl_tensor *mask,
                              cvl_error *err)
{
    const cvl_conv2d *const conv = cvl_net_lone_conv2d(net);
    assert(conv);
    const cvl_conv2d_geometry *const g = &conv->geometry;
    const bool bias = net->param_count > 1;
    const size_t terms = cvl_window_terms(g, bias), square = terms * terms;
    void *block;
    *whitening =
        (cvl_whitening){.groups = g->groups, .terms = terms, .bias = bias};
    if (terms > CVL_WHITENING_TERMS) return CVL_OK;
    const cvl_status status =
        cvl_alloc(&block, (g->groups * square + terms) * sizeof(double),
                  "the windows' moments", err);
    if (status) return status;
    double *const factors = block;
    whitening->factors = factors;
    whitening->row = factors + g->groups * square;
    for (size_t i = 0; i < g->groups; i++) {
        double *const m = factors + i * square;
        mean_product(cvl_windows_of(g, bias, x, mask, i,
                                    cvl_windows_within(BUDGET, terms)),
                     m, whitening->row);
        factor(m, terms);
    }
    return CVL_OK;
}

void cvl_whitening_free(cvl_whitening *whitening)
{
    cvl_free(whitening->factors);
    *whitening = (cvl_whitening){0};
}

/* L' times the row. */
static void multiply(const double *l, size_t n, double *row)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = i; k < n; k++) sum += l[k * n + i] * row[k];
        row[i] = sum;
    }
}

/* Each kernel, with its bias behind it, in turn. */
static void change(const cvl_whitening *whitening, cvl_net *net, bool grads,
                   void (*to)(const double *l, size_t n, double *row))
{
    const size_t n = whitening->terms, taps = n - whitening->bias;
    cvl_tensor *tensors[2] = {NULL};
    for (size_t i = 0; i < net->param_count; i++)
        tensors[i] = grads ? &net->params[i].grad : &net->params[i].value;
    assert(tensors[0]); /* a convolution has its weight */
    const size_t kernels = tensors[0]->shape[0];
    double *const row = whitening->row;
    for (size_t o = 0; o < kernels; o++) {
        const size_t group = o / (kernels / whitening->groups);
        for (size_t k = 0; k < taps; k++)
            row[k] = cvl_tensor_get(tensors[0], o * taps + k);
        if (tensors[1]) row[taps] = cvl_tensor_get(tensors[1], o);
        to(whitening->factors + group * n * n, n, row);
        for (size_t k = 0; k < taps; k++)
            cvl_tensor_set(tensors[0], o * taps + k, row[k]);
        if (tensors[1]) cvl_tensor_set(tensors[1], o, row[taps]);
    }
}

void cvl_whiten_params(const cvl_whitening *whitening, cvl_net *net)
{
    change(whitening, net, false, multiply);
}

void cvl_unwhiten_params(const cvl_whitening *whitening, cvl_net *net)
{
    change(whitening, net, false, cvl_cholesky_divide_transposed);
}

void cvl_whiten_grads(const cvl_whitening *whitening, cvl_net *net)
{
    change(whitening, net, true, cvl_cholesky_divide);
}
