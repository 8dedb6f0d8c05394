/* test_explain_nets.c - numbers of random nets against plain definitions. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "explain/loss.h"
#include "explain/net.h"
#include "explain/sum.h"

enum { NETS = 100, LAYERS = 3, NUMBERS = 500, SIDE = 7 };

/* In the order in which nets take them, so that each is there. */
enum kind {
    CONV,
    RELU,
    MAXPOOL,
    BATCHNORM,
    TANH,
    AVGPOOL,
    LEAKY,
    SHUFFLE,
    SIGMOID,
    DENSE,
    KINDS
};

/* A layer by its definition. */
struct plain {
    enum kind kind;
    size_t in[4], out[4];
    size_t window[2], stride[2], padding[2], dilation[2], groups;
    bool counts; /* padding, in an average */
    bool trains;
    const cvl_terms *terms;
    cvl_layer_info info;
};

static size_t pick(cvl_random *random, size_t from, size_t to)
{
    return from + cvl_random_below(random, (uint32_t)(to - from + 1));
}

static double value_at(const cvl_tensor *tensor, const size_t at[4])
{
    size_t flat = 0;
    for (size_t i = 0; i < tensor->ndim; i++)
        flat = flat * tensor->shape[i] + at[i];
    return cvl_tensor_get(tensor, flat);
}

/* Place `flat` of a tensor of that shape. */
static void place_of(size_t flat, const size_t *shape, size_t ndim,
                     size_t at[4])
{
    memset(at, 0, 4 * sizeof *at);
    for (size_t i = ndim; i-- > 0; flat /= shape[i]) at[i] = flat % shape[i];
}

static size_t outputs_along(const struct plain *p, size_t axis, bool ceil)
{
    const size_t in = p->in[2 + axis], reach = p->window[axis];
    const size_t span = (reach - 1) * p->dilation[axis] + 1;
    const size_t room = in + 2 * p->padding[axis] - span;
    const size_t stride = p->stride[axis];
    size_t out = room / stride + 1;
    if (ceil && room % stride && out * stride < in + p->padding[axis]) out++;
    return out;
}

/* A window that fits, and the words for it. */
static void draw_window(struct plain *p, bool pools, cvl_random *random)
{
    for (size_t a = 0; a < 2; a++) {
        const size_t in = p->in[2 + a];
        p->window[a] = pick(random, 1, in < 3 ? in : 3);
        p->stride[a] = pick(random, 1, 3);
        p->padding[a] = pick(random, 0, pools ? p->window[a] / 2 : 1);
        p->dilation[a] = 1;
        const size_t twice = (p->window[a] - 1) * 2 + 1;
        if (!pools && twice <= in) p->dilation[a] = pick(random, 1, 2);
    }
}

static void write_windowed(struct plain *p, cvl_random *random, char spec[128])
{
    const bool pools = p->kind != CONV;
    const bool ceil = pools && pick(random, 0, 1);
    draw_window(p, pools, random);
    for (size_t a = 0; a < 2; a++) p->out[2 + a] = outputs_along(p, a, ceil);
    p->groups = pick(random, 0, 1) ? p->in[1] : 1;
    p->counts = pick(random, 0, 1);
    if (!pools) p->out[1] = p->groups * pick(random, 1, 2);
    char name[32];
    if (pools)
        snprintf(name, sizeof name, "%s",
                 p->kind == MAXPOOL ? "maxpool" : "avgpool");
    else
        snprintf(name, sizeof name, "conv %zu", p->out[1]);
    size_t used =
        (size_t)snprintf(spec, 128, "%s %zux%zu stride=%zux%zu padding=%zux%zu",
                         name, p->window[0], p->window[1], p->stride[0],
                         p->stride[1], p->padding[0], p->padding[1]);
    if (pools)
        snprintf(spec + used, 128 - used, " ceil=%s%s", ceil ? "yes" : "no",
                 p->kind == AVGPOOL && !p->counts ? " count-padding=no" : "");
    else
        snprintf(spec + used, 128 - used, " dilation=%zux%zu groups=%zu%s",
                 p->dilation[0], p->dilation[1], p->groups,
                 pick(random, 0, 2) ? "" : " bias=no");
}

