/* samples.c - see samples.h for the contract: what is done with samples. */
#include "samples/samples.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <convlet/memory.h>

static double value_at(const struct samples_array *array, size_t at)
{
    switch (array->type) {
    case SAMPLES_U8: return ((const unsigned char *)array->data)[at];
    case SAMPLES_F32: return ((const float *)array->data)[at];
    default: return ((const double *)array->data)[at];
    }
}

cvl_status samples_standardize(struct samples *samples, cvl_error *err)
{
    const struct samples_array *const array = &samples->input;
    const struct samples_part *const part = &samples->training;
    const size_t channels = array->shape[0];
    const size_t area = array->shape[1] * array->shape[2];
    const double count = (double)part->count * (double)area;
    void *block;
    const cvl_status status =
        cvl_alloc(&block, 2 * channels * sizeof *samples->mean, "means", err);
    if (status) return status;
    cvl_free(samples->mean);
    samples->mean = block;
    samples->deviation = samples->mean + channels;
    for (size_t c = 0; c < channels; c++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < part->count * area; i++)
            sum += value_at(array, part->index[i / area] * array->size +
                                       c * area + i % area);
        const double mean = sum / count;
        for (size_t i = 0; i < part->count * area; i++) {
            const double from_mean =
                value_at(array, part->index[i / area] * array->size + c * area +
                                    i % area) -
                mean;
            squares += from_mean * from_mean;
        }
        const double deviation = sqrt(squares / count) / array->divisor;
        samples->mean[c] = mean / array->divisor;
        samples->deviation[c] = deviation > 0 ? deviation : 1;
    }
    return CVL_OK;
}

/* How values of a channel become numbers. */
struct levels {
    double divisor, mean, deviation;
    double background; /* as a number */
    double of[256];    /* what each byte becomes */
};

static double level(const struct levels *levels, double value)
{
    return (value / levels->divisor - levels->mean) / levels->deviation;
}

static struct levels levels_of(const struct samples *samples, size_t channel)
{
    struct levels levels = {
        .divisor = samples->input.divisor,
        .mean = samples->mean ? samples->mean[channel] : 0,
        .deviation = samples->mean ? samples->deviation[channel] : 1};
    levels.background = level(&levels, samples->background[channel]);
    if (samples->input.type == SAMPLES_U8)
        for (size_t i = 0; i < 256; i++)
            levels.of[i] = level(&levels, (double)i);
    return levels;
}

static void put(cvl_tensor *tensor, size_t at, double value)
{
    if (tensor->dtype == CVL_F32)
        ((float *)tensor->data)[at] = (float)value;
    else
        ((double *)tensor->data)[at] = value;
}

/* Neighbours in a row. The first case is the usual one, and worth its loop:
 * a step of a small net takes little longer than this. */
static void put_run(const struct samples_array *array, size_t first,
                    size_t count, const struct levels *levels, cvl_tensor *x,
                    size_t to)
{
    if (array->type == SAMPLES_U8 && x->dtype == CVL_F32) {
        const unsigned char *const bytes =
            (const unsigned char *)array->data + first;
        float *const numbers = (float *)x->data + to;
        for (size_t i = 0; i < count; i++)
            numbers[i] = (float)levels->of[bytes[i]];
        return;
    }
    for (size_t i = 0; i < count; i++)
        put(x, to + i, level(levels, value_at(array, first + i)));
}

static void put_background(size_t count, const struct levels *levels,
                           cvl_tensor *x, size_t to)
{
    for (size_t i = 0; i < count; i++) put(x, to + i, levels->background);
}

/* By how many pixels a sample is moved. */
struct move {
    size_t by;     /* pixels */
    bool forwards; /* down, to the right */
};

/* Pixel `at` of a moved axis comes from *from; false: from beyond an edge. */
static bool comes_from(struct move move, size_t at, size_t size, size_t *from)
{
    *from = move.forwards ? at - move.by : at + move.by;
    return move.forwards ? at >= move.by : *from < size;
}

