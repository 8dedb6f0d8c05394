/* help.c - see help.h for the contract. */
#include "cli/help.h"

#include <string.h>

#include "cli/option_value.h"

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

bool help_is_negatable(const struct option *option)
{
    return option->type == TYPE_SWITCH && option->section != SECTION_FLAGS;
}

void help_option_words(const struct option *option, struct text *words)
{
    char expected[EXPECTED_SIZE];
    const bool is_number =
        option->type == TYPE_SIZE || option->type == TYPE_SEED ||
        option->type == TYPE_REAL || option->type == TYPE_PAIR;
    text_add(words, "%s", option->help);
    if (option->type == TYPE_TARGET)
        text_add(words, "; NAME is one of %s",
                 option_choices(option, ", ", expected));
    if (option->section == SECTION_FLAGS || !option->text[0]) return;
    text_add(words, " (default: %s", option->text);
    if (is_number) text_add(words, "; %s", option_expected(option, expected));
    text_add(words, ")");
}

static void add_option(const struct option *option, struct text *text)
{
    struct text words = {0};
    char metavar[EXPECTED_SIZE];
    const size_t start = text->size;
    text_add(text, "  ");
    if (option->letter) text_add(text, "-%c, ", option->letter);
    text_add(text, "--%s%s", help_is_negatable(option) ? "[no-]" : "",
             option->name);
    if (option->type != TYPE_SWITCH)
        text_add(text, " %s", option_metavar(option, metavar));
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

void help_command(enum command_id id, struct text *text)
{
    const struct command *const command = &command_table[id];
    text_add(text, "convlet %s - %s\n\nExamples:\n", command_name(id),
             command->summary);
    for (const struct example *e = command->examples; e->line; e++)
        add_example(e, text);
    text_add(text, "\nUsage: convlet %s [flags]%s%s\n", command_name(id),
             command->files ? " " : "", command->files ? command->files : "");
    text_add(text, "Each flag under a [section] is a key of a config file too."
                   "\n");
    for (int section = 0; section < SECTION_COUNT; section++) {
        bool is_open = false;
        for (size_t i = 0; i < option_count; i++) {
            const struct option *const option = &option_table[i];
            if ((int)option->section != section || !option_is_for(option, id))
                continue;
            if (!is_open && section != SECTION_FLAGS)
                text_add(text, "\n[%s]\n", section_name((enum section)section));
            if (!is_open && section == SECTION_FLAGS)
                text_add(text, "\nOther flags\n");
            is_open = true;
            add_option(option, text);
        }
    }
}

void help_program(struct text *text)
{
    text_add(text, "convlet trains and examines convolution layers.\n\n"
                   "Usage: convlet COMMAND [flags]\n\nCommands:\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        text_add(text, "  %-8s%s\n", command_name((enum command_id)i),
                 command_table[i].summary);
    text_add(text, "\nExamples:\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        add_example(&command_table[i].examples[0], text);
    text_add(text, "\n`convlet COMMAND --help` lists the flags of a command;"
                   "\n`convlet --version` prints the version.\n");
}
