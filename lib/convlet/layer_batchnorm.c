/* layer_batchnorm.c - batch normalisation as a layer of a net. */
#include "convlet/layer.h"

#include <math.h>
#include <stdio.h>

#include "convlet/layer_words.h"
#include "convlet/number.h"
#include "kernel/norm.h"

/*
 *     y = weight (x - mean) / sqrt(var + eps) + bias
 *
 * of each channel, whose M numbers are those of all images and places. In
 * CVL_MODE_TRAIN mean and var are those of the batch (var divided by M), and
 * the running ones, what they were times 1 - momentum, plus momentum times
 * those of the batch (var divided by M - 1). In CVL_MODE_EVAL they are the
 * running ones, and constants. Source: Ioffe and Szegedy, "Batch normalization:
 * accelerating deep network training by reducing internal covariate shift",
 * ICML 2015; agrees with torch.nn.BatchNorm2d.
 *
 * The mean is taken off before anything is squared or scaled, in double: a
 * channel far from zero would lose its digits otherwise. Workers take whole
 * channels, so that each sum has one order.
 */
enum { WEIGHT, BIAS };              /* the order of the params */
enum { RUNNING_MEAN, RUNNING_VAR }; /* and of the buffers */

static const double MOMENTUM = 0.1, EPSILON = 1e-5;

typedef struct batchnorm_layer {
    double momentum, eps;
    cvl_exec exec;
} batchnorm_layer;

/* What a channel was scaled by. */
typedef struct channel_scale {
    double mean, inverse; /* 1 / sqrt(var + eps) */
} channel_scale;

static const batchnorm_layer *own_of(const cvl_layer *layer)
{
    return layer->own;
}

static cvl_status batchnorm_parse(cvl_layer *layer, char *const *words,
                                  size_t count, cvl_error *err)
{
    batchnorm_layer *const own = layer->own;
    own->momentum = MOMENTUM;
    own->eps = EPSILON;
    const cvl_layer_key keys[] = {
        {"momentum", "0.1", cvl_word_share, &own->momentum},
        {"eps", "1e-5", cvl_word_positive, &own->eps},
    };
    return cvl_layer_read_keys("batchnorm", keys, sizeof keys / sizeof *keys,
                               words, count, err);
}

static cvl_status batchnorm_setup(cvl_layer *layer, const cvl_tensor *input,
                                  const cvl_net_config *config, cvl_error *err)
{
    batchnorm_layer *const own = layer->own;
    const size_t channels = input->shape[1];
    char momentum[CVL_NUMBER_SIZE], eps[CVL_NUMBER_SIZE];
    (void)err;
    own->exec = config->exec;
    layer->output = *input;
    layer->keep_bytes = channels * sizeof(channel_scale);
    layer->param_count = layer->buffer_count = 2;
    for (size_t i = 0; i < 2; i++) {
        layer->param_ndim[i] = layer->buffer_ndim[i] = 1;
        layer->param_shape[i][0] = layer->buffer_shape[i][0] = channels;
    }
    cvl_number_format(own->momentum, momentum);
    cvl_number_format(own->eps, eps);
    snprintf(
        layer->text, sizeof layer->text, "batchnorm%s%s%s%s",
        own->momentum == MOMENTUM ? "" : " momentum=",
        own->momentum == MOMENTUM ? "" : momentum,
        own->eps == EPSILON ? "" : " eps=", own->eps == EPSILON ? "" : eps);
    return CVL_OK;
}

static cvl_status batchnorm_check_train(const cvl_layer *layer, cvl_error *err)
{
    const cvl_tensor *const y = &layer->output;
    if (y->count > y->shape[1]) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "it is to learn from one number of each channel, which "
                    "has no variance; take more images at a time, or put it "
                    "where there are more places than one");
}

