/* run.c - a session's net, both ways, without a step. */
#include <assert.h>

#include "live/session.h"
#include "train/identifiability.h"

/* Leaves no trace in the buffers. */
static void forward(struct live *live)
{
    live_aim(live);
    cvl_net_keep_buffers(live->net);
    cvl_net_forward(live->net, &live->x);
    cvl_net_restore_buffers(live->net);
    live->ran = RAN_FORWARD;
}

static cvl_status prepare(struct live *live, cvl_error *err)
{
    const cvl_status status = live_check_open(live, err);
    return status ? status : live_settle(live, err);
}

int live_forward(struct live *live)
{
    cvl_error err;
    const cvl_status status = prepare(live, &err);
    if (!status) forward(live);
    return live_answer(live, status, &err);
}

int live_run(struct live *live)
{
    cvl_error err;
    cvl_trainer *const trainer = &live->trainer;
    const cvl_status status = prepare(live, &err);
    if (status) return live_answer(live, status, &err);
    forward(live);
    const cvl_status computed = cvl_loss_compute(
        &trainer->loss, &live->net->output, &live->t, live_mask(live),
        live->used, &live->exec, live->dy, &live->loss, NULL);
    assert(!computed);
    (void)computed;
    cvl_net_backward(live->net, &live->x, live->dy, &live->dx);
    live->ran = RAN_LOSS;
    return CVL_OK;
}

int live_backward(struct live *live)
{
    cvl_error err;
    cvl_status status = live_check_ran(live, RAN_FORWARD, &err);
    if (status) return live_answer(live, status, &err);
    cvl_net_backward(live->net, &live->x, live->dy, &live->dx);
    live->ran = RAN_BACKWARD;
    return CVL_OK;
}

int live_curvature(struct live *live, double *largest)
{
    cvl_error err;
    cvl_status status = prepare(live, &err);
    if (!status && !cvl_trainer_is_quadratic(&live->trainer))
        status = cvl_fail(&err, CVL_EUNSUPPORTED,
                          "the loss is not quadratic in the params: its "
                          "curvature is another one wherever they are");
    if (status) return live_answer(live, status, &err);
    live_look_ahead(live);
    const cvl_objective objective =
        cvl_trainer_objective(&live->trainer, &live->x, &live->t);
    live->ran = RAN_NOTHING;
    status = cvl_curvature_largest(&objective, largest, &err);
    return live_answer(live, status, &err);
}

static cvl_status identify(struct live *live, struct identifiability *found,
                           cvl_error *err)
{
    const cvl_status status = prepare(live, err);
    if (status) return status;
    if (!cvl_net_lone_conv2d(&live->trainer.net))
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "a filter is one conv layer, and this net is another");
    live_look_ahead(live);
    return identifiability(&live->trainer, &live->x, found, err);
}

int live_identify(struct live *live, double found[2])
{
    cvl_error err;
    struct identifiability about = {0};
    cvl_status status = identify(live, &about, &err);
    if (!status && !about.known)
        status = cvl_fail(&err, CVL_EUNSUPPORTED,
                          "a window of this layer has more than %d numbers: "
                          "whether the input can tell the filter is not known",
                          CVL_WHITENING_TERMS);
    if (live_answer(live, status, &err)) return -1;
    found[0] = about.condition;
    found[1] = about.error;
    return identifiability_is_lost(&about);
}
