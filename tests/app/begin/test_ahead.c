/* test_ahead.c - a batch that is drawn ahead is the one of its turn. */
#include "begin/ahead.h"

#include <string.h>

#include "expect.h"

enum { IMAGES = 5, SIZE = 600, STEPS = 40 };

/* What is drawn from, and how often it was. */
struct source {
    size_t draws;
};

/* Every third batch is short; how many numbers are drawn differs. */
static size_t draw(void *context, cvl_random *random, size_t step,
                   cvl_tensor *x, cvl_tensor *t)
{
    struct source *const source = context;
    const size_t count = step % 3 == 2 ? 2 : IMAGES;
    source->draws++;
    for (size_t i = 0; i < count * SIZE; i++)
        cvl_tensor_set(x, i, cvl_random_normal(random));
    for (size_t i = 0; i < count; i++)
        cvl_tensor_set(t, i, (double)step + cvl_random_uniform(random));
    return count;
}

/* A run of batches. */
struct run {
    struct source source;
    struct ahead ahead;
    cvl_random random;
    cvl_tensor x, t;
};

static void begin(struct run *run, size_t threads)
{
    static const size_t x[4] = {IMAGES, SIZE, 1, 1}, t[4] = {IMAGES, 1, 1, 1};
    const cvl_exec exec = {.threads = threads};
    cvl_error err;
    *run = (struct run){.source = {0}};
    cvl_random_seed(&run->random, 5);
    expect_ok(cvl_tensor_init(&run->x, CVL_F32, 4, x, &err), err);
    expect_ok(cvl_tensor_init(&run->t, CVL_F32, 4, t, &err), err);
    expect_ok(ahead_init(&run->ahead, &exec, draw, &run->source, &run->x,
                         &run->t, &err),
              err);
}

static void end(struct run *run)
{
    ahead_free(&run->ahead);
    ahead_free(&run->ahead);
    cvl_tensor_free(&run->x);
    cvl_tensor_free(&run->t);
}

static size_t take(struct run *run, size_t step)
{
    return ahead_take(&run->ahead, &run->random, step, &run->x, &run->t);
}

static void expect_same(const struct run *a, const struct run *b)
{
    ck_assert_mem_eq(a->x.data, b->x.data, cvl_tensor_bytes(&a->x));
    ck_assert_mem_eq(a->t.data, b->t.data, cvl_tensor_bytes(&a->t));
    ck_assert_mem_eq(a->random.state, b->random.state, sizeof a->random.state);
    ck_assert_uint_eq(a->random.position, b->random.position);
    ck_assert(a->random.has_normal == b->random.has_normal);
}

START_TEST(batches_drawn_ahead_are_those_of_their_turn)
{
    struct run plain, run;
    begin(&plain, 1);
    begin(&run, (size_t)_i);
    for (size_t step = 0; step < STEPS; step++) {
        ck_assert_uint_eq(take(&plain, step), take(&run, step));
        expect_same(&plain, &run);
        if (step + 1 < STEPS) ahead_begin(&run.ahead, &run.random, step + 1);
        /* What is drawn ahead is no part of the run yet. */
        expect_same(&plain, &run);
    }
    ck_assert_uint_eq(run.source.draws, STEPS);
    end(&plain);
    end(&run);
}
END_TEST

START_TEST(a_batch_of_another_step_is_drawn_when_it_is_asked_for)
{
    struct run plain, run;
    begin(&plain, 1);
    begin(&run, 2);
    ahead_begin(&run.ahead, &run.random, 1);
    ck_assert_uint_eq(take(&plain, 0), take(&run, 0));
    expect_same(&plain, &run);
    ahead_begin(&run.ahead, &run.random, 1);
    ahead_begin(&run.ahead, &run.random, 2);
    ck_assert_uint_eq(take(&plain, 2), take(&run, 2));
    expect_same(&plain, &run);
    ahead_begin(&run.ahead, &run.random, 3);
    ahead_stop(&run.ahead);
    ck_assert_uint_eq(take(&plain, 3), take(&run, 3));
    expect_same(&plain, &run);
    ahead_begin(&run.ahead, &run.random, 4); /* and nobody comes for it */
    end(&plain);
    end(&run);
}
END_TEST

START_TEST(one_thread_draws_nothing_ahead)
{
    struct run run;
    begin(&run, 1);
    ck_assert_ptr_null(run.ahead.x.data);
    ahead_begin(&run.ahead, &run.random, 0);
    ck_assert_uint_eq(run.source.draws, 0);
    ck_assert_uint_eq(take(&run, 0), IMAGES);
    ck_assert_uint_eq(run.source.draws, 1);
    end(&run);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("ahead");
    TCase *const all = tcase_create("ahead");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, batches_drawn_ahead_are_those_of_their_turn, 1, 5);
    tcase_add_test(all, a_batch_of_another_step_is_drawn_when_it_is_asked_for);
    tcase_add_test(all, one_thread_draws_nothing_ahead);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
