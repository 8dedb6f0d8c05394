/* whitening.c - see whitening.h for the contract. */
#include "convlet/whitening.h"

#include <assert.h>
#include <math.h>

/* Multiplications that the moments of a group may take. */
static const double BUDGET = 3e8;
/* Of M's trace: what float32 can still tell. */
static const double RIDGE = 1e-7;

size_t cvl_window_terms(const cvl_conv2d_geometry *geometry, bool bias)
{
    const size_t channels =
        geometry->tied ? 1 : geometry->in_channels / geometry->groups;
    return channels * geometry->kernel_height * geometry->kernel_width + bias;
}

/* Does one of the group's outputs at this place count? */
static bool counts(const cvl_conv2d_geometry *g, const cvl_tensor *mask,
                   size_t group, size_t n, size_t place, size_t places)
{
    const size_t each = g->out_channels / g->groups;
    const size_t first = n * g->out_channels + group * each;
    for (size_t o = first; mask && o < first + each; o++)
        if (cvl_tensor_get(mask, o * places + place) != 0) return true;
    return !mask;
}

/* Along an axis: where the window of this output begins; false where it
 * touches padding. */
static bool window_starts(size_t output, size_t stride, size_t before,
                          size_t reach, size_t inputs, size_t *start)
{
    const size_t from = output * stride;
    *start = from - before;
    return from >= before && *start + reach < inputs;
}

/* The window whose upper left is at row, column of picture n. */
static void read_window(const cvl_conv2d_geometry *g, const cvl_tensor *x,
                        size_t group, size_t n, const size_t at[2], double *z)
{
    const size_t channels = g->in_channels / g->groups;
    const size_t taps = g->kernel_height * g->kernel_width;
    for (size_t i = 0; i < (g->tied ? 1 : channels) * taps; i++) z[i] = 0;
    for (size_t c = 0; c < channels; c++)
        for (size_t k = 0; k < taps; k++) {
            const size_t r = at[0] + k / g->kernel_width * g->dilation_y;
            const size_t v = at[1] + k % g->kernel_width * g->dilation_x;
            const size_t channel = n * g->in_channels + group * channels + c;
            z[(g->tied ? 0 : c * taps) + k] += cvl_tensor_get(
                x, (channel * g->in_height + r) * g->in_width + v);
        }
}

/* m += z z', below the diagonal and on it. */
static void add_product(const double *z, size_t terms, double *m)
{
    for (size_t i = 0; i < terms; i++)
        for (size_t j = 0; j <= i; j++) m[i * terms + j] += z[i] * z[j];
}

/* m times a number, and the same above the diagonal as below. */
static void finish(double scale, size_t terms, double *m)
{
    for (size_t i = 0; i < terms; i++)
        for (size_t j = 0; j <= i; j++)
            m[i * terms + j] = m[j * terms + i] = scale * m[i * terms + j];
}

size_t cvl_window_moments(const cvl_conv2d_geometry *g, bool bias,
                          const cvl_tensor *x, const cvl_tensor *mask,
                          size_t group, double *m, double *z)
{
    /* Steps by the golden section fall in with no pattern of the picture. */
    static const double golden = 0.61803398874989485;
    const size_t terms = cvl_window_terms(g, bias);
    size_t shape[4], found = 0;
    cvl_conv2d_output_shape(g, shape);
    const size_t places = shape[2] * shape[3], all = shape[0] * places;
    const double most = BUDGET / (double)(terms * terms);
    const size_t tried = (double)all <= most ? all : (size_t)most;
    for (size_t i = 0; i < terms * terms; i++) m[i] = 0;
    if (bias) z[terms - 1] = 1;
    for (size_t i = 0; i < tried; i++) {
        const size_t drawn =
            (size_t)(fmod((double)i * golden, 1) * (double)all);
        const size_t which = tried == all ? i : drawn;
        const size_t n = which / places, place = which % places;
        size_t at[2];
        if (!window_starts(place / shape[3], g->stride_y, g->pad_top,
                           g->dilation_y * (g->kernel_height - 1), g->in_height,
                           &at[0]) ||
            !window_starts(place % shape[3], g->stride_x, g->pad_left,
                           g->dilation_x * (g->kernel_width - 1), g->in_width,
                           &at[1]) ||
            !counts(g, mask, group, n, place, places))
            continue;
        read_window(g, x, group, n, at, z);
        add_product(z, terms, m);
        found++;
    }
    finish(found ? 1 / (double)found : 0, terms, m);
    return tried == all ? found
                        : (size_t)((double)found / (double)tried * (double)all);
}

/* m = L L', in place, below the diagonal and on it; 1 where nothing was seen.
 * Golub and Van Loan, section 4.2. */
static void factor(double *m, size_t n)
{
    double ridge = 0;
    for (size_t i = 0; i < n; i++) ridge += RIDGE * m[i * n + i];
    const bool seen = ridge > 0 && isfinite(ridge);
    for (size_t i = 0; !seen && i < n * n; i++) m[i] = i % (n + 1) == 0;
    for (size_t i = 0; seen && i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = m[i * n + j] + (i == j ? ridge : 0);
            for (size_t k = 0; k < j; k++) sum -= m[i * n + k] * m[j * n + k];
            m[i * n + j] =
                i == j ? sqrt(fmax(sum, ridge / 2)) : sum / m[j * n + j];
        }
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
        cvl_window_moments(g, bias, x, mask, i, m, whitening->row);
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

/* What L' makes the row of. */
static void divide(const double *l, size_t n, double *row)
{
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++) row[i] -= l[k * n + i] * row[k];
        row[i] /= l[i * n + i];
    }
}

/* What L makes the row of. */
static void divide_gradient(const double *l, size_t n, double *row)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) row[i] -= l[i * n + k] * row[k];
        row[i] /= l[i * n + i];
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
    change(whitening, net, false, divide);
}

void cvl_whiten_grads(const cvl_whitening *whitening, cvl_net *net)
{
    change(whitening, net, true, divide_gradient);
}
