/* test_numbers.c - every number of every command, however it is written. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli/config_file.h"
#include "cli/flags.h"
#include "cli/settings.h"
#include "cli/value.h"
#include "comma_locale.h"
#include "commands.h"
#include "expect.h"
#include "number_option.h"
#include "options.h"
#include "scratch.h"
#include "spellings.h"

enum { TEXT_SIZE = 96 };

/* Where a value is written. */
enum form { FLAG, FLAG_JOINED, FILE_BARE, FILE_QUOTED, FORMS };

/* What the grid saw, in the fork of one test. */
static size_t cells;

static bool is_list(const struct option *option)
{
    return option->type == TYPE_PAIR || option->type == TYPE_PADDING ||
           (option->type == TYPE_INDEX && strchr(option->metavar, ','));
}

/* Enters the option as this text, in this form. */
static cvl_status enter(struct settings *settings, const char *command,
                        const struct option *option, enum form form,
                        const char *text, cvl_error *err)
{
    char joined[2 * TEXT_SIZE], file[2 * TEXT_SIZE];
    const char *const mark = form == FILE_QUOTED ? "\"" : "";
    ck_assert(!settings_init(settings, command_find(command_table, command),
                             option_table, NULL));
    snprintf(joined, sizeof joined, "--%s%s%s", option->name,
             form == FLAG_JOINED ? "=" : "", form == FLAG_JOINED ? text : "");
    const char *const words[] = {joined, text};
    if (form <= FLAG_JOINED)
        return flags_parse(form == FLAG ? 2 : 1, words, settings, err);
    const int length =
        snprintf(file, sizeof file, "[%s]\n%s = %s%s%s\n",
                 section_name(option->section), option->name, mark, text, mark);
    return config_parse("FILE", file, (size_t)length, ORIGIN_FILE, settings,
                        err);
}

static bool is_in_range(const struct option *option, double value)
{
    const bool is_low =
        value < option->low || (option->above && value == option->low);
    const bool is_high =
        value > option->high || (option->below && value == option->high);
    return !is_low && !(option->high > 0 && is_high);
}

static bool is_taken(const struct option *option, const struct spelling *s,
                     enum form form)
{
    if (s->is_blank && form != FILE_BARE) return false;
    return option->type == TYPE_REAL
               ? s->is_real && is_in_range(option, s->real)
               : s->is_whole && is_in_range(option, (double)s->size);
}

/* The number that the settings have, of a list the one at that place from the
 * end of what was written. */
static bool has_meaning(const struct settings *settings,
                        const struct option *option, const struct spelling *s,
                        size_t from_end)
{
    const char *const at = (const char *)&settings->config + option->at;
    switch (option->type) {
    case TYPE_SIZE: return *(const size_t *)(const void *)at == s->size;
    case TYPE_SEED: return *(const uint32_t *)(const void *)at == s->size;
    case TYPE_REAL: {
        const double real = *(const double *)(const void *)at;
        return real == s->real && !signbit(real) == !signbit(s->real);
    }
    case TYPE_PAIR:
        return ((const size_t *)(const void *)at)[1 - from_end] == s->size;
    case TYPE_PADDING:
        return ((const struct padding *)(const void *)at)
                   ->size[3 - 2 * from_end] == s->size;
    default:
        return ((const struct index *)(const void *)at)->at[3 - from_end] ==
               s->size;
    }
}

/* One line that begins with the place, and says what to write instead. */
static void expect_refusal(const struct option *option, enum form form,
                           const char *text, cvl_status status,
                           const cvl_error *err)
{
    char place[TEXT_SIZE], value[TEXT_CLIP];
    const bool is_file = form >= FILE_BARE;
    snprintf(place, sizeof place, "%s%s", is_file ? "FILE:2: " : "--",
             option->name);
    ck_assert_msg(status == CVL_EINVAL, "%s '%s': taken, or status %d",
                  option->name, text, status);
    ck_assert_msg(strncmp(err->message, place, strlen(place)) == 0, "%s",
                  err->message);
    ck_assert_msg(!strpbrk(err->message, "\n\r\t\v"), "%s", err->message);
    if (form == FLAG && strncmp(text, "--", 2) == 0)
        ck_assert_ptr_nonnull(strstr(err->message, " needs a value: --"));
    else if (*text && form != FILE_BARE)
        ck_assert_msg(strstr(err->message, text_clip(text, value)), "%s: %s",
                      err->message, text);
    ck_assert_msg(strstr(err->message, "expected ") ||
                      strstr(err->message, "; ") ||
                      strstr(err->message, " needs a value: "),
                  "no remedy: %s", err->message);
}

static void try_cell(const char *command, const struct option *option,
                     const struct spelling *s, const char *text, enum form form,
                     size_t from_end)
{
    struct settings settings;
    cvl_error err;
    /* In a file nothing may stand for no place at all. */
    if (!*text && option->type == TYPE_INDEX && form >= FILE_BARE) return;
    const cvl_status status =
        enter(&settings, command, option, form, text, &err);
    cells++;
    if (is_taken(option, s, form)) {
        ck_assert_msg(!status, "%s --%s '%s': %s", command, option->name, text,
                      err.message);
        ck_assert_msg(has_meaning(&settings, option, s, from_end),
                      "%s --%s '%s' means something else", command,
                      option->name, text);
    } else {
        expect_refusal(option, form, text, status, &err);
    }
    settings_free(&settings);
}

