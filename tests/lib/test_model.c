/* test_model.c - a model file is what was trained, or it is refused. */
#include "convlet/model.h"

#include <math.h>

#include "rows.h"
#include "scratch.h"

static const char PATH[] = "model.safetensors";
static const cvl_model_about ABOUT = {
    .spec = "conv 2 3x3, relu, conv 1 1x1 bias=no",
    .scaling = CVL_MODEL_SCALING_PICTURE};

/* A net of ABOUT's spec, or another's, with params 1, 2, 3 ... */
static void build(cvl_net *net, const char *spec, cvl_dtype dtype)
{
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {1, 3, 8, 9},
                                   .dtype = dtype,
                                   .exec = cvl_exec_default()};
    cvl_error err;
    double value = 0;
    expect_ok(cvl_net_build(net, &config, &err), err);
    for (size_t i = 0; i < net->param_count; i++)
        for (size_t j = 0; j < net->params[i].value.count; j++)
            cvl_tensor_set(&net->params[i].value, j, ++value);
}

static void save(cvl_dtype dtype)
{
    cvl_net net;
    cvl_error err;
    build(&net, ABOUT.spec, dtype);
    expect_ok(cvl_model_save(PATH, &ABOUT, &net, &err), err);

    cvl_bytes saved, formatted;
    expect_ok(cvl_file_read(PATH, SIZE_MAX, &saved, &err), err);
    expect_ok(cvl_model_format(&ABOUT, &net, &formatted, &err), err);
    ck_assert_uint_eq(formatted.size, saved.size);
    ck_assert_mem_eq(formatted.data, saved.data, saved.size);
    cvl_bytes_free(&formatted);
    cvl_bytes_free(&saved);
    cvl_net_free(&net);
}

/* Loads what save wrote, to be changed and written again. */
static void reload(cvl_safetensors *file)
{
    cvl_error err;
    save(CVL_F32);
    expect_ok(cvl_safetensors_load(PATH, file, &err), err);
}

static void expect_refused(const cvl_safetensors *file, const char *message)
{
    static const cvl_model empty;
    cvl_model model;
    cvl_error err;
    expect_ok(cvl_safetensors_save(PATH, file, &err), err);
    memset(&model, 0x55, sizeof model);
    expect_fail(cvl_model_load(PATH, &model, &err), err, CVL_EFORMAT, message);
    ck_assert_ptr_eq(model.spec, empty.spec);
    ck_assert_ptr_null(model.net.layers);
    ck_assert_uint_eq(model.file.tensor_count, 0);
}

static void set_metadata(cvl_safetensors *file, const char *key,
                         const char *value)
{
    for (size_t i = 0; i < file->metadata_count; i++)
        if (!strcmp(file->metadata[i].key, key))
            file->metadata[i].value = value;
}

/* The params are 1, 2, 3 ...; returns the last. */
static double expect_values(const cvl_net *net)
{
    double value = 0;
    for (size_t i = 0; i < net->param_count; i++)
        for (size_t j = 0; j < net->params[i].value.count; j++)
            ck_assert(cvl_tensor_get(&net->params[i].value, j) == ++value);
    return value;
}

static void expect_params(const cvl_net *net)
{
    ck_assert(expect_values(net) == 58);
}

START_TEST(model_reads_back_what_was_saved)
{
    const cvl_dtype dtype = (cvl_dtype)_i;
    cvl_model model;
    cvl_error err;
    save(dtype);
    expect_ok(cvl_model_load(PATH, &model, &err), err);
    ck_assert_str_eq(model.spec, ABOUT.spec);
    ck_assert_str_eq(model.scaling, "0..1");
    ck_assert_str_eq(model.version, CONVLET_VERSION);
    ck_assert_uint_eq(model.net.layer_count, 3);
    ck_assert_int_eq(model.net.input.dtype, dtype);
    ck_assert_uint_eq(model.net.input.shape[3], 9);
    ck_assert_uint_eq(model.net.output.shape[2], 6);
    expect_params(&model.net);
    cvl_model_free(&model);
    cvl_model_free(&model);
}
END_TEST

