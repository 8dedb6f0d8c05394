/* test_safetensors_header.c - a wrong header is refused, and told what. */
#include <stdio.h>

#include "safetensors_image.h"

/* A header that is refused, before how many bytes of data, and why. */
static const struct {
    const char *header;
    size_t data_size;
    cvl_status status;
    const char *message;
} REFUSED[] = {
    {"", 0, CVL_EFORMAT,
     "header is damaged at byte 8: expected '{'; save the file again"},
    {" {}", 0, CVL_EFORMAT,
     "header is damaged at byte 8: expected '{'; save the file again"},
    {"[]", 0, CVL_EFORMAT,
     "header is damaged at byte 8: expected '{'; save the file again"},
    {"{", 0, CVL_EFORMAT,
     "header is damaged at byte 9: expected a name in quotes; save the file "
     "again"},
    {"{\"a", 0, CVL_EFORMAT,
     "header is damaged at byte 11: expected a closing quote; save the file "
     "again"},
    {"{\"a\"", 0, CVL_EFORMAT,
     "header is damaged at byte 12: expected ':'; save the file again"},
    {"{\"a\":", 0, CVL_EFORMAT,
     "header is damaged at byte 13: expected a text, a whole number, '[' or "
     "'{'; save the file again"},
    {"{\"a\":{}", 0, CVL_EFORMAT,
     "header is damaged at byte 15: expected ',' or '}'; save the file again"},
    {"{\"a\":[1 2]}", 0, CVL_EFORMAT,
     "header is damaged at byte 16: expected ',' or ']'; save the file again"},
    {"{\"a\":{},}", 0, CVL_EFORMAT,
     "header is damaged at byte 16: expected a name in quotes; save the file "
     "again"},
    {"{a:1}", 0, CVL_EFORMAT,
     "header is damaged at byte 9: expected a name in quotes; save the file "
     "again"},
    {"{} x", 0, CVL_EFORMAT,
     "header is damaged at byte 11: expected nothing more after '}'; save the "
     "file again"},
    {"{}{}", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected nothing more after '}'; save the "
     "file again"},
    {"{\"a\":-1}", 0, CVL_EFORMAT,
     "header is damaged at byte 13: expected a text, a whole number, '[' or "
     "'{'; save the file again"},
    {"{\"a\":+1}", 0, CVL_EFORMAT,
     "header is damaged at byte 13: expected a text, a whole number, '[' or "
     "'{'; save the file again"},
    {"{\"a\":.5}", 0, CVL_EFORMAT,
     "header is damaged at byte 13: expected a text, a whole number, '[' or "
     "'{'; save the file again"},
    {"{\"a\":NaN}", 0, CVL_EFORMAT,
     "header is damaged at byte 13: expected a text, a whole number, '[' or "
     "'{'; save the file again"},
    {"{\"a\":1.5}", 0, CVL_EFORMAT,
     "header is damaged at byte 14: expected ',' or '}'; save the file again"},
    {"{\"a\":1e3}", 0, CVL_EFORMAT,
     "header is damaged at byte 14: expected ',' or '}'; save the file again"},
    {"{\"a\":01}", 0, CVL_EFORMAT,
     "header is damaged at byte 13: expected a number without a leading 0; "
     "save the file again"},
    {"{\"a\":1000000000000000}", 0, CVL_EFORMAT,
     "header is damaged at byte 13: expected a number of at most 15 digits; "
     "save the file again"},
    {"{\"a\":[[[1]]]}", 0, CVL_EFORMAT,
     "header is damaged at byte 15: expected at most 3 levels of brackets; "
     "save the file again"},
    {"{\"a\n\":1}", 0, CVL_EFORMAT,
     "header is damaged at byte 11: expected no control character; save the "
     "file again"},
    {"{\"\\x\":1}", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected an escape such as \\n; save the "
     "file again"},
    {"{\"\\u12g4\":1}", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected four hexadecimal digits of a "
     "character; save the file again"},
    {"{\"\\ud800\":1}", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected four hexadecimal digits of a "
     "character; save the file again"},
    {"{\"\\udc00\":1}", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected four hexadecimal digits of a "
     "character; save the file again"},
    {"{\"\\ud800\\u0041\":1}", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected four hexadecimal digits of a "
     "character; save the file again"},
    {"{\"\\ud800\\ud800\":1}", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected four hexadecimal digits of a "
     "character; save the file again"},
    {"{\"\\", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected an escape such as \\n; save the "
     "file again"},
    {"{\"\\u12", 0, CVL_EFORMAT,
     "header is damaged at byte 10: expected four hexadecimal digits of a "
     "character; save the file again"},
    {"{\"a\\u0000b\":1}", 0, CVL_EUNSUPPORTED,
     "header has a zero character at byte 11, convlet reads texts without; "
     "save the file without it"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{"
     "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
     8, CVL_EFORMAT, "header has the name \"a\" twice; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
     "\"\\u0061\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
     8, CVL_EFORMAT, "header has the name \"a\" twice; save the file again"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, CVL_EFORMAT,
     "header has the name \"__metadata__\" twice; save the file again"},
    {"{\"__metadata__\":{\"k\":\"1\",\"l\":\"2\",\"k\":\"3\"}}", 0, CVL_EFORMAT,
     "header has metadata \"k\" twice; save the file again"},
    {"{\"__metadata__\":{\"k\":1}}", 0, CVL_EFORMAT,
     "metadata \"k\" is no text; save it as str(...)"},
    {"{\"__metadata__\":[]}", 0, CVL_EFORMAT,
     "\"__metadata__\" is no object of texts; save the file again"},
    {"{\"a\":1}", 0, CVL_EFORMAT,
     "tensor \"a\" is no object with dtype, shape and data_offsets; save the "
     "file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, CVL_EFORMAT,
     "tensor \"a\" has no key \"data_offsets\"; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, CVL_EFORMAT,
     "tensor \"a\" has no key \"shape\"; save the file again"},
    {"{\"a\":{}}", 0, CVL_EFORMAT,
     "tensor \"a\" has no key \"dtype\"; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F64\"}}", 0, CVL_EFORMAT,
     "tensor \"a\" has a second key \"dtype\"; save the file again"},
    {"{\"a\":{\"Dtype\":\"F32\"}}", 0, CVL_EFORMAT,
     "tensor \"a\" has the unknown key \"Dtype\"; save the file again"},
    {"{\"a\":{\"dtype\":1,\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": dtype is no text, expected \"F32\" or \"F64\"; save the "
     "file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":3,\"data_offsets\":[0,4]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": shape is no list of whole numbers; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,\"2\"],\"data_offsets\":[0,4]}}",
     4, CVL_EFORMAT,
     "tensor \"a\": shape is no list of whole numbers; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": shape is no list of whole numbers; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,4]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": shape is no list of whole numbers; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": data_offsets are no two whole numbers; save the file "
     "again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": data_offsets are no two whole numbers; save the file "
     "again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": data_offsets are no two whole numbers; save the file "
     "again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":4}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": data_offsets are no two whole numbers; save the file "
     "again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\"0\",4]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": data_offsets are no two whole numbers; save the file "
     "again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,4]}}", 12,
     CVL_EFORMAT,
     "tensor \"a\": F32 of shape [1,2] needs 8 bytes, data_offsets are [0,4]; "
     "save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,12]}}", 12,
     CVL_EFORMAT,
     "tensor \"a\": F32 of shape [1,2] needs 8 bytes, data_offsets are [0,12]; "
     "save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,0]}}", 12,
     CVL_EFORMAT,
     "tensor \"a\": F32 of shape [1,2] needs 8 bytes, data_offsets are [8,0]; "
     "save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[999999999999999,999999999999999],"
     "\"data_offsets\":[0,4]}}",
     4, CVL_EFORMAT,
     "tensor \"a\": F32 of shape [999999999999999,999999999999999] needs more "
     "than any memory; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[999999999999,4611686],\"data_"
     "offsets\":[0,4]}}",
     4, CVL_EFORMAT,
     "tensor \"a\": F32 of shape [999999999999,4611686] needs "
     "18446743999981553256 bytes, data_offsets are [0,4]; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8,
     CVL_EFORMAT,
     "tensor \"a\" begins at byte 4 of the data, expected 0; save the file "
     "again"},
    {"{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},\"a\":{"
     "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
     12, CVL_EFORMAT,
     "tensor \"b\" begins at byte 8 of the data, expected 4; save the file "
     "again"},
    {"{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]},\"a\":{"
     "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
     12, CVL_EFORMAT,
     "tensor \"b\" begins at byte 4 of the data, before tensor \"a\" ends at "
     "8; save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7,
     CVL_EFORMAT,
     "tensor \"a\" ends at byte 8 of the data, the file has 7; it is cut "
     "short"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 9,
     CVL_EFORMAT,
     "has 9 bytes of data, its tensors end at 8; save the file again"},
    {"{}", 1, CVL_EFORMAT,
     "has 1 byte of data, its tensors end at 0; save the file again"},
    {"{\"\\u001b["
     "31m\\\"\\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\":1}",
     0, CVL_EFORMAT,
     "tensor "
     "\"\\x1b[31m\\x22\\x0axxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."
     "\" is no object with dtype, shape and data_offsets; save the file again"},
    {"{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8,
     CVL_EUNSUPPORTED,
     "tensor \"a\" has the dtype \"f32\", convlet reads F32 and F64; save it "
     "as t.float() or t.double()"},
    {"{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
     CVL_EFORMAT,
     "tensor \"a\": I64 of shape [1] needs 8 bytes, data_offsets are [0,4]; "
     "save the file again"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[4,0]}}",
     4, CVL_EFORMAT, "tensor \"a\" ends before it begins; save the file again"},
};

