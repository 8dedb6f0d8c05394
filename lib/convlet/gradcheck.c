/* gradcheck.c - see gradcheck.h for the contract. */
#include "convlet/gradcheck.h"

#include <float.h>
#include <math.h>

#include "convlet/layer.h"
#include "convlet/memory.h"

/* What every quotient needs: the point, and room to move it in. */
typedef struct checker {
    const cvl_conv2d *conv;
    const cvl_tensor *dy;
    cvl_tensor x, w, b; /* copies; b.data is NULL without a bias */
    cvl_tensor y;
    void *work;
    double scale; /* sum |y * dy| */
} checker;

static void checker_forward(checker *c, bool with_bias)
{
    cvl_conv2d_forward(c->conv, &c->x, &c->w,
                       with_bias && c->b.data ? &c->b : NULL, &c->y, c->work);
}

/* L = sum(y * dy) at the current point. */
static double checker_loss(checker *c)
{
    checker_forward(c, true);
    double sum = 0.0;
    for (size_t i = 0; i < c->y.count; i++)
        sum += cvl_tensor_get(&c->y, i) * cvl_tensor_get(c->dy, i);
    return sum;
}

static cvl_status checker_init(checker *c, const cvl_conv2d *conv,
                               const cvl_tensor *x, const cvl_tensor *w,
                               const cvl_tensor *b, const cvl_tensor *dy,
                               cvl_error *err)
{
    *c = (checker){.conv = conv, .dy = dy};
    cvl_status status = cvl_tensor_clone(&c->x, x, err);
    if (!status) status = cvl_tensor_clone(&c->w, w, err);
    if (!status && b) status = cvl_tensor_clone(&c->b, b, err);
    if (!status) status = cvl_tensor_clone(&c->y, dy, err);
    if (!status)
        status =
            cvl_alloc(&c->work, cvl_conv2d_work_bytes(conv), "scratch", err);
    if (status) return status;
    checker_forward(c, true);
    for (size_t i = 0; i < c->y.count; i++)
        c->scale += fabs(cvl_tensor_get(&c->y, i) * cvl_tensor_get(dy, i));
    if (c->scale == 0) c->scale = 1;
    return CVL_OK;
}

static void checker_free(checker *c)
{
    cvl_tensor_free(&c->x);
    cvl_tensor_free(&c->w);
    cvl_tensor_free(&c->b);
    cvl_tensor_free(&c->y);
    cvl_free(c->work);
}

/* The central quotient for one element of `point`, one of c's own copies. */
static double quotient(checker *c, cvl_tensor *point, size_t index)
{
    const double value = cvl_tensor_get(point, index);
    cvl_tensor_set(point, index, value + 1);
    const double up = checker_loss(c), above = cvl_tensor_get(point, index);
    cvl_tensor_set(point, index, value - 1);
    const double down = checker_loss(c), below = cvl_tensor_get(point, index);
    cvl_tensor_set(point, index, value);
    return (up - down) / (above - below);
}

/* Which of `count` elements is number s of `samples`, spread evenly. */
static size_t spread(size_t s, size_t samples, size_t count)
{
    return (size_t)((double)s * (double)count / (double)samples);
}

static double largest_of(const cvl_tensor *tensor)
{
    double largest = 0.0;
    for (size_t i = 0; i < tensor->count; i++)
        largest = fmax(largest, fabs(cvl_tensor_get(tensor, i)));
    return largest;
}

/* Moves `samples` elements of `point` and compares with its gradient. */
static cvl_gradcheck_row check_tensor(checker *c, const char *name,
                                      cvl_tensor *point,
                                      const cvl_tensor *gradient,
                                      size_t samples)
{
    const size_t count = point->count;
    if (!samples || samples > count) samples = count;
    cvl_gradcheck_row row = {.name = name,
                             .checked = samples,
                             .error = -1,
                             .largest = largest_of(gradient)};
    for (size_t s = 0; s < samples; s++) {
        const size_t index = spread(s, samples, count);
        const double analytic = cvl_tensor_get(gradient, index);
        const double numeric = quotient(c, point, index);
        const double error = fabs(analytic - numeric) / c->scale;
        if (!isnan(error) && !(error > row.error)) continue; /* NaN stays */
        row.error = error;
        row.worst_index = index;
        row.analytic = analytic;
        row.numeric = numeric;
    }
    return row;
}

static double product(const cvl_tensor *a, const cvl_tensor *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < a->count; i++)
        sum += cvl_tensor_get(a, i) * cvl_tensor_get(b, i);
    return sum;
}

