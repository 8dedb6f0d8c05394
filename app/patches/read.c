/* read.c - see read.h for the contract. */
#include "patches/read.h"

#include <string.h>

#include <convlet/memory.h>

#include "base/suggest.h"
#include "data/source.h"

static cvl_status init_photos(struct patches *patches,
                              const struct config *config,
                              struct photos *photos, cvl_error *err)
{
    static const size_t any[2] = {1, 1};
    const bool keep_last = !config->data.validation;
    struct suggestion suggestion = {.word = config->data.target};
    suggest_try(&suggestion, PATCHES_LEAVES, PATCHES_LEAVES);
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
        status = pair_make(photos->photo[i].name, &photos->photo[i].pixels,
                           &patches->degrade, config->data.patch,
                           &patches->pairs[i], err);
    struct photo *const last = &photos->photo[photos->count - 1];
    if (!status && keep_last)
        status = pair_make(last->name, &last->pixels, &patches->degrade, any,
                           &patches->held_out, err);
    return status;
}

/* --validation: a photograph of its own. */
static cvl_status keep_photo(struct patches *patches,
                             const struct config *config, struct photos *photos,
                             cvl_error *err)
{
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
        status = patches_keep(patches, path, &own.photo[0].pixels, err);
    if (!status) photos->validation_mark = own.photo[0].mark;
    photos_free(&own);
    return status;
}

/* Each shard has leaves of its own. */
static cvl_status add_leaves(struct patches *patches,
                             const struct config *config, cvl_error *err)
{
    const size_t shards = config->training.shards;
    struct data_settings drawn = config->data;
    if (shards > 1) drawn.batch_size = (drawn.batch_size - 1) / shards + 1;
    return patches_add_leaves(patches, &drawn, err);
}

cvl_status patches_init(struct patches *patches, const struct config *config,
                        cvl_dtype dtype, struct photos *photos,
                        cvl_tensor *input, cvl_tensor *target, cvl_error *err)
{
    *photos = (struct photos){.count = 0};
    cvl_status status = patches_plan(patches, config, err);
    const bool is_leaves =
        !status && strcmp(config->data.target, PATCHES_LEAVES) == 0;
    if (is_leaves)
        status = add_leaves(patches, config, err);
    else if (!status)
        status = init_photos(patches, config, photos, err);
    if (!status && config->data.validation)
        status = keep_photo(patches, config, photos, err);
    else if (is_leaves && !status)
        status = patches_keep_leaves(patches, config->data.seed, err);
    return status ? status
                  : patches_room(patches, &config->data, dtype, input, target,
                                 err);
}
