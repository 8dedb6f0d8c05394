/* trainer.h - how training begins: from its settings to the first step. */
#ifndef CONVLET_BEGIN_TRAINER_H
#define CONVLET_BEGIN_TRAINER_H

#include <convlet/trainer.h>

#include "base/config.h"
#include "begin/learning_rate.h"

/*
 * Bytes that training takes, of a net that is planned: its activations, params
 * and gradients, the input, the target, the gradient of the loss, a mask where
 * the settings ask for one, and what the optimiser keeps for each param. false
 * where they cannot be counted.
 */
bool begin_bytes(const struct training_settings *settings, const cvl_net *net,
                 size_t *bytes);

/* Builds the trainer, with the loss, the optimiser and the tolerances of the
 * settings. Errors of cvl_trainer_init; an optimiser that is not for this net
 * is named by its flag. Free it in any case. */
cvl_status begin_trainer(cvl_trainer *trainer, const cvl_net_config *net,
                         const struct training_settings *settings,
                         cvl_error *err);

/* Draws the params: as `init` says, but with what --residual and --degrade
 * change about a net for pictures. */
void begin_params(cvl_net *net, cvl_init init, const struct config *config,
                  cvl_random *random);

/*
 * What the settings mean for an input and a target like those of every step:
 * the mask, and whitened steps. Errors of mask_make and cvl_trainer_whiten.
 *
 *   clips   the name of a target that is a picture; NULL: it is none
 */
cvl_status begin_settle(cvl_trainer *trainer, const struct config *config,
                        const cvl_tensor *input, const cvl_tensor *target,
                        const char *clips, cvl_error *err);

/* Adam's epsilon, where nobody has asked for one: in the settings too. After
 * begin_settle. */
void begin_epsilon(cvl_trainer *trainer, struct training_settings *settings);

/* Is the learning rate still to be found? */
bool begin_lacks_rate(const cvl_trainer *trainer,
                      const struct training_settings *settings);

/*
 * Finds it, at the params as they are, for a batch: in the settings too.
 *
 *   bounds   receives what was found of it
 *
 * Errors of rate_bounds_measure.
 */
cvl_status begin_rate(cvl_trainer *trainer, struct training_settings *settings,
                      const cvl_tensor *x, const cvl_tensor *t,
                      struct rate_bounds *bounds, cvl_error *err);

#endif
