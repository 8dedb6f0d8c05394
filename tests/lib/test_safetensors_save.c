/* test_safetensors_save.c - what is saved is what comes back. */
#include <math.h>
#include <stdio.h>

#include "convlet/safetensors.h"
#include "scratch.h"

enum { MAX_TENSORS = CVL_SAFETENSORS_MAX_TENSORS };

static cvl_named_tensor name_array(const char *name, cvl_dtype dtype,
                                   size_t count, void *data)
{
    return (cvl_named_tensor){name, cvl_tensor_wrap(dtype, 1, &count, data)};
}

/* In memory the bytes are those of the file. */
static void expect_saved(const cvl_safetensors *file)
{
    cvl_error err;
    cvl_bytes saved, formatted;
    expect_ok(cvl_safetensors_save("f", file, &err), err);
    expect_ok(cvl_file_read("f", SIZE_MAX, &saved, &err), err);
    expect_ok(cvl_safetensors_format(file, &formatted, &err), err);
    ck_assert_uint_eq(formatted.size, saved.size);
    ck_assert_mem_eq(formatted.data, saved.data, saved.size);
    cvl_bytes_free(&formatted);
    cvl_bytes_free(&saved);
}

static cvl_safetensors expect_loaded(void)
{
    cvl_error err;
    cvl_safetensors out;
    expect_ok(cvl_safetensors_load("f", &out, &err), err);
    return out;
}

/* Nothing is written, and an old file stays. */
static void expect_unsaved(const cvl_safetensors *file, const char *message)
{
    cvl_error err;
    cvl_bytes bytes = {.size = 7};
    expect_fail(cvl_safetensors_format(file, &bytes, &err), err, CVL_EINVAL,
                message + strlen("f: "));
    ck_assert_ptr_null(bytes.data);
    ck_assert_uint_eq(bytes.size, 0);
    put("f", "old");
    expect_fail(cvl_safetensors_save("f", file, &err), err, CVL_EINVAL,
                message);
    ck_assert_int_eq(cvl_safetensors_save("f", file, NULL), CVL_EINVAL);
    expect_text("f", "old");
    ck_assert_int_eq(entries("."), 1);
}

START_TEST(save_writes_the_documented_bytes)
{
    float bias[] = {1.0f, -2.0f};
    double words[] = {4294967295.0};
    cvl_named_tensor tensors[] = {name_array("0.bias", CVL_F32, 2, bias),
                                  name_array("rng", CVL_F64, 1, words)};
    cvl_metadata_entry metadata[] = {{"spec", "relu"}, {"step", "7"}};
    const cvl_safetensors file = {.tensor_count = 2,
                                  .tensors = tensors,
                                  .metadata_count = 2,
                                  .metadata = metadata};
    static const char expected[] =
        "\xa0\0\0\0\0\0\0\0"
        "{\"__metadata__\":{\"spec\":\"relu\",\"step\":\"7\"},"
        "\"rng\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
        "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}"
        "   "
        "\0\0\xe0\xff\xff\xff\xef\x41"
        "\0\0\x80\x3f\0\0\0\xc0";
    expect_saved(&file);
    cvl_error err;
    cvl_bytes bytes;
    expect_ok(cvl_file_read("f", 4096, &bytes, &err), err);
    ck_assert_uint_eq(bytes.size, sizeof expected - 1);
    ck_assert_mem_eq(bytes.data, expected, bytes.size);
    cvl_bytes_free(&bytes);
}
END_TEST

START_TEST(save_writes_nothing_as_the_official_writer_does)
{
    static const cvl_safetensors nothing;
    expect_saved(&nothing);
    cvl_error err;
    cvl_bytes bytes;
    expect_ok(cvl_file_read("f", 16, &bytes, &err), err);
    ck_assert_uint_eq(bytes.size, 16);
    ck_assert_mem_eq(bytes.data, "\x08\0\0\0\0\0\0\0{}      ", 16);
    cvl_bytes_free(&bytes);
}
END_TEST

