/* loss.c - see loss.h for the contract. */
#include "convlet/loss.h"

#include <string.h>

/*
 * A long serial sum is slow, each addition waiting for the last, and loses
 * digits. Eight interleaved sums are neither, and their order is fixed.
 */
enum { LANES = 8 };

static double sum_lanes(const double lanes[LANES])
{
    double sum = 0.0;
    for (size_t l = 0; l < LANES; l++) sum += lanes[l];
    return sum;
}

/*
 * Both element types run these bodies; only their loads and stores differ. A
 * block is computed before any of it is stored: as g may be y, a compiler
 * could not use vectors otherwise.
 */
#define DEFINE_BLOCK(NAME, REAL)                                               \
    static inline void NAME(size_t count, const REAL *y, const REAL *t,        \
                            double scale, REAL *g, double lanes[LANES])        \
    {                                                                          \
        double diff[LANES];                                                    \
        for (size_t l = 0; l < count; l++)                                     \
            diff[l] = (double)y[l] - (double)t[l];                             \
        for (size_t l = 0; l < count; l++) lanes[l] += diff[l] * diff[l];      \
        if (g)                                                                 \
            for (size_t l = 0; l < count; l++) g[l] = (REAL)(scale * diff[l]); \
    }
DEFINE_BLOCK(block_f32, float)
DEFINE_BLOCK(block_f64, double)

#define DEFINE_SQUARED_ERROR(NAME, BLOCK, REAL)                         \
    static double NAME(size_t count, const REAL *y, const REAL *t,      \
                       double scale, REAL *g)                           \
    {                                                                   \
        double lanes[LANES] = {0};                                      \
        size_t i = 0;                                                   \
        for (; count - i >= LANES; i += LANES)                          \
            BLOCK(LANES, y + i, t + i, scale, g ? g + i : NULL, lanes); \
        BLOCK(count - i, y + i, t + i, scale, g ? g + i : NULL, lanes); \
        return sum_lanes(lanes);                                        \
    }
DEFINE_SQUARED_ERROR(squared_error_f32, block_f32, float)
DEFINE_SQUARED_ERROR(squared_error_f64, block_f64, double)

/* The same where not every element counts (mask), or none is wanted (t). */
#define DEFINE_PARTIAL_ERROR(NAME, REAL)                           \
    static double NAME(size_t count, const REAL *y, const REAL *t, \
                       const REAL *mask, double scale, REAL *g)    \
    {                                                              \
        double lanes[LANES] = {0};                                 \
        for (size_t i = 0; i < count; i++) {                       \
            double diff = (double)y[i] - (t ? (double)t[i] : 0.0); \
            if (mask) diff *= (double)mask[i];                     \
            lanes[i % LANES] += diff * diff;                       \
            if (g) g[i] = (REAL)(scale * diff);                    \
        }                                                          \
        return sum_lanes(lanes);                                   \
    }
DEFINE_PARTIAL_ERROR(partial_error_f32, float)
DEFINE_PARTIAL_ERROR(partial_error_f64, double)

static const char *const NAMES[] = {
    [CVL_REDUCTION_MEAN] = "mean",
    [CVL_REDUCTION_SUM] = "sum",
    [CVL_REDUCTION_NOTEBOOK] = "notebook",
};

const char *cvl_reduction_name(cvl_reduction reduction)
{
    return NAMES[reduction];
}

bool cvl_reduction_parse(const char *name, cvl_reduction *reduction)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!strcmp(name, NAMES[i])) {
            *reduction = (cvl_reduction)i;
            return true;
        }
    return false;
}

/* What the sum of squares is divided by: the table in loss.h. */
static double divisor_of(cvl_reduction reduction, const cvl_tensor *y,
                         size_t used)
{
    switch (reduction) {
    case CVL_REDUCTION_SUM: return 1.0;
    case CVL_REDUCTION_NOTEBOOK: return (double)used / (double)y->shape[3];
    case CVL_REDUCTION_MEAN: break;
    }
    return (double)used;
}

double cvl_loss_slope(const cvl_tensor *y, size_t used, cvl_reduction reduction)
{
    switch (reduction) {
    case CVL_REDUCTION_SUM: return 2.0;
    case CVL_REDUCTION_NOTEBOOK: return 1.0 / (double)y->shape[0];
    case CVL_REDUCTION_MEAN: break;
    }
    return 2.0 / (double)used;
}

static const void *data_of(const cvl_tensor *tensor)
{
    return tensor ? tensor->data : NULL;
}

/* The sum of squares, and slope times the errors in `errors` if there. */
static double measure(const cvl_tensor *y, const cvl_tensor *t,
                      const cvl_tensor *mask, double slope, cvl_tensor *errors)
{
    void *const g = errors ? errors->data : NULL;
    const bool single = y->dtype == CVL_F32;
    if (t && !mask)
        return single ? squared_error_f32(y->count, y->data, t->data, slope, g)
                      : squared_error_f64(y->count, y->data, t->data, slope, g);
    return single ? partial_error_f32(y->count, y->data, data_of(t),
                                      data_of(mask), slope, g)
                  : partial_error_f64(y->count, y->data, data_of(t),
                                      data_of(mask), slope, g);
}

void cvl_loss_errors(const cvl_tensor *y, const cvl_tensor *t,
                     const cvl_tensor *mask, double slope, cvl_tensor *errors)
{
    measure(y, t, mask, slope, errors);
}

double cvl_loss_squares(const cvl_tensor *errors)
{
    return measure(errors, NULL, NULL, 1.0, NULL);
}

cvl_status cvl_loss_mse_masked(const cvl_tensor *y, const cvl_tensor *t,
                               const cvl_tensor *mask, size_t used,
                               cvl_reduction reduction, cvl_tensor *grad,
                               double *loss, cvl_error *err)
{
    cvl_status status = cvl_tensor_check_like("mse target", t, y, err);
    if (!status && mask)
        status = cvl_tensor_check_like("mse mask", mask, y, err);
    if (!status && grad)
        status = cvl_tensor_check_like("mse gradient", grad, y, err);
    if (!status && reduction == CVL_REDUCTION_NOTEBOOK && y->ndim != 4)
        status = cvl_fail(err, CVL_ESHAPE,
                          "reduction notebook needs 4 axes, got %zu", y->ndim);
    if (status) return status;
    *loss = measure(y, t, mask, cvl_loss_slope(y, used, reduction), grad) /
            divisor_of(reduction, y, used);
    return CVL_OK;
}

cvl_status cvl_loss_mse(const cvl_tensor *y, const cvl_tensor *t,
                        cvl_reduction reduction, cvl_tensor *grad, double *loss,
                        cvl_error *err)
{
    return cvl_loss_mse_masked(y, t, NULL, y->count, reduction, grad, loss,
                               err);
}
