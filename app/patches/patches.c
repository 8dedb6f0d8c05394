/* patches.c - see patches.h for the contract. */
#include "patches/patches.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>

/* The leaves that are held out: no canvas of the training is as large. */
enum { KEPT_SIDE = 256 };

/* Apart from every stream that --seed starts. */
static const uint32_t KEPT_SEED = 0x6c656166;

/* CVL_EINVAL for a target that is made from the input. */
static cvl_status refuse_made_up(const char *target, cvl_error *err)
{
    if (strcmp(target, "ones") != 0 && strcmp(target, "zeros") != 0 &&
        strncmp(target, "filter:", 7) != 0)
        return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "--degrade needs good pictures, not --target %s; add "
                    "--target DIR, or --target leaves",
                    target);
}

static cvl_status check_patch(const struct patches *patches,
                              const size_t patch[2], cvl_error *err)
{
    if (patch[0] % patches->scale == 0 && patch[1] % patches->scale == 0)
        return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "--patch %zu,%zu is not a multiple of the %zu of --degrade "
                    "shrink",
                    patch[0], patch[1], patches->scale);
}

cvl_status patches_plan(struct patches *patches, const struct config *config,
                        cvl_error *err)
{
    *patches = (struct patches){.residual = config->training.residual};
    cvl_status status =
        degrade_parse(config->data.degrade, &patches->degrade, err);
    patches->scale = degrade_scale(&patches->degrade);
    if (!status) status = refuse_made_up(config->data.target, err);
    return status ? status : check_patch(patches, config->data.patch, err);
}

cvl_status patches_add_leaves(struct patches *patches,
                              const struct data_settings *settings,
                              cvl_error *err)
{
    const size_t channels = settings->color == COLOR_Y ? 1 : 3;
    const size_t columns = (size_t)ceil(sqrt((double)settings->batch_size));
    const size_t rows = (settings->batch_size + columns - 1) / columns;
    void *block;
    size_t height, width;
    if (!cvl_size_mul(rows, settings->patch[0], &height) ||
        !cvl_size_mul(columns, settings->patch[1], &width))
        return cvl_fail(err, CVL_ENOMEM, "the batch is too large");
    patches->is_leaves = true;
    cvl_status status =
        cvl_alloc(&block, sizeof *patches->pairs, "leaves", err);
    if (status) return status;
    /* One picture, from which every patch of a batch is cut, side by side. */
    patches->pairs = block;
    patches->pair_count = 1;
    struct pair *const pair = patches->pairs;
    const size_t shape[4] = {1, channels, height, width};
    *pair = (struct pair){.name = PATCHES_LEAVES};
    status = cvl_tensor_init(&pair->clean, CVL_F32, 4, shape, err);
    if (!status) status = pair_room(&patches->degrade, pair, err);
    if (!status)
        status =
            dead_leaves_init(&patches->leaves, channels, height, width, err);
    if (!status)
        status =
            degrader_init(&patches->degrader, &patches->degrade, shape, err);
    return status;
}

cvl_status patches_keep(struct patches *patches, const char *name,
                        cvl_tensor *pixels, cvl_error *err)
{
    static const size_t any[2] = {1, 1};
    return pair_make(name, pixels, &patches->degrade, any, &patches->held_out,
                     err);
}

cvl_status patches_keep_leaves(struct patches *patches, uint32_t seed,
                               cvl_error *err)
{
    const size_t shape[4] = {1, patches->pairs->clean.shape[1], KEPT_SIDE,
                             KEPT_SIDE};
    struct dead_leaves leaves;
    cvl_tensor picture;
    cvl_random random;
    cvl_random_seed(&random, seed ^ KEPT_SEED);
    cvl_status status = cvl_tensor_init(&picture, CVL_F32, 4, shape, err);
    if (status) return status;
    status = dead_leaves_init(&leaves, shape[1], shape[2], shape[3], err);
    if (!status) dead_leaves_draw(&leaves, &random, &picture);
    if (!status)
        status =
            patches_keep(patches, "a picture of dead leaves", &picture, err);
    dead_leaves_free(&leaves);
    cvl_tensor_free(&picture);
    return status;
}

cvl_status patches_room(const struct patches *patches,
                        const struct data_settings *settings, cvl_dtype dtype,
                        cvl_tensor *input, cvl_tensor *target, cvl_error *err)
{
    const size_t shape[4] = {settings->batch_size,
                             patches->pairs->clean.shape[1], settings->patch[0],
                             settings->patch[1]};
    const size_t small[4] = {shape[0], shape[1], shape[2] / patches->scale,
                             shape[3] / patches->scale};
    const cvl_status status = cvl_tensor_init(input, dtype, 4, small, err);
    return status ? status : cvl_tensor_init(target, dtype, 4, shape, err);
}

/* A multiple of the scale, up to `largest`, which is one. */
static size_t draw_offset(cvl_random *random, size_t largest, size_t scale)
{
    return scale * cvl_random_below(random, (uint32_t)(largest / scale + 1));
}