static void batchnorm_init_params(cvl_layer *layer, cvl_init init,
                                  cvl_random *random)
{
    (void)init;
    (void)random;
    cvl_tensor_fill(&layer->params[WEIGHT].value, 1);
    cvl_tensor_fill(&layer->params[BIAS].value, 0);
    cvl_tensor_fill(&layer->buffers[RUNNING_MEAN].value, 0);
    cvl_tensor_fill(&layer->buffers[RUNNING_VAR].value, 1);
}

/* A pass over all channels. */
typedef struct pass {
    const cvl_layer *layer;
    const cvl_norm *norm;
    const cvl_tensor *x, *dy;
    cvl_tensor *dx;
    size_t area, bytes; /* of a plane */
    double count;       /* numbers of a channel */
} pass;

static pass pass_of(const cvl_layer *layer, const cvl_tensor *x)
{
    pass p = {.layer = layer, .norm = cvl_norm_of(x->dtype), .x = x};
    p.area = x->shape[2] * x->shape[3];
    p.bytes = p.area * cvl_dtype_size(x->dtype);
    p.count = (double)(p.area * x->shape[0]);
    return p;
}

/* Channel c of image n; NULL stays NULL. */
static void *plane(const pass *p, const cvl_tensor *tensor, size_t n, size_t c)
{
    if (!tensor) return NULL;
    return (unsigned char *)tensor->data +
           (n * tensor->shape[1] + c) * p->bytes;
}

static double mean_of(const pass *p, size_t c)
{
    double sum = 0;
    for (size_t n = 0; n < p->x->shape[0]; n++)
        sum += p->norm->sum(p->area, plane(p, p->x, n, c));
    return sum / p->count;
}

/* The mean of the squares of x - mean. */
static double var_of(const pass *p, size_t c, double mean)
{
    double sum = 0;
    for (size_t n = 0; n < p->x->shape[0]; n++)
        sum += p->norm->squares(p->area, plane(p, p->x, n, c), mean);
    return sum / p->count;
}

static double inverse_of(const cvl_layer *layer, double var)
{
    return 1 / sqrt(var + own_of(layer)->eps);
}

/* What running values make of a channel. */
static channel_scale running_scale(const cvl_layer *layer, size_t c)
{
    const cvl_tensor *const var = &layer->buffers[RUNNING_VAR].value;
    return (channel_scale){
        cvl_tensor_get(&layer->buffers[RUNNING_MEAN].value, c),
        inverse_of(layer, cvl_tensor_get(var, c))};
}

/* A running value takes a step toward what was seen. */
static void follow(const cvl_layer *layer, size_t buffer, size_t c, double seen)
{
    cvl_tensor *const running = &layer->buffers[buffer].value;
    const double momentum = own_of(layer)->momentum;
    cvl_tensor_set(running, c,
                   (1 - momentum) * cvl_tensor_get(running, c) +
                       momentum * seen);
}

/* What the batch makes of a channel, which the running values then follow. */
static channel_scale batch_scale(const pass *p, size_t c)
{
    const double mean = mean_of(p, c), var = var_of(p, c, mean);
    const double others = p->count > 1 ? p->count - 1 : 1;
    follow(p->layer, RUNNING_MEAN, c, mean);
    follow(p->layer, RUNNING_VAR, c, var * p->count / others);
    return (channel_scale){mean, inverse_of(p->layer, var)};
}

/* Task: one channel. */
static void forward_channel(void *context, size_t c, size_t worker)
{
    (void)worker;
    const pass *const p = context;
    const cvl_layer *const layer = p->layer;
    const channel_scale scale = layer->mode == CVL_MODE_TRAIN
                                    ? batch_scale(p, c)
                                    : running_scale(layer, c);
    const double weight = cvl_tensor_get(&layer->params[WEIGHT].value, c);
    const double bias = cvl_tensor_get(&layer->params[BIAS].value, c);
    if (layer->keep) ((channel_scale *)layer->keep)[c] = scale;
    for (size_t n = 0; n < p->x->shape[0]; n++)
        p->norm->forward(p->area, plane(p, p->x, n, c), scale.mean,
                         weight * scale.inverse, bias,
                         plane(p, &layer->output, n, c));
}