static cvl_status load_params(cvl_net *net, cvl_error *err)
{
    cvl_safetensors file;
    cvl_status status = cvl_safetensors_load(PATH, &file, err);
    if (!status) status = cvl_model_copy_params(&file, net, NULL, err);
    cvl_safetensors_free(&file);
    return status;
}

START_TEST(params_start_a_net_of_either_dtype)
{
    for (int to = CVL_F32; to <= CVL_F64; to++) {
        cvl_net net;
        cvl_error err;
        save((cvl_dtype)_i);
        build(&net, ABOUT.spec, (cvl_dtype)to);
        for (size_t i = 0; i < net.param_count; i++)
            cvl_tensor_fill(&net.params[i].value, 0);
        expect_ok(load_params(&net, &err), err);
        expect_params(&net);
        cvl_net_free(&net);
    }
}
END_TEST

static const struct {
    const char *spec;
    const char *message;
} other_nets[] = {
    {"conv 2 3x3, relu, conv 1 1x1", "has no 2.bias, which the net has"},
    {"conv 2 3x3", "has '2.weight', which the net has not"},
    {"conv 2 5x3, relu, conv 1 1x1 bias=no",
     "0.weight is f32[2x3x3x3], expected f32[2x3x5x3]"},
};

START_TEST(params_of_another_net_are_refused)
{
    cvl_net net;
    cvl_error err;
    save(CVL_F32);
    build(&net, other_nets[_i].spec, CVL_F64);
    expect_fail(load_params(&net, &err), err, CVL_ESHAPE,
                other_nets[_i].message);
    for (size_t i = 0; i < net.params[0].value.count; i++)
        ck_assert(cvl_tensor_get(&net.params[0].value, i) == (double)(i + 1));
    cvl_net_free(&net);
}
END_TEST

/* As a file from torch, which has no metadata. */
static void save_foreign(const char *spec)
{
    cvl_safetensors file;
    cvl_net net;
    cvl_error err;
    build(&net, spec, CVL_F64);
    expect_ok(cvl_model_save(PATH, &ABOUT, &net, &err), err);
    cvl_net_free(&net);
    expect_ok(cvl_safetensors_load(PATH, &file, &err), err);
    file.metadata_count = 0;
    expect_ok(cvl_safetensors_save(PATH, &file, &err), err);
    cvl_safetensors_free(&file);
}

static cvl_status take(const char *spec, cvl_model *model, cvl_error *err)
{
    cvl_safetensors file;
    const cvl_status status = cvl_safetensors_load(PATH, &file, err);
    return status ? status : cvl_model_take(&file, spec, model, err);
}

START_TEST(a_file_without_a_net_is_given_one)
{
    static const char *const specs[] = {
        "conv 2 3x3, relu, conv 1 1x1", "conv 6 3x3 groups=3, relu, conv 1 1x1",
        "relu, conv 3 1x1 bias=no, conv 2 3x2 stride=2"};
    static const char *const refusals[] = {
        "0.weight is f64[2x3x3x3], expected f64[2x3x9x9]",
        "0.weight is f64[6x1x3x3], expected f64[2x1x9x9]",
        "0.weight is missing for its net 'conv 2 9x9, relu'"};
    cvl_model model;
    cvl_error err;
    save_foreign(specs[_i]);
    expect_ok(take(specs[_i], &model, &err), err);
    ck_assert_uint_eq(model.net.input.shape[1], 3);
    ck_assert_int_eq(model.net.input.dtype, CVL_F64);
    ck_assert_ptr_null(model.scaling);
    cvl_model_free(&model);
    expect_fail(take(NULL, &model, &err), err, CVL_EFORMAT,
                "its metadata has no 'net'; is it a model that convlet wrote?");
    expect_fail(take("conv 2 9x9, relu", &model, &err), err, CVL_EFORMAT,
                refusals[_i]);
    ck_assert_int_eq(take("cnv 2 5x5", &model, &err), CVL_EINVAL);
}
END_TEST

