/* command.c - finding a command among the others. */
#include "cli/command.h"

#include <string.h>

const struct command *command_find(const struct command *commands,
                                   const char *name)
{
    for (; commands->name; commands++)
        if (strcmp(name, commands->name) == 0) return commands;
    return NULL;
}
