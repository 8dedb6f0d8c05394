/* test_sample_files.c - files become samples, or it is said why not. */
#include <stdint.h>
#include <stdio.h>

#include <convlet/memory.h>

#include "base/checksum.h"
#include "npy_bytes.h"
#include "pictures/picture.h"
#include "samples/samples.h"
#include "scratch.h"

/* What was read last. */
static struct samples samples;
static cvl_error err;

static cvl_status read_as(const char *data, const char *hold_out,
                          enum color_choice color)
{
    const struct samples_request request = {data, hold_out, color};
    samples_free(&samples);
    return samples_read(&request, &samples, &err);
}

static cvl_status read_held(const char *data, const char *hold_out)
{
    return read_as(data, hold_out, COLOR_KEEP);
}

static cvl_status read_pairs(const char *input, const char *target,
                             const char *hold_out, bool labels)
{
    const struct samples_pairs pairs = {input, target, hold_out, COLOR_KEEP,
                                        labels};
    samples_free(&samples);
    return samples_read_pairs(&pairs, &samples, &err);
}

static void leave(void)
{
    samples_free(&samples);
    leave_directory();
}

static void ok(const char *data, const char *hold_out)
{
    expect_ok(read_held(data, hold_out), err);
}

static void refused(const char *data, const char *hold_out, cvl_status status,
                    const char *message)
{
    expect_fail(read_held(data, hold_out), err, status, message);
    ck_assert_ptr_null(samples.input.data);
    ck_assert_ptr_null(samples.files);
}

static void put_bytes(const char *path, const void *data, size_t size)
{
    const cvl_span piece = {data, size};
    expect_ok(cvl_file_write(path, &piece, 1, &err), err);
}

/* Value k of image i is 10 i + k. */
static void put_images(const char *path, size_t count)
{
    unsigned char bytes[256] = {0, 0, 8, 3, 0, 0, 0, (unsigned char)count,
                                0, 0, 0, 2, 0, 0, 0, 3};
    for (size_t i = 0; i < 6 * count; i++)
        bytes[16 + i] = (unsigned char)(10 * (i / 6) + i % 6);
    put_bytes(path, bytes, 16 + 6 * count);
}

static void put_labels(const char *path, const char *labels)
{
    unsigned char bytes[64] = {0, 0, 8, 1,
                               0, 0, 0, (unsigned char)strlen(labels)};
    for (size_t i = 0; labels[i]; i++)
        bytes[8 + i] = (unsigned char)(labels[i] - '0');
    put_bytes(path, bytes, 8 + strlen(labels));
}

static void put_npy(const char *path, const char *type, const char *shape,
                    const void *data, size_t size)
{
    char header[128];
    snprintf(header, sizeof header,
             "{'descr': '%s', 'fortran_order': False, 'shape': %s}", type,
             shape);
    npy file = make(1, header, size);
    memcpy(file.bytes + file.size - size, data, size);
    put_bytes(path, file.bytes, file.size);
}

START_TEST(idx_images_and_labels_make_samples)
{
    const size_t shape[] = {1, 1, 2, 3}, one[] = {1, 1, 1, 1};
    cvl_tensor x, label;
    put_images("images", 5);
    put_labels("labels", "20121");
    ok("images,labels", NULL);
    ck_assert_uint_eq(samples.count, 5);
    ck_assert_uint_eq(samples.classes, 3);
    ck_assert_uint_eq(samples.training.count, 4);
    ck_assert_uint_eq(samples.held_out.index[0], 4);
    ck_assert_uint_eq(samples.file_count, 2);
    ck_assert_str_eq(samples.files[0].role, "data");
    ck_assert_ptr_null(samples_file_name(&samples, 0));
    ck_assert_str_eq(samples.files[1].name, "labels");
    ck_assert_uint_eq(samples.files[1].mark.size, 13);
    ck_assert(!cvl_tensor_init(&x, CVL_F64, 4, shape, NULL));
    ck_assert(!cvl_tensor_init(&label, CVL_F64, 4, one, NULL));
    samples_batch(&samples, &(size_t){3}, 1, NULL, &x, &label);
    ck_assert_double_eq(cvl_tensor_get(&x, 4), 34 / 255.0);
    ck_assert_double_eq(cvl_tensor_get(&label, 0), 2);
    cvl_tensor_free(&x);
    cvl_tensor_free(&label);
}
END_TEST

