/* patches.c - see patches.h for the contract. */
#include "data/patches.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include <convlet/memory.h>

#include "base/suggest.h"

/* The leaves that are held out: no canvas of the training is as large. */
enum { KEPT_SIDE = 256 };

/* Apart from every stream that --seed starts. */
static const uint32_t KEPT_SEED = 0x6c656166;

static const char LEAVES[] = "leaves";

static cvl_status make_floats(float **floats, size_t channels, size_t height,
                              size_t width, cvl_error *err)
{
    const size_t sizes[] = {channels, height, width, sizeof **floats};
    size_t bytes;
    void *block;
    if (!cvl_size_product(sizes, 4, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "pictures of %zu x %zu are too large",
                        height, width);
    const cvl_status status = cvl_alloc(&block, bytes, "a picture", err);
    *floats = block;
    return status;
}

/* Cuts a photo until its sizes are multiples of the scale, in place. */
static void clip_photo(struct photo *photo, size_t scale)
{
    const size_t height = photo->height - photo->height % scale;
    const size_t width = photo->width - photo->width % scale;
    float *to = photo->pixels;
    for (size_t c = 0; c < photo->channels; c++)
        for (size_t y = 0; y < height; y++, to += width)
            memmove(to, photo->pixels + (c * photo->height + y) * photo->width,
                    width * sizeof *to);
    photo->height = height;
    photo->width = width;
}

/* Room for what becomes of a picture. */
static cvl_status make_degraded(const struct degrade *degrade,
                                struct pair *pair, cvl_error *err)
{
    const size_t scale = degrade_scale(degrade);
    cvl_status status =
        make_floats(&pair->degraded, pair->channels, pair->height / scale,
                    pair->width / scale, err);
    if (!status && scale > 1)
        status = make_floats(&pair->base, pair->channels, pair->height,
                             pair->width, err);
    return status;
}

/* The pair of a photo, which must be `least` large and may be cut. */
static cvl_status make_pair(struct photo *photo, const struct degrade *degrade,
                            const size_t least[2], struct pair *pair,
                            cvl_error *err)
{
    struct degrader degrader = {0};
    clip_photo(photo, degrade_scale(degrade));
    *pair = (struct pair){.name = photo->name,
                          .channels = photo->channels,
                          .height = photo->height,
                          .width = photo->width,
                          .clean = photo->pixels};
    if (photo->height < least[0] || photo->width < least[1])
        return cvl_fail(err, CVL_EINVAL,
                        "%s: is %zu x %zu (height x width), smaller than "
                        "--patch %zu,%zu",
                        photo->name, photo->height, photo->width, least[0],
                        least[1]);
    cvl_status status =
        degrader_init(&degrader, degrade, photo->height, photo->width, err);
    if (!status) status = make_degraded(degrade, pair, err);
    if (!status)
        degrader_apply(&degrader, photo->channels, photo->pixels,
                       pair->degraded, pair->base);
    degrader_free(&degrader);
    return status;
}

/* CVL_EIO for a target that is not there; it may be a misspelt "leaves". */
static cvl_status check_exists(const char *target, cvl_error *err)
{
    struct stat info;
    if (stat(target, &info) == 0) return CVL_OK;
    const int reason = errno;
    struct suggestion suggestion = {.word = target};
    suggest_try(&suggestion, LEAVES, LEAVES);
    return cvl_fail(err, CVL_EIO, "%s: %s%s", target,
                    suggestion.answer ? "no such file; did you mean 'leaves'?"
                                      : "cannot open: ",
                    suggestion.answer ? "" : strerror(reason));
}

static cvl_status init_photos(struct patches *patches,
                              const struct config *config, cvl_error *err)
{
    static const size_t any[2] = {1, 1};
    struct photos *const photos = &patches->photos;
    const bool keep_last = !config->data.validation;
    cvl_status status = check_exists(config->data.target, err);
    if (!status)
        status =
            photos_load(config->data.target, config->data.color, photos, err);
    if (status) return status;
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
        status = make_pair(&photos->photo[i], &patches->degrade,
                           config->data.patch, &patches->pairs[i], err);
    if (!status && keep_last)
        status = make_pair(&photos->photo[photos->count - 1], &patches->degrade,
                           any, &patches->held_out, err);
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
    *pair = (struct pair){
        .name = LEAVES, .channels = channels, .height = height, .width = width};
    status = make_floats(&patches->canvas, channels, height, width, err);
    if (!status) status = make_degraded(&patches->degrade, pair, err);
    if (!status)
        status = leaves_init(&patches->leaves, channels, height, width, err);
    if (!status)
        status = degrader_init(&patches->degrader, &patches->degrade, height,
                               width, err);
    pair->clean = patches->canvas;
    return status;
}

/* Leaves to measure with, in the place of a photograph. */
static cvl_status keep_leaves(struct patches *patches, uint32_t seed,
                              cvl_error *err)
{
    static const size_t any[2] = {1, 1};
    static char name[] = "a picture of dead leaves";
    const size_t channels = patches->pairs->channels;
    struct leaves leaves = {0};
    cvl_random random;
    cvl_status status =
        make_floats(&patches->kept_canvas, channels, KEPT_SIDE, KEPT_SIDE, err);
    if (!status)
        status = leaves_init(&leaves, channels, KEPT_SIDE, KEPT_SIDE, err);
    if (!status) {
        struct photo photo = {name, channels, KEPT_SIDE, KEPT_SIDE,
                              patches->kept_canvas};
        cvl_random_seed(&random, seed ^ KEPT_SEED);
        leaves_draw(&leaves, &random, photo.pixels);
        status =
            make_pair(&photo, &patches->degrade, any, &patches->held_out, err);
    }
    leaves_free(&leaves);
    return status;
}

/* --validation: a photograph of its own. */
static cvl_status keep_photo(struct patches *patches, const char *path,
                             cvl_error *err)
{
    static const size_t any[2] = {1, 1};
    const size_t channels = patches->pairs->channels;
    struct photos own;
    cvl_status status =
        photos_load(path, channels == 1 ? COLOR_Y : COLOR_RGB, &own, err);
    if (!status && own.count > 1)
        status = cvl_fail(err, CVL_EINVAL,
                          "%s: holds %zu pictures; --validation takes one",
                          path, own.count);
    if (!status)
        status = make_pair(&own.photo[0], &patches->degrade, any,
                           &patches->held_out, err);
    if (!status) {
        patches->held_out.name = path;
        patches->kept_canvas = own.photo[0].pixels;
        own.photo[0].pixels = NULL;
    }
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
        status = keep_photo(patches, config->data.validation, err);
    else if (!status && patches->is_leaves)
        status = keep_leaves(patches, config->data.seed, err);
    if (status) return status;
    const size_t shape[4] = {config->data.batch_size, patches->pairs->channels,
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

void patches_draw(struct patches *patches, cvl_random *random,
                  cvl_tensor *input, cvl_tensor *target)
{
    const size_t count = input->shape[0];
    const size_t height = target->shape[2], width = target->shape[3];
    const size_t scale = patches->scale;
    if (patches->is_leaves) {
        leaves_draw(&patches->leaves, random, patches->canvas);
        degrader_apply(&patches->degrader, patches->pairs->channels,
                       patches->canvas, patches->pairs->degraded,
                       patches->pairs->base);
    }
    for (size_t n = 0; n < count; n++) {
        const struct pair *pair = patches->pairs;
        struct place place = {0};
        if (patches->is_leaves) {
            const size_t columns = pair->width / width;
            place.top = n / columns * height;
            place.left = n % columns * width;
        } else {
            pair += cvl_random_below(random, (uint32_t)patches->pair_count);
            place.top = draw_offset(random, pair->height - height, scale);
            place.left = draw_offset(random, pair->width - width, scale);
            place.flip_y = cvl_random_below(random, 2) != 0;
            place.flip_x = cvl_random_below(random, 2) != 0;
        }
        patches_cut(patches, pair, &place, random, n, input, target, NULL);
    }
}

void patches_free(struct patches *patches)
{
    for (size_t i = 0; i < patches->pair_count; i++) {
        cvl_free(patches->pairs[i].degraded);
        cvl_free(patches->pairs[i].base);
    }
    cvl_free(patches->held_out.degraded);
    cvl_free(patches->held_out.base);
    cvl_free(patches->pairs);
    cvl_free(patches->canvas);
    cvl_free(patches->kept_canvas);
    photos_free(&patches->photos);
    leaves_free(&patches->leaves);
    degrader_free(&patches->degrader);
    *patches = (struct patches){0};
}
