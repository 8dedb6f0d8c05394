/* test_safetensors.c - what a file says is believed once it is checked. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "safetensors_image.h"

/* Keys in any order, spaces wherever JSON has them, every kind of escape. */
static const char EXAMPLE[] =
    "{\"b\":{\"data_offsets\":[16,24],\"shape\":[2],\"dtype\":\"F32\"},\n"
    "\"__metadata__\":{\"spec\":\"a "
    "\\\"b\\\"\\n\\u00e9\\ud83d\\uDE00\\/\xc3\xa9\","
    "\"\":\"\"}, \"a\\t\" : { \"dtype\" : \"F64\" ,\r\t\"shape\" : [ 1 , 2 ] ,"
    "\"data_offsets\":[0,16]}}   ";

static image example(void)
{
    /* 1.5, -2 as float64, 3, 4.5 as float32, little-endian. */
    static const unsigned char data[] = "\0\0\0\0\0\0\xf8\x3f"
                                        "\0\0\0\0\0\0\0\xc0"
                                        "\0\0\x40\x40\0\0\x90\x40";
    return make_image(strlen(EXAMPLE), EXAMPLE, strlen(EXAMPLE), data, 24);
}

START_TEST(parse_returns_tensors_in_the_order_of_their_data)
{
    cvl_safetensors out = expect_parsed(example());
    ck_assert_uint_eq(out.tensor_count, 2);
    const cvl_named_tensor *const a = &out.tensors[0], *const b = a + 1;
    char text[CVL_DESCRIBE_SIZE];
    ck_assert_str_eq(a->name, "a\t");
    ck_assert_str_eq(cvl_tensor_describe(&a->tensor, text), "f64[1x2]");
    ck_assert_double_eq(cvl_tensor_get(&a->tensor, 0), 1.5);
    ck_assert_double_eq(cvl_tensor_get(&a->tensor, 1), -2.0);
    ck_assert_str_eq(b->name, "b");
    ck_assert_str_eq(cvl_tensor_describe(&b->tensor, text), "f32[2]");
    ck_assert_double_eq(cvl_tensor_get(&b->tensor, 0), 3.0);
    ck_assert_double_eq(cvl_tensor_get(&b->tensor, 1), 4.5);
    ck_assert_ptr_eq(cvl_safetensors_find(&out, "b"), &b->tensor);
    ck_assert_ptr_null(cvl_safetensors_find(&out, "B"));
    cvl_safetensors_free(&out);
    expect_empty(&out);
    cvl_safetensors_free(&out);
}
END_TEST

START_TEST(parse_returns_metadata_with_every_escape_resolved)
{
    cvl_safetensors out = expect_parsed(example());
    ck_assert_uint_eq(out.metadata_count, 2);
    ck_assert_str_eq(out.metadata[0].key, "spec");
    ck_assert_str_eq(out.metadata[0].value,
                     "a \"b\"\n\xc3\xa9\xf0\x9f\x98\x80/\xc3\xa9");
    ck_assert_ptr_eq(cvl_safetensors_metadata(&out, "spec"),
                     out.metadata[0].value);
    ck_assert_str_eq(cvl_safetensors_metadata(&out, ""), "");
    ck_assert_ptr_null(cvl_safetensors_metadata(&out, "Spec"));
    cvl_safetensors_free(&out);
}
END_TEST

/* What the official writer makes of nothing, and of one array. */
START_TEST(parse_reads_what_the_official_writer_wrote)
{
    static const unsigned char empty[] = "\x08\0\0\0\0\0\0\0{}      ";
    static const unsigned char one[] =
        "\x40\0\0\0\0\0\0\0"
        "{\"attn.0\":{\"dtype\":\"F32\",\"shape\":[1,2,3],"
        "\"data_offsets\":[0,24]}}"
        "\0\0\0\0\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40\0\0\x80\x40\0\0\xa0\x40";
    cvl_error err;
    cvl_safetensors out;
    expect_ok(cvl_safetensors_parse(empty, 16, &out, &err), err);
    ck_assert_uint_eq(out.tensor_count, 0);
    ck_assert_uint_eq(out.metadata_count, 0);
    ck_assert_ptr_null(cvl_safetensors_find(&out, "attn.0"));
    cvl_safetensors_free(&out);
    expect_ok(cvl_safetensors_parse(one, sizeof one - 1, &out, &err), err);
    const cvl_tensor *const tensor = cvl_safetensors_find(&out, "attn.0");
    ck_assert_ptr_nonnull(tensor);
    ck_assert_uint_eq(tensor->count, 6);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(cvl_tensor_get(tensor, i), (double)i);
    cvl_safetensors_free(&out);
}
END_TEST

/* Every prefix is refused, and never read beyond its end. */
START_TEST(parse_refuses_a_file_cut_short_at_any_byte)
{
    const image whole = example();
    for (size_t size = 0; size < whole.size; size++) {
        unsigned char *const part = malloc(size ? size : 1);
        ck_assert_ptr_nonnull(part);
        memcpy(part, whole.bytes, size);
        cvl_error err;
        cvl_safetensors out;
        ck_assert_int_eq(cvl_safetensors_parse(part, size, &out, &err),
                         CVL_EFORMAT);
        expect_empty(&out);
        char expected[128];
        const size_t data_at = whole.size - 24;
        if (size < 8)
            snprintf(expected, sizeof expected,
                     "has %zu byte%s, a safetensors file has 8 or more; save "
                     "the file again",
                     size, size == 1 ? "" : "s");
        else if (size < data_at)
            snprintf(expected, sizeof expected,
                     "header should have %zu bytes, the file has %zu more; it "
                     "is cut short or no safetensors file",
                     data_at - 8, size - 8);
        else
            snprintf(expected, sizeof expected,
                     "tensor %s of the data, the file has %zu; it is cut short",
                     size < data_at + 16 ? "\"a\\x09\" ends at byte 16"
                                         : "\"b\" ends at byte 24",
                     size - data_at);
        ck_assert_str_eq(err.message, expected);
        free(part);
    }
    free(whole.bytes);
}
END_TEST

