/* convolution.c - fuzz target: every fast way against the six loops. */
#include <math.h>

#include "convlet/conv2d.h"
#include "convlet/memory.h"
#include "fuzz.h"

/* More arithmetic than this only costs time. */
static const double MAX_FLOPS = 5e4;

/* The arrays of one convolution; the last four are results. */
enum { X, W, B, DY, Y, DW, DB, DX, ARRAYS };

static const char *const NAMES[ARRAYS] = {"x", "w",  "b",  "dy",
                                          "y", "dw", "db", "dx"};

typedef struct arrays {
    cvl_tensor tensor[ARRAYS];
} arrays;

/* An odd number of values: some geometries are impossible, which is fine. */
static cvl_conv2d_geometry read_geometry(const uint8_t **bytes, size_t *size)
{
    cvl_conv2d_geometry g = {0};
    const struct {
        size_t *field;
        unsigned low, high;
    } fields[] = {
        {&g.batch, 1, 3},         {&g.in_channels, 1, 12},
        {&g.in_height, 1, 20},    {&g.in_width, 1, 70},
        {&g.out_channels, 1, 20}, {&g.kernel_height, 1, 6},
        {&g.kernel_width, 1, 6},  {&g.stride_y, 1, 4},
        {&g.stride_x, 1, 4},      {&g.pad_top, 0, 5},
        {&g.pad_bottom, 0, 5},    {&g.pad_left, 0, 5},
        {&g.pad_right, 0, 5},     {&g.dilation_y, 1, 3},
        {&g.dilation_x, 1, 3},    {&g.groups, 1, 4},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i].field =
            fields[i].low +
            fuzz_byte(bytes, size) % (fields[i].high - fields[i].low + 1);
    g.tied = fuzz_byte(bytes, size) & 1;
    g.in_channels *= g.groups;
    if (fuzz_byte(bytes, size) & 1) g.out_channels *= g.groups;
    return g;
}

static void init_tensor(cvl_tensor *tensor, cvl_dtype dtype, size_t ndim,
                        const size_t *shape)
{
    FUZZ_EXPECT(!cvl_tensor_init(tensor, dtype, ndim, shape, NULL));
}

/* Given arrays hold integers of -3 to 3, so that every order of every sum
 * has the same result; the results hold not-a-numbers. */
static void init_arrays(arrays *a, const cvl_conv2d_geometry *g,
                        cvl_dtype dtype, const uint8_t *bytes, size_t size)
{
    size_t x[4], w[4], y[4];
    cvl_conv2d_input_shape(g, x);
    cvl_conv2d_weight_shape(g, w);
    cvl_conv2d_output_shape(g, y);
    const size_t *const shapes[ARRAYS] = {x, w, y + 1, y, y, w, y + 1, x};
    uint32_t state = 1;
    for (size_t i = 0; i < ARRAYS; i++) {
        cvl_tensor *const t = &a->tensor[i];
        init_tensor(t, dtype, i == B || i == DB ? 1 : 4, shapes[i]);
        if (i >= Y) cvl_tensor_fill(t, (double)NAN);
        for (size_t k = 0; i < Y && k < t->count; k++) {
            state = state * 1664525U + 1013904223U;
            const unsigned value = size ? bytes[(state >> 8) % size] : 1;
            cvl_tensor_set(t, k, (double)(value % 7) - 3.0);
        }
    }
}

static void free_arrays(arrays *a)
{
    for (size_t i = 0; i < ARRAYS; i++) cvl_tensor_free(&a->tensor[i]);
}

static void run_passes(arrays *a, const cvl_conv2d_geometry *g,
                       cvl_conv_algo algo, const cvl_exec *exec, bool bias)
{
    cvl_conv2d conv;
    void *work;
    cvl_tensor *const t = a->tensor;
    FUZZ_EXPECT(!cvl_conv2d_init(&conv, g, t[X].dtype, algo, exec, NULL));
    FUZZ_EXPECT(!cvl_alloc(&work, cvl_conv2d_work_bytes(&conv), "work", NULL));
    cvl_conv2d_forward(&conv, &t[X], &t[W], bias ? &t[B] : NULL, &t[Y], work);
    cvl_conv2d_grad_weight(&conv, &t[X], &t[DY], &t[DW], bias ? &t[DB] : NULL,
                           work);
    cvl_conv2d_grad_input(&conv, &t[W], &t[DY], &t[DX], work);
    cvl_free(work);
    cvl_conv2d_free(&conv);
}

