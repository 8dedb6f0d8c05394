/* test_sample_limits.c - samples at the limits of their formats, and beyond. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"
#include "sanitized.h"

enum { PIXELS = 36, RECORD = 3073, LIMIT = 1 << 17 };

/* Writes an IDX file of these axes, all of them big-endian. */
static void put_idx(const char *name, unsigned type, size_t ndim,
                    const uint32_t *shape, const void *data, size_t size)
{
    unsigned char bytes[512] = {0, 0, (unsigned char)type, (unsigned char)ndim};
    size_t at = 4;
    for (size_t i = 0; i < ndim; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes[at++] = (unsigned char)(shape[i] >> shift & 255);
    ck_assert_uint_le(at + size, sizeof bytes);
    if (size) memcpy(bytes + at, data, size);
    put_bytes(name, bytes, at + size);
}

/* Four samples of 6 x 6, and labels that fit. */
static void put_good(void)
{
    unsigned char pixels[4 * PIXELS];
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (unsigned char)(i / PIXELS * 60 + i % 9);
    put_idx("images", 8, 3, (const uint32_t[]){4, 6, 6}, pixels, sizeof pixels);
    put_idx("labels", 8, 1, (const uint32_t[]){4}, "\0\1\0\1", 4);
}

/* A header with this word for a shape, and no data. */
static void put_shape(const char *name, const char *type, const char *shape)
{
    char header[160];
    snprintf(header, sizeof header,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s}\n", type,
             shape);
    put_npy(name, header, 0);
}

/* Labels 0, 1, this one, 1. */
static void put_label(const char *name, uint32_t label)
{
    unsigned char data[16] = {[7] = 1, [15] = 1};
    for (size_t i = 0; i < 4; i++)
        data[11 - i] = (unsigned char)(label >> 8 * i & 255);
    put_idx(name, 0x0c, 1, (const uint32_t[]){4}, data, sizeof data);
}

