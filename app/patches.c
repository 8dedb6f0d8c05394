/* patches.c - see patches.h for the contract. */
#include "patches.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include <convlet/memory.h>

#include "suggest.h"

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

/* The pair of a photo, which must be `least` large. */
static cvl_status make_pair(const struct photo *photo,
                            const struct degrade *degrade,
                            const size_t least[2], struct pair *pair,
                            cvl_error *err)
{
    struct degrader degrader = {0};
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
    cvl_status status = make_floats(&pair->degraded, photo->channels,
                                    photo->height, photo->width, err);
    if (!status)
        status =
            degrader_init(&degrader, degrade, photo->height, photo->width, err);
    if (!status)
        degrader_apply(&degrader, photo->channels, photo->pixels,
                       pair->degraded);
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
    const bool keep_last = !config->validation;
    cvl_status status = check_exists(config->target, err);
    if (!status)
        status = photos_load(config->target, config->color, photos, err);
    if (status) return status;
    if (keep_last && photos->count < 2)
        return cvl_fail(err, CVL_EINVAL,
                        "%s: one picture leaves none to hold out; add "
                        "--validation FILE",
                        config->target);
    void *block;
    status = cvl_alloc(&block, photos->count * sizeof *patches->pairs,
                       "pictures", err);
    if (status) return status;
    patches->pairs = block;
    patches->pair_count = photos->count - (keep_last ? 1 : 0);
    for (size_t i = 0; !status && i < patches->pair_count; i++)
        status = make_pair(&photos->photo[i], &patches->degrade, config->patch,
                           &patches->pairs[i], err);
    if (!status && keep_last)
        status = make_pair(&photos->photo[photos->count - 1], &patches->degrade,
                           any, &patches->held_out, err);
    return status;
}

/* One picture, from which every patch of a batch is cut, side by side. */
static cvl_status init_leaves(struct patches *patches,
                              const struct config *config, cvl_error *err)
{
    const size_t channels = config->color == COLOR_Y ? 1 : 3;
    const size_t columns = (size_t)ceil(sqrt((double)config->batch_size));
    const size_t rows = (config->batch_size + columns - 1) / columns;
    void *block;
    size_t height, width;
    if (!cvl_size_mul(rows, config->patch[0], &height) ||
        !cvl_size_mul(columns, config->patch[1], &width))
        return cvl_fail(err, CVL_ENOMEM, "the batch is too large");
    patches->is_leaves = true;
    cvl_status status =
        cvl_alloc(&block, sizeof *patches->pairs, "leaves", err);
    if (status) return status;
    patches->pairs = block;
    patches->pair_count = 1;
    struct pair *const pair = patches->pairs;
    *pair = (struct pair){LEAVES, channels, height, width, NULL, NULL};
    status = make_floats(&patches->canvas, channels, height, width, err);
    if (!status)
        status = make_floats(&pair->degraded, channels, height, width, err);
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
        const struct photo photo = {name, channels, KEPT_SIDE, KEPT_SIDE,
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

cvl_status patches_init(struct patches *patches, const struct config *config,
                        cvl_dtype dtype, cvl_tensor *input, cvl_tensor *target,
                        cvl_error *err)
{
    *patches = (struct patches){.residual = config->residual};
    cvl_status status = degrade_parse(config->degrade, &patches->degrade, err);
    if (!status) status = refuse_made_up(config->target, err);
    if (!status)
        status = strcmp(config->target, LEAVES) == 0
                     ? init_leaves(patches, config, err)
                     : init_photos(patches, config, err);
    if (!status && config->validation)
        status = keep_photo(patches, config->validation, err);
    else if (!status && patches->is_leaves)
        status = keep_leaves(patches, config->seed, err);
    if (status) return status;
    const size_t shape[4] = {config->batch_size, patches->pairs->channels,
                             config->patch[0], config->patch[1]};
    status = cvl_tensor_init(input, dtype, 4, shape, err);
    return status ? status : cvl_tensor_init(target, dtype, 4, shape, err);
}

void patches_cut(const struct patches *patches, const struct pair *pair,
                 const struct place *place, cvl_random *random, size_t n,
                 cvl_tensor *input, cvl_tensor *target)
{
    const bool is_noise = patches->degrade.kind == DEGRADE_NOISE;
    const double deviation = is_noise ? patches->degrade.amount / 255 : 0;
    const size_t *const shape = input->shape;
    size_t at = n * shape[1] * shape[2] * shape[3];
    for (size_t c = 0; c < shape[1]; c++)
        for (size_t i = 0; i < shape[2]; i++)
            for (size_t j = 0; j < shape[3]; j++, at++) {
                const size_t y = place->flip_y ? shape[2] - 1 - i : i;
                const size_t x = place->flip_x ? shape[3] - 1 - j : j;
                const size_t from =
                    (c * pair->height + place->top + y) * pair->width +
                    place->left + x;
                const double clean = (double)pair->clean[from];
                double in = (double)pair->degraded[from];
                if (is_noise) in += deviation * cvl_random_normal(random);
                cvl_tensor_set(input, at, in);
                cvl_tensor_set(target, at,
                               patches->residual ? clean - in : clean);
            }
}

void patches_draw(struct patches *patches, cvl_random *random,
                  cvl_tensor *input, cvl_tensor *target)
{
    const size_t count = input->shape[0];
    const size_t height = input->shape[2], width = input->shape[3];
    if (patches->is_leaves) {
        leaves_draw(&patches->leaves, random, patches->canvas);
        degrader_apply(&patches->degrader, patches->pairs->channels,
                       patches->canvas, patches->pairs->degraded);
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
            place.top =
                cvl_random_below(random, (uint32_t)(pair->height - height + 1));
            place.left =
                cvl_random_below(random, (uint32_t)(pair->width - width + 1));
            place.flip_y = cvl_random_below(random, 2) != 0;
            place.flip_x = cvl_random_below(random, 2) != 0;
        }
        patches_cut(patches, pair, &place, random, n, input, target);
    }
}

void patches_free(struct patches *patches)
{
    for (size_t i = 0; i < patches->pair_count; i++)
        cvl_free(patches->pairs[i].degraded);
    cvl_free(patches->held_out.degraded);
    cvl_free(patches->pairs);
    cvl_free(patches->canvas);
    cvl_free(patches->kept_canvas);
    photos_free(&patches->photos);
    leaves_free(&patches->leaves);
    degrader_free(&patches->degrader);
    *patches = (struct patches){0};
}