/* What only Winograd's algorithm, of 4x4 outputs, may be off by: its points are
 * no whole numbers. Terms are at most 9. */
static double error_of(const cvl_conv2d_geometry *g, cvl_conv_algo algo)
{
    size_t y[4];
    cvl_conv2d_output_shape(g, y);
    const size_t terms = 9 * (g->in_channels + g->out_channels) +
                         g->batch * (y[2] + 2) * (y[3] + 2);
    return algo == CVL_CONV_WINOGRAD ? 9e-5 * (double)terms : 0;
}

/* Every element equals; a bias that was left out stays as it was. */
static void compare(const cvl_conv2d_geometry *g, const arrays *is,
                    const arrays *expected, bool bias, cvl_conv_algo algo,
                    cvl_isa isa)
{
    const double error = error_of(g, algo);
    for (size_t i = Y; i < ARRAYS; i++) {
        const cvl_tensor *const a = &is->tensor[i];
        for (size_t k = 0; k < a->count; k++) {
            const double value = cvl_tensor_get(a, k);
            const double right = cvl_tensor_get(&expected->tensor[i], k);
            if (fabs(value - right) <= error ||
                (i == DB && !bias && isnan(value)))
                continue;
            fprintf(stderr, "%s %s %s: %s[%zu] is %g, direct says %g\n",
                    cvl_conv_algo_name(algo), cvl_isa_name(isa),
                    cvl_dtype_name(a->dtype), NAMES[i], k, value, right);
            abort();
        }
    }
}

/* Whether this build has the algorithm for the instruction set and the sizes;
 * only from the tiled one on do they differ by that. */
static bool is_there(const cvl_conv2d_geometry *g, cvl_conv_algo algo,
                     const cvl_exec *exec)
{
    cvl_conv2d probe;
    if (algo < CVL_CONV_TILED && exec->isa != cvl_isa_detect()) return false;
    if (cvl_conv2d_init(&probe, g, CVL_F32, algo, exec, NULL)) return false;
    cvl_conv2d_free(&probe);
    return true;
}

/* Every algorithm, instruction set and element type against `expected`. */
static void run_all(const cvl_conv2d_geometry *g, const arrays *expected,
                    size_t threads, bool bias, const uint8_t *bytes,
                    size_t size)
{
    for (int algo = CVL_CONV_AUTO; algo <= CVL_CONV_WINOGRAD2; algo++)
        for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++) {
            const cvl_exec exec = {.threads = threads, .isa = isa};
            if (!is_there(g, (cvl_conv_algo)algo, &exec)) continue;
            for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++) {
                arrays a;
                init_arrays(&a, g, (cvl_dtype)dtype, bytes, size);
                run_passes(&a, g, (cvl_conv_algo)algo, &exec, bias);
                compare(g, &a, expected, bias, (cvl_conv_algo)algo, isa);
                free_arrays(&a);
            }
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    cvl_error err = {0};
    arrays expected;
    const unsigned flags = fuzz_byte(&bytes, &size);
    const bool bias = flags & 1;
    const size_t threads = flags >> 4 == 15 ? 3 : 1; /* threads are slow */
    cvl_conv2d_geometry g = read_geometry(&bytes, &size);
    if (flags & 2) { /* what every algorithm is for */
        g.kernel_height = g.kernel_width = 3;
        g.stride_y = g.stride_x = g.dilation_y = g.dilation_x = g.groups = 1;
    }
    const cvl_status status = cvl_conv2d_geometry_check(&g, &err);
    if (status) fuzz_expect_refusal(status, &err);
    if (status || cvl_conv2d_flops(&g) > MAX_FLOPS) return 0;
    const cvl_exec exec = {.threads = 1, .isa = CVL_ISA_BASE};
    init_arrays(&expected, &g, CVL_F64, bytes, size);
    run_passes(&expected, &g, CVL_CONV_DIRECT, &exec, bias);
    run_all(&g, &expected, threads, bias, bytes, size);
    free_arrays(&expected);
    return 0;
}
