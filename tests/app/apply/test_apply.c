/* test_apply.c - what models say about colour, and where results go. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "apply/paths.h"
#include "apply/restorer.h"
#include "cases.h"
#include "convlet/safetensors.h"
#include "convlet/window.h"
#include "pictures/picture.h"
#include "pictures/resample.h"
#include "scratch.h"

/* A net with random params, as a model file. */
struct made {
    const char *spec;
    size_t channels;
    cvl_dtype dtype;
    const char *residual, *color; /* NULL: not said */
    size_t tile;                  /* what it is applied in; 0: as it likes */
};

static void build(const struct made *made, cvl_net *net)
{
    cvl_error err;
    cvl_random random;
    const cvl_net_config config = {.spec = made->spec,
                                   .input_shape = {1, made->channels, 60, 60},
                                   .dtype = made->dtype,
                                   .exec = cvl_exec_default()};
    expect_ok(cvl_net_build(net, &config, &err), err);
    cvl_random_seed(&random, 11);
    for (size_t i = 0; i < net->param_count; i++)
        cvl_random_fill_normal(&random, &net->params[i].value, 0.0, 0.3);
}

static void put_model(const char *path, const struct made *made)
{
    cvl_error err;
    cvl_net net;
    cvl_model_metadata metadata;
    cvl_metadata_entry entries[8];
    cvl_named_tensor tensors[CVL_MAX_PARAMS];
    const cvl_model_about about = {.spec = made->spec,
                                   .scaling = CVL_MODEL_SCALING_PICTURE};
    build(made, &net);
    cvl_model_describe(&about, &net, &metadata);
    memcpy(entries, metadata.entries, metadata.count * sizeof *entries);
    if (made->residual)
        entries[metadata.count++] =
            (cvl_metadata_entry){"residual", made->residual};
    if (made->color)
        entries[metadata.count++] = (cvl_metadata_entry){"color", made->color};
    for (size_t i = 0; i < net.param_count; i++)
        tensors[i] =
            (cvl_named_tensor){net.params[i].name, net.params[i].value};
    const cvl_safetensors file = {.tensor_count = net.param_count,
                                  .tensors = tensors,
                                  .metadata_count = metadata.count,
                                  .metadata = entries};
    expect_ok(cvl_safetensors_save(path, &file, &err), err);
    cvl_net_free(&net);
}

static cvl_tensor noise(cvl_dtype dtype, const size_t shape[4])
{
    cvl_tensor x;
    cvl_random random;
    ck_assert(!cvl_tensor_init(&x, dtype, 4, shape, NULL));
    cvl_random_seed(&random, 4);
    cvl_random_fill_normal(&random, &x, 0.5, 0.3);
    return x;
}

static struct restorer_options plain_options(void)
{
    return (struct restorer_options){.exec = cvl_exec_default()};
}

/* Takes on the model of m.safetensors. */
static cvl_status load(struct restorer *restorer,
                       const struct restorer_options *options, cvl_error *err)
{
    cvl_model model;
    *restorer = (struct restorer){.residual = false};
    const cvl_status status = cvl_model_load("m.safetensors", &model, err);
    return status ? status : restorer_take(restorer, &model, options, err);
}

/* The result of a model on x, which stays; free it. */
static cvl_tensor restore(const struct made *made, const cvl_tensor *x)
{
    struct restorer restorer;
    cvl_error err;
    size_t result[4];
    struct restorer_options options = plain_options();
    options.tile = made->tile;
    put_model("m.safetensors", made);
    expect_ok(load(&restorer, &options, &err), err);
    cvl_tensor tensor;
    ck_assert(!cvl_tensor_init(&tensor, x->dtype, 4, x->shape, NULL));
    cvl_tensor_copy(&tensor, x);
    expect_ok(restorer_prepare(&restorer, x->shape, result, &err), err);
    expect_ok(restorer_run(&restorer, &tensor, NULL, NULL, &err), err);
    ck_assert_mem_eq(tensor.shape, result, sizeof result);
    restorer_free(&restorer);
    return tensor;
}

