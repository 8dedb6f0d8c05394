/* apply.h - `convlet apply`: the door of its room. */
#ifndef CONVLET_APPLY_APPLY_H
#define CONVLET_APPLY_APPLY_H

#include "cli/command.h"

command_run apply_run;

#endif
