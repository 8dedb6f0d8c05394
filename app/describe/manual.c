/* manual.c - what the manual's two forms share; see manual.h. */
#include "describe/manual.h"

#include "cli/help.h"

const struct manual_exit manual_exits[] = {
    {"0", "all went well"},
    {"1", "the system refused: a file, memory, standard output"},
    {"2", "wrong usage or configuration"},
    {"3", "bad data: a file's content, arrays that do not fit"},
    {"4", "training diverged"},
    {"5", "a check failed: check, explain"},
    {"130", "interrupted, after saving"},
};
const size_t manual_exit_count = sizeof manual_exits / sizeof *manual_exits;

void manual_options(enum command_id command, manual_open *open, manual_add *add,
                    struct text *text)
{
    for (int section = 0; section < SECTION_COUNT; section++) {
        bool is_open = false;
        for (size_t i = 0; i < option_count; i++) {
            const struct option *const option = &option_table[i];
            if ((int)option->section != section ||
                !option_is_for(option, command))
                continue;
            if (!is_open) open((enum section)section, text);
            is_open = true;
            add(option, text);
        }
    }
}

void manual_flags(const struct option *option, manual_flag *add,
                  struct text *text)
{
    struct text flag = {0};
    if (option->letter) {
        const char letter[] = {'-', option->letter, '\0'};
        add(letter, option, text);
        text_add(text, ", ");
    }
    text_add(&flag, "--%s", option->name);
    if (flag.data) add(flag.data, option, text);
    if (help_is_negatable(option)) {
        flag.size = 0;
        text_add(&flag, "--no-%s", option->name);
        text_add(text, ", ");
        if (flag.data) add(flag.data, option, text);
    }
    if (flag.failed) text->failed = true;
    text_free(&flag);
}

void manual_words(const struct option *option, manual_text *add,
                  struct text *text)
{
    struct text words = {0};
    help_option_words(option, &words);
    if (words.data) add(words.data, text);
    if (words.failed) text->failed = true;
    text_free(&words);
}
