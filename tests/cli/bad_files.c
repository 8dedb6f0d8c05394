/* bad_files.c - see bad_files.h for the contract. */
#include "bad_files.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "convlet/npy.h"
#include "expect.h"
#include "fixtures.h"

/* Good ones, and ones whose shapes do not go with them. */
static void make_arrays(void)
{
    static const struct {
        const char *name;
        size_t ndim, shape[4];
    } arrays[] = {
        {"x.npy", 4, {1, 2, 5, 5}},
        {"w.npy", 4, {3, 2, 3, 3}},
        {"b.npy", 1, {3}},
        {"dy.npy", 4, {1, 3, 3, 3}},
        {"w_deep.npy", 4, {3, 4, 3, 3}},
        {"w_large.npy", 4, {3, 2, 9, 9}},
        {"b_long.npy", 1, {4}},
        {"b_square.npy", 2, {3, 1}},
        {"dy_small.npy", 4, {1, 3, 2, 2}},
        {"t_deep.npy", 4, {2, 5, 11, 11}},
        {"t_large.npy", 4, {2, 4, 12, 12}},
        {"x_batch.npy", 4, {3, 2, 5, 5}},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        put_array(arrays[i].name, arrays[i].ndim, arrays[i].shape);
}

/* x.npy with one value that is not finite. */
static void put_nonfinite(const char *name, size_t index, double value)
{
    cvl_tensor tensor = get_array("x.npy");
    cvl_error err;
    cvl_tensor_set(&tensor, index, value);
    expect_ok(cvl_npy_save(name, &tensor, &err), err);
    cvl_tensor_free(&tensor);
}

static void make_damaged_arrays(void)
{
    static const struct {
        const char *name, *header;
        size_t data;
    } headers[] = {
        {"int64.npy",
         "{'descr': '<i8', 'fortran_order': False, "
         "'shape': (2,), }",
         16},
        {"fortran.npy",
         "{'descr': '<f8', 'fortran_order': True, "
         "'shape': (2, 2), }",
         32},
        {"object.npy",
         "{'descr': '|O', 'fortran_order': False, "
         "'shape': (2,), }",
         16},
        {"big.npy",
         "{'descr': '>f8', 'fortran_order': False, "
         "'shape': (2,), }",
         16},
        {"five.npy",
         "{'descr': '<f8', 'fortran_order': False, "
         "'shape': (1, 1, 1, 1, 2), }",
         16},
        {"cut.npy",
         "{'descr': '<f8', 'fortran_order': False, "
         "'shape': (2,), }",
         15},
        {"long.npy",
         "{'descr': '<f8', 'fortran_order': False, "
         "'shape': (2,), }",
         17},
        {"none.npy",
         "{'descr': '<f8', 'fortran_order': False, "
         "'shape': (2, 0), }",
         0},
        {"number.npy",
         "{'descr': '<f8', 'fortran_order': False, "
         "'shape': (), }",
         8},
        {"huge.npy",
         "{'descr': '<f8', 'fortran_order': False, "
         "'shape': (4294967296, 4294967296), }",
         8},
        {"header.npy", "{'descr': <f8}", 8},
        {"complex.npy",
         "{'descr': '<c16', 'fortran_order': False, "
         "'shape': (1,), }",
         16},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        put_npy(headers[i].name, headers[i].header, headers[i].data);
    put_nonfinite("nan.npy", 7, NAN);
    put_nonfinite("inf.npy", 49, (double)-INFINITY);
    put_bytes("version.npy", "\x93NUMPY\x09\x00\x10\x00                ", 26);
    put_bytes("cuthead.npy", "\x93NUMPY\x01\x00\x76\x00{'descr'", 18);
    put_bytes("zip.npy", "PK\3\4..............", 18);
    put_bytes("empty.npy", "", 0);
    put_bytes("text.npy", "1.0 2.0 3.0\n", 12);
}

static void make_damaged_pictures(void)
{
    static const char ppm[] = "P6\n2 2\n255\n12345";
    static const char maximum[] = "P5 2 2 70000\n1234";
    static const char plain[] = "P3\n1 1\n255\n1 2 3\n";
    static const char gif[] = "GIF89a\1\0\1\0\0\0\0;";
    put_bytes("small.ppm", "P6 1 1 255\n123", 14);
    put_picture("good.png", "rgb8.png", 0, 0);
    put_picture("cut.png", "rgb8.png", 100, 0);
    put_picture("crc.png", "rgb8.png", 0, 70);
    put_picture("bomb.png", "bomb.png", 0, 0);
    put_picture("cut.jpg", "rgb.jpg", 300, 0);
    put_picture("flipped.jpg", "rgb.jpg", 0, 20);
    put_picture("cut.bmp", "rgb24.bmp", 120, 0);
    put_picture("bits.bmp", "rgb24.bmp", 0, 28);
    put_bytes("cut.ppm", ppm, sizeof ppm - 1);
    put_bytes("maximum.pgm", maximum, sizeof maximum - 1);
    put_bytes("plain.ppm", plain, sizeof plain - 1);
    put_bytes("gif.png", gif, sizeof gif - 1);
    put_bytes("empty.png", "", 0);
    put_bytes("text.png", "not a picture\n", 14);
}

static void make_configs(void)
{
    static const struct {
        const char *name, *text;
    } configs[] = {
        {"key.ini", "; a run\n[training]\nsteps = 5\nlearningrate = 0.1\n"},
        {"section.ini", "[training]\nstride = 2\n"},
        {"name.ini", "[trainig]\nsteps = 5\n"},
        {"value.ini", "[training]\nsteps = many\n"},
        {"range.ini", "[training]\nmomentum = 1\n"},
        {"twice.ini", "[training]\nsteps = 5\nlr = 1\nsteps = 6\n"},
        {"line.ini", "[training]\nsteps\n"},
        {"other.ini", "[data]\nweight = w.npy\n"},
        {"flag.ini", "preset = filter\n"},
        {"quote.ini", "[geometry]\nnet = \"conv 8 3x3\n"},
    };
    static char too_long[9000] = "[data]\ninput = ";
    for (size_t i = 0; i < sizeof configs / sizeof configs[0]; i++)
        put_bytes(configs[i].name, configs[i].text, strlen(configs[i].text));
    put_bytes("binary.ini", "[data]\nseed = 1\0\n", 17);
    memset(too_long + 15, 'x', sizeof too_long - 15);
    put_bytes("long.ini", too_long, sizeof too_long);
}

void make_bad_files(void)
{
    static const char config[] =
        "; convlet train --config FILE, with this file, runs this\n";
    make_arrays();
    make_damaged_arrays();
    make_damaged_pictures();
    make_configs();
    ck_assert_int_eq(mkdir("dir", 0777), 0);
    ck_assert_int_eq(mkdir("earlier", 0777), 0);
    put_bytes("earlier/config.ini", config, sizeof config - 1);
    put_bytes("earlier/loss.csv", "step,loss\n", 10);
}