/* A flipped bit is refused with a message of one line, or changes a name, a
 * text or the order; the data that come back are always the file's. */
START_TEST(parse_survives_every_flipped_bit)
{
    const image whole = example();
    size_t refused = 0;
    for (size_t bit = 0; bit < 8 * whole.size; bit++) {
        image flipped = {malloc(whole.size), whole.size};
        ck_assert_ptr_nonnull(flipped.bytes);
        memcpy(flipped.bytes, whole.bytes, whole.size);
        flipped.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        cvl_error err = {0};
        cvl_safetensors out;
        if (cvl_safetensors_parse(flipped.bytes, flipped.size, &out, &err)) {
            refused++;
            for (const char *c = err.message; *c; c++)
                ck_assert_msg(*c >= ' ' && *c <= '~', "byte %d", *c);
            ck_assert_int_ne(err.message[0], '\0');
            expect_empty(&out);
        } else {
            size_t bytes = 0;
            for (size_t i = 0; i < out.tensor_count; i++)
                bytes += cvl_tensor_bytes(&out.tensors[i].tensor);
            ck_assert_uint_eq(bytes, 24);
        }
        cvl_safetensors_free(&out);
        free(flipped.bytes);
    }
    ck_assert_uint_gt(refused, whole.size);
    free(whole.bytes);
}
END_TEST

START_TEST(parse_reads_a_header_up_to_the_limit)
{
    const size_t limit = CVL_SAFETENSORS_MAX_HEADER;
    char *const header = malloc(limit + 1);
    ck_assert_ptr_nonnull(header);
    memset(header, ' ', limit + 1);
    header[0] = '{';
    header[1] = '}';
    for (size_t size = limit - 1; size <= limit; size++) {
        cvl_safetensors out =
            expect_parsed(make_image(size, header, size, NULL, 0));
        ck_assert_uint_eq(out.tensor_count, 0);
        cvl_safetensors_free(&out);
    }
    expect_refused(make_image(limit + 1, header, limit + 1, NULL, 0),
                   CVL_EUNSUPPORTED,
                   "header has 1048577 bytes, convlet reads at most 1048576; "
                   "save fewer tensors or less metadata");
    free(header);
}
END_TEST

/* So many float32 tensors of one number, the last first. */
static image many(size_t count)
{
    const size_t room = count * 80 + 3;
    char *const header = malloc(room);
    ck_assert_ptr_nonnull(header);
    size_t used = 0;
    for (size_t i = count; i-- > 0;)
        used += (size_t)snprintf(header + used, room - used,
                                 "%s\"%zu\":{\"dtype\":\"F32\",\"shape\":[1],"
                                 "\"data_offsets\":[%zu,%zu]}",
                                 used ? "," : "{", i, 4 * i, 4 * i + 4);
    header[used++] = '}';
    const image made = make_image(used, header, used, NULL, 4 * count);
    free(header);
    return made;
}

START_TEST(parse_reads_as_many_tensors_as_the_limit)
{
    for (size_t count = 1023; count <= 1024; count++) {
        cvl_safetensors out = expect_parsed(many(count));
        ck_assert_uint_eq(out.tensor_count, count);
        for (size_t i = 0; i < count; i++) {
            char name[8];
            snprintf(name, sizeof name, "%zu", i);
            ck_assert_str_eq(out.tensors[i].name, name);
        }
        cvl_safetensors_free(&out);
    }
    expect_refused(many(1025), CVL_EUNSUPPORTED,
                   "has 1025 tensors, convlet reads at most 1024; save fewer");
}
END_TEST

/* The worst a header of 1 MiB can hold. */
START_TEST(parse_reads_the_most_metadata_a_header_can_hold)
{
    char *const header = malloc(CVL_SAFETENSORS_MAX_HEADER);
    ck_assert_ptr_nonnull(header);
    const size_t room = CVL_SAFETENSORS_MAX_HEADER, count = 74000;
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(header + used, room - used, "%s\"%zx\":\"\"",
                                 i ? "," : "{\"__metadata__\":{", i + 0x10000);
    header[used++] = '}';
    header[used++] = '}';
    cvl_safetensors out =
        expect_parsed(make_image(used, header, used, NULL, 0));
    ck_assert_uint_eq(out.metadata_count, count);
    ck_assert_str_eq(out.metadata[count - 1].key, "2210f");
    cvl_safetensors_free(&out);
    free(header);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("safetensors");
    TCase *const cases = tcase_create("safetensors");
    tcase_add_test(cases, parse_returns_tensors_in_the_order_of_their_data);
    tcase_add_test(cases, parse_returns_metadata_with_every_escape_resolved);
    tcase_add_test(cases, parse_reads_what_the_official_writer_wrote);
    tcase_add_test(cases, parse_refuses_a_file_cut_short_at_any_byte);
    tcase_add_test(cases, parse_survives_every_flipped_bit);
    tcase_add_test(cases, parse_reads_a_header_up_to_the_limit);
    tcase_add_test(cases, parse_reads_as_many_tensors_as_the_limit);
    tcase_add_test(cases, parse_reads_the_most_metadata_a_header_can_hold);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
