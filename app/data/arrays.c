/* arrays.c - see arrays.h for the contract. */
#include "data/arrays.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/npy.h>

#include "base/input.h"
#include "base/say.h"
#include "data/literal.h"
#include "data/source.h"

/* CVL_EFORMAT with the index, of the last `ndim` axes, of the first value that
 * is not finite. */
static cvl_status check_finite(const char *path, const cvl_tensor *tensor,
                               size_t ndim, cvl_error *err)
{
    const size_t flat = cvl_tensor_first_nonfinite(tensor);
    char place[CVL_DESCRIBE_SIZE];
    if (flat == tensor->count) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "%s: element [%s] is %g; every value must be finite", path,
                    array_place(tensor, ndim, flat, place),
                    cvl_tensor_get(tensor, flat));
}

/* A file that is no picture, as an array: the reason in *err stays if it is
 * one by its first bytes, or an archive of some. */
static cvl_status parse_array(const struct source *source, cvl_tensor *tensor,
                              cvl_error *err)
{
    char kinds[PICTURE_LIST_SIZE];
    cvl_status status =
        cvl_npy_parse(source->bytes.data, source->bytes.size, tensor, err);
    if (!status) return CVL_OK;
    if (status != CVL_EFORMAT || source->kind == SOURCE_NPY ||
        source->kind == SOURCE_ZIP)
        return cvl_error_prefix(err, status, "%s", source->path);
    if (source->kind == SOURCE_EMPTY)
        return cvl_fail(err, CVL_EFORMAT,
                        "%s: is empty; expected a picture or a .npy array",
                        source->path);
    return cvl_fail(err, CVL_EFORMAT,
                    "%s: is neither a picture of a kind that convlet reads "
                    "(%s) nor a .npy array",
                    source->path, picture_kinds(kinds));
}

/* Puts axes of 1 in front until there are four. */
static void widen(cvl_tensor *tensor)
{
    size_t shape[CVL_MAX_NDIM] = {1, 1, 1, 1};
    for (size_t i = 0; i < tensor->ndim; i++)
        shape[CVL_MAX_NDIM - tensor->ndim + i] = tensor->shape[i];
    array_reshape(tensor, shape);
}

/* As array_load_4d, but takes any numbers, and on white or not. */
static cvl_status load_any(const char *path, bool on_white, cvl_dtype dtype,
                           cvl_tensor *tensor, struct array_origin *origin,
                           picture_profile *profile, cvl_error *err)
{
    struct source source;
    picture_info info;
    *origin = (struct array_origin){0};
    cvl_status status = source_read(path, &source, err);
    if (status) return status;
    if (source.format) {
        status = picture_read(source.path, &source.bytes, on_white, dtype,
                              tensor, &info, err);
        if (!status && profile)
            status = picture_profile_read(&source.bytes, profile, err);
        if (!status)
            *origin = (struct array_origin){.format = info.format,
                                            .notes = info.notes,
                                            .depth = info.depth};
    } else {
        status = parse_array(&source, tensor, err);
        if (!status) origin->ndim = tensor->ndim;
        if (!status) widen(tensor);
    }
    if (!status) origin->mark = source_mark(&source);
    source_free(&source);
    return status;
}

/* Frees what is not finite. */
static cvl_status refuse_nonfinite(const char *path, cvl_tensor *tensor,
                                   struct array_origin *origin, cvl_error *err)
{
    if (origin->format) return CVL_OK;
    const cvl_status status =
        check_finite(input_name(path), tensor, origin->ndim, err);
    if (status) {
        cvl_tensor_free(tensor);
        *origin = (struct array_origin){0};
    }
    return status;
}

cvl_status array_load_4d(const char *path, cvl_dtype dtype, cvl_tensor *tensor,
                         struct array_origin *origin, picture_profile *profile,
                         cvl_error *err)
{
    const cvl_status status =
        load_any(path, false, dtype, tensor, origin, profile, err);
    return status ? status : refuse_nonfinite(path, tensor, origin, err);
}

cvl_status array_load_on_white(const char *path, cvl_dtype dtype,
                               cvl_tensor *tensor, struct array_origin *origin,
                               cvl_error *err)
{
    const cvl_status status =
        load_any(path, true, dtype, tensor, origin, NULL, err);
    return status ? status : refuse_nonfinite(path, tensor, origin, err);
}

/* CVL_EIO for a word that is misspelt, rather than a file that is not there. */
static cvl_status refuse_typo(const char *text, cvl_error *err)
{
    const char *const near = literal_near(text);
    return source_refuse_typo(text, "", near, near ? strchr(text, ':') : "",
                              err);
}

cvl_status array_read(const char *text, cvl_random *random, cvl_tensor *tensor,
                      cvl_error *err)
{
    if (literal_is(text)) return literal_parse(text, random, tensor, err);
    struct source source;
    cvl_status status = refuse_typo(text, err);
    if (!status) status = source_read(text, &source, err);
    if (status) return status;
    status = cvl_npy_parse(source.bytes.data, source.bytes.size, tensor, err);
    if (status) cvl_error_prefix(err, status, "%s", source.path);
    if (!status) status = check_finite(source.path, tensor, tensor->ndim, err);
    if (status) cvl_tensor_free(tensor);
    source_free(&source);
    return status;
}

cvl_status array_read_any_4d(const char *text, cvl_dtype dtype,
                             cvl_random *random, cvl_tensor *tensor,
                             struct array_origin *origin, cvl_error *err)
{
    const bool literal = literal_is(text);
    cvl_status status = literal ? CVL_OK : refuse_typo(text, err);
    if (status) return status;
    if (!literal)
        return load_any(text, false, dtype, tensor, origin, NULL, err);
    *origin = (struct array_origin){0};
    status = literal_parse(text, random, tensor, err);
    if (status) return status;
    origin->ndim = tensor->ndim;
    widen(tensor);
    return CVL_OK;
}

cvl_status array_read_4d(const char *text, cvl_dtype dtype, cvl_random *random,
                         cvl_tensor *tensor, struct array_origin *origin,
                         cvl_error *err)
{
    const cvl_status status =
        array_read_any_4d(text, dtype, random, tensor, origin, err);
    return status ? status : refuse_nonfinite(text, tensor, origin, err);
}

const char *array_note_words(unsigned note)
{
    switch (note) {
    case PICTURE_ALPHA: return "its alpha channel is ignored";
    case PICTURE_PROFILE: return "its colour profile is ignored";
    case PICTURE_GAMMA: return "its gamma is ignored";
    case PICTURE_UNENDED:
        return "it has no end marker; all of its pixels are there";
    case PICTURE_ON_WHITE: return "it is transparent, and was put on white";
    default: return "bytes that belong to no segment are passed over";
    }
}

void array_print_note(const char *command, const char *path,
                      const struct array_origin *origin)
{
    for (unsigned note = 1; note <= PICTURE_LAST_NOTE; note *= 2)
        if (origin->notes & note)
            say(stderr, "convlet %s: note: %s: %s", command, path,
                array_note_words(note));
}

void array_print_range(const char *command, const char *path,
                       const cvl_tensor *tensor)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < tensor->count; i++) {
        least = fmin(least, cvl_tensor_get(tensor, i));
        most = fmax(most, cvl_tensor_get(tensor, i));
    }
    if (least >= 0 && most <= 1) return;
    say(stderr,
        "convlet %s: note: %s: its values go from %g to %g, those of a picture "
        "from 0 to 1; what is beyond becomes black or white",
        command, path, least, most);
}
