/* commands.h - the one table of commands, and those without a room. */
#ifndef CONVLET_COMMANDS_H
#define CONVLET_COMMANDS_H

#include "cli/command.h"

/* Ends in {0}. */
extern const struct command command_table[];

command_run conv_run, check_run, show_run;

#endif
