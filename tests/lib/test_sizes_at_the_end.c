/* test_sizes_at_the_end.c - sizes near the end of size_t never wrap. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/geometry.h"
#include "convlet/net.h"
#include "convlet/npy.h"
#include "convlet/pool_geometry.h"
#include "convlet/tensor.h"
#include "expect.h"

/* Small ones, and those where a width of integers ends. */
static const size_t ends[] = {
    0,
    1,
    2,
    7,
    UINT16_MAX,
    (size_t)INT32_MAX - 1,
    INT32_MAX,
    (size_t)INT32_MAX + 1,
    UINT32_MAX,
    (size_t)UINT32_MAX + 1,
    (size_t)UINT32_MAX + 2,
    SIZE_MAX / 8,
    SIZE_MAX / 8 + 1,
    SIZE_MAX / 4,
    SIZE_MAX / 3,
    SIZE_MAX / 2,
    SIZE_MAX / 2 + 1,
    SIZE_MAX - 7,
    SIZE_MAX - 1,
    SIZE_MAX,
};
enum { ENDS = sizeof ends / sizeof *ends };

/* The bytes of an array, in a number that does not wrap, fit into memory. */
static void expect_fits(const size_t shape[4])
{
    long double bytes = sizeof(double);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_uint_gt(shape[i], 0);
        bytes *= (long double)shape[i];
    }
    ck_assert(bytes <= (long double)SIZE_MAX);
}

/* As the definition of a convolution has it. */
static long double outputs(const size_t in, size_t before, size_t after,
                           size_t kernel, size_t stride, size_t dilation)
{
    const long double padded =
        (long double)in + (long double)before + (long double)after;
    const long double extent =
        (long double)dilation * (long double)(kernel - 1) + 1;
    const long double steps = (padded - extent) / (long double)stride;
    return (long double)(size_t)steps + 1;
}

static void expect_geometry(const cvl_conv2d_geometry *g)
{
    size_t shape[4];
    cvl_error err;
    if (cvl_conv2d_geometry_check(g, &err)) {
        ck_assert_uint_gt(strlen(err.message), 10);
        ck_assert_ptr_null(strchr(err.message, '\n'));
        return;
    }
    ck_assert((long double)cvl_conv2d_out_height(g) ==
              outputs(g->in_height, g->pad_top, g->pad_bottom, g->kernel_height,
                      g->stride_y, g->dilation_y));
    ck_assert((long double)cvl_conv2d_out_width(g) ==
              outputs(g->in_width, g->pad_left, g->pad_right, g->kernel_width,
                      g->stride_x, g->dilation_x));
    cvl_conv2d_input_shape(g, shape);
    expect_fits(shape);
    cvl_conv2d_weight_shape(g, shape);
    expect_fits(shape);
    cvl_conv2d_output_shape(g, shape);
    expect_fits(shape);
}

static const size_t fields[] = {
#define FIELD(name) offsetof(cvl_conv2d_geometry, name)
    FIELD(batch),        FIELD(in_channels),  FIELD(in_height),
    FIELD(in_width),     FIELD(out_channels), FIELD(kernel_height),
    FIELD(kernel_width), FIELD(stride_y),     FIELD(stride_x),
    FIELD(pad_top),      FIELD(pad_bottom),   FIELD(pad_left),
    FIELD(pad_right),    FIELD(dilation_y),   FIELD(dilation_x),
    FIELD(groups)};
enum { FIELDS = sizeof fields / sizeof *fields };

static void set(void *geometry, size_t at, size_t size)
{
    memcpy((char *)geometry + at, &size, sizeof size);
}

/* Each two fields at each two ends. */
START_TEST(a_convolution_has_the_sizes_it_says_or_is_refused)
{
    const size_t first = (size_t)_i;
    for (size_t second = 0; second < FIELDS; second++)
        for (size_t i = 0; i < ENDS; i++)
            for (size_t j = 0; j < ENDS; j++) {
                cvl_conv2d_geometry g = {.batch = 1,
                                         .in_channels = 1,
                                         .in_height = 9,
                                         .in_width = 9,
                                         .out_channels = 1,
                                         .kernel_height = 2,
                                         .kernel_width = 2,
                                         .stride_y = 1,
                                         .stride_x = 1,
                                         .dilation_y = 1,
                                         .dilation_x = 1,
                                         .groups = 1};
                set(&g, fields[first], ends[i]);
                set(&g, fields[second], ends[j]);
                expect_geometry(&g);
            }
}
END_TEST

