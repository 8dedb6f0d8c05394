/* test_npy_header.c - a header is refused by name, place and remedy. */
#include <stdio.h>
#include <string.h>

#include "convlet/npy.h"
#include "expect.h"
#include "npy_bytes.h"

static void expect_header_refused(const char *header, cvl_status status,
                                  const char *message)
{
    const npy file = make(1, header, 16);
    expect_refused(&file, status, message);
}

START_TEST(npy_refuses_types_by_name_with_the_remedy)
{
#define FLOATS "floats: numpy.save(path, a.astype('float64'))"
    static const struct {
        const char *descr, *message;
    } cases[] = {
        {"'<i8'", "holds int64 ('<i8') values; save it as " FLOATS},
        {"'>i4'", "holds int32 ('>i4') values; save it as " FLOATS},
        {"'|u1'", "holds uint8 ('|u1') values; save it as " FLOATS},
        {"'|b1'", "holds bool ('|b1') values; save it as " FLOATS},
        {"'<f2'", "holds float16 ('<f2') values; save it as " FLOATS},
        {"'<f16'", "holds float128 ('<f16') values; save it as " FLOATS},
        {"'<f80'", "holds float640 ('<f80') values; save it as " FLOATS},
        {"'<c16'", "holds complex128 ('<c16') values; save its real part: "
                   "numpy.save(path, a.real)"},
        {"'<U5'", "holds text ('<U5') values; save it as " FLOATS},
        {"'|S3'", "holds byte string ('|S3') values; save it as " FLOATS},
        {"'<M8[ns]'", "holds date ('<M8[ns]') values; save it as " FLOATS},
        {"'<m8[s]'", "holds time span ('<m8[s]') values; save it as " FLOATS},
        {"'|V12'", "holds raw byte ('|V12') values; save it as " FLOATS},
        {"'|O'", "holds Python objects ('|O'), which are never loaded; save "
                 "it as " FLOATS},
        {"'<q9'", "holds values of an unknown type, '<q9'; save it as " FLOATS},
        {"''", "holds values of an unknown type, ''; save it as " FLOATS},
        {"'<'", "holds values of an unknown type, '<'; save it as " FLOATS},
        {"'<f99999999999999999999'", "holds float"},
        {"'>f8'", "is big-endian ('>f8'); save it as little-endian: "
                  "numpy.save(path, a.astype('<f8'))"},
        {"'>f4'", "is big-endian ('>f4'); save it as little-endian: "
                  "numpy.save(path, a.astype('<f4'))"},
        {"'f8'", "has no byte order ('f8'); save it as little-endian: "
                 "numpy.save(path, a.astype('<f8'))"},
        {"'=f4'", "has no byte order ('=f4'); save it as little-endian: "
                  "numpy.save(path, a.astype('<f4'))"},
        {"[('r', '<f4'), ('g', '<f4')]",
         "holds records; save one field: numpy.save(path, a['name'])"},
        {"('<f8', (2,))",
         "holds records; save one field: numpy.save(path, a['name'])"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[200];
        snprintf(header, sizeof header,
                 "{'descr': %s, 'fortran_order': False, 'shape': (2,), }",
                 cases[i].descr);
        if (strcmp(cases[i].message, "holds float") != 0) {
            expect_header_refused(header, CVL_EUNSUPPORTED, cases[i].message);
            continue;
        }
        /* The width is nonsense, and so is what the message makes of it. */
        cvl_tensor tensor;
        const npy file = make(1, header, 16);
        ck_assert_int_eq(parse(&file, &tensor, NULL), CVL_EUNSUPPORTED);
    }
}
END_TEST

START_TEST(npy_refuses_fortran_order_by_name)
{
    expect_header_refused(
        "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 2), }",
        CVL_EUNSUPPORTED,
        "is in Fortran order; save it in C order: numpy.save(path, "
        "numpy.ascontiguousarray(a))");
}
END_TEST

/* As Python 2 writes sizes, and as a row or column is in either order. */
START_TEST(npy_takes_what_means_a_c_array)
{
    static const char *const headers[] = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2L,), }",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1L, 2L), }",
        "{'descr': '<f8', 'fortran_order': True, 'shape': (2,), }",
        "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2, 1), }",
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const npy file = make(1, headers[i], 16);
        cvl_tensor tensor;
        cvl_error err;
        expect_ok(cvl_npy_parse(file.bytes, file.size, &tensor, &err), err);
        ck_assert_uint_eq(tensor.count, 2);
        cvl_tensor_free(&tensor);
    }
    expect_header_refused(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2 L,), }",
        CVL_EFORMAT,
        "header is damaged at byte 63: expected ',' or ')'; save the array "
        "again with numpy.save");
}
END_TEST