START_TEST(a_model_of_one_channel_takes_each_channel_by_itself)
{
    static const struct made grey = {.spec = "conv 2 3x3 padding=same, relu, "
                                             "conv 1 3x3 padding=same",
                                     .channels = 1};
    const size_t shape[4] = {2, 3, 20, 30}, one[4] = {1, 1, 20, 30};
    cvl_tensor x = noise(CVL_F32, shape);
    cvl_tensor all = restore(&grey, &x);
    for (size_t i = 0; i < 6; i++) {
        const cvl_tensor channel =
            cvl_tensor_wrap(CVL_F32, 4, one, (float *)x.data + i * 600);
        cvl_tensor alone = restore(&grey, &channel);
        ck_assert_mem_eq((float *)all.data + i * 600, alone.data,
                         600 * sizeof(float));
        cvl_tensor_free(&alone);
    }
    cvl_tensor_free(&all);
    cvl_tensor_free(&x);
}
END_TEST

START_TEST(a_residual_model_adds_its_input)
{
    struct made made = {.spec = "conv 3 3x3 padding=same", .channels = 3};
    const size_t shape[4] = {1, 3, 20, 30};
    cvl_tensor x = noise(CVL_F32, shape);
    cvl_tensor difference = restore(&made, &x);
    made.residual = "no";
    cvl_tensor plain = restore(&made, &x);
    made.residual = "yes";
    cvl_tensor sum = restore(&made, &x);
    ck_assert_mem_eq(plain.data, difference.data, cvl_tensor_bytes(&plain));
    for (size_t i = 0; i < x.count; i++)
        ck_assert(((float *)sum.data)[i] ==
                  ((float *)x.data)[i] + ((float *)difference.data)[i]);
    cvl_tensor_free(&sum);
    cvl_tensor_free(&plain);
    cvl_tensor_free(&difference);
    cvl_tensor_free(&x);
}
END_TEST

/* Full range BT.601, as the JFIF standard writes it. */
static void to_ycc(const double rgb[3], double ycc[3])
{
    ycc[0] = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
    ycc[1] = 0.5 - 0.168736 * rgb[0] - 0.331264 * rgb[1] + 0.5 * rgb[2];
    ycc[2] = 0.5 + 0.5 * rgb[0] - 0.418688 * rgb[1] - 0.081312 * rgb[2];
}

START_TEST(a_model_of_luminance_changes_y_and_keeps_cb_and_cr)
{
    const struct made made = {.spec = "conv 1 3x3 padding=same",
                              .channels = 1,
                              .dtype = CVL_F64,
                              .color = "y"};
    enum { AREA = 20 * 30 };
    const size_t shape[4] = {1, 3, 20, 30}, grey[4] = {1, 1, 20, 30};
    cvl_tensor x = noise(CVL_F64, shape), luma = noise(CVL_F64, grey);
    double before[3], after[3], rgb[3];
    for (size_t i = 0; i < AREA; i++) {
        for (size_t c = 0; c < 3; c++)
            rgb[c] = cvl_tensor_get(&x, c * AREA + i);
        to_ycc(rgb, before);
        cvl_tensor_set(&luma, i, before[0]);
    }
    cvl_tensor y = restore(&made, &x), y_luma = restore(&made, &luma);
    for (size_t i = 0; i < AREA; i++) {
        for (size_t c = 0; c < 3; c++)
            rgb[c] = cvl_tensor_get(&x, c * AREA + i);
        to_ycc(rgb, before);
        for (size_t c = 0; c < 3; c++)
            rgb[c] = cvl_tensor_get(&y, c * AREA + i);
        to_ycc(rgb, after);
        ck_assert_double_eq_tol(after[0], cvl_tensor_get(&y_luma, i), 1e-12);
        ck_assert_double_eq_tol(after[1], before[1], 2e-6);
        ck_assert_double_eq_tol(after[2], before[2], 2e-6);
    }
    cvl_tensor_free(&y_luma);
    cvl_tensor_free(&y);
    cvl_tensor_free(&luma);
    cvl_tensor_free(&x);
}
END_TEST

/* Strides that do not divide: as if the last row and column came again. */
START_TEST(odd_sizes_go_through_a_coarser_grid_and_back)
{
    const struct made made = {
        .spec = "conv 8 4x4 stride=2 padding=1, relu, conv 12 1x1, shuffle 2",
        .channels = 3,
        .residual = "yes"};
    const size_t odd[4] = {1, 3, 21, 33}, even[4] = {1, 3, 22, 34};
    cvl_tensor x = noise(CVL_F32, odd), larger = noise(CVL_F32, even);
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < 22; i++)
            for (size_t j = 0; j < 34; j++)
                cvl_tensor_set(&larger, (c * 22 + i) * 34 + j,
                               cvl_tensor_get(&x, (c * 21 + i - i / 21) * 33 +
                                                      j - j / 33));
    cvl_tensor got = restore(&made, &x), want = restore(&made, &larger);
    ck_assert_mem_eq(got.shape, odd, sizeof odd);
    for (size_t i = 0; i < got.count; i++) {
        const size_t row = i / 33 % 21, plane = i / 33 / 21;
        ck_assert(cvl_tensor_get(&got, i) ==
                  cvl_tensor_get(&want, (plane * 22 + row) * 34 + i % 33));
    }
    cvl_tensor_free(&x);
    cvl_tensor_free(&larger);
    cvl_tensor_free(&got);
    cvl_tensor_free(&want);
}
END_TEST

