/* cifar.c - CIFAR-10's binary files: a label, then 3 x 32 x 32 bytes. */
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "data/listing.h"
#include "samples/read.h"

enum {
    SIDE = 32,
    PIXELS = 3 * SIDE * SIDE,
    RECORD = 1 + PIXELS,
    CIFAR_100_RECORD = 2 + PIXELS, /* a coarse and a fine label */
    CLASSES = 10,
    MOST = 255
};

/* Source: A. Krizhevsky, "Learning multiple layers of features from tiny
 * images", 2009, and the file batches.meta.txt of its binary version. */
static const char *const NAMES[CLASSES] = {
    "airplane", "automobile", "bird",  "cat",  "deer",
    "dog",      "frog",       "horse", "ship", "truck"};

/* Takes the records over, which the size says are whole. */
static cvl_status take(const cvl_bytes *bytes, struct samples *set,
                       cvl_error *err)
{
    static const size_t shape[3] = {3, SIDE, SIDE};
    const size_t count = bytes->size / RECORD;
    void *labels = NULL;
    cvl_status status =
        samples_room(&set->input, SAMPLES_U8, shape, MOST, count, err);
    if (!status)
        status = cvl_alloc(&labels, count * sizeof *set->labels, "labels", err);
    if (status) return status;
    set->count = count;
    set->labels = labels;
    for (size_t i = 0; i < count; i++) {
        const unsigned char *const record = bytes->data + i * RECORD;
        if (record[0] >= CLASSES)
            return cvl_fail(err, CVL_EFORMAT,
                            "label %zu is %u, at byte %zu; expected 0 to %d", i,
                            record[0], i * RECORD, CLASSES - 1);
        set->labels[i] = record[0];
        memcpy((unsigned char *)set->input.data + i * PIXELS, record + 1,
               PIXELS);
    }
    return samples_name_classes(set, NAMES, CLASSES, err);
}

static cvl_status check_size(size_t size, cvl_error *err)
{
    if (size && size % RECORD == 0) return CVL_OK;
    if (size && size % CIFAR_100_RECORD == 0)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "is CIFAR-100, by its records of %d bytes; convlet "
                        "reads CIFAR-10, whose records have %d",
                        CIFAR_100_RECORD, RECORD);
    return cvl_fail(err, CVL_EFORMAT,
                    "has %zu byte%s; expected a multiple of %d, the records of "
                    "CIFAR-10's binary version",
                    size, cvl_plural(size), RECORD);
}

cvl_status cifar_parse(const cvl_bytes *bytes, struct samples *set,
                       cvl_error *err)
{
    const cvl_status status = check_size(bytes->size, err);
    return status ? status : take(bytes, set, err);
}

cvl_status cifar_read(const char *path, const char *role, struct samples *set,
                      cvl_error *err)
{
    struct source source;
    cvl_status status = source_read(path, &source, err);
    if (status) return status;
    status = cifar_parse(&source.bytes, set, err);
    if (status) cvl_error_prefix(err, status, "%s", path);
    if (!status)
        status = samples_note_file(set, role, listing_name(path),
                                   source_mark(&source), err);
    source_free(&source);
    return status;
}
