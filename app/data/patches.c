/* patches.c - see patches.h for the contract. */
#include "data/patches.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/suggest.h"
#include "data/source.h"

/* The leaves that are held out: no canvas of the training is as large. */
enum { KEPT_SIDE = 256 };

/* Apart from every stream that --seed starts. */
static const uint32_t KEPT_SEED = 0x6c656166;

static const char LEAVES[] = "leaves";

/* Room for what becomes of a picture. */
static cvl_status make_degraded(const struct degrade *degrade,
                                struct pair *pair, cvl_error *err)
{
    const size_t scale = degrade_scale(degrade);
    const size_t *const shape = pair->clean.shape;
    const size_t small[4] = {1, shape[1], shape[2] / scale, shape[3] / scale};
    cvl_status status =
        cvl_tensor_init(&pair->degraded, CVL_F32, 4, small, err);
    if (!status && scale > 1)
        status = cvl_tensor_init(&pair->base, CVL_F32, 4, shape, err);
    return status;
}

/* Takes the picture over, cut at the bottom and the right. */
static cvl_status take(cvl_tensor *pixels, size_t height, size_t width,
                       cvl_tensor *clean, cvl_error *err)
{
    const size_t shape[4] = {1, pixels->shape[1], height, width};
    if (height == pixels->shape[2] && width == pixels->shape[3]) {
        *clean = *pixels;
        *pixels = (cvl_tensor){0};
        return CVL_OK;
    }
    const cvl_status status = cvl_tensor_init(clean, CVL_F32, 4, shape, err);
    if (!status) cvl_tensor_crop(clean, pixels);
    cvl_tensor_free(pixels);
    return status;
}

/* The pair of a picture, which is taken over, and cut to sizes that are
 * multiples of the scale; they must be `least` large. */
static cvl_status make_pair(const char *name, cvl_tensor *pixels,
                            const struct degrade *degrade,
                            const size_t least[2], struct pair *pair,
                            cvl_error *err)
{
    struct degrader degrader = {0};
    const size_t scale = degrade_scale(degrade);
    const size_t height = pixels->shape[2] - pixels->shape[2] % scale;
    const size_t width = pixels->shape[3] - pixels->shape[3] % scale;
    *pair = (struct pair){.name = name};
    if (!height || !width)
        return cvl_fail(err, CVL_EINVAL,
                        "%s: is %zu x %zu (height x width), too small to be "
                        "made %zu times smaller",
                        name, pixels->shape[2], pixels->shape[3], scale);
    if (height < least[0] || width < least[1])
        return cvl_fail(err, CVL_EINVAL,
                        "%s: is %zu x %zu (height x width), smaller than "
                        "--patch %zu,%zu",
                        name, height, width, least[0], least[1]);
    cvl_status status = take(pixels, height, width, &pair->clean, err);
    if (!status)
        status = degrader_init(&degrader, degrade, pair->clean.shape, err);
    if (status) cvl_error_prefix(err, status, "%s", name);
    if (!status) status = make_degraded(degrade, pair, err);
    if (!status)
        degrader_apply(&degrader, &pair->clean, &pair->degraded, &pair->base);
    degrader_free(&degrader);
    return status;
}

static cvl_status init_photos(struct patches *patches,
                              const struct config *config, cvl_error *err)
{
    static const size_t any[2] = {1, 1};
    struct photos *const photos = &patches->photos;
    const bool keep_last = !config->data.validation;
    struct suggestion suggestion = {.word = config->data.target};
    suggest_try(&suggestion, LEAVES, LEAVES);
    cvl_status status =
        source_refuse_typo(config->data.target, "", suggestion.answer, "", err);
    if (!status)
        status =
            photos_load(config->data.target, config->data.color, photos, err);
    if (status) return status;
    if (!config->output.quiet)
        photos_print_notes(config->start.command, photos);
    if (keep_last && photos->count < 2)
        return cvl_fail(err, CVL_EINVAL,
                        "%s: one picture leaves none to hold out; add "
                        "--validation FILE",
                        config->data.target);
    void *block;
    status = cvl_alloc(&block, photos->count * sizeof *patches->pairs,
                       "pictures", err);
    if (status) return status;
    patches->pairs = block;
    patches->pair_count = photos->count - (keep_last ? 1 : 0);
    for (size_t i = 0; !status && i < patches->pair_count; i++)
        status = make_pair(photos->photo[i].name, &photos->photo[i].pixels,
                           &patches->degrade, config->data.patch,
                           &patches->pairs[i], err);
    struct photo *const last = &photos->photo[photos->count - 1];
    if (!status && keep_last)
        status = make_pair(last->name, &last->pixels, &patches->degrade, any,
                           &patches->held_out, err);
    return status;
}

/* One picture, from which every patch of a batch is cut, side by side. */
static cvl_status init_leaves(struct patches *patches,
                              const struct config *config, cvl_error *err)
{
    const size_t channels = config->data.color == COLOR_Y ? 1 : 3;
    const size_t columns = (size_t)ceil(sqrt((double)config->data.batch_size));
    const size_t rows = (config->data.batch_size + columns - 1) / columns;
    void *block;
    size_t height, width;
    if (!cvl_size_mul(rows, config->data.patch[0], &height) ||
        !cvl_size_mul(columns, config->data.patch[1], &width))
        return cvl_fail(err, CVL_ENOMEM, "the batch is too large");
    patches->is_leaves = true;
    cvl_status status =
        cvl_alloc(&block, sizeof *patches->pairs, "leaves", err);
    if (status) return status;
    patches->pairs = block;
    patches->pair_count = 1;
    struct pair *const pair = patches->pairs;
    const size_t shape[4] = {1, channels, height, width};
    *pair = (struct pair){.name = LEAVES};
    status = cvl_tensor_init(&pair->clean, CVL_F32, 4, shape, err);
    if (!status) status = make_degraded(&patches->degrade, pair, err);
    if (!status)
        status =
            dead_leaves_init(&patches->leaves, channels, height, width, err);
    if (!status)
        status =
            degrader_init(&patches->degrader, &patches->degrade, shape, err);
    return status;
}

