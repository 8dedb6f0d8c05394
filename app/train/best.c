/* best.c - see best.h for the contract. */
#include "train/best.h"

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
static void descend(struct trainer *trainer, const cvl_tensor *x,
                    const cvl_tensor *t, struct best *best)
{
    const size_t limit = cvl_net_param_numbers(&trainer->net);
    for (size_t step = 0; step <= limit; step++) {
        const struct step_result result = trainer_step(trainer, x, t);
        if (step == 0) best->own = best->loss = result.loss;
        if (result.loss < best->loss) {
            best->loss = result.loss;
            best->steps = step;
        }
        if (!result.finite || result.all_close || result.settled) return;
    }
}

cvl_status best_find(struct trainer *trainer, const cvl_tensor *x,
                     const cvl_tensor *t, struct best *best, cvl_error *err)
{
    const struct optimizer_settings cg = {.choice = OPTIMIZER_CG};
    struct optimizer own = trainer->optimizer;
    cvl_tensor saved[PARAMS] = {{0}};
    *best = (struct best){.known = true};
    cvl_status status = save(&trainer->net, saved, err);
    if (!status) {
        status = optimizer_init(&trainer->optimizer, &cg, &trainer->net, err);
        if (!status) descend(trainer, x, t, best);
        optimizer_free(&trainer->optimizer);
    }
    trainer->optimizer = own;
    restore(&trainer->net, saved);
    cvl_net_forward(&trainer->net, x);
    return status;
}

void best_describe(const struct best *best, struct text *text)
{
    text_add(text,
             "loss %g, the best that this layer can do is %g (after %zu more "
             "steps of conjugate gradients)",
             best->own, best->loss, best->steps);
}
