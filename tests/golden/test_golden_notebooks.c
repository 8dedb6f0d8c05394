/* test_golden_notebooks.c - every example of the five notebooks. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/loss.h"
#include "convlet/npy.h"
#include "golden.h"
#include "scratch.h"

enum { MAX_ARGUMENTS = 40, TEXT = 64 };

/* The arguments of one `convlet conv`, and the texts they point to. */
typedef struct command {
    const char *arguments[MAX_ARGUMENTS];
    size_t count;
    char paths[4][GOLDEN_PATH];
    size_t path_count;
    char stride[TEXT], padding[TEXT], groups[TEXT];
} command;

static void add(command *c, const char *flag, const char *value)
{
    ck_assert_uint_lt(c->count + 2, MAX_ARGUMENTS);
    c->arguments[c->count++] = flag;
    c->arguments[c->count++] = value;
}

/* The path of one of the notebooks' files. */
static const char *file_of(command *c, const char *file)
{
    ck_assert_uint_lt(c->path_count, 4);
    return golden_path(c->paths[c->path_count++], "notebooks", ".", file);
}

static bool has(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItem(object, key) != NULL;
}

static const char *text_of(const cJSON *object, const char *key)
{
    return golden_get(object, key)->valuestring;
}

static command conv_command(const cJSON *nchw)
{
    command c = {.arguments = {"conv"}, .count = 1};
    size_t stride[2], padding[4];
    golden_sizes(nchw, "stride", stride, 2);
    golden_sizes(nchw, "padding", padding, 4);
    snprintf(c.stride, TEXT, "%zu,%zu", stride[0], stride[1]);
    snprintf(c.padding, TEXT, "%zu,%zu,%zu,%zu", padding[0], padding[1],
             padding[2], padding[3]);
    return c;
}

static void run(command *c)
{
    add(c, "--stride", c->stride);
    add(c, "--padding", c->padding);
    c->arguments[c->count] = "--force";
    c->arguments[c->count + 1] = NULL;
    golden_run(c->arguments);
}

/* Asks for every result that `expected` has, as NAME.npy; tells if any. */
static void ask_for(command *c, const cJSON *expected)
{
    if (has(expected, "output")) add(c, "--output", "output.npy");
    if (has(expected, "grad_input")) add(c, "--grad-input", "grad_input.npy");
    if (has(expected, "grad_weight"))
        add(c, "--grad-weight", "grad_weight.npy");
    if (has(expected, "grad_bias")) add(c, "--grad-bias", "grad_bias.npy");
}

/* Compares NAME.npy with the file that `expected` names under that key. */
static int compare(const cJSON *expected, const char *key)
{
    if (!has(expected, key)) return 0;
    char file[TEXT], path[GOLDEN_PATH];
    snprintf(file, TEXT, "%s.npy", key);
    const char *const wanted = text_of(expected, key);
    cvl_tensor got = golden_load(file);
    cvl_tensor want = golden_load(golden_path(path, "notebooks", ".", wanted));
    golden_compare(wanted, &got, &want, 1e-10);
    cvl_tensor_free(&got);
    cvl_tensor_free(&want);
    return 1;
}

static int compare_results(const cJSON *expected)
{
    return compare(expected, "output") + compare(expected, "grad_input") +
           compare(expected, "grad_weight") + compare(expected, "grad_bias");
}

/* The case as a standard library sees it: NCHW and OIHW. */
static void standard_conv(const cJSON *entry)
{
    const cJSON *const nchw = golden_get(entry, "nchw");
    const cJSON *const files = golden_get(nchw, "files");
    command c = conv_command(nchw);
    add(&c, "--input", file_of(&c, text_of(files, "x")));
    add(&c, "--weight", file_of(&c, text_of(files, "weight")));
    if (has(files, "bias"))
        add(&c, "--bias", file_of(&c, text_of(files, "bias")));
    if (has(files, "grad_output"))
        add(&c, "--grad-output", file_of(&c, text_of(files, "grad_output")));
    ask_for(&c, files);
    run(&c);
    ck_assert_int_gt(compare_results(files), 0);
}

/*
 * The case in the notebook's own layout, with the flags that say so. Results
 * that the notebook returns in another layout than it takes are left to
 * standard_conv.
 */
