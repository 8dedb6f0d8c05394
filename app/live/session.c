/* session.c - see session.h for the contract. */
#include "live/session.h"

#include <convlet/memory.h>

#include "begin/trainer.h"

int live_answer(struct live *live, cvl_status status, const cvl_error *err)
{
    if (status) live->error = *err;
    return (int)status;
}

cvl_status live_check_open(const struct live *live, cvl_error *err)
{
    return live->trainer.net.layer_count
               ? CVL_OK
               : cvl_fail(err, CVL_EINVAL, "nothing is open; call live_open");
}

cvl_status live_bound(const char *what, size_t bytes, cvl_error *err)
{
    const double mebi = 1024.0 * 1024.0;
    if (bytes <= LIVE_LIMIT) return CVL_OK;
    return cvl_fail(err, CVL_ENOMEM,
                    "%s needs %.0f MiB or more; the limit is %.0f MiB; choose "
                    "smaller sizes",
                    what, (double)bytes / mebi, (double)LIVE_LIMIT / mebi);
}

size_t live_bytes(const size_t shape[4], cvl_dtype dtype)
{
    size_t bytes;
    return cvl_size_product(shape, 4, &bytes) &&
                   cvl_size_mul(bytes, cvl_dtype_size(dtype), &bytes)
               ? bytes
               : SIZE_MAX;
}

void live_look_ahead(struct live *live)
{
    const cvl_random kept = live->random;
    live->feed->draw(live);
    live->random = kept;
}

cvl_status live_check_ran(const struct live *live, enum live_ran least,
                          cvl_error *err)
{
    const cvl_status status = live_check_open(live, err);
    if (status || live->ran >= least) return status;
    return cvl_fail(err, CVL_EINVAL,
                    live->ran == RAN_NOTHING
                        ? "the net has not been run on what it holds now; call "
                          "live_run"
                        : "the net has been run forward alone; call live_run, "
                          "or live_backward");
}

const cvl_tensor *live_mask(const struct live *live)
{
    const cvl_tensor *const mask = &live->trainer.mask;
    return mask->data ? mask : NULL;
}

struct json live_json(struct live *live)
{
    text_free(&live->json);
    return (struct json){
        .text = &live->json, .is_first = true, .is_exact = true};
}

bool live_takes_labels(const struct live *live)
{
    return live->trainer.loss.kind->target == CVL_TARGET_LABELS;
}

void live_aim(struct live *live)
{
    cvl_trainer *const trainer = &live->trainer;
    live_look_ahead(live);
    const cvl_objective objective =
        cvl_trainer_objective(trainer, &live->x, &live->t);
    live->net = objective.net;
    live->dy = objective.work;
    live->used = live_takes_labels(live)      ? live->t.shape[0]
                 : live->net == &trainer->net ? trainer->used
                                              : live->net->output.count;
    live->dx =
        cvl_tensor_wrap(live->dtype, 4, live->x.shape, live->dx_room.data);
}

cvl_status live_settle(struct live *live, cvl_error *err)
{
    cvl_trainer *const trainer = &live->trainer;
    struct training_settings *const training = &live->config.training;
    const bool is_picture = training->mask_clipped && !live->feed->is_drawn;
    cvl_status status = CVL_OK;
    if (live->is_settled) return CVL_OK;
    live->ran = RAN_NOTHING;
    *training = live->asked;
    cvl_tensor_free(&trainer->mask);
    if (!live_takes_labels(live))
        status =
            begin_settle(trainer, &live->config, &live->input, &live->target,
                         is_picture ? "the target" : NULL, err);
    if (status) return status;
    begin_epsilon(trainer, training);
    live_look_ahead(live);
    if (begin_lacks_rate(trainer, training))
        status = begin_rate(trainer, training, &live->x, &live->t,
                            &live->bounds, err);
    live->is_settled = !status;
    return status;
}