START_TEST(a_pool_has_the_sizes_it_says_or_is_refused)
{
    static const size_t at[] = {offsetof(cvl_pool_geometry, batch),
                                offsetof(cvl_pool_geometry, channels),
                                offsetof(cvl_pool_geometry, in),
                                offsetof(cvl_pool_geometry, window),
                                offsetof(cvl_pool_geometry, stride),
                                offsetof(cvl_pool_geometry, padding)};
    enum { COUNT = sizeof at / sizeof *at };
    for (size_t cell = 0; cell < (size_t)2 * COUNT * COUNT * ENDS * ENDS;
         cell++) {
        size_t shape[4], rest = cell / 2;
        cvl_pool_geometry g = {1,      1,      {9, 9}, {2, 2},
                               {1, 1}, {0, 0}, false,  false};
        g.ceil = cell % 2;
        set(&g, at[rest % COUNT], ends[rest / COUNT / COUNT % ENDS]);
        rest /= COUNT;
        set(&g, at[rest % COUNT], ends[rest / COUNT / ENDS]);
        if (cvl_pool_geometry_check(&g, NULL)) continue;
        cvl_pool_input_shape(&g, shape);
        expect_fits(shape);
        cvl_pool_output_shape(&g, shape);
        expect_fits(shape);
        ck_assert_uint_le(shape[2], g.in[0] + 2 * g.padding[0]);
    }
}
END_TEST

/* Larger than any machine's memory, however the product wraps. */
START_TEST(a_tensor_that_no_memory_holds_is_refused)
{
    for (size_t i = 0; i < ENDS; i++)
        for (size_t j = 0; j < ENDS; j++)
            for (size_t k = 0; k < ENDS; k++) {
                cvl_tensor tensor;
                cvl_error err;
                const size_t shape[] = {ends[i], ends[j], ends[k]};
                const long double count = (long double)ends[i] *
                                          (long double)ends[j] *
                                          (long double)ends[k];
                if (count < 1e15L) continue;
                const cvl_status status =
                    cvl_tensor_init(&tensor, CVL_F32, 3, shape, &err);
                ck_assert(status == CVL_EINVAL || status == CVL_ENOMEM ||
                          status == CVL_ESHAPE);
                ck_assert_ptr_null(tensor.data);
            }
}
END_TEST

/* Its header alone would take the size past the end. */
START_TEST(a_file_that_no_memory_holds_is_refused)
{
    const cvl_tensor huge = {.dtype = CVL_F64,
                             .ndim = 1,
                             .shape = {SIZE_MAX / sizeof(double)},
                             .count = SIZE_MAX / sizeof(double)};
    cvl_bytes bytes;
    cvl_error err;
    ck_assert_int_eq(cvl_npy_format(&huge, &bytes, &err), CVL_ENOMEM);
    ck_assert_ptr_null(bytes.data);
}
END_TEST

static const char *const nets[] = {
    "conv 1000000 3x3 padding=same",
    "conv 4 1x1 padding=1000000",
    "dense 1000000",
    "maxpool 2",
    "avgpool 3 stride=1 padding=1",
    "avgpool all",
    "batchnorm, relu, leaky 0.1, tanh, sigmoid",
    "conv 4 1x1, shuffle 2",
    "conv 1000000 1x1, dense 1000000, dense 1000000",
};

/* No memory is taken for what is planned. */
START_TEST(a_net_of_any_input_is_planned_or_refused)
{
    /* A prime step meets each size on each axis, in other company. */
    for (size_t cell = 0; cell < (size_t)ENDS * ENDS * 16; cell += 61) {
        cvl_net net;
        cvl_error err;
        const size_t pair = cell % 16;
        cvl_net_config config = {.spec = nets[_i],
                                 .dtype = CVL_F64,
                                 .input_shape = {1, 1, 8, 8},
                                 .exec = cvl_exec_default()};
        config.input_shape[pair % 4] = ends[cell / 16 % ENDS];
        config.input_shape[pair / 4] = ends[cell / 16 / ENDS];
        if (cvl_net_plan(&net, &config, &err)) {
            ck_assert_ptr_null(strchr(err.message, '\n'));
            continue;
        }
        expect_fits(net.output.shape);
        for (size_t i = 0; i < net.param_count; i++)
            ck_assert_uint_le(net.params[i].value.count,
                              SIZE_MAX / sizeof(double));
        cvl_net_free(&net);
    }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("sizes_at_the_end");
    TCase *const all = tcase_create("sizes_at_the_end");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_convolution_has_the_sizes_it_says_or_is_refused,
                        0, FIELDS);
    tcase_add_test(all, a_pool_has_the_sizes_it_says_or_is_refused);
    tcase_add_test(all, a_tensor_that_no_memory_holds_is_refused);
    tcase_add_test(all, a_file_that_no_memory_holds_is_refused);
    tcase_add_loop_test(all, a_net_of_any_input_is_planned_or_refused, 0,
                        (int)(sizeof nets / sizeof *nets));
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
