/* optimizer.h - what turns gradients into steps, and what it remembers. */
#ifndef CONVLET_TRAIN_OPTIMIZER_H
#define CONVLET_TRAIN_OPTIMIZER_H

#include <convlet/adam.h>
#include <convlet/curvature.h>
#include <convlet/net.h>
#include <convlet/sgd.h>

#include "base/config.h"
#include "base/text.h"

enum { OPTIMIZER_SLOTS = 2 };

/* The knobs of the one that `choice` names; {0} is SGD with rate 0. */
struct optimizer_settings {
    enum optimizer_choice choice;
    cvl_sgd sgd;
    cvl_adam adam;
    enum schedule_choice schedule; /* of the rate, over `steps` updates */
    size_t steps;
    size_t warmup; /* the first updates, which the rate rises over */
};

/* {0} is empty. */
struct optimizer {
    struct optimizer_settings settings;
    size_t updates; /* steps that were taken */
    size_t param_count;
    size_t slot_count; /* tensors it keeps for each param */
    cvl_tensor *slots; /* those of slot 0 for all params, then of slot 1 */
};

/* Appends "adam, lr 0.001, ...", what steps and with which knobs. */
void optimizer_describe(const struct config *config, struct text *text);

/* The settings of a run. */
struct optimizer_settings optimizer_of(const struct config *config);

/* How many tensors these settings make it keep for each param. */
size_t optimizer_slots(const struct optimizer_settings *settings);

/*
 * Makes room, with zeros, for what it remembers. CVL_EINVAL for knobs that
 * make no sense, or conjugate gradients on more than one linear layer;
 * CVL_ENOMEM; free it in any case.
 */
cvl_status optimizer_init(struct optimizer *optimizer,
                          const struct optimizer_settings *settings,
                          const cvl_net *net, cvl_error *err);
void optimizer_free(struct optimizer *optimizer);

/* "velocity"; "mean", "square"; "direction", "descent". */
const char *optimizer_slot_name(const struct optimizer *optimizer, size_t slot);

/* The tensor of a slot for a param. */
cvl_tensor *optimizer_slot(const struct optimizer *optimizer, size_t slot,
                           size_t param);

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
double optimizer_rate(const struct optimizer_settings *settings,
                      size_t updates);

/*
 * Changes the params of objective->net, whose grads are there. Conjugate
 * gradients overwrite its output, and tell by how much the loss falls that has
 * these grads; the others do not know: infinity.
 */
double optimizer_step(struct optimizer *optimizer,
                      const cvl_objective *objective);

#endif
