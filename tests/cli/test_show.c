/* test_show.c - a model goes from one run to the next, and can be looked at. */
#include <string.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

START_TEST(a_run_starts_from_the_model_of_another)
{
    char first[64];
    run_expect(0, "train --quiet --steps 5 --out run");
    /* Five steps and one more, or six: the loss of the sixth is the same. */
    const struct outcome whole =
        run_expect(0, "train --quiet --steps 6 --log-every 6");
    const char *const line = strstr(whole.out, "step:5,");
    ck_assert_ptr_nonnull(line);
    ck_assert_uint_lt(strlen(line), sizeof first);
    memcpy(first, line, strlen(line) + 1);
    const struct outcome next =
        run_expect(0, "train --quiet --steps 1 --init run/model.safetensors");
    ck_assert_str_eq(strchr(next.out, ','), strchr(first, ','));
}
END_TEST

START_TEST(a_model_of_another_shape_is_refused)
{
    run_expect(0, "train --quiet --steps 1 --out run");
    const struct outcome outcome =
        run_expect(3, "train --quiet --kernels 5 --init run/model.safetensors");
    ck_assert_str_eq(outcome.err,
                     "convlet train: run/model.safetensors: 0.weight is "
                     "f32[4x3x2x2], expected f32[5x3x2x2]\n");
}
END_TEST

START_TEST(verbose_says_what_was_chosen_and_why)
{
    static const char asked[] =
        "  layer 0: direct, as asked\n"
        "    forward      one result after the other, in double\n"
        "    grad_weight  one result after the other, in double\n"
        "    grad_input   one result after the other, in double\n"
        "  layer 2: direct, as asked\n";
    static const char chosen[] =
        "direct would sum one output at a time, im2col first write 1.21 times "
        "the input\n    forward      planes: rows of 11 pixels";
    const struct outcome direct =
        run_expect(0, "train --steps 1 --lr 1e-6 --verbose --algorithm direct "
                      "--net 'conv 2 3x3, relu, conv 4 2x2'");
    ck_assert_ptr_nonnull(strstr(direct.err, asked));
    const struct outcome automatic =
        run_expect(0, "train --verbose --steps 1 --isa base --out run");
    if (!strstr(automatic.err, "this build has no tiled"))
        ck_assert_ptr_nonnull(strstr(automatic.err, chosen));
    const struct outcome shown =
        run_expect(0, "show --verbose --model run/model.safetensors");
    ck_assert_ptr_nonnull(
        strstr(shown.out, "\nhow this machine computes it\n  layer 0: "));
}
END_TEST

START_TEST(show_prints_no_colours_into_a_pipe)
{
    run_expect(0, "train --quiet --steps 1 --out run");
    const struct outcome outcome =
        run_expect(0, "show --model run/model.safetensors");
    ck_assert_ptr_eq(strstr(outcome.out, "net      conv 4 2x2 "), outcome.out);
    ck_assert_ptr_null(strchr(outcome.out, '\x1b'));
    ck_assert_str_eq(outcome.err, "");
}
END_TEST

START_TEST(show_reports_a_full_disk)
{
    run_expect(0, "train --quiet --steps 1 --out run");
    const struct outcome outcome =
        run_expect(1, "show --model run/model.safetensors > /dev/full");
    ck_assert_str_eq(outcome.err, "convlet: cannot write to standard output\n");
}
END_TEST

START_TEST(a_diverged_run_leaves_a_report)
{
    run_expect(4, "train --quiet --lr 1000 --out run");
    ck_assert_int_eq(access("run/report.html", R_OK), 0);
}
END_TEST

START_TEST(show_lists_a_net_that_has_no_model)
{
#define NET                                \
    "--channels 1 --height 28 --width 28 " \
    "--net 'conv 6 5x5 padding=2, maxpool 2, dense 10'"
    static const char table[] = "\nlayer  what ";
    char listed[4096];
    run_expect(0, "train --quiet --steps 1 --batch 1 --out run " NET);
    const struct outcome trained =
        run_expect(0, "show --model run/model.safetensors");
    const char *const layers = strstr(trained.out, table);
    const char *const end = strstr(trained.out, "\nlayer 0, kernels");
    ck_assert(layers && end && (size_t)(end - layers) < sizeof listed);
    memcpy(listed, layers, (size_t)(end - layers));
    listed[end - layers] = '\0';
    const struct outcome planned = run_expect(0, "show " NET);
    ck_assert_str_eq(strstr(planned.out, table), listed);
    ck_assert_ptr_nonnull(strstr(planned.out, "\ninput    1x1x28x28, float32"));
#undef NET
}
END_TEST

START_TEST(show_plans_a_net_that_fits_no_memory)
{
    const struct outcome outcome =
        run_expect(0, "show --net 'dense 1000000' --height 10000 --width 1000");
    ck_assert_ptr_nonnull(strstr(outcome.out, " 30000001000000\n"));
}
END_TEST

START_TEST(show_refuses_what_only_a_model_has_and_what_it_says)
{
    const struct outcome picture =
        run_expect(2, "show --net relu --picture k.png");
    ck_assert_str_eq(picture.err,
                     "convlet show: --picture draws the kernels of a model, "
                     "which --net alone has not; add --model\n");
    const struct outcome height = run_expect(2, "show --model m --height 3");
    ck_assert_str_eq(height.err,
                     "convlet show: --height has no effect beside --model; m "
                     "says how large its input is\n");
    const struct outcome wide =
        run_expect(2, "show --net 'conv 2 3x3' --width 2");
    ck_assert_ptr_eq(strstr(wide.err, "convlet show: layer 0 (conv 2 3x3): "),
                     wide.err);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_run_starts_from_the_model_of_another,
        a_model_of_another_shape_is_refused,
        verbose_says_what_was_chosen_and_why,
        show_prints_no_colours_into_a_pipe,
        show_reports_a_full_disk,
        a_diverged_run_leaves_a_report,
        show_lists_a_net_that_has_no_model,
        show_plans_a_net_that_fits_no_memory,
        show_refuses_what_only_a_model_has_and_what_it_says,
        NULL,
    };
    return run_tests_between("cli_show", tests, enter_scratch, leave_scratch);
}
