/* photos.c - see photos.h for the contract. */
#include "data/photos.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <convlet/memory.h>

#include "base/text.h"
#include "data/arrays.h"
#include "data/source.h"

/* Takes the path over. */
static cvl_status add(struct photos *photos, struct text *path, cvl_error *err)
{
    const cvl_status status = text_status(path, err);
    if (!status) photos->photo[photos->count++].name = path->data;
    return status;
}

/* Adds the entry if it is a picture. */
static cvl_status look_at(const char *directory, const char *entry,
                          struct photos *photos, cvl_error *err)
{
    struct text path = {0};
    struct source source = {0};
    if (entry[0] == '.') return CVL_OK;
    text_add(&path, "%s/%s", directory, entry);
    cvl_status status = text_status(&path, err);
    if (!status) status = source_look(path.data, &source, err);
    if (!status && source.kind == SOURCE_PICTURE &&
        photos->count == PHOTOS_LIMIT)
        status = cvl_fail(err, CVL_EUNSUPPORTED,
                          "%s: holds more than %d pictures; use fewer",
                          directory, PHOTOS_LIMIT);
    if (!status && source.kind == SOURCE_PICTURE)
        return add(photos, &path, err);
    text_free(&path);
    return status;
}

/* By the bytes of their names, whatever the locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static cvl_status make_room(struct photos *photos, size_t count, cvl_error *err)
{
    void *block;
    const cvl_status status =
        cvl_alloc(&block, count * sizeof *photos->photo, "pictures", err);
    photos->photo = block;
    return status;
}

static cvl_status list(const char *directory, struct photos *photos,
                       cvl_error *err)
{
    char kinds[PICTURE_LIST_SIZE];
    struct dirent **entries;
    const int count = scandir(directory, &entries, NULL, compare_names);
    if (count < 0)
        return cvl_fail(err, CVL_EIO, "%s: cannot read the directory: %s",
                        directory, strerror(errno));
    cvl_status status = make_room(photos, (size_t)count + 1, err);
    for (int i = 0; i < count; i++) {
        if (!status)
            status = look_at(directory, entries[i]->d_name, photos, err);
        free(entries[i]);
    }
    free(entries);
    if (status || photos->count) return status;
    return cvl_fail(err, CVL_EFORMAT, "%s: holds no picture (%s)", directory,
                    picture_kinds(kinds));
}

static cvl_status load_photo(struct photo *photo, enum color_choice color,
                             size_t *values, cvl_error *err)
{
    cvl_tensor *const pixels = &photo->pixels;
    struct source source;
    picture_info info;
    cvl_status status = source_read(photo->name, &source, err);
    if (status) return status;
    status =
        picture_read(source.path, &source.bytes, CVL_F32, pixels, &info, err);
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
                            photo->name, channels, channels == 1 ? "" : "s",
                            photos->photo[0].name, first);
    }
    return CVL_OK;
}

cvl_status photos_load(const char *path, enum color_choice color,
                       struct photos *photos, cvl_error *err)
{
    struct text own = {0};
    struct stat info;
    cvl_status status;
    *photos = (struct photos){0};
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        photos->is_directory = true;
        status = list(path, photos, err);
    } else {
        text_add(&own, "%s", path);
        status = make_room(photos, 1, err);
        if (!status) status = add(photos, &own, err);
        if (status) text_free(&own);
    }
    return status ? status : load_all(photos, color, err);
}

void photos_print_notes(const char *command, const struct photos *photos)
{
    for (unsigned note = 1; note <= PICTURE_STRAY; note *= 2) {
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
}

void photos_free(struct photos *photos)
{
    for (size_t i = 0; i < photos->count; i++) {
        free(photos->photo[i].name);
        cvl_tensor_free(&photos->photo[i].pixels);
    }
    cvl_free(photos->photo);
    *photos = (struct photos){0};
}
