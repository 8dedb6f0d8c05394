/* test_apply.c - `convlet apply`: pictures in, pictures out, their names. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/npy.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"
#include "sanitized.h"

/* m: a model of three channels; grey: of one. */
static void enter(void)
{
    enter_scratch();
    run_expect(0, "train --quiet --net 'conv 8 3x3 padding=same, relu, conv 3 "
                  "3x3 padding=same' --height 16 --width 16 --steps 2 --lr "
                  "0.0001 --out m");
    run_expect(0, "train --quiet --net 'conv 1 3x3 padding=same' --channels 1 "
                  "--steps 2 --lr 0.0001 --out grey");
    put_picture("photo.png", "rgb8.png", 0, 0);
    put_picture("photo.jpg", "rgb.jpg", 0, 0);
    put_picture("deep.png", "rgb16.png", 0, 0);
    run_expect(0, "conv --input '[[-1,240],[0,1]]' --weight 1 --output a.npy");
    run_expect(0, "conv --input '[[0,1],[0,1]]' --weight 1 --output b01.npy");
}

static const char MODEL[] = "apply --model m/model.safetensors ";

/* Applies m with these arguments. */
static struct outcome apply(int status, const char *arguments)
{
    char line[512];
    snprintf(line, sizeof line, "%s%s", MODEL, arguments);
    return run_expect(status, line);
}

static void expect_same_file(const char *a, const char *b)
{
    static char first[1 << 21], second[1 << 21];
    const size_t size = get_text(a, first, sizeof first);
    ck_assert_uint_gt(size, 0);
    ck_assert_uint_eq(get_text(b, second, sizeof second), size);
    ck_assert_mem_eq(first, second, size);
}

START_TEST(the_picture_is_the_prediction_that_the_run_left)
{
    char line[512];
    snprintf(line, sizeof line,
             "train --quiet --input %s/sample.png --target filter:sharpen "
             "--net 'conv 4 3x3 padding=same, relu, conv 3 3x3 padding=same' "
             "--steps 2 --out run",
             ASSETS);
    run_expect(0, line);
    static const char *const ways[] = {"", "--tile 100",
                                       "--tile 16 --threads 3"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        snprintf(line, sizeof line,
                 "apply --model run/model.safetensors %s %s/sample.png -o "
                 "y.png --force --quiet",
                 ways[i], ASSETS);
        ck_assert_str_eq(run_expect(0, line).err, "");
        expect_same_file("y.png", "run/prediction.png");
    }
}
END_TEST

START_TEST(a_grey_picture_goes_through_a_net_for_colour)
{
    put_picture("g.png", "grey8.png", 0, 0);
    apply(0, "g.png -o y.png --quiet");
    ck_assert_str_eq(apply(0, "g.png --compare y.png").out, "g.png psnr:inf\n");
    apply(0, "photo.png -o colour.png --quiet");
    apply(3, "g.png --compare colour.png");
    ck_assert_ptr_nonnull(strstr(apply(3, "a.npy -o y.npy").err,
                                 "has 1 channel, but the model takes 3"));
}
END_TEST

START_TEST(what_a_written_picture_cannot_say_is_noted)
{
    static const char note[] =
        "convlet apply: note: gamma.png: its gamma is ignored\n";
    char expected[256];
    put_picture("gamma.png", "gamma.png", 0, 0);
    ck_assert_str_eq(apply(0, "gamma.png -o y.png").err, "wrote y.png\n");
    snprintf(expected, sizeof expected, "%swrote y.bmp\n", note);
    ck_assert_str_eq(apply(0, "gamma.png -o y.bmp").err, expected);
    snprintf(expected, sizeof expected, "%swrote y.npy\n", note);
    ck_assert_str_eq(apply(0, "gamma.png -o y.npy").err, expected);
    ck_assert_str_eq(apply(0, "gamma.png -o z.bmp --quiet").err, "");
    ck_assert_str_eq(run_expect(0, "apply --model grey/model.safetensors a.npy "
                                   "-o a.png")
                         .err,
                     "convlet apply: note: a.npy: its values go from -1 to "
                     "240, those of a picture from 0 to 1; what is beyond "
                     "becomes black or white\nwrote a.png\n");
    run_expect(0, "apply --model grey/model.safetensors a.npy -o b.npy");
    ck_assert_str_eq(run_expect(0, "apply --model grey/model.safetensors "
                                   "b01.npy -o b.png")
                         .err,
                     "wrote b.png\n");
}
END_TEST

START_TEST(every_file_keeps_its_name_and_a_bad_one_stops_no_other)
{
    if (UNDER_TSAN) return;
    put_bytes("text.png", "not a picture\n", 14);
    const struct outcome outcome =
        apply(3, "text.png missing.png deep.png photo.jpg -o out/new");
    ck_assert_str_eq(
        outcome.err,
        "convlet apply: text.png: is neither a picture of a kind that convlet "
        "reads (PNG, JPEG, BMP, binary PNM) nor a .npy array\n"
        "convlet apply: missing.png: cannot open: No such file or directory\n"
        "wrote out/new/deep.png\n"
        "wrote out/new/photo.png\n");
    ck_assert_str_eq(outcome.out, "");
    ck_assert_uint_eq(count_entries("out/new"), 2);
}
END_TEST

START_TEST(nothing_is_overwritten_without_force)
{
    apply(0, "photo.png -o y.png");
    put_bytes("old.png", "old", 3);
    const struct outcome outcome = apply(2, "photo.png -o old.png");
    ck_assert_str_eq(outcome.err,
                     "convlet apply: old.png is there already; choose another "
                     "--output, or add --force to overwrite it\n");
    char text[8];
    ck_assert_uint_eq(get_text("old.png", text, sizeof text), 3);
    ck_assert_str_eq(apply(0, "photo.png --output old.png --force").err,
                     "wrote old.png\n");
    expect_same_file("old.png", "y.png");
}
END_TEST

