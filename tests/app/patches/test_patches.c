/* test_patches.c - batches are cut from the right pictures. */
#include "patches/read.h"

#include <math.h>
#include <string.h>

#include "pictures/picture.h"
#include "scratch.h"

/* A picture whose value is its column, 0 to 1 over 40, times `scale`. */
static void put_ramp(const char *path, size_t channels, size_t height,
                     double scale)
{
    const size_t shape[4] = {1, channels, height, 40};
    cvl_tensor pixels;
    cvl_error err;
    expect_ok(cvl_tensor_init(&pixels, CVL_F32, 4, shape, &err), err);
    for (size_t i = 0; i < pixels.count; i++)
        cvl_tensor_set(&pixels, i, scale * (double)(i % 40) / 51);
    expect_ok(picture_save(path, &pixels, &err), err);
    cvl_tensor_free(&pixels);
}

static struct config settings(const char *target, const char *degrade)
{
    return (struct config){.data.target = target,
                           .data.degrade = degrade,
                           .data.patch = {8, 9},
                           .data.batch_size = 5};
}

/* A batch, ready to be drawn. */
struct batch {
    struct patches patches;
    struct photos photos;
    cvl_tensor input, target;
    cvl_random random;
};

static void begin(struct batch *batch, const struct config *config)
{
    cvl_error err;
    *batch = (struct batch){.input = {.data = NULL}};
    expect_ok(patches_init(&batch->patches, config, CVL_F64, &batch->photos,
                           &batch->input, &batch->target, &err),
              err);
    cvl_random_seed(&batch->random, 3);
}

static void draw(struct batch *batch)
{
    patches_draw(&batch->patches, &batch->random, &batch->input,
                 &batch->target);
}

static void end(struct batch *batch)
{
    patches_free(&batch->patches);
    photos_free(&batch->photos);
    cvl_tensor_free(&batch->input);
    cvl_tensor_free(&batch->target);
}

static void expect_refused(const struct config *config, cvl_status expected,
                           const char *message)
{
    struct batch batch = {.input = {.data = NULL}};
    cvl_error err;
    expect_fail(patches_init(&batch.patches, config, CVL_F32, &batch.photos,
                             &batch.input, &batch.target, &err),
                err, expected, message);
    end(&batch);
}

START_TEST(the_same_stream_gives_the_same_batch)
{
    static const char *const targets[] = {"leaves", "."};
    static const char *const ways[] = {"noise:25", "blur:1", "down:2"};
    put_ramp("a.png", 3, 20, 1);
    put_ramp("b.png", 3, 30, 0.5);
    const struct config config = settings(targets[_i / 3], ways[_i % 3]);
    struct batch one, two;
    begin(&one, &config);
    begin(&two, &config);
    draw(&one);
    draw(&two);
    for (int i = 0; i < 3; i++) { /* and so does a stream that was stored */
        two.random = one.random;
        draw(&one);
        draw(&two);
        ck_assert_mem_eq(one.input.data, two.input.data,
                         cvl_tensor_bytes(&one.input));
        ck_assert_mem_eq(one.target.data, two.target.data,
                         cvl_tensor_bytes(&one.target));
    }
    end(&one);
    end(&two);
}
END_TEST

START_TEST(noise_has_its_deviation_and_the_residual_is_what_takes_it_away)
{
    struct config config = settings("leaves", "noise:25");
    struct batch plain, residual;
    double sum = 0;
    config.data.batch_size = 64;
    begin(&plain, &config);
    config.training.residual = true;
    begin(&residual, &config);
    draw(&plain);
    draw(&residual);
    for (size_t i = 0; i < plain.input.count; i++) {
        const double in = cvl_tensor_get(&plain.input, i);
        const double d = cvl_tensor_get(&plain.target, i) - in;
        sum += d * d;
        ck_assert_double_eq(cvl_tensor_get(&residual.input, i), in);
        ck_assert_double_eq_tol(cvl_tensor_get(&residual.target, i), d, 1e-12);
    }
    ck_assert_double_eq_tol(255 * sqrt(sum / (double)plain.input.count), 25,
                            0.5);
    end(&plain);
    end(&residual);
}
END_TEST

START_TEST(patches_of_photographs_are_windows_that_may_be_mirrored)
{
    put_ramp("a.png", 1, 20, 1);
    put_ramp("b.png", 1, 20, 0);
    const struct config config = settings(".", "noise:1");
    struct batch batch;
    int mirrored = 0, straight = 0;
    begin(&batch, &config);
    for (int i = 0; i < 20; i++) {
        draw(&batch);
        for (size_t j = 0; j < batch.target.count; j++) {
            if (j % 9 == 0) continue;
            const double step = 51 * (cvl_tensor_get(&batch.target, j) -
                                      cvl_tensor_get(&batch.target, j - 1));
            ck_assert_double_eq_tol(fabs(step), 1, 1e-4);
            if (step > 0) straight++;
            if (step < 0) mirrored++;
        }
    }
    ck_assert_int_gt(straight, 0);
    ck_assert_int_gt(mirrored, 0);
    end(&batch);
}
END_TEST

