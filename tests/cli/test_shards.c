/* test_shards.c - steps that are cut into shards, by one process. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

/* What is trained: arrays, samples with a short batch, patches. */
static const char *const RUNS[] = {
    "--batch 13 --steps 12 --shards 5",
    "--preset digits --epochs 2 --batch-size 50 --shards 6 --hold-out last:100",
    "--data digits --net 'conv 4 3x3, batchnorm, relu, dense auto' "
    "--batch-size 40 --epochs 1 --shards 3 --shift 1",
    "--preset denoise --patch 12 --batch-size 6 --shards 4 --steps 6",
    "--batch 9 --steps 9 --shards 2 --lr auto --dtype float64 --net "
    "'conv 3 3x3, relu, conv 2 3x3'"};

enum { RUN_COUNT = sizeof RUNS / sizeof *RUNS };

/* By any number of threads, and after a stop in the middle. */
START_TEST(a_run_in_shards_is_the_same_however_it_is_computed)
{
    char line[512];
    snprintf(line, sizeof line, "train --quiet --out one --threads 1 %s",
             RUNS[_i]);
    run_expect(0, line);
    snprintf(line, sizeof line, "train --quiet --out three --threads 3 %s",
             RUNS[_i]);
    run_expect(0, line);
    expect_same_bytes("one/model.safetensors", "three/model.safetensors");
    expect_same_bytes("one/loss.csv", "three/loss.csv");
    const struct conditions stop = {.signal = 2, .delay = 40000};
    snprintf(line, sizeof line,
             "train --quiet --out cut --checkpoint-every 2 %s", RUNS[_i]);
    if (run_under(&stop, line).status == 0) return;
    /* One that had not begun yet has nothing to go on from. */
    if (access("cut/checkpoint.safetensors", F_OK) != 0) return;
    run_expect(0, "train --quiet --resume cut");
    expect_same_bytes("one/model.safetensors", "cut/model.safetensors");
    expect_same_bytes("one/loss.csv", "cut/loss.csv");
}
END_TEST

/* Whole batches are what they always were; in shards they are nearly that. */
START_TEST(one_shard_is_a_whole_batch)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%s",
             run_expect(0, "train --batch 8 --steps 4 --quiet").out);
    ck_assert_str_eq(
        run_expect(0, "train --batch 8 --steps 4 --quiet --shards 1").out,
        whole);
    const char *const cut =
        run_expect(0, "train --batch 8 --steps 4 --quiet --shards 8").out;
    const char *const a = strstr(whole, "step:3,loss:");
    const char *const b = strstr(cut, "step:3,loss:");
    ck_assert(a && b);
    ck_assert_double_eq_tol(strtod(a + 12, NULL), strtod(b + 12, NULL), 1e-4);
}
END_TEST

START_TEST(what_cannot_be_cut_is_refused)
{
    static const struct {
        const char *line, *says;
    } cases[] = {
        {"train --batch 4 --shards 5",
         "convlet train: --shards 5: 5 shards of 4 images: there are no more "
         "shards than images\n"},
        {"train --batch 4 --shards 2 --optimizer cg --reduction mean",
         "convlet train: --shards 2: optimizer cg looks at a whole batch, not "
         "at shards\n"},
        {"train --batch 4 --shards 4 --net 'dense 3, batchnorm' --reduction "
         "mean",
         "convlet train: --shards 4: a shard of 1 image: layer 1 "}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const err = run_expect(2, cases[i].line).err;
        ck_assert_msg(!strncmp(err, cases[i].says, strlen(cases[i].says)), "%s",
                      err);
    }
    run_expect(2, "train --shards 0");
    run_expect(2, "train --shards 65537");
}
END_TEST

/* They are what the numbers depend on. */
START_TEST(a_run_goes_on_with_its_own_shards_alone)
{
    run_expect(0, "train --quiet --batch 8 --steps 4 --shards 4 --out run");
    const char *const err =
        run_expect(2, "train --quiet --resume run --shards 2 --steps 6").err;
    ck_assert_msg(strstr(err, "shards"), "%s", err);
    run_expect(0, "train --quiet --resume run --steps 6");
    run_expect(0, "train --quiet --batch 8 --steps 6 --shards 4 --out whole");
    expect_same_bytes("run/model.safetensors", "whole/model.safetensors");
    expect_same_bytes("run/loss.csv", "whole/loss.csv");
}
END_TEST

/* A launcher of MPI starts a program that knows nothing of it. */
START_TEST(processes_that_cannot_share_are_told)
{
    setenv("OMPI_COMM_WORLD_SIZE", "3", 1);
    const char *const err =
        run_expect(2, "train --quiet --batch 4 --shards 2").err;
    ck_assert_msg(strstr(err, "built without MPI"), "%s", err);
    run_expect(0, "train --quiet --batch 4 --steps 1");
    setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
    run_expect(0, "train --quiet --batch 4 --steps 1 --shards 2");
}
END_TEST

/* Numbers that are none do not pass by as a shard's. */
START_TEST(a_run_that_diverges_says_so)
{
    const char *const err =
        run_expect(4, "train --quiet --batch 4 --shards 2 --lr 1e9").err;
    ck_assert_msg(strstr(err, "training diverged"), "%s", err);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("cli_shards");
    TCase *const all = tcase_create("shards");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all, a_run_in_shards_is_the_same_however_it_is_computed,
                        0, RUN_COUNT);
    tcase_add_test(all, one_shard_is_a_whole_batch);
    tcase_add_test(all, what_cannot_be_cut_is_refused);
    tcase_add_test(all, a_run_goes_on_with_its_own_shards_alone);
    tcase_add_test(all, processes_that_cannot_share_are_told);
    tcase_add_test(all, a_run_that_diverges_says_so);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
