/* test_options.c - the option table is sound, and values parse strictly. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/option_value.h"

START_TEST(names_are_kebab_case)
{
    const char *const name = option_table[_i].name;
    ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                      strlen(name));
    ck_assert_int_ne(name[0], '-');
    ck_assert_ptr_null(strstr(name, "--"));
    /* --no-x must always be the negation of a switch x. */
    ck_assert_int_ne(strncmp(name, "no-", 3), 0);
}
END_TEST

START_TEST(names_and_fields_are_unique_within_a_command)
{
    const struct option *const a = &option_table[_i];
    for (size_t j = (size_t)_i + 1; j < option_count; j++) {
        const struct option *const b = &option_table[j];
        if (!(a->commands & b->commands)) continue;
        ck_assert_str_ne(a->name, b->name);
        ck_assert_uint_ne(a->at, b->at);
    }
}
END_TEST

START_TEST(every_option_has_help_and_a_command)
{
    const struct option *const option = &option_table[_i];
    char text[EXPECTED_SIZE];
    ck_assert_uint_gt(strlen(option->help), 5);
    ck_assert_int_ne(option->help[strlen(option->help) - 1], '.');
    ck_assert_uint_ne(option->commands, 0);
    ck_assert_uint_lt(option->commands, 1u << COMMAND_COUNT);
    ck_assert_int_eq(option_metavar(option, text)[0] == '\0',
                     option->type == TYPE_SWITCH);
    ck_assert_int_ne(option_expected(option, text)[0], '\0');
}
END_TEST

START_TEST(choices_end_within_their_row)
{
    const struct option *const option = &option_table[_i];
    ck_assert_ptr_null(option->choices[CHOICE_LIMIT - 1]);
    if (option->type == TYPE_CHOICE || option->type == TYPE_NAME)
        ck_assert_ptr_nonnull(option->choices[1]);
}
END_TEST

START_TEST(defaults_parse_and_are_written_back_the_same)
{
    const struct option *const option = &option_table[_i];
    struct config config = {0};
    struct text text = {0};
    cvl_error err;
    ck_assert_msg(!option_parse(option, option->text, &config, &err), "%s: %s",
                  option->name, err.message);
    option_format(option, &config, &text);
    ck_assert_str_eq(text.data ? text.data : "", option->text);
    ck_assert_int_eq(text_status(&text, &err), CVL_OK);
    text_free(&text);
}
END_TEST

static const struct {
    enum command_id command;
    const char *name, *text, *written;
} accepted[] = {
    {COMMAND_TRAIN, "stride", "3", "3"},
    {COMMAND_TRAIN, "stride", "2,1", "2,1"},
    {COMMAND_TRAIN, "stride", "2,2", "2"},
    {COMMAND_TRAIN, "batch", "007", "7"},
    {COMMAND_TRAIN, "kernels", "auto", "auto"},
    {COMMAND_TRAIN, "padding", "same", "same"},
    {COMMAND_TRAIN, "padding", "fit", "fit"},
    {COMMAND_TRAIN, "padding", "0", "0"},
    {COMMAND_TRAIN, "padding", "1,2", "1,2"},
    {COMMAND_TRAIN, "padding", "1,1,2,2", "1,2"},
    {COMMAND_TRAIN, "padding", "0,1,0,1", "0,1,0,1"},
    {COMMAND_TRAIN, "padding", "4,4,4,4", "4"},
    {COMMAND_TRAIN, "seed", "4294967295", "4294967295"},
    {COMMAND_TRAIN, "steps", "1000000000", "1000000000"},
    {COMMAND_TRAIN, "lr", "+1.50e-3", "0.0015"},
    {COMMAND_TRAIN, "lr", "0.1", "0.1"},
    {COMMAND_TRAIN, "lr", "15.117241302038604", "15.117241302038604"},
    {COMMAND_TRAIN, "momentum", "0", "0"},
    {COMMAND_TRAIN, "momentum", "-0", "-0"},
    {COMMAND_TRAIN, "nesterov", "true", "true"},
    {COMMAND_TRAIN, "reduction", "sum", "sum"},
    {COMMAND_TRAIN, "init", "zeros", "zeros"},
    {COMMAND_TRAIN, "target", "filter:sobel-x", "filter:sobel-x"},
    {COMMAND_TRAIN, "target", "a file", "a file"},
    {COMMAND_TRAIN, "out", "", ""},
    {COMMAND_TRAIN, "threads", "1024", "1024"},
    {COMMAND_CONV, "dtype", "auto", "auto"},
    {COMMAND_EXPLAIN, "at", "0,1,2,3", "0,1,2,3"},
    {COMMAND_EXPLAIN, "at", "2,3", "2,3"},
    {COMMAND_EXPLAIN, "at", "", ""},
    {COMMAND_EXPLAIN, "grad-bias", "7", "7"},
    {COMMAND_CHECK, "samples", "all", "all"},
    {COMMAND_CHECK, "tolerance", "1e-6", "1e-06"},
    {COMMAND_CHECK, "tolerance", "auto", "auto"},
    {COMMAND_BENCH, "algorithm", "all", "all"},
    {COMMAND_BENCH, "phase", "grad_weight", "grad_weight"},
    {COMMAND_BENCH, "seconds", "0.5", "0.5"},
};

