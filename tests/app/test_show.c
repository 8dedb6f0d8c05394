/* test_show.c - a model in words, numbers, letters, colours and pixels. */
#include <math.h>
#include <stdio.h>

#include "cli/program.h"
#include "pictures/colormap.h"
#include "pictures/picture.h"
#include "scratch.h"
#include "show.h"

static const char PATH[] = "model.safetensors";

/* Writes a model whose weights are -0.5, -0.375, ... */
static void save(const char *spec)
{
    const cvl_model_about about = {.spec = spec,
                                   .scaling = CVL_MODEL_SCALING_NONE};
    const cvl_net_config config = {
        .spec = spec, .input_shape = {1, 2, 9, 9}, .exec = cvl_exec_default()};
    cvl_net net;
    cvl_error err;
    expect_ok(cvl_net_build(&net, &config, &err), err);
    for (size_t i = 0; i < net.param_count; i++)
        for (size_t j = 0; j < net.params[i].value.count; j++)
            cvl_tensor_set(&net.params[i].value, j, (double)j / 8 - 0.5);
    expect_ok(cvl_model_save(PATH, &about, &net, &err), err);
    cvl_net_free(&net);
}

/* What show says of the saved model. */
static void show(const char *spec, enum draw_colours colours, size_t width,
                 struct text *text)
{
    const struct draw_style style = {colours, width};
    cvl_model model;
    cvl_error err;
    save(spec);
    *text = (struct text){0};
    expect_ok(model_load(PATH, NULL, &model, &err), err);
    expect_ok(show_model(&model, &style, text, &err), err);
    cvl_model_free(&model);
}

START_TEST(show_lists_layers_with_what_they_see)
{
    struct text text;
    show("conv 1 2x2 stride=2, relu, conv 3 3x1 padding=1x0 bias=no",
         DRAW_PLAIN, 80, &text);
    ck_assert_ptr_nonnull(strstr(text.data, "\ninput    1x2x9x9, float32\n"));
    ck_assert_ptr_nonnull(
        strstr(text.data, "\n0      conv 1 2x2 stride=2x2               1x1x4x4"
                          "                    9  2x2        2x2      0x0\n"));
    ck_assert_ptr_nonnull(
        strstr(text.data, "\n2      conv 3 3x1 padding=1x1x0x0 bias=no  1x3x4x4"
                          "                    9  6x2        2x2      2x0\n"));
    text_free(&text);
}
END_TEST

