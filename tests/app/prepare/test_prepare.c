/* test_prepare.c - a picture becomes one like those that were trained on. */
#include "prepare/prepare.h"

#include <math.h>
#include <stdlib.h>

#include "expect.h"

static cvl_error err;

/* Of the shipped digits. */
static struct prepare of_digits(void)
{
    const struct samples_request request = {"digits", NULL, COLOR_KEEP};
    struct samples samples;
    struct prepare prepare;
    expect_ok(samples_read(&request, &samples, &err), err);
    expect_ok(prepare_measure(&samples, &prepare, &err), err);
    samples_free(&samples);
    return prepare;
}

static void expect_line(const struct prepare *prepare, const char *line)
{
    struct text text = {0};
    prepare_write(prepare, &text);
    ck_assert_str_eq(text.data, line);
    text_free(&text);
}

/* A picture of one level. */
static cvl_tensor make(size_t channels, size_t height, size_t width,
                       double level)
{
    const size_t shape[4] = {1, channels, height, width};
    cvl_tensor picture;
    expect_ok(cvl_tensor_init(&picture, CVL_F32, 4, shape, &err), err);
    cvl_tensor_fill(&picture, level);
    return picture;
}

/* Fills the rectangle of every channel with the level. */
static void draw(cvl_tensor *picture, size_t top, size_t left, size_t rows,
                 size_t columns, double level)
{
    const size_t height = picture->shape[2], width = picture->shape[3];
    for (size_t i = 0; i < picture->count; i++) {
        const size_t y = i / width % height, x = i % width;
        if (y >= top && y < top + rows && x >= left && x < left + columns)
            cvl_tensor_set(picture, i, level);
    }
}

/* Prepares the picture, which is freed, as x; the words must be these. */
static cvl_tensor prepared(const struct prepare *prepare, cvl_tensor picture,
                           const char *said)
{
    cvl_tensor x;
    struct text text = {0};
    expect_ok(prepare_picture(prepare, &picture, CVL_F64, &x, &text, &err),
              err);
    ck_assert_str_eq(text.data ? text.data : "", said);
    text_free(&text);
    cvl_tensor_free(&picture);
    return x;
}

START_TEST(digits_are_measured_as_drawings)
{
    const struct prepare prepare = of_digits();
    expect_line(&prepare, "drawing 1x8x8 range=0:1 ground=0 ink=0.9988 fill=1 "
                          "stroke=0.6265 centre=box");
}
END_TEST

START_TEST(line_reads_back_as_it_was_written)
{
    static const char *const lines[] = {
        "drawing 1x8x8 range=0:1 ground=0 ink=0.9989 fill=1 "
        "stroke=0.6 centre=box",
        "drawing 1x28x32 range=-0.5:2.5 ground=1 ink=0 fill=0.5 "
        "stroke=2.5 centre=mass",
        "drawing 1x8x28 range=0:1 ground=0 ink=1 fill=0.0357 "
        "stroke=1 centre=box",
        "picture 3x32x32 range=0:1"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct prepare prepare;
        ck_assert(prepare_parse(lines[i], &prepare));
        expect_line(&prepare, lines[i]);
    }
}
END_TEST

START_TEST(line_of_an_older_file_reads_as_what_is_written_now)
{
    struct prepare prepare;
    ck_assert(prepare_parse("drawing 1x8x8 range=0:1 ground=0 ink=0.9989 "
                            "fill=1 share=0.4561 stroke=0.6 centre=box",
                            &prepare));
    expect_line(&prepare, "drawing 1x8x8 range=0:1 ground=0 ink=0.9989 fill=1 "
                          "stroke=0.6 centre=box");
}
END_TEST