/* Up and then down; down by more than up, which no size divides; down and up,
 * but smaller than the picture, or as large, whatever the size. */
static const char *const alone[] = {
    "conv 4 3x3 padding=same, shuffle 2, conv 1 3x3 stride=2 padding=1",
    "conv 9 3x3 padding=same, shuffle 3, conv 2 2x2 stride=2 padding=0x1x1x0",
    ("conv 16 1x1, shuffle 4, conv 4 4x4 stride=4 padding=3, relu, shuffle 2, "
     "conv 1 3x3 stride=2 padding=1"),
    "conv 4 5x5 stride=4 padding=2, shuffle 2, conv 1 3x3 padding=1",
    "conv 4 2x2 stride=2, conv 4 3x3, shuffle 2",
    "conv 4 2x2 stride=2, relu, conv 4 1x1, shuffle 2, conv 1 2x2 padding=fit",
    "conv 9 1x1, shuffle 3, conv 4 6x6 stride=6 padding=2, shuffle 2, conv 1 "
    "2x2",
};

/* What a net of random params, those of build(), makes of the whole of x. */
static cvl_tensor whole_answer(const struct made *made, const cvl_tensor *x)
{
    cvl_error err;
    cvl_net net, whole;
    cvl_tensor y;
    cvl_net_config config = {
        .spec = made->spec, .dtype = made->dtype, .exec = cvl_exec_default()};
    memcpy(config.input_shape, x->shape, sizeof config.input_shape);
    build(made, &net);
    expect_ok(cvl_net_build(&whole, &config, &err), err);
    for (size_t i = 0; i < net.param_count; i++)
        cvl_tensor_copy(&whole.params[i].value, &net.params[i].value);
    cvl_net_forward(&whole, x);
    ck_assert(!cvl_tensor_init(&y, made->dtype, 4, whole.output.shape, NULL));
    cvl_tensor_copy(&y, &whole.output);
    cvl_net_free(&net);
    cvl_net_free(&whole);
    return y;
}

START_TEST(any_size_gives_what_the_net_makes_of_the_whole)
{
    const struct made made = {
        .spec = alone[_i], .channels = 1, .dtype = CVL_F64};
    for (size_t side = 6; side < 38; side++) {
        const size_t shape[4] = {1, 1, side, 43 - side};
        cvl_tensor x = noise(CVL_F64, shape), got = restore(&made, &x);
        cvl_tensor want = whole_answer(&made, &x);
        ck_assert_mem_eq(got.shape, want.shape, sizeof shape);
        ck_assert_mem_eq(got.data, want.data, cvl_tensor_bytes(&got));
        cvl_tensor_free(&x);
        cvl_tensor_free(&got);
        cvl_tensor_free(&want);
    }
}
END_TEST

/* The size that is given to a net along an axis: of a net that keeps the sizes
 * which its strides divide, but not this one, the next that they divide. */
static size_t given_size(const struct made *made, const size_t shape[4],
                         size_t axis, bool *repeats)
{
    cvl_net net;
    cvl_net_config config = {.spec = made->spec,
                             .input_shape = {1, 1, 60, 60},
                             .exec = cvl_exec_default()};
    size_t period, per, made_of[2];
    const size_t size = shape[2 + axis];
    ck_assert(!cvl_net_plan(&net, &config, NULL));
    ck_assert(cvl_net_period(&net, axis, &period, &per));
    cvl_net_free(&net);
    const size_t sizes[2] = {size, (size + period - 1) / period * period};
    if (per % period || sizes[0] == sizes[1]) return size;
    for (size_t i = 0; i < 2; i++) {
        config.input_shape[2 + axis] = sizes[i];
        made_of[i] =
            cvl_net_plan(&net, &config, NULL) ? 0 : net.output.shape[2 + axis];
        cvl_net_free(&net);
    }
    if (made_of[0] * period == sizes[0] * per ||
        made_of[1] * period != sizes[1] * per)
        return size;
    *repeats = true;
    return sizes[1];
}