/* A layer of that kind, or a relu where it does not fit. */
static void draw_layer(struct plain *p, enum kind kind, const size_t in[4],
                       cvl_random *random, char spec[128])
{
    static const char *const words[] = {[RELU] = "relu",
                                        [TANH] = "tanh",
                                        [LEAKY] = "leaky 0.3",
                                        [SIGMOID] = "sigmoid",
                                        [BATCHNORM] = "batchnorm"};
    *p = (struct plain){.kind = kind};
    memcpy(p->in, in, sizeof p->in);
    memcpy(p->out, in, sizeof p->out);
    if (kind == SHUFFLE && in[1] != 4) p->kind = RELU;
    if (kind == BATCHNORM && in[0] * in[2] * in[3] < 2) p->kind = RELU;
    switch (p->kind) {
    case CONV:
    case MAXPOOL:
    case AVGPOOL: write_windowed(p, random, spec); return;
    case DENSE:
        p->out[1] = pick(random, 1, 5);
        p->out[2] = p->out[3] = 1;
        snprintf(spec, 128, "dense %zu", p->out[1]);
        return;
    case SHUFFLE:
        p->out[1] = 1;
        p->out[2] *= 2;
        p->out[3] *= 2;
        snprintf(spec, 128, "shuffle 2");
        return;
    default: snprintf(spec, 128, "%s", words[p->kind]);
    }
}

/* Which tap of a window along an axis reads input `e` for output `o`; false
 * where none does. */
static bool tap_of(const struct plain *p, size_t axis, size_t o, size_t e,
                   size_t *tap)
{
    const size_t at = e + p->padding[axis], first = o * p->stride[axis];
    if (at < first || (at - first) % p->dilation[axis]) return false;
    *tap = (at - first) / p->dilation[axis];
    return *tap < p->window[axis];
}

/* Is x at e the first of the largest of the window of output o? */
static bool is_largest(const struct plain *p, const size_t o[4],
                       const size_t e[4])
{
    size_t at[4] = {e[0], e[1]}, best[2] = {0}, tap;
    double most = -INFINITY;
    for (at[2] = 0; at[2] < p->in[2]; at[2]++)
        for (at[3] = 0; at[3] < p->in[3]; at[3]++) {
            if (!tap_of(p, 0, o[2], at[2], &tap) ||
                !tap_of(p, 1, o[3], at[3], &tap) ||
                value_at(p->terms->x, at) <= most)
                continue;
            most = value_at(p->terms->x, at);
            memcpy(best, at + 2, sizeof best);
        }
    return best[0] == e[2] && best[1] == e[3];
}

/* What an average divides by. */
static double count_of(const struct plain *p, const size_t o[4])
{
    double count = 1;
    for (size_t a = 0; a < 2; a++) {
        const size_t from = p->counts ? 0 : p->padding[a];
        const size_t to =
            p->in[2 + a] + p->padding[a] + (p->counts ? p->padding[a] : 0);
        size_t along = 0;
        for (size_t t = 0; t < p->window[a]; t++) {
            const size_t at = o[2 + a] * p->stride[a] + t;
            along += at >= from && at < to;
        }
        count *= (double)along;
    }
    return count;
}

/* Mean and 1 / sqrt(var + eps) of a channel. */
static void measure(const struct plain *p, size_t c, double *mean,
                    double *inverse)
{
    const size_t count = p->in[0] * p->in[2] * p->in[3];
    const size_t list[4] = {c};
    double sum = 0, squares = 0, var;
    size_t at[4];
    const size_t plane[4] = {p->in[0], 1, p->in[2], p->in[3]};
    for (size_t i = 0; i < count; i++) {
        place_of(i, plane, 4, at);
        at[1] = c;
        sum += value_at(p->terms->x, at);
    }
    *mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        place_of(i, plane, 4, at);
        at[1] = c;
        squares += pow(value_at(p->terms->x, at) - *mean, 2);
    }
    var = squares / (double)count;
    if (!p->trains) {
        *mean = value_at(&p->info.buffers[0].value, list);
        var = value_at(&p->info.buffers[1].value, list);
    }
    *inverse = 1 / sqrt(var + 1e-5);
}