/* <y,dy> = <x,dx> = <w,dw> for y without its bias. */
static void check_adjoints(checker *c, const cvl_tensor *dx,
                           const cvl_tensor *dw, cvl_gradcheck *result)
{
    checker_forward(c, false);
    result->output_product = product(&c->y, c->dy);
    result->input_product = product(&c->x, dx);
    result->weight_product = product(&c->w, dw);
    const double by_input =
        fabs(result->output_product - result->input_product);
    const double by_weight =
        fabs(result->output_product - result->weight_product);
    /* Not fmax, which would drop a NaN. */
    result->adjoint_error =
        (by_input > by_weight ? by_input : by_weight) / c->scale;
    if (isnan(by_input)) result->adjoint_error = by_input;
}

static cvl_status check_shapes(const cvl_conv2d *conv, const cvl_tensor *x,
                               const cvl_tensor *w, const cvl_tensor *b,
                               const cvl_tensor *dy, cvl_error *err)
{
    const cvl_conv2d_geometry *const g = &conv->geometry;
    size_t shape[4];
    cvl_conv2d_input_shape(g, shape);
    cvl_status status =
        cvl_tensor_check("input", x, conv->dtype, 4, shape, err);
    cvl_conv2d_weight_shape(g, shape);
    if (!status)
        status = cvl_tensor_check("weight", w, conv->dtype, 4, shape, err);
    cvl_conv2d_output_shape(g, shape);
    if (!status)
        status =
            cvl_tensor_check("output gradient", dy, conv->dtype, 4, shape, err);
    if (!status && b)
        status =
            cvl_tensor_check("bias", b, conv->dtype, 1, &g->out_channels, err);
    return status;
}

cvl_status cvl_gradcheck_conv2d(const cvl_conv2d *conv, const cvl_tensor *x,
                                const cvl_tensor *w, const cvl_tensor *b,
                                const cvl_tensor *dy, size_t samples,
                                cvl_gradcheck *result, cvl_error *err)
{
    checker c = {0};
    cvl_tensor dx = {0}, dw = {0}, db = {0};
    cvl_status status = check_shapes(conv, x, w, b, dy, err);
    if (!status) status = checker_init(&c, conv, x, w, b, dy, err);
    if (!status) status = cvl_tensor_clone(&dx, x, err);
    if (!status) status = cvl_tensor_clone(&dw, w, err);
    if (!status && b) status = cvl_tensor_clone(&db, b, err);
    if (status) goto done;

    cvl_conv2d_grad_weight(conv, x, dy, &dw, b ? &db : NULL, c.work);
    cvl_conv2d_grad_input(conv, w, dy, &dx, c.work);
    *result = (cvl_gradcheck){0};
    size_t rows = 0;
    result->rows[rows++] = check_tensor(&c, "weight", &c.w, &dw, samples);
    if (b) result->rows[rows++] = check_tensor(&c, "bias", &c.b, &db, samples);
    result->rows[rows++] = check_tensor(&c, "input", &c.x, &dx, samples);
    result->row_count = rows;
    check_adjoints(&c, &dx, &dw, result);
done:
    checker_free(&c);
    cvl_tensor_free(&dx);
    cvl_tensor_free(&dw);
    cvl_tensor_free(&db);
    return status;
}

/* L = sum((y - t)^2), where the checker's dy is t. */
static double squared_error(checker *c)
{
    checker_forward(c, true);
    double sum = 0.0;
    for (size_t i = 0; i < c->y.count; i++) {
        const double error =
            cvl_tensor_get(&c->y, i) - cvl_tensor_get(c->dy, i);
        sum += error * error;
    }
    return sum;
}

/* L where element `index` of the weight is `value`. */
static double error_at(checker *c, size_t index, double value)
{
    const double own = cvl_tensor_get(&c->w, index);
    cvl_tensor_set(&c->w, index, value);
    const double sum = squared_error(c);
    cvl_tensor_set(&c->w, index, own);
    return sum;
}

/* Both quotients of a step, for every sample; `largest` is the gradient's. */
static void measure_step(checker *c, const cvl_tensor *dw, size_t samples,
                         double largest, cvl_gradcheck_step *step)
{
    const double here = squared_error(c), h = step->h;
    step->one_sided = step->central = 0.0;
    for (size_t s = 0; s < samples; s++) {
        const size_t index = spread(s, samples, dw->count);
        const double w = cvl_tensor_get(&c->w, index);
        const double g = cvl_tensor_get(dw, index);
        const double above = error_at(c, index, w + h);
        const double below = error_at(c, index, w - h);
        const double one_sided = fabs((above - here) / h - g) / largest;
        const double central = fabs((above - below) / (2 * h) - g) / largest;
        step->one_sided = fmax(step->one_sided, one_sided);
        step->central = fmax(step->central, central);
    }
}

