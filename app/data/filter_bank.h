/* filter_bank.h - the picture filters that --target filter:NAME knows. */
#ifndef CONVLET_DATA_FILTER_BANK_H
#define CONVLET_DATA_FILTER_BANK_H

#include <convlet/conv2d.h>
#include <convlet/tensor.h>

/* An odd-sized kernel, centred, in the order it lies on the picture. */
struct filter {
    const char *name;
    size_t size;     /* rows and columns: 1, 3 or 5 */
    double taps[25]; /* size x size of them */
    double divisor;  /* every tap is divided by it */
};

/* The name of the filter of that index; NULL behind the last one. */
const char *filter_name(size_t index);

/* The filter of that name, or NULL. */
const struct filter *filter_find(const char *name);

/*
 * y = the filter applied to each channel of x, on the geometry given: as many
 * outputs as x has channels. It is laid into the middle of the kernel, so that
 * a layer of that size can learn it exactly. `y` is made. CVL_EINVAL where the
 * kernel is smaller than the filter; CVL_ENOMEM.
 */
cvl_status filter_apply(const struct filter *filter,
                        const cvl_conv2d_geometry *geometry,
                        const cvl_exec *exec, const cvl_tensor *x,
                        cvl_tensor *y, cvl_error *err);

#endif