START_TEST(outputs_of_a_shuffle_share_what_they_see)
{
    struct text text;
    show("conv 12 3x3 padding=same, shuffle 2, conv 1 3x3 padding=same, conv 1 "
         "1x1 stride=2x4",
         DRAW_PLAIN, 80, &text);
    static const char *const ends[] = {
        "1x3x18x18                  0  3x3        1/2x1/2  1x1\n",
        "1x1x18x18                 28  4x4        1/2x1/2  2x2\n",
        "1x1x9x5                    2  4x4        1x2      2x2\n"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        ck_assert_msg(strstr(text.data, ends[i]) != NULL, "%s", text.data);
    text_free(&text);
}
END_TEST

START_TEST(plain_kernels_are_numbers_in_columns)
{
    struct text text;
    show("conv 2 1x2 bias=no", DRAW_PLAIN, 80, &text);
    ck_assert_ptr_nonnull(strstr(
        text.data, "\nlayer 0, kernels of 1x2; down: output channels, across: "
                   "input channels\n"
                   " -0.5000 -0.3750    -0.2500 -0.1250\n"
                   "\n"
                   "  0.0000  0.1250     0.2500  0.3750\n"));
    text_free(&text);
}
END_TEST

START_TEST(kernels_of_groups_and_tied_ones_say_what_they_are_for)
{
    static const struct {
        const char *spec, *across;
    } cases[] = {
        {"conv 2 1x2 groups=2", "across: inputs of its group\n"},
        {"conv 2 1x2 tied=yes", "across: one for all inputs\n"},
        {"conv 2 1x2 groups=2 tied=yes",
         "across: one for all inputs of its group\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text;
        show(cases[i].spec, DRAW_PLAIN, 80, &text);
        ck_assert_msg(strstr(text.data, cases[i].across) != NULL, "%s",
                      text.data);
        text_free(&text);
    }
}
END_TEST

START_TEST(where_numbers_do_not_fit_letters_tell_the_sign)
{
    struct text text;
    show("conv 1 1x9 bias=no", DRAW_PLAIN, 60, &text);
    ck_assert_ptr_nonnull(strstr(text.data,
                                 "(N and n: below zero, p and P: above)\n"
                                 "nnnn..........pppp   ppppppPPPPPPPPPPPP\n"));
    ck_assert_ptr_null(strchr(text.data, '\x1b'));
    text_free(&text);
    show("conv 1 1x9 bias=no", DRAW_PLAIN, 15, &text);
    ck_assert_ptr_nonnull(
        strstr(text.data, "kernels of 1x9 are too large for this terminal\n"));
    text_free(&text);
}
END_TEST

START_TEST(what_is_left_out_is_counted)
{
    struct text text;
    show("conv 9 2x2", DRAW_PLAIN, 20, &text);
    ck_assert_ptr_nonnull(
        strstr(text.data, "(the first 8 of 9, and the first 1 of 2)\n"));
    text_free(&text);
}
END_TEST

START_TEST(colours_are_half_blocks_two_pixels_each)
{
    struct text text;
    show("conv 2 1x2 bias=no", DRAW_TRUE, 80, &text);
    /* The lowest weight is the darkest blue, above itself. */
    ck_assert_ptr_nonnull(strstr(
        text.data, "\n\x1b[38;2;10;47;102m\x1b[48;2;10;47;102m\xe2\x96\x80"
                   "\x1b[0m"));
    ck_assert_ptr_nonnull(
        strstr(text.data, "\nblue: down to -0.5; orange: up to 0.5\n"));
    text_free(&text);
    show("conv 2 1x2 bias=no", DRAW_256, 80, &text);
    ck_assert_ptr_nonnull(
        strstr(text.data, "\n\x1b[38;5;17m\x1b[48;5;17m\xe2\x96\x80\x1b[0m"));
    text_free(&text);
}
END_TEST

START_TEST(colours_are_only_for_terminals_that_want_them)
{
    ck_assert_int_eq(draw_choose_colours(NULL, "xterm", NULL), DRAW_256);
    ck_assert_int_eq(draw_choose_colours(NULL, "xterm", "truecolor"),
                     DRAW_TRUE);
    ck_assert_int_eq(draw_choose_colours("", "xterm", "24bit"), DRAW_TRUE);
    ck_assert_int_eq(draw_choose_colours("1", "xterm", "24bit"), DRAW_PLAIN);
    ck_assert_int_eq(draw_choose_colours(NULL, "dumb", "24bit"), DRAW_PLAIN);
    ck_assert_int_eq(draw_choose_colours(NULL, NULL, "24bit"), DRAW_PLAIN);
}
END_TEST

START_TEST(the_colour_scale_is_symmetric_and_clamped)
{
    unsigned char low[3], high[3], beyond[3], zero[3], nan[3];
    colormap_at(-2, 2, low);
    colormap_at(2, 2, high);
    colormap_at(1e300, 2, beyond);
    colormap_at(0, 2, zero);
    colormap_at(NAN, 2, nan);
    ck_assert_mem_eq(high, beyond, 3);
    ck_assert(low[2] > low[0] && high[0] > high[2]); /* blue, orange */
    ck_assert(colormap_is_light(zero) && !colormap_is_light(low) &&
              !colormap_is_light(high));
    ck_assert_int_eq(memcmp(nan, beyond, 3) && memcmp(nan, zero, 3), 1);
    colormap_at(-INFINITY, 2, beyond);
    ck_assert_mem_eq(low, beyond, 3);
}
END_TEST

/* `convlet show` with these flags; the words it prints go to the file out. */
static int run(const char *model, const char *picture)
{
    const struct config config = {.show.model = model, .show.picture = picture};
    ck_assert_ptr_nonnull(freopen("out", "w", stdout));
    ck_assert_ptr_nonnull(freopen("err", "w", stderr));
    const int exit = show_run(&config);
    fflush(stdout);
    fflush(stderr);
    return exit;
}

START_TEST(the_command_prints_without_colours_into_a_file)
{
    cvl_bytes bytes;
    cvl_error err;
    struct text text;
    show("conv 2 3x3", DRAW_PLAIN, 1000, &text);
    ck_assert_int_eq(run(PATH, NULL), EXIT_OK);
    expect_ok(cvl_file_read("out", 1 << 16, &bytes, &err), err);
    ck_assert_str_eq((const char *)bytes.data, text.data);
    cvl_bytes_free(&bytes);
    text_free(&text);
}
END_TEST

START_TEST(the_picture_has_every_kernel_of_every_layer)
{
    cvl_tensor pixels;
    cvl_error err;
    save("conv 2 3x3, conv 1 1x1");
    ck_assert_int_eq(run(PATH, "kernels.png"), EXIT_OK);
    expect_text("err", "wrote kernels.png\n");
    expect_ok(picture_load("kernels.png", CVL_F32, &pixels, NULL, &err), err);
    /* 3 x 24 pixels a kernel, 5 between; 24 between layers of one scale. */
    ck_assert_uint_eq(pixels.shape[1], 3);
    ck_assert_uint_eq(pixels.shape[2], (72 * 2 + 5) + 24 + 24);
    ck_assert_uint_eq(pixels.shape[3], 72 * 2 + 5);
    cvl_tensor_free(&pixels);
}
END_TEST

static const struct {
    const char *model, *picture;
    int exit;
    const char *message;
} wrong[] = {
    {NULL, NULL, EXIT_USAGE,
     "convlet show: --model is missing: the file to show, such as "
     "run/model.safetensors; or --net, for a net without one\n"},
    {"none", NULL, EXIT_RUNTIME,
     "convlet show: none: cannot open: No such file or directory\n"},
    {PATH, "kernels.jpg", EXIT_USAGE,
     "convlet show: --picture: kernels.jpg: the kernels' picture is a PNG; its "
     "name ends in .png\n"},
    {"text", NULL, EXIT_DATA,
     "convlet show: text: has 3 bytes, a safetensors file has 8 or more; save "
     "the file again\n"},
};

START_TEST(what_is_wrong_is_one_line)
{
    save("conv 1 1x1");
    put("text", "abc");
    ck_assert_int_eq(run(wrong[_i].model, wrong[_i].picture), wrong[_i].exit);
    expect_text("err", wrong[_i].message);
    expect_text("out", "");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("show");
    TCase *const all = tcase_create("show");
    tcase_add_checked_fixture(all, enter_directory, leave_directory);
    tcase_add_test(all, show_lists_layers_with_what_they_see);
    tcase_add_test(all, outputs_of_a_shuffle_share_what_they_see);
    tcase_add_test(all, plain_kernels_are_numbers_in_columns);
    tcase_add_test(all, kernels_of_groups_and_tied_ones_say_what_they_are_for);
    tcase_add_test(all, where_numbers_do_not_fit_letters_tell_the_sign);
    tcase_add_test(all, what_is_left_out_is_counted);
    tcase_add_test(all, colours_are_half_blocks_two_pixels_each);
    tcase_add_test(all, colours_are_only_for_terminals_that_want_them);
    tcase_add_test(all, the_colour_scale_is_symmetric_and_clamped);
    tcase_add_test(all, the_command_prints_without_colours_into_a_file);
    tcase_add_test(all, the_picture_has_every_kernel_of_every_layer);
    tcase_add_loop_test(all, what_is_wrong_is_one_line, 0,
                        (int)(sizeof wrong / sizeof *wrong));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
