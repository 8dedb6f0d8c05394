/* test_explain.c - the products behind a number, and the grids about them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "expect.h"
#include "explain/data.h"
#include "explain/grid.h"

enum { CASES = 80, NUMBERS = 6, KINDS = 4 };

static const cvl_element kinds[KINDS] = {{.array = CVL_ARRAY_Y},
                                         {.array = CVL_ARRAY_GRAD},
                                         {.array = CVL_ARRAY_DX},
                                         {.array = CVL_ARRAY_GRAD, .param = 1}};

/* The arrays of a case with the results of the algorithm, as `explain` has
 * them. */
static struct explain_data data_of(const case_arrays *arrays,
                                   const cvl_conv2d_geometry *g)
{
    return (struct explain_data){
        .arrays = {.conv = {.geometry = *g, .dtype = arrays->x.dtype},
                   .x = arrays->x,
                   .w = arrays->w,
                   .b = arrays->b,
                   .y = arrays->y,
                   .dy = arrays->dy,
                   .dw = arrays->dw,
                   .db = arrays->db,
                   .dx = arrays->dx}};
}

static const cvl_tensor *tensor_of(const struct explain_data *data,
                                   const cvl_element *number)
{
    const struct explain_layer layer = explain_lone_layer(data);
    return explain_result(&layer, number->array, number->param);
}

/* Where the number lies in its tensor. */
static size_t flat(const cvl_tensor *tensor, const cvl_element *number)
{
    size_t index = 0;
    for (size_t i = 0; i < tensor->ndim; i++)
        index = index * tensor->shape[i] + (size_t)number->at[i];
    return index;
}

/* A number of the tensor of that kind. */
static cvl_element draw_number(const struct explain_data *data,
                               const cvl_element *kind, cvl_random *random)
{
    const cvl_tensor *const tensor = tensor_of(data, kind);
    cvl_element number = *kind;
    number.ndim = tensor->ndim;
    for (size_t i = 0; i < tensor->ndim; i++)
        number.at[i] = cvl_random_below(random, (uint32_t)tensor->shape[i]);
    number.value = cvl_tensor_get(tensor, flat(tensor, &number));
    return number;
}

/* Calls `visit` for numbers of every kind of many convolutions. */
static void for_numbers(cvl_dtype dtype, bool integers,
                        void (*visit)(const struct explain_data *data,
                                      const cvl_element *number,
                                      const char *what))
{
    cvl_random random;
    cvl_random_seed(&random, 6);
    const cvl_exec exec = cvl_exec_default();
    for (int i = 0; i < CASES; i++) {
        char what[256];
        case_arrays arrays;
        const cvl_conv2d_geometry g = case_geometry(&random);
        case_init(&arrays, &g, dtype, integers, &random);
        case_run(&arrays, &g, CVL_CONV_DIRECT, &exec);
        const struct explain_data data = data_of(&arrays, &g);
        for (size_t kind = 0; kind < KINDS; kind++)
            for (int j = 0; j < NUMBERS; j++) {
                const cvl_element number =
                    draw_number(&data, &kinds[kind], &random);
                visit(&data, &number, case_describe(&g, what));
            }
        case_free(&arrays);
    }
}

static struct sum add_up(const struct explain_data *data,
                         const cvl_element *number, size_t limit)
{
    struct sum sum;
    cvl_error err;
    const cvl_terms terms = explain_lone_layer(data).terms;
    expect_ok(sum_terms(&terms, number, data->arrays.conv.dtype, limit, 0.0,
                        &sum, &err),
              err);
    return sum;
}

static void expect_equal(const struct explain_data *data,
                         const cvl_element *number, const char *what)
{
    struct sum sum = add_up(data, number, 0);
    ck_assert_msg(sum.total == number->value, "%s: %s: %g, expected %g", what,
                  element_array(number), sum.total, number->value);
    ck_assert_msg(sum.matches, "%s", what);
    ck_assert_uint_eq(sum.listed, sum.count);
    double total = 0.0;
    size_t padding = 0;
    for (size_t i = 0; i < sum.count; i++) {
        const cvl_term *const term = &sum.terms[i].term;
        total += term->product;
        ck_assert(sum.terms[i].sum == total);
        ck_assert(term->product ==
                  term->left.value *
                      (term->right.array ? term->right.value : 1.0));
        if (term->part == CVL_TERM_PADDING) {
            ck_assert(term->right.value == 0.0);
            padding++;
        }
    }
    ck_assert_uint_eq(padding, sum.padding);
    ck_assert(total + sum.bias == number->value && sum.left_out == 0.0);
    sum_free(&sum);
}