static void native_conv(const cJSON *entry)
{
    const cJSON *const operation = golden_get(entry, "operation");
    const cJSON *const inputs = golden_get(entry, "inputs");
    const cJSON *const expected = golden_get(entry, "expected");
    const char *const layout = text_of(operation, "layout");
    const char *const weights = text_of(operation, "weight_layout");
    const bool hwc = strstr(layout, "HWC") != NULL;
    const bool rows_are_batch = strncmp(layout, "NHW (", 5) == 0;
    if ((hwc && has(inputs, "grad_output") && !has(expected, "output") &&
         strncmp(layout, "HWC,", 4) == 0) ||
        rows_are_batch)
        return;

    command c = conv_command(golden_get(entry, "nchw"));
    if (hwc) add(&c, "--input-layout", "nhwc");
    if (strncmp(weights, "kh kw ", 6) == 0) add(&c, "--weight-layout", "hwio");
    if (strncmp(weights, "I O", 3) == 0) add(&c, "--weight-layout", "iohw");
    if (strncmp(weights, "O kh kw:", 8) == 0)
        c.arguments[c.count++] = "--tie-input-channels";
    add(&c, "--input", file_of(&c, text_of(inputs, "x")));
    add(&c, "--weight", file_of(&c, text_of(inputs, "weight")));
    if (has(inputs, "bias"))
        add(&c, "--bias", file_of(&c, text_of(inputs, "bias")));
    if (has(inputs, "grad_output"))
        add(&c, "--grad-output", file_of(&c, text_of(inputs, "grad_output")));
    ask_for(&c, expected);
    run(&c);
    ck_assert_int_gt(compare_results(expected), 0);
}

/* A file of ones, [count,1,1,1]: copies each channel of a picture. */
static void write_identity(const char *path, size_t count)
{
    cvl_tensor w;
    ck_assert(
        !cvl_tensor_init(&w, CVL_F64, 4, (size_t[]){count, 1, 1, 1}, NULL));
    cvl_tensor_fill(&w, 1.0);
    ck_assert(!cvl_npy_save(path, &w, NULL));
    cvl_tensor_free(&w);
}

/* Padding is a convolution with a 1x1 kernel of 1. */
static void pad(const cJSON *entry)
{
    const cJSON *const nchw = golden_get(entry, "nchw");
    const cJSON *const files = golden_get(nchw, "files");
    command c = conv_command(nchw);
    const char *const path = file_of(&c, text_of(files, "x"));
    cvl_tensor x = golden_load(path);
    write_identity("w.npy", x.shape[1]);
    snprintf(c.groups, TEXT, "%zu", x.shape[1]);
    add(&c, "--input", path);
    add(&c, "--weight", "w.npy");
    add(&c, "--groups", c.groups);
    ask_for(&c, files);
    run(&c);
    ck_assert_int_eq(compare_results(files), 1);
    cvl_tensor_free(&x);
}

/* Zero insertion is the input gradient of a 1x1 convolution with a stride. */
static void insert_zeros(const cJSON *entry)
{
    const cJSON *const inputs = golden_get(entry, "inputs");
    const cJSON *const expected = golden_get(entry, "expected");
    size_t factor[2];
    golden_sizes(golden_get(entry, "operation"), "factor", factor, 2);
    command c = {.arguments = {"conv"}, .count = 1, .padding = "0"};
    snprintf(c.stride, TEXT, "%zu,%zu", factor[0], factor[1]);
    write_identity("w.npy", 1);
    /* Its own result stands in for the input, whose values do not matter. */
    add(&c, "--input", file_of(&c, text_of(expected, "output")));
    add(&c, "--weight", "w.npy");
    add(&c, "--grad-output", file_of(&c, text_of(inputs, "x")));
    add(&c, "--grad-input", "output.npy");
    run(&c);
    ck_assert_int_eq(compare(expected, "output"), 1);
}

/* A kernel [1,0] reads the first element of each window of 0, 1, 2 ... */
static void window_starts(const cJSON *entry)
{
    char path[GOLDEN_PATH];
    cvl_tensor geometry = golden_load(
        golden_path(path, "notebooks", ".",
                    text_of(golden_get(entry, "inputs"), "geometry")));
    const size_t size = (size_t)cvl_tensor_get(&geometry, 0);
    const size_t kernel = (size_t)cvl_tensor_get(&geometry, 1);
    cvl_tensor x, w;
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 1, &size, NULL));
    ck_assert(!cvl_tensor_init(&w, CVL_F64, 1, &kernel, NULL));
    for (size_t i = 0; i < size; i++) cvl_tensor_set(&x, i, (double)i);
    cvl_tensor_set(&w, 0, 1.0);
    ck_assert(!cvl_npy_save("x.npy", &x, NULL));
    ck_assert(!cvl_npy_save("w.npy", &w, NULL));
    command c = {.arguments = {"conv"}, .count = 1, .padding = "0"};
    snprintf(c.stride, TEXT, "1,%g", cvl_tensor_get(&geometry, 2));
    add(&c, "--input", "x.npy");
    add(&c, "--weight", "w.npy");
    add(&c, "--output", "starts.npy");
    run(&c);
    ck_assert_int_eq(compare(golden_get(entry, "expected"), "starts"), 1);
    cvl_tensor_free(&x);
    cvl_tensor_free(&w);
    cvl_tensor_free(&geometry);
}

