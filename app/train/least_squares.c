/* least_squares.c - see least_squares.h for the contract. */
#include "train/least_squares.h"

#include <math.h>

enum { PARAMS = 2 }; /* a conv layer has a weight and perhaps a bias */

static cvl_status save(const cvl_net *net, cvl_tensor saved[PARAMS],
                       cvl_error *err)
{
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < net->param_count; i++)
        status = cvl_tensor_clone(&saved[i], &net->params[i].value, err);
    return status;
}

static void restore(cvl_net *net, cvl_tensor saved[PARAMS])
{
    for (size_t i = 0; i < net->param_count; i++) {
        if (saved[i].data) cvl_tensor_copy(&net->params[i].value, &saved[i]);
        cvl_tensor_free(&saved[i]);
    }
}

/* With the trainer's optimizer in place; the first loss is the run's own. */
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

cvl_status least_squares_find(cvl_trainer *trainer, const cvl_tensor *x,
                              const cvl_tensor *t, struct least_squares *least,
                              cvl_error *err)
{
    const cvl_optimizer_settings cg = {.kind = cvl_optimizer_kind_find("cg")};
    cvl_optimizer own = trainer->optimizer;
    cvl_tensor saved[PARAMS] = {{0}};
    *least = (struct least_squares){.known = true};
    cvl_status status = save(&trainer->net, saved, err);
    if (!status) {
        status = cvl_optimizer_init(&trainer->optimizer, &cg, &trainer->net,
                                    trainer->loss.kind, err);
        if (!status) descend(trainer, x, t, least);
        cvl_optimizer_free(&trainer->optimizer);
    }
    trainer->optimizer = own;
    restore(&trainer->net, saved);
    cvl_net_forward(&trainer->net, x);
    return status;
}

void least_squares_describe(const struct least_squares *least,
                            struct text *text)
{
    text_add(text,
             "loss %g, the best that this layer can do is %g (after %zu more "
             "steps of conjugate gradients)",
             least->own, least->loss, least->steps);
}