START_TEST(the_terms_of_whole_numbers_add_up_to_the_tensor)
{
    for_numbers(CVL_F32, true, expect_equal);
    for_numbers(CVL_F64, true, expect_equal);
}
END_TEST

static void expect_match(const struct explain_data *data,
                         const cvl_element *number, const char *what)
{
    struct sum sum = add_up(data, number, 1);
    ck_assert_msg(sum.matches, "%s: %s: %.17g, expected %.17g", what,
                  element_array(number), sum.total, number->value);
    sum_free(&sum);
}

START_TEST(the_terms_of_fractions_match_but_for_rounding)
{
    for_numbers(CVL_F32, false, expect_match);
    for_numbers(CVL_F64, false, expect_match);
}
END_TEST

/* A tensor that is off by a millionth of its terms, or by a nan, is noticed. */
static void expect_mismatch(const struct explain_data *data,
                            const cvl_element *number, const char *what)
{
    struct sum sum = add_up(data, number, 1);
    const double off[] = {sum.allowed * 1.001, -sum.allowed * 1.001, NAN,
                          INFINITY};
    sum_free(&sum);
    for (size_t i = 0; i < 4; i++) {
        cvl_element wrong = *number;
        wrong.value = sum.total + off[i];
        sum = add_up(data, &wrong, 1);
        ck_assert_msg(sum.matches == (off[i] == 0.0), "%s: %s off by %g", what,
                      element_array(number), off[i]);
        sum_free(&sum);
    }
}

START_TEST(a_tensor_that_is_off_by_more_than_rounding_does_not_match)
{
    for_numbers(CVL_F64, true, expect_mismatch);
}
END_TEST

static void expect_cap(const struct explain_data *data,
                       const cvl_element *number, const char *what)
{
    struct sum all = add_up(data, number, 0);
    struct sum some = add_up(data, number, 5);
    ck_assert_uint_eq(some.listed, all.count < 5 ? all.count : 5);
    ck_assert_uint_eq(some.count, all.count);
    const double listed = some.listed ? some.terms[some.listed - 1].sum : 0.0;
    ck_assert_msg(listed + some.left_out == all.sum, "%s", what);
    ck_assert(some.total == all.total && some.padding == all.padding);
    sum_free(&all);
    sum_free(&some);
}

START_TEST(what_is_not_listed_is_still_added)
{
    for_numbers(CVL_F64, true, expect_cap);
}
END_TEST

static bool is_whole(const struct grid *grid)
{
    return !grid->rows.cut_before && !grid->rows.cut_after &&
           !grid->columns.cut_before && !grid->columns.cut_after;
}

static size_t count_marks(const struct grid *grid)
{
    size_t marks = 0;
    for (size_t r = 0; r < grid->rows.count; r++)
        for (size_t c = 0; c < grid->columns.count; c++)
            if (grid_marked(grid, r, c) && grid_kind(grid, r, c) != CELL_GAP)
                marks++;
    return marks;
}

/* The cell with the element's labels is marked, and holds its value. */
static bool is_marked(const struct grid *grid, const cvl_element *element)
{
    for (size_t r = 0; r < grid->rows.count; r++)
        for (size_t c = 0; c < grid->columns.count; c++) {
            const struct grid_line *const row = &grid->rows.lines[r];
            const struct grid_line *const column = &grid->columns.lines[c];
            if (row->has_label && column->has_label &&
                row->label == element->at[2] && column->label == element->at[3])
                return grid_marked(grid, r, c) &&
                       grid_value(grid, r, c) == element->value;
        }
    return false;
}

static size_t whole_views;

