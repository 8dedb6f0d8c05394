/* test_apply_classes.c - `convlet apply` with a model of classes. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "convlet/model.h"
#include "convlet/npy.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

/* A model of 2x2 pictures that takes the brightest of the first three pixels
 * for its class: pixel 0 is a cat, 1 a dog, 2 a fish. */
static void put_prepared(const char *name, const char *classes, double weight,
                         const char *preparation)
{
    const cvl_net_config config = {.spec = "dense 3",
                                   .input_shape = {1, 1, 2, 2},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    const cvl_model_about about = {.spec = config.spec,
                                   .classes = classes,
                                   .divisor = 255,
                                   .preparation = preparation};
    cvl_net net;
    cvl_error err;
    expect_ok(cvl_net_build(&net, &config, &err), err);
    for (size_t k = 0; k < 3; k++)
        cvl_tensor_set(&net.params[0].value, 4 * k + k, weight);
    expect_ok(cvl_model_save(name, &about, &net, &err), err);
    cvl_net_free(&net);
}

static void put_named(const char *name, const char *classes, double weight)
{
    put_prepared(name, classes, weight, NULL);
}

/* A picture whose pixel `bright` is white, the others black. */
static void put_grey(const char *name, size_t bright)
{
    char bytes[] = "P5\n2 2\n255\n\0\0\0\0";
    bytes[sizeof bytes - 5 + bright] = (char)255;
    put_bytes(name, bytes, sizeof bytes - 1);
}

/* A .npy file of that type and shape, in the words of NumPy. */
static void put_numbers(const char *name, const char *type, const char *shape,
                        const void *data, size_t size)
{
    unsigned char bytes[256] = "\x93NUMPY\x01\x00\x76\x00";
    const int length = snprintf(
        (char *)bytes + 10, 119,
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", type, shape);
    memset(bytes + 10 + length, ' ', 117 - (size_t)length);
    bytes[127] = '\n';
    memcpy(bytes + 128, data, size);
    put_bytes(name, bytes, 128 + size);
}

static void enter(void)
{
    static const unsigned char pictures[4][4] = {
        {255, 0, 0, 0}, {0, 255, 0, 9}, {0, 0, 255, 7}, {0, 255, 0, 0}};
    static const long long labels[4] = {0, 1, 1, 1};
    enter_scratch();
    put_named("m.safetensors", "cat\ndog\nfish", log(4));
    put_named("twice.safetensors", "cat\ndog\ncat", log(4));
    put_named("nameless.safetensors", "cat\n\nfish", log(4));
    put_named("beyond.safetensors", "cat\ndog\nfish", 1e300);
    put_named("huge.safetensors", "cat\ndog\nfish", INFINITY);
    put_prepared("future.safetensors", "cat\ndog\nfish", 1,
                 "drawing of ghosts");
    put_grey("fish.pgm", 2);
    put_numbers("x.npy", "|u1", "(4, 2, 2)", pictures, sizeof pictures);
    put_numbers("labels.npy", "<i8", "(4,)", labels, sizeof labels);
    put_numbers("three.npy", "<i8", "(3,)", labels, 3 * sizeof *labels);
    ck_assert_int_eq(mkdir("set", 0777), 0);
    ck_assert_int_eq(mkdir("set/cat", 0777), 0);
    ck_assert_int_eq(mkdir("set/dog", 0777), 0);
    put_grey("set/cat/a.pgm", 0);
    put_grey("set/cat/b.pgm", 1);
    put_grey("set/dog/c.pgm", 1);
}

START_TEST(a_picture_is_answered_with_classes_and_percentages)
{
    const struct outcome outcome =
        run_expect(0, "apply --model m.safetensors fish.pgm");
    ck_assert_str_eq(outcome.out,
                     "fish.pgm  fish 66.67%  cat 16.67%  dog 16.67%\n");
    ck_assert_str_eq(outcome.err, "");
}
END_TEST

START_TEST(what_is_done_to_a_picture_is_said)
{
    static const char large[] =
        "P6\n4 4\n255\n\0\0\0\0\0\0\377\377\377\377\377\377"
        "\0\0\0\0\0\0\377\377\377\377\377\377"
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    put_bytes("large.ppm", large, sizeof large - 1);
    const struct outcome outcome =
        run_expect(0, "apply --model m.safetensors large.ppm");
    ck_assert_str_eq(outcome.out,
                     "large.ppm  dog 66.67%  cat 16.67%  fish 16.67%\n");
    ck_assert_str_eq(outcome.err, "convlet apply: note: large.ppm: grey, "
                                  "resized to 2 x 2\n");
    ck_assert_str_eq(
        run_expect(0, "apply --quiet --model m.safetensors large.ppm").err, "");
}
END_TEST

START_TEST(an_array_is_as_many_samples_as_it_has)
{
    const struct outcome outcome =
        run_expect(0, "apply --model m.safetensors x.npy fish.pgm");
    ck_assert_str_eq(outcome.out,
                     "x.npy[0]  cat 66.67%  dog 16.67%  fish 16.67%\n"
                     "x.npy[1]  dog 66.67%  cat 16.67%  fish 16.67%\n"
                     "x.npy[2]  fish 66.67%  cat 16.67%  dog 16.67%\n"
                     "x.npy[3]  dog 66.67%  cat 16.67%  fish 16.67%\n"
                     "fish.pgm  fish 66.67%  cat 16.67%  dog 16.67%\n");
}
END_TEST

START_TEST(labels_give_the_share_that_is_right_and_the_confusion)
{
    const struct outcome outcome =
        run_expect(0, "apply --model m.safetensors x.npy --compare labels.npy");
    ck_assert_ptr_nonnull(strstr(outcome.out,
                                 "x.npy[2]  fish 66.67%  cat 16.67%  dog "
                                 "16.67%  wrong: dog\n"));
    ck_assert_ptr_nonnull(strstr(outcome.out,
                                 "\n\n3 of 4 right (75.0 %)\n\n"
                                 "is \\ taken for  cat  dog  fish\n"
                                 "cat               1    .     .\n"
                                 "dog               .    2     1\n"
                                 "fish              .    .     .\n"));
}
END_TEST

START_TEST(folders_are_the_classes_of_what_is_in_them)
{
    const struct outcome outcome =
        run_expect(0, "apply --model m.safetensors set");
    ck_assert_ptr_nonnull(strstr(outcome.out, "set/cat/a.pgm  cat 66.67%"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "16.67%  wrong: cat\n"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "2 of 3 right (66.7 %)\n"));
}
END_TEST

START_TEST(names_compare_as_well_as_numbers)
{
    const struct outcome outcome = run_expect(
        0, "apply --model m.safetensors fish.pgm set/cat/a.pgm --compare "
           "fish,dog");
    ck_assert_ptr_nonnull(strstr(outcome.out, "1 of 2 right (50.0 %)\n"));
}
END_TEST

/* As no file's may be. */
START_TEST(a_list_of_names_may_be_longer_than_a_files_name)
{
    char line[512];
    snprintf(line, sizeof line,
             "apply --model m.safetensors x.npy --compare 'cat,%*sfish,dog,"
             "cat'",
             300, "");
    const struct outcome outcome = run_expect(0, line);
    ck_assert_ptr_nonnull(strstr(outcome.out, "1 of 4 right (25.0 %)\n"));
}
END_TEST

START_TEST(csv_has_a_column_for_each_class)
{
    const struct outcome outcome = run_expect(
        0, "apply --model m.safetensors fish.pgm --compare dog --format csv");
    static const char head[] = "file,answer,truth,cat,dog,fish\n"
                               "fish.pgm,fish,dog,0.1666666666666666";
    ck_assert_int_eq(strncmp(outcome.out, head, sizeof head - 1), 0);
}
END_TEST

START_TEST(json_is_one_document)
{
    const struct outcome outcome = run_expect(
        0, "apply --model m.safetensors set/cat/a.pgm fish.pgm --compare "
           "cat,cat --format json");
    ck_assert_ptr_nonnull(
        strstr(outcome.out, "{\"answers\": [\n{\"file\": \"set/cat/a.pgm\", "
                            "\"answer\": \"cat\", \"truth\": \"cat\", "
                            "\"probabilities\": {\"cat\": 0.6666666666666666"));
    ck_assert_ptr_nonnull(strstr(outcome.out,
                                 "},\n{\"file\": \"fish.pgm\", \"answer\": "
                                 "\"fish\", \"truth\": \"cat\", "));
    ck_assert_ptr_nonnull(strstr(outcome.out,
                                 "\n],\n\"right\": 1,\n\"compared\": 2,\n"
                                 "\"confusion\": [[1, 0, 1],\n[0, 0, 0],\n"
                                 "[0, 0, 0]]}\n"));
}
END_TEST

START_TEST(show_names_the_classes)
{
    ck_assert_ptr_nonnull(
        strstr(run_expect(0, "show --model m.safetensors").out,
               "\nclasses  cat, dog, fish\n"));
}
END_TEST

START_TEST(one_bad_file_keeps_no_other_waiting)
{
    put_bytes("set/cat/b.pgm", "P5\n2 2\n255\n", 11);
    const struct outcome outcome =
        run_expect(3, "apply --model m.safetensors set x.npy");
    ck_assert_ptr_nonnull(strstr(outcome.err, "convlet apply: set/cat/b.pgm"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "2 of 2 right (100.0 %)"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "x.npy[3]"));
}
END_TEST

/* 1e300 is still a number; 1e300 times 1e10 is none. */
START_TEST(a_sample_whose_numbers_are_not_finite_has_no_answer)
{
    struct outcome outcome =
        run_expect(0, "apply --model beyond.safetensors fish.pgm");
    ck_assert_str_eq(outcome.out,
                     "fish.pgm  fish 100.00%  cat 0.00%  dog 0.00%\n");
    put_numbers("big.npy", "<f8", "(2, 2)", (const double[4]){1e10}, 32);
    outcome = run_expect(3, "apply --model beyond.safetensors big.npy");
    ck_assert_str_eq(outcome.out, "");
    ck_assert_str_eq(outcome.err,
                     "convlet apply: big.npy: the net's numbers are not "
                     "finite, and tell no class; look at them with convlet "
                     "conv --model beyond.safetensors\n");
    outcome = run_expect(3, "apply --model beyond.safetensors big.npy "
                            "--compare cat");
    ck_assert_ptr_null(strstr(outcome.out, "right"));
}
END_TEST

/* A model of pictures whose weight is no number. */
static void put_restorer(const char *name)
{
    const cvl_net_config config = {.spec = "conv 1 1x1 bias=no",
                                   .input_shape = {1, 1, 2, 2},
                                   .dtype = CVL_F32,
                                   .exec = cvl_exec_default()};
    const cvl_model_about about = {.spec = config.spec};
    cvl_net net;
    cvl_error err;
    expect_ok(cvl_net_build(&net, &config, &err), err);
    cvl_tensor_set(&net.params[0].value, 0, NAN);
    expect_ok(cvl_model_save(name, &about, &net, &err), err);
    cvl_net_free(&net);
}

static const struct {
    const char *line, *err;
} not_finite[] = {
    {"apply --model huge.safetensors fish.pgm",
     "convlet apply: huge.safetensors: element 0 of 0.weight is inf; "},
    {"apply --model none.safetensors fish.pgm -o y.png",
     "convlet apply: none.safetensors: element 0 of 0.weight is nan; "},
    {"conv --model none.safetensors --input '1'",
     "convlet conv: none.safetensors: element 0 of 0.weight is nan; "},
    {"train --net 'conv 1 1x1 bias=no' --channels 1 --init ./none.safetensors",
     "convlet train: ./none.safetensors: element 0 of 0.weight is nan; "},
};

START_TEST(a_model_that_is_not_finite_is_refused_by_name)
{
    put_restorer("none.safetensors");
    for (size_t i = 0; i < sizeof not_finite / sizeof *not_finite; i++) {
        char want[160];
        snprintf(want, sizeof want, "%severy one must be finite\n",
                 not_finite[i].err);
        ck_assert_str_eq(run_expect(3, not_finite[i].line).err, want);
    }
    ck_assert_str_eq(run_expect(0, "show --model none.safetensors").err,
                     "convlet show: note: none.safetensors: element 0 of "
                     "0.weight is nan\n");
}
END_TEST

START_TEST(an_unknown_preparation_says_who_knows_it)
{
    const char *const err =
        run_expect(3, "apply --model future.safetensors fish.pgm").err;
    ck_assert_ptr_nonnull(
        strstr(err, "convlet apply: future.safetensors: its metadata's "
                    "preparation is 'drawing of ghosts', which this convlet "
                    "does not know; use the one that wrote it, "));
    ck_assert_ptr_nonnull(strstr(err, ", or train again\n"));
}
END_TEST

START_TEST(a_transparent_picture_is_looked_at_on_white)
{
    put_picture("drawn.png", "greyalpha8.png", 0, 0);
    const struct outcome outcome =
        run_expect(0, "apply --model m.safetensors drawn.png");
    ck_assert_ptr_nonnull(strstr(outcome.err,
                                 "convlet apply: note: drawn.png: it is "
                                 "transparent, and was put on white\n"));
}
END_TEST

static const struct {
    int status;
    const char *line, *message;
} refusals[] = {
    {2, "apply --model m.safetensors fish.pgm -o y.png",
     "--output is for models that make pictures; m.safetensors tells classes "
     "apart, and its answers are printed"},
    {2, "apply --model m.safetensors fish.pgm --tile 32",
     "--tile is for models that make pictures; m.safetensors tells classes "
     "apart, of a picture of one size"},
    {2, "apply --model m.safetensors fish.pgm --compare bird",
     "--compare: 'bird' is no class of the model, which knows cat, dog, fish"},
    {2, "apply --model m.safetensors fish.pgm --compare fsih",
     "--compare: 'fsih' is no class of the model; did you mean 'fish'?"},
    {3, "apply --model m.safetensors fish.pgm --compare labels.npy",
     "--compare labels.npy has 4 labels for 1 sample"},
    {3, "apply --model m.safetensors x.npy --compare cat,dog",
     "x.npy[2]: has no label: --compare cat,dog has 2"},
    {3, "apply --model m.safetensors fish.pgm --compare x.npy",
     "x.npy: label 0 is 255, expected a whole number from 0 to 2"},
    {3, "apply --model m.safetensors three.npy",
     "three.npy: its axes do not end in 1x2x2, which the model takes"},
    {3, "apply --model twice.safetensors fish.pgm",
     "twice.safetensors: two of its classes have the name 'cat'"},
    {3, "apply --model nameless.safetensors fish.pgm",
     "nameless.safetensors: one of its classes has no name"},
};

START_TEST(what_does_not_go_is_refused_in_words)
{
    char want[512];
    const struct outcome outcome =
        run_expect(refusals[_i].status, refusals[_i].line);
    snprintf(want, sizeof want, "convlet apply: %s\n", refusals[_i].message);
    ck_assert_str_eq(outcome.err, want);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_picture_is_answered_with_classes_and_percentages,
        what_is_done_to_a_picture_is_said,
        an_array_is_as_many_samples_as_it_has,
        labels_give_the_share_that_is_right_and_the_confusion,
        folders_are_the_classes_of_what_is_in_them,
        names_compare_as_well_as_numbers,
        a_list_of_names_may_be_longer_than_a_files_name,
        csv_has_a_column_for_each_class,
        json_is_one_document,
        show_names_the_classes,
        one_bad_file_keeps_no_other_waiting,
        a_sample_whose_numbers_are_not_finite_has_no_answer,
        a_model_that_is_not_finite_is_refused_by_name,
        an_unknown_preparation_says_who_knows_it,
        a_transparent_picture_is_looked_at_on_white,
    };
    Suite *const suite = suite_create("apply_classes");
    TCase *const all = tcase_create("apply_classes");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, enter, leave_scratch);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(all, tests[i]);
    tcase_add_loop_test(all, what_does_not_go_is_refused_in_words, 0,
                        (int)(sizeof refusals / sizeof *refusals));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
