/* learning_rate.c - see learning_rate.h for the contract. */
#include "begin/learning_rate.h"

#include <math.h>

static const double SAFETY = 0.9, STACK_SAFETY = 0.5;
static const double FLAT_RATE = 0.001; /* any will do */

/*
 * Along an eigenvector of eigenvalue l, z = rate * l turns a step into the
 * recurrence r^2 - (1 + b - z) r + b = 0, whose roots stay inside the circle
 * for z < 2 (1 + b); with Nesterov's look ahead, r^2 - (1 + b)(1 - z) r +
 * b (1 - z) = 0 and z < 2 (1 + b) / (1 + 2 b). Polyak 1964; Sutskever 2013.
 */
static double widen(const cvl_optimizer_settings *sgd)
{
    const double b = sgd->momentum;
    return sgd->nesterov ? (1 + b) / (1 + 2 * b) : 1 + b;
}

/* l'(e), of a loss of arrays. */
static double slope_at(const cvl_loss *loss, double e)
{
    static const size_t one[4] = {1, 1, 1, 1};
    const cvl_loss sum = {.kind = loss->kind,
                          .reduction = CVL_REDUCTION_SUM,
                          .parameter = loss->parameter};
    double zero = 0, slope = 0, value;
    const cvl_tensor y = cvl_tensor_wrap(CVL_F64, 4, one, &e);
    const cvl_tensor t = cvl_tensor_wrap(CVL_F64, 4, one, &zero);
    cvl_tensor grad = cvl_tensor_wrap(CVL_F64, 4, one, &slope);
    cvl_loss_compute(&sum, &y, &t, NULL, 1, NULL, &grad, &value, NULL);
    return slope;
}

/*
 * How sharply the loss bends, in parts of the squared error's. Where it is made
 * of lines, its own second derivative says nothing of how far a step may go;
 * the parabola through the errors of now that touches it there does, whose
 * second derivative is l'(e) / e. Source: Huber, "Robust Statistics", 1981,
 * section 7.8.
 */
static double relative_bend(cvl_trainer *trainer, const cvl_tensor *x,
                            const cvl_tensor *t, const cvl_loss *squares)
{
    const cvl_tensor *const y = &trainer->net.output;
    const cvl_tensor *const mask = trainer->mask.data ? &trainer->mask : NULL;
    double square = 0;
    cvl_net_forward(&trainer->net, x);
    cvl_loss_compute(squares, y, t, mask, trainer->used, &trainer->exec, NULL,
                     &square, NULL);
    const double e = sqrt(square);
    return e > 0 ? slope_at(&trainer->loss, e) / (2 * e) : 1;
}

cvl_status rate_bounds_measure(cvl_trainer *trainer, const cvl_tensor *x,
                               const cvl_tensor *t, struct rate_bounds *bounds,
                               cvl_error *err)
{
    const cvl_optimizer_settings *const sgd = &trainer->optimizer.settings;
    const cvl_loss squares = {.kind = cvl_loss_kind_find("mse")};
    const cvl_loss_kind *const kind = trainer->loss.kind;
    const bool borrows = kind->target == CVL_TARGET_ARRAY && !kind->curvature;
    cvl_objective objective = cvl_trainer_objective(trainer, x, t);
    double largest;
    if (borrows) objective.loss = &squares;
    *bounds = (struct rate_bounds){.exact = cvl_trainer_is_quadratic(trainer)};
    const cvl_status status = cvl_curvature_largest(&objective, &largest, err);
    if (status) return status;
    if (borrows) largest *= relative_bend(trainer, x, t, &squares);
    largest += sgd->weight_decay;
    if (!(largest > 0) || !isfinite(largest)) return CVL_OK;
    bounds->known = true;
    bounds->largest = largest;
    bounds->bound = 2 / largest;
    bounds->with_momentum = bounds->bound * widen(sgd);
    return CVL_OK;
}

bool rate_is_bounded(const cvl_optimizer_kind *kind)
{
    return (kind->knobs & CVL_KNOB_RATE) && kind->rate == 0;
}

double learning_rate_auto(const cvl_optimizer_settings *settings,
                          const struct rate_bounds *bounds)
{
    const cvl_optimizer_kind *const kind = settings->kind;
    if (!rate_is_bounded(kind))
        return bounds->exact ? kind->rate : kind->rough_rate;
    if (!bounds->known) return FLAT_RATE;
    /* Where the steepest direction's two roots meet: the heavy ball's z is
     * (1 + sqrt b)^2 there; Nesterov's other end, z = 1, serves as well. */
    const double root = 1 + sqrt(settings->nesterov ? 0.0 : settings->momentum);
    const double rate = SAFETY * root * root / bounds->largest;
    if (bounds->exact) return rate;
    return STACK_SAFETY * (1 - settings->momentum) * SAFETY / bounds->largest;
}

void rate_bounds_describe(const cvl_optimizer_settings *settings,
                          const struct rate_bounds *bounds, struct text *text)
{
    const double momentum = settings->momentum;
    text_add(text, "stable below 2/lambda_max = %.3g", bounds->bound);
    if (momentum > 0)
        text_add(text, ", with momentum %g below %.3g", momentum,
                 bounds->with_momentum);
    if (!bounds->exact) text_add(text, " (a local estimate)");
}