START_TEST(npy_images_and_labels_of_any_whole_type_make_samples)
{
    static const float values[8] = {0, .5f, -1, 2, 3, 4, 5, 6};
    static const int64_t labels[2] = {1, 0};
    static const double whole[2] = {0, 2};
    put_npy("x.npy", "<f4", "(2, 2, 1, 2)", values, sizeof values);
    put_npy("y.npy", "<i8", "(2,)", labels, sizeof labels);
    ok("x.npy,y.npy", "none");
    ck_assert_int_eq(samples.input.type, SAMPLES_F32);
    ck_assert_double_eq(samples.input.divisor, 1);
    ck_assert_uint_eq(samples.input.shape[0], 2);
    ck_assert_uint_eq(samples.labels[0], 1);
    ck_assert_ptr_null(samples.notes.data);
    put_npy("y.npy", ">f8", "(2, 1)", (unsigned char[16]){0}, 16);
    refused("x.npy,y.npy", "none", CVL_EFORMAT,
            "every sample has the label 0; there is nothing to tell apart");
    put_npy("y.npy", "<f8", "(2,)", whole, sizeof whole);
    ok("x.npy,y.npy", "none");
    ck_assert_str_eq(samples.notes.data,
                     "no sample to train on is of class 1, of 3\n");
}
END_TEST

START_TEST(arrays_that_do_not_go_together_are_refused)
{
    static const float bad[4] = {0, 1, 2, 0.0f / 0.0f};
    put_images("images", 3);
    put_labels("labels", "0123");
    refused("images,labels", NULL, CVL_ESHAPE,
            "labels: has 4 labels for 3 samples");
    refused("labels,images", NULL, CVL_EFORMAT,
            "images: has 3 numbers along its first axis and 18 in all; "
            "expected labels, one axis [N]");
    refused("images,images", NULL, CVL_EFORMAT,
            "images: has 3 numbers along its first axis and 18 in all; "
            "expected labels, one axis [N]");
    refused("images", NULL, CVL_EINVAL,
            "images: is one file; expected a directory, IMAGES,LABELS or "
            "FILE.bin,... of CIFAR-10");
    refused("images,labels,labels", NULL, CVL_EINVAL,
            "images,labels,labels: is too many files; expected a directory, "
            "IMAGES,LABELS or FILE.bin,... of CIFAR-10");
    refused("images,", NULL, CVL_EIO,
            ": cannot open: No such file or directory");
    refused("digit", NULL, CVL_EIO,
            "digit: no such file or directory; did you mean 'digits'?");
    refused("nothing.here", NULL, CVL_EIO,
            "nothing.here: no such file or directory; expected 'digits', a "
            "directory, IMAGES,LABELS or FILE.bin,...");
    put("text", "hello");
    refused("text,labels", NULL, CVL_EFORMAT,
            "text: is neither .npy nor IDX; expected an array, a .npy or IDX "
            "file");
    put_npy("l.npy", "<f4", "(4,)", bad, sizeof bad);
    put_npy("x.npy", "<f4", "(4, 1, 1)", bad, sizeof bad);
    put_npy("i.npy", "<i4", "(4, 1, 1)", bad, sizeof bad);
    refused("x.npy,labels", NULL, CVL_EFORMAT,
            "x.npy: sample 3: value 0 is nan; every value must be finite");
    refused("i.npy,labels", NULL, CVL_EUNSUPPORTED,
            "i.npy: holds signed 32-bit numbers; expected bytes from 0 to 255, "
            "or floats");
    put_images("images", 4);
    refused("images,l.npy", NULL, CVL_EFORMAT,
            "l.npy: label 3 is nan; expected whole numbers from 0 to 999");
    put_npy("l.npy", "<i2", "(4,)", "\0\0\1\0\xff\xff\0\0", 8);
    refused("images,l.npy", NULL, CVL_EFORMAT,
            "l.npy: label 2 is -1; expected whole numbers from 0 to 999");
    put_npy("l.npy", "<i2", "(4,)", "\0\0\1\0\xe8\x3\0\0", 8);
    refused("images,l.npy", NULL, CVL_EFORMAT,
            "l.npy: label 2 is 1000; expected whole numbers from 0 to 999");
}
END_TEST

