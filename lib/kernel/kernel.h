/* kernel.h - private: what an algorithm provides to cvl_conv2d. */
#ifndef CVL_KERNEL_H
#define CVL_KERNEL_H

#include "convlet/exec.h"
#include "convlet/geometry.h"

/*
 * One algorithm for one element type (and instruction set): five functions on
 * plain pointers of that type. Stateless; the plan is made once per
 * convolution and only read afterwards. Weights are never tied here: conv2d.c
 * spreads them before and sums them after.
 */
typedef struct cvl_conv_kernel {
    /* Makes the tables that the passes share, and tells the scratch that one
     * pass needs. *plan is freed with cvl_free. CVL_ENOMEM. */
    cvl_status (*plan)(const cvl_conv2d_geometry *geometry,
                       const cvl_exec *exec, void **plan, size_t *work_bytes,
                       cvl_error *err);

    /* The three passes: arguments and formulas as in convlet/conv2d.h. `b`
     * and `db` may be NULL. `work` is CVL_ALIGNMENT aligned. */
    void (*forward)(const void *plan, const void *x, const void *w,
                    const void *b, void *y, void *work);
    void (*grad_weight)(const void *plan, const void *x, const void *dy,
                        void *dw, void *db, void *work);
    void (*grad_input)(const void *plan, const void *w, const void *dy,
                       void *dx, void *work);
} cvl_conv_kernel;

extern const cvl_conv_kernel cvl_direct_f32, cvl_direct_f64;
extern const cvl_conv_kernel cvl_im2col_f32, cvl_im2col_f64;

#endif