START_TEST(other_lines_are_none)
{
    static const char *const lines[] = {
        "",
        "picture",
        "drawing 1x8x8",
        "picture 3x32x32 range=0:1 ",
        "picture 3x32x32 range=1:0",
        "picture 3x32x32 range=0:nan",
        "picture 3x0x32 range=0:1",
        "picture 3x32 range=0:1",
        "picture 3x99999x32 range=0:1",
        "picture 3x32x32 range=0:1 ground=0",
        "drawing 3x8x8 range=0:1 ground=0 ink=1 fill=1 share=1 stroke=1 "
        "centre=box",
        "drawing 1x8x8 range=0:1 ground=0 ink=0 fill=1 share=1 stroke=1 "
        "centre=box",
        "drawing 1x8x8 range=0:1 ground=0 ink=2 fill=1 share=1 stroke=1 "
        "centre=box",
        "drawing 1x8x8 range=0:1 ground=0 ink=1 fill=0 share=1 stroke=1 "
        "centre=box",
        "drawing 1x8x8 range=0:1 ground=0 ink=1 fill=1e-300 share=1 stroke=1 "
        "centre=box",
        "drawing 1x8x28 range=0:1 ground=0 ink=1 fill=0.0178 share=1 stroke=1 "
        "centre=box",
        "drawing 1x8x8 range=0:1 ground=0 ink=1 fill=1 share=0 stroke=1 "
        "centre=box",
        "drawing 1x8x8 range=0:1 ground=0 ink=1 fill=1 share=1 stroke=1 "
        "centre=top",
        "drawing 1x8x8 range=0:1 ground=0 ink=1 fill=1 share=1 stroke=1 "
        "centre=boxes",
        "drawing 1x8x8 range=0:1 ground= ink=1 fill=1 share=1 stroke=1 "
        "centre=box"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct prepare prepare = {.fill = 7};
        ck_assert_msg(!prepare_parse(lines[i], &prepare), "%s", lines[i]);
        ck_assert_double_eq(prepare.fill, 7);
    }
}
END_TEST

START_TEST(dark_bar_on_white_becomes_a_bright_one_as_large_as_a_digit)
{
    const struct prepare prepare = of_digits();
    cvl_tensor picture = make(3, 300, 300, 1);
    draw(&picture, 40, 200, 160, 40, 0);
    cvl_tensor x = prepared(&prepare, picture,
                            "grey, inverted, cropped to 40 x 160, resized into "
                            "8 x 8");
    for (size_t i = 0; i < 64; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&x, i),
                                i % 8 == 3 || i % 8 == 4 ? 0.9988 : 0, 1e-6);
    cvl_tensor_free(&x);
}
END_TEST

START_TEST(thin_strokes_become_as_thick_as_those_of_training)
{
    const struct prepare prepare = of_digits();
    cvl_tensor picture = make(1, 200, 200, 0.9);
    draw(&picture, 20, 60, 4, 80, 0.2);
    draw(&picture, 20, 60, 160, 4, 0.2);
    draw(&picture, 176, 60, 4, 80, 0.2);
    draw(&picture, 20, 136, 160, 4, 0.2);
    cvl_tensor x = prepared(&prepare, picture,
                            "inverted, cropped to 80 x 160, resized into 8 x "
                            "8, strokes thickened");
    ck_assert_double_eq_tol(cvl_tensor_largest(&x), 0.9988, 1e-6);
    ck_assert_double_gt(cvl_tensor_get(&x, 3), 0.6);
    /* Within, and beyond, there is a thicker stroke's edge and no more. */
    ck_assert_double_lt(cvl_tensor_get(&x, 1), 0.25);
    ck_assert_double_lt(cvl_tensor_get(&x, 35), 0.25);
    ck_assert_double_gt(cvl_tensor_get(&x, 34), 0.8);
    cvl_tensor_free(&x);
}
END_TEST

