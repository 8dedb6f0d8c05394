/* photos.c - see photos.h for the contract. */
#include "patches/photos.h"

#include <stdio.h>
#include <stdlib.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "base/directory.h"
#include "base/say.h"
#include "base/text.h"
#include "data/arrays.h"
#include "data/listing.h"
#include "data/source.h"

/* Takes the paths over. */
static cvl_status take(struct listing *list, struct photos *photos,
                       cvl_error *err)
{
    void *block;
    const cvl_status status =
        cvl_alloc(&block, list->count * sizeof *photos->photo, "pictures", err);
    if (status) return status;
    photos->photo = block;
    photos->count = list->count;
    for (size_t i = 0; i < list->count; i++)
        photos->photo[i].name = list->path[i];
    list->count = 0;
    return CVL_OK;
}

/* The pictures in a directory. */
static cvl_status list(const char *directory, struct photos *photos,
                       cvl_error *err)
{
    char kinds[PICTURE_LIST_SIZE];
    struct listing found;
    cvl_status status = listing_make(directory, listing_is_picture,
                                     PHOTOS_LIMIT, "pictures", &found, err);
    if (!status && !found.count)
        status = cvl_fail(err, CVL_EFORMAT, "%s: holds no picture (%s)",
                          directory, picture_kinds(kinds));
    if (!status) status = take(&found, photos, err);
    photos->other = found.other;
    photos->others = found.others;
    found.other = NULL;
    listing_free(&found);
    return status;
}

/* The one picture. */
static cvl_status name(const char *path, struct photos *photos, cvl_error *err)
{
    struct text own = {0};
    text_add(&own, "%s", path);
    struct listing one = {.count = 1, .path = &own.data};
    cvl_status status = text_status(&own, err);
    if (!status) status = take(&one, photos, err);
    if (status) text_free(&own);
    return status;
}

static cvl_status load_photo(struct photo *photo, enum color_choice color,
                             size_t *values, cvl_error *err)
{
    cvl_tensor *const pixels = &photo->pixels;
    struct source source;
    picture_info info;
    cvl_status status = source_read(photo->name, &source, err);
    if (status) return status;
    status = picture_read(source.path, &source.bytes, false, CVL_F32, pixels,
                          &info, err);
    photo->mark = source_mark(&source);
    source_free(&source);
    if (status) return status;
    photo->notes = info.notes;
    const size_t channels = color == COLOR_Y     ? 1
                            : color == COLOR_RGB ? 3
                                                 : pixels->shape[1];
    const size_t count = pixels->count / pixels->shape[1] * channels;
    if (count > PHOTOS_VALUES - *values)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%s: with it, the pictures are more than %zu numbers; "
                        "use fewer or smaller ones",
                        photo->name, PHOTOS_VALUES);
    *values += count;
    return array_recolour(pixels, channels, err);
}

static cvl_status load_all(struct photos *photos, enum color_choice color,
                           cvl_error *err)
{
    size_t values = 0;
    for (size_t i = 0; i < photos->count; i++) {
        struct photo *const photo = &photos->photo[i];
        const cvl_status status = load_photo(photo, color, &values, err);
        if (status) return status;
        const size_t channels = photo->pixels.shape[1];
        const size_t first = photos->photo[0].pixels.shape[1];
        if (channels != first)
            return cvl_fail(err, CVL_EINVAL,
                            "%s: has %zu channel%s, but %s has %zu; choose "
                            "--color y or --color rgb",
                            photo->name, channels, cvl_plural(channels),
                            photos->photo[0].name, first);
    }
    return CVL_OK;
}

cvl_status photos_load(const char *path, enum color_choice color,
                       struct photos *photos, cvl_error *err)
{
    *photos = (struct photos){.is_directory = directory_exists(path)};
    const cvl_status status = photos->is_directory ? list(path, photos, err)
                                                   : name(path, photos, err);
    return status ? status : load_all(photos, color, err);
}

static void print_others(const char *command, const char *first, size_t more)
{
    struct text name = {0};
    text_add(&name, more ? "%s and %zu more" : "%s", first, more);
    if (name.data)
        say(stderr, "convlet %s: note: %s: no picture; passed over", command,
            name.data);
    text_free(&name);
}

void photos_print_notes(const char *command, const struct photos *photos)
{
    for (unsigned note = 1; note <= PICTURE_LAST_NOTE; note *= 2) {
        const struct array_origin origin = {.notes = note};
        const char *first = NULL;
        size_t more = 0;
        for (size_t i = 0; i < photos->count; i++) {
            if (!(photos->photo[i].notes & note)) continue;
            if (first) more++;
            if (!first) first = photos->photo[i].name;
        }
        struct text name = {0};
        if (first)
            text_add(&name, more ? "%s and %zu more" : "%s", first, more);
        if (name.data) array_print_note(command, name.data, &origin);
        text_free(&name);
    }
    if (photos->other) print_others(command, photos->other, photos->others - 1);
}

void photos_free(struct photos *photos)
{
    for (size_t i = 0; i < photos->count; i++) {
        free(photos->photo[i].name);
        cvl_tensor_free(&photos->photo[i].pixels);
    }
    cvl_free(photos->photo);
    free(photos->other);
    *photos = (struct photos){0};
}