START_TEST(the_last_picture_is_held_out_and_other_files_are_left_alone)
{
    put_ramp("b.png", 3, 20, 1);
    put_ramp("a.png", 3, 20, 1);
    put_ramp("c.png", 3, 5, 1); /* may be smaller than a patch */
    put_ramp(".hidden.png", 1, 20, 1);
    put("notes.txt", "not a picture");
    ck_assert_int_eq(mkdir("more.png", 0777), 0);
    const struct config config = settings(".", "noise:1");
    struct batch batch;
    begin(&batch, &config);
    ck_assert_uint_eq(batch.patches.pair_count, 2);
    ck_assert_str_eq(batch.patches.pairs[0].name, "./a.png");
    ck_assert_str_eq(batch.patches.pairs[1].name, "./b.png");
    ck_assert_str_eq(batch.patches.held_out.name, "./c.png");
    end(&batch);
}
END_TEST

START_TEST(colours_are_kept_or_made_one_kind)
{
    put_ramp("a.png", 1, 20, 1);
    put_ramp("b.png", 3, 20, 1);
    struct config config = settings(".", "noise:1");
    expect_refused(&config, CVL_EINVAL,
                   "./b.png: has 3 channels, but ./a.png has 1; choose "
                   "--color y or --color rgb");
    struct batch batch;
    config.data.color = COLOR_Y;
    begin(&batch, &config);
    ck_assert_uint_eq(batch.input.shape[1], 1);
    /* The luminance of equal channels is theirs. */
    ck_assert_double_eq_tol(cvl_tensor_get(&batch.patches.held_out.clean, 7),
                            7.0 / 51, 1e-6);
    end(&batch);
    config.data.color = COLOR_RGB;
    begin(&batch, &config);
    ck_assert_uint_eq(batch.input.shape[1], 3);
    end(&batch);
}
END_TEST

/* 41 rows of 40 are cut to 40; input and target show the same place. */
START_TEST(shrunk_patches_lie_on_their_targets)
{
    struct batch batch;
    struct config config = settings(".", "shrink:2");
    config.data.patch[0] = config.data.patch[1] = 10;
    put_ramp("./a.png", 1, 41, 1);
    put_ramp("./b.png", 1, 17, 1);
    begin(&batch, &config);
    ck_assert_uint_eq(batch.patches.pairs[0].clean.shape[2], 40);
    ck_assert_uint_eq(batch.patches.held_out.clean.shape[2], 16);
    ck_assert_uint_eq(batch.input.shape[2], 5);
    ck_assert_uint_eq(batch.input.shape[3], 5);
    ck_assert_uint_eq(batch.target.shape[2], 10);
    for (int round = 0; round < 20; round++) {
        draw(&batch);
        for (size_t i = 0; i < batch.input.count; i++) {
            const size_t plane = i / 25, row = i / 5 % 5, column = i % 5;
            const size_t at = (plane * 10 + 2 * row) * 10 + 2 * column;
            const double left = cvl_tensor_get(&batch.target, at);
            const double right = cvl_tensor_get(&batch.target, at + 1);
            /* The slope ends at the edges of the picture. */
            ck_assert_double_eq_tol(cvl_tensor_get(&batch.input, i),
                                    (left + right) / 2, 0.006);
        }
    }
    end(&batch);
    config.data.patch[1] = 9;
    expect_refused(&config, CVL_EINVAL,
                   "--patch 10,9 is not a multiple of the 2 of --degrade "
                   "shrink");
}
END_TEST

/* What is missing is missing from the bicubically enlarged picture. */
START_TEST(a_shrunk_residual_is_what_bicubic_lacks)
{
    struct batch plain, residual;
    struct config config = {.data.target = "leaves",
                            .data.degrade = "shrink:2",
                            .data.patch = {8, 8},
                            .data.batch_size = 1,
                            .data.color = COLOR_Y};
    begin(&plain, &config);
    config.training.residual = true;
    begin(&residual, &config);
    draw(&plain);
    draw(&residual);
    const struct pair *const pair = plain.patches.pairs;
    for (size_t i = 0; i < 64; i++)
        ck_assert_double_eq_tol(cvl_tensor_get(&plain.target, i) -
                                    cvl_tensor_get(&residual.target, i),
                                cvl_tensor_get(&pair->base, i), 1e-12);
    end(&plain);
    end(&residual);
}
END_TEST