START_TEST(parse_refuses_a_wrong_header_and_says_why)
{
    expect_refused(make(REFUSED[_i].header, REFUSED[_i].data_size),
                   REFUSED[_i].status, REFUSED[_i].message);
}
END_TEST

/* What convlet does not do is listed, with the reason. */
static const struct {
    const char *header;
    size_t data_size;
    const char *why;
} UNREAD[] = {
    {"{\"a\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}}", 8,
     "tensor \"a\" has the dtype \"F16\", convlet reads F32 and F64; save it "
     "as t.float() or t.double()"},
    {"{\"a\":{\"dtype\":\"BF16\",\"shape\":[2,2],\"data_offsets\":[0,8]}}", 8,
     "tensor \"a\" has the dtype \"BF16\", convlet reads F32 and F64; save it "
     "as t.float() or t.double()"},
    {"{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 8,
     "tensor \"a\" has the dtype \"I64\", convlet reads F32 and F64; save it "
     "as t.float() or t.double()"},
    {"{\"a\":{\"dtype\":\"U32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8,
     "tensor \"a\" has the dtype \"U32\", convlet reads F32 and F64; save it "
     "as t.float() or t.double()"},
    {"{\"a\":{\"dtype\":\"BOOL\",\"shape\":[8],\"data_offsets\":[0,8]}}", 8,
     "tensor \"a\" has the dtype \"BOOL\", convlet reads F32 and F64; save it "
     "as t.float() or t.double()"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4,
     "tensor \"a\" is a single number, shape []; save it as t.reshape(1)"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]}}",
     4,
     "tensor \"a\" has 5 axes, convlet takes 1 to 4; save it as "
     "t.reshape(...)"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2,0],\"data_offsets\":[0,0]}}", 0,
     "tensor \"a\" is empty, shape [2,0]; leave it out"},
};

