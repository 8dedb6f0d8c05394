/* test_winograd_tile.c - the numbers of one tile are those of the layer. */
#include <math.h>

#include "cases.h"
#include "convlet/winograd_tile.h"
#include "expect.h"

static const cvl_conv_algo ALGOS[] = {CVL_CONV_WINOGRAD, CVL_CONV_WINOGRAD2};

/* Sizes that end within a tile, and paddings that begin outside. */
static const struct {
    size_t batch, channels, height, width, outputs, pad[4];
    bool tied;
} LAYERS[] = {
    {1, 1, 3, 3, 1, {0, 0, 0, 0}, false},
    {1, 1, 1, 1, 1, {1, 1, 1, 1}, false},
    {2, 3, 9, 7, 2, {1, 1, 1, 1}, false},
    {1, 2, 5, 12, 3, {2, 0, 3, 1}, true},
    {1, 70, 6, 5, 20, {1, 1, 1, 1}, false},
    {2, 17, 8, 8, 5, {0, 2, 1, 0}, false},
};
enum { LAYER_COUNT = sizeof LAYERS / sizeof *LAYERS };

static cvl_conv2d_geometry geometry_of(size_t layer)
{
    return (cvl_conv2d_geometry){.batch = LAYERS[layer].batch,
                                 .in_channels = LAYERS[layer].channels,
                                 .in_height = LAYERS[layer].height,
                                 .in_width = LAYERS[layer].width,
                                 .out_channels = LAYERS[layer].outputs,
                                 .kernel_height = 3,
                                 .kernel_width = 3,
                                 .stride_y = 1,
                                 .stride_x = 1,
                                 .pad_top = LAYERS[layer].pad[0],
                                 .pad_bottom = LAYERS[layer].pad[1],
                                 .pad_left = LAYERS[layer].pad[2],
                                 .pad_right = LAYERS[layer].pad[3],
                                 .dilation_y = 1,
                                 .dilation_x = 1,
                                 .groups = 1,
                                 .tied = LAYERS[layer].tied};
}

/* A layer with its arrays, computed. */
struct computed {
    cvl_conv2d conv;
    case_arrays a;
};

static void compute(struct computed *c, size_t layer, cvl_conv_algo algo,
                    cvl_dtype dtype, cvl_isa isa)
{
    const cvl_conv2d_geometry g = geometry_of(layer);
    const cvl_exec exec = {.threads = 1, .isa = isa};
    cvl_random random;
    cvl_error err;
    cvl_random_seed(&random, (uint32_t)layer);
    case_init(&c->a, &g, dtype, false, &random);
    case_run(&c->a, &g, algo, &exec);
    expect_ok(cvl_conv2d_init(&c->conv, &g, dtype, algo, &exec, &err), err);
}

static void computed_free(struct computed *c)
{
    cvl_conv2d_free(&c->conv);
    case_free(&c->a);
}

static void make_tile(const struct computed *c, const size_t at[4],
                      cvl_winograd_tile *tile)
{
    cvl_error err;
    expect_ok(cvl_winograd_tile_make(&c->conv, &c->a.x, &c->a.w, &c->a.b, at,
                                     tile, &err),
              err);
}

/* sum over j of a[i][j] b[j][k], of n x m and m x o numbers. */
static void multiply(const double *a, const double *b, size_t n, size_t m,
                     size_t o, bool turned, double *to)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < o; k++) {
            double sum = 0;
            for (size_t j = 0; j < m; j++)
                sum += a[i * m + j] * (turned ? b[k * m + j] : b[j * o + k]);
            to[i * o + k] = sum;
        }
}

/* left' middle right, as the header writes it: A x A'. */
static void sandwich(const double *a, size_t n, const double *x, size_t m,
                     double *to)
{
    double half[CVL_TILE_SIDE * CVL_TILE_SIDE];
    multiply(a, x, n, m, m, false, half);
    multiply(half, a, n, m, n, true, to);
}

static void expect_near(const double *got, const double *wanted, size_t count,
                        double tolerance)
{
    double most = 0;
    for (size_t i = 0; i < count; i++) most = fmax(most, fabs(wanted[i]));
    for (size_t i = 0; i < count; i++)
        ck_assert_double_le(fabs(got[i] - wanted[i]), tolerance * most);
}

