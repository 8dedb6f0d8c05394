/* manual_markdown.c - docs/reference-options.md; see manual.h. */
#include <ctype.h>
#include <string.h>

#include "commands.h"
#include "help.h"
#include "manual.h"
#include "option_value.h"

static const char START[] =
    "# The command line\n"
    "\n"
    "Every command with its flags, which are the keys of a config file too. "
    "This page is\n"
    "made from the program's own table of options; the target "
    "`docs_reference` writes it\n"
    "again.\n"
    "\n"
    "A flag is written `--flag value` or `--flag=value`. A pair is height, "
    "then width; one\n"
    "number stands for both. Each flag under a `[section]` is also a key of a "
    "file for\n"
    "`--config`, written `key = value` below its section. Defaults give way "
    "to a preset, a\n"
    "preset to the file, the file to flags; `--print-config` shows where each "
    "value came\n"
    "from.\n"
    "\n"
    "| exit status | meaning |\n"
    "|---|---|\n";

/* A text inside of a table's cell. */
static void add_escaped(const char *words, struct text *text)
{
    for (const char *c = words; *c; c++) {
        if (strchr("|<>*_[]", *c)) text_add(text, "\\");
        text_add(text, "%c", *c);
    }
}

/* Code inside of a table's cell, where a bar still ends it. */
static void add_code(const char *words, struct text *text)
{
    text_add(text, "`");
    for (const char *c = words; *c; c++)
        text_add(text, "%s%c", *c == '|' ? "\\" : "", *c);
    text_add(text, "`");
}

static void add_flags(const struct option *option, struct text *text)
{
    if (option->letter) text_add(text, "`-%c`, ", option->letter);
    text_add(text, "`--%s`", option->name);
    if (help_is_negatable(option)) text_add(text, ", `--no-%s`", option->name);
}

static void add_row(const struct option *option, struct text *text)
{
    char values[EXPECTED_SIZE];
    const bool is_offered = option->type == TYPE_TEXT ||
                            option->type == TYPE_TARGET ||
                            (option->type == TYPE_NAME && option->metavar);
    text_add(text, "| ");
    add_flags(option, text);
    text_add(text, " | ");
    if (option->type == TYPE_SWITCH)
        text_add(text, "switch");
    else if (is_offered)
        add_code(option_metavar(option, values), text);
    else
        add_escaped(option_expected(option, values), text);
    text_add(text, " | ");
    if (option->text[0] && option->section != SECTION_FLAGS)
        add_code(option->text, text);
    text_add(text, " | ");
    add_escaped(option->help, text);
    if (option->type == TYPE_TARGET) {
        text_add(text, "; NAME is one of ");
        add_escaped(option_choices(option, ", ", values), text);
    }
    text_add(text, " |\n");
}

static void add_section(enum command_id command, enum section section,
                        struct text *text)
{
    bool is_open = false;
    for (size_t i = 0; i < option_count; i++) {
        const struct option *const option = &option_table[i];
        if (option->section != section || !option_is_for(option, command))
            continue;
        if (!is_open && section == SECTION_FLAGS)
            text_add(text, "\nOther flags, which are no keys:\n\n");
        if (!is_open && section != SECTION_FLAGS)
            text_add(text, "\n`[%s]`\n\n", section_name(section));
        if (!is_open)
            text_add(text, "| flag | value | default | what it does |\n"
                           "|---|---|---|---|\n");
        is_open = true;
        add_row(option, text);
    }
}

static void add_command(enum command_id id, struct text *text)
{
    const struct command *const command = &command_table[id];
    text_add(text, "\n## convlet %s\n\n%c%s.\n\n```text\n", command_name(id),
             toupper((unsigned char)command->summary[0]), command->summary + 1);
    for (const struct example *e = command->examples; e->line; e++)
        text_add(text, "%s\n      %s\n", e->line, e->what);
    text_add(text, "```\n");
    for (int section = 0; section < SECTION_COUNT; section++)
        add_section(id, (enum section)section, text);
}

void manual_markdown(struct text *text)
{
    text_add(text, "%s", START);
    for (size_t i = 0; i < manual_exit_count; i++)
        text_add(text, "| %s | %s |\n", manual_exits[i].status,
                 manual_exits[i].meaning);
    for (int c = 0; c < COMMAND_COUNT; c++)
        add_command((enum command_id)c, text);
}