static void batchnorm_forward(cvl_layer *layer, const cvl_tensor *x, void *work)
{
    (void)work;
    pass p = pass_of(layer, x);
    cvl_exec_run(&own_of(layer)->exec, x->shape[1], 8 * (double)x->count,
                 forward_channel, &p);
}

static cvl_norm_sums back_sums(const pass *p, size_t c, double mean)
{
    cvl_norm_sums sums = {0};
    for (size_t n = 0; n < p->x->shape[0]; n++) {
        const cvl_norm_sums more = p->norm->back_sums(
            p->area, plane(p, p->x, n, c), plane(p, p->dy, n, c), mean);
        sums.dy += more.dy;
        sums.dy_x += more.dy_x;
    }
    return sums;
}

/*
 * Task: one channel. With z = (x - mean) / sqrt(var + eps), and means over the
 * channel, train's gradient is weight / sqrt(var + eps) times
 *
 *     dy - mean(dy) - z mean(dy z)
 *
 * as mean and var move with x; in eval they do not.
 */
static void backward_channel(void *context, size_t c, size_t worker)
{
    (void)worker;
    const pass *const p = context;
    const cvl_layer *const layer = p->layer;
    const channel_scale scale = ((const channel_scale *)layer->keep)[c];
    const size_t images = p->x->shape[0];
    const cvl_norm_sums sums = back_sums(p, c, scale.mean);
    cvl_tensor_set(&layer->params[WEIGHT].grad, c, sums.dy_x * scale.inverse);
    cvl_tensor_set(&layer->params[BIAS].grad, c, sums.dy);
    if (!p->dx) return;
    const double weight = cvl_tensor_get(&layer->params[WEIGHT].value, c);
    const double by = weight * scale.inverse;
    const bool moves = layer->mode == CVL_MODE_TRAIN;
    const double shift = moves ? by * sums.dy / p->count : 0;
    const double slope =
        moves ? by * scale.inverse * scale.inverse * sums.dy_x / p->count : 0;
    for (size_t n = 0; n < images; n++)
        p->norm->backward(p->area, plane(p, p->x, n, c), plane(p, p->dy, n, c),
                          scale.mean, by, slope, shift, plane(p, p->dx, n, c));
}

static void batchnorm_backward(cvl_layer *layer, const cvl_tensor *x,
                               const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    (void)work;
    pass p = pass_of(layer, x);
    p.dy = dy;
    p.dx = dx;
    cvl_exec_run(&own_of(layer)->exec, x->shape[1], 8 * (double)x->count,
                 backward_channel, &p);
}

/* A channel's terms on their way to the visitor. */
typedef struct walk {
    const cvl_terms *terms;
    cvl_term_visit *visit;
    void *context;
    ptrdiff_t c;
    channel_scale scale;
} walk;

static cvl_element param_element(const walk *w, size_t param)
{
    const ptrdiff_t at[4] = {w->c};
    return cvl_terms_element(w->terms, CVL_ARRAY_PARAM, param, at);
}

/* One term of up to two numbers and a factor, where `how` says what it is, and
 * how large the numbers are whose difference it is. */
static void add_rest(const walk *w, cvl_element left, cvl_element right,
                     double factor, double magnitude, const char *how)
{
    cvl_term term = {
        .left = left, .right = right, .factor = factor, .how = how};
    term.product = left.value * (right.array ? right.value : 1);
    term.magnitude = fabs(term.product) * magnitude;
    if (how) term.product *= factor;
    w->visit(w->context, &term);
}

static void add(const walk *w, cvl_element left, cvl_element right,
                double factor, const char *how)
{
    add_rest(w, left, right, factor, 0, how);
}

/* (x - mean) / sqrt(var + eps) */
static double normal(const walk *w, const ptrdiff_t at[4])
{
    const cvl_element x = cvl_terms_element(w->terms, CVL_ARRAY_X, 0, at);
    return (x.value - w->scale.mean) * w->scale.inverse;
}

