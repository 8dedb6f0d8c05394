/* conv.h - the door of `convlet conv`: forward and backward on arrays. */
#ifndef CONVLET_CONV_CONV_H
#define CONVLET_CONV_CONV_H

#include "cli/command.h"

command_run conv_run;

/* Flags that are idle beside a net, or without one. */
extern const struct rule conv_rules[];

#endif
