/* test_recovered.c - each optimiser ends where least squares do. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/cholesky.h"
#include "convlet/memory.h"
#include "convlet/random.h"
#include "expect.h"
#include "fixtures.h"
#include "pictures/picture.h"
#include "run.h"
#include "sanitized.h"

/*
 * Ten kinds of picture, grey and in colour, each with kernels of six sizes,
 * twice: CONVLET_GRID=all in the environment tries all, else a few do. The
 * judge builds the windows of the pair in float64 and solves for the kernels.
 * Where that is within 0.002 of the truth and the windows' covariance has a
 * condition of at most 1e5, every optimiser ends within 0.02 of it, cg within
 * 0.005, and --best names its loss to 1e-6; where not, a warning says so.
 */
enum {
    SIDE = 96,
    AREA = SIDE * SIDE,
    SHAPES = 60,
    MOST_TERMS = 3 * 49 + 1,
    ROOM = 2 * MOST_TERMS * MOST_TERMS
};

static const char *const kinds[] = {"texture", "flat",    "waves",  "discs",
                                    "ramp",    "letters", "leaves", "checker",
                                    "dots",    "blurred"};
enum { KINDS = sizeof kinds / sizeof kinds[0], QUICK_KINDS = 2 };
static const size_t sizes[][2] = {{3, 3}, {1, 7}, {5, 5},
                                  {7, 7}, {1, 1}, {3, 5}};
enum { SIZES = sizeof sizes / sizeof sizes[0], QUICK_SIZES = 2 };

/* How the colours of a picture are filtered. */
enum colour { GREY, MIXED, APART, COLOURS };
static const char *const colour_flags[] = {"", "", "--groups 3"};

/* A pair, and what is known of it. */
struct pair {
    enum colour colour;
    size_t channels, rows, columns;
    cvl_tensor x, t;               /* [1,C,SIDE,SIDE] of 0 .. 1, in 8 bits */
    cvl_tensor truth;              /* [C,C,KH,KW], or [C,1,KH,KW] */
    cvl_tensor least;              /* what least squares make of it */
    double condition, loss, error; /* of that; from the truth */
};

static cvl_tensor new_tensor(size_t a, size_t b, size_t c, size_t d)
{
    const size_t shape[4] = {a, b, c, d};
    cvl_tensor tensor;
    cvl_error err;
    expect_ok(cvl_tensor_init(&tensor, CVL_F64, 4, shape, &err), err);
    return tensor;
}

/* Places, sizes and values of what a picture shows. */
struct scene {
    double row[SHAPES], column[SHAPES], radius[SHAPES], value[SHAPES][3];
};

static double value_of(const char *kind, const struct scene *s, size_t channel,
                       double y, double x, cvl_random *random)
{
    double v = s->value[0][channel], near = HUGE_VAL;
    const double phase = 6 * s->value[1][channel] / 255;
    if (!strcmp(kind, "texture"))
        return 128 + 40 * sin(x / 2 + 3 * sin(y / 7 + phase)) * cos(y / 3) +
               20 * cvl_random_normal(random);
    if (!strcmp(kind, "ramp"))
        return 60 + (x + y / 2) * (0.5 + phase / 8) +
               3 * cvl_random_normal(random);
    if (!strcmp(kind, "blurred") || !strcmp(kind, "waves")) {
        double sum = 128;
        for (int i = 1; i < 24; i++) {
            const double turn = s->value[i][channel];
            sum += (kind[0] == 'w' ? 60.0 : 90.0 / (1 + i)) / i *
                   sin(i * (x * cos(turn) + y * sin(turn)) / 7 + turn);
        }
        return sum;
    }
    if (!strcmp(kind, "checker")) {
        const size_t across = (size_t)x / 5, down = (size_t)y / 5;
        return s->value[(across * 7 + down * 13) % SHAPES][channel] / 3 +
               ((across + down) % 2 ? 90 : 0);
    }
    for (size_t i = 0; i < SHAPES; i++) {
        const double dy = y - s->row[i], dx = x - s->column[i];
        const double distance = dx * dx + dy * dy;
        const double radius = s->radius[i];
        bool covers = distance < radius * radius;
        if (!strcmp(kind, "flat")) covers = distance < near;
        if (!strcmp(kind, "dots")) covers = fabs(dx) < 0.5 && fabs(dy) < 0.5;
        if (!strcmp(kind, "letters"))
            covers = (fabs(dx) < 1 && fabs(dy) < 4) ||
                     (fabs(dx - 2) < 2 && fabs(dy - radius / 3) < 0.6);
        if (covers) v = s->value[i][channel];
        if (covers) near = distance;
    }
    return kind[0] == 'l' && kind[2] == 'a' ? v + 4 * sin(x / 3) * cos(y / 4)
                                            : v;
}