START_TEST(path_that_exists_whole_wins_over_its_commas)
{
    ck_assert_int_eq(mkdir("a,b", 0777), 0);
    refused("a,b", NULL, CVL_EFORMAT,
            "a,b: holds 0 directories; expected one with pictures for each "
            "class, or MNIST's four files, or CIFAR-10's data_batch_1.bin");
}
END_TEST

/* As no file's may be: 20 names of 16 letters, and commas. */
START_TEST(a_list_of_files_may_be_longer_than_a_files_name)
{
    static const unsigned char record[3073] = {[0] = 1};
    char list[512] = "";
    put_bytes("data_batch_1.bin", record, sizeof record);
    for (int i = 0; i < 20; i++)
        snprintf(list + 17 * i, sizeof list - 17 * (size_t)i,
                 "data_batch_1.bin,");
    list[17 * 20 - 1] = '\0';
    ok(list, "none");
    ck_assert_uint_eq(samples.count, 20);
}
END_TEST

/* As MNIST's files are called, or, with a dot, as some unpack them. */
static void put_mnist(const char *separator)
{
    static const char *const parts[] = {"train", "t10k"};
    static const char *const labels[] = {"012012", "21"};
    char path[64];
    ck_assert_int_eq(mkdir("mnist", 0777), 0);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "mnist/%s-images%sidx3-ubyte", parts[i],
                 separator);
        put_images(path, strlen(labels[i]));
        snprintf(path, sizeof path, "mnist/%s-labels%sidx1-ubyte", parts[i],
                 separator);
        put_labels(path, labels[i]);
    }
}

START_TEST(directory_of_mnist_holds_its_test_part_out)
{
    static const char *const separators[] = {"-", "."};
    for (size_t i = 0; i < 2; i++) {
        put_mnist(separators[i]);
        ok("mnist", NULL);
        ck_assert_uint_eq(samples.count, 8);
        ck_assert_uint_eq(samples.training.count, 6);
        ck_assert_uint_eq(samples.held_out.count, 2);
        ck_assert_uint_eq(samples.held_out.index[0], 6);
        ck_assert_uint_eq(samples.labels[6], 2);
        ck_assert(samples.own_test);
        ck_assert_uint_eq(samples.file_count, 4);
        ok("mnist", "last:2");
        ck_assert_uint_eq(samples.count, 6);
        ck_assert_uint_eq(samples.training.count, 4);
        ck_assert(!samples.own_test);
        /* What is held out of another set is its test part. */
        ok("mnist", "mnist");
        ck_assert_uint_eq(samples.count, 8);
        ck_assert_uint_eq(samples.held_out.count, 2);
        ck_assert_str_eq(samples.files[2].role, "hold-out");
        remove_directory("mnist");
    }
}
END_TEST

START_TEST(part_of_mnist_is_a_set_but_not_half_of_a_part)
{
    put_mnist("-");
    ck_assert_int_eq(unlink("mnist/train-images-idx3-ubyte"), 0);
    ok("mnist", "none");
    ck_assert_uint_eq(samples.count, 2);
    ck_assert_int_eq(unlink("mnist/t10k-labels-idx1-ubyte"), 0);
    refused("mnist", NULL, CVL_EIO,
            "mnist: has t10k-images-idx3-ubyte, but no "
            "t10k-labels-idx1-ubyte, nor that .gz");
}
END_TEST