START_TEST(compare_prints_the_psnr_of_what_is_written)
{
    const struct outcome none =
        apply(0, "photo.png --compare photo.png -o y.png --quiet");
    ck_assert_ptr_eq(strstr(none.out, "photo.png psnr:"), none.out);
    ck_assert_str_eq(none.err, "");
    ck_assert_str_eq(apply(0, "photo.png --compare y.png").out,
                     "photo.png psnr:inf\n");
    /* Zeros against ones are 0 dB, whose peak is 1. */
    const size_t shape[2] = {6, 7};
    cvl_tensor array;
    cvl_error err;
    ck_assert(!cvl_tensor_init(&array, CVL_F32, 2, shape, NULL));
    expect_ok(cvl_npy_save("zeros.npy", &array, &err), err);
    run_expect(0, "train --quiet --net 'conv 1 1x1 bias=no' --init zeros "
                  "--channels 1 --steps 1 --target zeros --out none");
    cvl_tensor_fill(&array, 0.1);
    expect_ok(cvl_npy_save("tenth.npy", &array, &err), err);
    cvl_tensor_free(&array);
    ck_assert_str_eq(run_expect(0, "apply --model none/model.safetensors "
                                   "zeros.npy --compare tenth.npy")
                         .out,
                     "zeros.npy psnr:20.00\n");
}
END_TEST

START_TEST(a_directory_is_compared_by_name)
{
    apply(0, "photo.png deep.png -o truth --quiet");
    const struct outcome outcome =
        apply(0, "photo.png deep.png --compare truth");
    ck_assert_str_eq(outcome.out, "photo.png psnr:inf\ndeep.png psnr:inf\n");
}
END_TEST

START_TEST(an_array_keeps_its_axes_and_what_stands_behind_two_dashes_is_a_file)
{
    const size_t shape[2] = {12, 9};
    put_array("-x.npy", 2, shape);
    run_expect(0, "apply -o=y.npy --model grey/model.safetensors -- -x.npy");
    cvl_tensor y = get_array("y.npy");
    expect_shape(&y, 2, shape);
    ck_assert_int_eq(y.dtype, CVL_F32);
    cvl_tensor_free(&y);
}
END_TEST

START_TEST(sixteen_bits_reach_the_net_and_eight_leave_it)
{
    const struct outcome outcome = apply(0, "deep.png -o y.png --verbose");
    static const char note[] = "convlet apply: note: deep.png has 16 bits a "
                               "sample; the model sees them, y.png gets 8\n";
    ck_assert_int_eq(strncmp(outcome.err, note, strlen(note)), 0);
    ck_assert_ptr_nonnull(
        strstr(outcome.err, "\nconvlet apply: deep.png\n  layer 0: "));
    ck_assert_str_eq(apply(0, "deep.png -o z.png").err, "wrote z.png\n");
    /* w x has more values than 255 steps of w allow. */
    run_expect(0, "train --quiet --net 'conv 1 1x1 bias=no' --channels 1 "
                  "--steps 1 --lr 1e-9 --out one");
    run_expect(0, "apply --model one/model.safetensors deep.png -o deep.npy");
    put_param("w.npy", "one/model.safetensors", "0.weight");
    cvl_tensor y = get_array("deep.npy"), w = get_array("w.npy");
    bool between = false;
    for (size_t i = 0; i < y.count; i++) {
        const double step =
            cvl_tensor_get(&y, i) / cvl_tensor_get(&w, 0) * 255.0;
        between = between || fabs(step - round(step)) > 0.01;
    }
    ck_assert(between);
    cvl_tensor_free(&w);
    cvl_tensor_free(&y);
}
END_TEST

START_TEST(a_terminal_sees_the_tiles_go_by)
{
    const struct conditions xterm = {.terminal = "xterm"};
    char line[512];
    run_expect(0, "train --quiet --net 'conv 3 13x13 padding=same' --steps 1 "
                  "--lr 1e-9 --out wide");
    snprintf(line, sizeof line,
             "apply --model wide/model.safetensors --algorithm direct "
             "--threads 1 --tile 128 %s/sample.png -o y.png",
             ASSETS);
    const struct outcome outcome = run_under(&xterm, line);
    ck_assert_int_eq(outcome.status, 0);
    const char *const bar = strstr(outcome.err, "\r\033[K[");
    ck_assert_msg(bar != NULL, "%s", outcome.err);
    ck_assert_ptr_nonnull(strstr(bar, "/16  "));
    ck_assert_ptr_nonnull(strstr(bar, " tiles/s  "));
    ck_assert_ptr_null(strstr(bar, "loss"));
    ck_assert_ptr_nonnull(strstr(bar, "\r\033[Kwrote y.png"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_picture_is_the_prediction_that_the_run_left,
        a_grey_picture_goes_through_a_net_for_colour,
        what_a_written_picture_cannot_say_is_noted,
        every_file_keeps_its_name_and_a_bad_one_stops_no_other,
        nothing_is_overwritten_without_force,
        compare_prints_the_psnr_of_what_is_written,
        a_directory_is_compared_by_name,
        an_array_keeps_its_axes_and_what_stands_behind_two_dashes_is_a_file,
        sixteen_bits_reach_the_net_and_eight_leave_it,
        a_terminal_sees_the_tiles_go_by,
    };
    Suite *const suite = suite_create("cli_apply");
    TCase *const all = tcase_create("cli_apply");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter, leave_scratch);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(all, tests[i]);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
