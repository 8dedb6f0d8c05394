/* photos.c - see photos.h for the contract. */
#include "data/photos.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <convlet/memory.h>

#include "base/text.h"
#include "data/source.h"
#include "pictures/srgb.h"

/* Names of files, of which `count` are there and `room` fit. */
struct names {
    char **name;
    size_t count, room;
};

static void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++) free(names->name[i]);
    free(names->name);
}

/* Takes the path over. */
static cvl_status names_add(struct names *names, char *path, cvl_error *err)
{
    if (names->count == names->room) {
        const size_t room = names->room ? 2 * names->room : 64;
        char **const more = realloc(names->name, room * sizeof *more);
        if (!more) {
            free(path);
            return cvl_fail(err, CVL_ENOMEM, "out of memory: names of files");
        }
        names->name = more;
        names->room = room;
    }
    names->name[names->count++] = path;
    return CVL_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the entry if it is a picture. */
static cvl_status look_at(const char *directory, const char *entry,
                          struct names *names, cvl_error *err)
{
    struct text path = {0};
    struct source source = {0};
    if (entry[0] == '.') return CVL_OK;
    text_add(&path, "%s/%s", directory, entry);
    cvl_status status = text_status(&path, err);
    if (!status) status = source_look(path.data, &source, err);
    if (status || source.kind != SOURCE_PICTURE) {
        text_free(&path);
        return status;
    }
    if (names->count == PHOTOS_LIMIT) {
        text_free(&path);
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%s: holds more than %d pictures; use fewer", directory,
                        PHOTOS_LIMIT);
    }
    return names_add(names, path.data, err);
}

static cvl_status list(const char *directory, struct names *names,
                       cvl_error *err)
{
    static const char failed[] = "%s: cannot read the directory: %s";
    char kinds[PICTURE_LIST_SIZE];
    DIR *const stream = opendir(directory);
    cvl_status status = CVL_OK;
    if (!stream)
        return cvl_fail(err, CVL_EIO, failed, directory, strerror(errno));
    while (!status) {
        errno = 0; /* readdir leaves it alone at the end */
        const struct dirent *const entry = readdir(stream);
        if (!entry && errno)
            status = cvl_fail(err, CVL_EIO, failed, directory, strerror(errno));
        if (!entry) break;
        status = look_at(directory, entry->d_name, names, err);
    }
    closedir(stream);
    if (status) return status;
    if (!names->count)
        return cvl_fail(err, CVL_EFORMAT, "%s: holds no picture (%s)",
                        directory, picture_kinds(kinds));
    qsort(names->name, names->count, sizeof *names->name, compare_names);
    return CVL_OK;
}

/* Replaces the picture by itself in the channels that are wanted. */
static cvl_status convert(cvl_tensor *pixels, size_t channels, cvl_error *err)
{
    cvl_tensor made;
    const size_t *const old = pixels->shape;
    const size_t shape[4] = {1, channels, old[2], old[3]};
    const cvl_status status = cvl_tensor_init(&made, CVL_F32, 4, shape, err);
    if (status) return status;
    if (channels == 1)
        srgb_luminance_all(pixels, &made);
    else
        for (size_t i = 0; i < made.count; i++)
            cvl_tensor_set(&made, i, cvl_tensor_get(pixels, i % pixels->count));
    cvl_tensor_free(pixels);
    *pixels = made;
    return CVL_OK;
}

static cvl_status load_photo(struct photo *photo, enum color_choice color,
                             size_t *values, cvl_error *err)
{
    cvl_tensor *const pixels = &photo->pixels;
    cvl_status status = picture_load(photo->name, CVL_F32, pixels, NULL, err);
    if (status) return status;
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
    return channels == pixels->shape[1] ? CVL_OK
                                        : convert(pixels, channels, err);
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
    struct names names = {0};
    struct text own = {0};
    struct stat info;
    void *block = NULL;
    cvl_status status = CVL_OK;
    *photos = (struct photos){0};
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        status = list(path, &names, err);
    } else {
        text_add(&own, "%s", path);
        status = text_status(&own, err);
        if (!status) status = names_add(&names, own.data, err);
    }
    if (!status)
        status = cvl_alloc(&block, names.count * sizeof *photos->photo,
                           "pictures", err);
    if (!status) {
        photos->photo = block;
        photos->count = names.count;
        for (size_t i = 0; i < names.count; i++) {
            photos->photo[i].name = names.name[i];
            names.name[i] = NULL;
        }
        status = load_all(photos, color, err);
    }
    names_free(&names);
    return status;
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