START_TEST(held_out_files_must_be_like_those_to_train_on)
{
    put_mnist("-");
    put_images("images", 2);
    put_labels("labels", "21");
    ok("mnist", "images,labels");
    ck_assert_uint_eq(samples.training.count, 6);
    ck_assert_uint_eq(samples.held_out.count, 2);
    ck_assert_uint_eq(samples.file_count, 4);
    refused("mnist", "digits", CVL_ESHAPE,
            "digits: has samples of 1 x 8 x 8 bytes, but those to train on "
            "have 1 x 2 x 3 bytes");
    refused("mnist", "20%", CVL_EINVAL,
            "hold-out is '20%'; write every:5 for one of each 5, or last:N for "
            "the last N");
    refused("mnist", "0.25", CVL_EINVAL,
            "hold-out is '0.25'; write every:4 for one of each 4, or last:N "
            "for the last N");
    refused("mnist", "360", CVL_EINVAL,
            "hold-out is '360'; write last:360 for the last 360, or every:N "
            "for one of each N");
    refused("mnist", "80 %", CVL_EINVAL,
            "hold-out is '80 %'; write every:5 for one of each 5, or last:N "
            "for the last N");
    refused("mnist", "test[:10%]", CVL_EINVAL,
            "hold-out is 'test[:10%]'; write every:5 for one of each 5, or "
            "last:N for the last N");
    put_images("20%", 2);
    refused("mnist", "20%", CVL_EINVAL,
            "20%: is one file; expected a directory, IMAGES,LABELS or "
            "FILE.bin,... of CIFAR-10");
    refused("mnist", "every", CVL_EIO,
            "every: no such file or directory; expected none, every:N, last:N, "
            "'digits', a directory, IMAGES,LABELS or FILE.bin,...");
}
END_TEST

enum { RECORD = 3073 };

static void put_cifar(const char *path, size_t count, unsigned first)
{
    static unsigned char bytes[4 * RECORD];
    memset(bytes, 0, sizeof bytes);
    for (size_t i = 0; i < count; i++) {
        bytes[i * RECORD] = (unsigned char)((first + i) % 10);
        bytes[i * RECORD + 1] = (unsigned char)(first + i);
        bytes[i * RECORD + RECORD - 1] = 200;
    }
    put_bytes(path, bytes, count * RECORD);
}

START_TEST(cifar_files_make_samples_with_names)
{
    char text[SAMPLES_NAME_SIZE];
    put_cifar("data_batch_1.bin", 3, 4);
    put_cifar("data_batch_2.bin", 2, 7);
    put_cifar("test_batch.bin", 4, 0);
    ok("data_batch_1.bin,test_batch.bin,data_batch_2.bin", NULL);
    ck_assert_uint_eq(samples.count, 9);
    ck_assert_uint_eq(samples.training.count, 5);
    ck_assert_uint_eq(samples.held_out.count, 4);
    ck_assert_uint_eq(samples.classes, 10);
    ck_assert_str_eq(samples_class(&samples, samples.labels[4], text), "ship");
    const unsigned char *const bytes = samples.input.data;
    ck_assert_uint_eq(bytes[12288], 8);
    ck_assert_uint_eq(bytes[15359], 200);
    ok("data_batch_1.bin,test_batch.bin", "every:2");
    ck_assert_uint_eq(samples.count, 7);
    ck_assert_uint_eq(samples.held_out.count, 3);
    ok("test_batch.bin", "none");
    ck_assert_uint_eq(samples.training.count, 4);
    /* The directory that they are in is the same. */
    ok(".", NULL);
    ck_assert_uint_eq(samples.training.count, 5);
    ck_assert_uint_eq(samples.held_out.count, 4);
    ok(".", "none");
    ck_assert_uint_eq(samples.count, 5);
}
END_TEST

START_TEST(cifar_files_that_are_damaged_or_of_100_classes_are_refused)
{
    static unsigned char bytes[2 * 3074];
    put_bytes("a.bin", bytes, 6148);
    refused("a.bin", NULL, CVL_EUNSUPPORTED,
            "a.bin: is CIFAR-100, by its records of 3074 bytes; convlet reads "
            "CIFAR-10, whose records have 3073");
    put_bytes("a.bin", bytes, 3072);
    refused("a.bin", NULL, CVL_EFORMAT,
            "a.bin: has 3072 bytes; expected a multiple of 3073, the records "
            "of CIFAR-10's binary version");
    put_bytes("a.bin", bytes, 0);
    refused("a.bin", NULL, CVL_EFORMAT,
            "a.bin: has 0 bytes; expected a multiple of 3073, the records of "
            "CIFAR-10's binary version");
    bytes[RECORD] = 10;
    put_bytes("a.bin", bytes, 2 * (size_t)RECORD);
    refused("a.bin", NULL, CVL_EFORMAT,
            "a.bin: label 1 is 10, at byte 3073; expected 0 to 9");
}
END_TEST