static void expect_marks(const struct explain_data *data,
                         const cvl_element *number, const char *what)
{
    static struct grid_view view;
    struct sum sum = add_up(data, number, 0);
    const cvl_terms terms = explain_lone_layer(data).terms;
    grid_view_make(&data->arrays.conv.geometry, &terms, &sum, &view);
    const struct grid *const left = &view.pairs[0].grids[1];
    const struct grid *const right = &view.pairs[0].grids[0];
    ck_assert_uint_ge(view.count, 1);
    if (is_whole(right) && is_whole(left) && !number->param) {
        const size_t marks = count_marks(right);
        ck_assert_uint_le(marks, sum.count);
        ck_assert_uint_eq(sum.count % (marks ? marks : 1), 0);
        for (size_t i = 0; i < marks; i++) {
            const cvl_term *const term = &sum.terms[i].term;
            ck_assert_msg(is_marked(right, &term->right), "%s: %s %zu", what,
                          element_array(number), i);
            ck_assert_msg(is_marked(left, &term->left), "%s: %s %zu", what,
                          element_array(number), i);
        }
        whole_views++;
    }
    sum_free(&sum);
}

START_TEST(the_grids_mark_what_the_terms_multiply)
{
    for_numbers(CVL_F64, true, expect_marks);
    ck_assert_uint_gt(whole_views, CASES * NUMBERS);
}
END_TEST

/* The products of the marked cells with the kernel, one by one. */
static double gather(const struct grid *dy, const struct grid *kernel)
{
    double sum = 0.0;
    size_t tap = 0;
    for (size_t r = 0; r < dy->rows.count; r++)
        for (size_t c = 0; c < dy->columns.count; c++)
            if (grid_marked(dy, r, c)) {
                const size_t columns = kernel->columns.count;
                sum += grid_value(dy, r, c) *
                       grid_value(kernel, tap / columns, tap % columns);
                tap++;
            }
    ck_assert_uint_eq(tap, kernel->rows.count * kernel->columns.count);
    return sum;
}

static void expect_gather(const struct explain_data *data,
                          const cvl_element *number, const char *what)
{
    static struct grid_view view;
    if (number->array != CVL_ARRAY_DX) return;
    struct sum sum = add_up(data, number, 0);
    const cvl_terms terms = explain_lone_layer(data).terms;
    grid_view_make(&data->arrays.conv.geometry, &terms, &sum, &view);
    double total = 0.0;
    bool whole = view.left_out == 0;
    for (size_t i = 1; i < view.count; i += 2) {
        const struct grid *const grids = view.pairs[i].grids;
        whole = whole && is_whole(&grids[0]) && is_whole(&grids[1]);
        if (whole) total += gather(&grids[0], &grids[1]);
    }
    if (whole) {
        ck_assert_msg(total == sum.total, "%s", what);
        whole_views++;
    }
    sum_free(&sum);
}

START_TEST(the_turned_kernel_over_spread_outputs_gathers_what_is_scattered)
{
    whole_views = 0;
    for_numbers(CVL_F64, true, expect_gather);
    ck_assert_uint_gt(whole_views, CASES);
}
END_TEST

START_TEST(the_example_is_another_kernel_however_it_is_turned)
{
    double w[9];
    const char *next = EXPLAIN_EXAMPLE_W;
    for (size_t i = 0; i < 9; i++) {
        char *end;
        next += strcspn(next, "-0123456789");
        w[i] = strtod(next, &end);
        next = end;
    }
    static const size_t turns[][9] = {
        {8, 7, 6, 5, 4, 3, 2, 1, 0}, {2, 1, 0, 5, 4, 3, 8, 7, 6},
        {6, 7, 8, 3, 4, 5, 0, 1, 2}, {0, 3, 6, 1, 4, 7, 2, 5, 8},
        {8, 5, 2, 7, 4, 1, 6, 3, 0}, {2, 5, 8, 1, 4, 7, 0, 3, 6},
        {6, 3, 0, 7, 4, 1, 8, 5, 2}};
    for (size_t t = 0; t < sizeof turns / sizeof turns[0]; t++) {
        size_t same = 0;
        for (size_t i = 0; i < 9; i++) same += w[i] == w[turns[t][i]];
        ck_assert_uint_lt(same, 9);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_terms_of_whole_numbers_add_up_to_the_tensor,
        the_terms_of_fractions_match_but_for_rounding,
        a_tensor_that_is_off_by_more_than_rounding_does_not_match,
        what_is_not_listed_is_still_added,
        the_grids_mark_what_the_terms_multiply,
        the_turned_kernel_over_spread_outputs_gathers_what_is_scattered,
        the_example_is_another_kernel_however_it_is_turned,
        NULL,
    };
    return run_tests("explain", tests);
}