static void put_sizes(void)
{
    static const uint32_t most[] = {UINT32_MAX, UINT32_MAX, UINT32_MAX,
                                    UINT32_MAX},
                          many[] = {UINT32_MAX, 28, 28}, none[] = {0, 28, 28},
                          nine[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    put_good();
    put_idx("most", 0x0e, 4, most, NULL, 0);
    put_idx("many", 8, 3, many, NULL, 0);
    put_idx("none", 8, 3, none, NULL, 0);
    put_idx("nine", 8, 9, nine, "x", 1);
    put_idx("much", 8, 1, most, NULL, 0);
    put_label("label999", 999);
    put_label("label1000", 1000);
    put_label("label65535", 65535);
    put_label("label-1", UINT32_MAX);
    put_shape("most.npy", "<f4", "(18446744073709551615, 1, 1, 1)");
    put_shape("wraps.npy", "<f4", "(4294967296, 4294967296, 1, 1)");
    put_shape("end.npy", "|u1", "(9223372036854775807, 2, 1)");
    put_shape("beyond.npy", "|u1", "(99999999999999999999, 1, 1)");
    put_bytes("empty", "", 0);
}

#define SHORT "; it is cut short or damaged: get it again\n"

/* What is given as --data, and what is said of it. */
struct refusal {
    const char *data, *message;
};

static const struct refusal sizes[] = {
    {"most,labels",
     "most: has 0 bytes of data, 4294967295 x 4294967295 x 4294967295 x "
     "4294967295 elements need more than any memory\n"},
    {"many,labels",
     "many: has 0 bytes of data, 4294967295 x 28 x 28 elements of 1 byte need "
     "3367254359280; it is cut short\n"},
    {"none,labels", "none: is empty, of 0 x 28 x 28 elements; expected 1 or "
                    "more along each axis\n"},
    {"nine,labels", "nine: has 9 axes, convlet takes 1 to 4; save fewer\n"},
    {"images,much",
     "much: has 0 bytes of data, 4294967295 elements of 1 byte need "
     "4294967295; it is cut short\n"},
    {"images,label1000",
     "label1000: label 2 is 1000; expected whole numbers from 0 to 999\n"},
    {"images,label65535",
     "label65535: label 2 is 65535; expected whole numbers from 0 to 999\n"},
    {"images,label-1",
     "label-1: label 2 is -1; expected whole numbers from 0 to 999\n"},
    {"most.npy,labels",
     "most.npy: has 0 bytes of data, shape (18446744073709551615, 1, 1, 1) "
     "needs more than any memory; save the array again\n"},
    {"wraps.npy,labels",
     "wraps.npy: has 0 bytes of data, shape (4294967296, 4294967296, 1, 1) "
     "needs more than any memory; save the array again\n"},
    {"end.npy,labels",
     "end.npy: has 0 bytes of data, shape (9223372036854775807, 2, 1) needs "
     "18446744073709551614; save the array again\n"},
    {"beyond.npy,labels",
     "beyond.npy: header is damaged at byte 61: expected a number that is "
     "smaller than any memory; save the array again with numpy.save\n"},
    {"empty,labels",
     "empty: is empty; expected an array, a .npy or IDX file\n"},
    {"images,empty",
     "empty: is empty; expected an array, a .npy or IDX file\n"},
};

/* What is wrong with a file is one line, and status 3. */
static void expect_refusal(const struct refusal *refusal)
{
    char line[128], message[512];
    snprintf(line, sizeof line,
             "train --data %s --net 'dense auto' --steps 1 --out run",
             refusal->data);
    snprintf(message, sizeof message, "convlet train: %s", refusal->message);
    const struct outcome outcome = run_expect(3, line);
    ck_assert_str_eq(outcome.err, message);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_int_ne(access("run", F_OK), 0);
}

START_TEST(sizes_that_cannot_be_are_refused)
{
    put_sizes();
    expect_refusal(&sizes[_i]);
}
END_TEST

START_TEST(the_largest_label_makes_as_many_classes)
{
    put_sizes();
    ck_assert_ptr_nonnull(
        strstr(run_expect(0, "train --data images,label999 --hold-out none "
                             "--net 'dense auto' --steps 1 --out run")
                   .err,
               "no sample to train on is of class 2, of 1000\n"));
    ck_assert_ptr_nonnull(strstr(
        run_expect(0, "show --model run/model.safetensors").out, "dense 1000"));
}
END_TEST

/* As gzip packs 160 bytes: an IDX header of 4 x 6 x 6 and zeros, stored. */
static size_t pack(unsigned char *bytes)
{
    static const unsigned char start[] = {0x1f, 0x8b, 8, 0,   0, 0,    0,    0,
                                          0,    3,    1, 160, 0, 0x5f, 0xff, 0,
                                          0,    8,    3, 0,   0, 0,    4,    0,
                                          0,    0,    6, 0,   0, 0,    6},
                               end[] = {0x82, 0x94, 0x10, 0xe4, 160, 0, 0, 0};
    memset(bytes, 0, 256);
    memcpy(bytes, start, sizeof start);
    memcpy(bytes + 15 + 160, end, sizeof end);
    return 15 + 160 + sizeof end;
}

/* How the trailer lies, or how much of the file is there. */
static const struct {
    uint32_t told;
    size_t cut;
    struct refusal refusal;
} packed[] = {
    {0,
     0,
     {"p.gz,labels",
      "p.gz: damaged gzip file: it unpacks to more than its end tells\n"}},
    {159,
     0,
     {"p.gz,labels",
      "p.gz: damaged gzip file: it unpacks to more than its end tells\n"}},
    {161,
     0,
     {"p.gz,labels",
      "p.gz: damaged gzip file: unpacks to 160 bytes, its end tells of "
      "161" SHORT}},
    {UINT32_MAX,
     0,
     {"p.gz,labels",
      "p.gz: damaged gzip file: 165 packed bytes cannot become the 4294967295 "
      "that its end tells of" SHORT}},
    {160,
     100,
     {"p.gz,labels",
      "p.gz: damaged gzip file: its packed data have no end; it is cut short: "
      "get it again\n"}},
    {160,
     1,
     {"p.gz,labels",
      "p.gz: damaged gzip file: unpacks to 160 bytes, its end tells of "
      "41188" SHORT}},
    {160,
     170,
     {"p.gz,labels",
      "p.gz: damaged gzip file: its 13 bytes end in the header; it is cut "
      "short: get it again\n"}},
};

START_TEST(packed_files_whose_end_lies_or_is_gone_are_refused)
{
    unsigned char bytes[256];
    const size_t size = pack(bytes);
    put_good();
    for (size_t i = 0; i < 4; i++)
        bytes[size - 4 + i] = (unsigned char)(packed[_i].told >> 8 * i & 255);
    put_bytes("p.gz", bytes, size - packed[_i].cut);
    expect_refusal(&packed[_i].refusal);
}
END_TEST

START_TEST(packed_file_that_is_whole_is_learned_from)
{
    unsigned char bytes[256];
    const size_t size = pack(bytes);
    put_good();
    put_bytes("p.gz", bytes, size);
    run_expect(0, "train --data p.gz,labels --net 'dense auto' --steps 1");
}
END_TEST

static const struct {
    size_t size;
    unsigned char label;
    int status;
    const char *message;
} records[] = {
    {RECORD, 9, 0, NULL},
    {0, 0, 3,
     "c.bin: has 0 bytes; expected a multiple of 3073, the records of "
     "CIFAR-10's binary version\n"},
    {RECORD - 1, 1, 3,
     "c.bin: has 3072 bytes; expected a multiple of 3073, the records of "
     "CIFAR-10's binary version\n"},
    {2 * (size_t)RECORD, 255, 3,
     "c.bin: label 0 is 255, at byte 0; expected 0 to 9\n"},
};

START_TEST(cifar_is_whole_records_of_ten_classes)
{
    static unsigned char bytes[2 * RECORD];
    bytes[0] = records[_i].label;
    put_bytes("c.bin", bytes, records[_i].size);
    if (records[_i].status)
        expect_refusal(&(struct refusal){"c.bin", records[_i].message});
    else
        run_expect(0, "train --data c.bin --hold-out none --net 'dense auto' "
                      "--steps 1");
}
END_TEST

/* A grey PNM of that size, whose pixels have this value. */
static void put_grey(const char *name, size_t width, size_t height, int value)
{
    static unsigned char bytes[LIMIT];
    const int head =
        snprintf((char *)bytes, 64, "P5\n%zu %zu\n255\n", width, height);
    memset(bytes + head, value, width * height);
    put_bytes(name, bytes, (size_t)head + width * height);
}

/* Two classes of two pictures each. */
static void put_classes(size_t width, size_t height)
{
    mkdir("set", 0777);
    mkdir("set/a", 0777);
    mkdir("set/b", 0777);
    put_grey("set/a/0.pgm", width, height, 20);
    put_grey("set/a/1.pgm", width, height, 30);
    put_grey("set/b/0.pgm", width, height, 220);
    put_grey("set/b/1.pgm", width, height, 230);
}

static const size_t shapes[][2] = {{1, 1}, {16384, 1}, {1, 16384}, {255, 257}};

START_TEST(pictures_of_every_shape_are_learned_and_told_apart)
{
    put_classes(shapes[_i][0], shapes[_i][1]);
    run_expect(0, "train --data set --hold-out last:1 --net 'dense auto' "
                  "--standardize --steps 20 --lr 1e-3 --out run");
    const struct outcome outcome = run_expect(
        0, "apply --model run/model.safetensors set/a/0.pgm set/b/1.pgm");
    ck_assert_str_ne(outcome.out, "");
}
END_TEST

START_TEST(pairs_of_every_shape_are_learned)
{
    put_classes(shapes[_i][0], shapes[_i][1]);
    run_expect(0, "train --input set/a --target set/b --batch-size 1 "
                  "--net 'conv 1 1x1' --reduction mean --lr 1e-3 --steps 2");
    put_grey("set/b/1.pgm", 2, 1, 0);
    ck_assert_ptr_nonnull(strstr(
        run_expect(3, "train --input set/a --target set/b --batch-size 1 "
                      "--net 'conv 1 1x1' --steps 2")
            .err,
        "; make all of them one size\n"));
}
END_TEST

START_TEST(thousands_of_files_and_of_classes_are_listed)
{
    char name[64];
    enum { FILES = 5000, CLASSES = 1001 };
    put_classes(1, 1);
    for (size_t i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "set/a/%zu.txt", i);
        put_bytes(name, "", 0);
    }
    run_expect(0, "train --data set --net 'dense auto' --steps 1");
    for (size_t i = 2; i < CLASSES; i++) {
        snprintf(name, sizeof name, "set/%zu", i);
        ck_assert_int_eq(mkdir(name, 0777), 0);
        snprintf(name, sizeof name, "set/%zu/0.pgm", i);
        ck_assert_int_eq(link("set/a/0.pgm", name), 0);
    }
    expect_refusal(&(struct refusal){
        "set", "set: holds more than 1000 directories; use fewer\n"});
}
END_TEST