/* What a running mean and variance make of an x, or of a dy. */
static void walk_constant(const walk *w, const cvl_element *number)
{
    static const cvl_element none;
    const bool forward = number->array == CVL_ARRAY_Y;
    const cvl_element weight = param_element(w, WEIGHT);
    add(w,
        cvl_terms_element(w->terms, forward ? CVL_ARRAY_X : CVL_ARRAY_DY, 0,
                          number->at),
        weight, w->scale.inverse, "1 / sqrt(var + eps)");
    if (!forward) return;
    add(w, weight, none, -w->scale.mean * w->scale.inverse,
        "-mean / sqrt(var + eps)");
    add(w, param_element(w, BIAS), none, 0, NULL);
}

/* How far rounding of the mean moves z, in roundings of one. */
static double blur(const walk *w)
{
    return fabs(w->scale.mean) * w->scale.inverse + 1;
}

/* What the dy at a place adds to the dx at `number`: the y there moves with
 * that x, where it is the same place, with the mean and with the variance. */
static void add_to_input(const walk *w, const cvl_element *number,
                         const ptrdiff_t at[4], bool same, double count)
{
    const double z = normal(w, at), own = normal(w, number->at);
    const double moved = fabs(z * own) + blur(w) * (fabs(z) + fabs(own));
    add_rest(w, cvl_terms_element(w->terms, CVL_ARRAY_DY, 0, at),
             param_element(w, WEIGHT),
             w->scale.inverse * (same - (1 + z * own) / count),
             w->scale.inverse * (same + (1 + moved) / count),
             "how that y moves with this x");
}

/* What a number of the channel, or its dy, adds where all of them count. */
static void add_of_batch(const walk *w, const cvl_element *number,
                         const ptrdiff_t at[4], double count)
{
    static const cvl_element none;
    const bool same = at[0] == number->at[0] && at[2] == number->at[2] &&
                      at[3] == number->at[3];
    const bool forward = number->array == CVL_ARRAY_Y;
    const cvl_element from = cvl_terms_element(
        w->terms, forward ? CVL_ARRAY_X : CVL_ARRAY_DY, 0, at);
    if (forward) {
        add(w, from, param_element(w, WEIGHT),
            (same - 1 / count) * w->scale.inverse,
            same ? "(1 - 1 / M) / sqrt(var + eps)"
                 : "-1 / M / sqrt(var + eps)");
    } else if (number->array == CVL_ARRAY_DX) {
        add_to_input(w, number, at, same, count);
    } else if (number->param == BIAS) {
        add(w, from, none, 0, NULL);
    } else {
        const double z = normal(w, at);
        add_rest(w, from, none, z, fabs(z) + blur(w),
                 "(x - mean) / sqrt(var + eps)");
    }
}

/* Every number of the channel has a part in the mean and the variance. */
static void walk_batch(const walk *w, const cvl_element *number)
{
    static const cvl_element none;
    const size_t *const shape = w->terms->x->shape;
    const double count = (double)(shape[0] * shape[2] * shape[3]);
    for (size_t n = 0; n < shape[0]; n++)
        for (size_t i = 0; i < shape[2] * shape[3]; i++) {
            const ptrdiff_t at[4] = {(ptrdiff_t)n, w->c,
                                     (ptrdiff_t)(i / shape[3]),
                                     (ptrdiff_t)(i % shape[3])};
            add_of_batch(w, number, at, count);
        }
    if (number->array == CVL_ARRAY_Y)
        add(w, param_element(w, BIAS), none, 0, NULL);
}

