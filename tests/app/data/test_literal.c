/* test_literal.c - arrays written out: what they are, and what they are not. */
#include "data/literal.h"

#include <stdio.h>

#include "expect.h"

static const struct {
    const char *text;
    size_t ndim, shape[4];
    double values[8];
} good[] = {
    {"7", 1, {1}, {7}},
    {"1 2,3", 1, {3}, {1, 2, 3}},
    {" -1 +.5 ,\n2e1 ", 1, {3}, {-1, 0.5, 20}},
    {"[1, 0, -1]", 1, {3}, {1, 0, -1}},
    {"[[1, 2], [3, 4]]", 2, {2, 2}, {1, 2, 3, 4}},
    {"[[1. 2. 3.]\n [4. 5. 6.]]", 2, {2, 3}, {1, 2, 3, 4, 5, 6}},
    {"[[[1],[2]],[[3],[4]]]", 3, {2, 2, 1}, {1, 2, 3, 4}},
    {"[[[[1,2]]],[[[3,4]]]]", 4, {2, 1, 1, 2}, {1, 2, 3, 4}},
    {"ones:3", 1, {3}, {1, 1, 1}},
    {"zeros:1,2", 2, {1, 2}, {0, 0}},
    {"range:2,1,3", 3, {2, 1, 3}, {1, 2, 3, 4, 5, 6}},
    {"range:1,2,2,2", 4, {1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}},
};

START_TEST(a_list_has_the_axes_and_numbers_that_are_written)
{
    cvl_tensor tensor;
    cvl_error err;
    ck_assert(literal_is(good[_i].text));
    expect_ok(literal_parse(good[_i].text, NULL, &tensor, &err), err);
    ck_assert_int_eq(tensor.dtype, CVL_F64);
    ck_assert_uint_eq(tensor.ndim, good[_i].ndim);
    for (size_t i = 0; i < tensor.ndim; i++)
        ck_assert_uint_eq(tensor.shape[i], good[_i].shape[i]);
    for (size_t i = 0; i < tensor.count; i++)
        ck_assert_double_eq(cvl_tensor_get(&tensor, i), good[_i].values[i]);
    cvl_tensor_free(&tensor);
}
END_TEST

static const char *const paths[] = {"x.npy", "",    ".",         "..",
                                    "./1",   "-",   "- 1",       "e5",
                                    "1.npy", "2x3", "ones",      "ones.npy",
                                    "one:2", "1/2", "fill:ones", "a[1].npy"};

START_TEST(what_could_be_a_file_is_a_path)
{
    ck_assert_msg(!literal_is(paths[_i]), "%s", paths[_i]);
}
END_TEST

static const struct {
    const char *text, *message;
} bad[] = {
    {"[1 2", "'[1 2': a bracket is not closed, at its end"},
    {"[1 2]]", "'[1 2]]': more than one array, at ']'"},
    {"[1][2]", "'[1][2]': more than one array, at '[2]'"},
    {"[]", "'[]': an empty row, at ']'"},
    {"[[1][]]", "'[[1][]]': an empty row, at ']]'"},
    {"[[1 2][3]]", "'[[1 2][3]]': rows of different lengths, at ']]'"},
    {"[[1] 2]", "'[[1] 2]': a number beside a row, at '2]'"},
    {"[1 [2]]", "'[1 [2]]': a row beside a number, at '[2]]'"},
    {"[[[[[1]]]]]", "'[[[[[1]]]]]': more than four axes, at '[1]]]]]'"},
    {"[1 x]", "'[1 x]': expected a number, at 'x]'"},
    {"[1 nan]", "'[1 nan]': expected a number, at 'nan]'"},
    {"1 2-3", "'1 2-3': expected a number, at '2-3'"},
    {"1e999", "'1e999': beyond what a number can hold, at '1e999'"},
    {"ones:", "'ones:': expected one to four axes behind the colon, as "
              "ones:2,4,5,5"},
    {"ones:2,", "'ones:2,': expected one to four axes behind the colon, as "
                "ones:2,4,5,5"},
    {"range:2x3", "'range:2x3': expected one to four axes behind the colon, "
                  "as ones:2,4,5,5"},
    {"zeros:2,0", "'zeros:2,0': expected one to four axes behind the colon, "
                  "as ones:2,4,5,5"},
    {"ones:1,1,1,1,1", "'ones:1,1,1,1,1': expected one to four axes behind "
                       "the colon, as ones:2,4,5,5"},
    {"ones:99999999999999999999",
     "'ones:99999999999999999999': expected one to four axes behind the "
     "colon, as ones:2,4,5,5"},
    {"normal:2,2", "'normal:2,2': random arrays are for `convlet conv` and "
                   "`convlet explain`; name a file or write the numbers"},
};

START_TEST(a_mistake_is_named_with_its_place)
{
    cvl_tensor tensor = {.ndim = 3};
    cvl_error err;
    ck_assert(literal_is(bad[_i].text));
    ck_assert_int_eq(literal_parse(bad[_i].text, NULL, &tensor, &err),
                     CVL_EINVAL);
    ck_assert_str_eq(err.message, bad[_i].message);
    ck_assert_uint_eq(tensor.ndim, 0);
    ck_assert_ptr_null(tensor.data);
}
END_TEST

START_TEST(a_misspelt_word_is_told_from_a_path)
{
    static const char *const others[] = {
        "one", "c:x.npy", ":1", "x.npy", "", "a_name_of_any_length:2,3"};
    ck_assert_str_eq(literal_near("one:2,3"), "ones");
    ck_assert_str_eq(literal_near("zeroes:2"), "zeros");
    ck_assert_str_eq(literal_near("norml:5"), "normal");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(!literal_near(others[i]), "%s", others[i]);
}
END_TEST

/* np.random.seed(1); np.random.rand(2, 3, 4); np.random.rand(3, 3, 3): as the
 * notebook prints them. */
START_TEST(random_arrays_follow_each_other_in_one_stream)
{
    cvl_random random;
    cvl_tensor x, w;
    cvl_error err;
    cvl_random_seed(&random, 1);
    expect_ok(literal_parse("uniform:2,3,4", &random, &x, &err), err);
    expect_ok(literal_parse("uniform:3,3,3", &random, &w, &err), err);
    ck_assert_double_eq_tol(cvl_tensor_get(&x, 0), 0.417022005, 5e-10);
    ck_assert_double_eq_tol(cvl_tensor_get(&x, 23), 0.692322616, 5e-10);
    ck_assert_double_eq_tol(cvl_tensor_get(&w, 0), 0.87638915, 5e-9);
    ck_assert_double_eq_tol(cvl_tensor_get(&w, 26), 0.01936696, 5e-9);
    cvl_tensor_free(&x);
    cvl_tensor_free(&w);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("literal");
    TCase *const all = tcase_create("literal");
    tcase_add_loop_test(all, a_list_has_the_axes_and_numbers_that_are_written,
                        0, (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(all, what_could_be_a_file_is_a_path, 0,
                        (int)(sizeof paths / sizeof paths[0]));
    tcase_add_loop_test(all, a_mistake_is_named_with_its_place, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(all, a_misspelt_word_is_told_from_a_path);
    tcase_add_test(all, random_arrays_follow_each_other_in_one_stream);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
