/* steps.c - a session's steps, and the way back to the first of them. */
#include <math.h>

#include "live/session.h"

static cvl_status keep(cvl_tensor *copy, const cvl_tensor *from, cvl_error *err)
{
    if (!copy->data) return cvl_tensor_clone(copy, from, err);
    cvl_tensor_copy(copy, from);
    return CVL_OK;
}

/* Keeps what the first step begins with. */
static cvl_status keep_start(struct live *live, cvl_error *err)
{
    const cvl_net *const net = &live->trainer.net;
    struct live_start *const start = &live->start;
    cvl_status status = CVL_OK;
    start->random = live->random;
    if (!live->feed->is_drawn) {
        status = keep(&start->x, &live->input, err);
        if (!status) status = keep(&start->t, &live->target, err);
    }
    for (size_t i = 0; !status && i < net->param_count; i++)
        status = keep(&start->params[i], &net->params[i].value, err);
    for (size_t i = 0; !status && i < net->buffer_count; i++)
        status = keep(&start->buffers[i], &net->buffers[i].value, err);
    live->has_start = !status;
    return status;
}

static void step_once(struct live *live)
{
    live->feed->draw(live);
    const cvl_step_result result =
        cvl_trainer_step(&live->trainer, &live->x, &live->t);
    live->loss = result.loss;
    live->taken++;
    if (live->feed->count) live->feed->count(live, &result);
    live->ended = !result.finite                               ? LIVE_NOT_FINITE
                  : result.all_close                           ? LIVE_CLOSE
                  : result.settled                             ? LIVE_SETTLED
                  : live->taken == live->config.training.steps ? LIVE_DONE
                                                               : LIVE_GOES_ON;
}

static cvl_status take(struct live *live, size_t count, double *losses,
                       cvl_error *err)
{
    cvl_status status = live_check_open(live, err);
    if (!status) status = live_settle(live, err);
    if (!status && !live->taken && count) status = keep_start(live, err);
    if (status) return status;
    if (count) live->ran = RAN_NOTHING;
    for (size_t i = 0; i < count && !live->ended; i++) {
        step_once(live);
        losses[i] = live->loss;
    }
    return CVL_OK;
}

int live_step(struct live *live, size_t count, double *losses)
{
    cvl_error err;
    return live_answer(live, take(live, count, losses, &err), &err);
}

size_t live_taken(const struct live *live)
{
    return live->taken;
}

int live_ended(const struct live *live)
{
    return (int)live->ended;
}

double live_loss(const struct live *live)
{
    return live->loss;
}

/* As nothing has been learned. */
static void forget(cvl_optimizer *optimizer)
{
    const size_t slots = optimizer->slot_count * optimizer->param_count;
    optimizer->updates = 0;
    optimizer->descent = (cvl_descent){0};
    for (size_t i = 0; i < slots; i++)
        cvl_tensor_fill(&optimizer->slots[i], 0.0);
}

static void go_back(struct live *live)
{
    const cvl_net *const net = &live->trainer.net;
    const struct live_start *const start = &live->start;
    live->random = start->random;
    if (!live->feed->is_drawn) {
        cvl_tensor_copy(&live->input, &start->x);
        cvl_tensor_copy(&live->target, &start->t);
    }
    for (size_t i = 0; i < net->param_count; i++)
        cvl_tensor_copy(&net->params[i].value, &start->params[i]);
    for (size_t i = 0; i < net->buffer_count; i++)
        cvl_tensor_copy(&net->buffers[i].value, &start->buffers[i]);
    forget(&live->trainer.optimizer);
    live->taken = 0;
    live->data.epoch = live->data.last_epoch = (struct epoch_state){0};
    live->ended = LIVE_GOES_ON;
    live->loss = (double)NAN;
    live->ran = RAN_NOTHING;
    live->is_settled = false;
    live->has_start = false;
}

int live_restart(struct live *live)
{
    cvl_error err;
    const cvl_status status = live_check_open(live, &err);
    if (!status && live->has_start) go_back(live);
    return live_answer(live, status, &err);
}
