/* append.c - the samples of one file behind those of another. */
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>

#include "samples/read.h"

static bool same_array(const struct samples_array *a,
                       const struct samples_array *b)
{
    return a->type == b->type && a->size == b->size &&
           !memcmp(a->shape, b->shape, sizeof a->shape);
}

static const char *type_name(const struct samples_array *array)
{
    return array->type == SAMPLES_U8 ? "bytes" : "floats";
}

static cvl_status check_alike(const char *path, const struct samples *to,
                              const struct samples *more, cvl_error *err)
{
    const size_t *const a = more->input.shape, *const b = to->input.shape;
    if (!same_array(&to->input, &more->input))
        return cvl_fail(err, CVL_ESHAPE,
                        "%s: has samples of %zu x %zu x %zu %s, but those to "
                        "train on have %zu x %zu x %zu %s",
                        path, a[0], a[1], a[2], type_name(&more->input), b[0],
                        b[1], b[2], type_name(&to->input));
    if (!to->names == !more->names) return CVL_OK;
    return cvl_fail(err, CVL_ESHAPE,
                    "%s: its classes have %s, but those to train on have %s",
                    path, more->names ? "names" : "numbers",
                    to->names ? "names" : "numbers");
}

/* Gives the labels of `more` the numbers that its names have in `to`. */
static cvl_status rename_labels(const char *path, const struct samples *to,
                                struct samples *more, cvl_error *err)
{
    uint32_t number[SAMPLES_MAX_CLASSES];
    for (size_t i = 0; i < more->classes && more->names; i++) {
        size_t found = 0;
        while (found < to->classes &&
               strcmp(to->names[found], more->names[i]) != 0)
            found++;
        if (found == to->classes)
            return cvl_fail(err, CVL_ESHAPE,
                            "%s: has the class '%s', which is none of those to "
                            "train on",
                            path, more->names[i]);
        number[i] = (uint32_t)found;
    }
    for (size_t i = 0; i < more->count && more->names; i++)
        more->labels[i] = number[more->labels[i]];
    return CVL_OK;
}

/* Puts a block that holds both in the place of the first. */
static cvl_status join(void **to, size_t size, const void *more, size_t added,
                       cvl_error *err)
{
    void *block;
    const cvl_status status = cvl_alloc(&block, size + added, "samples", err);
    if (status) return status;
    memcpy(block, *to, size);
    memcpy((unsigned char *)block + size, more, added);
    cvl_free(*to);
    *to = block;
    return CVL_OK;
}

static cvl_status join_values(struct samples *to, const struct samples *more,
                              cvl_error *err)
{
    void *labels = to->labels;
    const size_t stride = samples_stride(&to->input);
    cvl_status status = join(&to->input.data, to->count * stride,
                             more->input.data, more->count * stride, err);
    if (!status)
        status = join(&labels, to->count * sizeof *to->labels, more->labels,
                      more->count * sizeof *more->labels, err);
    to->labels = labels;
    return status;
}

/* The files and what is to be said of them. */
static cvl_status join_files(struct samples *to, const struct samples *more,
                             cvl_error *err)
{
    if (more->notes.data) text_add(&to->notes, "%s", more->notes.data);
    cvl_status status = text_status(&to->notes, err);
    for (size_t i = 0; !status && i < more->file_count; i++)
        status = samples_note_file(to, more->files[i].role, more->files[i].name,
                                   more->files[i].mark, err);
    return status;
}

cvl_status samples_append(const char *path, struct samples *to,
                          struct samples *more, cvl_error *err)
{
    cvl_status status = check_alike(path, to, more, err);
    if (!status) status = rename_labels(path, to, more, err);
    if (!status) status = join_values(to, more, err);
    if (!status) status = join_files(to, more, err);
    if (!status) to->count += more->count;
    to->is_filed = to->is_filed && more->is_filed;
    samples_free(more);
    return status;
}
