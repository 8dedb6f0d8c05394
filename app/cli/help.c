/* help.c - laying out the help. */
#include "cli/help.h"

#include <string.h>

#include "cli/value.h"

/* Lines end before column WIDTH; what an option does starts at INDENT. */
enum { WIDTH = 80, INDENT = 26 };

/*
 * Appends words, broken into lines that each start at `indent`; the text is
 * at `column` of its line when this begins. Ends the last line.
 */
static void wrap(struct text *text, size_t column, size_t indent,
                 const char *words)
{
    bool is_first = true;
    if (column > indent - 1) {
        text_fill(text, '\n', 1);
        column = 0;
    }
    text_fill(text, ' ', indent - column);
    column = indent;
    while (*words) {
        const size_t length = strcspn(words, " ");
        if (!is_first && column + 1 + length >= WIDTH) {
            text_fill(text, '\n', 1);
            text_fill(text, ' ', indent);
            column = indent;
        } else if (!is_first) {
            text_fill(text, ' ', 1);
            column++;
        }
        text_add(text, "%.*s", (int)length, words);
        column += length;
        words += length + strspn(words + length, " ");
        is_first = false;
    }
    text_fill(text, '\n', 1);
}

void help_option_words(const struct option *option, struct text *words)
{
    char expected[EXPECTED_SIZE];
    const bool is_number =
        option->type == TYPE_SIZE || option->type == TYPE_SEED ||
        option->type == TYPE_REAL || option->type == TYPE_PAIR;
    text_add(words, "%s", option->help);
    for (size_t i = 0; option->usages && option->usages(i); i++)
        if (option->usages(i)[0]) text_add(words, "; %s", option->usages(i));
    if (option->type == TYPE_TARGET)
        text_add(words, "; NAME is one of %s",
                 value_choices(option, ", ", expected));
    if (option->section == SECTION_FLAGS || !option->text[0]) return;
    text_add(words, " (default: %s", option->text);
    if (is_number) text_add(words, "; %s", value_expected(option, expected));
    text_add(words, ")");
}

static void add_option(const struct option *option, struct text *text)
{
    struct text words = {0};
    char metavar[EXPECTED_SIZE];
    const size_t start = text->size;
    text_add(text, "  ");
    if (option->letter) text_add(text, "-%c, ", option->letter);
    text_add(text, "--%s%s", option_is_negatable(option) ? "[no-]" : "",
             option->name);
    if (option->type != TYPE_SWITCH)
        text_add(text, " %s", value_metavar(option, metavar));
    help_option_words(option, &words);
    if (words.failed) text->failed = true;
    /* One more column keeps two spaces between a flag and its help. */
    const size_t column = text->size - start;
    if (column + 2 > INDENT) {
        text_fill(text, '\n', 1);
        wrap(text, 0, INDENT, words.data ? words.data : "");
    } else {
        wrap(text, column, INDENT, words.data ? words.data : "");
    }
    text_free(&words);
}

static void add_example(const struct example *example, struct text *text)
{
    text_add(text, "  %s\n", example->line);
    wrap(text, 0, 6, example->what);
}

void help_command(const struct command *command, const struct option *table,
                  struct text *text)
{
    struct options options;
    options_of(table, command->name, &options);
    text_add(text, "convlet %s - %s\n\nExamples:\n", command->name,
             command->summary);
    for (const struct example *e = command->examples; e->line; e++)
        add_example(e, text);
    text_add(text, "\nUsage: convlet %s [flags]%s%s\n", command->name,
             command->files ? " " : "", command->files ? command->files : "");
    text_add(text, "Each flag under a [section] is a key of a config file too."
                   "\n");
    for (enum section section = 0; section < SECTION_COUNT; section++) {
        bool is_open = false;
        for (size_t i = 0; i < options.count; i++) {
            if (options.at[i].section != section) continue;
            if (!is_open && section != SECTION_FLAGS)
                text_add(text, "\n[%s]\n", section_name(section));
            if (!is_open && section == SECTION_FLAGS)
                text_add(text, "\nOther flags\n");
            is_open = true;
            add_option(&options.at[i], text);
        }
    }
}

void help_program(const struct command *commands, struct text *text)
{
    text_add(text, "convlet trains and examines convolution layers.\n\n"
                   "Usage: convlet COMMAND [flags]\n\nCommands:\n");
    for (const struct command *c = commands; c->name; c++)
        text_add(text, "  %-8s%s\n", c->name, c->summary);
    text_add(text, "\nExamples:\n");
    for (const struct command *c = commands; c->name; c++)
        add_example(&c->examples[0], text);
    text_add(text, "\n`convlet COMMAND --help` lists the flags of a command;"
                   "\n`convlet --version` prints the version.\n");
}