static void put_picture(const char *path, size_t channels, size_t width,
                        double value)
{
    const size_t shape[4] = {1, channels, 2, width};
    cvl_tensor pixels;
    expect_ok(cvl_tensor_init(&pixels, CVL_F32, 4, shape, &err), err);
    cvl_tensor_fill(&pixels, value / 255);
    expect_ok(picture_save(path, &pixels, &err), err);
    cvl_tensor_free(&pixels);
}

static void put_folders(void)
{
    static const char *const classes[] = {"f/dog", "f/Cat", "f/.hidden"};
    ck_assert_int_eq(mkdir("f", 0777), 0);
    for (size_t i = 0; i < 3; i++) {
        char path[32];
        ck_assert_int_eq(mkdir(classes[i], 0777), 0);
        for (size_t k = 0; k < 4 + i; k++) {
            snprintf(path, sizeof path, "%s/%zu.png", classes[i], k);
            put_picture(path, 1, 3, (double)(100 * i + k));
        }
    }
    put("f/readme.txt", "not a class");
    put("f/dog/readme.txt", "not a picture");
}

START_TEST(folders_are_classes_sorted_by_bytes_and_held_out_within_each)
{
    char text[SAMPLES_NAME_SIZE];
    put_folders();
    ok("f", "every:4");
    ck_assert_uint_eq(samples.count, 9);
    ck_assert_uint_eq(samples.classes, 2);
    ck_assert_str_eq(samples_class(&samples, 0, text), "Cat");
    ck_assert_str_eq(samples_class(&samples, 1, text), "dog");
    ck_assert_uint_eq(((unsigned char *)samples.input.data)[24], 104);
    ck_assert_uint_eq(((unsigned char *)samples.input.data)[30], 0);
    ck_assert_uint_eq(samples.held_out.count, 2);
    ck_assert_uint_eq(samples.held_out.index[0], 3);
    ck_assert_uint_eq(samples.held_out.index[1], 8);
    ck_assert_str_eq(samples.files[0].name, "Cat/0.png");
    ck_assert_str_eq(samples.notes.data,
                     "f/dog/readme.txt and 1 more: no picture; passed over\n");
    ok("f/", "last:1");
    ck_assert_uint_eq(samples.held_out.index[0], 4);
    ck_assert_uint_eq(samples.held_out.index[1], 8);
    ck_assert_str_eq(samples.files[8].name, "dog/3.png");
    ck_assert_str_eq(samples_file_name(&samples, 8), "dog/3.png");
    refused("f", "last:5", CVL_EINVAL,
            "no sample is left to train on: hold-out takes all 9; hold out "
            "fewer");
}
END_TEST

START_TEST(held_out_folders_go_by_their_names)
{
    put_folders();
    ck_assert_int_eq(mkdir("t", 0777), 0);
    ck_assert_int_eq(mkdir("t/dog", 0777), 0);
    ck_assert_int_eq(mkdir("t/Cat", 0777), 0);
    put_picture("t/dog/a.png", 1, 3, 7);
    put_picture("t/Cat/b.png", 1, 3, 8);
    ok("f", "t");
    ck_assert_uint_eq(samples.training.count, 9);
    ck_assert_uint_eq(samples.labels[9], 0);
    ck_assert_uint_eq(samples.labels[10], 1);
    ck_assert_int_eq(rename("t/dog", "t/bird"), 0);
    refused("f", "t", CVL_ESHAPE,
            "t: has the class 'bird', which is none of those to train on");
    put_images("images", 2);
    put_labels("labels", "01");
    refused("f", "images,labels", CVL_ESHAPE,
            "images,labels: its classes have numbers, but those to train on "
            "have names");
}
END_TEST

START_TEST(what_is_no_picture_in_a_folder_is_counted_and_the_first_named)
{
    put_folders();
    put("f/Cat/z.txt", "");
    put("f/Cat/notes", "");
    ck_assert_int_eq(mkdir("f/dog/old", 0777), 0);
    ok("f", NULL);
    ck_assert_str_eq(samples.notes.data, "f/Cat/notes and 4 more: no picture; "
                                         "passed over\n");
}
END_TEST

