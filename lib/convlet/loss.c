/* loss.c - see loss.h for the contract. */
#include "convlet/loss.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/loss_kinds.h"
#include "convlet/names.h"

#define CVL_LOSS_ROW(file) &cvl_loss_##file,
static const cvl_loss_kind *const KINDS[] = {CVL_LOSS_KINDS(CVL_LOSS_ROW)};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

const char *cvl_loss_kind_name(size_t index)
{
    return index < KIND_COUNT ? KINDS[index]->name : NULL;
}

const char *cvl_loss_kind_usage(size_t index)
{
    return index < KIND_COUNT ? KINDS[index]->usage : NULL;
}

const cvl_loss_kind *cvl_loss_kind_find(const char *name)
{
    const size_t i = cvl_names_index(cvl_loss_kind_name, name);
    return i < KIND_COUNT ? KINDS[i] : NULL;
}

const cvl_loss_kind *cvl_loss_kind_of(const cvl_loss *loss)
{
    return loss->kind ? loss->kind : KINDS[0];
}

double cvl_loss_parameter(const cvl_loss *loss)
{
    return loss->parameter != 0 ? loss->parameter
                                : cvl_loss_kind_of(loss)->parameter;
}

/* Reads what stands behind the name of a kind, and its colon. */
static cvl_status parse_parameter(const cvl_loss_kind *kind, const char *text,
                                  double *parameter, cvl_error *err)
{
    if (!kind->parameter_name)
        return cvl_fail(err, CVL_EINVAL, "loss %s takes no number, got '%s'",
                        kind->name, text);
    if (cvl_number_parse(text, parameter) && *parameter > 0) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "%s '%s' of loss %s is not a number above 0",
                    kind->parameter_name, text, kind->name);
}

cvl_status cvl_loss_parse(const char *text, cvl_loss *loss, cvl_error *err)
{
    char names[CVL_ERROR_SIZE];
    const size_t length = strcspn(text, ":");
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const cvl_loss_kind *const kind = KINDS[i];
        if (strncmp(text, kind->name, length) != 0 || kind->name[length])
            continue;
        double parameter = kind->parameter;
        const cvl_status status =
            text[length]
                ? parse_parameter(kind, text + length + 1, &parameter, err)
                : CVL_OK;
        if (status) return status;
        loss->kind = kind;
        loss->parameter = parameter;
        loss->reduction = kind->reduction;
        return CVL_OK;
    }
    return cvl_fail(err, CVL_EINVAL, "unknown loss '%.64s'; there %s %s", text,
                    KIND_COUNT > 1 ? "are" : "is",
                    cvl_names_list(cvl_loss_kind_name, names, sizeof names));
}

const char *cvl_loss_text(const cvl_loss *loss, char text[CVL_LOSS_TEXT_SIZE])
{
    const cvl_loss_kind *const kind = cvl_loss_kind_of(loss);
    const double parameter = cvl_loss_parameter(loss);
    char number[CVL_NUMBER_SIZE];
    const bool usual = parameter == kind->parameter;
    snprintf(text, CVL_LOSS_TEXT_SIZE, "%s%s%s", kind->name, usual ? "" : ":",
             usual ? "" : cvl_number_format(parameter, number));
    return text;
}

cvl_status cvl_loss_check(const cvl_loss *loss, cvl_error *err)
{
    const cvl_loss_kind *const kind = cvl_loss_kind_of(loss);
    if (!cvl_reduction_name(loss->reduction))
        return cvl_fail(err, CVL_EINVAL, "%zu is no reduction",
                        (size_t)loss->reduction);
    if (loss->reduction == CVL_REDUCTION_NOTEBOOK &&
        kind->target == CVL_TARGET_LABELS)
        return cvl_fail(err, CVL_EINVAL,
                        "reduction notebook is for arrays, and the target of "
                        "loss %s is labels; take mean or sum",
                        kind->name);
    if (loss->parameter != 0 && !kind->parameter_name)
        return cvl_fail(err, CVL_EINVAL, "loss %s takes no number, got %g",
                        kind->name, loss->parameter);
    if (!(loss->parameter >= 0) || !isfinite(loss->parameter))
        return cvl_fail(err, CVL_EINVAL,
                        "%s %g of loss %s is not a number above 0",
                        kind->parameter_name, loss->parameter, kind->name);
    if (!(loss->smoothing >= 0 && loss->smoothing <= 1))
        return cvl_fail(err, CVL_EINVAL,
                        "label smoothing %g is not from 0 to 1",
                        loss->smoothing);
    if (loss->smoothing > 0 && !kind->smooths)
        return cvl_fail(err, CVL_EINVAL,
                        "loss %s has no labels that could be smoothed",
                        kind->name);
    return CVL_OK;
}

