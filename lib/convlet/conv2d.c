/* conv2d.c - see conv2d.h for the contract; the loops are in lib/kernel. */
#include "convlet/conv2d.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "convlet/conv_cost.h"
#include "convlet/memory.h"
#include "convlet/names.h"
#include "kernel/covers.h"
#include "kernel/kernel.h"

static const char *const ALGO_NAMES[] = {
    [CVL_CONV_AUTO] = "auto",         [CVL_CONV_DIRECT] = "direct",
    [CVL_CONV_IM2COL] = "im2col",     [CVL_CONV_TILED] = "tiled",
    [CVL_CONV_WINOGRAD] = "winograd", [CVL_CONV_WINOGRAD2] = "winograd2",
};

enum { ALGO_COUNT = sizeof ALGO_NAMES / sizeof *ALGO_NAMES };

/* The tiled kernels that this build has: base on any processor, the others
 * where the compiler could make them. */
static const cvl_conv_kernel *tiled_kernel(cvl_dtype dtype, cvl_isa isa)
{
    static const cvl_conv_kernel *const KERNELS[][2] = {
#ifdef CVL_TILED
        [CVL_ISA_BASE] = {&cvl_tiled_base_f32, &cvl_tiled_base_f64},
#endif
#ifdef CVL_TILED_X86
        [CVL_ISA_AVX2] = {&cvl_tiled_avx2_f32, &cvl_tiled_avx2_f64},
        [CVL_ISA_AVX512] = {&cvl_tiled_avx512_f32, &cvl_tiled_avx512_f64},
#endif
        [CVL_ISA_AVX512 + 1] = {NULL, NULL},
    };
    return cvl_isa_is(isa) ? KERNELS[isa][dtype] : NULL;
}

/* Winograd's, likewise; `tiles` says of which size. */
static const cvl_conv_kernel *winograd_kernel(size_t tiles, cvl_dtype dtype,
                                              cvl_isa isa)
{
    static const cvl_conv_kernel *const KERNELS[][2] = {
#ifdef CVL_WINOGRAD
        [CVL_ISA_BASE] = {cvl_winograd_base_f32, cvl_winograd_base_f64},
#ifdef CVL_TILED_X86
        [CVL_ISA_AVX2] = {cvl_winograd_avx2_f32, cvl_winograd_avx2_f64},
        [CVL_ISA_AVX512] = {cvl_winograd_avx512_f32, cvl_winograd_avx512_f64},
#endif
#endif
        [CVL_ISA_AVX512 + 1] = {NULL, NULL},
    };
    const cvl_conv_kernel *const kernels =
        cvl_isa_is(isa) ? KERNELS[isa][dtype] : NULL;
    return kernels ? kernels + tiles : NULL;
}

/* A matrix product in place of tiles, which would have one pixel each. */
static const cvl_conv_kernel *instead_of_tiles(const cvl_conv2d *conv)
{
#ifdef CVL_TILED
    if (conv->algo == CVL_CONV_TILED && cvl_covers(&conv->geometry))
        return conv->dtype == CVL_F32 ? &cvl_covers_f32 : &cvl_covers_f64;
#endif
    return conv->kernel;
}

/* NULL where this build has no such kernel. */
static const cvl_conv_kernel *kernel_for(cvl_conv_algo algo, cvl_dtype dtype,
                                         cvl_isa isa)
{
    switch (algo) {
    case CVL_CONV_AUTO:
    case CVL_CONV_FASTEST: break;
    case CVL_CONV_DIRECT:
        return dtype == CVL_F32 ? &cvl_direct_f32 : &cvl_direct_f64;
    case CVL_CONV_IM2COL:
        return dtype == CVL_F32 ? &cvl_im2col_f32 : &cvl_im2col_f64;
    case CVL_CONV_TILED: return tiled_kernel(dtype, isa);
    case CVL_CONV_WINOGRAD: return winograd_kernel(CVL_TILES_4X4, dtype, isa);
    case CVL_CONV_WINOGRAD2: return winograd_kernel(CVL_TILES_2X2, dtype, isa);
    }
    return NULL;
}

