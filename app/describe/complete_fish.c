/* complete_fish.c - the completion of fish; see complete.h. */
#include "cli/help.h"
#include "commands.h"
#include "describe/complete.h"

/* A text inside of single quotes, where fish knows \\ and \'. */
static void add_escaped(const char *words, struct text *text)
{
    for (const char *c = words; *c; c++)
        text_add(text, "%s%c", *c == '\'' || *c == '\\' ? "\\" : "", *c);
}

static void add_start(enum command_id command, struct text *text)
{
    text_add(text, "complete -c convlet -n '__fish_seen_subcommand_from %s'",
             command_name(command));
}

static void add_help(const struct option *option, struct text *text)
{
    text_add(text, " -d '");
    add_escaped(option->help, text);
    text_add(text, "'\n");
}

static void add_values(const struct option *option, struct text *text)
{
    struct complete_values values;
    complete_values_of(option, &values);
    text_add(text, values.files ? " -r -F" : " -x");
    if (!values.count && !values.directories) return;
    text_add(text, " -a '");
    for (size_t i = 0; i < values.count; i++)
        text_add(text, "%s%s", i ? " " : "", values.words[i]);
    if (values.directories && !values.files)
        text_add(text, "%s(__fish_complete_directories)",
                 values.count ? " " : "");
    text_add(text, "'");
}

static void add_option(enum command_id command, const struct option *option,
                       struct text *text)
{
    add_start(command, text);
    if (option->letter) text_add(text, " -s %c", option->letter);
    text_add(text, " -l %s", option->name);
    if (option->type != TYPE_SWITCH) add_values(option, text);
    add_help(option, text);
    if (!help_is_negatable(option)) return;
    add_start(command, text);
    text_add(text, " -l no-%s", option->name);
    add_help(option, text);
}

void complete_fish(struct text *text)
{
    text_add(text, "# convlet.fish - completes the flags of convlet and their "
                   "values.\n"
                   "\n"
                   "complete -c convlet -f\n"
                   "complete -c convlet -n __fish_use_subcommand -l help\n"
                   "complete -c convlet -n __fish_use_subcommand -l version\n");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        const enum command_id command = (enum command_id)c;
        text_add(text,
                 "complete -c convlet -n __fish_use_subcommand -a %s -d '",
                 command_name(command));
        add_escaped(command_table[c].summary, text);
        text_add(text, "'\n");
        if (command_table[c].files) {
            add_start(command, text);
            text_add(text, " -F\n");
        }
        for (size_t i = 0; i < option_count; i++)
            if (option_is_for(&option_table[i], command))
                add_option(command, &option_table[i], text);
    }
}
