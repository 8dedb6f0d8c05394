/* test_product_tile.c - the product tile's sums, against plain loops. */
#include <math.h>
#include <string.h>

#include "cases.h"
#include "convlet/exec.h"
#include "convlet/memory.h"
#include "expect.h"
#include "kernel/product_tile.h"
#include "tiled_arrays.h"

static const cvl_product_tile *const TILES[][2] = {
    {&cvl_product_tile_base_f32, &cvl_product_tile_base_f64},
#ifdef CVL_TILED_X86
    {&cvl_product_tile_avx2_f32, &cvl_product_tile_avx2_f64},
    {&cvl_product_tile_avx512_f32, &cvl_product_tile_avx512_f64},
#endif
};

/* Products that are added up before they are added to the sum. */
enum { PIECE = 32, DRAWN = 40 };

static const char *const NAMES[] = {"grouped", "outer", "apart"};

typedef struct job {
    const cvl_product_tile *tile;
    cvl_dtype dtype;
    enum order { GROUPED, OUTER, APART } order;
    size_t rows, vectors;
    cvl_product p;
    arrays a; /* W, X, Y are the product's a, u and y */
    void *before;
} job;

static void set(job *j, size_t array, size_t i)
{
    const double value = ((double)pick(0, 200) - 100) / 7;
    if (j->dtype == CVL_F32)
        ((float *)j->a.data[array])[i] = (float)value;
    else
        ((double *)j->a.data[array])[i] = value;
}

static size_t a_index(const job *j, size_t t, size_t m)
{
    const size_t L = j->tile->lanes;
    if (j->order == GROUPED) return t / L * j->p.a_step + m * L + t % L;
    return t * j->p.a_step + m * (j->order == APART ? j->p.a_row : 1);
}

static size_t y_index(const job *j, size_t m, size_t column)
{
    const size_t L = j->tile->lanes;
    return m * j->p.y_row + column / L * j->p.y_vector + column % L;
}

/* Sizes and steps; rows of y beside each other, or its vectors. */
static void draw_steps(job *j)
{
    const size_t L = j->tile->lanes, width = j->vectors * L;
    cvl_product *const p = &j->p;
    p->count = pick(0, 3) ? pick(1, 40) : pick(1, 150);
    p->a_step = j->order == GROUPED ? j->rows * L : j->rows;
    p->a_step += pick(0, 2) * pick(0, 9);
    if (j->order == APART) { /* either may be the longer way */
        p->a_row = pick(0, 1) ? 1 + pick(0, 9) : p->count + pick(0, 9);
        p->a_step = p->a_row < p->count ? j->rows * p->a_row + pick(0, 9) : 1;
    }
    p->u_step = width + pick(0, 2) * pick(0, 9);
    p->add = pick(0, 1);
    p->whole = pick(0, 3) == 0;
    p->y_row = p->y_vector = L;
    if (pick(0, 1))
        p->y_row = width + pick(0, 9);
    else
        p->y_vector = j->rows * L + pick(0, 9);
}

/* Numbers where the product reads; not-a-numbers elsewhere. */
static void fill(job *j)
{
    const size_t width = j->vectors * j->tile->lanes;
    cvl_product *const p = &j->p;
    j->a = (arrays){.dtype = j->dtype};
    j->a.count[W] = a_index(j, p->count - 1, j->rows - 1) + 1;
    j->a.count[X] = (p->count - 1) * p->u_step + width;
    j->a.count[Y] = y_index(j, j->rows - 1, width - 1) + 1;
    const size_t used[] = {W, X, Y}, bytes = cvl_dtype_size(j->dtype);
    for (size_t i = 0; i < 3; i++)
        j->a.data[used[i]] =
            arrays_place(used[i], j->a.count[used[i]] * bytes, pick(0, 1));
    for (size_t t = 0; t < p->count; t++) {
        for (size_t m = 0; m < j->rows; m++) set(j, W, a_index(j, t, m));
        for (size_t n = 0; n < width; n++) set(j, X, t * p->u_step + n);
    }
    for (size_t m = 0; p->add && m < j->rows; m++)
        for (size_t n = 0; n < width; n++) set(j, Y, y_index(j, m, n));
    p->a = j->a.data[W];
    p->u = j->a.data[X];
    p->y = j->a.data[Y];
    ck_assert_int_eq(cvl_alloc(&j->before, j->a.count[Y] * bytes, "y", NULL),
                     CVL_OK);
    memcpy(j->before, p->y, j->a.count[Y] * bytes);
}

