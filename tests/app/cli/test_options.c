/* test_options.c - the option table is sound, and values parse strictly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/net.h>

#include "base/suggest.h"
#include "cli/value.h"
#include "commands.h"
#include "expect.h"
#include "options.h"

/* The options of the command that a test is about. */
static struct options options;

/* Of the command of that index; a loop test visits each. */
static void pick(int command)
{
    options_of(option_table, command_table[command].name, &options);
}

static const struct option *find(const char *command, const char *name)
{
    options_of(option_table, command, &options);
    return option_find(&options, name);
}

static cvl_status parse(const struct option *option, const char *text,
                        struct config *config, cvl_error *err)
{
    union value value;
    const cvl_status status = value_parse(option, text, &value, err);
    if (!status) value_store(option, &value, config);
    return status;
}

START_TEST(names_are_kebab_case)
{
    for (const struct option *o = option_table; o->name; o++) {
        ck_assert_uint_eq(
            strspn(o->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
            strlen(o->name));
        ck_assert_int_ne(o->name[0], '-');
        ck_assert_ptr_null(strstr(o->name, "--"));
        /* --no-x must always be the negation of a switch x. */
        ck_assert_int_ne(strncmp(o->name, "no-", 3), 0);
    }
}
END_TEST

START_TEST(names_and_fields_are_unique_within_a_command)
{
    pick(_i);
    for (size_t i = 0; i < options.count; i++)
        for (size_t j = i + 1; j < options.count; j++) {
            ck_assert_str_ne(options.at[i].name, options.at[j].name);
            ck_assert_uint_ne(options.at[i].at, options.at[j].at);
        }
}
END_TEST

START_TEST(every_option_has_help)
{
    pick(_i);
    for (size_t i = 0; i < options.count; i++) {
        const struct option *const option = &options.at[i];
        char text[EXPECTED_SIZE];
        ck_assert_uint_gt(strlen(option->help), 5);
        ck_assert_int_ne(option->help[strlen(option->help) - 1], '.');
        ck_assert_int_eq(value_metavar(option, text)[0] == '\0',
                         option->type == TYPE_SWITCH);
        ck_assert_int_ne(value_expected(option, text)[0], '\0');
    }
}
END_TEST

/* All of them are commands; the first one is named where the option does not
 * belong to another, so they stand in the order of the commands. */
static void check_commands(const char *words)
{
    size_t count = 0, expected = 1;
    char names[100] = "";
    for (const char *c = words; *c; c++) expected += *c == ' ';
    for (const struct command *c = command_table; c->name; c++) {
        if (!is_among(c->name, words)) continue;
        count++;
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                 *names ? " " : "", c->name);
    }
    ck_assert_uint_ge(count, 1);
    ck_assert_uint_eq(count, expected);
    ck_assert_str_eq(names, words);
}

START_TEST(options_and_variants_name_commands)
{
    for (const struct option *o = option_table; o->name; o++) {
        if (strcmp(o->commands, EVERY_COMMAND) != 0)
            check_commands(o->commands);
        for (const struct variant *v = o->variants; v && v->commands; v++)
            check_commands(v->commands);
    }
}
END_TEST

/* But what the library has rows of, of which there may be one. */
START_TEST(choices_are_two_or_more)
{
    pick(_i);
    for (size_t i = 0; i < options.count; i++)
        if (options.at[i].type == TYPE_CHOICE ||
            options.at[i].type == TYPE_NAME) {
            ck_assert_ptr_nonnull(option_choice(&options.at[i], 0));
            if (options.at[i].names != cvl_loss_kind_name)
                ck_assert_ptr_nonnull(option_choice(&options.at[i], 1));
        }
}
END_TEST

/* The names that the library gives to the values behind them. */
START_TEST(choices_are_in_the_order_of_their_enums)
{
    ck_assert_str_eq(option_choice(find("train", "dtype"), DTYPE_FLOAT32),
                     cvl_dtype_name(CVL_F32));
    ck_assert_str_eq(option_choice(find("train", "dtype"), DTYPE_FLOAT64),
                     cvl_dtype_name(CVL_F64));
    ck_assert_str_eq(option_choice(find("conv", "dtype"), DTYPE_AUTO), "auto");
    ck_assert_str_eq(option_choice(find("train", "isa"), ISA_AUTO), "auto");
    ck_assert_str_eq(option_choice(find("train", "isa"), ISA_BASE), "base");
    ck_assert_str_eq(option_choice(find("train", "isa"), ISA_AVX2), "avx2");
    ck_assert_str_eq(option_choice(find("train", "isa"), ISA_AVX512), "avx512");
    ck_assert_ptr_null(option_choice(find("train", "isa"), ISA_AVX512 + 1));
    ck_assert_ptr_null(option_choice(find("conv", "dtype"), DTYPE_AUTO + 1));
    ck_assert_str_eq(
        option_choice(find("train", "reduction"), CVL_REDUCTION_SUM), "sum");
    ck_assert_str_eq(option_choice(find("train", "algorithm"), CVL_CONV_TILED),
                     "tiled");
    ck_assert_str_eq(option_choice(find("train", "init"), CVL_INIT_ZEROS),
                     "zeros");
    ck_assert_ptr_null(
        option_choice(find("train", "init"), CVL_INIT_ZEROS + 1));
}
END_TEST