START_TEST(transparent_pictures_of_classes_are_put_on_white)
{
    static const char *const classes[] = {"t", "t/a", "t/b"};
    cvl_bytes bytes;
    for (size_t i = 0; i < 3; i++) ck_assert_int_eq(mkdir(classes[i], 0777), 0);
    expect_ok(
        cvl_file_read(TEST_DATA "/pictures/greyalpha8.png", 4096, &bytes, &err),
        err);
    put_bytes("t/a/x.png", bytes.data, bytes.size);
    put_bytes("t/b/x.png", bytes.data, bytes.size);
    cvl_bytes_free(&bytes);
    ok("t", "none");
    ck_assert_str_eq(samples.notes.data,
                     "t/a/x.png and 1 more: it is transparent, and was put on "
                     "white\n");
    /* 3 of 255, of which 93 of 255 is there. */
    ck_assert_uint_eq(((unsigned char *)samples.input.data)[0], 163);
    expect_ok(read_pairs("t/a", "t/b", NULL, false), err);
    ck_assert_uint_eq(((unsigned char *)samples.input.data)[0], 3);
}
END_TEST

START_TEST(held_out_files_that_are_trained_on_are_counted)
{
    put_images("images", 5);
    put_labels("labels", "20121");
    put_images("more", 7);
    put_labels("more-labels", "2012120");
    ok("images,labels", "images,labels");
    ck_assert_uint_eq(samples.repeats, 5);
    ok("images,labels", "more,more-labels");
    ck_assert_uint_eq(samples.held_out.count, 7);
    ck_assert_uint_eq(samples.repeats, 5);
    ok("images,labels", "every:2");
    ck_assert_uint_eq(samples.repeats, 0);
}
END_TEST

START_TEST(pictures_of_another_size_or_colour_are_refused_by_name)
{
    put_folders();
    put_picture("f/dog/x.png", 1, 4, 0);
    refused("f", NULL, CVL_ESHAPE,
            "f/dog/x.png: has 4 x 2 pixels, but f/Cat/0.png has 3 x 2; make "
            "all of them one size");
    put_picture("f/dog/x.png", 3, 3, 0);
    refused("f", NULL, CVL_EINVAL,
            "f/dog/x.png: has 3 channels, but f/Cat/0.png has 1; choose "
            "--color y or --color rgb");
    expect_ok(read_as("f", NULL, COLOR_RGB), err);
    ck_assert_uint_eq(samples.input.shape[0], 3);
    ck_assert_int_eq(mkdir("f/empty", 0777), 0);
    refused("f", NULL, CVL_EFORMAT,
            "f/empty: holds no picture (PNG, JPEG, BMP, binary PNM)");
    put_picture("f/dog/x.png", 1, 3, 0);
    put("f/empty/broken.png", "\x89PNG\r\n\x1a\nrubbish");
    refused("f", NULL, CVL_EFORMAT,
            "f/empty/broken.png: damaged PNG: it ends at byte 15, in a chunk "
            "that starts at byte 8");
}
END_TEST

/* A file of stored bytes, as gzip packs what does not shrink. */
static void put_packed(const char *path, const char *from)
{
    static const unsigned char start[] = {0x1f, 0x8b, 8, 0, 0, 0,
                                          0,    0,    0, 3, 1};
    unsigned char bytes[1024];
    cvl_bytes whole;
    expect_ok(cvl_file_read(from, 900, &whole, &err), err);
    const size_t size = whole.size;
    const uint32_t sum = checksum_crc32(whole.data, size);
    memcpy(bytes, start, sizeof start);
    memcpy(bytes + 15, whole.data, size);
    for (size_t i = 0; i < 2; i++) {
        bytes[11 + i] = (unsigned char)(size >> 8 * i);
        bytes[13 + i] = (unsigned char)~bytes[11 + i];
    }
    for (size_t i = 0; i < 4; i++) {
        bytes[15 + size + i] = (unsigned char)(sum >> 8 * i & 255);
        bytes[19 + size + i] = (unsigned char)(size >> 8 * i);
    }
    put_bytes(path, bytes, size + 23);
    cvl_bytes_free(&whole);
}

