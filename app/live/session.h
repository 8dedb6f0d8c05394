/* session.h - private: what a session is made of. */
#ifndef CONVLET_LIVE_SESSION_H
#define CONVLET_LIVE_SESSION_H

#include <convlet/trainer.h>

#include "base/config.h"
#include "base/json.h"
#include "base/text.h"
#include "begin/learning_rate.h"
#include "live/data.h"
#include "live/live.h"

/* What the arrays of the net were last computed by, each more than the last. */
enum live_ran {
    RAN_NOTHING,  /* or something else has overwritten them */
    RAN_FORWARD,  /* y alone */
    RAN_LOSS,     /* and the gradients of the loss */
    RAN_BACKWARD, /* or those of sum(y dy) */
};

/* The start that live_restart returns to; empty before the first step. */
struct live_start {
    cvl_random random;
    cvl_tensor x, t;                   /* of a batch that is always the same */
    cvl_tensor params[CVL_MAX_PARAMS]; /* copies */
    cvl_tensor buffers[CVL_MAX_BUFFERS];
};

/* Where batches come from: the way of one kind of data. */
struct live_feed {
    /* Is it the way of these settings? */
    bool (*is)(const struct config *config);

    /* Draws or makes room: live->input and live->target for a whole batch
     * (target may wait for the net, see finish), and settles what follows from
     * the data, as steps from epochs. Bounds all sizes by live_bound first. */
    cvl_status (*init)(struct live *live, cvl_error *err);

    /* Writes "dense auto" out in live->spec; NULL: nothing to write. */
    cvl_status (*fill)(struct live *live, cvl_error *err);

    /* The net is there: checks it, makes what depends on its output. */
    cvl_status (*finish)(struct live *live, cvl_error *err);

    /* Points live->x and live->t at the batch of step live->taken, drawn from
     * live->random where it is drawn. Allocates nothing, cannot fail. */
    void (*draw)(struct live *live);

    /* Adds members of live_describe: classes, training, held_out, per_epoch. */
    void (*describe)(const struct live *live, struct json *json);

    /* Takes a step into account, which live->taken has counted; NULL: no need
     * to. */
    void (*count)(struct live *live, const cvl_step_result *result);

    bool is_drawn; /* each step has another batch */
};

struct live {
    /* Of the settings. */
    char *text;           /* that config's texts point into */
    struct config config; /* with the numbers that auto stands for, once they
                             are settled */
    struct training_settings asked; /* as they were before */
    const struct live_feed *feed;
    cvl_dtype dtype;
    cvl_exec exec;

    /* Of what is open; live->trainer.net.layer_count is 0 where nothing is. */
    cvl_random random;
    cvl_tensor input, target; /* room for a batch */
    cvl_tensor x, t;          /* of the step to come: views */
    struct text spec;         /* of the net */
    cvl_net_config net_config;
    cvl_trainer trainer;
    bool
        is_settled; /* mask, whitening, epsilon and lr are those of the start */
    struct rate_bounds bounds;
    struct live_start start;
    bool has_start;
    size_t taken;
    enum live_end ended;
    double loss;

    /* Of the last run. */
    enum live_ran ran;
    cvl_net *net;   /* the trainer's, or its rest */
    cvl_tensor *dy; /* of that */
    size_t used;    /* terms of the loss */
    cvl_tensor dx_room, dx;

    struct live_data data;
    struct text json; /* the newest text that was handed out */
    cvl_error error;
};

/* The way of random numbers, and of what live_set brings; of the digits; and of
 * leaves. */
extern const struct live_feed live_feed_plain;
extern const struct live_feed live_feed_digits;
extern const struct live_feed live_feed_leaves;

/* describe, of what has no samples. */
void live_describe_unsampled(const struct live *live, struct json *json);

/* Closes, and takes the settings of a text; nothing is open after an error. */
cvl_status live_configure(struct live *live, const char *settings,
                          cvl_error *err);

/* Builds what live->config says; nothing is open after an error. */
cvl_status live_begin(struct live *live, cvl_error *err);

/* The array of a name, as live_tensor has it. */
cvl_status live_find_array(struct live *live, const char *name, size_t index,
                           const cvl_tensor **tensor, cvl_error *err);

/* Remembers the error for live_error and returns its status; every public
 * function that may fail ends in it. */
int live_answer(struct live *live, cvl_status status, const cvl_error *err);

/* CVL_EINVAL where nothing is open. */
cvl_status live_check_open(const struct live *live, cvl_error *err);

/* CVL_ENOMEM, with what and how much, beyond LIVE_LIMIT. */
cvl_status live_bound(const char *what, size_t bytes, cvl_error *err);

/* Bytes of a tensor of that shape; SIZE_MAX where they cannot be counted. */
size_t live_bytes(const size_t shape[4], cvl_dtype dtype);

/* Points live->x and live->t at the batch of the step to come, and leaves the
 * stream as it was. */
void live_look_ahead(struct live *live);

/* The same, and points what a run needs at the net for this batch. */
void live_aim(struct live *live);

/* CVL_EINVAL where the last run did not come as far. */
cvl_status live_check_ran(const struct live *live, enum live_ran least,
                          cvl_error *err);

/* What counts of the output of the last run; NULL: all of it. */
const cvl_tensor *live_mask(const struct live *live);

/* Starts a text that is handed out, in the place of the last one. */
struct json live_json(struct live *live);

/* Does the loss compare with labels? */
bool live_takes_labels(const struct live *live);

/*
 * Before the first step: the mask, whitening, and the numbers that auto stands
 * for, as they follow from data and params now. Does nothing where nothing has
 * changed since. The last run is forgotten.
 */
cvl_status live_settle(struct live *live, cvl_error *err);

#endif