START_TEST(defaults_parse_and_are_written_back_the_same)
{
    pick(_i);
    for (size_t i = 0; i < options.count; i++) {
        const struct option *const option = &options.at[i];
        struct config config = {0};
        struct text text = {0};
        cvl_error err;
        ck_assert_msg(!parse(option, option->text, &config, &err), "%s: %s",
                      option->name, err.message);
        value_format(option, &config, &text);
        ck_assert_str_eq(text.data ? text.data : "", option->text);
        ck_assert_int_eq(text_status(&text, &err), CVL_OK);
        text_free(&text);
    }
}
END_TEST

static const struct {
    const char *command, *name, *text, *written;
} accepted[] = {
    {"train", "stride", "3", "3"},
    {"train", "stride", "2,1", "2,1"},
    {"train", "stride", "2,2", "2"},
    {"train", "batch", "007", "7"},
    {"train", "kernels", "auto", "auto"},
    {"train", "padding", "same", "same"},
    {"train", "padding", "fit", "fit"},
    {"train", "padding", "0", "0"},
    {"train", "padding", "1,2", "1,2"},
    {"train", "padding", "1,1,2,2", "1,2"},
    {"train", "padding", "0,1,0,1", "0,1,0,1"},
    {"train", "padding", "4,4,4,4", "4"},
    {"train", "seed", "4294967295", "4294967295"},
    {"train", "steps", "1000000000", "1000000000"},
    {"train", "lr", "+1.50e-3", "0.0015"},
    {"train", "lr", "0.1", "0.1"},
    {"train", "lr", "15.117241302038604", "15.117241302038604"},
    {"train", "momentum", "0", "0"},
    {"train", "momentum", "-0", "0"},
    {"train", "nesterov", "true", "true"},
    {"train", "reduction", "sum", "sum"},
    {"train", "init", "zeros", "zeros"},
    {"train", "target", "filter:sobel-x", "filter:sobel-x"},
    {"train", "target", "a file", "a file"},
    {"train", "out", "", ""},
    {"train", "threads", "1024", "1024"},
    {"conv", "dtype", "auto", "auto"},
    {"explain", "at", "0,1,2,3", "0,1,2,3"},
    {"explain", "at", "2,3", "2,3"},
    {"explain", "at", "", ""},
    {"explain", "grad-bias", "7", "7"},
    {"check", "samples", "all", "all"},
    {"check", "tolerance", "1e-6", "1e-06"},
    {"check", "tolerance", "auto", "auto"},
    {"bench", "algorithm", "all", "all"},
    {"bench", "phase", "grad_weight", "grad_weight"},
    {"bench", "seconds", "0.5", "0.5"},
};

START_TEST(values_are_read_and_written)
{
    const struct option *const option =
        find(accepted[_i].command, accepted[_i].name);
    struct config config = {0};
    struct text text = {0};
    cvl_error err;
    ck_assert_msg(!parse(option, accepted[_i].text, &config, &err), "%s: %s",
                  option->name, err.message);
    value_format(option, &config, &text);
    ck_assert_str_eq(text.data ? text.data : "", accepted[_i].written);
    text_free(&text);
}
END_TEST

START_TEST(a_pair_is_height_then_width_and_padding_goes_by_sides)
{
    struct config config = {0};
    ck_assert(!parse(find("train", "kernel-size"), "5,3", &config, NULL));
    ck_assert_uint_eq(config.geometry.kernel_size[0], 5);
    ck_assert_uint_eq(config.geometry.kernel_size[1], 3);
    const struct option *const padding = find("train", "padding");
    ck_assert(!parse(padding, "1,2", &config, NULL));
    const size_t two[4] = {1, 1, 2, 2}, four[4] = {1, 2, 3, 4};
    ck_assert_mem_eq(config.geometry.padding.size, two, sizeof two);
    ck_assert(!parse(padding, "1,2,3,4", &config, NULL));
    ck_assert_mem_eq(config.geometry.padding.size, four, sizeof four);
    ck_assert_int_eq(config.geometry.padding.mode, PADDING_SIZES);
}
END_TEST

