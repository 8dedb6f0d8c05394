/* measure.c - what the training pictures look like: see prepare.h. */
#include <math.h>

#include <convlet/memory.h>

#include "prepare/ink.h"
#include "prepare/prepare.h"

/* On a plain ground most of a border is as light as the middle one of it. */
static const double PLAIN = 0.6, NEAR = 0.1;

/* Of more pictures than that some are measured, evenly spread: they are alike,
 * and nobody shall wait for it. */
enum { MEASURED = 4096 };

static size_t stride(const struct samples *samples)
{
    const size_t count = samples->training.count;
    return count > MEASURED ? count / MEASURED : 1;
}

/* Sums over the pictures, each in room that is used again. */
struct sums {
    const struct samples *samples;
    size_t height, width;
    double *levels, *strength; /* of one picture */
    double count, border, plain, up, peak, fill, stroke;
    double place[2][2], square[2][2]; /* of the rectangle, of the weight; y, x
                                         of the height and width */
};

static double number_at(const struct samples *samples, size_t sample, size_t i)
{
    const struct samples_array *const array = &samples->input;
    const size_t at = sample * array->size + i;
    const double value =
        array->type == SAMPLES_U8    ? ((const unsigned char *)array->data)[at]
        : array->type == SAMPLES_F32 ? (double)((const float *)array->data)[at]
                                     : ((const double *)array->data)[at];
    return value / array->divisor;
}

/* Bytes go from 0 to 1; floats from the least to the largest. */
static void find_range(const struct samples *samples, struct prepare *prepare)
{
    const struct samples_part *const part = &samples->training;
    prepare->low = 0;
    prepare->high = 1;
    if (samples->input.type == SAMPLES_U8) return;
    prepare->low = HUGE_VAL;
    prepare->high = -HUGE_VAL;
    for (size_t i = 0; i < part->count; i++)
        for (size_t k = 0; k < samples->input.size; k++) {
            const double number = number_at(samples, part->index[i], k);
            prepare->low = fmin(prepare->low, number);
            prepare->high = fmax(prepare->high, number);
        }
    if (!(prepare->high > prepare->low)) prepare->high = prepare->low + 1;
}

static void take_levels(const struct prepare *prepare, size_t sample,
                        struct sums *sums)
{
    for (size_t i = 0; i < sums->height * sums->width; i++)
        sums->levels[i] = (number_at(sums->samples, sample, i) - prepare->low) /
                          (prepare->high - prepare->low);
}

/* How plain the ground is, and on which side of it the ink. */
static void add_ground(const struct prepare *prepare, struct sums *sums)
{
    for (size_t y = 0; y < sums->height; y++)
        for (size_t x = 0; x < sums->width; x++) {
            const double up =
                sums->levels[y * sums->width + x] - prepare->ground;
            sums->up += up;
            if (y && x && y < sums->height - 1 && x < sums->width - 1) continue;
            sums->border++;
            sums->plain += fabs(up) <= NEAR;
        }
}

/* Where the ink is, and how strong. */
static void add_ink(const struct prepare *prepare, struct sums *sums)
{
    struct ink ink = {.height = sums->height,
                      .width = sums->width,
                      .strength = sums->strength};
    ink_take(sums->levels, prepare->ground, sums->up < 0, &ink);
    if (!ink_look(&ink)) return;
    const double rows = (double)ink.rows / (double)sums->height;
    const double columns = (double)ink.columns / (double)sums->width;
    const double place[2][2] = {
        {(double)ink.top / (double)sums->height + rows / 2,
         (double)ink.left / (double)sums->width + columns / 2},
        {ink.middle[0] / (double)sums->height,
         ink.middle[1] / (double)sums->width}};
    sums->count++;
    sums->peak += ink.peak;
    sums->fill += fmax(rows, columns);
    sums->stroke += ink_stroke(ink.strength, ink.height, ink.width);
    for (size_t i = 0; i < 4; i++) {
        sums->place[i / 2][i % 2] += place[i / 2][i % 2];
        sums->square[i / 2][i % 2] += place[i / 2][i % 2] * place[i / 2][i % 2];
    }
}

/* How far that middle moves about, in both directions together. */
static double variance(const struct sums *sums, size_t of)
{
    double sum = 0;
    for (size_t i = 0; i < 2; i++) {
        const double mean = sums->place[of][i] / sums->count;
        sum += sums->square[of][i] / sums->count - mean * mean;
    }
    return sum;
}

/* The middle one of what is on the border of every picture. */
static double ground_of(const struct samples *samples,
                        const struct prepare *prepare, struct sums *sums)
{
    if (samples->input.type == SAMPLES_U8)
        return samples->background[0] / samples->input.divisor;
    double sum = 0, count = 0;
    for (size_t i = 0; i < samples->training.count; i += stride(samples)) {
        take_levels(prepare, samples->training.index[i], sums);
        sum +=
            ink_ground(sums->levels, sums->height, sums->width, sums->strength);
        count++;
    }
    return sum / count;
}

/* Four digits, which a reader of the model's file reads; more say nothing. */
static double rounded(double value)
{
    return round(1e4 * value) / 1e4;
}

static void measure_drawings(struct sums *sums, struct prepare *prepare)
{
    const struct samples_part *const part = &sums->samples->training;
    prepare->ground = ground_of(sums->samples, prepare, sums);
    for (size_t i = 0; i < part->count; i += stride(sums->samples)) {
        take_levels(prepare, part->index[i], sums);
        add_ground(prepare, sums);
    }
    if (sums->plain < PLAIN * sums->border) return;
    for (size_t i = 0; i < part->count; i += stride(sums->samples)) {
        take_levels(prepare, part->index[i], sums);
        add_ink(prepare, sums);
    }
    if (sums->count == 0) return;
    const double peak = sums->peak / sums->count;
    prepare->is_drawing = true;
    prepare->ink = rounded(prepare->ground + (sums->up < 0 ? -peak : peak));
    prepare->ground = rounded(prepare->ground);
    prepare->fill = rounded(sums->fill / sums->count);
    prepare->stroke = rounded(sums->stroke / sums->count);
    prepare->by_mass = variance(sums, 1) < variance(sums, 0);
}

cvl_status prepare_measure(const struct samples *samples,
                           struct prepare *prepare, cvl_error *err)
{
    const size_t *const shape = samples->input.shape;
    struct sums sums = {
        .samples = samples, .height = shape[1], .width = shape[2]};
    void *block;
    *prepare = (struct prepare){.shape = {shape[0], shape[1], shape[2]}};
    find_range(samples, prepare);
    if (shape[0] != 1) return CVL_OK;
    const cvl_status status = cvl_alloc(
        &block, 2 * samples->input.size * sizeof(double), "a picture", err);
    if (status) return status;
    sums.levels = block;
    sums.strength = sums.levels + samples->input.size;
    measure_drawings(&sums, prepare);
    cvl_free(block);
    return CVL_OK;
}
