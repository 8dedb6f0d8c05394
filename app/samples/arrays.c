/* arrays.c - samples, and their labels or targets, as arrays. */
#include <math.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "data/array_file.h"
#include "data/listing.h"
#include "samples/read.h"

/* The bytes of a picture go from 0 to this. */
static const double MOST = 255;

/* What an array is read for. */
enum part { PART_INPUT, PART_TARGET, PART_LABELS };

/* Takes what was read; the input, which comes first, says how many. */
static cvl_status take(const cvl_numbers *numbers, enum part part,
                       struct samples *set, cvl_error *err)
{
    size_t count = 0;
    if (part == PART_INPUT)
        return samples_take(numbers, MOST, &set->input, &set->count, err);
    const cvl_status status =
        part == PART_LABELS
            ? samples_take_labels(numbers, &set->labels, &count, err)
            : samples_take(numbers, MOST, &set->target, &count, err);
    if (status || count == set->count) return status;
    return cvl_fail(err, CVL_ESHAPE, "has %zu %s%s for %zu sample%s", count,
                    part == PART_LABELS ? "label" : "target", cvl_plural(count),
                    set->count, cvl_plural(set->count));
}

/* Reads one file, and notes it. */
static cvl_status read_part(const char *path, const char *role, enum part part,
                            struct samples *set, cvl_error *err)
{
    struct array_file file;
    cvl_status status = array_file_read(path, &file, err);
    if (status) return status;
    status = take(&file.numbers, part, set, err);
    if (status) cvl_error_prefix(err, status, "%s", path);
    if (!status)
        status =
            samples_note_file(set, role, listing_name(path), file.mark, err);
    array_file_free(&file);
    return status;
}

cvl_status arrays_read(const char *images, const char *labels, const char *role,
                       struct samples *set, cvl_error *err)
{
    const cvl_status status = read_part(images, role, PART_INPUT, set, err);
    return status ? status : read_part(labels, role, PART_LABELS, set, err);
}

cvl_status arrays_read_pair(const struct samples_pairs *pairs,
                            struct samples *set, cvl_error *err)
{
    const cvl_status status =
        read_part(pairs->input, "input", PART_INPUT, set, err);
    return status
               ? status
               : read_part(pairs->target, "target",
                           pairs->labels ? PART_LABELS : PART_TARGET, set, err);
}

cvl_status samples_labels_read(const char *path, uint32_t **labels,
                               size_t *count, cvl_error *err)
{
    struct array_file file;
    *labels = NULL;
    cvl_status status = array_file_read(path, &file, err);
    if (status) return status;
    status = samples_take_labels(&file.numbers, labels, count, err);
    if (status) cvl_error_prefix(err, status, "%s", path);
    array_file_free(&file);
    return status;
}
