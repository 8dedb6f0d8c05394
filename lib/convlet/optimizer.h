/* optimizer.h - what turns gradients into steps, and what it remembers. */
#ifndef CVL_OPTIMIZER_H
#define CVL_OPTIMIZER_H

#include "convlet/curvature.h"

enum { CVL_OPTIMIZER_MAX_SLOTS = 2 };

/* How the learning rate falls, over `steps` updates: see cvl_optimizer_part. */
typedef enum cvl_schedule {
    CVL_SCHEDULE_CONSTANT,
    CVL_SCHEDULE_LINEAR,
    CVL_SCHEDULE_COSINE
} cvl_schedule;

/* The schedule's name, 0 and up: "constant"; NULL behind the last. */
const char *cvl_schedule_name(size_t schedule);

/* What there is to choose; an optimiser minds those that its row names. */
typedef enum cvl_knob {
    CVL_KNOB_RATE = 1,     /* lr, schedule, steps, warmup */
    CVL_KNOB_MOMENTUM = 2, /* momentum, nesterov */
    CVL_KNOB_DECAY = 4,    /* weight_decay */
    CVL_KNOB_MOMENTS = 8   /* beta1, beta2, epsilon */
} cvl_knob;

/* All of it: see sgd.h and adam.h. {0} is SGD with rate 0. */
typedef struct cvl_optimizer_settings {
    const struct cvl_optimizer_kind *kind; /* NULL: SGD */
    double lr;
    cvl_schedule schedule;
    size_t steps;
    size_t warmup; /* the first updates, which the rate rises over */
    double momentum;
    bool nesterov;
    double weight_decay;
    double beta1, beta2, epsilon;
} cvl_optimizer_settings;

/* How far one for quadratics has come, by the length of the gradient. */
typedef struct cvl_descent {
    double first; /* at the first step; 0: none was taken */
    double least; /* so far, but for falls too small to count */
    size_t since; /* steps since then */
} cvl_descent;

/* {0} is empty. */
typedef struct cvl_optimizer {
    cvl_optimizer_settings settings; /* the kind is never NULL here */
    size_t updates;                  /* steps that were taken */
    cvl_descent descent;             /* of one for quadratics */
    size_t param_count;
    size_t slot_count; /* tensors it keeps for each param */
    cvl_tensor *slots; /* those of slot 0 for all params, then of slot 1 */
} cvl_optimizer;

/*
 * An optimiser is a row of what it is called and what it does. A new one is a
 * new file optimizer_NAME.c that defines such a row, and its line in
 * optimizer_kinds.h.
 */
typedef struct cvl_optimizer_kind {
    const char *name;  /* "adam" */
    const char *title; /* in a sentence: "Adam" */
    const char *usage; /* for help, what the name does not say: "cg: for ..." */
    unsigned knobs;    /* a cvl_knob for each that it minds */

    /* Only for a quadratic (see curvature.h) that is the same in every step;
     * finds its lowest point, and knows when it is there. */
    bool quadratic_only;

    /* The rates to begin with, for a quadratic and for others; 0 where that
     * follows from the curvature. */
    double rate, rough_rate;

    /* What it keeps: names of the tensors like each param, in a checkpoint;
     * and how many of them with these settings (NULL: all). */
    const char *slot_names[CVL_OPTIMIZER_MAX_SLOTS];
    size_t (*slots)(const cvl_optimizer_settings *settings);

    /* CVL_EINVAL for knobs that make no sense; NULL: it minds none. */
    cvl_status (*check)(const cvl_optimizer_settings *settings, cvl_error *err);

    /* Step number optimizer->updates, from 1, with this rate: see
     * cvl_optimizer_step. */
    bool (*step)(cvl_optimizer *optimizer, double rate,
                 const cvl_objective *objective);
} cvl_optimizer_kind;

/* The optimisers, 0 and up: name and usage, which may be empty; NULL behind
 * the last. */
const char *cvl_optimizer_kind_name(size_t index);
const char *cvl_optimizer_kind_usage(size_t index);

/* The optimiser of that name; NULL if there is none. */
const cvl_optimizer_kind *cvl_optimizer_kind_find(const char *name);

/* How many tensors these settings make it keep for each param. */
size_t cvl_optimizer_slots(const cvl_optimizer_settings *settings);

/*
 * Makes room, with zeros, for what it remembers of the net's params.
 * CVL_EINVAL for knobs that make no sense, or where it is for quadratics and
 * this loss of this net is none; CVL_ENOMEM. Free it in any case.
 */
cvl_status cvl_optimizer_init(cvl_optimizer *optimizer,
                              const cvl_optimizer_settings *settings,
                              const cvl_net *net, const cvl_loss_kind *loss,
                              cvl_error *err);

/* Frees what it remembers and resets to {0}; idempotent. */
void cvl_optimizer_free(cvl_optimizer *optimizer);

/* The tensor of a slot for a param; NULL where it keeps no such slot. */
static inline cvl_tensor *cvl_optimizer_slot(const cvl_optimizer *optimizer,
                                             size_t slot, size_t param)
{
    return slot < optimizer->slot_count
               ? &optimizer->slots[slot * optimizer->param_count + param]
               : NULL;
}

/*
 * The part of the learning rate that the update takes after so many others:
 *
 *   constant   1
 *   linear     1 - updates / steps
 *   cosine     (1 + cos(pi updates / steps)) / 2
 *
 * times (updates + 1) / warmup while that is less than 1.
 * Source of the last: Loshchilov and Hutter, "SGDR: Stochastic gradient
 * descent with warm restarts", ICLR 2017, without the restarts.
 */
double cvl_optimizer_part(const cvl_optimizer_settings *settings,
                          size_t updates);

/*
 * Changes the params of objective->net, whose grads are there. One for
 * quadratics overwrites its output, and tells whether it has converged; the
 * others do not know: false. Allocates nothing, cannot fail.
 */
bool cvl_optimizer_step(cvl_optimizer *optimizer,
                        const cvl_objective *objective);

#endif
