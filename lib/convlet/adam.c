/* adam.c - see adam.h for the contract. */
#include "convlet/adam.h"

#include <assert.h>
#include <math.h>

static cvl_status check_positive(const char *name, double value, cvl_error *err)
{
    if (isfinite(value) && value >= 0) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%s is %g, expected a number >= 0", name,
                    value);
}

static cvl_status check_beta(const char *name, double value, cvl_error *err)
{
    if (value >= 0 && value < 1) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%s is %g, expected 0 <= %s < 1", name,
                    value, name);
}

cvl_status cvl_adam_check(const cvl_adam *adam, cvl_error *err)
{
    cvl_status status = check_positive("learning rate", adam->lr, err);
    if (!status) status = check_beta("beta1", adam->beta1, err);
    if (!status) status = check_beta("beta2", adam->beta2, err);
    if (!status) status = check_positive("epsilon", adam->epsilon, err);
    if (!status)
        status = check_positive("weight decay", adam->weight_decay, err);
    return status;
}

/* In torch's order: the second moment's root is corrected, not the moment. */
#define DEFINE_STEP(NAME, REAL, SQRT)                                         \
    static void NAME(const cvl_adam *adam, double rate, double root,          \
                     size_t count, REAL *p, const REAL *dp, REAL *m, REAL *v) \
    {                                                                         \
        const REAL keep1 = (REAL)adam->beta1, keep2 = (REAL)adam->beta2;      \
        const REAL add1 = (REAL)(1 - adam->beta1);                            \
        const REAL add2 = (REAL)(1 - adam->beta2);                            \
        for (size_t i = 0; i < count; i++) {                                  \
            const REAL g = dp[i] + (REAL)adam->weight_decay * p[i];           \
            m[i] = keep1 * m[i] + add1 * g;                                   \
            v[i] = keep2 * v[i] + add2 * g * g;                               \
            p[i] -= (REAL)rate * m[i] /                                       \
                    (SQRT(v[i]) / (REAL)root + (REAL)adam->epsilon);          \
        }                                                                     \
    }
DEFINE_STEP(step_f32, float, sqrtf)
DEFINE_STEP(step_f64, double, sqrt)

void cvl_adam_step(const cvl_adam *adam, size_t step, cvl_tensor *p,
                   const cvl_tensor *dp, cvl_tensor *m, cvl_tensor *v)
{
    assert(step >= 1);
    assert(!cvl_tensor_check_like("", dp, p, NULL));
    assert(!cvl_tensor_check_like("", m, p, NULL));
    assert(!cvl_tensor_check_like("", v, p, NULL));
    const double rate = adam->lr / (1 - pow(adam->beta1, (double)step));
    const double root = sqrt(1 - pow(adam->beta2, (double)step));
    if (p->dtype == CVL_F32)
        step_f32(adam, rate, root, p->count, p->data, dp->data, m->data,
                 v->data);
    else
        step_f64(adam, rate, root, p->count, p->data, dp->data, m->data,
                 v->data);
}