/* Bits, not values: NaN with its payload, -0, denormals. */
START_TEST(load_returns_every_bit_that_was_saved)
{
    static const size_t shape[] = {2, 1, 3, 1};
    float f32[] = {-0.0f, NAN, INFINITY, 1e-45f, 0.1f, 3.4e38f};
    double f64[] = {-0.0, NAN, -INFINITY, 5e-324, 0.1, 1.7e308};
    memcpy(&f32[4], "\x01\x02\x83\x7f", 4); /* a signalling NaN */
    cvl_named_tensor tensors[] = {
        {"single", cvl_tensor_wrap(CVL_F32, 4, shape, f32)},
        {"double", cvl_tensor_wrap(CVL_F64, 3, shape, f64)}};
    const cvl_safetensors file = {.tensor_count = 2, .tensors = tensors};
    expect_saved(&file);
    cvl_safetensors out = expect_loaded();
    ck_assert_uint_eq(out.tensor_count, 2);
    ck_assert_uint_eq(out.metadata_count, 0);
    for (size_t i = 0; i < 2; i++) {
        const cvl_tensor *const got =
            cvl_safetensors_find(&out, tensors[i].name);
        ck_assert_ptr_nonnull(got);
        const cvl_tensor *const saved = &tensors[i].tensor;
        ck_assert_int_eq(cvl_tensor_check_like("", got, saved, NULL), CVL_OK);
        ck_assert_mem_eq(got->data, saved->data, cvl_tensor_bytes(saved));
    }
    ck_assert_str_eq(out.tensors[0].name, "double");
    cvl_safetensors_free(&out);
}
END_TEST

START_TEST(load_returns_every_text_that_was_saved)
{
    char controls[32];
    for (size_t i = 0; i < 31; i++) controls[i] = (char)(i + 1);
    controls[31] = '\0';
    float number = 1.0f;
    cvl_named_tensor tensor =
        name_array("\"\\/\n\xf0\x9f\x98\x80", CVL_F32, 1, &number);
    cvl_metadata_entry metadata[] = {
        {"quotes", "a \"b\" \\ 'c' / </script>"},
        {"controls", controls},
        {"unicode", "\x7f \xc2\x80 \xe2\x82\xac \xf4\x8f\xbf\xbf \xef\xbf\xbe"},
        {"", ""},
        {"__metadata__", "\\u0000"},
        {"z\n\"", "a"},
    };
    const size_t count = sizeof metadata / sizeof *metadata;
    const cvl_safetensors file = {.tensor_count = 1,
                                  .tensors = &tensor,
                                  .metadata_count = count,
                                  .metadata = metadata};
    expect_saved(&file);
    cvl_safetensors out = expect_loaded();
    ck_assert_ptr_nonnull(cvl_safetensors_find(&out, tensor.name));
    ck_assert_uint_eq(out.metadata_count, count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(out.metadata[i].key, metadata[i].key);
        ck_assert_str_eq(out.metadata[i].value, metadata[i].value);
    }
    cvl_safetensors_free(&out);
}
END_TEST

START_TEST(load_puts_the_path_before_the_message)
{
    cvl_error err;
    cvl_safetensors out = {.tensor_count = 7};
    put("f", "short");
    expect_fail(cvl_safetensors_load("f", &out, &err), err, CVL_EFORMAT,
                "f: has 5 bytes, a safetensors file has 8 or more; save the "
                "file again");
    ck_assert_uint_eq(out.tensor_count, 0);
    expect_fail(cvl_safetensors_load("none", &out, &err), err, CVL_EIO,
                "none: cannot open: No such file or directory");
    cvl_safetensors_free(&out);
}
END_TEST

START_TEST(save_refuses_names_that_could_not_be_read_back)
{
    float number = 1.0f;
    cvl_named_tensor t[] = {name_array("a", CVL_F32, 1, &number),
                            name_array("b", CVL_F32, 1, &number),
                            name_array("a", CVL_F32, 1, &number)};
    cvl_safetensors file = {.tensor_count = 3, .tensors = t};
    expect_unsaved(&file, "f: tensor \"a\" is there twice");
    t[2].name = "\xff";
    expect_unsaved(&file, "f: tensor \"\\xff\" is no UTF-8");
    t[2].name = "__metadata__";
    expect_unsaved(&file, "f: a tensor cannot be named \"__metadata__\"");
    t[2] = (cvl_named_tensor){.name = "c"};
    expect_unsaved(&file, "f: tensor \"c\" has no data");

    cvl_metadata_entry m[] = {{"k", "1"}, {"k", "2"}};
    file = (cvl_safetensors){.metadata_count = 2, .metadata = m};
    expect_unsaved(&file, "f: metadata \"k\" is there twice");
    m[1].key = "\xc3";
    expect_unsaved(&file, "f: metadata \"\\xc3\" is no UTF-8");
    m[1] = (cvl_metadata_entry){"l", "\xed\xa0\x80"};
    expect_unsaved(&file, "f: the text of metadata \"l\" is no UTF-8");
}
END_TEST

