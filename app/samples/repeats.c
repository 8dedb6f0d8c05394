/* repeats.c - held-out samples that are trained on as well. */
#include <stdlib.h>

#include <convlet/memory.h>

#include "base/fnv.h"
#include "samples/set.h"

static int compare(const void *a, const void *b)
{
    const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;
    return (one > other) - (one < other);
}

static uint64_t sum_of(const struct samples *samples, size_t i)
{
    const size_t stride = samples_stride(&samples->input);
    return fnv_sum((const unsigned char *)samples->input.data + i * stride,
                   stride);
}

cvl_status samples_count_repeats(struct samples *samples, cvl_error *err)
{
    const struct samples_part *const training = &samples->training,
                                     *const held_out = &samples->held_out;
    void *block;
    const cvl_status status =
        cvl_alloc(&block, training->count * sizeof(uint64_t), "a search", err);
    if (status) return status;
    uint64_t *const sums = block;
    for (size_t i = 0; i < training->count; i++)
        sums[i] = sum_of(samples, training->index[i]);
    qsort(sums, training->count, sizeof *sums, compare);
    for (size_t i = 0; i < held_out->count; i++) {
        const uint64_t sum = sum_of(samples, held_out->index[i]);
        samples->repeats +=
            bsearch(&sum, sums, training->count, sizeof *sums, compare) != NULL;
    }
    cvl_free(block);
    return CVL_OK;
}