static double norm_partial(const struct plain *p, const size_t o[4],
                           const size_t e[4])
{
    const double count = (double)(p->in[0] * p->in[2] * p->in[3]);
    const double same = memcmp(o, e, 4 * sizeof *o) == 0;
    const size_t list[4] = {o[1]};
    double mean, inverse;
    if (o[1] != e[1]) return 0;
    measure(p, o[1], &mean, &inverse);
    const double by = value_at(p->terms->params[0], list) * inverse;
    const double a = (value_at(p->terms->x, o) - mean) * inverse;
    const double b = (value_at(p->terms->x, e) - mean) * inverse;
    return by * (p->trains ? same - (1 + a * b) / count : same);
}

static double conv_partial(const struct plain *p, const size_t o[4],
                           const size_t e[4])
{
    const size_t out = p->out[1] / p->groups, in = p->in[1] / p->groups;
    size_t at[4] = {o[1], e[1] % in};
    if (o[0] != e[0] || o[1] / out != e[1] / in ||
        !tap_of(p, 0, o[2], e[2], &at[2]) || !tap_of(p, 1, o[3], e[3], &at[3]))
        return 0;
    return value_at(p->terms->params[0], at);
}

/* How y at o moves with x at e. */
static double partial(const struct plain *p, const size_t o[4],
                      const size_t e[4])
{
    const bool same = memcmp(o, e, 4 * sizeof *o) == 0;
    const double x = value_at(p->terms->x, e);
    const bool plane = o[0] == e[0] && o[1] == e[1];
    size_t tap;
    switch (p->kind) {
    case CONV: return conv_partial(p, o, e);
    case DENSE: {
        const size_t at[4] = {o[1], e[1], e[2], e[3]};
        return o[0] == e[0] ? value_at(p->terms->params[0], at) : 0;
    }
    case RELU: return same && x > 0;
    case LEAKY: return same ? (x > 0 ? 1 : 0.3) : 0;
    case TANH: return same ? 1 - pow(tanh(x), 2) : 0;
    case SIGMOID: return same ? exp(-x) / pow(1 + exp(-x), 2) : 0;
    case SHUFFLE:
        return o[0] == e[0] && o[2] / 2 == e[2] && o[3] / 2 == e[3] &&
               o[2] % 2 * 2 + o[3] % 2 == e[1];
    case BATCHNORM: return norm_partial(p, o, e);
    default: break;
    }
    if (!plane || !tap_of(p, 0, o[2], e[2], &tap) ||
        !tap_of(p, 1, o[3], e[3], &tap))
        return 0;
    return p->kind == AVGPOOL ? 1 / count_of(p, o) : is_largest(p, o, e);
}

static double plain_output(const struct plain *p, const size_t o[4])
{
    const cvl_tensor *const x = p->terms->x;
    const size_t list[4] = {o[1]};
    double sum = 0, mean, inverse;
    size_t e[4];
    if (p->kind == TANH) return tanh(value_at(x, o));
    if (p->kind == SIGMOID) return 1 / (1 + exp(-value_at(x, o)));
    if (p->kind == BATCHNORM) {
        measure(p, o[1], &mean, &inverse);
        sum = value_at(p->terms->params[0], list) * (value_at(x, o) - mean) *
              inverse;
    }
    for (size_t i = 0; p->kind != BATCHNORM && i < x->count; i++) {
        place_of(i, p->in, 4, e);
        sum += partial(p, o, e) * value_at(x, e);
    }
    if (p->terms->params[1]) sum += value_at(p->terms->params[1], list);
    return sum;
}