const char *cvl_conv_algo_name(cvl_conv_algo algo)
{
    return (size_t)algo < ALGO_COUNT ? ALGO_NAMES[algo] : NULL;
}

bool cvl_conv_algo_parse(const char *name, cvl_conv_algo *algo)
{
    const size_t i = cvl_names_find(ALGO_NAMES, ALGO_COUNT, name);
    if (i < ALGO_COUNT) *algo = (cvl_conv_algo)i;
    return i < ALGO_COUNT;
}

cvl_status cvl_conv_algo_check(cvl_conv_algo algo, cvl_error *err)
{
    return cvl_conv_algo_name(algo) || algo == CVL_CONV_FASTEST
               ? CVL_OK
               : cvl_fail(err, CVL_EINVAL, "%zu is no algorithm", (size_t)algo);
}

bool cvl_conv_algo_is_built(cvl_conv_algo algo, cvl_isa isa)
{
    return algo == CVL_CONV_AUTO || algo == CVL_CONV_FASTEST ||
           kernel_for(algo, CVL_F32, isa);
}

/*
 * Tied weights are stored once per output channel. The kernels see ordinary
 * ones: they are spread over the input channels before a pass that reads
 * them, and the gradients of the copies are summed after. Both live in front
 * of the kernel's own scratch.
 */
static size_t spread_count(const cvl_conv2d *conv)
{
    const cvl_conv2d_geometry *const g = &conv->geometry;
    return g->tied ? g->out_channels * (g->in_channels / g->groups) *
                         g->kernel_height * g->kernel_width
                   : 0;
}

/* Rounded up, so that the kernel's scratch behind stays aligned. */
static size_t spread_bytes(const cvl_conv2d *conv)
{
    return cvl_aligned(spread_count(conv) * cvl_dtype_size(conv->dtype));
}

/* The instruction set of the kernel, which may be one before the exec's. */
static cvl_isa kernel_isa(const cvl_conv2d *conv)
{
#ifdef CVL_WINOGRAD
    if (conv->algo == CVL_CONV_WINOGRAD || conv->algo == CVL_CONV_WINOGRAD2)
        return cvl_winograd_isa(&conv->geometry, cvl_dtype_size(conv->dtype),
                                conv->exec.isa);
#endif
    return conv->exec.isa;
}

/* One algorithm: its kernel, its plan and the size of its scratch. */
static cvl_status plan_algorithm(cvl_conv2d *conv, cvl_conv_algo algo,
                                 cvl_error *err)
{
    conv->algo = algo;
    conv->kernel = kernel_for(algo, conv->dtype, kernel_isa(conv));
    if (!conv->kernel)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "this build has no algorithm %s; use im2col",
                        cvl_conv_algo_name(algo));
    conv->kernel = instead_of_tiles(conv);
    size_t kernel_work;
    const cvl_status status = conv->kernel->plan(
        &conv->geometry, &conv->exec, &conv->plan, &kernel_work, err);
    if (!status &&
        !cvl_size_add(spread_bytes(conv), kernel_work, &conv->work_bytes))
        return cvl_fail(err, CVL_ENOMEM, "out of memory: tied weights");
    return status;
}

/* The time by that of tiled from which on winograd's larger errors are not
 * worth it, or the estimate is not sure. */
static const double WORTH = 0.85;

/* tiled beats im2col on every shape that was measured. Only what it does not do
 * is a reason for another: sums differ, and must not depend on whether memory
 * was scarce. */
static cvl_status plan_automatic(cvl_conv2d *conv, cvl_error *err)
{
    cvl_status status = CVL_EUNSUPPORTED;
    if (conv->winograd_share > 0 && conv->winograd_share < WORTH)
        status = plan_algorithm(conv, CVL_CONV_WINOGRAD, err);
    if (status != CVL_EUNSUPPORTED) return status;
    if (conv->winograd_share < WORTH) conv->winograd_share = 0;
    status = plan_algorithm(conv, CVL_CONV_TILED, err);
    return status == CVL_EUNSUPPORTED
               ? plan_algorithm(conv, CVL_CONV_IM2COL, err)
               : status;
}