static void draw_picture(const char *kind, cvl_random *random, cvl_tensor *x)
{
    struct scene scene;
    for (size_t i = 0; i < SHAPES; i++) {
        scene.row[i] = SIDE * cvl_random_uniform(random);
        scene.column[i] = SIDE * cvl_random_uniform(random);
        scene.radius[i] = 2 + 2 / (0.15 + cvl_random_uniform(random));
        for (size_t c = 0; c < 3; c++)
            scene.value[i][c] = 25 + 200 * cvl_random_uniform(random);
    }
    for (size_t i = 0; i < x->count; i++) {
        const size_t place = i % (AREA), row = place / SIDE;
        const double v = value_of(kind, &scene, i / (AREA), (double)row,
                                  (double)(place % SIDE), random);
        cvl_tensor_set(x, i, fmin(254, fmax(1, rint(v))) / 255);
    }
}

/* Kernels of both signs whose sums are near 1. */
static void draw_kernels(struct pair *pair, cvl_random *random)
{
    const size_t taps = pair->rows * pair->columns;
    const size_t inputs = pair->truth.shape[1];
    cvl_random_fill_normal(random, &pair->truth, 0, 0.25 / sqrt((double)taps));
    for (size_t o = 0; o < pair->channels; o++)
        for (size_t i = 0; i < inputs; i++) {
            const size_t first = (o * inputs + i) * taps;
            const double share = inputs == 1 ? 0.95 : i == o ? 0.75 : 0.1;
            double sum = 0;
            for (size_t k = 0; k < taps; k++)
                sum += cvl_tensor_get(&pair->truth, first + k);
            for (size_t k = 0; k < taps; k++)
                cvl_tensor_set(&pair->truth, first + k,
                               cvl_tensor_get(&pair->truth, first + k) +
                                   (share - sum) / (double)taps);
        }
}

/* The window of output o at a place, and a 1; false at the border. */
static bool read_window(const struct pair *pair, size_t o, size_t row,
                        size_t column, double *z)
{
    const size_t above = (pair->rows - 1) / 2, left = (pair->columns - 1) / 2;
    const size_t inputs = pair->truth.shape[1];
    size_t n = 0;
    if (row < above || column < left || row - above + pair->rows > SIDE ||
        column - left + pair->columns > SIDE)
        return false;
    for (size_t i = 0; i < inputs; i++)
        for (size_t r = 0; r < pair->rows; r++)
            for (size_t c = 0; c < pair->columns; c++)
                z[n++] = cvl_tensor_get(
                    &pair->x,
                    ((inputs == 1 ? o : i) * SIDE + row - above + r) * SIDE +
                        column - left + c);
    z[n] = 1;
    return true;
}

/* The target in 8 bits; the border stays as it is, and does not count. */
static void filter(struct pair *pair)
{
    double z[MOST_TERMS] = {0};
    const size_t terms = pair->truth.count / pair->channels;
    for (size_t i = 0; i < pair->t.count; i++) {
        const size_t o = i / (AREA), place = i % (AREA);
        double sum = 0;
        if (!read_window(pair, o, place / SIDE, place % SIDE, z)) continue;
        for (size_t k = 0; k < terms; k++)
            sum += z[k] * cvl_tensor_get(&pair->truth, o * terms + k);
        cvl_tensor_set(&pair->t, i, rint(255 * fmin(1, fmax(0, sum))) / 255);
    }
}

/* Turns the symmetric m until its diagonal has the eigenvalues, by Jacobi's
 * rotations, and returns the ratio of the largest to the smallest. */
