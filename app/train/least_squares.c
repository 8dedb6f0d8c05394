/* least_squares.c - see least_squares.h for the contract. */
#include "train/least_squares.h"

#include <math.h>

static void convert(cvl_tensor *to, const cvl_tensor *from)
{
    for (size_t i = 0; i < to->count; i++)
        cvl_tensor_set(to, i, cvl_tensor_get(from, i));
}

static cvl_status clone(cvl_tensor *copy, const cvl_tensor *tensor,
                        cvl_error *err)
{
    const cvl_status status =
        cvl_tensor_init(copy, CVL_F64, tensor->ndim, tensor->shape, err);
    if (!status) convert(copy, tensor);
    return status;
}

/* What the trainer is, but for its optimizer, in float64. */
static cvl_status copy(cvl_trainer *twin, const cvl_trainer *trainer,
                       const char *spec, const cvl_tensor *x, cvl_error *err)
{
    const cvl_optimizer_settings cg = {.kind = cvl_optimizer_kind_find("cg")};
    cvl_net_config config = {
        .spec = spec, .dtype = CVL_F64, .exec = trainer->exec};
    for (size_t i = 0; i < 4; i++) config.input_shape[i] = x->shape[i];
    cvl_status status =
        cvl_trainer_init(twin, &config, &trainer->loss, &cg, err);
    if (!status && trainer->mask.data)
        status = clone(&twin->mask, &trainer->mask, err);
    if (status) return status;
    twin->used = trainer->used;
    return cvl_trainer_whiten(twin, x, err);
}

/* A gradient is small beside that of a layer that does nothing, wherever the
 * run has come to. */
static void begin(cvl_trainer *twin, const cvl_trainer *trainer,
                  const cvl_tensor *x, const cvl_tensor *t)
{
    const cvl_optimizer *const cg = &twin->optimizer;
    const cvl_net *const net = &trainer->net;
    cvl_trainer_step(twin, x, t);
    for (size_t i = 0; i < cg->slot_count * cg->param_count; i++)
        cvl_tensor_fill(&cg->slots[i], 0);
    for (size_t i = 0; i < net->param_count; i++)
        convert(&twin->net.params[i].value, &net->params[i].value);
}

/* The first loss is the run's own. */
static void descend(cvl_trainer *trainer, const cvl_tensor *x,
                    const cvl_tensor *t, struct least_squares *least)
{
    for (size_t step = 0;; step++) {
        const cvl_step_result result = cvl_trainer_step(trainer, x, t);
        if (step == 0) least->own = least->loss = result.loss;
        if (result.loss < least->loss) {
            least->loss = result.loss;
            least->steps = step;
        }
        if (!result.finite || result.all_close || result.settled) return;
    }
}

cvl_status least_squares_find(const cvl_trainer *trainer, const char *spec,
                              const cvl_tensor *x, const cvl_tensor *t,
                              struct least_squares *least, cvl_error *err)
{
    cvl_trainer twin = {0};
    cvl_tensor input = {0}, target = {0};
    *least = (struct least_squares){.known = true};
    cvl_status status = clone(&input, x, err);
    if (!status) status = clone(&target, t, err);
    if (!status) status = copy(&twin, trainer, spec, &input, err);
    if (!status) begin(&twin, trainer, &input, &target);
    if (!status) descend(&twin, &input, &target, least);
    cvl_trainer_free(&twin);
    cvl_tensor_free(&input);
    cvl_tensor_free(&target);
    return status;
}

void least_squares_describe(const struct least_squares *least,
                            struct text *text)
{
    text_add(text,
             "loss %g, the best that this layer can do is %.7g (after %zu more "
             "steps of conjugate gradients)",
             least->own, least->loss, least->steps);
}