/* How y at o moves with the weight at w. */
static double by_weight(const struct plain *p, const size_t o[4],
                        const size_t w[4])
{
    const cvl_tensor *const x = p->terms->x;
    double mean, inverse;
    if (p->kind == BATCHNORM) {
        measure(p, w[0], &mean, &inverse);
        return o[1] == w[0] ? (value_at(x, o) - mean) * inverse : 0;
    }
    if (o[1] != w[0]) return 0;
    if (p->kind == DENSE) {
        const size_t at[4] = {o[0], w[1], w[2], w[3]};
        return value_at(x, at);
    }
    const size_t in = p->in[1] / p->groups, out = p->out[1] / p->groups;
    size_t at[4] = {o[0], o[1] / out * in + w[1]};
    for (size_t a = 0; a < 2; a++) {
        const size_t read = o[2 + a] * p->stride[a] + w[2 + a] * p->dilation[a];
        if (read < p->padding[a] || read - p->padding[a] >= p->in[2 + a])
            return 0;
        at[2 + a] = read - p->padding[a];
    }
    return value_at(x, at);
}

/* The number by its definition; `magnitude` is what rounding goes by. */
static double plain_number(const struct plain *p, const cvl_element *number,
                           double *magnitude)
{
    const cvl_tensor *const dy = p->terms->dy;
    size_t at[4], o[4];
    double sum = 0;
    for (size_t i = 0; i < 4; i++) at[i] = (size_t)number->at[i];
    *magnitude = 0;
    if (number->array == CVL_ARRAY_Y) return plain_output(p, at);
    for (size_t i = 0; i < dy->count; i++) {
        place_of(i, p->out, 4, o);
        const double by = number->array == CVL_ARRAY_DX ? partial(p, o, at)
                          : number->param               ? o[1] == at[0]
                                                        : by_weight(p, o, at);
        sum += by * value_at(dy, o);
        *magnitude += fabs(by * value_at(dy, o));
    }
    return sum;
}

struct made {
    struct config config;
    struct net_arrays arrays;
    struct plain layers[LAYERS];
    char spec[512];
};

static void fill(cvl_tensor *tensor, bool whole, cvl_random *random)
{
    cvl_random_fill_normal(random, tensor, 0, 1);
    for (size_t i = 0; whole && i < tensor->count; i++)
        cvl_tensor_set(tensor, i, round(cvl_tensor_get(tensor, i)));
}

/* Net number `i`: odd sizes, some of 1x1, some of whole numbers with ties. */
static void make(struct made *m, size_t i, cvl_random *random)
{
    const bool whole = i % 3 == 0, one = i % 7 == 0;
    size_t shape[4] = {pick(random, 1, 3), i % 2 ? 4 : pick(random, 1, 4),
                       one ? 1 : pick(random, 1, SIDE),
                       one ? 1 : pick(random, 1, SIDE)};
    cvl_net_config *const config = &m->arrays.config;
    size_t used = 0;
    *m = (struct made){.config.explain.digits = 6};
    memcpy(config->input_shape, shape, sizeof shape);
    for (size_t l = 0; l < LAYERS; l++) {
        char spec[128];
        draw_layer(&m->layers[l], (enum kind)((i + l) % KINDS), shape, random,
                   spec);
        m->layers[l].trains = i % 4 != 3;
        memcpy(shape, m->layers[l].out, sizeof shape);
        used += (size_t)snprintf(m->spec + used, sizeof m->spec - used, "%s%s",
                                 l ? ", " : "", spec);
    }
    config->spec = m->spec;
    config->dtype = i % 2 ? CVL_F64 : CVL_F32;
    config->exec = cvl_exec_default();
    cvl_error err;
    cvl_net *const net = &m->arrays.net;
    expect_ok(cvl_net_build(net, config, &err), err);
    cvl_net_set_mode(net, m->layers[0].trains ? CVL_MODE_TRAIN : CVL_MODE_EVAL);
    for (size_t k = 0; k < net->param_count; k++)
        fill(&net->params[k].value, whole, random);
    for (size_t k = 0; k < net->buffer_count; k++)
        cvl_tensor_fill(&net->buffers[k].value, k % 2 ? 1.7 : -0.2);
    expect_ok(cvl_tensor_init_like(&m->arrays.x, &net->input, &err), err);
    fill(&m->arrays.x, whole, random);
}