START_TEST(parse_passes_over_what_it_does_not_do)
{
    char why[CVL_UNREAD_SIZE];
    cvl_safetensors out =
        expect_parsed(make(UNREAD[_i].header, UNREAD[_i].data_size));
    ck_assert_uint_eq(out.tensor_count, 0);
    ck_assert_uint_eq(out.unread_count, 1);
    ck_assert_ptr_eq(cvl_safetensors_unread(&out, "a"), out.unread);
    ck_assert_ptr_null(cvl_safetensors_unread(&out, "b"));
    ck_assert_str_eq(cvl_unread_why(out.unread, why), UNREAD[_i].why);
    cvl_safetensors_free(&out);
}
END_TEST

/* Between others, it is told from them by its place. */
START_TEST(parse_reads_what_is_beside_the_unread)
{
    cvl_safetensors out = expect_parsed(
        make("{\"n\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[4,12]},"
             "\"e\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]},"
             "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[12,20]},"
             "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
             20));
    ck_assert_uint_eq(out.tensor_count, 2);
    ck_assert_str_eq(out.tensors[0].name, "a");
    ck_assert_str_eq(out.tensors[1].name, "b");
    ck_assert_uint_eq(out.tensors[1].tensor.count, 2);
    ck_assert_uint_eq(out.unread_count, 2);
    ck_assert_str_eq(out.unread[0].name, "e");
    ck_assert_str_eq(out.unread[1].dtype, "I64");
    cvl_safetensors_free(&out);
}
END_TEST