static void batchnorm_terms(const cvl_terms *terms, const cvl_element *number,
                            cvl_term_visit *visit, void *context)
{
    const cvl_layer *const layer = terms->layer;
    const bool is_grad = number->array == CVL_ARRAY_GRAD;
    walk w = {.terms = terms,
              .visit = visit,
              .context = context,
              .c = number->at[is_grad ? 0 : 1]};
    w.scale = layer->keep ? ((const channel_scale *)layer->keep)[w.c]
                          : running_scale(layer, (size_t)w.c);
    if (layer->mode == CVL_MODE_TRAIN || is_grad)
        walk_batch(&w, number);
    else
        walk_constant(&w, number);
}

/* The parts that dx has where all of the batch moves mean and var: see
 * backward_channel. */
static void show_parts(const pass *p, const cvl_element *number,
                       const channel_scale *scale, cvl_fact_visit *visit,
                       const cvl_terms *terms, void *context)
{
    const size_t c = (size_t)number->at[1];
    const cvl_norm_sums sums = back_sums(p, c, scale->mean);
    const double by =
        cvl_tensor_get(&p->layer->params[WEIGHT].value, c) * scale->inverse;
    const double x = cvl_terms_element(terms, CVL_ARRAY_X, 0, number->at).value;
    const double dy =
        cvl_terms_element(terms, CVL_ARRAY_DY, 0, number->at).value;
    visit(context, "dx by y at this place", by * dy);
    visit(context, "dx by the mean", -by * sums.dy / p->count);
    visit(context, "dx by the variance",
          -by * (x - scale->mean) * scale->inverse * scale->inverse *
              sums.dy_x / p->count);
}

static void batchnorm_facts(const cvl_terms *terms, const cvl_element *number,
                            cvl_fact_visit *visit, void *context)
{
    const cvl_layer *const layer = terms->layer;
    const bool trains = layer->mode == CVL_MODE_TRAIN;
    const size_t c =
        (size_t)number->at[number->array == CVL_ARRAY_GRAD ? 0 : 1];
    pass p = pass_of(layer, terms->x);
    channel_scale scale = running_scale(layer, c);
    double var = cvl_tensor_get(&layer->buffers[RUNNING_VAR].value, c);
    if (trains) {
        scale.mean = mean_of(&p, c);
        var = var_of(&p, c, scale.mean);
        scale.inverse = inverse_of(layer, var);
        visit(context, "M", p.count);
    }
    visit(context, trains ? "mean" : "running mean", scale.mean);
    visit(context, trains ? "var" : "running var", var);
    visit(context, "sqrt(var + eps)", 1 / scale.inverse);
    p.dy = terms->dy;
    if (trains && number->array == CVL_ARRAY_DX)
        show_parts(&p, number, &scale, visit, terms, context);
}

/* To train, all of the batch. */
static cvl_window batchnorm_window(const cvl_layer *layer, size_t axis)
{
    cvl_window window = cvl_window_of_point();
    const size_t others = layer->output.shape[2 + axis] - 1;
    if (layer->mode != CVL_MODE_TRAIN) return window;
    window.before = window.after = others;
    window.reach = 2 * others;
    return window;
}

static void batchnorm_graph(const cvl_layer *layer, cvl_graph *graph)
{
    cvl_graph_number(cvl_layer_operator(layer, graph, "BatchNormalization"),
                     "epsilon", own_of(layer)->eps);
}

const cvl_layer_kind cvl_layer_batchnorm = {
    .name = "batchnorm",
    .usage = "batchnorm [momentum=0.1] [eps=1e-5]: each channel to mean 0 and "
             "variance 1",
    .param_names = {[WEIGHT] = "weight", [BIAS] = "bias"},
    .buffer_names =
        {[RUNNING_MEAN] = "running_mean", [RUNNING_VAR] = "running_var"},
    .own_bytes = sizeof(batchnorm_layer),
    .parse = batchnorm_parse,
    .setup = batchnorm_setup,
    .check_train = batchnorm_check_train,
    .init_params = batchnorm_init_params,
    .forward = batchnorm_forward,
    .backward = batchnorm_backward,
    .terms = batchnorm_terms,
    .facts = batchnorm_facts,
    .window = batchnorm_window,
    .graph = batchnorm_graph,
};