/* The net that the files below are for: 0.weight, 0.bias, 1.weight, ... */
static const char THREE[] = "conv 2 1x1, conv 2 1x1, conv 1 2x2 padding=same";

/* Saves the params of that net, whose numbers are 1 and on, under other names,
 * in the order of the names' places. */
static void save_renamed(const char *const names[6], const size_t places[6])
{
    cvl_named_tensor tensors[6], as[CVL_MAX_PARAMS + CVL_MAX_BUFFERS];
    cvl_net net;
    cvl_error err;
    build(&net, THREE, CVL_F64);
    ck_assert_uint_eq(cvl_model_list(&net, as), 6);
    for (size_t i = 0; i < 6; i++) {
        tensors[places[i]] = as[i];
        tensors[places[i]].name = names[i];
    }
    const cvl_safetensors file = {.tensor_count = 6, .tensors = tensors};
    expect_ok(cvl_safetensors_save(PATH, &file, &err), err);
    cvl_net_free(&net);
}

/* By their numbers, in whatever order; by the order of the file where they
 * have none; and by that alone where nothing is called as params are. */
START_TEST(params_of_other_names_are_taken_by_order_and_shape)
{
    static const struct {
        const char *names[6];
        size_t places[6];
    } files[] = {
        {{"1.weight", "1.bias", "3.weight", "3.bias", "10.weight", "10.bias"},
         {1, 0, 5, 4, 3, 2}},
        {{"b.weight", "b.bias", "c.weight", "c.bias", "a.weight", "a.bias"},
         {1, 0, 3, 2, 5, 4}},
        {{"k", "l", "m", "n", "a", "b"}, {0, 1, 2, 3, 4, 5}},
    };
    cvl_safetensors file;
    cvl_model model;
    cvl_net net;
    cvl_error err;
    bool by_order;
    save_renamed(files[_i].names, files[_i].places);
    build(&net, THREE, CVL_F32);
    cvl_tensor_fill(&net.params[2].value, 0);
    expect_ok(cvl_safetensors_load(PATH, &file, &err), err);
    expect_ok(cvl_model_copy_params(&file, &net, &by_order, &err), err);
    ck_assert(by_order);
    expect_values(&net);
    cvl_safetensors_free(&file);
    cvl_net_free(&net);
    expect_ok(take(THREE, &model, &err), err);
    ck_assert(model.by_order);
    expect_values(&model.net);
    cvl_model_free(&model);
}
END_TEST

START_TEST(params_of_other_names_and_shapes_are_refused)
{
    static const char *const names[] = {"1.bias",   "1.weight", "2.bias",
                                        "2.weight", "3.bias",   "3.weight"};
    static const size_t places[] = {0, 1, 2, 3, 4, 5};
    cvl_net net;
    cvl_error err;
    save_renamed(names, places); /* weights of the shape of a bias */
    build(&net, THREE, CVL_F32);
    expect_fail(load_params(&net, &err), err, CVL_ESHAPE,
                "has no 0.weight, which the net has");
    cvl_net_free(&net);
}
END_TEST

START_TEST(a_matrix_is_a_kernel_of_the_whole_input)
{
    cvl_safetensors file;
    cvl_net net;
    cvl_error err;
    bool by_order;
    const size_t shape[2] = {1, 18};
    double values[18];
    for (size_t i = 0; i < 18; i++) values[i] = (double)i + 1;
    cvl_named_tensor tensor = {"0.weight",
                               cvl_tensor_wrap(CVL_F64, 2, shape, values)};
    file = (cvl_safetensors){.tensor_count = 1, .tensors = &tensor};
    build(&net, "conv 1 2x3 bias=no", CVL_F32);
    cvl_tensor_fill(&net.params[0].value, 0);
    expect_ok(cvl_model_copy_params(&file, &net, &by_order, &err), err);
    ck_assert(!by_order);
    expect_values(&net);
    /* But no kernel is another one. */
    const size_t turned[4] = {1, 3, 3, 2};
    tensor.tensor = cvl_tensor_wrap(CVL_F64, 4, turned, values);
    expect_fail(cvl_model_copy_params(&file, &net, NULL, &err), err, CVL_ESHAPE,
                "0.weight is f64[1x3x3x2], expected f64[1x3x2x3]");
    cvl_net_free(&net);
}
END_TEST

