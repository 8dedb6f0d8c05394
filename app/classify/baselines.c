/* baselines.c - see baselines.h for the contract. */
#include "classify/baselines.h"

#include <math.h>

#include <convlet/memory.h>

static const void *sample_at(const struct samples_array *array, size_t index)
{
    switch (array->type) {
    case SAMPLES_U8:
        return (const unsigned char *)array->data + index * array->size;
    case SAMPLES_F32: return (const float *)array->data + index * array->size;
    default: return (const double *)array->data + index * array->size;
    }
}

/* The squared distance of two samples; of bytes it is exact. */
static double distance(const struct samples_array *array, size_t one,
                       size_t other)
{
    const void *const a = sample_at(array, one);
    const void *const b = sample_at(array, other);
    double sum = 0;
    if (array->type == SAMPLES_U8) {
        const unsigned char *const bytes = a, *const others = b;
        uint64_t whole = 0;
        for (size_t i = 0; i < array->size; i++) {
            const int gap = bytes[i] - others[i];
            whole += (uint64_t)(gap * gap);
        }
        return (double)whole;
    }
    for (size_t i = 0; i < array->size; i++) {
        const double gap =
            array->type == SAMPLES_F32
                ? (double)((const float *)a)[i] - (double)((const float *)b)[i]
                : ((const double *)a)[i] - ((const double *)b)[i];
        sum += gap * gap;
    }
    return sum;
}

/* Entry i of `count` that are evenly spread over a part. */
static size_t spread(const struct samples_part *part, size_t i, size_t count)
{
    const double at = (double)i * (double)part->count / (double)count;
    return part->index[(size_t)at];
}

static uint32_t nearest_label(const struct samples *samples, size_t sample,
                              size_t references)
{
    double least = HUGE_VAL;
    uint32_t label = 0;
    for (size_t i = 0; i < references; i++) {
        const size_t other = spread(&samples->training, i, references);
        const double found = distance(&samples->input, sample, other);
        if (!(found < least)) continue;
        least = found;
        label = samples->labels[other];
    }
    return label;
}

/* A part that `most` comparisons allow: a tenth of what is held out stays. */
static void choose_parts(const struct samples *samples, struct baselines *found)
{
    const double most = BASELINE_WORK / (double)samples->input.size;
    const size_t held_out = samples->held_out.count;
    const size_t training = samples->training.count;
    const double fair = sqrt(most / 10);
    found->compared = held_out;
    found->references = training;
    if ((double)held_out * (double)training <= most) return;
    if (fair < (double)held_out) found->compared = (size_t)fmax(1, fair);
    const double left = most / (double)found->compared;
    if (left < (double)training) found->references = (size_t)fmax(1, left);
}

static cvl_status find_frequent(const struct samples *samples,
                                struct baselines *found, cvl_error *err)
{
    void *block;
    const cvl_status status =
        cvl_alloc(&block, samples->classes * sizeof(size_t), "classes", err);
    if (status) return status;
    size_t *const counts = block;
    for (size_t i = 0; i < samples->training.count; i++)
        counts[samples->labels[samples->training.index[i]]]++;
    for (size_t k = 1; k < samples->classes; k++)
        if (counts[k] > counts[found->always]) found->always = k;
    for (size_t i = 0; i < found->count; i++)
        found->frequent +=
            samples->labels[samples->held_out.index[i]] == found->always;
    cvl_free(counts);
    return CVL_OK;
}

cvl_status baselines_measure(const struct samples *samples,
                             struct baselines *found, cvl_error *err)
{
    *found = (struct baselines){.count = samples->held_out.count};
    const cvl_status status = find_frequent(samples, found, err);
    if (status) return status;
    choose_parts(samples, found);
    for (size_t i = 0; i < found->compared; i++) {
        const size_t sample = spread(&samples->held_out, i, found->compared);
        found->nearest += nearest_label(samples, sample, found->references) ==
                          samples->labels[sample];
    }
    return CVL_OK;
}

static double percent(size_t part, size_t whole)
{
    return 100 * (double)part / (double)whole;
}

void baselines_describe(const struct baselines *found,
                        const struct samples *samples, struct text *text)
{
    char name[SAMPLES_NAME_SIZE];
    text_add(text,
             "always %s, the most frequent class: %.1f %% (%zu); the nearest "
             "training sample: %.1f %% (%zu",
             samples_class(samples, found->always, name),
             percent(found->frequent, found->count), found->frequent,
             percent(found->nearest, found->compared), found->nearest);
    if (found->compared < found->count ||
        found->references < samples->training.count)
        text_add(text, " of %zu that were compared with %zu", found->compared,
                 found->references);
    text_add(text, ")");
}