/* Compares with labels where the output is a row, else with an array. */
static void run(struct made *m, size_t i, cvl_random *random)
{
    static const char *const losses[] = {"mse", "l1", "huber:0.7",
                                         "charbonnier:0.1"};
    struct net_arrays *const a = &m->arrays;
    const size_t *const shape = a->net.output.shape;
    const bool row = shape[2] == 1 && shape[3] == 1 && i % 5;
    const size_t list[4] = {shape[0], 1, 1, 1};
    cvl_error err;
    m->config.training.loss = row ? "cross-entropy" : losses[i % 4];
    expect_ok(cvl_loss_parse(m->config.training.loss, &a->loss, &err), err);
    a->loss.reduction = i % 2 ? CVL_REDUCTION_MEAN : CVL_REDUCTION_SUM;
    if (row) a->loss.smoothing = m->config.training.label_smoothing = 0.2;
    expect_ok(cvl_tensor_init(&a->target, a->config.dtype, 4,
                              row ? list : shape, &err),
              err);
    fill(&a->target, false, random);
    for (size_t k = 0; row && k < a->target.count; k++)
        cvl_tensor_set(&a->target, k,
                       cvl_random_below(random, (uint32_t)shape[1]));
    expect_ok(net_arrays_run(a,
                             (struct net_ways){.backward = true,
                                               .compares = true,
                                               .keeps = true},
                             &err),
              err);
}

static size_t seen[KINDS][CVL_ARRAY_GRAD + 1][2];

/* A number of the layer: it is computed, the sum of its terms, and what its
 * definition says. */
static void expect_number(const struct made *m, size_t l, cvl_array array,
                          size_t param, cvl_random *random)
{
    struct config config = m->config;
    struct explain_layer layer;
    struct plain p = m->layers[l];
    struct sum sum;
    cvl_error err;
    config.explain.of_layer = (struct index){.count = 1, .at = {0, 0, 0, l}};
    expect_ok(explain_net_layer(&config, &m->arrays, &layer, &err), err);
    cvl_net_layer_info(&m->arrays.net, l, &p.info);
    p.terms = &layer.terms;
    const cvl_tensor *const tensor = explain_result(&layer, array, param);
    if (!tensor) return;
    cvl_element number = {.array = array, .param = param, .ndim = tensor->ndim};
    size_t at[4];
    place_of(pick(random, 0, tensor->count - 1), tensor->shape, tensor->ndim,
             at);
    for (size_t i = 0; i < 4; i++) number.at[i] = (ptrdiff_t)at[i];
    number.value = value_at(tensor, at);
    expect_ok(sum_terms(&layer.terms, &number, layer.dtype, 0, 0, &sum, &err),
              err);
    double magnitude, listed = sum.bias;
    const double plain = plain_number(&p, &number, &magnitude);
    for (size_t i = 0; i < sum.listed; i++) listed += sum.terms[i].term.product;
    const double allowed = 4 * sum.allowed + 1e-13 * magnitude + 1e-300;
    char place[ELEMENT_SIZE];
    ck_assert_msg(sum.matches, "%s layer %zu %s", m->spec, l,
                  element_text(&number, place));
    ck_assert_msg(fabs(plain - number.value) <= allowed,
                  "%s layer %zu %s: %.17g, expected %.17g", m->spec, l,
                  element_text(&number, place), number.value, plain);
    ck_assert(fabs(listed - sum.total) <= allowed);
    seen[p.kind][array][param]++;
    sum_free(&sum);
}

