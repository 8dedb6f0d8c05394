/* test_describe.c - what is made from the table of options has all of it. */
#include <stdio.h>
#include <string.h>

#include <convlet/file.h>

#include "cli/complete.h"
#include "commands.h"
#include "expect.h"
#include "options.h"

enum { NAMES_SIZE = 8192 };

/* Appends " name" to the names. */
static void add_name(char names[NAMES_SIZE], const char *start,
                     const char *name, size_t length)
{
    const size_t size = strlen(names);
    const int written = snprintf(names + size, NAMES_SIZE - size, " %s%.*s",
                                 start, (int)length, name);
    ck_assert_int_lt(written, (int)(NAMES_SIZE - size));
}

/* " --batch --channels --bias --no-bias ...": what the table has, in its
 * order, or as the sections go. */
static void expected_names(const char *command, bool by_section,
                           char names[NAMES_SIZE])
{
    struct options options;
    options_of(option_table, command, &options);
    names[0] = '\0';
    for (int section = 0; section < (by_section ? SECTION_COUNT : 1); section++)
        for (size_t i = 0; i < options.count; i++) {
            const struct option *const option = &options.at[i];
            const size_t length = strlen(option->name);
            const char letter[] = {option->letter, '\0'};
            if (by_section && (int)option->section != section) continue;
            if (option->letter && by_section) add_name(names, "-", letter, 1);
            add_name(names, "--", option->name, length);
            if (option_is_negatable(option))
                add_name(names, "--no-", option->name, length);
            if (option->letter && !by_section) add_name(names, "-", letter, 1);
        }
}

/* The candidates for the last of the words, as " word word". */
static void offered(int count, const char *const *words, char names[NAMES_SIZE])
{
    struct text text = {0};
    complete(command_table, option_table, count, words, &text);
    ck_assert(!text.failed);
    names[0] = '\0';
    for (const char *at = text.data; at && *at;) {
        add_name(names, "", at, strcspn(at, "\t\n"));
        at += strcspn(at, "\n") + 1;
    }
    text_free(&text);
}

START_TEST(each_command_is_offered_its_flags_and_no_others)
{
    static char expected[NAMES_SIZE], found[NAMES_SIZE];
    for (const struct command *c = command_table; c->name; c++) {
        const char *const words[] = {c->name, "-"};
        expected_names(c->name, false, expected);
        offered(2, words, found);
        ck_assert_str_eq(found, expected);
    }
}
END_TEST

/* Appends the flags of a line of the page, "- `-o FILE`, `--output FILE`: ...";
 * the words behind them may name others. */
static void add_flags(const char *line, char names[NAMES_SIZE])
{
    const char *const end = strstr(line, "`: ");
    while ((line = strstr(line, "`-")) && line < end) {
        add_name(names, "", line + 1, strcspn(line + 1, " `"));
        line += 1 + strcspn(line + 1, "`") + 1;
    }
}

START_TEST(the_reference_page_has_each_flag_below_its_command)
{
    static char expected[NAMES_SIZE], found[NAMES_SIZE];
    cvl_bytes page = {0};
    cvl_error err;
    expect_ok(cvl_file_read(REFERENCE, 1 << 20, &page, &err), err);
    page.data[page.size - 1] = '\0';
    for (const struct command *c = command_table; c->name; c++) {
        char start[64];
        snprintf(start, sizeof start, "\n## convlet %s\n", c->name);
        const char *line = strstr((const char *)page.data, start);
        ck_assert_msg(line, "%s", start);
        found[0] = '\0';
        for (line += 2;
             (line = strchr(line, '\n')) && strncmp(line, "\n## ", 4) != 0;
             line++)
            if (strncmp(line, "\n- `", 4) == 0) add_flags(line, found);
        expected_names(c->name, true, expected);
        ck_assert_str_eq(found, expected);
    }
    cvl_bytes_free(&page);
}
END_TEST

START_TEST(values_are_the_choices_and_the_words_that_are_offered)
{
    static const struct {
        const char *command, *flag, *word, *offered;
    } all[] = {
        {"train", "--algorithm", "",
         " auto direct im2col tiled winograd winograd2"},
        {"train", "--input", "", " random :files"},
        {"train", "--init", "", " normal kaiming zeros :files"},
        {"train", "--padding", "", " same fit"},
        {"train", "--kernels", "", " auto"},
        {"check", "--kernels", "", ""},
        {"train", "--out", "", " :directories"},
        {"train", "--target", "",
         " ones zeros leaves filter:identity filter:box filter:gaussian "
         "filter:sobel-x filter:sobel-y filter:laplacian filter:sharpen "
         "filter:emboss :files"},
        {"conv", "--weight", "", " :files"},
        {"explain", "--terms", "", " all"},
        {"explain", "--at", "", ""},
        {"apply", "-o", "", " :files"},
        {"train", "--lr", "--algorithm=t", " --algorithm=tiled"},
        {"train", "--nesterov", "--dty", " --dtype"},
        {"apply", "--quiet", "ph", " :files"},
        {"nothing", "--lr", "", ""},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        char names[NAMES_SIZE];
        const char *const words[] = {all[i].command, all[i].flag, all[i].word};
        offered(3, words, names);
        ck_assert_str_eq(names, all[i].offered);
    }
}
END_TEST

START_TEST(no_choice_of_any_option_is_left_out)
{
    for (const struct command *c = command_table; c->name; c++) {
        struct options options;
        options_of(option_table, c->name, &options);
        for (size_t i = 0; i < options.count; i++) {
            char flag[64], names[NAMES_SIZE];
            const char *const words[] = {c->name, flag, ""};
            const char *choice;
            snprintf(flag, sizeof flag, "--%s", options.at[i].name);
            offered(3, words, names);
            for (size_t n = 0; (choice = option_choice(&options.at[i], n)); n++)
                ck_assert_msg(strstr(names, choice), "%s %s", flag, choice);
        }
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("describe");
    TCase *const all = tcase_create("describe");
    tcase_add_test(all, each_command_is_offered_its_flags_and_no_others);
    tcase_add_test(all, the_reference_page_has_each_flag_below_its_command);
    tcase_add_test(all, values_are_the_choices_and_the_words_that_are_offered);
    tcase_add_test(all, no_choice_of_any_option_is_left_out);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
