/* test_conv2d_step.c - a step in chunks is the step in separate passes. */
#include <math.h>

#include "cases.h"
#include "convlet/conv2d_step.h"
#include "convlet/memory.h"
#include "expect.h"

/* Outputs above a mebibyte, in batches whose chunks fall into 8 parts
 * evenly or not; the last two, a small batch and large weights, stay whole. */
static const cvl_conv2d_geometry LARGE[] = {
    {16, 3, 37, 41, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, false},
    {27, 2, 40, 60, 6, 3, 2, 1, 1, 0, 1, 1, 0, 1, 1, 2, false},
    {20, 2, 60, 30, 10, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, true},
    {7, 3, 90, 80, 8, 2, 2, 1, 1, 1, 0, 1, 0, 1, 1, 1, false},
    {8, 40, 30, 30, 40, 5, 5, 1, 1, 2, 2, 2, 2, 1, 1, 1, false},
};
static const size_t CHUNKS[] = {8, 9, 10, 1, 1};
enum { LARGE_COUNT = sizeof LARGE / sizeof *LARGE };

static cvl_exec exec_with(size_t threads)
{
    cvl_exec exec = cvl_exec_default();
    exec.threads = threads;
    exec.parallel_flops = 0;
    return exec;
}

/* The arrays of a step; the target is in a.dy, and a mask of every third
 * output missing. */
typedef struct step_arrays {
    case_arrays a;
    cvl_tensor mask;
    size_t used;
    double loss;
} step_arrays;

static void step_init(step_arrays *s, const cvl_conv2d_geometry *g,
                      cvl_dtype dtype, bool integers)
{
    cvl_random random;
    cvl_random_seed(&random, 5);
    case_init(&s->a, g, dtype, integers, &random);
    ck_assert(!cvl_tensor_init(&s->mask, dtype, 4, s->a.y.shape, NULL));
    s->used = 0;
    for (size_t i = 0; i < s->mask.count; i++) {
        cvl_tensor_set(&s->mask, i, i % 3 ? 1 : 0);
        s->used += i % 3 ? 1 : 0;
    }
}

static void step_free(step_arrays *s)
{
    case_free(&s->a);
    cvl_tensor_free(&s->mask);
}

static void run_step(step_arrays *s, const cvl_conv2d_geometry *g,
                     size_t threads, bool in_place)
{
    const cvl_exec exec = exec_with(threads);
    cvl_conv2d_step all;
    cvl_tensor scratch;
    void *work;
    ck_assert(!cvl_conv2d_step_init(&all, g, s->a.x.dtype, CVL_CONV_AUTO, &exec,
                                    NULL));
    ck_assert(!cvl_alloc(&work, all.work_bytes, "scratch", NULL));
    ck_assert(!cvl_tensor_init(&scratch, s->a.x.dtype, 4, s->a.y.shape, NULL));
    const cvl_conv2d_batch batch = {.x = &s->a.x,
                                    .w = &s->a.w,
                                    .b = &s->a.b,
                                    .t = &s->a.dy,
                                    .mask = &s->mask,
                                    .used = s->used,
                                    .loss = {.reduction = CVL_REDUCTION_SUM},
                                    .y = &s->a.y,
                                    .dy = in_place ? &s->a.y : &scratch,
                                    .dw = &s->a.dw,
                                    .db = &s->a.db,
                                    .dx = &s->a.dx};
    s->loss = cvl_conv2d_step_run(&all, &batch, work);
    cvl_free(work);
    cvl_tensor_free(&scratch);
    cvl_conv2d_step_free(&all);
}

/* Integers, so that every order of every sum gives the same bits: a step of
 * its own, one pass after the other, by the six loops. */
static void run_passes(step_arrays *s, const cvl_conv2d_geometry *g)
{
    step_init(s, g, CVL_F64, true);
    const cvl_exec exec = exec_with(1);
    cvl_conv2d conv;
    cvl_tensor dy;
    ck_assert(
        !cvl_conv2d_init(&conv, g, s->a.x.dtype, CVL_CONV_DIRECT, &exec, NULL));
    void *work;
    ck_assert(!cvl_alloc(&work, cvl_conv2d_work_bytes(&conv), "scratch", NULL));
    ck_assert(!cvl_tensor_init(&dy, s->a.x.dtype, 4, s->a.y.shape, NULL));
    cvl_conv2d_forward(&conv, &s->a.x, &s->a.w, &s->a.b, &s->a.y, work);
    const cvl_loss loss = {.reduction = CVL_REDUCTION_SUM};
    ck_assert(!cvl_loss_compute(&loss, &s->a.y, &s->a.dy, &s->mask, s->used,
                                NULL, &dy, &s->loss, NULL));
    cvl_conv2d_grad_weight(&conv, &s->a.x, &dy, &s->a.dw, &s->a.db, work);
    cvl_conv2d_grad_input(&conv, &s->a.w, &dy, &s->a.dx, work);
    cvl_free(work);
    cvl_tensor_free(&dy);
    cvl_conv2d_free(&conv);
}