/* Each step is what its matrices make of the one before. */
static void expect_steps(const cvl_winograd_tile *t, double tolerance)
{
    const size_t S = t->side, F = t->outputs, points = S * S;
    double v[36], m[36] = {0}, y[16] = {0};
    for (size_t c = 0; c < t->channels; c++) {
        sandwich(t->to_points, S, t->x + c * points, S, v);
        expect_near(t->v + c * points, v, points, tolerance);
        sandwich(t->of_kernels, S, t->w + c * 9, 3, v);
        expect_near(t->u + c * points, v, points, tolerance);
        for (size_t i = 0; i < points; i++)
            m[i] += t->v[c * points + i] * t->u[c * points + i];
    }
    expect_near(t->m, m, points, tolerance * (double)(1 + t->channels));
    sandwich(t->to_outputs, F, t->m, S, y);
    for (size_t i = 0; i < F * F; i++) y[i] += t->bias;
    expect_near(t->y, y, F * F, 4 * tolerance);
}

/* Every output is that of its tile. */
static void expect_bits(const struct computed *c, double tolerance)
{
    const size_t *const shape = c->a.y.shape;
    for (size_t i = 0; i < c->a.y.count; i++) {
        const size_t plane = i / shape[3] / shape[2];
        const size_t at[4] = {plane / shape[1], plane % shape[1],
                              i / shape[3] % shape[2], i % shape[3]};
        cvl_winograd_tile tile = {0};
        make_tile(c, at, &tile);
        const size_t F = tile.outputs;
        ck_assert(at[2] - tile.y_row < F && at[3] - tile.y_column < F);
        ck_assert_double_eq(
            tile.y[(at[2] - tile.y_row) * F + at[3] - tile.y_column],
            cvl_tensor_get(&c->a.y, i));
        if (i % 7 == 0) expect_steps(&tile, tolerance);
        cvl_winograd_tile_free(&tile);
    }
}

START_TEST(each_output_has_the_bits_of_its_tile)
{
    for (int isa = 0; isa <= (int)cvl_isa_detect(); isa++)
        for (size_t a = 0; a < 2; a++)
            for (int type = 0; type < 2; type++)
                for (size_t layer = 0; layer < LAYER_COUNT; layer++) {
                    struct computed c;
                    compute(&c, layer, ALGOS[a], (cvl_dtype)type, (cvl_isa)isa);
                    expect_bits(&c, type == CVL_F32 ? 2e-6 : 4e-15);
                    computed_free(&c);
                }
}
END_TEST

/* The points are no secret: 0, +-1 and infinity. */
START_TEST(the_matrices_of_small_tiles_are_those_of_the_books)
{
    static const double B[] = {1, 0,  -1, 0, 0, 1,  1, 0,
                               0, -1, 1,  0, 0, -1, 0, 1};
    static const double G[] = {1, 0, 0, 0.5, 0.5, 0.5, 0.5, -0.5, 0.5, 0, 0, 1};
    static const double A[] = {1, 1, 1, 0, 0, 1, -1, 1};
    const size_t at[4] = {0, 0, 0, 0};
    struct computed c;
    cvl_winograd_tile tile = {0};
    compute(&c, 0, CVL_CONV_WINOGRAD2, CVL_F32, CVL_ISA_BASE);
    make_tile(&c, at, &tile);
    ck_assert_uint_eq(tile.outputs, 2);
    for (size_t i = 0; i < 16; i++)
        ck_assert_double_eq(tile.to_points[i], B[i]);
    for (size_t i = 0; i < 12; i++)
        ck_assert_double_eq(tile.of_kernels[i], G[i]);
    for (size_t i = 0; i < 8; i++)
        ck_assert_double_eq(tile.to_outputs[i], A[i]);
    cvl_winograd_tile_free(&tile);
    computed_free(&c);
}
END_TEST

START_TEST(another_algorithm_has_no_tiles)
{
    const size_t at[4] = {0, 0, 0, 0};
    struct computed c;
    cvl_winograd_tile tile = {0};
    cvl_error err;
    compute(&c, 0, CVL_CONV_DIRECT, CVL_F32, CVL_ISA_BASE);
    ck_assert_int_eq(
        cvl_winograd_tile_make(&c.conv, &c.a.x, &c.a.w, NULL, at, &tile, &err),
        CVL_EINVAL);
    ck_assert_str_eq(err.message, "the direct algorithm has no tiles to show");
    cvl_winograd_tile_free(&tile);
    computed_free(&c);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("winograd_tile");
    TCase *const all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, each_output_has_the_bits_of_its_tile);
    tcase_add_test(all, the_matrices_of_small_tiles_are_those_of_the_books);
    tcase_add_test(all, another_algorithm_has_no_tiles);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
