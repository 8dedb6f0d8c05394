/* test_probe.c - what matters of a picture is found, and the net stays. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "probe/choose.h"
#include "probe/dead.h"

/* A classifier and a probe of it, whose picture is noise. */
struct made {
    cvl_net net;
    struct probe probe;
};

static void make(struct made *made, const char *spec, cvl_dtype dtype,
                 size_t height, size_t width)
{
    cvl_error err;
    cvl_random random;
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {3, 2, height, width},
                                   .dtype = dtype,
                                   .exec = cvl_exec_default()};
    cvl_random_seed(&random, 5);
    expect_ok(cvl_net_build(&made->net, &config, &err), err);
    cvl_net_init_params(&made->net, CVL_INIT_KAIMING, &random);
    for (size_t i = 0; i < made->net.buffer_count; i++)
        cvl_random_fill_uniform(&random, &made->net.buffers[i].value, 0.5, 2);
    expect_ok(probe_init(&made->probe, &config, &made->net, &err), err);
    cvl_random_fill_uniform(&random, &made->probe.x, -1, 1);
    probe_run(&made->probe);
}

static void destroy(struct made *made)
{
    probe_free(&made->probe);
    probe_free(&made->probe);
    cvl_net_free(&made->net);
}

static const char SPEC[] =
    "conv 3 3x3 padding=same, batchnorm, tanh, avgpool 2, dense 4";

/* The slope of an output along an element of x, by two runs. */
static double slope(struct probe *probe, size_t output, size_t element)
{
    static const double h = 1e-5;
    const double at = cvl_tensor_get(&probe->x, element);
    double y[2];
    for (size_t i = 0; i < 2; i++) {
        cvl_tensor_set(&probe->x, element, i ? at + h : at - h);
        probe_run(probe);
        y[i] = cvl_tensor_get(&probe->net->output, output);
    }
    cvl_tensor_set(&probe->x, element, at);
    return (y[1] - y[0]) / (2 * h);
}

START_TEST(the_gradient_is_the_larger_slope_of_the_channels)
{
    enum { H = 6, W = 8, AREA = H * W };
    struct made made;
    double map[AREA];
    make(&made, SPEC, CVL_F64, H, W);
    for (size_t output = 0; output < 4; output++) {
        probe_run(&made.probe);
        probe_gradient(&made.probe, output, map);
        for (size_t i = 0; i < AREA; i++) {
            const double first = fabs(slope(&made.probe, output, i));
            const double second = fabs(slope(&made.probe, output, AREA + i));
            ck_assert_double_eq_tol(map[i], fmax(first, second), 1e-8);
        }
    }
    destroy(&made);
}
END_TEST

/* What p of a class is once the rows and columns of a patch have the mean of
 * their channel. */
static double covered(struct probe *probe, size_t class, long top, long left,
                      long side)
{
    const long height = (long)probe->x.shape[2];
    const long width = (long)probe->x.shape[3];
    cvl_tensor kept;
    cvl_error err;
    expect_ok(cvl_tensor_clone(&kept, &probe->x, &err), err);
    for (long c = 0; c < 2; c++) {
        double mean = 0;
        for (long i = 0; i < height * width; i++)
            mean += cvl_tensor_get(&kept, (size_t)(c * height * width + i)) /
                    (double)(height * width);
        for (long y = 0; y < height; y++)
            for (long x = 0; x < width; x++)
                if (y >= top && y < top + side && x >= left && x < left + side)
                    cvl_tensor_set(&probe->x,
                                   (size_t)((c * height + y) * width + x),
                                   mean);
    }
    probe_run(probe);
    probe_answer(probe);
    const double p = probe->p[class];
    cvl_tensor_copy(&probe->x, &kept);
    cvl_tensor_free(&kept);
    return p;
}

static const struct {
    size_t height, width, stride, side, rows, columns;
} pictures[] = {{6, 8, 1, 3, 6, 8},      {8, 6, 1, 3, 8, 6},
                {17, 20, 2, 6, 9, 10},   {2, 40, 3, 9, 1, 14},
                {100, 66, 9, 27, 12, 8}, {6, 65, 6, 18, 1, 11}};