cvl_status cvl_gradcheck_sweep(const cvl_conv2d *conv, const cvl_tensor *x,
                               const cvl_tensor *w, const cvl_tensor *b,
                               const cvl_tensor *t, size_t samples,
                               cvl_gradcheck_step *steps, size_t count,
                               cvl_error *err)
{
    checker c = {0};
    cvl_tensor dy = {0}, dw = {0};
    cvl_status status = check_shapes(conv, x, w, b, t, err);
    if (!status) status = checker_init(&c, conv, x, w, b, t, err);
    if (!status) status = cvl_tensor_clone(&dy, t, err);
    if (!status) status = cvl_tensor_clone(&dw, w, err);
    if (status) goto done;

    checker_forward(&c, true);
    for (size_t i = 0; i < dy.count; i++)
        cvl_tensor_set(&dy, i,
                       2 * (cvl_tensor_get(&c.y, i) - cvl_tensor_get(t, i)));
    cvl_conv2d_grad_weight(conv, x, &dy, &dw, NULL, c.work);
    if (!samples || samples > dw.count) samples = dw.count;
    for (size_t i = 0; i < count; i++)
        measure_step(&c, &dw, samples, largest_of(&dw), &steps[i]);
done:
    checker_free(&c);
    cvl_tensor_free(&dy);
    cvl_tensor_free(&dw);
    return status;
}

/* A net's quotients: its twin in float64, and what is moved in it. */
typedef struct net_checker {
    const cvl_gradcheck_task *task;
    cvl_net twin;
    cvl_tensor x, t;  /* of the twin */
    double factor;    /* the gradients are those of so many times the loss */
    double here;      /* that, at the point */
    double noise;     /* of a difference of two such, at most */
    double rounding;  /* of a gradient */
    double usual;     /* tolerance, relative to the largest of a tensor, */
    double tolerance; /* and the one that was asked for */
} net_checker;

/* An element of the twin, and the first layer that reads it. */
typedef struct place {
    cvl_tensor *tensor;
    size_t layer, index;
} place;

/* Steps are 2^-13, and 16 and 256 times less, of 1 or what is moved. */
enum { FIRST_STEP = -13, STEP_RATIO = -4, STEP_COUNT = 3 };

/* How often a sum rounds, at most, in terms of its last digit. */
enum { LOSS_ROUNDS = 256, GRADIENT_ROUNDS = 128 };

/* The part of an error that a bend leaves in the differences, at least. */
static const double BEND = 0.25;

static cvl_status to_double(cvl_tensor *copy, const cvl_tensor *tensor,
                            cvl_error *err)
{
    const cvl_status status =
        cvl_tensor_init(copy, CVL_F64, tensor->ndim, tensor->shape, err);
    if (!status) cvl_tensor_copy(copy, tensor);
    return status;
}

/* What the gradients are those of, once layers from `first` on are computed
 * again. */
static double objective(net_checker *c, size_t first)
{
    cvl_net *const twin = &c->twin;
    const cvl_tensor *x = first ? &twin->layers[first - 1].output : &c->x;
    double loss = NAN;
    for (size_t i = first; i < twin->layer_count; i++) {
        cvl_layer *const layer = &twin->layers[i];
        layer->kind->forward(layer, x, twin->work);
        x = &layer->output;
    }
    /* No shape is wrong, or the first one would have been. */
    (void)cvl_loss_compute(c->task->loss, x, &c->t, NULL, c->t.count, NULL,
                           NULL, &loss, NULL);
    return loss * c->factor;
}

static double objective_at(net_checker *c, const place *at, double value)
{
    const double own = cvl_tensor_get(at->tensor, at->index);
    cvl_tensor_set(at->tensor, at->index, value);
    const double there = objective(c, at->layer);
    cvl_tensor_set(at->tensor, at->index, own);
    return there;
}

/* The quotient of a step, and how far the slopes on its two sides differ. */
typedef struct difference {
    double central, second;
} difference;

static difference difference_of(net_checker *c, const place *at, double h)
{
    const double own = cvl_tensor_get(at->tensor, at->index);
    const double above = objective_at(c, at, own + h);
    const double below = objective_at(c, at, own - h);
    return (difference){(above - below) / (2 * h),
                        (above - 2 * c->here + below) / h};
}

