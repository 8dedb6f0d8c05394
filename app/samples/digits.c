/* digits.c - the digits that are built in: assets/digits. */
#include "samples/digits.h"

#include <convlet/idx.h>

#include "samples/read.h"

/* A pixel counts the black ones of 4 x 4. */
static const double MOST = 16;

cvl_status digits_read(struct samples *samples, cvl_error *err)
{
    cvl_numbers images, labels;
    cvl_status status =
        cvl_idx_parse(images_idx, images_idx_size, &images, err);
    if (!status)
        status = cvl_idx_parse(labels_idx, labels_idx_size, &labels, err);
    if (!status)
        status =
            samples_take(&images, MOST, &samples->input, &samples->count, err);
    size_t count;
    return status ? status
                  : samples_take_labels(&labels, &samples->labels, &count, err);
}