START_TEST(occlusion_is_what_p_loses_under_each_patch)
{
    struct made made;
    const cvl_dtype dtype = _i % 2 ? CVL_F32 : CVL_F64;
    const double tol = dtype == CVL_F32 ? 1e-5 : 1e-12;
    make(&made, SPEC, dtype, pictures[_i].height, pictures[_i].width);
    const struct probe_patches patches = probe_patches_of(&made.probe);
    ck_assert_uint_eq(patches.stride, pictures[_i].stride);
    ck_assert_uint_eq(patches.side, pictures[_i].side);
    ck_assert_uint_eq(patches.rows, pictures[_i].rows);
    ck_assert_uint_eq(patches.columns, pictures[_i].columns);
    double *const map = malloc(patches.rows * patches.columns * sizeof *map);
    const size_t answer = probe_answer(&made.probe);
    const double whole = made.probe.p[answer];
    probe_occlude(&made.probe, &patches, answer, map);
    ck_assert(made.probe.p[answer] == whole);
    for (size_t i = 0; i < patches.rows; i++)
        for (size_t j = 0; j < patches.columns; j++) {
            const double p = covered(
                &made.probe, answer, ((long)i - 1) * (long)patches.stride,
                ((long)j - 1) * (long)patches.stride, (long)patches.side);
            ck_assert_double_eq_tol(map[i * patches.columns + j], whole - p,
                                    tol);
        }
    free(map);
    destroy(&made);
}
END_TEST

/* The numbers of all params and buffers, as bytes. */
static void copy_values(const cvl_net *net, unsigned char *to)
{
    for (size_t i = 0; i < net->param_count + net->buffer_count; i++) {
        const cvl_param *const one = i < net->param_count
                                         ? &net->params[i]
                                         : &net->buffers[i - net->param_count];
        memcpy(to, one->value.data, cvl_tensor_bytes(&one->value));
        to += cvl_tensor_bytes(&one->value);
    }
}

START_TEST(a_net_that_was_looked_into_is_as_it_was)
{
    enum { ROOM = 1 << 14 };
    static unsigned char before[ROOM], after[ROOM];
    struct made made;
    double map[64];
    make(&made, SPEC, CVL_F32, 8, 8);
    const struct probe_patches patches = probe_patches_of(&made.probe);
    copy_values(&made.net, before);
    probe_run(&made.probe);
    probe_gradient(&made.probe, 1, map);
    probe_occlude(&made.probe, &patches, 1, map);
    copy_values(&made.net, after);
    ck_assert_mem_eq(before, after, ROOM);
    destroy(&made);
}
END_TEST

