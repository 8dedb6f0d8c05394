/* commands.h - the one table of commands. */
#ifndef CONVLET_COMMANDS_H
#define CONVLET_COMMANDS_H

#include "cli/command.h"

/* Ends in {0}. */
extern const struct command command_table[];

#endif