static double condition_of(double *m, size_t n)
{
    double least = HUGE_VAL, most = 0;
    for (int sweep = 0; sweep < 12; sweep++)
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++) {
                if (m[p * n + q] == 0) continue;
                const double theta =
                    atan2(2 * m[p * n + q], m[q * n + q] - m[p * n + p]) / 2;
                const double c = cos(theta), s = sin(theta);
                for (size_t i = 0; i < n; i++) {
                    const double a = m[i * n + p], b = m[i * n + q];
                    m[i * n + p] = c * a - s * b;
                    m[i * n + q] = s * a + c * b;
                }
                for (size_t i = 0; i < n; i++) {
                    const double a = m[p * n + i], b = m[q * n + i];
                    m[p * n + i] = c * a - s * b;
                    m[q * n + i] = s * a + c * b;
                }
            }
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, m[i * n + i]);
        most = fmax(most, m[i * n + i]);
    }
    return least > 1e-13 * most ? most / least : HUGE_VAL;
}

/* The sums of z z' and of z t over what counts of output o. */
static void add_up(const struct pair *pair, size_t o, size_t terms, double *m,
                   double *right, size_t *count)
{
    double z[MOST_TERMS] = {0};
    for (size_t i = 0; i < terms * terms; i++) m[i] = 0;
    for (size_t i = 0; i < terms; i++) right[i] = 0;
    for (size_t place = 0; place < AREA; place++) {
        const double t = cvl_tensor_get(&pair->t, o * AREA + place);
        if (t == 0 || t == 1 ||
            !read_window(pair, o, place / SIDE, place % SIDE, z))
            continue;
        for (size_t i = 0; i < terms; i++) {
            right[i] += z[i] * t;
            for (size_t j = 0; j < terms; j++) m[i * terms + j] += z[i] * z[j];
        }
        ++*count;
    }
}

/* Of output o: the kernel, and the condition of the windows' covariance;
 * returns the sum of the squares that are left. */
static double solve(struct pair *pair, size_t o, double *m, size_t *count)
{
    const size_t taps = pair->truth.count / pair->channels, terms = taps + 1;
    double *const covariance = m + terms * terms;
    double right[MOST_TERMS], z[MOST_TERMS] = {0}, left = 0;
    add_up(pair, o, terms, m, right, count);
    for (size_t i = 0; i < taps; i++)
        for (size_t j = 0; j < taps; j++)
            covariance[i * taps + j] =
                m[i * terms + j] - m[i * terms + taps] * m[j * terms + taps] /
                                       m[taps * terms + taps];
    pair->condition = fmax(pair->condition, condition_of(covariance, taps));
    cvl_cholesky(m, terms, 0, 1e-12);
    cvl_cholesky_divide(m, terms, right);
    cvl_cholesky_divide_transposed(m, terms, right);
    for (size_t k = 0; k < taps; k++) {
        const size_t i = o * taps + k;
        cvl_tensor_set(&pair->least, i, right[k]);
        pair->error =
            fmax(pair->error, fabs(right[k] - cvl_tensor_get(&pair->truth, i)));
    }
    for (size_t place = 0; place < AREA; place++) {
        const double t = cvl_tensor_get(&pair->t, o * AREA + place);
        double e = -t;
        if (t == 0 || t == 1 ||
            !read_window(pair, o, place / SIDE, place % SIDE, z))
            continue;
        for (size_t i = 0; i < terms; i++) e += z[i] * right[i];
        left += e * e;
    }
    return left;
}

static void judge(struct pair *pair)
{
    void *room;
    cvl_error err;
    size_t count = 0;
    double left = 0;
    expect_ok(cvl_alloc(&room, ROOM * sizeof(double), "room", &err), err);
    for (size_t o = 0; o < pair->channels; o++)
        left += solve(pair, o, room, &count);
    pair->loss = left / (double)count;
    cvl_free(room);
}

