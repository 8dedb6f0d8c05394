/* arrays.c - images and labels as two arrays. */
#include <convlet/memory.h>

#include "data/listing.h"
#include "samples/array_file.h"
#include "samples/read.h"

/* The bytes of a picture go from 0 to this. */
static const double MOST = 255;

cvl_status arrays_read(const char *images, const char *labels, const char *role,
                       struct samples *set, cvl_error *err)
{
    struct array_file file;
    cvl_status status = array_file_read(images, &file, err);
    if (status) return status;
    status = samples_take_input(&file.numbers, MOST, set, err);
    if (status) cvl_error_prefix(err, status, "%s", images);
    if (!status)
        status =
            samples_note_file(set, role, listing_name(images), file.mark, err);
    array_file_free(&file);
    if (!status) status = array_file_read(labels, &file, err);
    if (status) return status;
    status = samples_take_labels(&file.numbers, set, err);
    if (status) cvl_error_prefix(err, status, "%s", labels);
    if (!status)
        status =
            samples_note_file(set, role, listing_name(labels), file.mark, err);
    array_file_free(&file);
    return status;
}