START_TEST(values_are_read_and_written)
{
    const struct option *const option =
        option_find(accepted[_i].name, accepted[_i].command);
    struct config config = {0};
    struct text text = {0};
    cvl_error err;
    ck_assert_msg(!option_parse(option, accepted[_i].text, &config, &err),
                  "%s: %s", option->name, err.message);
    option_format(option, &config, &text);
    ck_assert_str_eq(text.data ? text.data : "", accepted[_i].written);
    text_free(&text);
}
END_TEST

START_TEST(a_pair_is_height_then_width_and_padding_goes_by_sides)
{
    struct config config = {0};
    ck_assert(!option_parse(option_find("kernel-size", COMMAND_TRAIN), "5,3",
                            &config, NULL));
    ck_assert_uint_eq(config.geometry.kernel_size[0], 5);
    ck_assert_uint_eq(config.geometry.kernel_size[1], 3);
    const struct option *const padding = option_find("padding", COMMAND_TRAIN);
    ck_assert(!option_parse(padding, "1,2", &config, NULL));
    const size_t two[4] = {1, 1, 2, 2}, four[4] = {1, 2, 3, 4};
    ck_assert_mem_eq(config.geometry.padding.size, two, sizeof two);
    ck_assert(!option_parse(padding, "1,2,3,4", &config, NULL));
    ck_assert_mem_eq(config.geometry.padding.size, four, sizeof four);
    ck_assert_int_eq(config.geometry.padding.mode, PADDING_SIZES);
}
END_TEST

START_TEST(a_place_has_zeros_for_what_is_left_out_in_front)
{
    struct config config = {0};
    const size_t place[4] = {0, 0, 2, 3};
    ck_assert(!option_parse(option_find("at", COMMAND_EXPLAIN), "2,3", &config,
                            NULL));
    ck_assert_uint_eq(config.explain.of_output.count, 2);
    ck_assert_mem_eq(config.explain.of_output.at, place, sizeof place);
}
END_TEST

#define FILTERS \
    "identity, box, gaussian, sobel-x, sobel-y, laplacian, sharpen, emboss"
#define PADDINGS "P, or Y,X, or TOP,BOTTOM,LEFT,RIGHT, or same, or fit"
#define PAIR "expected 1 or more, as H,W or one number"