static void make(struct pair *pair, const char *kind, enum colour colour,
                 size_t size, uint32_t seed)
{
    cvl_random random;
    cvl_error err;
    const size_t channels = colour == GREY ? 1 : 3;
    *pair = (struct pair){.colour = colour,
                          .channels = channels,
                          .rows = sizes[size][0],
                          .columns = sizes[size][1]};
    cvl_random_seed(&random, seed);
    pair->x = new_tensor(1, channels, SIDE, SIDE);
    pair->t = new_tensor(1, channels, SIDE, SIDE);
    const size_t inputs = colour == MIXED ? 3 : 1;
    pair->truth = new_tensor(channels, inputs, pair->rows, pair->columns);
    pair->least = new_tensor(channels, inputs, pair->rows, pair->columns);
    draw_picture(kind, &random, &pair->x);
    draw_kernels(pair, &random);
    filter(pair);
    judge(pair);
    expect_ok(picture_save("in.png", &pair->x, &err), err);
    expect_ok(picture_save("out.png", &pair->t, &err), err);
}

static void unmake(struct pair *pair)
{
    cvl_tensor_free(&pair->x);
    cvl_tensor_free(&pair->t);
    cvl_tensor_free(&pair->truth);
    cvl_tensor_free(&pair->least);
}

/* The number behind these words, which must be there. */
static double number_after(const char *text, const char *words)
{
    const char *const place = strstr(text, words);
    ck_assert_msg(place != NULL, "no '%s' in: %s", words, text);
    return strtod(place + strlen(words), NULL);
}

static void expect_recovered(const struct pair *pair, const char *optimizer)
{
    char line[256];
    double off = 0;
    snprintf(line, sizeof line,
             "train --force --preset filter --input in.png --target out.png "
             "--kernel-size %zu,%zu --optimizer %s --log-every 100000 --best "
             "--out run %s",
             pair->rows, pair->columns, optimizer, colour_flags[pair->colour]);
    const struct outcome outcome = run_expect(0, line);
    const bool told = pair->error <= 0.002 && pair->condition <= 1e5;
    if (!told) {
        ck_assert_msg(strstr(outcome.err, "too little detail"),
                      "off by %g, condition %g: %s", pair->error,
                      pair->condition, outcome.err);
        const double said = number_after(
            outcome.err, "the condition number of its windows is ");
        ck_assert(said > 1e9 ? pair->condition > 1e9
                             : fabs(said / pair->condition - 1) < 0.1);
        return;
    }
    const double best =
        number_after(outcome.err, "the best that this layer can do is ");
    put_param("w.npy", "run/model.safetensors", "0.weight");
    cvl_tensor w = get_array("w.npy");
    for (size_t i = 0; i < w.count; i++)
        off = fmax(
            off, fabs(cvl_tensor_get(&w, i) - cvl_tensor_get(&pair->least, i)));
    cvl_tensor_free(&w);
    ck_assert_msg(off <= (strcmp(optimizer, "cg") ? 0.02 : 0.005),
                  "%s: off by %g", line, off);
    ck_assert_msg(fabs(best - pair->loss) <= 1e-6 * pair->loss + 1e-14,
                  "%s: %.9g, not %.9g", line, best, pair->loss);
}

static bool is_whole(void)
{
    const char *const grid = getenv("CONVLET_GRID");
    return grid && !strcmp(grid, "all");
}

START_TEST(each_optimizer_ends_where_least_squares_do)
{
    static const char *const ways[] = {"cg", "adam", "sgd"};
    const bool whole = is_whole();
    if (UNDER_TSAN) return;
    for (uint32_t seed = 1; seed <= (whole ? 2 : 1); seed++)
        for (int colour = GREY; colour < COLOURS; colour++)
            for (size_t size = 0; size < (whole ? SIZES : QUICK_SIZES);
                 size++) {
                struct pair pair;
                make(&pair, kinds[_i], (enum colour)colour, size, seed);
                for (size_t way = 0; way < 3; way++)
                    expect_recovered(&pair, ways[way]);
                printf("%s, %s%zux%zu, %u: condition %.3g, off %.2g\n",
                       kinds[_i], colour == MIXED ? "mixed " : "", pair.rows,
                       pair.columns, (unsigned)seed, pair.condition,
                       pair.error);
                unmake(&pair);
            }
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("recovered");
    TCase *const all = tcase_create("recovered");
    tcase_set_timeout(all, 1800);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all, each_optimizer_ends_where_least_squares_do, 0,
                        is_whole() ? KINDS : QUICK_KINDS);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
