/* test_kernels.c - every path of the tiled kernels against direct. */
#include <check.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "convlet/exec.h"
#include "convlet/geometry.h"
#include "convlet/memory.h"
#include "convlet/tensor.h"
#include "kernel/kernel.h"
#include "kernel/tiled.h"

/*
 * Arrays lie against a page that may not be touched: at their end or, turn
 * about, at their start. A load or store that leaves them stops the test.
 */
enum { ROOM = 1 << 23, X = 0, W, B, Y, DY, DX, DW, DB, WORK, ARRAYS };

static unsigned char *room[ARRAYS];

static void map_rooms(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
    ck_assert_int_ge(zero, 0);
    for (size_t i = 0; i < ARRAYS; i++) {
        unsigned char *const map =
            mmap(NULL, ROOM + 2 * page, PROT_NONE, MAP_PRIVATE, zero, 0);
        ck_assert_ptr_ne(map, MAP_FAILED);
        ck_assert_int_eq(mprotect(map + page, ROOM, PROT_READ | PROT_WRITE), 0);
        room[i] = map + page;
    }
    close(zero);
}

/* Where array `i` of so many bytes lies; filled with not-a-numbers. */
static void *place(size_t i, size_t bytes, bool at_end)
{
    ck_assert_uint_le(bytes, ROOM);
    void *const at = room[i] + (at_end ? ROOM - bytes : 0);
    memset(at, 0xFF, bytes);
    return at;
}

/* A generator of its own, so that a failure can be repeated. */
static uint32_t state;

static size_t pick(size_t low, size_t high)
{
    state = state * 1664525u + 1013904223u;
    return low + (state >> 8) % (high - low + 1);
}

static double get(const void *data, cvl_dtype dtype, size_t i)
{
    return dtype == CVL_F32 ? (double)((const float *)data)[i]
                            : ((const double *)data)[i];
}

static void fill(void *data, cvl_dtype dtype, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double value = (double)pick(0, 8) - 4.0;
        if (dtype == CVL_F32)
            ((float *)data)[i] = (float)value;
        else
            ((double *)data)[i] = value;
    }
}

/* One side of the sizes; `wide` lets rows be long enough for row runs. */
static cvl_conv2d_geometry random_geometry(bool wide)
{
    const size_t groups = pick(0, 3) ? 1 : pick(2, 3);
    const bool many = pick(0, 3) == 0; /* channels on one side */
    const bool turn = pick(0, 1) == 0;
    const size_t large = pick(0, 7) ? 9 : 70;
    return (cvl_conv2d_geometry){
        .batch = pick(1, 3),
        .in_channels = groups * pick(1, many && turn ? large : 4),
        .out_channels = groups * pick(1, many && !turn ? large : 9),
        .in_height = pick(1, 18),
        .in_width = pick(1, wide ? 130 : 24),
        .kernel_height = pick(1, pick(0, 5) ? 3 : 10),
        .kernel_width = pick(1, pick(0, 5) ? 3 : 13),
        .stride_y = pick(0, 2) ? 1 : pick(1, 5),
        .stride_x = pick(0, 2) ? 1 : pick(1, 5),
        .pad_top = pick(0, 2) ? pick(0, 2) : pick(0, 9),
        .pad_bottom = pick(0, 2),
        .pad_left = pick(0, 2) ? pick(0, 2) : pick(0, 9),
        .pad_right = pick(0, 2),
        .dilation_y = pick(0, 2) ? 1 : pick(1, 3),
        .dilation_x = pick(0, 2) ? 1 : pick(1, 3),
        .groups = groups,
    };
}

/* "Same" convolutions and 1x1 are what has paths of its own. */
static cvl_conv2d_geometry same_geometry(bool wide)
{
    cvl_conv2d_geometry g = random_geometry(wide);
    g.kernel_height = 2 * pick(0, 4) + 1;
    g.kernel_width = 2 * pick(0, 4) + 1;
    if (pick(0, 3) == 0) g.kernel_height = g.kernel_width = 1;
    g.stride_y = g.stride_x = g.dilation_y = 1;
    g.dilation_x = pick(1, 2);
    g.pad_top = g.pad_bottom = g.kernel_height / 2;
    g.pad_left = g.pad_right = g.kernel_width / 2 * g.dilation_x;
    return g;
}