static void assert_step_equals(const step_arrays *passes,
                               const cvl_conv2d_geometry *g, size_t threads,
                               bool in_place)
{
    step_arrays step;
    step_init(&step, g, CVL_F64, true);
    run_step(&step, g, threads, in_place);
    if (in_place) cvl_tensor_copy(&step.a.y, &passes->a.y);
    char text[256];
    const char *const difference = case_difference(&step.a, &passes->a);
    ck_assert_msg(!difference, "%s of %s on %zu threads", difference,
                  case_describe(g, text), threads);
    ck_assert_double_eq(step.loss, passes->loss);
    step_free(&step);
}

START_TEST(integer_steps_equal_their_passes_bit_for_bit)
{
    cvl_random random;
    cvl_random_seed(&random, 4);
    for (size_t i = 0; i < 300; i++) {
        const cvl_conv2d_geometry g = case_geometry(&random);
        step_arrays passes;
        run_passes(&passes, &g);
        assert_step_equals(&passes, &g, 1 + i % 3, i % 2);
        step_free(&passes);
    }
}
END_TEST

START_TEST(large_steps_equal_their_passes_bit_for_bit)
{
    step_arrays passes;
    run_passes(&passes, &LARGE[_i]);
    assert_step_equals(&passes, &LARGE[_i], 1, false);
    assert_step_equals(&passes, &LARGE[_i], 3, true);
    step_free(&passes);
}
END_TEST

START_TEST(large_outputs_are_cut_by_shape)
{
    cvl_conv2d_step all;
    for (size_t threads = 1; threads < 20; threads += 9) {
        const cvl_exec exec = exec_with(threads);
        ck_assert(!cvl_conv2d_step_init(&all, &LARGE[_i], CVL_F32,
                                        CVL_CONV_AUTO, &exec, NULL));
        ck_assert_uint_eq(all.chunks, CHUNKS[_i]);
        cvl_conv2d_step_free(&all);
    }
}
END_TEST

START_TEST(real_steps_do_not_depend_on_the_threads)
{
    static const size_t threads[] = {2, 3, 7};
    step_arrays one, many;
    step_init(&one, &LARGE[_i], CVL_F32, false);
    run_step(&one, &LARGE[_i], 1, false);
    ck_assert(isfinite(one.loss));
    for (size_t i = 0; i < 3; i++) {
        step_init(&many, &LARGE[_i], CVL_F32, false);
        run_step(&many, &LARGE[_i], threads[i], false);
        const char *const difference = case_difference(&one.a, &many.a);
        ck_assert_msg(!difference, "%s on %zu threads", difference, threads[i]);
        ck_assert_double_eq(one.loss, many.loss);
        step_free(&many);
    }
    step_free(&one);
}
END_TEST

START_TEST(impossible_steps_are_refused_as_convolutions_are)
{
    cvl_conv2d_step all;
    cvl_error err;
    cvl_conv2d_geometry g = LARGE[0];
    const cvl_exec exec = exec_with(1);
    g.groups = 2;
    ck_assert_int_eq(
        cvl_conv2d_step_init(&all, &g, CVL_F32, CVL_CONV_AUTO, &exec, &err),
        CVL_EINVAL);
    ck_assert_ptr_null(all.conv.plan);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("conv2d_step");
    TCase *const all = tcase_create("conv2d_step");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, integer_steps_equal_their_passes_bit_for_bit);
    tcase_add_loop_test(all, large_steps_equal_their_passes_bit_for_bit, 0,
                        LARGE_COUNT);
    tcase_add_loop_test(all, large_outputs_are_cut_by_shape, 0, LARGE_COUNT);
    tcase_add_loop_test(all, real_steps_do_not_depend_on_the_threads, 0,
                        LARGE_COUNT);
    tcase_add_test(all, impossible_steps_are_refused_as_convolutions_are);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