/* An element's quotient, and what it says of the gradient. */
typedef struct finding {
    double numeric;
    double error; /* relative; 0 to c->tolerance is right, NaN is wrong */
    bool bent;    /* it may be wrong because the loss bends */
} finding;

/* What an element is compared with, and how. */
typedef struct expectation {
    double analytic; /* its gradient */
    double largest;  /* of the tensor's gradients */
} expectation;

static double relative(const net_checker *c, const expectation *e,
                       double numeric, double noise)
{
    const double unit = fmax(e->largest, (noise + c->rounding) / c->usual);
    return fabs(e->analytic - numeric) / unit;
}

static finding try_step(net_checker *c, const place *at, const expectation *e,
                        double h)
{
    const double noise = c->noise / h;
    const difference half = difference_of(c, at, h / 2);
    const double error = relative(c, e, half.central, noise);
    if (error <= c->tolerance) return (finding){half.central, error, false};
    const difference whole = difference_of(c, at, h);
    const double numeric = (4 * half.central - whole.central) / 3;
    const double bend = fmax(fabs(whole.second - 2 * half.second),
                             fabs(whole.central - half.central));
    return (finding){.numeric = numeric,
                     .error = relative(c, e, numeric, noise),
                     .bent = bend > noise &&
                             bend > BEND * fabs(e->analytic - numeric)};
}

/* With ever smaller steps, until it agrees or no bend is crossed. */
static finding find(net_checker *c, const place *at, const expectation *e)
{
    const double own = fabs(cvl_tensor_get(at->tensor, at->index));
    int exponent = FIRST_STEP;
    finding found = {0};
    if (own > 1) exponent += ilogb(own);
    for (int i = 0; i < STEP_COUNT; i++, exponent += STEP_RATIO) {
        found = try_step(c, at, e, ldexp(1.0, exponent));
        if (found.error <= c->tolerance) found.bent = false;
        if (!found.bent) break;
    }
    return found;
}

/* Moves elements of the twin's tensor and compares with a gradient. */
static cvl_gradcheck_row check_place(net_checker *c, const char *name, place at,
                                     const cvl_tensor *gradient)
{
    const size_t count = at.tensor->count;
    size_t samples = c->task->samples;
    if (!samples || samples > count) samples = count;
    cvl_gradcheck_row row = {.name = name,
                             .checked = samples,
                             .error = -1,
                             .largest = largest_of(gradient)};
    c->here = objective(c, 0);
    for (size_t s = 0; s < samples; s++) {
        at.index = spread(s, samples, count);
        const expectation expected = {cvl_tensor_get(gradient, at.index),
                                      row.largest};
        const finding found = find(c, &at, &expected);
        row.skipped += found.bent;
        if (found.bent || isnan(row.error) || found.error <= row.error)
            continue;
        row.error = found.error; /* NaN stays */
        row.worst_index = at.index;
        row.analytic = expected.analytic;
        row.numeric = found.numeric;
    }
    return row;
}

/* The gradients of the net itself, into its params, its layers and dx. */
static cvl_status compute_gradients(const cvl_gradcheck_task *task,
                                    cvl_tensor *dy, cvl_tensor *dx,
                                    cvl_error *err)
{
    cvl_net *const net = task->net;
    double loss;
    cvl_status status =
        cvl_tensor_check_like("input", task->x, &net->input, err);
    if (!status) status = cvl_tensor_init_like(dy, &net->output, err);
    if (!status) status = cvl_tensor_init_like(dx, task->x, err);
    if (status) return status;
    cvl_net_forward(net, task->x);
    status = cvl_loss_compute(task->loss, &net->output, task->t, NULL,
                              task->t->count, NULL, dy, &loss, err);
    if (!status) cvl_net_backward(net, task->x, dy, dx);
    return status;
}

static cvl_status make_twin(net_checker *c, cvl_error *err)
{
    const cvl_net *const net = c->task->net;
    cvl_net_config config = *c->task->config;
    config.dtype = CVL_F64;
    cvl_status status = cvl_net_build(&c->twin, &config, err);
    if (!status) status = to_double(&c->x, c->task->x, err);
    if (!status) status = to_double(&c->t, c->task->t, err);
    if (status) return status;
    for (size_t i = 0; i < net->param_count; i++)
        cvl_tensor_copy(&c->twin.params[i].value, &net->params[i].value);
    for (size_t i = 0; i < net->buffer_count; i++)
        cvl_tensor_copy(&c->twin.buffers[i].value, &net->buffers[i].value);
    cvl_net_set_mode(&c->twin, net->mode);
    return CVL_OK;
}