static size_t product(const size_t shape[4])
{
    return shape[0] * shape[1] * shape[2] * shape[3];
}

/* The arrays of one convolution. */
typedef struct arrays {
    cvl_dtype dtype;
    size_t count[WORK];
    void *data[ARRAYS];
} arrays;

static size_t size_of(cvl_dtype dtype)
{
    return dtype == CVL_F32 ? sizeof(float) : sizeof(double);
}

static void make_arrays(arrays *a, const cvl_conv2d_geometry *g,
                        cvl_dtype dtype)
{
    size_t x[4], w[4], y[4];
    cvl_conv2d_input_shape(g, x);
    cvl_conv2d_weight_shape(g, w);
    cvl_conv2d_output_shape(g, y);
    *a = (arrays){.dtype = dtype};
    a->count[X] = a->count[DX] = product(x);
    a->count[W] = a->count[DW] = product(w);
    a->count[Y] = a->count[DY] = product(y);
    a->count[B] = a->count[DB] = g->out_channels;
    for (size_t i = 0; i < WORK; i++)
        a->data[i] = place(i, a->count[i] * size_of(dtype), pick(0, 1));
    fill(a->data[X], dtype, a->count[X]);
    fill(a->data[W], dtype, a->count[W]);
    fill(a->data[B], dtype, a->count[B]);
    fill(a->data[DY], dtype, a->count[DY]);
}

static const size_t RESULTS[] = {Y, DX, DW, DB};
static const char *const RESULT_NAMES[] = {"y", "dx", "dw", "db"};

static void run_passes(const cvl_conv_kernel *kernel, const void *plan,
                       const arrays *a, bool bias)
{
    kernel->forward(plan, a->data[X], a->data[W], bias ? a->data[B] : NULL,
                    a->data[Y], a->data[WORK]);
    kernel->grad_weight(plan, a->data[X], a->data[DY], a->data[DW],
                        bias ? a->data[DB] : NULL, a->data[WORK]);
    kernel->grad_input(plan, a->data[W], a->data[DY], a->data[DX],
                       a->data[WORK]);
}

/* What direct says, as doubles; one block for all four results. */
static double *expected_of(const cvl_conv2d_geometry *g, const arrays *a,
                           bool bias)
{
    const cvl_conv_kernel *const kernel =
        a->dtype == CVL_F32 ? &cvl_direct_f32 : &cvl_direct_f64;
    const cvl_exec one = {.threads = 1};
    void *plan, *expected;
    size_t work, total = 0;
    ck_assert_int_eq(kernel->plan(g, &one, &plan, &work, NULL), CVL_OK);
    run_passes(kernel, plan, a, bias);
    cvl_free(plan);
    for (size_t r = 0; r < 4; r++) total += a->count[RESULTS[r]];
    ck_assert_int_eq(
        cvl_alloc(&expected, total * sizeof(double), "results", NULL), CVL_OK);
    double *to = expected;
    for (size_t r = 0; r < 4; r++)
        for (size_t i = 0; i < a->count[RESULTS[r]]; i++)
            *to++ = get(a->data[RESULTS[r]], a->dtype, i);
    return expected;
}

static const cvl_tiled_path FORWARD[] = {CVL_TILED_PLANES, CVL_TILED_ROWS,
                                         CVL_TILED_EXPAND, CVL_TILED_TURN};
static const cvl_tiled_path GRADIENT[] = {
    CVL_TILED_DOT, CVL_TILED_TURN, CVL_TILED_DOT_SWAP, CVL_TILED_TURN_SWAP};

static const cvl_conv_kernel *kernel_of(cvl_isa isa, cvl_dtype dtype,
                                        cvl_tiled_machine *machine)
{
    static const cvl_conv_kernel *const KERNELS[][2] = {
        {&cvl_tiled_base_f32, &cvl_tiled_base_f64},
#ifdef CVL_TILED_X86
        {&cvl_tiled_avx2_f32, &cvl_tiled_avx2_f64},
        {&cvl_tiled_avx512_f32, &cvl_tiled_avx512_f64},
#endif
    };
    const size_t bytes = (size_t)16 << isa;
    *machine = (cvl_tiled_machine){
        .real_bytes = size_of(dtype),
        .lanes = bytes / size_of(dtype),
        .tile_outputs = isa == CVL_ISA_AVX512 ? 8 : 4,
        .turned_vectors = 2,
    };
    return KERNELS[isa][dtype];
}

