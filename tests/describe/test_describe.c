/* test_describe.c - what is made from the table of options has all of it. */
#include <stdio.h>
#include <string.h>

#include "cli/help.h"
#include "commands.h"
#include "describe/complete.h"
#include "describe/manual.h"
#include "expect.h"

enum { NAMES_SIZE = 8192 };

/* How to find the flags of a command in a text. */
static const struct form {
    void (*add)(struct text *text);
    const char *start; /* before the flags of the command %s */
    const char *end;   /* behind them */
    const char *flag;  /* before the name of one */
} forms[] = {
    {manual_page, "\n.SS convlet %s\n", "\n.S", "\\fB--"},
    {manual_markdown, "\n## convlet %s\n", "\n## ", "`--"},
    {complete_bash, "\n    %s)\n        words='", "'\n", " --"},
    {complete_zsh, "\n    %s)\n        _arguments", "\n        ;;",
     "\n        '--"},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

/* Appends " name" to the names. */
static void add_name(char names[NAMES_SIZE], const char *no, const char *name,
                     size_t length)
{
    const size_t size = strlen(names);
    const int written = snprintf(names + size, NAMES_SIZE - size, " %s%.*s", no,
                                 (int)length, name);
    ck_assert_int_lt(written, (int)(NAMES_SIZE - size));
}

/* " batch channels bias no-bias ...": what the table has, in its order, as
 * the sections go. */
static void expected_names(enum command_id command, bool by_section,
                           char names[NAMES_SIZE])
{
    names[0] = '\0';
    for (int section = 0; section < (by_section ? SECTION_COUNT : 1); section++)
        for (size_t i = 0; i < option_count; i++) {
            const struct option *const option = &option_table[i];
            if (!option_is_for(option, command)) continue;
            if (by_section && (int)option->section != section) continue;
            add_name(names, "", option->name, strlen(option->name));
            if (help_is_negatable(option))
                add_name(names, "no-", option->name, strlen(option->name));
        }
}

/* In roff a hyphen that is typed is "\-". */
static void drop_escapes(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++)
        if (from[0] != '\\' || from[1] != '-') *to++ = *from;
    *to = '\0';
}

/* In Markdown the words about a flag may name others. */
static void drop_words(char *text)
{
    for (char *at = text; (at = strstr(at, "`: "));)
        for (at += 3; *at && *at != '\n'; at++) *at = ' ';
}

static void found_names(const struct form *form, char *text,
                        enum command_id command, char names[NAMES_SIZE])
{
    char start[64];
    snprintf(start, sizeof start, form->start, command_name(command));
    char *at = strstr(text, start);
    ck_assert_msg(at, "%s", start);
    at += strlen(start) - 1; /* a flag's mark may begin with its last letter */
    char *const end = strstr(at + 1, form->end);
    ck_assert(end || form->add == manual_markdown);
    if (end) *end = '\0';
    names[0] = '\0';
    while ((at = strstr(at, form->flag))) {
        at += strlen(form->flag);
        add_name(names, "", at,
                 strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-"));
    }
}

START_TEST(each_command_has_the_flags_of_the_table_and_no_others)
{
    const struct form *const form = &forms[_i];
    static char expected[NAMES_SIZE], found[NAMES_SIZE];
    const bool by_section = _i < 2;
    for (int c = 0; c < COMMAND_COUNT; c++) {
        struct text text = {0};
        form->add(&text);
        ck_assert(!text.failed);
        if (form->add == manual_page) drop_escapes(text.data);
        if (form->add == manual_markdown) drop_words(text.data);
        expected_names((enum command_id)c, by_section, expected);
        found_names(form, text.data, (enum command_id)c, found);
        ck_assert_str_eq(found, expected);
        text_free(&text);
    }
}
END_TEST

/* A line for each flag, with its command. */
START_TEST(fish_has_the_flags_of_the_table_and_no_others)
{
    struct text text = {0};
    complete_fish(&text);
    ck_assert(!text.failed);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        static char expected[NAMES_SIZE], found[NAMES_SIZE];
        char start[64];
        snprintf(start, sizeof start, "_from %s' -",
                 command_name((enum command_id)c));
        expected_names((enum command_id)c, false, expected);
        found[0] = '\0';
        for (const char *at = text.data; (at = strstr(at, start));) {
            const char *const line = at + strlen(start);
            const char *const name = strstr(line, "l ");
            at = line + strcspn(line, "\n");
            if (name && name < at && *line != 'F')
                add_name(found, "", name + 2, strcspn(name + 2, " "));
        }
        ck_assert_str_eq(found, expected);
    }
    text_free(&text);
}
END_TEST

START_TEST(values_are_the_choices_and_the_words_that_are_offered)
{
    static const struct {
        enum command_id command;
        const char *name, *words;
        bool files, directories;
    } all[] = {
        {COMMAND_TRAIN, "algorithm", " auto direct im2col tiled", 0, 0},
        {COMMAND_TRAIN, "input", " random", true, false},
        {COMMAND_TRAIN, "init", " normal kaiming zeros", true, false},
        {COMMAND_TRAIN, "padding", " same fit", false, false},
        {COMMAND_TRAIN, "kernels", " auto", false, false},
        {COMMAND_TRAIN, "out", "", false, true},
        {COMMAND_TRAIN, "target",
         " ones zeros leaves filter:identity filter:box filter:gaussian "
         "filter:sobel-x filter:sobel-y filter:laplacian filter:sharpen "
         "filter:emboss",
         true, true},
        {COMMAND_CONV, "weight", "", true, false},
        {COMMAND_EXPLAIN, "terms", " all", false, false},
        {COMMAND_EXPLAIN, "at", "", false, false},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char words[NAMES_SIZE] = "";
        struct complete_values values;
        complete_values_of(option_find(all[i].name, all[i].command), &values);
        for (size_t v = 0; v < values.count; v++)
            add_name(words, "", values.words[v], strlen(values.words[v]));
        ck_assert_str_eq(words, all[i].words);
        ck_assert_int_eq(values.files, all[i].files);
        ck_assert_int_eq(values.directories, all[i].directories);
    }
}
END_TEST

START_TEST(no_choice_of_any_option_is_left_out)
{
    for (size_t i = 0; i < option_count; i++) {
        struct complete_values values;
        const struct option *const option = &option_table[i];
        complete_values_of(option, &values);
        ck_assert_uint_lt(values.count, COMPLETE_WORDS);
        for (size_t c = 0; option->choices[c]; c++) {
            bool found = false;
            for (size_t v = 0; v < values.count; v++)
                if (strstr(values.words[v], option->choices[c])) found = true;
            ck_assert_msg(found, "--%s %s", option->name, option->choices[c]);
        }
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("describe");
    TCase *const all = tcase_create("describe");
    tcase_add_loop_test(
        all, each_command_has_the_flags_of_the_table_and_no_others, 0, FORMS);
    tcase_add_test(all, fish_has_the_flags_of_the_table_and_no_others);
    tcase_add_test(all, values_are_the_choices_and_the_words_that_are_offered);
    tcase_add_test(all, no_choice_of_any_option_is_left_out);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