/* Alone and, of a list, before and behind another number. */
static void try_spelling(const char *command, const struct option *option,
                         const struct spelling *s)
{
    char text[TEXT_SIZE];
    const bool is_two = strchr(s->text, ',') && is_list(option);
    for (enum form form = 0; form < FORMS; form++) {
        if (!is_two) try_cell(command, option, s, s->text, form, 0);
        if (!is_list(option) || is_two || s->is_blank) continue;
        snprintf(text, sizeof text, "1,%s", s->text);
        try_cell(command, option, s, text, form, 0);
        snprintf(text, sizeof text, "%s,1", s->text);
        try_cell(command, option, s, text, form, 1);
    }
}

/* The ends of the option's own range, and what is just outside of them. */
static void try_ends(const char *command, const struct option *option)
{
    const bool is_real = option->type == TYPE_REAL;
    const double step = is_real ? 0 : 1;
    const double ends[] = {
        option->low,
        is_real ? nextafter(option->low, -1) : option->low - step,
        is_real ? nextafter(option->low, 1) : option->low + step,
        option->high,
        is_real ? nextafter(option->high, 1e9) : option->high + step,
        is_real ? nextafter(option->high, -1) : option->high - step};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char text[TEXT_SIZE];
        if (i >= 3 && option->high == 0) break;
        snprintf(text, sizeof text, "%.17g", ends[i]);
        if (strchr(text, ',')) *strchr(text, ',') = '.';
        const struct spelling s = {.text = text,
                                   .is_whole = !is_real && ends[i] >= 0,
                                   .is_real = true,
                                   .size = ends[i] >= 0 ? (size_t)ends[i] : 0,
                                   .real = ends[i]};
        try_spelling(command, option, &s);
    }
}

static void try_command(const char *command)
{
    struct options options;
    options_of(option_table, command, &options);
    for (size_t i = 0; i < options.count; i++) {
        const struct option *const option = &options.at[i];
        if (!is_number_option(option)) continue;
        for (size_t s = 0; s < spelling_count; s++)
            try_spelling(command, option, &spellings[s]);
        try_ends(command, option);
    }
}

START_TEST(a_number_means_the_same_wherever_it_is_written)
{
    try_command(command_table[_i].name);
    printf("%s: %zu numbers written\n", command_table[_i].name, cells);
}
END_TEST

START_TEST(a_decimal_comma_of_the_locale_changes_no_number)
{
    if (!comma_locale()) {
        printf("no locale with a decimal comma can be made: skipped\n");
        return;
    }
    for (const struct command *c = command_table; c->name; c++)
        try_command(c->name);
}
END_TEST

/* What the option has of that text, in words: "refused", or its value. */
static void say_value(const char *name, const char *text, char *says)
{
    struct settings settings;
    struct options options;
    struct text value = {0};
    options_of(option_table, "train", &options);
    const struct option *const option = option_find(&options, name);
    const bool refused = enter(&settings, "train", option, FLAG, text, NULL);
    value_format(option, &settings.config, &value);
    snprintf(says, TEXT_SIZE, "%s", refused ? "refused" : value.data);
    text_free(&value);
    settings_free(&settings);
}

START_TEST(the_page_says_how_numbers_are_read)
{
    static const char head[] =
        "| a number written as | where it must be whole | elsewhere |\n"
        "|---|---|---|\n";
    cvl_bytes page;
    size_t rows = 0;
    ck_assert(!cvl_file_read(TEST_DATA "/../docs/reliability.md", 1 << 20,
                             &page, NULL));
    const char *at = strstr((const char *)page.data, head);
    ck_assert_ptr_nonnull(at);
    at += strlen(head);
    for (; *at == '|'; at = strchr(at, '\n') + 1, rows++) {
        char text[TEXT_SIZE], whole[TEXT_SIZE], real[TEXT_SIZE];
        char line[4 * TEXT_SIZE];
        ck_assert_int_eq(sscanf(at, "| `%95[^`]`", text), 1);
        say_value("batch", text, whole);
        say_value("weight-decay", text, real);
        snprintf(line, sizeof line, "| `%s` | %s | %s |\n", text, whole, real);
        ck_assert_msg(strncmp(at, line, strlen(line)) == 0, "%.120s\nis %s", at,
                      line);
    }
    ck_assert_uint_gt(rows, 10);
    cvl_bytes_free(&page);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("numbers");
    TCase *const all = tcase_create("numbers");
    int commands = 0;
    while (command_table[commands].name) commands++;
    tcase_add_checked_fixture(all, enter_directory, leave_directory);
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_number_means_the_same_wherever_it_is_written, 0,
                        commands);
    tcase_add_test(all, a_decimal_comma_of_the_locale_changes_no_number);
    tcase_add_test(all, the_page_says_how_numbers_are_read);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