START_TEST(parse_takes_null_for_no_metadata)
{
    cvl_safetensors out = expect_parsed(make("{\"__metadata__\": null }", 0));
    ck_assert_uint_eq(out.metadata_count, 0);
    cvl_safetensors_free(&out);
    expect_refused(make("{\"__metadata__\":nul}", 0), CVL_EFORMAT,
                   "header is damaged at byte 24: expected a text, a whole "
                   "number, '[' or '{'; save the file again");
    expect_refused(make("{\"__metadata__\":{\"k\":null}}", 0), CVL_EFORMAT,
                   "metadata \"k\" is no text; save it as str(...)");
    expect_refused(make("{\"a\":null}", 0), CVL_EFORMAT,
                   "tensor \"a\" is no object with dtype, shape and "
                   "data_offsets; save the file again");
}
END_TEST

/* Each as a name: a stray byte, overlong, a surrogate, too large, cut off. */
START_TEST(parse_refuses_what_is_no_utf8)
{
    static const char *const wrong[] = {
        "\x80",
        "\xc3",
        "\xc0\xaf",
        "\xe0\x80\xaf",
        "\xed\xa0\x80",
        "\xf0\x80\x80\xaf",
        "\xf4\x90\x80\x80",
        "\xff",
        "\xe2\x82",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char header[16];
        snprintf(header, sizeof header, "{\"%s\":1}", wrong[i]);
        expect_refused(make(header, 0), CVL_EFORMAT,
                       "header is damaged at byte 10: expected a character in "
                       "UTF-8; save the file again");
    }
}
END_TEST

START_TEST(parse_refuses_a_raw_zero_in_and_between_texts)
{
    expect_refused(make_image(7, "{\"a\0\":1}", 7, NULL, 0), CVL_EFORMAT,
                   "header is damaged at byte 11: expected no control "
                   "character; save the file again");
    expect_refused(make_image(4, "{}\0\0", 4, NULL, 0), CVL_EFORMAT,
                   "header is damaged at byte 10: expected nothing more after "
                   "'}'; save the file again");
}
END_TEST

START_TEST(parse_refuses_a_header_longer_than_the_file)
{
    static const struct {
        uint64_t length;
        const char *message;
    } lengths[] = {
        {3, "header should have 3 bytes, the file has 2 more; it is cut short "
            "or no safetensors file"},
        {UINT64_C(1) << 63,
         "header should have 9223372036854775808 bytes, the file has 2 more; "
         "it is cut short or no safetensors file"},
        {UINT64_MAX,
         "header should have 18446744073709551615 bytes, the file has 2 more; "
         "it is cut short or no safetensors file"},
    };
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        expect_refused(make_image(lengths[i].length, "{}", 2, NULL, 0),
                       CVL_EFORMAT, lengths[i].message);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("safetensors_header");
    TCase *const cases = tcase_create("safetensors_header");
    tcase_add_loop_test(cases, parse_passes_over_what_it_does_not_do, 0,
                        (int)(sizeof UNREAD / sizeof *UNREAD));
    tcase_add_test(cases, parse_reads_what_is_beside_the_unread);
    tcase_add_test(cases, parse_takes_null_for_no_metadata);
    tcase_add_loop_test(cases, parse_refuses_a_wrong_header_and_says_why, 0,
                        (int)(sizeof REFUSED / sizeof *REFUSED));
    tcase_add_test(cases, parse_refuses_what_is_no_utf8);
    tcase_add_test(cases, parse_refuses_a_raw_zero_in_and_between_texts);
    tcase_add_test(cases, parse_refuses_a_header_longer_than_the_file);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