static const struct {
    enum command_id command;
    const char *name, *text, *message;
} refused[] = {
    {COMMAND_TRAIN, "stride", "0", "'0' is out of range; " PAIR},
    {COMMAND_TRAIN, "stride", "1,0", "'1,0' is out of range; " PAIR},
    {COMMAND_TRAIN, "stride", "-1", "'-1' is out of range; " PAIR},
    {COMMAND_TRAIN, "stride", "", "'' is not one or two whole numbers; " PAIR},
    {COMMAND_TRAIN, "stride", "1,2,3",
     "'1,2,3' is not one or two whole numbers; " PAIR},
    {COMMAND_TRAIN, "stride", "1,",
     "'1,' is not one or two whole numbers; " PAIR},
    {COMMAND_TRAIN, "batch", "2.5",
     "'2.5' is not a whole number; expected 1 or more"},
    {COMMAND_TRAIN, "batch", " 2",
     "' 2' is not a whole number; expected 1 or more"},
    {COMMAND_TRAIN, "batch", "+2",
     "'+2' is not a whole number; expected 1 or more"},
    {COMMAND_TRAIN, "batch", "0x10",
     "'0x10' is not a whole number; expected 1 or more"},
    {COMMAND_TRAIN, "batch", "-",
     "'-' is not a whole number; expected 1 or more"},
    {COMMAND_TRAIN, "batch", "auto",
     "'auto' is not a whole number; expected 1 or more"},
    {COMMAND_TRAIN, "batch", "18446744073709551616",
     "'18446744073709551616' is too large; expected 1 or more"},
    {COMMAND_TRAIN, "kernels", "many",
     "'many' is not a whole number; expected auto, or 1 or more"},
    {COMMAND_TRAIN, "steps", "1000000001",
     "'1000000001' is out of range; expected 1 to 1000000000"},
    {COMMAND_TRAIN, "seed", "4294967296",
     "'4294967296' is out of range; expected 0 to 4294967295"},
    {COMMAND_TRAIN, "kernels", "0",
     "'0' is out of range; expected auto, or 1 or more"},
    {COMMAND_TRAIN, "threads", "0",
     "'0' is out of range; expected auto, or 1 to 1024"},
    {COMMAND_CHECK, "tolerance", "0",
     "'0' is out of range; expected auto, or a number above 0"},
    {COMMAND_TRAIN, "threads", "1025",
     "'1025' is out of range; expected auto, or 1 to 1024"},
    {COMMAND_TRAIN, "padding", "1,2,3",
     "'1,2,3' is not a padding; expected " PADDINGS},
    {COMMAND_EXPLAIN, "at", "0,1,2,3,4",
     "'0,1,2,3,4' is not a place; expected N,K,Y,X, each 0 or more"},
    {COMMAND_EXPLAIN, "at", "1,",
     "'1,' is not a place; expected N,K,Y,X, each 0 or more"},
    {COMMAND_EXPLAIN, "grad-weight", "1,-1",
     "'1,-1' is out of range; expected K,C,I,J, each 0 or more"},
    {COMMAND_EXPLAIN, "grad-bias", "0,1",
     "'0,1' is not a place; expected K, 0 or more"},
    {COMMAND_TRAIN, "padding", "valid",
     "'valid' is not a padding; expected " PADDINGS},
    {COMMAND_TRAIN, "padding", "-1",
     "'-1' is out of range; expected " PADDINGS},
    {COMMAND_TRAIN, "lr", "0",
     "'0' is out of range; expected auto, or a number above 0"},
    {COMMAND_TRAIN, "lr", "nan",
     "'nan' is not a number; expected auto, or a number above 0"},
    {COMMAND_TRAIN, "lr", "inf",
     "'inf' is not a number; expected auto, or a number above 0"},
    {COMMAND_TRAIN, "lr", "0x1p3",
     "'0x1p3' is not a number; expected auto, or a number above 0"},
    {COMMAND_TRAIN, "lr", "1e999",
     "'1e999' is beyond what a number can hold; expected auto, or a number "
     "above 0"},
    {COMMAND_TRAIN, "lr", "1.2.3",
     "'1.2.3' is not a number; expected auto, or a number above 0"},
    {COMMAND_TRAIN, "lr", "1e",
     "'1e' is not a number; expected auto, or a number above 0"},
    {COMMAND_TRAIN, "momentum", "1",
     "'1' is out of range; expected 0 or more and below 1"},
    {COMMAND_TRAIN, "weight-decay", "-0.1",
     "'-0.1' is out of range; expected 0 or more"},
    {COMMAND_TRAIN, "nesterov", "yes",
     "'yes' is neither true nor false; expected true or false"},
    {COMMAND_TRAIN, "reduction", "meen",
     "'meen' is not one of mean, sum, notebook; did you mean 'mean'?"},
    {COMMAND_TRAIN, "reduction", "", "'' is not one of mean, sum, notebook"},
    {COMMAND_TRAIN, "target", "filter:gausian",
     "filter 'gausian' is not one of " FILTERS "; did you mean 'gaussian'?"},
    {COMMAND_TRAIN, "target", "filter:", "filter '' is not one of " FILTERS},
    {COMMAND_TRAIN, "target", "",
     "the value is empty; expected ones|zeros|FILE|DIR|leaves|filter:NAME"},
    {COMMAND_TRAIN, "dtype", "auto", "'auto' is not one of float32, float64"},
    {COMMAND_CHECK, "kernels", "auto",
     "'auto' is not a whole number; expected 1 or more"},
    {COMMAND_CHECK, "tolerance", "-1",
     "'-1' is out of range; expected auto, or a number above 0"},
};

START_TEST(wrong_values_are_refused_with_what_to_write)
{
    const struct option *const option =
        option_find(refused[_i].name, refused[_i].command);
    struct config config, before;
    cvl_error err;
    memset(&config, 7, sizeof config);
    memcpy(&before, &config, sizeof before);
    ck_assert_int_eq(option_parse(option, refused[_i].text, &config, &err),
                     CVL_EINVAL);
    ck_assert_str_eq(err.message, refused[_i].message);
    ck_assert_mem_eq(&config, &before, sizeof before);
}
END_TEST

