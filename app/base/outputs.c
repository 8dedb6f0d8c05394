/* outputs.c - see outputs.h for the contract. */
#include "base/outputs.h"

#include <string.h>
#include <sys/stat.h>

#include <convlet/file.h>
#include <convlet/memory.h>

#include "base/directory.h"
#include "base/text.h"

/* What a path leads to: a file, or a name in a directory; {0} is nothing. */
struct place {
    bool known;
    dev_t device;
    ino_t number;
    const char *name; /* "" where the file itself is there */
};

static bool is_none(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

/* The place of what is there; devices and pipes hold nothing to lose. */
static struct place place_of(const char *path)
{
    struct stat info;
    if (is_none(path) || stat(path, &info) || S_ISCHR(info.st_mode) ||
        S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode))
        return (struct place){false, 0, 0, ""};
    return (struct place){true, info.st_dev, info.st_ino, ""};
}

/* The place of what may come to be. */
static cvl_status place_of_output(const char *path, struct place *place,
                                  cvl_error *err)
{
    struct stat info;
    struct text above = {0};
    *place = place_of(path);
    if (place->known || is_none(path) || stat(path, &info) == 0) return CVL_OK;
    const char *const slash = strrchr(path, '/');
    text_add(&above, "%.*s", slash ? (int)(slash + 1 - path) : 2,
             slash ? path : "./");
    const cvl_status status = text_status(&above, err);
    if (!status) *place = place_of(above.data);
    place->name = slash ? slash + 1 : path;
    text_free(&above);
    return status;
}

static bool is_same(const struct place *a, const struct place *b)
{
    return a->known && b->known && a->device == b->device &&
           a->number == b->number && strcmp(a->name, b->name) == 0;
}

/* Is output `last` an input, or one that came before? */
static cvl_status refuse_one(const struct output *outputs, size_t last,
                             const struct place *places,
                             const char *const *inputs, size_t input_count,
                             const struct place *input_places, cvl_error *err)
{
    const struct output *const output = &outputs[last];
    for (size_t i = 0; i < input_count; i++)
        if (is_same(&places[last], &input_places[i]))
            return cvl_fail(err, CVL_EINVAL,
                            "%s is an input, %s; choose another --%s",
                            output->path, inputs[i], output->flag);
    if (cvl_file_is_descriptor(output->path)) return CVL_OK;
    for (size_t i = 0; i < last; i++)
        if (is_same(&places[last], &places[i]))
            return cvl_fail(
                err, CVL_EINVAL, "--%s %s and --%s %s are one file; choose two",
                outputs[i].flag, outputs[i].path, output->flag, output->path);
    return CVL_OK;
}

cvl_status outputs_refuse_clash(const struct output *outputs, size_t count,
                                const char *const *inputs, size_t input_count,
                                cvl_error *err)
{
    void *room = NULL;
    cvl_status status =
        cvl_alloc(&room, (count + input_count) * sizeof(struct place),
                  "the files' places", err);
    if (status) return status;
    struct place *const places = room, *const taken = places + count;
    for (size_t i = 0; i < input_count; i++) taken[i] = place_of(inputs[i]);
    for (size_t i = 0; !status && i < count; i++) {
        status = place_of_output(outputs[i].path, &places[i], err);
        if (!status && places[i].known)
            status =
                refuse_one(outputs, i, places, inputs, input_count, taken, err);
    }
    cvl_free(room);
    return status;
}

cvl_status output_refuse_existing(const struct output *output, bool force,
                                  cvl_error *err)
{
    if (!place_of(output->path).known || cvl_file_is_descriptor(output->path))
        return CVL_OK;
    if (directory_exists(output->path))
        return cvl_fail(err, CVL_EIO, "%s: is a directory, expected a file",
                        output->path);
    if (force) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "%s is there already; choose another --%s, or add --force "
                    "to overwrite it",
                    output->path, output->flag);
}

cvl_status outputs_check(const struct output *outputs, size_t count,
                         const char *const *inputs, size_t input_count,
                         bool force, cvl_error *err)
{
    cvl_status status =
        outputs_refuse_clash(outputs, count, inputs, input_count, err);
    for (size_t i = 0; !status && i < count; i++)
        status = output_refuse_existing(&outputs[i], force, err);
    return status;
}
