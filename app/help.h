/* help.h - the program's help texts, made from its tables. */
#ifndef CONVLET_HELP_H
#define CONVLET_HELP_H

#include "commands.h"
#include "text.h"

/* Appends what the program is, its commands, and an example of each. */
void help_program(struct text *text);

/* Appends the command's examples, then its options by section. */
void help_command(enum command_id command, struct text *text);

#endif