/* A view of more than there is: its size is looked at, never its data. */
START_TEST(save_refuses_more_data_than_can_be_loaded)
{
    const size_t half = (size_t)1 << 31;
    float number = 1.0f;
    cvl_named_tensor t[] = {name_array("a", CVL_F32, half, &number),
                            name_array("b", CVL_F32, half, &number)};
    const cvl_safetensors file = {.tensor_count = 2, .tensors = t};
    expect_unsaved(&file,
                   "f: the tensors up to \"b\" have more than 17178820600 "
                   "bytes");
}
END_TEST

START_TEST(save_and_load_hold_as_many_tensors_as_the_limit)
{
    static cvl_named_tensor tensors[MAX_TENSORS + 1];
    static char names[MAX_TENSORS + 1][8];
    float number = 1.0f;
    for (size_t i = 0; i <= MAX_TENSORS; i++) {
        snprintf(names[i], sizeof names[i], "%zu", i);
        tensors[i] = name_array(names[i], CVL_F32, 1, &number);
    }
    cvl_safetensors file = {.tensors = tensors};
    for (size_t count = MAX_TENSORS - 1; count <= MAX_TENSORS; count++) {
        file.tensor_count = count;
        expect_saved(&file);
        cvl_safetensors out = expect_loaded();
        ck_assert_uint_eq(out.tensor_count, count);
        ck_assert_str_eq(out.tensors[count - 1].name, names[count - 1]);
        cvl_safetensors_free(&out);
    }
    file.tensor_count = MAX_TENSORS + 1;
    expect_unsaved(&file, "f: 1025 tensors, expected at most 1024");
}
END_TEST

/* {"__metadata__":{"k":""}} has 25 bytes. */
START_TEST(save_and_load_hold_a_header_up_to_the_limit)
{
    const size_t most = CVL_SAFETENSORS_MAX_HEADER - 25;
    char *const value = malloc(most + 2);
    ck_assert_ptr_nonnull(value);
    cvl_metadata_entry entry = {"k", value};
    const cvl_safetensors file = {.metadata_count = 1, .metadata = &entry};
    for (size_t length = most - 1; length <= most; length++) {
        memset(value, 'x', length);
        value[length] = '\0';
        expect_saved(&file);
        cvl_safetensors out = expect_loaded();
        ck_assert_str_eq(cvl_safetensors_metadata(&out, "k"), value);
        cvl_safetensors_free(&out);
    }
    memset(value, 'x', most + 1);
    value[most + 1] = '\0';
    expect_unsaved(&file, "f: names and metadata make a header of 1048584 "
                          "bytes, expected at most 1048576");
    free(value);
}
END_TEST

START_TEST(save_says_so_when_the_disk_is_full)
{
    static const cvl_safetensors nothing;
    cvl_error err;
    expect_fail(cvl_safetensors_save("/dev/full", &nothing, &err), err, CVL_EIO,
                "/dev/full: cannot write: No space left on device");
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("safetensors_save");
    TCase *const cases = tcase_create("safetensors_save");
    tcase_add_checked_fixture(cases, enter_directory, leave_directory);
    tcase_add_test(cases, save_writes_the_documented_bytes);
    tcase_add_test(cases, save_writes_nothing_as_the_official_writer_does);
    tcase_add_test(cases, load_returns_every_bit_that_was_saved);
    tcase_add_test(cases, load_returns_every_text_that_was_saved);
    tcase_add_test(cases, load_puts_the_path_before_the_message);
    tcase_add_test(cases, save_refuses_names_that_could_not_be_read_back);
    tcase_add_test(cases, save_refuses_more_data_than_can_be_loaded);
    tcase_add_test(cases, save_and_load_hold_as_many_tensors_as_the_limit);
    tcase_add_test(cases, save_and_load_hold_a_header_up_to_the_limit);
    tcase_add_test(cases, save_says_so_when_the_disk_is_full);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
