/* manual_markdown.c - docs/reference-options.md; see manual.h. */
#include <ctype.h>
#include <string.h>

#include "cli/option_value.h"
#include "commands.h"
#include "describe/manual.h"

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

/* A text outside of code; flags in it become code, or "--" would be a dash. */
static void add_escaped(const char *words, struct text *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    while (*words) {
        const bool is_flag = strncmp(words, "--", 2) == 0;
        const size_t length = is_flag ? strspn(words, letters) : 1;
        if (is_flag)
            text_add(text, "`%.*s`", (int)length, words);
        else
            text_add(text, "%s%c", strchr("<>*_[]", *words) ? "\\" : "",
                     *words);
        words += length;
    }
}

/* "`--stride H,W`" */
static void add_flag(const char *flag, const struct option *option,
                     struct text *text)
{
    char metavar[EXPECTED_SIZE];
    text_add(text, "`%s", flag);
    if (option->type != TYPE_SWITCH)
        text_add(text, " %s", option_metavar(option, metavar));
    text_add(text, "`");
}

static void add_option(const struct option *option, struct text *text)
{
    text_add(text, "- ");
    manual_flags(option, add_flag, text);
    text_add(text, ": ");
    manual_words(option, add_escaped, text);
    text_add(text, "\n");
}

static void open_section(enum section section, struct text *text)
{
    if (section == SECTION_FLAGS)
        text_add(text, "\nOther flags, which are no keys:\n\n");
    else
        text_add(text, "\n`[%s]`\n\n", section_name(section));
}

static void add_command(enum command_id id, struct text *text)
{
    const struct command *const command = &command_table[id];
    text_add(text, "\n## convlet %s\n\n%c%s.\n\n```text\n", command_name(id),
             toupper((unsigned char)command->summary[0]), command->summary + 1);
    for (const struct example *e = command->examples; e->line; e++)
        text_add(text, "%s\n      %s\n", e->line, e->what);
    text_add(text, "```\n");
    manual_options(id, open_section, add_option, text);
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