/* Wider than what is looked at at a time, and mirrored in either way. */
START_TEST(a_patch_is_its_place_in_the_picture_number_by_number)
{
    enum { HEIGHT = 6, WIDTH = 300, ROWS = 4, COLUMNS = 270 };
    static const size_t whole[4] = {1, 2, HEIGHT, WIDTH};
    static const size_t part[4] = {2, 2, ROWS, COLUMNS};
    const struct place place = {
        .top = 1, .left = 17, .flip_y = _i % 2, .flip_x = _i / 2 % 2};
    const cvl_dtype dtype = _i / 4 ? CVL_F64 : CVL_F32;
    const struct patches patches = {.degrade = {DEGRADE_BLUR, 1}, .scale = 1};
    struct pair pair = {.name = "ramp"};
    cvl_tensor input, target, base;
    cvl_error err;
    expect_ok(cvl_tensor_init(&pair.clean, CVL_F32, 4, whole, &err), err);
    expect_ok(cvl_tensor_init(&pair.degraded, CVL_F32, 4, whole, &err), err);
    expect_ok(cvl_tensor_init(&input, dtype, 4, part, &err), err);
    expect_ok(cvl_tensor_init(&target, dtype, 4, part, &err), err);
    expect_ok(cvl_tensor_init(&base, dtype, 4, part, &err), err);
    for (size_t i = 0; i < pair.clean.count; i++) {
        cvl_tensor_set(&pair.clean, i, (double)i);
        cvl_tensor_set(&pair.degraded, i, -(double)i);
    }
    patches_cut(&patches, &pair, &place, NULL, 1, &input, &target, &base);
    for (size_t i = 0; i < input.count / 2; i++) {
        const size_t c = i / COLUMNS / ROWS;
        const size_t row = i / COLUMNS % ROWS, column = i % COLUMNS;
        const size_t y = 1 + (place.flip_y ? ROWS - 1 - row : row);
        const size_t x = 17 + (place.flip_x ? COLUMNS - 1 - column : column);
        const double want = (double)((c * HEIGHT + y) * WIDTH + x);
        const size_t at = input.count / 2 + i;
        ck_assert_double_eq(cvl_tensor_get(&target, at), want);
        ck_assert_double_eq(cvl_tensor_get(&input, at), -want);
        ck_assert_double_eq(cvl_tensor_get(&base, at), -want);
        ck_assert_double_eq(cvl_tensor_get(&input, i), 0);
    }
    cvl_tensor_free(&input);
    cvl_tensor_free(&target);
    cvl_tensor_free(&base);
    pair_free(&pair);
}
END_TEST

START_TEST(pictures_that_will_not_do_are_refused_by_name)
{
    struct config config = settings("pictures", "noise:1");
    expect_refused(&config, CVL_EIO,
                   "pictures: cannot open: No such file or directory");
    config.data.target = "leavs";
    expect_refused(&config, CVL_EIO,
                   "leavs: no such file; did you mean 'leaves'?");
    ck_assert_int_eq(mkdir("pictures", 0777), 0);
    config.data.target = "pictures";
    expect_refused(&config, CVL_EFORMAT,
                   "pictures: holds no picture (PNG, JPEG, BMP, binary PNM)");
    put_ramp("a.png", 1, 7, 1);
    config.data.target = "a.png";
    expect_refused(&config, CVL_EINVAL,
                   "a.png: one picture leaves none to hold out; add "
                   "--validation FILE");
    config.data.validation = "a.png";
    expect_refused(&config, CVL_EINVAL,
                   "a.png: is 7 x 40 (height x width), smaller than --patch "
                   "8,9");
    config.data.target = "ones";
    expect_refused(&config, CVL_EINVAL,
                   "--degrade needs good pictures, not --target ones; add "
                   "--target DIR, or --target leaves");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("patches");
    TCase *const all = tcase_create("patches");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter_directory, leave_directory);
    tcase_add_loop_test(all, the_same_stream_gives_the_same_batch, 0, 6);
    tcase_add_test(
        all, noise_has_its_deviation_and_the_residual_is_what_takes_it_away);
    tcase_add_test(all,
                   patches_of_photographs_are_windows_that_may_be_mirrored);
    tcase_add_test(all,
                   the_last_picture_is_held_out_and_other_files_are_left_alone);
    tcase_add_test(all, colours_are_kept_or_made_one_kind);
    tcase_add_test(all, shrunk_patches_lie_on_their_targets);
    tcase_add_test(all, a_shrunk_residual_is_what_bicubic_lacks);
    tcase_add_loop_test(
        all, a_patch_is_its_place_in_the_picture_number_by_number, 0, 8);
    tcase_add_test(all, pictures_that_will_not_do_are_refused_by_name);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
