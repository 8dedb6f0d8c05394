/* dense_loops.h - private: what computes a dense layer. */
#ifndef CVL_DENSE_LOOPS_H
#define CVL_DENSE_LOOPS_H

#include <stddef.h>

#include "convlet/exec.h"
#include "convlet/tensor.h"

/* x is [batch, inputs], w [outputs, inputs], y [batch, outputs]; x and y (or
 * their gradients) may be columns of something wider. */
typedef struct cvl_dense_sizes {
    size_t batch, inputs, outputs;
    size_t x_row, y_row; /* from image to image */
    cvl_exec exec;
} cvl_dense_sizes;

/*
 * One way to compute it, for one element type (and instruction set): functions
 * on plain pointers of that type; formulas as in convlet/dense.h. `b` and `db`
 * may be NULL. `work` is CVL_ALIGNMENT aligned.
 */
typedef struct cvl_dense_kernel {
    const char *name;

    /* The scratch that one pass needs. */
    size_t (*work_bytes)(const cvl_dense_sizes *sizes);

    void (*forward)(const cvl_dense_sizes *sizes, const void *x, const void *w,
                    const void *b, void *y, void *work);
    void (*grad_weight)(const cvl_dense_sizes *sizes, const void *x,
                        const void *dy, void *dw, void *db, void *work);
    void (*grad_input)(const cvl_dense_sizes *sizes, const void *w,
                       const void *dy, void *dx, void *work);
} cvl_dense_kernel;

/* What cvl_exec_run is told of a pass. */
static inline double cvl_dense_flops(const cvl_dense_sizes *sizes)
{
    return 2.0 * (double)sizes->batch * (double)sizes->inputs *
           (double)sizes->outputs;
}

extern const cvl_dense_kernel cvl_dense_direct_f32, cvl_dense_direct_f64;

/* By instruction set; what the compiler cannot build is left out. */
#ifdef CVL_TILED
extern const cvl_dense_kernel cvl_product_base_f32, cvl_product_base_f64;
#endif
#ifdef CVL_TILED_X86
extern const cvl_dense_kernel cvl_product_avx2_f32, cvl_product_avx2_f64;
extern const cvl_dense_kernel cvl_product_avx512_f32, cvl_product_avx512_f64;
#endif

/* The matrix product for an instruction set; NULL where there is none. */
static inline const cvl_dense_kernel *cvl_product_kernel(cvl_dtype dtype,
                                                         cvl_isa isa)
{
    static const cvl_dense_kernel *const PRODUCT[][2] = {
#ifdef CVL_TILED
        [CVL_ISA_BASE] = {&cvl_product_base_f32, &cvl_product_base_f64},
#endif
#ifdef CVL_TILED_X86
        [CVL_ISA_AVX2] = {&cvl_product_avx2_f32, &cvl_product_avx2_f64},
        [CVL_ISA_AVX512] = {&cvl_product_avx512_f32, &cvl_product_avx512_f64},
#endif
        [CVL_ISA_AVX512 + 1] = {NULL, NULL},
    };
    return PRODUCT[isa][dtype];
}

#endif