START_TEST(a_file_with_a_net_takes_no_other)
{
    cvl_model model;
    cvl_error err;
    save(CVL_F32);
    expect_fail(take("conv 2 3x3, relu, conv 1 1x1", &model, &err), err,
                CVL_EINVAL,
                "says itself that its net is 'conv 2 3x3, relu, conv 1 1x1 "
                "bias=no'; it takes no other");
}
END_TEST

START_TEST(params_that_are_not_finite_are_refused)
{
    cvl_net net;
    cvl_error err;
    build(&net, ABOUT.spec, CVL_F32);
    cvl_tensor_set(&net.params[1].value, 1, 1e308 * 10);
    expect_ok(cvl_model_save(PATH, &ABOUT, &net, &err), err);
    expect_fail(load_params(&net, &err), err, CVL_EFORMAT,
                "element 1 of 0.bias is inf; every one must be finite");
    cvl_net_free(&net);
}
END_TEST

static const struct {
    const char *key, *value, *message;
} lies[] = {
    {"net", "conv 2 3x3, rely",
     "model.safetensors: its net: layer 1 (rely): unknown layer 'rely'; there "
     "are {layers}"},
    {"net", "",
     "model.safetensors: its net: layer 0 (): is empty; write a "
     "layer such as conv 8 3x3 or relu"},
    {"net", "conv 2 3x3, relu, conv 1 1x1",
     "model.safetensors: 2.bias is missing for its net 'conv 2 3x3, relu, "
     "conv 1 1x1'"},
    {"net", "conv 3 3x3, relu, conv 1 1x1 bias=no",
     "model.safetensors: 0.weight is f32[2x3x3x3], expected f32[3x3x3x3]"},
    {"net", "conv 2 3x3",
     "model.safetensors: it has 3 arrays, more than the 2 params of its net "
     "'conv 2 3x3'"},
    {"net", "conv 2 9x3, relu, conv 1 1x1 bias=no",
     "model.safetensors: its net: layer 0 (conv 2 9x3): kernel height 9 does "
     "not fit the padded input height 8; use a smaller kernel or more padding"},
    {"input_shape", "1x4x8x9",
     "model.safetensors: 0.weight is f32[2x3x3x3], expected f32[2x4x3x3]"},
    {"input_shape", "1x3x8",
     "model.safetensors: input_shape '1x3x8' is not four sizes such as "
     "1x3x512x512"},
    {"input_shape", "1x3x8x9 ",
     "model.safetensors: input_shape '1x3x8x9 ' is not four sizes such as "
     "1x3x512x512"},
    {"input_shape", "1x3x-8x9",
     "model.safetensors: input_shape '1x3x-8x9' is not four sizes such as "
     "1x3x512x512"},
    {"input_shape", "1x3x99999999999999999999x9",
     "model.safetensors: input_shape '1x3x99999999999999999999x9' is not four "
     "sizes such as 1x3x512x512"},
    {"dtype", "float64",
     "model.safetensors: 0.weight is f32[2x3x3x3], expected f64[2x3x3x3]"},
    {"dtype", "int8",
     "model.safetensors: dtype 'int8' is neither float32 nor float64"},
};

START_TEST(metadata_that_does_not_fit_is_refused)
{
    cvl_safetensors file;
    char message[512];
    reload(&file);
    set_metadata(&file, lies[_i].key, lies[_i].value);
    expect_refused(&file,
                   rows_named(lies[_i].message, message, sizeof message));
    cvl_safetensors_free(&file);
}
END_TEST

static const cvl_model_about CLASSIFIER = {.spec = "conv 2 8x9",
                                           .scaling = "0..1",
                                           .color = CVL_COLOR_RGB,
                                           .classes = "a cat\nno cat",
                                           .divisor = 255,
                                           .mean = "0.5 0.25 0.125",
                                           .deviation = "1 2 0.5",
                                           .preparation = "whole"};