START_TEST(a_borrowed_net_says_the_same)
{
    struct made made;
    struct probe borrowed;
    cvl_net one;
    cvl_error err;
    const cvl_net_config config = {.spec = SPEC,
                                   .input_shape = {1, 2, 6, 8},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    make(&made, SPEC, CVL_F64, 6, 8);
    expect_ok(cvl_net_build(&one, &config, &err), err);
    cvl_net_share_params(&one, &made.net);
    expect_ok(probe_borrow(&borrowed, &one, &err), err);
    cvl_tensor_copy(&borrowed.x, &made.probe.x);
    probe_run(&borrowed);
    ck_assert_mem_eq(one.output.data, made.probe.net->output.data,
                     cvl_tensor_bytes(&one.output));
    probe_free(&borrowed);
    ck_assert_uint_eq(one.layer_count, 5);
    cvl_net_free(&one);
    destroy(&made);
}
END_TEST

START_TEST(layers_count_as_finite_up_to_the_first_that_is_not)
{
    struct made made;
    make(&made, "conv 3 1x1, relu, conv 2 1x1, dense 4", CVL_F32, 3, 3);
    ck_assert_uint_eq(probe_finite_layers(&made.probe), 4);
    cvl_tensor_set(&made.net.params[2].value, 0, INFINITY);
    probe_run(&made.probe);
    ck_assert_uint_eq(probe_finite_layers(&made.probe), 2);
    cvl_tensor_set(&made.net.params[0].value, 0, (double)NAN);
    probe_run(&made.probe);
    ck_assert_uint_eq(probe_finite_layers(&made.probe), 0);
    destroy(&made);
}
END_TEST

/* Samples of 2 x 3 x 3, and a net that takes each for the class whose number,
 * among its first four, is the largest. */
enum { COUNT = 6, SIZE = 18, CLASSES = 4 };
static unsigned char values[COUNT * SIZE];
static uint32_t labels[COUNT] = {1, 0, 2, 3, 0, 1};
static const unsigned char said[COUNT] = {2, 0, 2, 3, 1, 0};

static void make_samples(struct samples *samples, struct made *made)
{
    static double background[2];
    make(made, "dense 4 bias=no", CVL_F32, 3, 3);
    cvl_tensor *const w = &made->net.params[0].value;
    cvl_tensor_fill(w, 0);
    for (size_t k = 0; k < CLASSES; k++) cvl_tensor_set(w, k * SIZE + k, 1);
    for (size_t n = 0; n < COUNT; n++) values[n * SIZE + said[n]] = 255;
    *samples =
        (struct samples){.count = COUNT,
                         .input = {SAMPLES_U8, {2, 3, 3}, SIZE, 255, values},
                         .labels = labels,
                         .classes = CLASSES,
                         .background = background};
}

/* Puts an answer of `made` into the notable ones, with probability p. */
static void note(struct notable *notable, size_t n, double p)
{
    double all[CLASSES];
    for (size_t k = 0; k < CLASSES; k++) all[k] = (1 - p) / (CLASSES - 1);
    all[said[n]] = p;
    notable_add(notable, n, labels[n], said[n], all);
}

START_TEST(one_right_one_barely_and_two_wrong_are_chosen)
{
    static size_t index[COUNT] = {0, 1, 2, 3, 4, 5};
    const struct samples_part part = {COUNT, index};
    struct probe_case cases[PROBE_CASES];
    struct samples samples;
    struct notable notable;
    struct made made;
    cvl_error err;
    make_samples(&samples, &made);
    expect_ok(notable_init(&notable, CLASSES, &err), err);
    ck_assert_uint_eq(
        probe_choose(&made.probe, &samples, &part, &notable, cases), 1);
    ck_assert_uint_eq(cases[0].sample, 1);
    const struct samples_part wrong = {1, index};
    ck_assert_uint_eq(
        probe_choose(&made.probe, &samples, &wrong, &notable, cases), 1);
    ck_assert_uint_eq(cases[0].sample, 0);
    cvl_tensor_set(&made.net.params[0].value, 0, (double)NAN);
    ck_assert_uint_eq(
        probe_choose(&made.probe, &samples, &part, &notable, cases), 0);
    cvl_tensor_set(&made.net.params[0].value, 0, 1);
    const double p[COUNT] = {0.8, 0.4, 0.9, 0.9, 0.7, 0.95};
    for (size_t n = 0; n < COUNT; n++) note(&notable, n, p[n]);
    ck_assert_uint_eq(
        probe_choose(&made.probe, &samples, &part, &notable, cases), 4);
    ck_assert_uint_eq(cases[0].sample, 2);
    ck_assert_uint_eq(cases[1].sample, 1);
    ck_assert(cases[1].is_close && !cases[0].is_close && !cases[2].is_close);
    ck_assert_uint_eq(cases[2].sample, 5);
    ck_assert_uint_eq(cases[3].sample, 0);
    notable_free(&notable);
    destroy(&made);
}
END_TEST

START_TEST(dead_channels_are_told_one_by_one)
{
    struct made made;
    struct dead dead;
    cvl_error err;
    make(&made, "conv 3 1x1, relu, conv 2 1x1, relu", CVL_F32, 3, 3);
    cvl_tensor_set(&made.net.params[1].value, 1, -99);
    cvl_tensor_set(&made.net.params[3].value, 0, -99);
    expect_ok(dead_init(&dead, &made.net, &err), err);
    ck_assert(!dead_is(&dead, &made.net, 1, 1));
    probe_run(&made.probe);
    dead_look(&dead, made.probe.net);
    ck_assert(dead_is(&dead, &made.net, 1, 1));
    ck_assert(dead_is(&dead, &made.net, 3, 0));
    ck_assert(!dead_is(&dead, &made.net, 0, 1));
    ck_assert_uint_eq(dead.count, dead.channels[1] + dead.channels[3]);
    size_t found = 0;
    for (size_t i = 0; i < 4; i++)
        for (size_t c = 0; c < (i < 2 ? 3 : 2); c++)
            found += dead_is(&dead, &made.net, i, c);
    ck_assert_uint_eq(found, dead.count);
    dead_free(&dead);
    destroy(&made);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("probe");
    TCase *const all = tcase_create("probe");
    tcase_add_test(all, the_gradient_is_the_larger_slope_of_the_channels);
    tcase_add_loop_test(all, occlusion_is_what_p_loses_under_each_patch, 0,
                        (int)(sizeof pictures / sizeof *pictures));
    tcase_add_test(all, a_net_that_was_looked_into_is_as_it_was);
    tcase_add_test(all, a_borrowed_net_says_the_same);
    tcase_add_test(all, layers_count_as_finite_up_to_the_first_that_is_not);
    tcase_add_test(all, one_right_one_barely_and_two_wrong_are_chosen);
    tcase_add_test(all, dead_channels_are_told_one_by_one);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
