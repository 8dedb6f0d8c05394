/* loss_kinds.h - private: the losses, a row each, and what they share. */
#ifndef CVL_LOSS_KINDS_H
#define CVL_LOSS_KINDS_H

#include "convlet/loss.h"

/*
 * ROW(x) is the row cvl_loss_x of the file loss_x.c, which the build finds by
 * its name. Messages list the losses in this order; the first is the default.
 */
#define CVL_LOSS_KINDS(ROW) \
    ROW(mse)                \
    ROW(cross_entropy)      \
    ROW(l1)                 \
    ROW(huber)              \
    ROW(charbonnier)

#define CVL_DECLARE_LOSS_KIND(file) extern const cvl_loss_kind cvl_loss_##file;
CVL_LOSS_KINDS(CVL_DECLARE_LOSS_KIND)
#undef CVL_DECLARE_LOSS_KIND

/*
 * Of `count` elements, float or double by the kernel's name: the sum of a
 * loss's terms where the mask is 1; g = scale * mask * what it makes of them.
 * t and mask may be NULL, for 0 and 1; g may be NULL, or y.
 */
typedef double cvl_loss_kernel(const void *y, const void *t, const void *mask,
                               double scale, void *g, size_t count);

/* The kernel over all of y, by the threads of exec (NULL: one), with the same
 * bits for any number of them. t, mask and g: NULL, or like y. */
double cvl_loss_sum(cvl_loss_kernel *kernel, const cvl_tensor *y,
                    const cvl_tensor *t, const cvl_tensor *mask, double scale,
                    const cvl_exec *exec, cvl_tensor *g);

/* The value_and_grad of a row that has `errors`. */
double cvl_loss_sum_errors(const cvl_loss *loss, const cvl_tensor *y,
                           const cvl_tensor *t, const cvl_tensor *mask,
                           double scale, const cvl_exec *exec,
                           cvl_tensor *grad);

/*
 * The sum of all that `part` returns of items first .. first + count - 1, each
 * of `width` numbers. Parts are cut by the numbers of items alone, and added in
 * order: the same bits for any number of threads.
 */
typedef double cvl_loss_part(const void *context, size_t first, size_t count);
double cvl_loss_sum_parts(cvl_loss_part *part, const void *context,
                          size_t items, size_t width, const cvl_exec *exec);

#endif
