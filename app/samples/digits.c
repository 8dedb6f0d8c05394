/* digits.c - the digits that are built in: assets/digits. */
#include "digits/digits.h"

#include <string.h>

#include <convlet/memory.h>

#include "samples/read.h"

/* A pixel counts the black ones of 4 x 4. */
static const double MOST = 16;

cvl_status digits_read(struct samples *samples, cvl_error *err)
{
    enum { SIDE = 8 };
    size_t count = digits_count;
    const cvl_numbers labels = {.width = 1,
                                .ndim = 1,
                                .shape = {count, 1, 1, 1},
                                .count = count,
                                .data = labels_idx + DIGITS_LABELS_HEAD};
    void *pixels;
    cvl_status status =
        cvl_alloc(&pixels, count * SIDE * SIDE, "the digits", err);
    if (status) return status;
    const cvl_numbers images = {.width = 1,
                                .ndim = 3,
                                .shape = {count, SIDE, SIDE, 1},
                                .count = count * SIDE * SIDE,
                                .data = pixels};
    status = digits_unpack(pixels, err);
    if (!status)
        status =
            samples_take(&images, MOST, &samples->input, &samples->count, err);
    if (!status)
        status = samples_take_labels(&labels, &samples->labels, &count, err);
    cvl_free(pixels);
    return status;
}

bool samples_is_built_in(const char *data)
{
    return !strcmp(data, SAMPLES_BUILT_IN);
}

cvl_status samples_read_built_in(const char *hold_out, struct samples *samples,
                                 cvl_error *err)
{
    struct hold_out how;
    *samples = (struct samples){.count = 0};
    cvl_status status = hold_out_parse(hold_out, &how, err);
    if (!status && how.how == HOLD_OUT_FILES)
        status = hold_out_refuse(hold_out, "", err);
    if (!status) status = digits_read(samples, err);
    if (!status)
        status = samples_split(samples, &how, samples->count, false, err);
    if (!status) status = samples_finish(samples, err);
    if (status) samples_free(samples);
    return status;
}
