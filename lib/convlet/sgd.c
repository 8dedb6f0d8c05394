/* sgd.c - see sgd.h for the contract. */
#include "convlet/sgd.h"

#include <assert.h>
#include <math.h>

#include "kernel/elements.h"

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

void cvl_sgd_step(const cvl_sgd *sgd, cvl_tensor *p, const cvl_tensor *dp,
                  cvl_tensor *v)
{
    assert(!cvl_tensor_check_like("", dp, p, NULL));
    assert(v ? !cvl_tensor_check_like("", v, p, NULL) : sgd->momentum == 0);
    cvl_elements_of(p->dtype)->sgd_step(sgd->lr, sgd->momentum, sgd->nesterov,
                                        sgd->weight_decay, p->count, p->data,
                                        dp->data, v ? v->data : NULL);
}