START_TEST(net_of_more_classes_than_there_are_is_refused)
{
    put_good();
    ck_assert_str_eq(
        run_expect(2, "train --data images,labels --net 'dense 65537' "
                      "--steps 1")
            .err,
        "convlet train: the net tells 65537 classes apart, and the data has 2; "
        "end --net with dense 2\n");
}
END_TEST

/* Kibibytes of address space, none of which is enough. */
static const size_t rooms[] = {12000, 20000, 40000, 80000, 120000};

START_TEST(samples_that_memory_has_no_room_for_are_refused)
{
    static const char *const data[] = {"set", "images,labels", "digits",
                                       "p.gz,labels"};
    unsigned char bytes[256];
    if (UNDER_SANITIZER) return;
    put_good();
    put_classes(shapes[1][0], 6);
    put_bytes("p.gz", bytes, pack(bytes));
    const struct conditions conditions = {.memory = rooms[_i] << 10};
    for (size_t i = 0; i < sizeof data / sizeof *data; i++) {
        char line[128];
        snprintf(line, sizeof line,
                 "train --threads 1 --data %s --net 'dense 3000, dense auto' "
                 "--steps 1 --quiet",
                 data[i]);
        const struct outcome outcome = run_under(&conditions, line);
        const char *const end = strchr(outcome.err, '\n');
        if (!outcome.status) continue;
        ck_assert_msg(outcome.status == 1, "%s: %d %s", line, outcome.status,
                      outcome.err);
        ck_assert_msg(strstr(outcome.err, "out of memory: ") && end && !end[1],
                      "%s: %s", line, outcome.err);
    }
}
END_TEST