/* Compares a model's answer with its net's to the whole, given so many rows and
 * columns and cut to what belongs to the array. */
static void compare_given(const struct made *made, const cvl_tensor *x,
                          const size_t given[2])
{
    cvl_tensor larger;
    ck_assert(!resample_fit(x, given[0], given[1], &larger, NULL));
    cvl_tensor want = whole_answer(made, &larger), got = restore(made, x), cut;
    size_t size[2];
    for (size_t i = 0; i < 2; i++)
        size[i] = given[i] == x->shape[2 + i]
                      ? want.shape[2 + i]
                      : want.shape[2 + i] / given[i] * x->shape[2 + i];
    ck_assert(!resample_fit(&want, size[0], size[1], &cut, NULL));
    ck_assert_msg(!memcmp(got.shape, cut.shape, sizeof got.shape[0] * 4) &&
                      !memcmp(got.data, cut.data, cvl_tensor_bytes(&got)),
                  "%s on %zu x %zu", made->spec, x->shape[2], x->shape[3]);
    cvl_tensor_free(&larger);
    cvl_tensor_free(&want);
    cvl_tensor_free(&got);
    cvl_tensor_free(&cut);
}

START_TEST(a_row_comes_again_only_for_a_net_that_keeps_the_sizes_it_divides)
{
    cvl_random random;
    size_t compared = 0, repeated = 0;
    cvl_random_seed(&random, 17);
    while (compared < 400 || repeated < 30) {
        char spec[512];
        bool repeats = false;
        case_net_spec(&random, spec, sizeof spec);
        const struct made made = {.spec = spec,
                                  .channels = 1,
                                  .dtype = CVL_F64,
                                  .tile = compared % 2 ? 16 : 0};
        const size_t shape[4] = {1, 1, 5 + cvl_random_below(&random, 40),
                                 5 + cvl_random_below(&random, 40)};
        cvl_net net;
        cvl_net_config config = {.spec = spec,
                                 .input_shape = {1, 1, 60, 60},
                                 .exec = cvl_exec_default()};
        if (cvl_net_plan(&net, &config, NULL)) continue;
        const bool huge = net.arena.used > 1 << 20;
        cvl_net_free(&net);
        if (huge) continue;
        const size_t given[2] = {given_size(&made, shape, 0, &repeats),
                                 given_size(&made, shape, 1, &repeats)};
        memcpy(config.input_shape + 2, given, sizeof given);
        if (cvl_net_plan(&net, &config, NULL)) continue;
        cvl_net_free(&net);
        cvl_tensor x = noise(CVL_F64, shape);
        compare_given(&made, &x, given);
        cvl_tensor_free(&x);
        compared++;
        repeated += repeats;
    }
}
END_TEST

/* A slope stays one under Keys' cubic, away from the edges. */
START_TEST(a_residual_model_that_enlarges_adds_to_the_bicubic)
{
    struct made made = {.spec = "conv 4 3x3 padding=same, shuffle 2",
                        .channels = 1,
                        .dtype = CVL_F64};
    const size_t shape[4] = {1, 1, 20, 30}, large[4] = {1, 1, 40, 60};
    cvl_tensor x = noise(CVL_F64, shape);
    for (size_t i = 0; i < x.count; i++)
        cvl_tensor_set(&x, i,
                       0.01 * (double)(i % 30) + 0.02 * (double)(i / 30));
    cvl_tensor net = restore(&made, &x);
    made.residual = "yes";
    cvl_tensor sum = restore(&made, &x);
    ck_assert_mem_eq(sum.shape, large, sizeof large);
    for (size_t i = 0; i < sum.count; i++) {
        const size_t row = i / 60, column = i % 60;
        if (row < 4 || row >= 36 || column < 4 || column >= 56) continue;
        const double slope = 0.01 * (((double)column + 0.5) / 2 - 0.5) +
                             0.02 * (((double)row + 0.5) / 2 - 0.5);
        ck_assert_double_eq_tol(
            cvl_tensor_get(&sum, i) - cvl_tensor_get(&net, i), slope, 1e-12);
    }
    cvl_tensor_free(&x);
    cvl_tensor_free(&net);
    cvl_tensor_free(&sum);
}
END_TEST

