/* test_large.c - a picture of twelve megapixels in less than a gigabyte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "expect.h"
#include "fixtures.h"
#include "run.h"

enum { WIDTH = 4000, HEIGHT = 3000, LIMIT_KIB = 1024 * 1024 };

/* Edges, ramps and noise, so that neither codec has it easy. */
static void put_large(const char *name)
{
    static const char header[] = "P6\n4000 3000 255\n";
    const size_t start = sizeof header - 1;
    const size_t size = start + (size_t)WIDTH * HEIGHT * 3;
    unsigned char *const bytes = malloc(size);
    unsigned noise = 1;
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, header, start);
    for (size_t i = 0; i < size - start; i++) {
        noise = noise * 1664525u + 1013904223u;
        bytes[start + i] = (unsigned char)((i / 97 & 127) + (noise >> 27));
    }
    put_bytes(name, bytes, size);
    free(bytes);
}

START_TEST(twelve_megapixels_stay_below_a_gigabyte)
{
    struct rusage usage;
    put_large("large.ppm");
    run_expect(0, "train --quiet --net 'conv 16 3x3 padding=same, relu, conv "
                  "16 3x3 padding=same, relu, conv 3 3x3 padding=same' "
                  "--steps 1 --lr 1e-9 --out m");
    run_expect(0, "apply --model m/model.safetensors large.ppm -o a.png");
    run_expect(0, "apply --model m/model.safetensors a.png -o b.png");
    ck_assert(!getrusage(RUSAGE_CHILDREN, &usage));
    printf("largest resident set: %ld KiB\n", usage.ru_maxrss);
    ck_assert_int_lt(usage.ru_maxrss, LIMIT_KIB);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("cli_large");
    TCase *const all = tcase_create("cli_large");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_test(all, twelve_megapixels_stay_below_a_gigabyte);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