/* Leaves to measure with, in the place of a photograph. */
static cvl_status keep_leaves(struct patches *patches, uint32_t seed,
                              cvl_error *err)
{
    static const size_t any[2] = {1, 1};
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
        status = make_pair("a picture of dead leaves", &picture,
                           &patches->degrade, any, &patches->held_out, err);
    dead_leaves_free(&leaves);
    cvl_tensor_free(&picture);
    return status;
}

/* --validation: a photograph of its own. */
static cvl_status keep_photo(struct patches *patches,
                             const struct config *config, cvl_error *err)
{
    static const size_t any[2] = {1, 1};
    const char *const path = config->data.validation;
    const size_t channels = patches->pairs->clean.shape[1];
    struct photos own;
    cvl_status status =
        photos_load(path, channels == 1 ? COLOR_Y : COLOR_RGB, &own, err);
    if (!status && !config->output.quiet)
        photos_print_notes(config->start.command, &own);
    if (!status && own.count > 1)
        status = cvl_fail(err, CVL_EINVAL,
                          "%s: holds %zu pictures; --validation takes one",
                          path, own.count);
    if (!status)
        status = make_pair(path, &own.photo[0].pixels, &patches->degrade, any,
                           &patches->held_out, err);
    if (!status) patches->validation_mark = own.photo[0].mark;
    photos_free(&own);
    return status;
}

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

cvl_status patches_init(struct patches *patches, const struct config *config,
                        cvl_dtype dtype, cvl_tensor *input, cvl_tensor *target,
                        cvl_error *err)
{
    *patches = (struct patches){.residual = config->training.residual};
    cvl_status status =
        degrade_parse(config->data.degrade, &patches->degrade, err);
    patches->scale = degrade_scale(&patches->degrade);
    if (!status) status = refuse_made_up(config->data.target, err);
    if (!status) status = check_patch(patches, config->data.patch, err);
    if (!status)
        status = strcmp(config->data.target, LEAVES) == 0
                     ? init_leaves(patches, config, err)
                     : init_photos(patches, config, err);
    if (!status && config->data.validation)
        status = keep_photo(patches, config, err);
    else if (!status && patches->is_leaves)
        status = keep_leaves(patches, config->data.seed, err);
    if (status) return status;
    const size_t shape[4] = {config->data.batch_size,
                             patches->pairs->clean.shape[1],
                             config->data.patch[0], config->data.patch[1]};
    const size_t small[4] = {shape[0], shape[1], shape[2] / patches->scale,
                             shape[3] / patches->scale};
    status = cvl_tensor_init(input, dtype, 4, small, err);
    return status ? status : cvl_tensor_init(target, dtype, 4, shape, err);
}

/* A multiple of the scale, up to `largest`, which is one. */
static size_t draw_offset(cvl_random *random, size_t largest, size_t scale)
{
    return scale * cvl_random_below(random, (uint32_t)(largest / scale + 1));
}

/* The number that element `at` of a batch of that shape stands for, of planes
 * that are `scale` times smaller than what the place is in. */
static double look(const cvl_tensor *planes, size_t scale,
                   const struct place *place, const size_t shape[4], size_t at)
{
    const size_t i = at / shape[3] % shape[2], j = at % shape[3];
    const size_t c = at / shape[3] / shape[2] % shape[1];
    const size_t y = place->flip_y ? shape[2] - 1 - i : i;
    const size_t x = place->flip_x ? shape[3] - 1 - j : j;
    const size_t row = c * planes->shape[2] + place->top / scale + y;
    return cvl_tensor_get(planes,
                          row * planes->shape[3] + place->left / scale + x);
}

void patches_cut(const struct patches *patches, const struct pair *pair,
                 const struct place *place, cvl_random *random, size_t n,
                 cvl_tensor *input, cvl_tensor *target, cvl_tensor *base)
{
    const bool is_noise = patches->degrade.kind == DEGRADE_NOISE;
    const double deviation = is_noise ? patches->degrade.amount / 255 : 0;
    const size_t in = input->count / input->shape[0];
    const size_t out = target->count / target->shape[0];
    for (size_t i = n * in; i < (n + 1) * in; i++) {
        double value =
            look(&pair->degraded, patches->scale, place, input->shape, i);
        if (is_noise) value += deviation * cvl_random_normal(random);
        cvl_tensor_set(input, i, value);
    }
    for (size_t i = n * out; i < (n + 1) * out; i++) {
        const double nothing =
            pair->base.data ? look(&pair->base, 1, place, target->shape, i)
                            : cvl_tensor_get(input, i);
        cvl_tensor_set(target, i,
                       look(&pair->clean, 1, place, target->shape, i) -
                           (patches->residual ? nothing : 0));
        if (base) cvl_tensor_set(base, i, nothing);
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

static void pair_free(struct pair *pair)
{
    cvl_tensor_free(&pair->clean);
    cvl_tensor_free(&pair->degraded);
    cvl_tensor_free(&pair->base);
}

void patches_free(struct patches *patches)
{
    for (size_t i = 0; i < patches->pair_count; i++)
        pair_free(&patches->pairs[i]);
    pair_free(&patches->held_out);
    cvl_free(patches->pairs);
    photos_free(&patches->photos);
    dead_leaves_free(&patches->leaves);
    degrader_free(&patches->degrader);
    *patches = (struct patches){0};
}
