/* complete.h - what a shell may offer at the end of a command line. */
#ifndef CONVLET_CLI_COMPLETE_H
#define CONVLET_CLI_COMPLETE_H

#include "base/text.h"
#include "cli/command.h"
#include "cli/option.h"

/*
 * Appends what the last of the words can become, a candidate a line, with a
 * tab and what it does where that is known; then ":files" or ":directories"
 * where a path may stand there too. Of a word "--flag=value", the candidates
 * are whole, and paths are for the value.
 *
 *   commands, table   end in {0}
 *   words             those behind "convlet"; the last one may be empty
 */
void complete(const struct command *commands, const struct option *table,
              int count, const char *const *words, struct text *text);

#endif
