/* about.h - what a model that was trained says beside its params. */
#ifndef CONVLET_TRAIN_ABOUT_H
#define CONVLET_TRAIN_ABOUT_H

#include <convlet/model.h>

#include "base/config.h"
#include "base/text.h"
#include "samples/samples.h"

enum { ABOUT_TEXTS = 4 };

/* The texts are the model's: do not copy it. */
struct about {
    cvl_model_about model;
    struct text texts[ABOUT_TEXTS];
};

/*
 * Describes what was trained with those settings.
 *
 *   spec         the net's text; outlives it
 *   samples      that it learned from; {0}: none
 *   is_picture   its input is one
 *
 * CVL_ENOMEM; free it in any case.
 */
cvl_status about_init(struct about *about, const char *spec,
                      const struct config *config,
                      const struct samples *samples, const cvl_net *net,
                      bool is_picture, cvl_error *err);
void about_free(struct about *about);

#endif