/* The zeros that the notebook appends are --padding fit. */
static void padding_fit(const cJSON *entry)
{
    const cJSON *const inputs = golden_get(entry, "inputs");
    command c = conv_command(golden_get(entry, "nchw"));
    snprintf(c.padding, TEXT, "fit");
    add(&c, "--input", file_of(&c, text_of(inputs, "x")));
    add(&c, "--weight", file_of(&c, text_of(inputs, "weight")));
    add(&c, "--weight-layout", "iohw");
    add(&c, "--bias", file_of(&c, text_of(inputs, "bias")));
    add(&c, "--output", "output.npy");
    run(&c);
    ck_assert_int_eq(compare(golden_get(entry, "expected"), "output"), 1);
}

/* The sum of the output that the notebook prints. */
static void compare_sum(const cJSON *entry)
{
    const cJSON *const expected = golden_get(entry, "expected");
    if (!has(expected, "sum")) return;
    char path[GOLDEN_PATH];
    cvl_tensor output = golden_load("output.npy");
    cvl_tensor sum = golden_load(
        golden_path(path, "notebooks", ".", text_of(expected, "sum")));
    double total = 0.0;
    for (size_t i = 0; i < output.count; i++)
        total += cvl_tensor_get(&output, i);
    ck_assert(total == cvl_tensor_get(&sum, 0));
    cvl_tensor_free(&output);
    cvl_tensor_free(&sum);
}

/* The notebook's loss, and its gradients, which it divides by N. */
static void compare_loss(const cJSON *entry)
{
    const cJSON *const inputs = golden_get(entry, "inputs");
    const cJSON *const expected = golden_get(entry, "expected");
    if (!has(expected, "loss")) return;
    char path[GOLDEN_PATH];
    cvl_tensor y = golden_load("output.npy");
    cvl_tensor t = golden_load(
        golden_path(path, "notebooks", ".", text_of(inputs, "target")));
    cvl_tensor want = golden_load(
        golden_path(path, "notebooks", ".", text_of(expected, "loss")));
    cvl_tensor dy = golden_load(
        golden_path(path, "notebooks", ".", text_of(inputs, "grad_output")));
    double loss;
    const cvl_loss notebook = {.reduction = CVL_REDUCTION_NOTEBOOK};
    const double batch = (double)y.shape[0];
    ck_assert(!cvl_loss_compute(&notebook, &y, &t, NULL, y.count, NULL, &t,
                                &loss, NULL));
    ck_assert_double_le(fabs(loss - cvl_tensor_get(&want, 0)), 1e-9 * loss);
    for (size_t i = 0; i < t.count; i++)
        ck_assert_double_le(
            fabs(cvl_tensor_get(&t, i) * batch - cvl_tensor_get(&dy, i)),
            1e-10);
    cvl_tensor_free(&y);
    cvl_tensor_free(&t);
    cvl_tensor_free(&want);
    cvl_tensor_free(&dy);
}

static void reproduce(const cJSON *entry)
{
    const char *const op = text_of(golden_get(entry, "operation"), "op");
    const char *const name = text_of(entry, "name");
    if (strncmp(op, "pad", 3) == 0) {
        pad(entry);
    } else if (strncmp(op, "zero insertion", 14) == 0) {
        insert_zeros(entry);
    } else if (strncmp(op, "first rows", 10) == 0) {
        window_starts(entry);
    } else {
        ck_assert_msg(strncmp(op, "conv", 4) == 0, "%s: %s", name, op);
        native_conv(entry);
        if (strcmp(name, "004_forward_extra_zeros") == 0) padding_fit(entry);
        standard_conv(entry);
        compare_sum(entry);
        compare_loss(entry);
    }
}

START_TEST(every_example_of_the_notebooks_is_reproduced)
{
    cJSON *const manifest = golden_index("notebooks/manifest.json");
    const cJSON *const cases = golden_get(manifest, "cases");
    ck_assert_int_eq(cJSON_GetArraySize(cases), 33);
    for (const cJSON *entry = cases->child; entry; entry = entry->next)
        reproduce(entry);
    cJSON_Delete(manifest);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_example_of_the_notebooks_is_reproduced,
                                  NULL};
    return run_tests_between("golden notebooks", tests, enter_directory,
                             leave_directory);
}
