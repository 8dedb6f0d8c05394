/* train.h - `convlet train`: the door of its room. */
#ifndef CONVLET_TRAIN_TRAIN_H
#define CONVLET_TRAIN_TRAIN_H

#include "cli/command.h"

command_run train_run;
extern const struct rule train_rules[];

/* "filter" for a picture as input, what undoes --degrade, else "notebook". */
command_preset train_preset;

#endif
