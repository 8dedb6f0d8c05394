/* option.c - looking options up. */
#include "cli/option.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

const char *section_name(enum section section)
{
    static const char *const names[SECTION_COUNT] = {
        "geometry", "data",  "training", "execution", "output",
        "explain",  "check", "bench",    "flags"};
    return names[section];
}

bool is_among(const char *name, const char *words)
{
    const size_t length = strlen(name);
    for (; words && *words; words += strspn(words, " ")) {
        const size_t size = strcspn(words, " ");
        if (size == length && strncmp(words, name, length) == 0) return true;
        words += size;
    }
    return false;
}

/* The option as that command has it. */
static void choose_variant(struct option *option, const char *command)
{
    const struct variant *v = option->variants;
    while (v && v->commands && !is_among(command, v->commands)) v++;
    if (!v || !v->commands) return;
    if (v->text) option->text = v->text;
    if (v->help) option->help = v->help;
    if (v->metavar) option->metavar = v->metavar;
    if (v->zero) option->zero = v->zero;
    if (v->names) option->names = v->names;
}

void options_of(const struct option *table, const char *command,
                struct options *options)
{
    options->count = 0;
    for (; table->name; table++) {
        if (!is_among(command, table->commands) &&
            strcmp(table->commands, EVERY_COMMAND) != 0)
            continue;
        struct option *const option = &options->at[options->count++];
        *option = *table;
        choose_variant(option, command);
    }
}

const struct option *option_find(const struct options *options,
                                 const char *name)
{
    for (size_t i = 0; i < options->count; i++)
        if (strcmp(options->at[i].name, name) == 0) return &options->at[i];
    return NULL;
}

const struct option *option_find_letter(const struct options *options,
                                        char letter)
{
    for (size_t i = 0; letter && i < options->count; i++)
        if (options->at[i].letter == letter) return &options->at[i];
    return NULL;
}

const struct option *option_find_any(const struct option *table,
                                     const char *name)
{
    for (; table->name; table++)
        if (strcmp(table->name, name) == 0) return table;
    return NULL;
}

const char *option_owner(const struct option *option, char *name, size_t size)
{
    snprintf(name, size, "%.*s", (int)strcspn(option->commands, " "),
             option->commands);
    return name;
}

const char *option_choice(const struct option *option, size_t index)
{
    if (option->names) return option->names(index);
    return option->choices ? option->choices[index] : NULL;
}

bool option_is_negatable(const struct option *option)
{
    /* But not those that ask for something. */
    return option->type == TYPE_SWITCH && option->section != SECTION_FLAGS;
}

/* Tries each of the space-separated words for the answer. */
static void try_akin(struct suggestion *suggestion, const char *akin,
                     const char *answer)
{
    while (akin && *akin) {
        char word[SUGGEST_LIMIT];
        const size_t length = strcspn(akin, " ");
        if (length < sizeof word) {
            memcpy(word, akin, length);
            word[length] = '\0';
            suggest_try(suggestion, word, answer);
        }
        akin += length + strspn(akin + length, " ");
    }
}

const char *option_suggest(const struct options *options, const char *name,
                           enum suggest_kind kind)
{
    struct suggestion suggestion = {.word = name};
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < options->count; i++) {
            const struct option *const option = &options->at[i];
            if ((kind == SUGGEST_SWITCH && !option_is_negatable(option)) ||
                (kind == SUGGEST_KEY && option->section == SECTION_FLAGS))
                continue;
            if (pass == 0)
                suggest_try(&suggestion, option->name, option->name);
            else
                try_akin(&suggestion, option->akin, option->name);
        }
    }
    return suggestion.answer;
}