static void save_classifier(void)
{
    cvl_net net;
    cvl_error err;
    build(&net, CLASSIFIER.spec, CVL_F32);
    expect_ok(cvl_model_save(PATH, &CLASSIFIER, &net, &err), err);
    cvl_net_free(&net);
}

START_TEST(what_a_classifier_needs_is_in_its_file)
{
    cvl_model model;
    cvl_model_about about;
    cvl_error err;
    save_classifier();
    expect_ok(cvl_model_load(PATH, &model, &err), err);
    expect_ok(cvl_model_read_about(&model, &about, &err), err);
    ck_assert_str_eq(about.classes, CLASSIFIER.classes);
    ck_assert_str_eq(about.preparation, "whole");
    ck_assert_str_eq(about.mean, CLASSIFIER.mean);
    ck_assert(about.divisor == 255 && about.color == CVL_COLOR_RGB);
    const char *at = about.deviation;
    ck_assert(cvl_model_next_level(&at) == 1);
    ck_assert(cvl_model_next_level(&at) == 2);
    ck_assert(cvl_model_next_level(&at) == 0.5);
    ck_assert(isnan(cvl_model_next_level(&at)) && !*at);
    cvl_model_free(&model);
}
END_TEST

static const struct {
    const char *key, *value, *message;
} claims[] = {
    {"classes", "a cat", "it names 1 class, but makes 2x1x1 numbers"},
    {"input_divisor", "0",
     "its metadata's input_divisor is '0', expected a number above 0"},
    {"input_mean", "0.5 0.25",
     "its metadata's input_mean is '0.5 0.25', expected 3 numbers"},
    {"input_mean", "0.5 0.25 nan",
     "its metadata's input_mean is '0.5 0.25 nan', expected 3 numbers"},
    {"input_mean", "0.5 0.25 1 x",
     "its metadata's input_mean is '0.5 0.25 1 x', expected 3 numbers"},
    {"input_deviation", "1 1 0",
     "its metadata's input_deviation is '1 1 0', expected 3 numbers above 0"},
    {"input_deviation", "1 1 1 1",
     "its metadata's input_deviation is '1 1 1 1', expected 3 numbers above 0"},
};

START_TEST(a_classifier_that_contradicts_itself_is_refused)
{
    cvl_safetensors file;
    cvl_model model;
    cvl_model_about about;
    cvl_error err;
    save_classifier();
    expect_ok(cvl_safetensors_load(PATH, &file, &err), err);
    set_metadata(&file, claims[_i].key, claims[_i].value);
    expect_ok(cvl_safetensors_save(PATH, &file, &err), err);
    cvl_safetensors_free(&file);
    expect_ok(cvl_model_load(PATH, &model, &err), err);
    expect_fail(cvl_model_read_about(&model, &about, &err), err, CVL_EFORMAT,
                claims[_i].message);
    cvl_model_free(&model);
}
END_TEST

/* Were each looked for from the first one on, it would take hours. */
START_TEST(the_numbers_of_many_channels_are_read_one_behind_the_other)
{
    enum { CHANNELS = 200000 };
    static char levels[2 * CHANNELS];
    const cvl_model_about about = {.spec = "conv 1 1",
                                   .scaling = "none",
                                   .mean = levels,
                                   .deviation = levels};
    const cvl_net_config config = {.spec = about.spec,
                                   .input_shape = {1, CHANNELS, 1, 1},
                                   .forward_only = true,
                                   .exec = cvl_exec_default()};
    cvl_net net;
    cvl_model model;
    cvl_model_about read;
    cvl_error err;
    for (size_t i = 0; i < CHANNELS; i++) memcpy(levels + 2 * i, "1 ", 2);
    levels[sizeof levels - 1] = '\0';
    expect_ok(cvl_net_build(&net, &config, &err), err);
    expect_ok(cvl_model_save(PATH, &about, &net, &err), err);
    cvl_net_free(&net);
    expect_ok(cvl_model_load(PATH, &model, &err), err);
    expect_ok(cvl_model_read_about(&model, &read, &err), err);
    ck_assert_str_eq(read.mean, levels);
    cvl_model_free(&model);
}
END_TEST

