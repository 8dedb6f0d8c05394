/* describe.c - writes docs/reference-options.md, from the program's tables. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/help.h"
#include "cli/value.h"
#include "commands.h"
#include "options.h"

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
    "|---|---|\n"
    "| 0 | all went well |\n"
    "| 1 | the system refused: a file, memory, standard output |\n"
    "| 2 | wrong usage or configuration |\n"
    "| 3 | bad data: a file's content, arrays that do not fit |\n"
    "| 4 | training diverged |\n"
    "| 5 | a check failed: check, explain |\n"
    "| 130 | interrupted, after saving |\n";

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
static void add_flag(const char *start, const char *name,
                     const struct option *option, struct text *text)
{
    char metavar[EXPECTED_SIZE];
    text_add(text, "`%s%s", start, name);
    if (option->type != TYPE_SWITCH)
        text_add(text, " %s", value_metavar(option, metavar));
    text_add(text, "`");
}

static void add_option(const struct option *option, struct text *text)
{
    const char letter[] = {option->letter, '\0'};
    struct text words = {0};
    text_add(text, "- ");
    if (option->letter) {
        add_flag("-", letter, option, text);
        text_add(text, ", ");
    }
    add_flag("--", option->name, option, text);
    if (option_is_negatable(option)) {
        text_add(text, ", ");
        add_flag("--no-", option->name, option, text);
    }
    text_add(text, ": ");
    help_option_words(option, &words);
    if (words.data) add_escaped(words.data, text);
    if (words.failed) text->failed = true;
    text_free(&words);
    text_add(text, "\n");
}

static void add_command(const struct command *command, struct text *text)
{
    struct options options;
    options_of(option_table, command->name, &options);
    text_add(text, "\n## convlet %s\n\n%c%s.\n\n```text\n", command->name,
             toupper((unsigned char)command->summary[0]), command->summary + 1);
    for (const struct example *e = command->examples; e->line; e++)
        text_add(text, "%s\n      %s\n", e->line, e->what);
    text_add(text, "```\n");
    for (enum section section = 0; section < SECTION_COUNT; section++) {
        bool is_open = false;
        for (size_t i = 0; i < options.count; i++) {
            if (options.at[i].section != section) continue;
            if (!is_open && section == SECTION_FLAGS)
                text_add(text, "\nOther flags, which are no keys:\n\n");
            else if (!is_open)
                text_add(text, "\n`[%s]`\n\n", section_name(section));
            is_open = true;
            add_option(&options.at[i], text);
        }
    }
}

/* describe [FILE] */
int main(int argc, char **argv)
{
    const char *const path = argc > 1 ? argv[1] : NULL;
    struct text text = {0};
    text_add(&text, "%s", START);
    for (const struct command *c = command_table; c->name; c++)
        add_command(c, &text);
    FILE *const file = path ? fopen(path, "w") : stdout;
    bool good = file && !text.failed && fputs(text.data, file) >= 0;
    if (file && fflush(file)) good = false;
    if (path && file && fclose(file)) good = false;
    text_free(&text);
    if (good) return 0;
    fprintf(stderr, "describe: cannot write %s\n",
            path ? path : "to standard output");
    return 1;
}
