/* explain.h - `convlet explain`: the door of its room. */
#ifndef CONVLET_EXPLAIN_EXPLAIN_H
#define CONVLET_EXPLAIN_EXPLAIN_H

#include "cli/command.h"

command_run explain_run;
extern const struct rule explain_rules[];

#endif
