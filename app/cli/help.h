/* help.h - the program's help texts, made from its tables. */
#ifndef CONVLET_CLI_HELP_H
#define CONVLET_CLI_HELP_H

#include "base/text.h"
#include "cli/command.h"
#include "cli/option.h"

/* Appends what the program is, its commands, which end in {0}, and an example
 * of each. */
void help_program(const struct command *commands, struct text *text);

/* Appends the command's examples, then its options by section. */
void help_command(const struct command *command, const struct option *table,
                  struct text *text);

/* Appends what the option does, its default and range: "pictures in the random
 * input (default: 2; 1 or more)". */
void help_option_words(const struct option *option, struct text *words);

#endif
