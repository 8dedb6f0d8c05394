/* set.c - see set.h for the contract. */
#include "samples/set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>

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
        (uint64_t)bytes > SAMPLES_MAX_BYTES)
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
                        "has %zu number%s along its first axis and %zu in all; "
                        "expected labels, one axis [N]",
                        numbers->shape[0], cvl_plural(numbers->shape[0]),
                        numbers->count);
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

/* How many samples each class has: counts [SAMPLES_MAX_CLASSES]. */
static void count_classes(const struct samples *samples, size_t *counts)
{
    memset(counts, 0, SAMPLES_MAX_CLASSES * sizeof *counts);
    for (size_t i = 0; i < samples->training.count; i++)
        counts[samples->labels[samples->training.index[i]]]++;
}

/* Finds how many classes there are, and says which have no sample. */
static cvl_status find_classes(struct samples *samples, cvl_error *err)
{
    size_t counts[SAMPLES_MAX_CLASSES];
    for (size_t i = 0; i < samples->count; i++)
        if (samples->labels[i] >= samples->classes)
            samples->classes = samples->labels[i] + 1;
    if (samples->classes < 2)
        return cvl_fail(err, CVL_EFORMAT,
                        "every sample has the label 0; there is nothing to "
                        "tell apart");
    count_classes(samples, counts);
    for (size_t i = 0; i < samples->classes; i++) {
        char text[SAMPLES_NAME_SIZE];
        if (!counts[i])
            text_add(&samples->notes,
                     "no sample to train on is of class %s, of %zu\n",
                     samples_class(samples, i, text), samples->classes);
    }
    return text_status(&samples->notes, err);
}

/* Adds what lies on the border of a channel, in bytes, to the counts. */
static void count_border(const struct samples_array *array,
                         const unsigned char *plane, size_t counts[256])
{
    const size_t height = array->shape[1], width = array->shape[2];
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            if (!y || !x || y == height - 1 || x == width - 1)
                counts[plane[y * width + x]]++;
}

/* The middle one of what was counted. */
static size_t median(const size_t counts[256])
{
    size_t total = 0, below = 0, value = 0;
    for (size_t i = 0; i < 256; i++) total += counts[i];
    while (below + counts[value] <= total / 2) below += counts[value++];
    return value;
}

/* Of bytes, the median of what is on the border of the training pictures; of
 * floats, which may mean anything, 0. */
static cvl_status find_background(struct samples *samples, cvl_error *err)
{
    const struct samples_array *const array = &samples->input;
    const size_t area = array->shape[1] * array->shape[2];
    void *block;
    const cvl_status status = cvl_alloc(
        &block, array->shape[0] * sizeof *samples->background, "colours", err);
    if (status) return status;
    samples->background = block;
    if (array->type != SAMPLES_U8) return CVL_OK;
    for (size_t c = 0; c < array->shape[0]; c++) {
        size_t counts[256] = {0};
        for (size_t i = 0; i < samples->training.count; i++)
            count_border(array,
                         (const unsigned char *)array->data +
                             samples->training.index[i] * array->size +
                             c * area,
                         counts);
        samples->background[c] = (double)median(counts);
    }
    return CVL_OK;
}

cvl_status samples_finish(struct samples *samples, cvl_error *err)
{
    const cvl_status status =
        samples->labels ? find_classes(samples, err) : CVL_OK;
    return status ? status : find_background(samples, err);
}
