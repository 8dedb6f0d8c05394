/* loss_mse.c - the squared error (y - t)^2. */
#include "convlet/loss_kinds.h"
#include "kernel/squares.h"

/* An instruction set that this build has no kernels for takes the next best. */
static cvl_squares *kernel_for(cvl_dtype dtype, const cvl_exec *exec)
{
    static cvl_squares *const KERNELS[][2] = {
        [CVL_ISA_BASE] = {cvl_squares_base_f32, cvl_squares_base_f64},
#ifdef CVL_TILED_X86
        [CVL_ISA_AVX2] = {cvl_squares_avx2_f32, cvl_squares_avx2_f64},
        [CVL_ISA_AVX512] = {cvl_squares_avx512_f32, cvl_squares_avx512_f64},
#endif
    };
    const size_t best = sizeof KERNELS / sizeof *KERNELS - 1;
    const size_t isa = exec ? (size_t)exec->isa : CVL_ISA_BASE;
    return KERNELS[isa < best ? isa : best][dtype];
}

/* The kernel multiplies errors, and the slope of a square is twice its side. */
static double value_and_grad(const cvl_loss *loss, const cvl_tensor *y,
                             const cvl_tensor *t, const cvl_tensor *mask,
                             double scale, const cvl_exec *exec,
                             cvl_tensor *grad)
{
    (void)loss;
    return cvl_loss_sum(kernel_for(y->dtype, exec), y, t, mask, 2 * scale, exec,
                        grad);
}

/* That of 0.5 v^2 twice: v in place of the error. */
static double curvature(const cvl_tensor *v, const cvl_tensor *mask,
                        double scale, const cvl_exec *exec, cvl_tensor *product)
{
    return 2 * value_and_grad(NULL, v, NULL, mask, scale, exec, product);
}

const cvl_loss_kind cvl_loss_mse = {
    .name = "mse",
    .usage = "mse: the squared error",
    .target = CVL_TARGET_ARRAY,
    .reduction = CVL_REDUCTION_NOTEBOOK,
    .value_and_grad = value_and_grad,
    .curvature = curvature,
};