/* A loss by its definition, and what one sample adds. */
static double plain_loss(const struct made *m, size_t n, const char *name)
{
    const cvl_tensor *const y = &m->arrays.net.output;
    const cvl_tensor *const t = &m->arrays.target;
    const size_t count = y->count / y->shape[0];
    double sum = 0, most = -INFINITY, exps = 0;
    for (size_t i = n * count; i < (n + 1) * count; i++)
        most = fmax(most, cvl_tensor_get(y, i));
    for (size_t i = n * count; i < (n + 1) * count; i++)
        exps += exp(cvl_tensor_get(y, i) - most);
    for (size_t i = 0; i < count; i++) {
        const double own = cvl_tensor_get(y, n * count + i);
        if (strcmp(name, "cross-entropy") == 0) {
            const double q = 0.2 / (double)count +
                             (cvl_tensor_get(t, n) == (double)i ? 0.8 : 0);
            sum -= q * (own - most - log(exps));
            continue;
        }
        const double e = own - cvl_tensor_get(t, n * count + i);
        sum += strcmp(name, "mse") == 0  ? e * e
               : strcmp(name, "l1") == 0 ? fabs(e)
               : name[0] == 'h'
                   ? (fabs(e) > 0.7 ? 0.7 * (fabs(e) - 0.35) : e * e / 2)
                   : sqrt(e * e + 0.01);
    }
    return sum;
}

static void expect_loss(struct made *m, size_t i, cvl_random *random)
{
    const struct net_arrays *const a = &m->arrays;
    const size_t n = pick(random, 0, a->net.output.shape[0] - 1);
    const double epsilon = a->config.dtype == CVL_F32 ? 1e-6 : 1e-13;
    struct explain_loss loss = {0};
    double total = 0;
    cvl_error err;
    m->config.explain.of_loss = (struct index){.count = 1, .at = {0, 0, 0, n}};
    expect_ok(explain_loss_make(&m->config, a, &loss, &err), err);
    ck_assert_msg(loss.matches, "%s: %zu", m->spec, i);
    for (size_t k = 0; k < loss.samples; k++)
        total += plain_loss(m, k, m->config.training.loss);
    const double own = plain_loss(m, n, m->config.training.loss);
    ck_assert(fabs(loss.all.part - own) <= epsilon * own);
    ck_assert(fabs(loss.parts[n] - own) <= epsilon * own);
    ck_assert_uint_eq(loss.listed, loss.count);
    const double divisor = i % 2 ? (double)a->target.count : 1;
    ck_assert(fabs(a->value - total / divisor) <= epsilon * total / divisor);
    explain_loss_free(&loss);
}

START_TEST(every_number_of_random_nets_is_what_its_definition_says)
{
    static const struct {
        cvl_array array;
        size_t param;
    } asked[] = {{CVL_ARRAY_Y, 0},
                 {CVL_ARRAY_DX, 0},
                 {CVL_ARRAY_GRAD, 0},
                 {CVL_ARRAY_GRAD, 1}};
    static struct made made;
    cvl_random random;
    size_t numbers = 0;
    cvl_random_seed(&random, 18);
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < NETS; i++) {
        make(&made, i, &random);
        run(&made, i, &random);
        for (size_t l = 0; l < LAYERS; l++)
            for (size_t k = 0; k < 4; k++)
                expect_number(&made, l, asked[k].array, asked[k].param,
                              &random);
        expect_loss(&made, i, &random);
        net_arrays_free(&made.arrays);
    }
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t k = 0; k < 4; k++) {
            const size_t count = seen[kind][asked[k].array][asked[k].param];
            const bool has_params =
                kind == CONV || kind == DENSE || kind == BATCHNORM;
            ck_assert_msg(count || (k > 1 && !has_params), "kind %zu: %zu",
                          kind, k);
            numbers += count;
        }
    ck_assert_uint_ge(numbers, NUMBERS);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        every_number_of_random_nets_is_what_its_definition_says, NULL};
    return run_tests("explain_nets", tests);
}