static const char *const NAMES[] = {
    [CVL_REDUCTION_MEAN] = "mean",
    [CVL_REDUCTION_SUM] = "sum",
    [CVL_REDUCTION_NOTEBOOK] = "notebook",
};

enum { NAME_COUNT = sizeof NAMES / sizeof *NAMES };

const char *cvl_reduction_name(cvl_reduction reduction)
{
    const size_t i = (size_t)reduction;
    return i < NAME_COUNT ? NAMES[i] : NULL;
}

bool cvl_reduction_parse(const char *name, cvl_reduction *reduction)
{
    const size_t i = cvl_names_find(NAMES, NAME_COUNT, name);
    if (i < NAME_COUNT) *reduction = (cvl_reduction)i;
    return i < NAME_COUNT;
}

double cvl_loss_divisor(const cvl_tensor *y, size_t used,
                        cvl_reduction reduction)
{
    switch (reduction) {
    case CVL_REDUCTION_SUM: return 1.0;
    case CVL_REDUCTION_NOTEBOOK: return (double)used / (double)y->shape[3];
    case CVL_REDUCTION_MEAN: break;
    }
    return (double)used;
}

double cvl_loss_scale(const cvl_tensor *y, size_t used, cvl_reduction reduction)
{
    switch (reduction) {
    case CVL_REDUCTION_SUM: return 1.0;
    case CVL_REDUCTION_NOTEBOOK: return 0.5 / (double)y->shape[0];
    case CVL_REDUCTION_MEAN: break;
    }
    return 1.0 / (double)used;
}

double cvl_loss_mean(double value, const cvl_tensor *y, size_t used,
                     cvl_reduction reduction)
{
    switch (reduction) {
    case CVL_REDUCTION_SUM: return value / (double)used;
    case CVL_REDUCTION_NOTEBOOK: return value / (double)y->shape[3];
    case CVL_REDUCTION_MEAN: break;
    }
    return value;
}

cvl_status cvl_loss_check_output(const cvl_loss *loss, const cvl_tensor *y,
                                 cvl_error *err)
{
    const cvl_loss_kind *const kind = cvl_loss_kind_of(loss);
    if (!kind->classifies) return CVL_OK;
    if (y->ndim == 4 && y->shape[2] == 1 && y->shape[3] == 1) return CVL_OK;
    char shape[CVL_DESCRIBE_SIZE];
    return cvl_fail(err, CVL_EINVAL,
                    "loss %s takes one number for each class, and the output "
                    "is %s; end the net in avgpool all, or dense",
                    kind->name, cvl_tensor_describe(y, shape));
}

cvl_status cvl_loss_check_labels(const cvl_tensor *labels, size_t classes,
                                 cvl_error *err)
{
    for (size_t i = 0; i < labels->count; i++) {
        const double label = cvl_tensor_get(labels, i);
        if (label >= 0 && label < (double)classes && label == floor(label))
            continue;
        return cvl_fail(err, CVL_EINVAL,
                        "label %zu is %g, expected a whole number from 0 to "
                        "%zu",
                        i, label, classes - 1);
    }
    return CVL_OK;
}

/* CVL_ESHAPE unless t is a target for y: like it, or a label for each image. */
static cvl_status check_target(const char *name, cvl_target target,
                               const cvl_tensor *y, const cvl_tensor *t,
                               cvl_error *err)
{
    char what[32];
    const size_t labels[4] = {y->shape[0], 1, 1, 1};
    snprintf(what, sizeof what, "%s target", name);
    return target == CVL_TARGET_LABELS
               ? cvl_tensor_check(what, t, y->dtype, 4, labels, err)
               : cvl_tensor_check_like(what, t, y, err);
}