cvl_status cvl_conv2d_init(cvl_conv2d *conv,
                           const cvl_conv2d_geometry *geometry, cvl_dtype dtype,
                           cvl_conv_algo algo, const cvl_exec *exec,
                           cvl_error *err)
{
    *conv = (cvl_conv2d){0};
    cvl_status status = cvl_conv2d_geometry_check(geometry, err);
    if (!status) status = cvl_dtype_check(dtype, err);
    if (!status) status = cvl_exec_check(exec, err);
    if (!status) status = cvl_conv_algo_check(algo, err);
    if (status) return status;

    conv->geometry = *geometry;
    conv->dtype = dtype;
    conv->exec = *exec;
    conv->automatic = algo == CVL_CONV_AUTO || algo == CVL_CONV_FASTEST;
    if (algo == CVL_CONV_FASTEST)
        conv->winograd_share = cvl_winograd_share(geometry, dtype, exec->isa);
    status = conv->automatic ? plan_automatic(conv, err)
                             : plan_algorithm(conv, algo, err);
    if (status) cvl_conv2d_free(conv);
    return status;
}

void cvl_conv2d_free(cvl_conv2d *conv)
{
    cvl_free(conv->plan);
    *conv = (cvl_conv2d){0};
}

size_t cvl_conv2d_block(const cvl_conv2d *conv)
{
    return conv->algo == CVL_CONV_WINOGRAD    ? 4
           : conv->algo == CVL_CONV_WINOGRAD2 ? 2
                                              : 1;
}

size_t cvl_conv2d_work_bytes(const cvl_conv2d *conv)
{
    return conv->work_bytes;
}

/* Why tiled, and none of the others. */
static void describe_tiled(const cvl_conv2d *conv,
                           char text[CVL_CONV_TEXT_SIZE])
{
    const cvl_conv2d_geometry *const g = &conv->geometry;
    const double outputs =
        (double)(cvl_conv2d_out_height(g) * cvl_conv2d_out_width(g));
    const double copies = outputs *
                          (double)(g->kernel_height * g->kernel_width) /
                          (double)(g->in_height * g->in_width);
    char winograd[80] = "";
    if (conv->winograd_share > 0)
        snprintf(winograd, sizeof winograd,
                 "winograd would take some %.2g of its time and round more, ",
                 conv->winograd_share);
    snprintf(text, CVL_CONV_TEXT_SIZE,
             "%s for %s; %sdirect would sum one output at a time, im2col first "
             "write %.3g times the input",
             cvl_conv_algo_name(conv->algo), cvl_isa_name(conv->exec.isa),
             winograd, copies);
}

const char *cvl_conv2d_choice(const cvl_conv2d *conv,
                              char text[CVL_CONV_TEXT_SIZE])
{
    const char *const name = cvl_conv_algo_name(conv->algo);
    if (!conv->automatic)
        snprintf(text, CVL_CONV_TEXT_SIZE, "%s, as asked", name);
    else if (conv->algo == CVL_CONV_WINOGRAD)
        snprintf(text, CVL_CONV_TEXT_SIZE,
                 "%s for %s; it multiplies less, and takes some %.2g of the "
                 "time of tiled",
                 name, cvl_isa_name(conv->exec.isa), conv->winograd_share);
    else if (conv->algo == CVL_CONV_TILED)
        describe_tiled(conv, text);
    else
        snprintf(text, CVL_CONV_TEXT_SIZE,
                 "%s; %s, and direct would sum one output at a time", name,
                 tiled_kernel(conv->dtype, conv->exec.isa)
                     ? "the planes are too large for tiled"
                     : "this build has no tiled");
    return text;
}

const char *cvl_conv2d_describe(const cvl_conv2d *conv, cvl_conv_pass pass,
                                char text[CVL_CONV_TEXT_SIZE])
{
    if (conv->kernel->describe)
        conv->kernel->describe(conv->plan, pass, text, CVL_CONV_TEXT_SIZE);
    else
        snprintf(text, CVL_CONV_TEXT_SIZE, "%s",
                 conv->algo == CVL_CONV_DIRECT
                     ? "one result after the other, in double"
                     : "the windows as columns of a matrix, a product of two");
    return text;
}