/* The notebooks print a loss whose slope is some times the gradient that they
 * take; of every other reduction the gradient is that of the loss, and a factor
 * that was worked out would hide that it is not. */
static double gradient_factor(const net_checker *c)
{
    const cvl_tensor *const y = &c->twin.output;
    const cvl_reduction reduction = c->task->loss->reduction;
    if (reduction != CVL_REDUCTION_NOTEBOOK) return 1;
    return cvl_loss_divisor(y, c->t.count, reduction) *
           cvl_loss_scale(y, c->t.count, reduction);
}

/* How much rounds, by the size of what is added up. */
static void measure_rounding(net_checker *c, const cvl_tensor *dy,
                             const cvl_tensor *dx)
{
    const cvl_net *const net = c->task->net;
    const cvl_tensor *const y = &c->twin.output;
    const bool is_single = net->input.dtype == CVL_F32;
    c->factor = gradient_factor(c);
    double sum = fabs(objective(c, 0)), largest = largest_of(dx);
    for (size_t i = 0; i < y->count; i++)
        sum += fabs(cvl_tensor_get(y, i) * cvl_tensor_get(dy, i));
    for (size_t i = 0; i < net->param_count; i++)
        largest = fmax(largest, largest_of(&net->params[i].grad));
    c->noise = LOSS_ROUNDS * DBL_EPSILON * sum;
    c->rounding = GRADIENT_ROUNDS *
                  (is_single ? (double)FLT_EPSILON : DBL_EPSILON) * largest;
    c->usual = is_single ? 1e-4 : 1e-6;
    c->tolerance = c->task->tolerance > 0 ? c->task->tolerance : c->usual;
}

static bool is_wrong(const net_checker *c, const cvl_gradcheck_row *row)
{
    return !(row->error <= c->tolerance);
}

/* Goes back through the layers to the first that hands down, or computes for
 * its params, what is wrong: whatever comes after it must be wrong too. */
static void locate(net_checker *c, cvl_net_gradcheck *result)
{
    const cvl_net *const net = c->task->net;
    const cvl_gradcheck_row *row = &result->rows[result->row_count - 1];
    for (size_t i = net->layer_count; i-- > 0;) {
        result->wrong_layer = i;
        for (size_t k = net->layers[i].param_count; k-- > 0;)
            if (is_wrong(c, --row)) {
                result->wrong = row->name;
                return;
            }
        if (i == 0) break;
        const cvl_gradcheck_row input = check_place(
            c, "", (place){.tensor = &c->twin.layers[i - 1].output, .layer = i},
            &net->layers[i - 1].grad);
        if (is_wrong(c, &input)) break;
    }
    result->wrong = "its input";
}

static void check_rows(net_checker *c, const cvl_tensor *dx,
                       cvl_net_gradcheck *result)
{
    const cvl_net *const net = c->task->net;
    *result = (cvl_net_gradcheck){.tolerance = c->tolerance,
                                  .vanishing = ldexp(c->noise, -FIRST_STEP) +
                                               c->rounding,
                                  .good = true};
    cvl_param *moved = c->twin.params;
    for (size_t i = 0; i < net->layer_count; i++) {
        const cvl_layer *const layer = &net->layers[i];
        for (size_t k = 0; k < layer->param_count; k++, moved++)
            result->rows[result->row_count++] =
                check_place(c, layer->params[k].name,
                            (place){.tensor = &moved->value, .layer = i},
                            &layer->params[k].grad);
    }
    result->rows[result->row_count++] =
        check_place(c, "input", (place){.tensor = &c->x}, dx);
    for (size_t i = 0; i < result->row_count; i++)
        if (is_wrong(c, &result->rows[i])) result->good = false;
    if (!result->good) locate(c, result);
}

cvl_status cvl_gradcheck_net(const cvl_gradcheck_task *task,
                             cvl_net_gradcheck *result, cvl_error *err)
{
    net_checker c = {.task = task};
    cvl_tensor dx = {0}, dy = {0};
    cvl_status status = compute_gradients(task, &dy, &dx, err);
    if (!status) status = make_twin(&c, err);
    if (!status) {
        measure_rounding(&c, &dy, &dx);
        check_rows(&c, &dx, result);
    }
    cvl_net_free(&c.twin);
    cvl_tensor_free(&c.x);
    cvl_tensor_free(&c.t);
    cvl_tensor_free(&dy);
    cvl_tensor_free(&dx);
    return status;
}