START_TEST(packed_files_are_unpacked_whatever_their_name)
{
    put_mnist("-");
    put_packed("mnist/train-images.idx3-ubyte.gz",
               "mnist/train-images-idx3-ubyte");
    put_packed("labels", "mnist/train-labels-idx1-ubyte");
    ck_assert_int_eq(unlink("mnist/train-images-idx3-ubyte"), 0);
    ok("mnist", NULL);
    ck_assert_uint_eq(samples.training.count, 6);
    ck_assert_str_eq(samples.files[0].name, "train-images.idx3-ubyte.gz");
    ck_assert_uint_eq(samples.files[0].mark.size, 16 + 36 + 23);
    ok("mnist/train-images.idx3-ubyte.gz,labels", NULL);
    ck_assert_uint_eq(samples.count, 6);
    put("labels", "\x1f\x8b\x08 damaged");
    refused("mnist/train-images.idx3-ubyte.gz,labels", NULL, CVL_EFORMAT,
            "labels: damaged gzip file: its 11 bytes end in the header; it is "
            "cut short: get it again");
}
END_TEST

START_TEST(arrays_of_inputs_and_targets_make_samples)
{
    static const double values[6] = {0, 1, 2, 3, 4, 5};
    const size_t shape[] = {2, 1, 1, 2}, wanted_shape[] = {2, 1, 1, 1};
    cvl_tensor x, wanted;
    put_npy("x.npy", "<f8", "(3, 2)", values, 48);
    put_npy("t.npy", "<f8", "(3,)", values, 24);
    expect_ok(read_pairs("x.npy", "t.npy", NULL, false), err);
    ck_assert_uint_eq(samples.training.count, 3);
    ck_assert_uint_eq(samples.input.shape[0], 2);
    ck_assert_uint_eq(samples.target.size, 1);
    ck_assert_ptr_null(samples.labels);
    ck_assert_str_eq(samples.files[1].role, "target");
    ck_assert(!cvl_tensor_init(&x, CVL_F32, 4, shape, NULL));
    ck_assert(!cvl_tensor_init(&wanted, CVL_F32, 4, wanted_shape, NULL));
    samples_batch(&samples, (size_t[]){2, 0}, 2, NULL, &x, &wanted);
    ck_assert_double_eq(cvl_tensor_get(&x, 0), 4);
    ck_assert_double_eq(cvl_tensor_get(&x, 3), 1);
    ck_assert_double_eq(cvl_tensor_get(&wanted, 0), 2);
    cvl_tensor_free(&x);
    cvl_tensor_free(&wanted);
    expect_ok(read_pairs("x.npy", "t.npy", "last:1", true), err);
    ck_assert_uint_eq(samples.classes, 3);
    ck_assert_uint_eq(samples.held_out.index[0], 2);
    put_npy("t.npy", "<f8", "(2,)", values, 16);
    expect_fail(read_pairs("x.npy", "t.npy", NULL, false), err, CVL_ESHAPE,
                "t.npy: has 2 targets for 3 samples");
    expect_fail(read_pairs("x.npy", "t.npy", "10%", false), err, CVL_EINVAL,
                "hold-out is '10%'; write every:10 for one of each 10, or "
                "last:N for the last N");
    expect_fail(read_pairs("x.npy", "t.npy", "x.npy", false), err, CVL_EINVAL,
                "hold-out is 'x.npy'; expected none, every:N or last:N beside "
                "an input and a target");
}
END_TEST

START_TEST(directories_of_pairs_go_together_by_name)
{
    ck_assert_int_eq(mkdir("in", 0777), 0);
    ck_assert_int_eq(mkdir("out", 0777), 0);
    for (unsigned i = 0; i < 3; i++) {
        char path[16];
        snprintf(path, sizeof path, "out/%c.png", 'c' - i);
        put_picture(path, 1, 6, 10.0 * i);
        snprintf(path, sizeof path, "in/%c.png", 'c' - i);
        put_picture(path, 1, 3, i);
    }
    expect_ok(read_pairs("in", "out/", "every:3", false), err);
    ck_assert_uint_eq(samples.count, 3);
    ck_assert_uint_eq(samples.held_out.count, 1);
    ck_assert_uint_eq(samples.input.size, 6);
    ck_assert_uint_eq(samples.target.size, 12);
    ck_assert_uint_eq(((unsigned char *)samples.input.data)[0], 2);
    ck_assert_uint_eq(((unsigned char *)samples.target.data)[0], 20);
    ck_assert_str_eq(samples.files[3].role, "target");
    ck_assert_str_eq(samples.files[3].name, "a.png");
    put("out/notes.txt", "no picture");
    put_picture("out/d.png", 1, 6, 0);
    expect_fail(read_pairs("in", "out", NULL, false), err, CVL_EFORMAT,
                "out: has d.png, but in has no picture of that name; each "
                "needs its partner");
    put_picture("in/d.png", 1, 3, 0);
    ck_assert_int_eq(unlink("out/b.png"), 0);
    expect_fail(read_pairs("in", "out", NULL, false), err, CVL_EFORMAT,
                "in: has b.png, but out has no picture of that name; each "
                "needs its partner");
    expect_fail(read_pairs("in", "in/d.png", NULL, false), err, CVL_EINVAL,
                "in: is a directory, but in/d.png is none; expected two "
                "directories of pictures, or two arrays");
    expect_fail(read_pairs("in", "out", NULL, true), err, CVL_EINVAL,
                "out: is a directory of pictures; expected labels, as an "
                "array");
}
END_TEST