START_TEST(a_huge_input_costs_no_memory)
{
    cvl_model model;
    cvl_safetensors file;
    cvl_error err;
    reload(&file);
    set_metadata(&file, "input_shape", "1x3x1000000x1000000");
    expect_ok(cvl_safetensors_save(PATH, &file, &err), err);
    cvl_safetensors_free(&file);
    expect_ok(cvl_model_load(PATH, &model, &err), err);
    ck_assert_uint_eq(model.net.output.shape[2], 999998);
    ck_assert_ptr_null(model.net.arena.base);
    cvl_model_free(&model);
}
END_TEST

START_TEST(missing_params_and_metadata_are_named)
{
    cvl_safetensors file;
    reload(&file);
    file.tensor_count--;
    expect_refused(&file,
                   "model.safetensors: 2.weight is missing for its net 'conv 2 "
                   "3x3, relu, conv 1 1x1 bias=no'");
    file.metadata_count = 0;
    expect_refused(&file, "model.safetensors: its metadata has no 'net'; is it "
                          "a model that convlet wrote?");
    cvl_safetensors_free(&file);
}
END_TEST

START_TEST(a_model_cut_short_anywhere_is_refused)
{
    struct stat info;
    cvl_error err;
    save(CVL_F32);
    ck_assert_int_eq(stat(PATH, &info), 0);
    for (off_t size = info.st_size - 1; size >= 0; size--) {
        cvl_model model;
        ck_assert_int_eq(truncate(PATH, size), 0);
        ck_assert_int_eq(cvl_model_load(PATH, &model, &err), CVL_EFORMAT);
        ck_assert_ptr_null(model.net.layers);
    }
}
END_TEST

START_TEST(a_model_that_is_not_there_is_an_error_of_the_system)
{
    cvl_model model;
    cvl_error err;
    expect_fail(cvl_model_load("none", &model, &err), err, CVL_EIO,
                "none: cannot open: No such file or directory");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("model");
    TCase *const all = tcase_create("model");
    tcase_add_checked_fixture(all, enter_directory, leave_directory);
    tcase_add_loop_test(all, model_reads_back_what_was_saved, CVL_F32,
                        CVL_F64 + 1);
    tcase_add_loop_test(all, params_start_a_net_of_either_dtype, CVL_F32,
                        CVL_F64 + 1);
    tcase_add_loop_test(all, params_of_another_net_are_refused, 0,
                        (int)(sizeof other_nets / sizeof *other_nets));
    tcase_add_loop_test(all, a_file_without_a_net_is_given_one, 0, 3);
    tcase_add_loop_test(all, params_of_other_names_are_taken_by_order_and_shape,
                        0, 3);
    tcase_add_test(all, params_of_other_names_and_shapes_are_refused);
    tcase_add_test(all, a_matrix_is_a_kernel_of_the_whole_input);
    tcase_add_test(all, a_file_with_a_net_takes_no_other);
    tcase_add_test(all, params_that_are_not_finite_are_refused);
    tcase_add_loop_test(all, metadata_that_does_not_fit_is_refused, 0,
                        (int)(sizeof lies / sizeof *lies));
    tcase_add_test(all, what_a_classifier_needs_is_in_its_file);
    tcase_add_test(all,
                   the_numbers_of_many_channels_are_read_one_behind_the_other);
    tcase_add_loop_test(all, a_classifier_that_contradicts_itself_is_refused, 0,
                        sizeof claims / sizeof claims[0]);
    tcase_add_test(all, a_huge_input_costs_no_memory);
    tcase_add_test(all, missing_params_and_metadata_are_named);
    tcase_add_test(all, a_model_cut_short_anywhere_is_refused);
    tcase_add_test(all, a_model_that_is_not_there_is_an_error_of_the_system);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