/* sum + a b in the job's type, rounded once or twice. */
static double plus(const job *j, double sum, double a, double b, bool fused)
{
    if (j->dtype == CVL_F64) return fused ? fma(a, b, sum) : sum + a * b;
    return fused ? (double)fmaf((float)a, (float)b, (float)sum)
                 : (double)((float)sum + (float)a * (float)b);
}

static double sum_of(const job *j, const arrays *before, size_t m,
                     size_t column, bool fused)
{
    const cvl_product *const p = &j->p;
    double total = 0;
    bool more = p->add;
    if (more) total = arrays_get(before, Y, y_index(j, m, column));
    const size_t piece = p->whole ? p->count : PIECE;
    for (size_t first = 0; first < p->count; first += piece, more = true) {
        double sum = 0;
        for (size_t t = first; t < p->count && t < first + piece; t++)
            sum = plus(j, sum, arrays_get(&j->a, W, a_index(j, t, m)),
                       arrays_get(&j->a, X, t * p->u_step + column), fused);
        total = more ? plus(j, sum, total, 1, false) : sum;
    }
    return total;
}

/* Every sum has the bits of plain loops; all between them is as it was. */
static void check(job *j)
{
    const size_t bytes = cvl_dtype_size(j->dtype);
    arrays before = j->a;
    before.data[Y] = j->before;
    for (size_t m = 0; m < j->rows; m++)
        for (size_t n = 0; n < j->vectors * j->tile->lanes; n++) {
            const size_t at = y_index(j, m, n);
            const double is = arrays_get(&j->a, Y, at);
            const double fused = sum_of(j, &before, m, n, true);
            if (is != fused)
                ck_assert_msg(is == sum_of(j, &before, m, n, false),
                              "[%zu][%zu] of %zu x %zu is %.17g, expected "
                              "%.17g: %s, %zu lanes, %zu bytes, count %zu",
                              m, n, j->rows, j->vectors, is, fused,
                              NAMES[j->order], j->tile->lanes, bytes,
                              j->p.count);
            memcpy((char *)j->p.y + at * bytes, (char *)j->before + at * bytes,
                   bytes);
        }
    ck_assert_mem_eq(j->p.y, j->before, j->a.count[Y] * bytes);
    cvl_free(j->before);
}

static void check_size(job *j)
{
    for (size_t i = 0; i < case_share(DRAWN); i++) {
        draw_steps(j);
        fill(j);
        const cvl_product_tile *const t = j->tile;
        (j->order == GROUPED ? t->grouped
         : j->order == OUTER ? t->outer
                             : t->apart)(j->rows, j->vectors, &j->p);
        check(j);
    }
}

START_TEST(every_size_has_the_sums_of_plain_loops)
{
    arrays_map(1);
    job j = {.order = (enum order)_i};
    for (int isa = 0; isa <= (int)cvl_isa_detect(); isa++)
        for (j.dtype = CVL_F32; j.dtype <= CVL_F64; j.dtype++) {
            j.tile = TILES[isa][j.dtype];
            for (j.rows = 1; j.rows <= 2 * j.tile->rows + 1; j.rows++)
                for (j.vectors = 1; j.vectors <= 2; j.vectors++) check_size(&j);
        }
}
END_TEST

START_TEST(a_tile_is_of_its_vectors)
{
    for (int isa = 0; isa <= (int)cvl_isa_detect(); isa++)
        for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++)
            ck_assert_uint_eq(TILES[isa][dtype]->lanes *
                                  cvl_dtype_size((cvl_dtype)dtype),
                              (size_t)16 << isa);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("product_tile");
    TCase *const all = tcase_create("product_tile");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, every_size_has_the_sums_of_plain_loops, 0, 3);
    tcase_add_test(all, a_tile_is_of_its_vectors);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