START_TEST(a_model_of_luminance_that_enlarges_enlarges_the_colours)
{
    const struct made made = {.spec = "conv 4 3x3 padding=same, shuffle 2",
                              .channels = 1,
                              .dtype = CVL_F64,
                              .color = "y"};
    enum { AREA = 20 * 30, LARGE = 4 * AREA };
    const size_t shape[4] = {1, 3, 20, 30}, grey[4] = {1, 1, 20, 30};
    cvl_tensor x = noise(CVL_F64, shape), luma = noise(CVL_F64, grey), large;
    double ycc[3], enlarged[3], rgb[3];
    for (size_t i = 0; i < AREA; i++) {
        for (size_t c = 0; c < 3; c++)
            rgb[c] = cvl_tensor_get(&x, c * AREA + i);
        to_ycc(rgb, ycc);
        cvl_tensor_set(&luma, i, ycc[0]);
    }
    ck_assert(!resample_enlarge(&x, 2, &large, NULL));
    cvl_tensor y = restore(&made, &x), y_luma = restore(&made, &luma);
    ck_assert_mem_eq(y.shape, large.shape, sizeof y.shape);
    for (size_t i = 0; i < LARGE; i++) {
        for (size_t c = 0; c < 3; c++)
            rgb[c] = cvl_tensor_get(&large, c * LARGE + i);
        to_ycc(rgb, enlarged);
        for (size_t c = 0; c < 3; c++)
            rgb[c] = cvl_tensor_get(&y, c * LARGE + i);
        to_ycc(rgb, ycc);
        ck_assert_double_eq_tol(ycc[0], cvl_tensor_get(&y_luma, i), 1e-12);
        ck_assert_double_eq_tol(ycc[1], enlarged[1], 2e-6);
        ck_assert_double_eq_tol(ycc[2], enlarged[2], 2e-6);
    }
    cvl_tensor_free(&large);
    cvl_tensor_free(&y_luma);
    cvl_tensor_free(&y);
    cvl_tensor_free(&luma);
    cvl_tensor_free(&x);
}
END_TEST

static const struct {
    struct made made;
    cvl_status status;
    const char *message;
} refused[] = {
    {{.spec = "conv 1 1x1 stride=512x1, conv 1 1x1 stride=512x1, conv 1 1x1 "
              "stride=512x1",
      .channels = 1},
     CVL_EUNSUPPORTED,
     "the product of its strides, or of its shuffles, is 65536 "
     "or more"},
    {{.spec = "conv 1 3x3", .channels = 3, .residual = "yes"},
     CVL_EFORMAT,
     "it is residual, but makes 1 channel of 3"},
    {{.spec = "conv 3 3x3", .channels = 3, .color = "y"},
     CVL_EFORMAT,
     "its color is y, but it makes 3 channels of 3, not 1 of "
     "1"},
    {{.spec = "conv 3 3x3", .channels = 3, .color = "lab"},
     CVL_EFORMAT,
     "its metadata's color is 'lab', which is not one that "
     "this convlet knows"},
};

START_TEST(a_model_that_cannot_be_applied_says_why)
{
    struct restorer restorer;
    cvl_error err;
    const struct restorer_options options = plain_options();
    put_model("m.safetensors", &refused[_i].made);
    expect_fail(load(&restorer, &options, &err), err, refused[_i].status,
                refused[_i].message);
    ck_assert_uint_eq(restorer.model.net.layer_count, 0);
}
END_TEST

static const struct {
    struct made made;
    size_t shape[4];
    const char *message;
} unfit[] = {
    {{.spec = "conv 3 3x3", .channels = 3},
     {1, 1, 9, 9},
     "has 1 channel, but the model takes 3"},
    {{.spec = "conv 3 3x3", .channels = 1},
     {1, 3, 9, 9},
     "has 3 channels, but the model takes 1"},
    {{.spec = "conv 1 3x3 padding=same", .channels = 1, .color = "y"},
     {1, 2, 9, 9},
     "has 2 channels, but the model is for the luminance of 1, grey, or 3, "
     "red green blue"},
    {{.spec = "conv 1 3x3", .channels = 1, .color = "y"},
     {1, 3, 9, 9},
     "the net makes 7 rows of 9, but what it makes is added to its input; "
     "train it with padding=same"},
    {{.spec = "conv 1 3x3, conv 1 5x5", .channels = 1},
     {1, 1, 6, 9},
     "6 rows of 9 are too few for the net: layer 1 (conv 1 5x5): kernel "
     "height 5 does not fit the padded input height 4; use a smaller kernel "
     "or more padding"},
};