#ifndef NDEBUG
/* For assertions: a tensor of the plan's dtype and this shape. */
static bool fits(const cvl_conv2d *conv, const cvl_tensor *tensor,
                 void (*shape_of)(const cvl_conv2d_geometry *, size_t *))
{
    size_t shape[4];
    shape_of(&conv->geometry, shape);
    return !cvl_tensor_check("", tensor, conv->dtype, 4, shape, NULL);
}

static bool fits_bias(const cvl_conv2d *conv, const cvl_tensor *b)
{
    return !b || !cvl_tensor_check("", b, conv->dtype, 1,
                                   &conv->geometry.out_channels, NULL);
}
#endif

/* Where the weights of one pass are read: w itself, or its spread copy. */
static const void *weights_to_read(const cvl_conv2d *conv, const cvl_tensor *w,
                                   void *work)
{
    const cvl_conv2d_geometry *const g = &conv->geometry;
    if (!g->tied) return w->data;
    const size_t copies = g->in_channels / g->groups;
    const size_t bytes =
        g->kernel_height * g->kernel_width * cvl_dtype_size(conv->dtype);
    for (size_t o = 0; o < g->out_channels; o++)
        for (size_t c = 0; c < copies; c++)
            memcpy((char *)work + (o * copies + c) * bytes,
                   (const char *)w->data + o * bytes, bytes);
    return work;
}

/* dw[o] = the sum, in order, of the gradients of the copies of w[o]. */
static void sum_spread(const cvl_conv2d *conv, void *work, cvl_tensor *dw)
{
    const cvl_conv2d_geometry *const g = &conv->geometry;
    const size_t copies = g->in_channels / g->groups;
    const size_t window = g->kernel_height * g->kernel_width;
    const size_t count = spread_count(conv);
    const cvl_tensor spread = cvl_tensor_wrap(conv->dtype, 1, &count, work);
    for (size_t i = 0; i < dw->count; i++) {
        const size_t o = i / window, tap = i % window;
        double sum = 0.0;
        for (size_t c = 0; c < copies; c++)
            sum += cvl_tensor_get(&spread, (o * copies + c) * window + tap);
        cvl_tensor_set(dw, i, sum);
    }
}

static void *kernel_work(const cvl_conv2d *conv, void *work)
{
    return work ? (char *)work + spread_bytes(conv) : NULL;
}

void cvl_conv2d_forward(const cvl_conv2d *conv, const cvl_tensor *x,
                        const cvl_tensor *w, const cvl_tensor *b, cvl_tensor *y,
                        void *work)
{
    assert(fits(conv, x, cvl_conv2d_input_shape));
    assert(fits(conv, w, cvl_conv2d_weight_shape));
    assert(fits(conv, y, cvl_conv2d_output_shape));
    assert(fits_bias(conv, b));
    conv->kernel->forward(conv->plan, x->data, weights_to_read(conv, w, work),
                          b ? b->data : NULL, y->data, kernel_work(conv, work));
}

void cvl_conv2d_grad_weight(const cvl_conv2d *conv, const cvl_tensor *x,
                            const cvl_tensor *dy, cvl_tensor *dw,
                            cvl_tensor *db, void *work)
{
    assert(fits(conv, x, cvl_conv2d_input_shape));
    assert(fits(conv, dy, cvl_conv2d_output_shape));
    assert(fits(conv, dw, cvl_conv2d_weight_shape));
    assert(fits_bias(conv, db));
    const bool tied = conv->geometry.tied;
    conv->kernel->grad_weight(conv->plan, x->data, dy->data,
                              tied ? work : dw->data, db ? db->data : NULL,
                              kernel_work(conv, work));
    if (tied) sum_spread(conv, work, dw);
}

void cvl_conv2d_grad_input(const cvl_conv2d *conv, const cvl_tensor *w,
                           const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    assert(fits(conv, w, cvl_conv2d_weight_shape));
    assert(fits(conv, dy, cvl_conv2d_output_shape));
    assert(fits(conv, dx, cvl_conv2d_input_shape));
    conv->kernel->grad_input(conv->plan, weights_to_read(conv, w, work),
                             dy->data, dx->data, kernel_work(conv, work));
}
