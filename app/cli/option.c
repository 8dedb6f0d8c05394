/* option.c - looking things up in the option table. */
#include "cli/option.h"

#include <string.h>

const char *command_name(enum command_id command)
{
    static const char *const names[COMMAND_COUNT] = {
        "train", "conv", "explain", "check", "show", "apply", "bench"};
    return names[command];
}

const char *section_name(enum section section)
{
    static const char *const names[SECTION_COUNT] = {
        "geometry", "data",  "training", "execution", "output",
        "explain",  "check", "bench",    "flags"};
    return names[section];
}

bool option_is_for(const struct option *option, enum command_id command)
{
    return (option->commands >> command) & 1u;
}

const struct option *option_find(const char *name, enum command_id command)
{
    for (size_t i = 0; i < option_count; i++)
        if (option_is_for(&option_table[i], command) &&
            strcmp(option_table[i].name, name) == 0)
            return &option_table[i];
    return NULL;
}

const struct option *option_find_any(const char *name)
{
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].name, name) == 0) return &option_table[i];
    return NULL;
}

const struct option *option_find_letter(char letter, enum command_id command)
{
    for (size_t i = 0; letter && i < option_count; i++)
        if (option_is_for(&option_table[i], command) &&
            option_table[i].letter == letter)
            return &option_table[i];
    return NULL;
}

size_t option_index(const struct option *option)
{
    return (size_t)(option - option_table);
}

void *option_field(const struct option *option, struct config *config)
{
    return (unsigned char *)config + option->at;
}

const void *option_field_const(const struct option *option,
                               const struct config *config)
{
    return (const unsigned char *)config + option->at;
}