START_TEST(plan_says_which_samples_each_step_takes)
{
    static const double order[6] = {0, 3, 1, 1, 2, 0};
    struct samples_plan plan;
    put_npy("o.npy", "<f8", "(3, 2)", order, sizeof order);
    expect_ok(samples_plan_read("o.npy", 4, &plan, &err), err);
    ck_assert_uint_eq(plan.steps, 3);
    ck_assert_uint_eq(plan.batch, 2);
    ck_assert_uint_eq(plan.index[1], 3);
    ck_assert_uint_eq(plan.index[5], 0);
    ck_assert_uint_eq(plan.mark.size, 10 + 57 + sizeof order);
    samples_plan_free(&plan);
    samples_plan_free(&plan);
    expect_fail(samples_plan_read("o.npy", 3, &plan, &err), err, CVL_EFORMAT,
                "o.npy: step 0 takes sample 3; expected whole numbers from 0 "
                "to 2, of the training part");
    ck_assert_ptr_null(plan.index);
    put_npy("o.npy", "<f4", "(1, 2)", "\0\0\0\0\0\0\0\x3f", 8);
    expect_fail(samples_plan_read("o.npy", 3, &plan, &err), err, CVL_EFORMAT,
                "o.npy: step 0 takes sample 0.5; expected whole numbers from 0 "
                "to 2, of the training part");
    put_npy("o.npy", "|u1", "(2,)", "\0\1", 2);
    expect_fail(samples_plan_read("o.npy", 3, &plan, &err), err, CVL_EFORMAT,
                "o.npy: has 1 axis; expected two, steps x batch");
}
END_TEST

START_TEST(labels_are_read_alone)
{
    uint32_t *labels;
    size_t count;
    put_labels("labels", "305");
    expect_ok(samples_labels_read("labels", &labels, &count, &err), err);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(labels[2], 5);
    cvl_free(labels);
    put_images("images", 2);
    expect_fail(samples_labels_read("images", &labels, &count, &err), err,
                CVL_EFORMAT,
                "images: has 2 numbers along its first axis and 12 in all; "
                "expected labels, one axis [N]");
    ck_assert_ptr_null(labels);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        idx_images_and_labels_make_samples,
        npy_images_and_labels_of_any_whole_type_make_samples,
        arrays_that_do_not_go_together_are_refused,
        path_that_exists_whole_wins_over_its_commas,
        a_list_of_files_may_be_longer_than_a_files_name,
        directory_of_mnist_holds_its_test_part_out,
        part_of_mnist_is_a_set_but_not_half_of_a_part,
        held_out_files_must_be_like_those_to_train_on,
        cifar_files_make_samples_with_names,
        cifar_files_that_are_damaged_or_of_100_classes_are_refused,
        folders_are_classes_sorted_by_bytes_and_held_out_within_each,
        held_out_folders_go_by_their_names,
        what_is_no_picture_in_a_folder_is_counted_and_the_first_named,
        transparent_pictures_of_classes_are_put_on_white,
        held_out_files_that_are_trained_on_are_counted,
        pictures_of_another_size_or_colour_are_refused_by_name,
        packed_files_are_unpacked_whatever_their_name,
        arrays_of_inputs_and_targets_make_samples,
        directories_of_pairs_go_together_by_name,
        plan_says_which_samples_each_step_takes,
        labels_are_read_alone,
        NULL};
    return run_tests_between("sample files", tests, enter_directory, leave);
}
