/* sgd.c - see sgd.h for the contract. */
#include "convlet/sgd.h"

#include <assert.h>
#include <math.h>

cvl_status cvl_sgd_check(const cvl_sgd *sgd, cvl_error *err)
{
    if (!(isfinite(sgd->lr) && sgd->lr >= 0))
        return cvl_fail(err, CVL_EINVAL,
                        "learning rate is %g, expected a number >= 0", sgd->lr);
    if (!(sgd->momentum >= 0 && sgd->momentum < 1))
        return cvl_fail(err, CVL_EINVAL,
                        "momentum is %g, expected 0 <= momentum < 1",
                        sgd->momentum);
    if (!(isfinite(sgd->weight_decay) && sgd->weight_decay >= 0))
        return cvl_fail(err, CVL_EINVAL,
                        "weight decay is %g, expected a number >= 0",
                        sgd->weight_decay);
    if (sgd->nesterov && sgd->momentum == 0)
        return cvl_fail(err, CVL_EINVAL,
                        "nesterov needs a momentum, for example 0.9");
    return CVL_OK;
}

/* The first velocity is the gradient: 0 * momentum + g, exactly. */
#define DEFINE_STEP(NAME, REAL)                                        \
    static void NAME(const cvl_sgd *sgd, size_t count, REAL *p,        \
                     const REAL *dp, REAL *v)                          \
    {                                                                  \
        const REAL lr = (REAL)sgd->lr, momentum = (REAL)sgd->momentum; \
        const REAL decay = (REAL)sgd->weight_decay;                    \
        for (size_t i = 0; i < count; i++) {                           \
            const REAL g = dp[i] + decay * p[i];                       \
            if (v) v[i] = momentum * v[i] + g;                         \
            const REAL move = !v              ? g                      \
                              : sgd->nesterov ? g + momentum * v[i]    \
                                              : v[i];                  \
            p[i] -= lr * move;                                         \
        }                                                              \
    }
DEFINE_STEP(step_f32, float)
DEFINE_STEP(step_f64, double)

void cvl_sgd_step(const cvl_sgd *sgd, cvl_tensor *p, const cvl_tensor *dp,
                  cvl_tensor *v)
{
    assert(!cvl_tensor_check_like("", dp, p, NULL));
    assert(v ? !cvl_tensor_check_like("", v, p, NULL) : sgd->momentum == 0);
    void *const velocity = v ? v->data : NULL;
    if (p->dtype == CVL_F32)
        step_f32(sgd, p->count, p->data, dp->data, velocity);
    else
        step_f64(sgd, p->count, p->data, dp->data, velocity);
}
