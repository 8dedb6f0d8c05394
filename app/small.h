/* small.h - the commands that need no room. */
#ifndef CONVLET_SMALL_H
#define CONVLET_SMALL_H

#include "cli/command.h"

command_run conv_run, check_run, show_run;

#endif