START_TEST(an_array_that_does_not_fit_the_model_says_why)
{
    struct restorer restorer;
    cvl_error err;
    size_t result[4] = {7, 7, 7, 7};
    const struct restorer_options options = plain_options();
    put_model("m.safetensors", &unfit[_i].made);
    expect_ok(load(&restorer, &options, &err), err);
    expect_fail(restorer_prepare(&restorer, unfit[_i].shape, result, &err), err,
                CVL_ESHAPE, unfit[_i].message);
    ck_assert_uint_eq(result[3], 7);
    restorer_free(&restorer);
}
END_TEST

/* Writes a small grey picture of the format that its name asks for. */
static void put_picture_as(const char *written, const char *name)
{
    const size_t shape[4] = {1, 1, 4, 4};
    cvl_error err;
    cvl_tensor x = noise(CVL_F32, shape);
    expect_ok(picture_save(written, &x, &err), err);
    cvl_tensor_free(&x);
    ck_assert(!rename(written, name));
}

static const struct {
    const char *written, *input, *output, *expected;
} names[] = {
    {"a.png", "a.png", "out", "out/a.png"},
    {"a.png", "a.png", "out/", "out/a.png"},
    {"a.png", "a.PNG", "out", "out/a.PNG"},
    {"a.jpg", "a.jpg", "out", "out/a.png"},
    {"a.jpg", "a.b.JPEG", "out", "out/a.b.png"},
    {"a.jpg", "photo", "out", "out/photo.png"},
    {"a.jpg", "a.v2", "out", "out/a.v2.png"},
    {"a.bmp", "a.bmp", "out", "out/a.bmp"},
    {NULL, "x.npy", "out", "out/x.npy"},
    {"a.png", "a.png", "b.jpg", "b.jpg"},
    {"a.png", "a.png", "b.npy", "b.npy"},
    {"a.png", "a.png", "./b", "./b/a.png"},
};

START_TEST(a_file_keeps_its_name_but_for_endings_that_are_not_written)
{
    struct apply_paths paths = {0};
    cvl_error err;
    if (names[_i].written) put_picture_as(names[_i].written, names[_i].input);
    const struct config config = {.output.output = names[_i].output,
                                  .apply.file_count = 1,
                                  .apply.files = &names[_i].input};
    expect_ok(apply_paths_settle(&config, &paths, &err), err);
    ck_assert_str_eq(paths.output.data, names[_i].expected);
    ck_assert_ptr_null(paths.truth.data);
    apply_paths_free(&paths);
}
END_TEST

START_TEST(two_files_do_not_become_one)
{
    static const char *const files[] = {"a.png", "a.jpg"};
    struct apply_paths paths[2] = {{0}};
    cvl_error err;
    put_picture_as("b.png", "a.png");
    put_picture_as("b.jpg", "a.jpg");
    const struct config config = {
        .output.output = "out", .apply.file_count = 2, .apply.files = files};
    expect_fail(apply_paths_settle(&config, paths, &err), err, CVL_EINVAL,
                "a.png and a.jpg would both become out/a.png; apply them one "
                "by one");
    for (size_t i = 0; i < 2; i++) apply_paths_free(&paths[i]);
    ck_assert_int_ne(access("out", F_OK), 0);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("apply");
    TCase *const all = tcase_create("apply");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_directory, leave_directory);
    tcase_add_test(all, a_model_of_one_channel_takes_each_channel_by_itself);
    tcase_add_test(all, a_residual_model_adds_its_input);
    tcase_add_test(all, a_model_of_luminance_changes_y_and_keeps_cb_and_cr);
    tcase_add_test(all, odd_sizes_go_through_a_coarser_grid_and_back);
    tcase_add_loop_test(all, any_size_gives_what_the_net_makes_of_the_whole, 0,
                        sizeof alone / sizeof *alone);
    tcase_add_test(
        all, a_row_comes_again_only_for_a_net_that_keeps_the_sizes_it_divides);
    tcase_add_test(all, a_residual_model_that_enlarges_adds_to_the_bicubic);
    tcase_add_test(all,
                   a_model_of_luminance_that_enlarges_enlarges_the_colours);
    tcase_add_loop_test(all, a_model_that_cannot_be_applied_says_why, 0,
                        (int)(sizeof refused / sizeof refused[0]));
    tcase_add_loop_test(all, an_array_that_does_not_fit_the_model_says_why, 0,
                        (int)(sizeof unfit / sizeof unfit[0]));
    tcase_add_loop_test(
        all, a_file_keeps_its_name_but_for_endings_that_are_not_written, 0,
        (int)(sizeof names / sizeof names[0]));
    tcase_add_test(all, two_files_do_not_become_one);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