START_TEST(npy_refuses_shapes_that_convlet_has_not)
{
    static const struct {
        const char *shape;
        cvl_status status;
        const char *message;
    } cases[] = {
        {"()", CVL_EUNSUPPORTED,
         "holds a single number, shape (); save it as an array: "
         "numpy.save(path, numpy.atleast_1d(a))"},
        {"(1, 1, 1, 1, 2)", CVL_EUNSUPPORTED,
         "has 5 axes, convlet takes 1 to 4; save fewer: numpy.save(path, "
         "a.reshape(...))"},
        {"(2, 0)", CVL_EUNSUPPORTED,
         "is empty, shape (2, 0); save an array whose axes are all 1 or more"},
        {"(3,)", CVL_EFORMAT,
         "has 16 bytes of data, shape (3,) needs 24; save the array again"},
        {"(1, 1)", CVL_EFORMAT,
         "has 16 bytes of data, shape (1, 1) needs 8; save the array again"},
        {"(4294967296, 4294967296)", CVL_EFORMAT,
         "has 16 bytes of data, shape (4294967296, 4294967296) needs more "
         "than any memory; save the array again"},
        {"(2305843009213693952,)", CVL_EFORMAT,
         "has 16 bytes of data, shape (2305843009213693952,) needs more than "
         "any memory; save the array again"},
        {"(99999999999999999999,)", CVL_EFORMAT,
         "header is damaged at byte 61: expected a number that is smaller "
         "than any memory; save the array again with numpy.save"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[200];
        snprintf(header, sizeof header,
                 "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }",
                 cases[i].shape);
        expect_header_refused(header, cases[i].status, cases[i].message);
    }
}
END_TEST

START_TEST(npy_names_the_place_where_a_header_is_damaged)
{
#define DF "{'descr': '<f8', 'fortran_order': False, 'shape': "
    static const struct {
        const char *header, *at, *expected;
    } cases[] = {
        {"", "10", "'{'"},
        {"['descr']", "10", "'{'"},
        {"{'descr", "17", "a closing quote"},
        {"{descr: '<f8'}", "11", "a key in quotes or '}'"},
        {"{'descr' '<f8'}", "19", "':'"},
        {"{'descr': 8}", "20", "a type such as '<f8'"},
        {"{'descr': '\\x3cf8'}", "21", "plain text without escapes"},
        {"{'descr': '\x1b[31m'}", "21", "plain text without escapes"},
        {"{'descr': '<f8\n'}", "24", "plain text without escapes"},
        {"{'descr': '01234567890123456789012345678901'}", "52",
         "a text of at most 31 characters"},
        {"{'fortran_order': 0}", "28", "True or False"},
        {"{'shape': 2}", "20", "a shape such as (2, 3)"},
        {"{'shape': [2]}", "20", "a shape such as (2, 3)"},
        {"{'shape': (2)}", "22", "',' as in (5,)"},
        {"{'shape': (,)}", "21", "a whole number or ')'"},
        {"{'shape': (-2,)}", "21", "a whole number or ')'"},
        {"{'shape': (2.0,)}", "22", "',' or ')'"},
        {"{'shape': (2,,)}", "23", "a whole number or ')'"},
        {"{'shape': (2 3)}", "23", "',' or ')'"},
        {"{'shape': (2,) 'descr': '<f8'}", "25", "',' or '}'"},
        {"{'shape': (2,),, }", "25", "a key in quotes or '}'"},
        {DF "(2,), } x", "68", "nothing more after '}'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[200];
        snprintf(message, sizeof message,
                 "header is damaged at byte %s: expected %s; save the array "
                 "again with numpy.save",
                 cases[i].at, cases[i].expected);
        expect_header_refused(cases[i].header, CVL_EFORMAT, message);
    }
}
END_TEST

START_TEST(npy_refuses_unknown_double_and_missing_keys)
{
    expect_header_refused("{'colour': 1}", CVL_EFORMAT,
                          "header has the unknown key 'colour'; save the "
                          "array again with numpy.save");
    expect_header_refused("{'descr': '<f8', 'descr': '<f8'}", CVL_EFORMAT,
                          "header has a second key 'descr'; save the array "
                          "again with numpy.save");
    expect_header_refused("{}", CVL_EFORMAT,
                          "header has no key 'descr'; save the array again "
                          "with numpy.save");
    expect_header_refused("{'descr': '<f8', 'shape': (2,)}", CVL_EFORMAT,
                          "header has no key 'fortran_order'; save the array "
                          "again with numpy.save");
    expect_header_refused("{'descr': '<f8', 'fortran_order': False}",
                          CVL_EFORMAT,
                          "header has no key 'shape'; save the array again "
                          "with numpy.save");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        npy_refuses_types_by_name_with_the_remedy,
        npy_refuses_fortran_order_by_name,
        npy_takes_what_means_a_c_array,
        npy_refuses_shapes_that_convlet_has_not,
        npy_names_the_place_where_a_header_is_damaged,
        npy_refuses_unknown_double_and_missing_keys,
        NULL,
    };
    return run_tests("npy_header", tests);
}
