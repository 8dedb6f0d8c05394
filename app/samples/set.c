/* set.c - see set.h for the contract. */
#include "samples/set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>

size_t samples_width(enum samples_type type)
{
    return type == SAMPLES_U8 ? 1 : type == SAMPLES_F32 ? 4 : 8;
}

size_t samples_stride(const struct samples_array *array)
{
    return array->size * samples_width(array->type);
}

cvl_status samples_room(struct samples_array *array, enum samples_type type,
                        const size_t shape[3], double divisor, size_t count,
                        cvl_error *err)
{
    size_t bytes;
    *array = (struct samples_array){.type = type, .divisor = divisor};
    memcpy(array->shape, shape, sizeof array->shape);
    if (!cvl_size_product(shape, 3, &array->size) ||
        !cvl_size_mul(array->size, count, &bytes) ||
        !cvl_size_mul(bytes, samples_width(type), &bytes) ||
        bytes > SAMPLES_MAX_BYTES)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "%zu samples of %zu x %zu x %zu are more than %.0f "
                        "GiB; use fewer or smaller ones",
                        count, shape[0], shape[1], shape[2],
                        (double)SAMPLES_MAX_BYTES / (1 << 30));
    return cvl_alloc(&array->data, bytes, "samples", err);
}

/* Copies floats, which must be finite, in the host's byte order. */
static cvl_status take_floats(const cvl_numbers *numbers, void *data,
                              cvl_error *err)
{
    for (size_t i = 0; i < numbers->count; i++) {
        const double value = cvl_numbers_get(numbers, i);
        const size_t size = numbers->count / numbers->shape[0];
        if (!isfinite(value))
            return cvl_fail(err, CVL_EFORMAT,
                            "sample %zu: value %zu is %g; every value must be "
                            "finite",
                            i / size, i % size, value);
        if (numbers->width == sizeof(double))
            ((double *)data)[i] = value;
        else
            ((float *)data)[i] = (float)value;
    }
    return CVL_OK;
}

/* C H W of each; the first axis counts them. */
static void find_shape(const cvl_numbers *numbers, size_t shape[3])
{
    const size_t *const axes = numbers->shape;
    const bool plane = numbers->ndim == 3; /* else the missing axes are 1 */
    shape[0] = plane ? 1 : axes[1];
    shape[1] = plane ? axes[1] : axes[2];
    shape[2] = plane ? axes[2] : axes[3];
}

cvl_status samples_take(const cvl_numbers *numbers, double divisor,
                        struct samples_array *array, size_t *count,
                        cvl_error *err)
{
    const bool bytes = cvl_numbers_are_bytes(numbers);
    size_t shape[3];
    char text[CVL_NUMBERS_TEXT];
    find_shape(numbers, shape);
    if (!bytes && numbers->kind != CVL_FLOATING)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "holds %s; expected bytes from 0 to 255, or floats",
                        cvl_numbers_text(numbers, text));
    const enum samples_type type = bytes                 ? SAMPLES_U8
                                   : numbers->width == 4 ? SAMPLES_F32
                                                         : SAMPLES_F64;
    const cvl_status status = samples_room(
        array, type, shape, bytes ? divisor : 1.0, numbers->shape[0], err);
    if (status) return status;
    *count = numbers->shape[0];
    if (!bytes) return take_floats(numbers, array->data, err);
    memcpy(array->data, numbers->data, numbers->count);
    return CVL_OK;
}

/* A whole number below `end`? */
static bool is_whole(double value, size_t end)
{
    return value >= 0 && value < (double)end && value == floor(value);
}

cvl_status samples_take_labels(const cvl_numbers *numbers, uint32_t **labels,
                               size_t *count, cvl_error *err)
{
    void *block;
    if (numbers->count != numbers->shape[0])
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu numbers along its first axis and %zu in all; "
                        "expected labels, one axis [N]",
                        numbers->shape[0], numbers->count);
    for (size_t i = 0; i < numbers->count; i++)
        if (!is_whole(cvl_numbers_get(numbers, i), SAMPLES_MAX_CLASSES))
            return cvl_fail(err, CVL_EFORMAT,
                            "label %zu is %.17g; expected whole numbers from 0 "
                            "to %d",
                            i, cvl_numbers_get(numbers, i),
                            SAMPLES_MAX_CLASSES - 1);
    const cvl_status status =
        cvl_alloc(&block, numbers->count * sizeof **labels, "labels", err);
    if (status) return status;
    *labels = block;
    *count = numbers->count;
    for (size_t i = 0; i < numbers->count; i++)
        (*labels)[i] = (uint32_t)cvl_numbers_get(numbers, i);
    return CVL_OK;
}

/* NULL for NULL; false where there is no memory. */
static bool copy_text(const char *text, char **copy)
{
    const size_t size = text ? strlen(text) + 1 : 0;
    *copy = text ? malloc(size) : NULL;
    if (*copy) memcpy(*copy, text, size);
    return !text || *copy;
}

cvl_status samples_name_classes(struct samples *samples,
                                const char *const *names, size_t count,
                                cvl_error *err)
{
    samples->names = calloc(count, sizeof *samples->names);
    samples->classes = samples->names ? count : 0;
    bool there = samples->names;
    for (size_t i = 0; there && i < count; i++)
        there = copy_text(names[i], &samples->names[i]);
    return there ? CVL_OK
                 : cvl_fail(err, CVL_ENOMEM, "out of memory: class names");
}

cvl_status samples_note_file(struct samples *samples, const char *role,
                             const char *name, struct source_mark mark,
                             cvl_error *err)
{
    struct samples_file file = {.role = role, .mark = mark};
    struct samples_file *const files = realloc(
        samples->files, (samples->file_count + 1) * sizeof *samples->files);
    if (files) samples->files = files;
    if (!files || !copy_text(name, &file.name))
        return cvl_fail(err, CVL_ENOMEM, "out of memory: file names");
    files[samples->file_count++] = file;
    return CVL_OK;
}
