/* pictures.c - see pictures.h for the contract. */
#include "samples/pictures.h"

#include <string.h>

#include <convlet/number.h>

#include "data/arrays.h"

/* The samples of a picture are bytes; more bits are rounded to them. */
static const double MOST = 255;

/* What was ignored of the pictures, and of which. */
struct ignored {
    unsigned notes;
    const char *path;
    size_t more;
};

/* The picture, on white where it is to be told apart, in the colours that are
 * asked for. */
static cvl_status load(const char *path, enum color_choice color, bool on_white,
                       cvl_tensor *pixels, struct source_mark *mark,
                       unsigned *notes, cvl_error *err)
{
    struct source source;
    picture_info info;
    cvl_status status = source_read(path, &source, err);
    if (status) return status;
    status = picture_read(source.path, &source.bytes, on_white, CVL_F32, pixels,
                          &info, err);
    *mark = source_mark(&source);
    source_free(&source);
    if (status) return status;
    *notes = info.notes;
    return color == COLOR_KEEP
               ? CVL_OK
               : array_recolour(pixels, color == COLOR_Y ? 1 : 3, err);
}

/* Is it like the first, which made the array? */
static cvl_status check_like(const char *path, const size_t shape[3],
                             const char *first, const struct samples_array *of,
                             cvl_error *err)
{
    if (shape[1] != of->shape[1] || shape[2] != of->shape[2])
        return cvl_fail(err, CVL_ESHAPE,
                        "%s: has %zu x %zu pixels, but %s has %zu x %zu; make "
                        "all of them one size",
                        path, shape[2], shape[1], first, of->shape[2],
                        of->shape[1]);
    if (shape[0] == of->shape[0]) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "%s: has %zu channel%s, but %s has %zu; choose --color y "
                    "or --color rgb",
                    path, shape[0], cvl_plural(shape[0]), first, of->shape[0]);
}

static void ignore(struct ignored ignored[], unsigned notes, const char *path)
{
    for (size_t i = 0; 1u << i <= PICTURE_LAST_NOTE; i++) {
        if (!(notes & 1u << i)) continue;
        if (ignored[i].path) ignored[i].more++;
        if (!ignored[i].path) ignored[i].path = path;
    }
}

static void note_ignored(const struct ignored ignored[], struct text *notes)
{
    for (size_t i = 0; 1u << i <= PICTURE_LAST_NOTE; i++) {
        if (!ignored[i].path) continue;
        text_add(notes, "%s", ignored[i].path);
        if (ignored[i].more) text_add(notes, " and %zu more", ignored[i].more);
        text_add(notes, ": %s\n", array_note_words(1u << i));
    }
}

static void note_others(const struct listing *list, struct text *notes)
{
    if (!list->other) return;
    text_add(notes, "%s", list->other);
    if (list->others > 1) text_add(notes, " and %zu more", list->others - 1);
    text_add(notes, ": no picture; passed over\n");
}

/* Picture number i, as bytes. */
static cvl_status take(const struct listing *list, size_t i,
                       const cvl_tensor *pixels, struct samples_array *array,
                       cvl_error *err)
{
    const char *const path = list->path[i];
    cvl_status status = CVL_OK;
    if (i)
        status = check_like(path, pixels->shape + 1, list->path[0], array, err);
    else
        status = samples_room(array, SAMPLES_U8, pixels->shape + 1, MOST,
                              list->count, err);
    if (status) return status;
    unsigned char *const bytes = (unsigned char *)array->data + i * array->size;
    for (size_t k = 0; k < array->size; k++)
        bytes[k] = picture_sample(cvl_tensor_get(pixels, k));
    return CVL_OK;
}

cvl_status pictures_read(const struct listing *list, size_t root,
                         const char *role, enum color_choice color,
                         struct samples_array *array, struct samples *set,
                         cvl_error *err)
{
    struct ignored ignored[8] = {{0}};
    for (size_t i = 0; i < list->count; i++) {
        const char *const path = list->path[i];
        struct source_mark mark;
        cvl_tensor pixels = {0};
        unsigned notes = 0;
        cvl_status status =
            load(path, color, set->labels, &pixels, &mark, &notes, err);
        if (!status) status = take(list, i, &pixels, array, err);
        cvl_tensor_free(&pixels);
        if (!status)
            status = samples_note_file(set, role, path + root + 1, mark, err);
        if (status) return status;
        ignore(ignored, notes, path);
    }
    note_ignored(ignored, &set->notes);
    note_others(list, &set->notes);
    return text_status(&set->notes, err);
}

cvl_status pictures_list(const char *directory, struct listing *list,
                         cvl_error *err)
{
    char kinds[PICTURE_LIST_SIZE];
    const cvl_status status =
        listing_make(directory, listing_is_picture, SAMPLES_MAX_PICTURES,
                     "pictures", list, err);
    if (status || list->count) return status;
    return cvl_fail(err, CVL_EFORMAT, "%s: holds no picture (%s)", directory,
                    picture_kinds(kinds));
}
