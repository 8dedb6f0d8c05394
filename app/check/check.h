/* check.h - the door of `convlet check`: gradients against quotients. */
#ifndef CONVLET_CHECK_CHECK_H
#define CONVLET_CHECK_CHECK_H

#include "cli/command.h"

command_run check_run;

/* Flags that are idle beside a net, or without one. */
extern const struct rule check_rules[];

#endif