cvl_status cvl_loss_compute(const cvl_loss *loss, const cvl_tensor *y,
                            const cvl_tensor *t, const cvl_tensor *mask,
                            size_t used, const cvl_exec *exec, cvl_tensor *grad,
                            double *value, cvl_error *err)
{
    const cvl_loss_kind *const kind = cvl_loss_kind_of(loss);
    char what[32];
    cvl_status status = cvl_loss_check(loss, err);
    if (!status) status = cvl_loss_check_output(loss, y, err);
    if (!status) status = check_target(kind->name, kind->target, y, t, err);
    if (!status && mask && kind->target == CVL_TARGET_LABELS)
        status = cvl_fail(err, CVL_EINVAL,
                          "loss %s takes no mask: its labels are of whole "
                          "images",
                          kind->name);
    snprintf(what, sizeof what, "%s mask", kind->name);
    if (!status && mask) status = cvl_tensor_check_like(what, mask, y, err);
    snprintf(what, sizeof what, "%s gradient", kind->name);
    if (!status && grad) status = cvl_tensor_check_like(what, grad, y, err);
    if (!status && loss->reduction == CVL_REDUCTION_NOTEBOOK && y->ndim != 4)
        status = cvl_fail(err, CVL_ESHAPE,
                          "reduction notebook needs 4 axes, got %zu", y->ndim);
    if (status) return status;
    const double scale = cvl_loss_scale(y, used, loss->reduction);
    *value = kind->value_and_grad(loss, y, t, mask, scale, exec, grad) /
             cvl_loss_divisor(y, used, loss->reduction);
    return CVL_OK;
}

/* A walk over an image whose numbers get their gradients on the way. */
typedef struct scaled_visit {
    double scale;
    cvl_loss_term_visit *visit;
    void *context;
} scaled_visit;

static void visit_scaled(void *context, const cvl_loss_term *term)
{
    const scaled_visit *const v = context;
    cvl_loss_term scaled = *term;
    scaled.grad = v->scale * term->slope;
    v->visit(v->context, &scaled);
}

/* What value_and_grad makes of each element alone, in double. */
static void visit_elements(const cvl_loss *loss, const cvl_tensor *y,
                           const cvl_tensor *t, const cvl_tensor *mask,
                           size_t image, scaled_visit *v)
{
    static const size_t one[4] = {1, 1, 1, 1};
    const size_t count = y->count / y->shape[0];
    for (size_t i = image * count; i < (image + 1) * count; i++) {
        double numbers[3] = {cvl_tensor_get(y, i), cvl_tensor_get(t, i)};
        const cvl_tensor own = cvl_tensor_wrap(CVL_F64, 4, one, &numbers[0]);
        const cvl_tensor aim = cvl_tensor_wrap(CVL_F64, 4, one, &numbers[1]);
        cvl_tensor slope = cvl_tensor_wrap(CVL_F64, 4, one, &numbers[2]);
        cvl_loss_term term = {.index = i,
                              .counts = !mask || cvl_tensor_get(mask, i) != 0,
                              .y = numbers[0],
                              .target = numbers[1]};
        if (term.counts) {
            term.part = loss->kind->value_and_grad(loss, &own, &aim, NULL, 1,
                                                   NULL, &slope);
            term.slope = numbers[2];
        }
        visit_scaled(v, &term);
    }
}

void cvl_loss_visit(const cvl_loss *loss, const cvl_tensor *y,
                    const cvl_tensor *t, const cvl_tensor *mask, size_t used,
                    size_t image, cvl_loss_term_visit *visit, void *context)
{
    cvl_loss own = *loss;
    scaled_visit v = {cvl_loss_scale(y, used, loss->reduction), visit, context};
    own.kind = cvl_loss_kind_of(loss);
    if (own.kind->terms)
        own.kind->terms(&own, y, t, image, visit_scaled, &v);
    else
        visit_elements(&own, y, t, mask, image, &v);
}