START_TEST(a_place_has_zeros_for_what_is_left_out_in_front)
{
    struct config config = {0};
    const size_t place[4] = {0, 0, 2, 3};
    ck_assert(!parse(find("explain", "at"), "2,3", &config, NULL));
    ck_assert_uint_eq(config.explain.of_output.count, 2);
    ck_assert_mem_eq(config.explain.of_output.at, place, sizeof place);
}
END_TEST

#define FILTERS \
    "identity, box, gaussian, sobel-x, sobel-y, laplacian, sharpen, emboss"
#define PADDINGS "P, or Y,X, or TOP,BOTTOM,LEFT,RIGHT, or same, or fit"
#define PAIR "expected 1 or more, as H,W or one number"

static const struct {
    const char *command, *name, *text, *message;
} refused[] = {
    {"train", "stride", "0", "'0' is out of range; " PAIR},
    {"train", "stride", "1,0", "'1,0' is out of range; " PAIR},
    {"train", "stride", "-1", "'-1' is out of range; " PAIR},
    {"train", "stride", "", "'' is not one or two whole numbers; " PAIR},
    {"train", "stride", "1,2,3",
     "'1,2,3' is not one or two whole numbers; " PAIR},
    {"train", "stride", "1,", "'1,' is not one or two whole numbers; " PAIR},
    {"train", "batch", "2.5",
     "'2.5' is not a whole number; expected 1 or more"},
    {"train", "batch", " 2", "' 2' is not a whole number; expected 1 or more"},
    {"train", "batch", "+2", "'+2' is not a whole number; expected 1 or more"},
    {"train", "batch", "0x10",
     "'0x10' is not a whole number; expected 1 or more"},
    {"train", "batch", "-", "'-' is not a whole number; expected 1 or more"},
    {"train", "batch", "auto",
     "'auto' is not a whole number; expected 1 or more"},
    {"train", "batch", "18446744073709551616",
     "'18446744073709551616' is too large; expected 1 or more"},
    {"train", "kernels", "many",
     "'many' is not a whole number; expected auto, or 1 or more"},
    {"train", "steps", "1000000001",
     "'1000000001' is out of range; expected 1 to 1000000000"},
    {"train", "seed", "4294967296",
     "'4294967296' is out of range; expected 0 to 4294967295"},
    {"train", "kernels", "0",
     "'0' is out of range; expected auto, or 1 or more"},
    {"train", "threads", "0",
     "'0' is out of range; expected auto, or 1 to 1024"},
    {"check", "tolerance", "0",
     "'0' is out of range; expected auto, or a number above 0"},
    {"train", "threads", "1025",
     "'1025' is out of range; expected auto, or 1 to 1024"},
    {"train", "padding", "1,2,3",
     "'1,2,3' is not a padding; expected " PADDINGS},
    {"explain", "at", "0,1,2,3,4",
     "'0,1,2,3,4' is not a place; expected N,K,Y,X, each 0 or more"},
    {"explain", "at", "1,",
     "'1,' is not a place; expected N,K,Y,X, each 0 or more"},
    {"explain", "grad-weight", "1,-1",
     "'1,-1' is out of range; expected K,C,I,J, each 0 or more"},
    {"explain", "grad-bias", "0,1",
     "'0,1' is not a place; expected K, 0 or more"},
    {"train", "padding", "valid",
     "'valid' is not a padding; for none, write 0"},
    {"train", "padding", "-1", "'-1' is out of range; expected " PADDINGS},
    {"train", "lr", "0",
     "'0' is out of range; expected auto, or a number above 0"},
    {"train", "lr", "nan",
     "'nan' is not a number; expected auto, or a number above 0"},
    {"train", "lr", "inf",
     "'inf' is not a number; expected auto, or a number above 0"},
    {"train", "lr", "0x1p3",
     "'0x1p3' is not a number; expected auto, or a number above 0"},
    {"train", "lr", "1e999",
     "'1e999' is beyond what a number can hold; expected auto, or a number "
     "above 0"},
    {"train", "lr", "1.2.3",
     "'1.2.3' is not a number; expected auto, or a number above 0"},
    {"train", "lr", "1e",
     "'1e' is not a number; expected auto, or a number above 0"},
    {"train", "momentum", "1",
     "'1' is out of range; expected 0 or more and below 1"},
    {"train", "weight-decay", "-0.1",
     "'-0.1' is out of range; expected 0 or more"},
    {"train", "nesterov", "yes",
     "'yes' is neither true nor false; expected true or false"},
    {"train", "reduction", "meen",
     "'meen' is not one of mean, sum, notebook; did you mean 'mean'?"},
    {"train", "reduction", "", "'' is not one of mean, sum, notebook"},
    {"train", "target", "filter:gausian",
     "filter 'gausian' is not one of " FILTERS "; did you mean 'gaussian'?"},
    {"train", "target", "filter:", "filter '' is not one of " FILTERS},
    {"train", "target", "",
     "the value is empty; expected ones|zeros|FILE|DIR|leaves|filter:NAME"},
    {"train", "dtype", "auto", "'auto' is not one of float32, float64"},
    {"check", "kernels", "auto",
     "'auto' is not a whole number; expected 1 or more"},
    {"check", "tolerance", "-1",
     "'-1' is out of range; expected auto, or a number above 0"},
};

