/* read.c - see samples.h: what is read, split and looked at. */
#include <string.h>

#include <convlet/memory.h>

#include "samples/read.h"

/* How many samples each class has: counts [SAMPLES_MAX_CLASSES]. */
static void count_classes(const struct samples *samples, size_t *counts)
{
    memset(counts, 0, SAMPLES_MAX_CLASSES * sizeof *counts);
    for (size_t i = 0; i < samples->training.count; i++)
        counts[samples->labels[samples->training.index[i]]]++;
}

/* Finds how many classes there are, and says which have no sample. */
static cvl_status find_classes(struct samples *samples, cvl_error *err)
{
    size_t counts[SAMPLES_MAX_CLASSES];
    for (size_t i = 0; i < samples->count; i++)
        if (samples->labels[i] >= samples->classes)
            samples->classes = samples->labels[i] + 1;
    if (samples->classes < 2)
        return cvl_fail(err, CVL_EFORMAT,
                        "every sample has the label 0; there is nothing to "
                        "tell apart");
    count_classes(samples, counts);
    for (size_t i = 0; i < samples->classes; i++) {
        char text[SAMPLES_NAME_SIZE];
        if (!counts[i])
            text_add(&samples->notes,
                     "no sample to train on is of class %s, of %zu\n",
                     samples_class(samples, i, text), samples->classes);
    }
    return text_status(&samples->notes, err);
}

/* Adds what lies on the border of a channel, in bytes, to the counts. */
static void count_border(const struct samples_array *array,
                         const unsigned char *plane, size_t counts[256])
{
    const size_t height = array->shape[1], width = array->shape[2];
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            if (!y || !x || y == height - 1 || x == width - 1)
                counts[plane[y * width + x]]++;
}

/* The middle one of what was counted. */
static size_t median(const size_t counts[256])
{
    size_t total = 0, below = 0, value = 0;
    for (size_t i = 0; i < 256; i++) total += counts[i];
    while (below + counts[value] <= total / 2) below += counts[value++];
    return value;
}

/* Of bytes, the median of what is on the border of the training pictures; of
 * floats, which may mean anything, 0. */
static cvl_status find_background(struct samples *samples, cvl_error *err)
{
    const struct samples_array *const array = &samples->input;
    const size_t area = array->shape[1] * array->shape[2];
    void *block;
    const cvl_status status = cvl_alloc(
        &block, array->shape[0] * sizeof *samples->background, "colours", err);
    if (status) return status;
    samples->background = block;
    if (array->type != SAMPLES_U8) return CVL_OK;
    for (size_t c = 0; c < array->shape[0]; c++) {
        size_t counts[256] = {0};
        for (size_t i = 0; i < samples->training.count; i++)
            count_border(array,
                         (const unsigned char *)array->data +
                             samples->training.index[i] * array->size +
                             c * area,
                         counts);
        samples->background[c] = (double)median(counts);
    }
    return CVL_OK;
}

/* Reads what the request names, puts what is held out behind it, and splits
 * that. */
static cvl_status read_and_split(const struct samples_request *request,
                                 struct samples *samples, cvl_error *err)
{
    struct hold_out how;
    struct samples test = {.count = 0};
    struct named data = {.text = request->data, .role = "data"};
    cvl_status status = hold_out_parse(request->hold_out, &how, err);
    data.color = request->color;
    data.wants_test = how.how == HOLD_OUT_DEFAULT;
    if (!status) status = named_read(&data, samples, &test, err);
    const size_t first_test = samples->count;
    if (!status && how.how == HOLD_OUT_FILES) {
        data.text = request->hold_out;
        data.role = "hold-out";
        data.words = "none, every:N, last:N, ";
        status = named_read(&data, &test, NULL, err);
    }
    if (!status && test.count)
        status = samples_append(data.text, samples, &test, err);
    samples_free(&test);
    if (!status)
        status = samples_split(samples, &how, first_test, data.is_sorted, err);
    return status || how.how != HOLD_OUT_FILES
               ? status
               : samples_count_repeats(samples, err);
}

/* What every set needs once it is split. */
static cvl_status finish(struct samples *samples, cvl_error *err)
{
    const cvl_status status =
        samples->labels ? find_classes(samples, err) : CVL_OK;
    return status ? status : find_background(samples, err);
}

cvl_status samples_read(const struct samples_request *request,
                        struct samples *samples, cvl_error *err)
{
    *samples = (struct samples){.count = 0};
    cvl_status status = read_and_split(request, samples, err);
    if (!status) status = finish(samples, err);
    if (status) samples_free(samples);
    return status;
}

cvl_status samples_read_pairs(const struct samples_pairs *pairs,
                              struct samples *samples, cvl_error *err)
{
    struct hold_out how;
    *samples = (struct samples){.count = 0};
    cvl_status status = hold_out_parse(pairs->hold_out, &how, err);
    if (!status && how.how == HOLD_OUT_FILES)
        status = cvl_fail(err, CVL_EINVAL,
                          "hold-out is '%s'; expected none, every:N or last:N "
                          "beside an input and a target",
                          pairs->hold_out);
    if (how.how == HOLD_OUT_DEFAULT) how.how = HOLD_OUT_NONE;
    if (!status) status = pairs_read(pairs, samples, err);
    if (!status)
        status = samples_split(samples, &how, samples->count, false, err);
    if (!status) status = finish(samples, err);
    if (status) samples_free(samples);
    return status;
}
