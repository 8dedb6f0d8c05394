/* same_picture.c - compares two pictures by their pixels: same_picture A B */
#include <math.h>
#include <stdio.h>

#include <convlet/tensor.h>

#include "pictures/picture.h"

/* Compilers and processors may round a sample of 8 bits either way. */
static const double tolerance = 1.001 / 255;

/* Says where the first two samples lie that differ, if any do. */
static int compare(const cvl_tensor *a, const cvl_tensor *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const double x = cvl_tensor_get(a, i), y = cvl_tensor_get(b, i);
        if (fabs(x - y) <= tolerance) continue;
        const size_t width = a->shape[3], height = a->shape[2];
        printf("channel %zu, row %zu, column %zu: %g and %g of 255\n",
               i / width / height, i / width % height, i % width, 255 * x,
               255 * y);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    cvl_tensor a = {0}, b = {0};
    cvl_error err;
    int result = 2;

    if (argc != 3) {
        fprintf(stderr, "same_picture A B\n");
        return 2;
    }
    if (picture_load(argv[1], CVL_F64, &a, NULL, &err) ||
        picture_load(argv[2], CVL_F64, &b, NULL, &err) ||
        cvl_tensor_check_like("the second picture", &b, &a, &err)) {
        fprintf(stderr, "same_picture: %s\n", err.message);
        goto done;
    }
    result = compare(&a, &b);

done:
    cvl_tensor_free(&a);
    cvl_tensor_free(&b);
    return result;
}
