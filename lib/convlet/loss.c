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

/* What the sum of squares is divided by, and what an error is multiplied by
 * to become its gradient: the table in loss.h. */
typedef struct scales {
    double divisor, slope;
} scales;

static scales scales_of(cvl_reduction reduction, const cvl_tensor *y)
{
    const double count = (double)y->count, batch = (double)y->shape[0];
    switch (reduction) {
    case CVL_REDUCTION_SUM: return (scales){1.0, 2.0};
    case CVL_REDUCTION_NOTEBOOK:
        return (scales){count / (double)y->shape[3], 1.0 / batch};
    case CVL_REDUCTION_MEAN: break;
    }
    return (scales){count, 2.0 / count};
}

cvl_status cvl_loss_mse(const cvl_tensor *y, const cvl_tensor *t,
                        cvl_reduction reduction, cvl_tensor *grad, double *loss,
                        cvl_error *err)
{
    cvl_status status = cvl_tensor_check_like("mse target", t, y, err);
    if (!status && grad)
        status = cvl_tensor_check_like("mse gradient", grad, y, err);
    if (!status && reduction == CVL_REDUCTION_NOTEBOOK && y->ndim != 4)
        status = cvl_fail(err, CVL_ESHAPE,
                          "reduction notebook needs 4 axes, got %zu", y->ndim);
    if (status) return status;

    const scales s = scales_of(reduction, y);
    void *const g = grad ? grad->data : NULL;
    const double sum =
        y->dtype == CVL_F32
            ? squared_error_f32(y->count, y->data, t->data, s.slope, g)
            : squared_error_f64(y->count, y->data, t->data, s.slope, g);
    *loss = sum / s.divisor;
    return CVL_OK;
}
