/* gradcheck.c - see gradcheck.h for the contract. */
#include "convlet/gradcheck.h"

#include <math.h>

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