/* Numbers that are looked at at a time, whatever rows they are of. */
enum { RUN = 128 };

/*
 * Reads what stands for number `at` and those after it of an image of that
 * shape.
 *
 *   scale   how many times smaller the planes are than what the place is in
 */
static void look(const cvl_tensor *planes, size_t scale,
                 const struct place *place, const size_t shape[4], size_t at,
                 size_t count, double *run)
{
    for (const double *const end = run + count; run < end;) {
        const size_t i = at / shape[3] % shape[2], j = at % shape[3];
        const size_t c = at / shape[3] / shape[2];
        const size_t y = place->flip_y ? shape[2] - 1 - i : i;
        const size_t row = c * planes->shape[2] + place->top / scale + y;
        const float *const from = (const float *)planes->data +
                                  row * planes->shape[3] + place->left / scale;
        const size_t part = cvl_least(shape[3] - j, (size_t)(end - run));
        if (place->flip_x)
            for (size_t k = 0; k < part; k++)
                run[k] = (double)from[shape[3] - 1 - j - k];
        else
            for (size_t k = 0; k < part; k++) run[k] = (double)from[j + k];
        at += part;
        run += part;
    }
}

static void put(cvl_tensor *batch, size_t at, size_t count, const double *run)
{
    if (batch->dtype == CVL_F32)
        for (size_t k = 0; k < count; k++)
            ((float *)batch->data)[at + k] = (float)run[k];
    else
        memcpy((double *)batch->data + at, run, count * sizeof *run);
}

static void get(const cvl_tensor *batch, size_t at, size_t count, double *run)
{
    if (batch->dtype == CVL_F32)
        for (size_t k = 0; k < count; k++)
            run[k] = (double)((const float *)batch->data)[at + k];
    else
        memcpy(run, (const double *)batch->data + at, count * sizeof *run);
}

/* Adds noise of that deviation. */
static void disturb(cvl_random *random, double deviation, size_t count,
                    double *run)
{
    double normals[RUN];
    cvl_random_normals(random, count, normals);
    for (size_t k = 0; k < count; k++) run[k] += deviation * normals[k];
}

void patches_cut(const struct patches *patches, const struct pair *pair,
                 const struct place *place, cvl_random *random, size_t n,
                 cvl_tensor *input, cvl_tensor *target, cvl_tensor *base)
{
    const size_t in = input->count / input->shape[0];
    const size_t out = target->count / target->shape[0];
    double run[RUN], nothing[RUN];
    for (size_t at = 0; at < in; at += RUN) {
        const size_t count = cvl_least(RUN, in - at);
        look(&pair->degraded, patches->scale, place, input->shape, at, count,
             run);
        if (patches->degrade.kind == DEGRADE_NOISE)
            disturb(random, patches->degrade.amount / 255, count, run);
        put(input, n * in + at, count, run);
    }
    for (size_t at = 0; at < out; at += RUN) {
        const size_t count = cvl_least(RUN, out - at);
        look(&pair->clean, 1, place, target->shape, at, count, run);
        if (pair->base.data)
            look(&pair->base, 1, place, target->shape, at, count, nothing);
        else
            get(input, n * in + at, count, nothing);
        for (size_t k = 0; patches->residual && k < count; k++)
            run[k] -= nothing[k];
        put(target, n * out + at, count, run);
        if (base) put(base, n * out + at, count, nothing);
    }
}

void patches_draw(struct patches *patches, cvl_random *random,
                  cvl_tensor *input, cvl_tensor *target)
{
    const size_t count = input->shape[0];
    const size_t height = target->shape[2], width = target->shape[3];
    const size_t scale = patches->scale;
    if (patches->is_leaves) {
        struct pair *const all = patches->pairs;
        dead_leaves_draw(&patches->leaves, random, &all->clean);
        degrader_apply(&patches->degrader, &all->clean, &all->degraded,
                       &all->base);
    }
    for (size_t n = 0; n < count; n++) {
        const struct pair *pair = patches->pairs;
        struct place place = {0};
        if (patches->is_leaves) {
            const size_t columns = pair->clean.shape[3] / width;
            place.top = n / columns * height;
            place.left = n % columns * width;
        } else {
            pair += cvl_random_below(random, (uint32_t)patches->pair_count);
            place.top =
                draw_offset(random, pair->clean.shape[2] - height, scale);
            place.left =
                draw_offset(random, pair->clean.shape[3] - width, scale);
            place.flip_y = cvl_random_below(random, 2) != 0;
            place.flip_x = cvl_random_below(random, 2) != 0;
        }
        patches_cut(patches, pair, &place, random, n, input, target, NULL);
    }
}

void patches_free(struct patches *patches)
{
    for (size_t i = 0; i < patches->pair_count; i++)
        pair_free(&patches->pairs[i]);
    pair_free(&patches->held_out);
    cvl_free(patches->pairs);
    dead_leaves_free(&patches->leaves);
    degrader_free(&patches->degrader);
    *patches = (struct patches){0};
}
