/* test_terms.c - the terms behind every number of every kind of layer. */
#include <math.h>

#include "cases.h"
#include "convlet/terms.h"
#include "expect.h"

/* Of every kind of layer, at either end and in the middle. */
static const char *const stacks[] = {
    "conv 8 3x2 padding=1x0x2x1 stride=2x1, relu, shuffle 2, conv 9 3x3 "
    "dilation=1x2 padding=1, shuffle 3, relu",
    "relu, conv 6 3x3 groups=3 dilation=2x1 padding=2, conv 4 2 groups=2 "
    "bias=no stride=3, shuffle 2",
    /* Windows of 1, 2, 4 or 8: what an average divides by stays exact. */
    "maxpool 3x2 stride=1x2 padding=1x0 ceil=yes, avgpool 2 stride=1 padding=1 "
    "count-padding=no, conv 4 2x2, maxpool 2 padding=1",
    "avgpool 2x4 stride=1x2 padding=1x2, maxpool 3 stride=2 padding=1, maxpool "
    "all",
    "maxpool 2 stride=1, conv 3 2x2, avgpool 4",
    "dense 5, relu, dense 4 bias=no, shuffle 2, conv 2 2x1, dense 3",
    "leaky 0.5, conv 4 3x3 padding=1, tanh, relu, conv 3 2x2, sigmoid",
    "conv 4 2x3, conv 3 1x1 tied=yes, relu",
};
enum { STACKS = sizeof stacks / sizeof *stacks };

/* Adds up, in the order in which the terms come. */
struct sum {
    double total;
    size_t compared;
};

static void add(void *context, const cvl_term *term)
{
    struct sum *const sum = context;
    sum->total += term->product;
    switch (term->part) {
    case CVL_TERM_ADDED: break;
    case CVL_TERM_FUNCTION: ck_assert_ptr_nonnull(term->how); return;
    case CVL_TERM_PADDING:
        ck_assert(term->right.value == 0 && term->product == 0);
        return;
    case CVL_TERM_COMPARED:
    case CVL_TERM_CUT:
        ck_assert(term->product == 0);
        sum->compared++;
        return;
    case CVL_TERM_TAKEN: ck_assert(term->factor >= 1 && !term->how); break;
    }
    if (term->right.array || term->how)
        ck_assert(term->product ==
                  term->left.value *
                      (term->right.array ? term->right.value : 1) *
                      (term->how ? term->factor : 1));
}

/* Every number of an array is the sum of its terms; how many only compare. */
static size_t expect_all(const cvl_terms *terms, cvl_array array, size_t param,
                         const cvl_tensor *values)
{
    size_t compared = 0;
    for (size_t i = 0; i < values->count; i++) {
        cvl_element number = {.array = array, .param = param};
        struct sum sum = {0};
        size_t rest = i;
        for (size_t axis = 4; axis-- > 0; rest /= values->shape[axis])
            number.at[axis] = (ptrdiff_t)(rest % values->shape[axis]);
        cvl_terms_visit(terms, &number, add, &sum);
        ck_assert_msg(sum.total == cvl_tensor_get(values, i),
                      "array %d, param %zu, %zu: %.17g, expected %.17g",
                      (int)array, param, i, sum.total,
                      cvl_tensor_get(values, i));
        compared += sum.compared;
    }
    return compared;
}

struct run {
    cvl_net net;
    cvl_tensor x, dx, dy;
};

static void fill(cvl_tensor *tensor, bool whole, cvl_random *random)
{
    cvl_random_fill_normal(random, tensor, 0, whole ? 2 : 1);
    for (size_t i = 0; whole && i < tensor->count; i++)
        cvl_tensor_set(tensor, i, round(cvl_tensor_get(tensor, i)));
}

static void run_init(struct run *run, const char *spec, bool whole)
{
    cvl_error err;
    cvl_random random;
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {2, 3, 7, 6},
                                   .dtype = CVL_F64,
                                   .algo = CVL_CONV_DIRECT,
                                   .exec = cvl_exec_default()};
    expect_ok(cvl_net_build(&run->net, &config, &err), err);
    ck_assert(!cvl_tensor_init(&run->x, CVL_F64, 4, config.input_shape, NULL));
    ck_assert(!cvl_tensor_init(&run->dx, CVL_F64, 4, run->x.shape, NULL));
    ck_assert(
        !cvl_tensor_init(&run->dy, CVL_F64, 4, run->net.output.shape, NULL));
    cvl_random_seed(&random, 4);
    fill(&run->x, whole, &random);
    fill(&run->dy, whole, &random);
    for (size_t i = 0; i < run->net.param_count; i++)
        fill(&run->net.params[i].value, whole, &random);
    cvl_net_forward(&run->net, &run->x);
    cvl_net_backward(&run->net, &run->x, &run->dy, &run->dx);
}