START_TEST(a_value_is_limited_in_length)
{
    char value[VALUE_LIMIT + 2];
    struct config config = {0};
    cvl_error err;
    const struct option *const out = option_find("out", COMMAND_TRAIN);
    memset(value, 'a', sizeof value);
    value[VALUE_LIMIT + 1] = '\0';
    ck_assert_int_eq(option_parse(out, value, &config, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message,
                     "the value takes 901 bytes in a file; the limit is 900");
    ck_assert_ptr_null(config.output.out);
    value[VALUE_LIMIT] = '\0';
    ck_assert_int_eq(option_parse(out, value, &config, &err), CVL_OK);
    ck_assert_ptr_eq(config.output.out, value);
    value[VALUE_LIMIT - 1] = '\0';
    ck_assert_int_eq(option_parse(out, value, &config, &err), CVL_OK);
}
END_TEST

/* A file is the only place where its length matters, so it counts there: a
 * control character takes four bytes, and the quotes two. */
START_TEST(a_value_is_as_long_as_a_file_has_it)
{
    char value[VALUE_LIMIT];
    struct config config = {0};
    cvl_error err;
    const struct option *const out = option_find("out", COMMAND_TRAIN);
    memset(value, 1, sizeof value);
    value[(VALUE_LIMIT - 2) / 4 + 1] = '\0';
    ck_assert_int_eq(option_parse(out, value, &config, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message,
                     "the value takes 902 bytes in a file; the limit is 900");
    value[(VALUE_LIMIT - 2) / 4] = '\0';
    ck_assert_int_eq(option_parse(out, value, &config, &err), CVL_OK);
}
END_TEST

START_TEST(the_path_of_a_model_is_limited_in_length)
{
    char value[VALUE_LIMIT + 2];
    struct config config = {0};
    cvl_error err;
    const struct option *const init = option_find("init", COMMAND_TRAIN);
    memset(value, '/', sizeof value);
    value[VALUE_LIMIT + 1] = '\0';
    ck_assert_int_eq(option_parse(init, value, &config, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message,
                     "the value takes 901 bytes in a file; the limit is 900");
    value[VALUE_LIMIT] = '\0';
    ck_assert_int_eq(option_parse(init, value, &config, &err), CVL_OK);
}
END_TEST

START_TEST(outside_text_is_made_fit_for_one_line)
{
    char clipped[TEXT_CLIP], longer[100];
    ck_assert_str_eq(text_clip("a\n\x1b[1mb", clipped), "a??[1mb");
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    ck_assert_uint_eq(strlen(text_clip(longer, clipped)), TEXT_CLIP - 1);
    ck_assert_str_eq(clipped + TEXT_CLIP - 5, "x...");
}
END_TEST

START_TEST(suggestions_are_near_or_absent)
{
    const char *const words[] = {"mean", "sum", "notebook", NULL};
    ck_assert_str_eq(suggest_word("maen", words), "mean");
    ck_assert_str_eq(suggest_word("note", words), "notebook");
    ck_assert_str_eq(suggest_word("notebok", words), "notebook");
    ck_assert_ptr_null(suggest_word("average", words));
    ck_assert_ptr_null(suggest_word("", words));
    ck_assert_str_eq(
        suggest_option("learning-rate", COMMAND_TRAIN, SUGGEST_KEY), "lr");
    ck_assert_ptr_null(suggest_option("config", COMMAND_TRAIN, SUGGEST_KEY));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("options");
    TCase *const tests = tcase_create("options");
    const int rows = (int)option_count;
    tcase_add_loop_test(tests, names_are_kebab_case, 0, rows);
    tcase_add_loop_test(tests, names_and_fields_are_unique_within_a_command, 0,
                        rows);
    tcase_add_loop_test(tests, every_option_has_help_and_a_command, 0, rows);
    tcase_add_loop_test(tests, choices_end_within_their_row, 0, rows);
    tcase_add_loop_test(tests, defaults_parse_and_are_written_back_the_same, 0,
                        rows);
    tcase_add_loop_test(tests, values_are_read_and_written, 0,
                        (int)(sizeof accepted / sizeof accepted[0]));
    tcase_add_test(tests,
                   a_pair_is_height_then_width_and_padding_goes_by_sides);
    tcase_add_test(tests, a_place_has_zeros_for_what_is_left_out_in_front);
    tcase_add_loop_test(tests, wrong_values_are_refused_with_what_to_write, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_test(tests, a_value_is_limited_in_length);
    tcase_add_test(tests, a_value_is_as_long_as_a_file_has_it);
    tcase_add_test(tests, the_path_of_a_model_is_limited_in_length);
    tcase_add_test(tests, a_value_is_as_long_as_a_file_has_it);
    tcase_add_test(tests, the_path_of_a_model_is_limited_in_length);
    tcase_add_test(tests, outside_text_is_made_fit_for_one_line);
    tcase_add_test(tests, suggestions_are_near_or_absent);
    suite_add_tcase(suite, tests);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