static void describe(char *text, size_t size, const cvl_conv2d_geometry *g)
{
    snprintf(text, size,
             "N%zu C%zu H%zu W%zu K%zu %zux%zu stride %zu,%zu pad "
             "%zu,%zu,%zu,%zu dilation %zu,%zu groups %zu",
             g->batch, g->in_channels, g->in_height, g->in_width,
             g->out_channels, g->kernel_height, g->kernel_width, g->stride_y,
             g->stride_x, g->pad_top, g->pad_bottom, g->pad_left, g->pad_right,
             g->dilation_y, g->dilation_x, g->groups);
}

/* Results must equal `expected` in every element, and so be overwritten. */
static void compare(const cvl_conv2d_geometry *g, const arrays *a,
                    const double *expected, bool bias, cvl_isa isa, size_t path)
{
    for (size_t r = 0; r < 4; r++)
        for (size_t i = 0; i < a->count[RESULTS[r]]; i++, expected++) {
            const double is = get(a->data[RESULTS[r]], a->dtype, i);
            if (is == *expected || (RESULTS[r] == DB && !bias)) continue;
            char text[256];
            describe(text, sizeof text, g);
            ck_abort_msg("%s[%zu] is %g, direct says %g: %s, %s, %zu bytes, "
                         "path %zu",
                         RESULT_NAMES[r], i, is, *expected, text,
                         cvl_isa_name(isa), size_of(a->dtype), path);
        }
}

/* All paths and instruction sets on one geometry and element type. */
static void check_paths(const cvl_conv2d_geometry *g, cvl_dtype dtype,
                        size_t threads)
{
    arrays a;
    make_arrays(&a, g, dtype);
    const bool bias = pick(0, 3) != 0;
    double *const expected = expected_of(g, &a, bias);
    for (cvl_isa isa = CVL_ISA_BASE; isa <= cvl_isa_detect(); isa++)
        for (size_t path = 0; path < 4; path++) {
            cvl_tiled_machine machine;
            const cvl_conv_kernel *const kernel =
                kernel_of(isa, dtype, &machine);
            machine.forward = FORWARD[path];
            machine.grad_input = FORWARD[path];
            machine.grad_weight = GRADIENT[path];
            const cvl_exec exec = {.threads = threads, .isa = isa};
            void *plan;
            size_t work;
            ck_assert_int_eq(
                cvl_tiled_plan_make(g, &exec, &machine, &plan, &work, NULL),
                CVL_OK);
            a.data[WORK] = place(WORK, work, true);
            for (size_t r = 0; r < 4; r++)
                memset(a.data[RESULTS[r]], 0xFF,
                       a.count[RESULTS[r]] * size_of(dtype));
            run_passes(kernel, plan, &a, bias);
            cvl_free(plan);
            compare(g, &a, expected, bias, isa, path);
        }
    cvl_free(expected);
}

static void check_many(size_t count, uint32_t seed,
                       cvl_conv2d_geometry (*make)(bool wide))
{
    map_rooms();
    state = seed;
    for (size_t done = 0; done < count;) {
        const cvl_conv2d_geometry g = make(pick(0, 9) == 0);
        if (cvl_conv2d_geometry_check(&g, NULL)) continue;
        if (cvl_conv2d_flops(&g) > 3e5) continue;
        check_paths(&g, done % 2 ? CVL_F32 : CVL_F64, 1);
        done++;
    }
}

START_TEST(every_path_equals_direct_on_any_geometry)
{
    check_many(1500, 1, random_geometry);
}
END_TEST

START_TEST(every_path_equals_direct_on_same_convolutions)
{
    check_many(700, 2, same_geometry);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("kernels");
    TCase *const tcase = tcase_create("kernels");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, every_path_equals_direct_on_any_geometry);
    tcase_add_test(tcase, every_path_equals_direct_on_same_convolutions);
    suite_add_tcase(suite, tcase);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