START_TEST(picture_of_the_size_is_left_alone_or_inverted)
{
    const struct prepare prepare = of_digits();
    for (int inverted = 0; inverted < 2; inverted++) {
        cvl_tensor picture = make(1, 8, 8, inverted);
        draw(&picture, 2, 5, 3, 2, inverted ? 0.25 : 0.75);
        cvl_tensor x = prepared(&prepare, picture, inverted ? "inverted" : "");
        for (size_t i = 0; i < 64; i++) {
            const size_t row = i / 8, column = i % 8;
            const bool inside =
                row >= 2 && row < 5 && column >= 5 && column < 7;
            ck_assert_double_eq(cvl_tensor_get(&x, i), inside ? 0.75 : 0);
        }
        cvl_tensor_free(&x);
    }
}
END_TEST

START_TEST(blank_picture_is_said_to_be_blank)
{
    const struct prepare prepare = of_digits();
    cvl_tensor x = prepared(&prepare, make(1, 50, 60, 0.5), "blank");
    ck_assert_uint_eq(x.count, 64);
    ck_assert_double_eq(cvl_tensor_largest(&x), 0);
    cvl_tensor_free(&x);
}
END_TEST

START_TEST(drawings_of_dark_on_light_are_prepared_so)
{
    struct prepare prepare;
    ck_assert(prepare_parse("drawing 1x4x4 range=0:1 ground=1 ink=0 fill=0.5 "
                            "share=0.9 stroke=0.5 centre=mass",
                            &prepare));
    cvl_tensor picture = make(1, 20, 20, 0);
    draw(&picture, 0, 10, 4, 4, 1);
    draw(&picture, 0, 12, 4, 2, 1);
    cvl_tensor x = prepared(&prepare, picture,
                            "inverted, cropped to 4 x 4, resized into 4 x 4");
    for (size_t i = 0; i < 16; i++) {
        const size_t row = i / 4, column = i % 4;
        const bool inside = row >= 1 && row < 3 && column >= 1 && column < 3;
        ck_assert_double_eq_tol(cvl_tensor_get(&x, i), inside ? 0 : 1, 1e-12);
    }
    cvl_tensor_free(&x);
}
END_TEST

START_TEST(photos_are_cropped_at_their_middle_and_averaged)
{
    struct prepare prepare;
    ck_assert(prepare_parse("picture 3x2x2 range=-1:3", &prepare));
    cvl_tensor picture = make(1, 4, 12, 0.5);
    draw(&picture, 0, 4, 4, 2, 0);
    draw(&picture, 0, 6, 2, 1, 1);
    cvl_tensor x =
        prepared(&prepare, picture, "cropped to 4 x 4, resized to 2 x 2");
    ck_assert_uint_eq(x.shape[1], 3);
    for (size_t c = 0; c < 3; c++) {
        ck_assert_double_eq_tol(cvl_tensor_get(&x, 4 * c), -1, 1e-12);
        ck_assert_double_eq_tol(cvl_tensor_get(&x, 4 * c + 1), 2, 1e-12);
        ck_assert_double_eq_tol(cvl_tensor_get(&x, 4 * c + 3), 1, 1e-12);
    }
    cvl_tensor_free(&x);
    ck_assert(prepare_parse("picture 2x2x2 range=0:1", &prepare));
    picture = make(1, 2, 2, 0);
    struct text said = {0};
    expect_fail(prepare_picture(&prepare, &picture, CVL_F32, &x, &said, &err),
                err, CVL_ESHAPE,
                "the net takes 2 channels; a picture has 1 or 3");
    ck_assert_ptr_null(x.data);
    cvl_tensor_free(&picture);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        digits_are_measured_as_drawings,
        line_reads_back_as_it_was_written,
        line_of_an_older_file_reads_as_what_is_written_now,
        other_lines_are_none,
        dark_bar_on_white_becomes_a_bright_one_as_large_as_a_digit,
        thin_strokes_become_as_thick_as_those_of_training,
        picture_of_the_size_is_left_alone_or_inverted,
        blank_picture_is_said_to_be_blank,
        drawings_of_dark_on_light_are_prepared_so,
        photos_are_cropped_at_their_middle_and_averaged,
        NULL};
    return run_tests("prepare", tests);
}
