/* show.h - a model in words, tables and colours. */
#ifndef CONVLET_SHOW_H
#define CONVLET_SHOW_H

#include "cli/command.h"
#include "data/model.h"
#include "pictures/kernels.h"

command_run show_run;
extern const struct rule show_rules[];

/* Appends what the model is, its layers, and its kernels. CVL_ENOMEM. */
cvl_status show_model(const cvl_model *model, const struct draw_style *style,
                      struct text *text, cvl_error *err);

#endif
