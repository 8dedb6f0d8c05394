/* help.h - the program's help texts, made from its tables. */
#ifndef CONVLET_CLI_HELP_H
#define CONVLET_CLI_HELP_H

#include "base/text.h"
#include "commands.h"

/* Appends what the program is, its commands, and an example of each. */
void help_program(struct text *text);

/* Appends the command's examples, then its options by section. */
void help_command(enum command_id command, struct text *text);

/* Appends what the option does, its default and range: "pictures in the random
 * input (default: 2; 1 or more)". */
void help_option_words(const struct option *option, struct text *words);

/* Is there a --no- form of the option? */
bool help_is_negatable(const struct option *option);

#endif