static void run_free(struct run *run)
{
    cvl_tensor_free(&run->x);
    cvl_tensor_free(&run->dx);
    cvl_tensor_free(&run->dy);
    cvl_net_free(&run->net);
}

/* Layer after layer: what one reads is what the one below it writes. */
static size_t expect_net(const struct run *run)
{
    const cvl_net *const net = &run->net;
    size_t compared = 0, param = 0;
    const cvl_tensor *dx = &run->dx;
    for (size_t i = 0; i < net->layer_count; i++) {
        const cvl_terms terms = cvl_net_terms(net, i, &run->x, &run->dy);
        const bool is_last = i + 1 == net->layer_count;
        const cvl_terms above =
            cvl_net_terms(net, is_last ? i : i + 1, &run->x, &run->dy);
        compared += expect_all(&terms, CVL_ARRAY_Y, 0,
                               is_last ? &net->output : above.x);
        compared += expect_all(&terms, CVL_ARRAY_DX, 0, dx);
        for (size_t j = 0; j < CVL_LAYER_MAX_PARAMS && terms.params[j]; j++)
            expect_all(&terms, CVL_ARRAY_GRAD, j, &net->params[param++].grad);
        dx = terms.dy;
    }
    ck_assert_uint_eq(param, net->param_count);
    return compared;
}

START_TEST(the_terms_of_a_layer_add_up_to_each_of_its_numbers)
{
    struct run run;
    run_init(&run, stacks[_i], true);
    ck_assert_uint_gt(expect_net(&run), 0);
    run_free(&run);
}
END_TEST

/* Tied kernels are left out: their channels are added before their gradients
 * are. */
START_TEST(the_terms_come_in_the_order_of_the_direct_loops)
{
    struct run run;
    run_init(&run, stacks[_i], false);
    expect_net(&run);
    run_free(&run);
}
END_TEST

START_TEST(a_convolution_without_a_net_has_the_same_terms)
{
    struct run run;
    run_init(&run, "conv 4 3x3 padding=1", true);
    const cvl_conv2d_geometry g = case_same_3x3(2, 3, 7, 6, 4);
    const cvl_terms terms =
        cvl_conv2d_terms(&g, &run.x, &run.net.params[0].value,
                         &run.net.params[1].value, &run.dy);
    expect_all(&terms, CVL_ARRAY_Y, 0, &run.net.output);
    expect_all(&terms, CVL_ARRAY_DX, 0, &run.dx);
    expect_all(&terms, CVL_ARRAY_GRAD, 0, &run.net.params[0].grad);
    expect_all(&terms, CVL_ARRAY_GRAD, 1, &run.net.params[1].grad);
    run_free(&run);
}
END_TEST

/* As `direct` leaves padding out; other algorithms multiply it, or not. */
START_TEST(padding_adds_nothing_whatever_the_weight)
{
    struct run run;
    run_init(&run, "conv 2 3x3 padding=2", true);
    cvl_tensor_set(&run.net.params[0].value, 0, INFINITY);
    cvl_tensor_set(&run.net.params[0].value, 30, NAN);
    cvl_net_forward(&run.net, &run.x);
    const cvl_terms terms = cvl_net_terms(&run.net, 0, &run.x, &run.dy);
    for (size_t channel = 0; channel < 2; channel++) {
        const cvl_element corner = {.array = CVL_ARRAY_Y,
                                    .at = {0, (ptrdiff_t)channel, 0, 0}};
        struct sum sum = {0};
        cvl_terms_visit(&terms, &corner, add, &sum);
        ck_assert(isfinite(sum.total));
        ck_assert(sum.total ==
                  cvl_tensor_get(&run.net.output, channel * 9 * 8));
    }
    run_free(&run);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("terms");
    TCase *const all = tcase_create("terms");
    tcase_add_loop_test(all, the_terms_of_a_layer_add_up_to_each_of_its_numbers,
                        0, STACKS);
    tcase_add_loop_test(all, the_terms_come_in_the_order_of_the_direct_loops, 0,
                        STACKS - 1);
    tcase_add_test(all, a_convolution_without_a_net_has_the_same_terms);
    tcase_add_test(all, padding_adds_nothing_whatever_the_weight);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