/* One channel of a sample. */
static void put_plane(const struct samples_array *array, size_t first,
                      const struct move move[2], const struct levels *levels,
                      cvl_tensor *x, size_t to)
{
    const size_t height = array->shape[1], width = array->shape[2];
    const size_t gap = cvl_least(move[1].by, width), run = width - gap;
    const size_t left = move[1].forwards ? gap : 0;
    if (!move[0].by && !gap) {
        put_run(array, first, height * width, levels, x, to);
        return;
    }
    for (size_t y = 0; y < height; y++, to += width) {
        size_t from;
        if (!comes_from(move[0], y, height, &from)) {
            put_background(width, levels, x, to);
            continue;
        }
        const size_t skipped = move[1].forwards ? 0 : gap;
        put_run(array, first + from * width + skipped, run, levels, x,
                to + left);
        put_background(gap, levels, x, to + (left ? 0 : run));
    }
}

static void find_move(const struct samples_shift *shift, size_t sample,
                      struct move move[2])
{
    for (size_t i = 0; i < 2; i++) {
        const uint64_t bits =
            cvl_random_bits(shift->seed, shift->epoch, 2 * sample + 1 + i);
        const size_t place = (size_t)(bits % (2 * shift->most + 1));
        move[i].forwards = place > shift->most;
        move[i].by =
            place > shift->most ? place - shift->most : shift->most - place;
    }
}

static void put_wanted(const struct samples *samples, const size_t *index,
                       size_t count, cvl_tensor *wanted)
{
    const struct samples_array *const array = &samples->target;
    for (size_t i = 0; i < count; i++) {
        if (samples->labels) {
            put(wanted, i, samples->labels[index[i]]);
            continue;
        }
        for (size_t k = 0; k < array->size; k++)
            put(wanted, i * array->size + k,
                value_at(array, index[i] * array->size + k) / array->divisor);
    }
}

void samples_batch(const struct samples *samples, const size_t *index,
                   size_t count, const struct samples_shift *shift,
                   cvl_tensor *x, cvl_tensor *wanted)
{
    const struct samples_array *const array = &samples->input;
    const size_t area = array->shape[1] * array->shape[2];
    assert(x->count == count * array->size);
    assert(!wanted || wanted->count ==
                          count * (samples->labels ? 1 : samples->target.size));
    for (size_t c = 0; c < array->shape[0]; c++) {
        const struct levels levels = levels_of(samples, c);
        for (size_t i = 0; i < count; i++) {
            struct move move[2] = {{0}, {0}};
            assert(index[i] < samples->count);
            if (shift && shift->most) find_move(shift, index[i], move);
            put_plane(array, index[i] * array->size + c * area, move, &levels,
                      x, i * array->size + c * area);
        }
    }
    if (wanted) put_wanted(samples, index, count, wanted);
}

const char *samples_class(const struct samples *samples, size_t label,
                          char text[SAMPLES_NAME_SIZE])
{
    if (samples->names) return samples->names[label];
    snprintf(text, SAMPLES_NAME_SIZE, "%zu", label);
    return text;
}

const char *samples_file_name(const struct samples *samples, size_t index)
{
    return samples->is_filed ? samples->files[index].name : NULL;
}

void samples_free(struct samples *samples)
{
    for (size_t i = 0; samples->names && i < samples->classes; i++)
        free(samples->names[i]);
    for (size_t i = 0; i < samples->file_count; i++)
        free(samples->files[i].name);
    free(samples->names);
    free(samples->files);
    cvl_free(samples->input.data);
    cvl_free(samples->target.data);
    cvl_free(samples->labels);
    cvl_free(samples->training.index);
    cvl_free(samples->held_out.index);
    cvl_free(samples->mean);
    cvl_free(samples->background);
    text_free(&samples->notes);
    *samples = (struct samples){.count = 0};
}