START_TEST(wrong_values_are_refused_with_what_to_write)
{
    const struct option *const option =
        find(refused[_i].command, refused[_i].name);
    struct config config, before;
    cvl_error err;
    memset(&config, 7, sizeof config);
    memcpy(&before, &config, sizeof before);
    ck_assert_int_eq(parse(option, refused[_i].text, &config, &err),
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
    const struct option *const out = find("train", "out");
    memset(value, 'a', sizeof value);
    value[VALUE_LIMIT + 1] = '\0';
    ck_assert_int_eq(parse(out, value, &config, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message,
                     "the value takes 901 bytes in a file; the limit is 900");
    ck_assert_ptr_null(config.output.out);
    value[VALUE_LIMIT] = '\0';
    ck_assert_int_eq(parse(out, value, &config, &err), CVL_OK);
    ck_assert_ptr_eq(config.output.out, value);
    value[VALUE_LIMIT - 1] = '\0';
    ck_assert_int_eq(parse(out, value, &config, &err), CVL_OK);
}
END_TEST

/* A file is the only place where its length matters, so it counts there: a
 * control character takes four bytes, and the quotes two. */
START_TEST(a_value_is_as_long_as_a_file_has_it)
{
    char value[VALUE_LIMIT];
    struct config config = {0};
    cvl_error err;
    const struct option *const out = find("train", "out");
    memset(value, 1, sizeof value);
    value[(VALUE_LIMIT - 2) / 4 + 1] = '\0';
    ck_assert_int_eq(parse(out, value, &config, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message,
                     "the value takes 902 bytes in a file; the limit is 900");
    value[(VALUE_LIMIT - 2) / 4] = '\0';
    ck_assert_int_eq(parse(out, value, &config, &err), CVL_OK);
}
END_TEST

START_TEST(the_path_of_a_model_is_limited_in_length)
{
    char value[VALUE_LIMIT + 2];
    struct config config = {0};
    cvl_error err;
    const struct option *const init = find("train", "init");
    memset(value, '/', sizeof value);
    value[VALUE_LIMIT + 1] = '\0';
    ck_assert_int_eq(parse(init, value, &config, &err), CVL_EINVAL);
    ck_assert_str_eq(err.message,
                     "the value takes 901 bytes in a file; the limit is 900");
    value[VALUE_LIMIT] = '\0';
    ck_assert_int_eq(parse(init, value, &config, &err), CVL_OK);
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
    pick(0);
    ck_assert_str_eq(option_suggest(&options, "learning-rate", SUGGEST_KEY),
                     "lr");
    ck_assert_ptr_null(option_suggest(&options, "config", SUGGEST_KEY));
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("options");
    TCase *const tests = tcase_create("options");
    int commands = 0;
    while (command_table[commands].name) commands++;
    tcase_add_test(tests, names_are_kebab_case);
    tcase_add_loop_test(tests, names_and_fields_are_unique_within_a_command, 0,
                        commands);
    tcase_add_loop_test(tests, every_option_has_help, 0, commands);
    tcase_add_test(tests, options_and_variants_name_commands);
    tcase_add_loop_test(tests, choices_are_two_or_more, 0, commands);
    tcase_add_test(tests, choices_are_in_the_order_of_their_enums);
    tcase_add_loop_test(tests, defaults_parse_and_are_written_back_the_same, 0,
                        commands);
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
    tcase_add_test(tests, outside_text_is_made_fit_for_one_line);
    tcase_add_test(tests, suggestions_are_near_or_absent);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
