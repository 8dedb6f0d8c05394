/* test_v01.c - what version 0.1 left behind is still good: models and runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/safetensors.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

#define STORED TEST_DATA "/golden/v0.1"

enum { TEXT = 1 << 17 };

/* The runs of tests/golden/v0.1/make.sh: to how many steps, and a net's input
 * with what its model makes of it. */
static const struct stored {
    const char *name, *steps, *input, *output;
    bool of_files; /* it learned from */
} runs[] = {
    {"notebook", " --steps 10", "x.npy", "y.npy", false},
    {"momentum", " --steps 12", "x.npy", "y.npy", false},
    {"net", " --steps 15", "x.npy", "y.npy", false},
    {"falling", "", "x.npy", "y.npy", false},
    {"gradients", " --steps 8", "x.npy", "y.npy", false},
    {"filter", " --steps 5", "picture.ppm", "y.bmp", true},
    {"denoise", " --steps 7", "picture.ppm", "y.bmp", false},
    {"enlarge", "", "picture.ppm", "y.bmp", true},
};
enum { RUNS = sizeof runs / sizeof runs[0] };

/* Into a directory of one's own: a run writes where it goes on. */
static void copy_here(const char *what)
{
    char line[1024];
    snprintf(line, sizeof line, "cp -R '" STORED "/%s' .", what);
    ck_assert_msg(system(line) == 0, "%s", line);
}

/* The version and the list of settings are not the same for ever. */
static bool is_of_the_version(const char *key)
{
    return strcmp(key, "convlet_version") == 0 || strcmp(key, "config") == 0;
}

static void expect_same_metadata(const cvl_safetensors *got,
                                 const cvl_safetensors *stored)
{
    for (size_t i = 0; i < stored->metadata_count; i++) {
        const cvl_metadata_entry *const entry = &stored->metadata[i];
        if (is_of_the_version(entry->key)) continue;
        const char *const now = cvl_safetensors_metadata(got, entry->key);
        ck_assert_msg(now && strcmp(now, entry->value) == 0,
                      "%s: %s, stored: %s", entry->key, now ? now : "none",
                      entry->value);
    }
}

/* The tensors and what is said of them, to the last bit. */
static void expect_same_tensors(const char *got, const char *stored)
{
    cvl_safetensors a, b;
    cvl_error err;
    expect_ok(cvl_safetensors_load(got, &a, &err), err);
    expect_ok(cvl_safetensors_load(stored, &b, &err), err);
    ck_assert_uint_eq(a.tensor_count, b.tensor_count);
    for (size_t i = 0; i < b.tensor_count; i++) {
        const cvl_tensor *const want = &b.tensors[i].tensor;
        const char *const name = b.tensors[i].name;
        const cvl_tensor *const have = cvl_safetensors_find(&a, name);
        ck_assert_msg(have != NULL, "%s has no %s", got, name);
        expect_ok(cvl_tensor_check_like(name, have, want, &err), err);
        ck_assert_msg(memcmp(have->data, want->data, cvl_tensor_bytes(want)) ==
                          0,
                      "%s: other numbers in %s", got, name);
    }
    expect_same_metadata(&a, &b);
    cvl_safetensors_free(&a);
    cvl_safetensors_free(&b);
}

START_TEST(a_stopped_run_of_0_1_ends_as_it_would_have)
{
    static const char *const tensors[] = {"model.safetensors",
                                          "checkpoint.safetensors"};
    const struct stored *const r = &runs[_i];
    char line[256], got[256], stored[256];
    /* Settings name the inputs from where the run was begun. */
    copy_here("inputs/.");
    snprintf(line, sizeof line, "%s/stopped", r->name);
    copy_here(line);
    snprintf(line, sizeof line, "train --quiet --resume stopped%s", r->steps);
    const struct outcome outcome = run_expect(0, line);
    ck_assert_msg(!strstr(outcome.err, "keeps no checksum of its data") ==
                      !r->of_files,
                  "%s", outcome.err);
    for (size_t i = 0; i < 2; i++) {
        snprintf(got, sizeof got, "stopped/%s", tensors[i]);
        snprintf(stored, sizeof stored, STORED "/%s/whole/%s", r->name,
                 tensors[i]);
        expect_same_tensors(got, stored);
    }
    snprintf(stored, sizeof stored, STORED "/%s/whole/loss.csv", r->name);
    expect_same_bytes("stopped/loss.csv", stored);
}
END_TEST

/* It wrote any value as it is; today this one would be quoted. */
START_TEST(a_run_of_0_1_goes_on_though_a_value_looks_commented)
{
    copy_here("inputs/.");
    copy_here("filter/stopped");
    ck_assert(!rename("picture.ppm", "my #1.ppm"));
    ck_assert(!system("sed -i 's/^input = .*/input = my #1.ppm/' "
                      "stopped/config.ini"));
    run_expect(0, "train --quiet --resume stopped --steps 5");
    expect_same_tensors("stopped/model.safetensors",
                        STORED "/filter/whole/model.safetensors");
    run_expect(0, "train --quiet --resume stopped --steps 6");
}
END_TEST

START_TEST(the_settings_of_0_1_make_the_same_run)
{
    const struct stored *const r = &runs[_i];
    char line[512], stored[256];
    copy_here("inputs/.");
    snprintf(line, sizeof line,
             "train --quiet --config " STORED "/%s/whole/config.ini --out run",
             r->name);
    run_expect(0, line);
    snprintf(stored, sizeof stored, STORED "/%s/whole/model.safetensors",
             r->name);
    expect_same_tensors("run/model.safetensors", stored);
}
END_TEST

START_TEST(a_model_of_0_1_makes_the_same_of_its_input)
{
    const struct stored *const r = &runs[_i];
    char line[1024], stored[256];
    snprintf(line, sizeof line,
             "apply --isa base --algorithm direct --model " STORED
             "/%s/whole/model.safetensors " STORED "/inputs/%s -o %s",
             r->name, r->input, r->output);
    run_expect(0, line);
    snprintf(stored, sizeof stored, STORED "/%s/%s", r->name, r->output);
    expect_same_bytes(r->output, stored);
}
END_TEST

START_TEST(a_model_of_0_1_is_shown)
{
    char line[512];
    snprintf(line, sizeof line,
             "show --model " STORED "/%s/whole/model.safetensors",
             runs[_i].name);
    const char *const out = run_expect(0, line).out;
    ck_assert_msg(strstr(out, "convlet  0.1.0\n") && strstr(out, "conv "), "%s",
                  out);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("v01");
    TCase *const all = tcase_create("v01");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all, a_stopped_run_of_0_1_ends_as_it_would_have, 0,
                        RUNS);
    tcase_add_test(all, a_run_of_0_1_goes_on_though_a_value_looks_commented);
    tcase_add_loop_test(all, the_settings_of_0_1_make_the_same_run, 0, RUNS);
    tcase_add_loop_test(all, a_model_of_0_1_makes_the_same_of_its_input, 0,
                        RUNS);
    tcase_add_loop_test(all, a_model_of_0_1_is_shown, 0, RUNS);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