#define COUNT(rows) (int)(sizeof(rows) / sizeof *(rows))

int main(void)
{
    Suite *const suite = suite_create("cli_sample_limits");
    TCase *const tests = tcase_create("cli_sample_limits");
    tcase_add_checked_fixture(tests, enter_scratch, leave_scratch);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, sizes_that_cannot_be_are_refused, 0,
                        COUNT(sizes));
    tcase_add_test(tests, the_largest_label_makes_as_many_classes);
    tcase_add_loop_test(tests,
                        packed_files_whose_end_lies_or_is_gone_are_refused, 0,
                        COUNT(packed));
    tcase_add_test(tests, packed_file_that_is_whole_is_learned_from);
    tcase_add_loop_test(tests, cifar_is_whole_records_of_ten_classes, 0,
                        COUNT(records));
    tcase_add_loop_test(tests,
                        pictures_of_every_shape_are_learned_and_told_apart, 0,
                        COUNT(shapes));
    tcase_add_loop_test(tests, pairs_of_every_shape_are_learned, 0,
                        COUNT(shapes));
    tcase_add_test(tests, thousands_of_files_and_of_classes_are_listed);
    tcase_add_test(tests, net_of_more_classes_than_there_are_is_refused);
    tcase_add_loop_test(tests, samples_that_memory_has_no_room_for_are_refused,
                        0, COUNT(rooms));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
