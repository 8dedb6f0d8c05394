/* test_losses.c - every loss: slopes, masks, threads, and what it refuses. */
#include <math.h>
#include <string.h>

#include "convlet/loss.h"
#include "convlet/random.h"
#include "expect.h"

static const char *const texts[] = {
    "mse", "l1", "huber", "huber:0.5", "charbonnier", "charbonnier:0.125",
};
enum { TEXTS = sizeof texts / sizeof *texts };

static cvl_loss loss_of(const char *text, cvl_reduction reduction)
{
    cvl_loss loss = {0};
    cvl_error err;
    expect_ok(cvl_loss_parse(text, &loss, &err), err);
    loss.reduction = reduction;
    return loss;
}

static cvl_tensor drawn(cvl_dtype dtype, const size_t shape[4],
                        cvl_random *random)
{
    cvl_tensor tensor;
    ck_assert(!cvl_tensor_init(&tensor, dtype, 4, shape, NULL));
    cvl_random_fill_normal(random, &tensor, 0, 1);
    return tensor;
}

/* 0 and 1 by turns of three. */
static size_t fill_mask(cvl_tensor *mask)
{
    size_t used = 0;
    for (size_t i = 0; i < mask->count; i++) {
        cvl_tensor_set(mask, i, i % 3 ? 1 : 0);
        used += i % 3 != 0;
    }
    return used;
}

static double compute(const cvl_loss *loss, const cvl_tensor *y,
                      const cvl_tensor *t, const cvl_tensor *mask, size_t used,
                      const cvl_exec *exec, cvl_tensor *grad)
{
    double value;
    cvl_error err;
    expect_ok(
        cvl_loss_compute(loss, y, t, mask, used, exec, grad, &value, &err),
        err);
    return value;
}

/* By central differences; `notebook` descends another scale than it logs. */
static void expect_slopes(const cvl_loss *loss, cvl_tensor *y,
                          const cvl_tensor *t, const cvl_tensor *mask,
                          size_t used)
{
    static const double h = 1e-6;
    cvl_tensor grad;
    const double scale = cvl_loss_scale(y, used, loss->reduction) *
                         cvl_loss_divisor(y, used, loss->reduction);
    ck_assert(!cvl_tensor_init_like(&grad, y, NULL));
    compute(loss, y, t, mask, used, NULL, &grad);
    for (size_t i = 0; i < y->count; i++) {
        const double here = cvl_tensor_get(y, i);
        cvl_tensor_set(y, i, here + h);
        const double up = compute(loss, y, t, mask, used, NULL, NULL);
        cvl_tensor_set(y, i, here - h);
        const double down = compute(loss, y, t, mask, used, NULL, NULL);
        cvl_tensor_set(y, i, here);
        ck_assert_double_eq_tol(cvl_tensor_get(&grad, i),
                                scale * (up - down) / (2 * h), 1e-7);
    }
    cvl_tensor_free(&grad);
}

START_TEST(gradients_are_slopes_for_every_reduction_and_under_a_mask)
{
    static const size_t shape[4] = {2, 3, 4, 5};
    cvl_random random;
    cvl_random_seed(&random, 1);
    cvl_tensor y = drawn(CVL_F64, shape, &random);
    cvl_tensor t = drawn(CVL_F64, shape, &random);
    cvl_tensor mask = drawn(CVL_F64, shape, &random);
    const size_t used = fill_mask(&mask);
    for (int r = CVL_REDUCTION_MEAN; r <= CVL_REDUCTION_NOTEBOOK; r++) {
        const cvl_loss loss = loss_of(texts[_i], (cvl_reduction)r);
        expect_slopes(&loss, &y, &t, NULL, y.count);
        expect_slopes(&loss, &y, &t, &mask, used);
    }
    cvl_tensor_free(&y);
    cvl_tensor_free(&t);
    cvl_tensor_free(&mask);
}
END_TEST

/* Whatever stands where nothing counts, and also where l(0) is not 0. */
START_TEST(what_is_masked_has_no_part_in_the_loss)
{
    static const size_t shape[4] = {1, 1, 5, 6};
    const cvl_loss loss = loss_of(texts[_i], CVL_REDUCTION_SUM);
    cvl_random random;
    cvl_random_seed(&random, 2);
    cvl_tensor y = drawn(CVL_F32, shape, &random);
    cvl_tensor t = drawn(CVL_F32, shape, &random);
    cvl_tensor mask = drawn(CVL_F32, shape, &random), grad;
    const size_t used = fill_mask(&mask);
    ck_assert(!cvl_tensor_init_like(&grad, &y, NULL));
    double sum = 0;
    for (size_t i = 0; i < y.count; i++) {
        static const size_t one[4] = {1, 1, 1, 1};
        const cvl_tensor at =
            cvl_tensor_wrap(CVL_F32, 4, one, (float *)y.data + i);
        const cvl_tensor to =
            cvl_tensor_wrap(CVL_F32, 4, one, (float *)t.data + i);
        if (i % 3)
            sum += compute(&loss, &at, &to, NULL, 1, NULL, NULL);
        else
            cvl_tensor_set(&y, i, i % 2 ? 1e38 : -1e38);
        if (i % 3 == 0) cvl_tensor_set(&t, i, 1e38);
    }
    ck_assert_double_eq_tol(compute(&loss, &y, &t, &mask, used, NULL, &grad),
                            sum, 1e-12);
    for (size_t i = 0; i < y.count; i += 3)
        ck_assert_double_eq(cvl_tensor_get(&grad, i), 0);
    cvl_tensor_free(&y);
    cvl_tensor_free(&t);
    cvl_tensor_free(&mask);
    cvl_tensor_free(&grad);
}
END_TEST

/* Several chunks, the last of them short; the gradient in the place of y. */
START_TEST(threads_change_no_bit_nor_does_the_gradients_place)
{
    static const size_t shape[4] = {3, 5, 61, 67}, threads[] = {1, 2, 3, 7};
    const cvl_loss loss = loss_of(texts[_i], CVL_REDUCTION_MEAN);
    for (int dtype = CVL_F32; dtype <= CVL_F64; dtype++) {
        cvl_random random;
        cvl_random_seed(&random, 3);
        cvl_tensor y = drawn((cvl_dtype)dtype, shape, &random);
        cvl_tensor t = drawn((cvl_dtype)dtype, shape, &random);
        cvl_tensor first, grad;
        ck_assert(!cvl_tensor_init_like(&first, &y, NULL));
        ck_assert(!cvl_tensor_init_like(&grad, &y, NULL));
        const double value =
            compute(&loss, &y, &t, NULL, y.count, NULL, &first);
        for (size_t i = 0; i < 4; i++) {
            const cvl_exec exec = {.threads = threads[i]};
            cvl_tensor_copy(&grad, &y);
            const double again =
                compute(&loss, &grad, &t, NULL, y.count, &exec, &grad);
            ck_assert_mem_eq(&again, &value, sizeof value);
            ck_assert_mem_eq(grad.data, first.data, cvl_tensor_bytes(&grad));
        }
        cvl_tensor_free(&y);
        cvl_tensor_free(&t);
        cvl_tensor_free(&first);
        cvl_tensor_free(&grad);
    }
}
END_TEST

START_TEST(nan_reaches_every_loss)
{
    static const size_t shape[4] = {1, 1, 1, 2};
    double at[2] = {0, NAN}, to[2] = {0, 0}, g[2];
    const cvl_tensor y = cvl_tensor_wrap(CVL_F64, 4, shape, at);
    const cvl_tensor t = cvl_tensor_wrap(CVL_F64, 4, shape, to);
    cvl_tensor grad = cvl_tensor_wrap(CVL_F64, 4, shape, g);
    const cvl_loss loss = loss_of(texts[_i], CVL_REDUCTION_MEAN);
    ck_assert(isnan(compute(&loss, &y, &t, NULL, 2, NULL, &grad)));
    ck_assert(g[0] == 0 && isnan(g[1]));
}
END_TEST

/* Logits of five images and four classes. */
typedef struct rows {
    cvl_tensor y, labels;
} rows;

static rows rows_of(cvl_dtype dtype, size_t images, size_t classes)
{
    const size_t shape[4] = {images, classes, 1, 1}, one[4] = {images, 1, 1, 1};
    cvl_random random;
    cvl_random_seed(&random, 5);
    rows r = {.y = drawn(dtype, shape, &random)};
    ck_assert(!cvl_tensor_init(&r.labels, dtype, 4, one, NULL));
    for (size_t n = 0; n < images; n++)
        cvl_tensor_set(&r.labels, n,
                       cvl_random_below(&random, (uint32_t)classes));
    return r;
}

static void rows_free(rows *r)
{
    cvl_tensor_free(&r->y);
    cvl_tensor_free(&r->labels);
}

START_TEST(cross_entropy_has_the_gradient_of_its_slope_smoothed_or_not)
{
    static const double smoothing[] = {0, 0.1, 1};
    rows r = rows_of(CVL_F64, 5, 4);
    for (size_t i = 0; i < 3; i++)
        for (int k = CVL_REDUCTION_MEAN; k <= CVL_REDUCTION_SUM; k++) {
            cvl_loss loss = loss_of("cross-entropy", (cvl_reduction)k);
            loss.smoothing = smoothing[i];
            expect_slopes(&loss, &r.y, &r.labels, NULL, 5);
        }
    rows_free(&r);
}
END_TEST

START_TEST(cross_entropy_has_the_same_bits_for_any_number_of_threads)
{
    static const size_t threads[] = {2, 3, 7};
    const cvl_loss loss = loss_of("cross-entropy", CVL_REDUCTION_MEAN);
    rows r = rows_of(CVL_F32, 1003, 130);
    cvl_tensor first, grad;
    ck_assert(!cvl_tensor_init_like(&first, &r.y, NULL));
    ck_assert(!cvl_tensor_init_like(&grad, &r.y, NULL));
    const double value =
        compute(&loss, &r.y, &r.labels, NULL, 1003, NULL, &first);
    for (size_t i = 0; i < 3; i++) {
        const cvl_exec exec = {.threads = threads[i]};
        cvl_tensor_copy(&grad, &r.y);
        ck_assert_double_eq(
            compute(&loss, &grad, &r.labels, NULL, 1003, &exec, &grad), value);
        ck_assert_mem_eq(grad.data, first.data, cvl_tensor_bytes(&grad));
    }
    cvl_tensor_free(&first);
    cvl_tensor_free(&grad);
    rows_free(&r);
}
END_TEST

START_TEST(logits_that_no_exponential_holds_have_a_loss)
{
    static const size_t shape[4] = {1, 2, 1, 1}, one[4] = {1, 1, 1, 1};
    static const struct {
        double logits[2], loss, grad;
    } cases[] = {{{1000, 998}, 0.1269280110429726, -0.11920292202211757},
                 {{-1000, -998}, 2.1269280110429727, -0.8807970779778824},
                 {{1e300, 0}, 0, 0}};
    const double label = 0;
    const cvl_loss loss = loss_of("cross-entropy", CVL_REDUCTION_MEAN);
    const cvl_tensor t = cvl_tensor_wrap(CVL_F64, 4, one, (void *)&label);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double at[2], g[2];
        memcpy(at, cases[i].logits, sizeof at);
        const cvl_tensor y = cvl_tensor_wrap(CVL_F64, 4, shape, at);
        cvl_tensor grad = cvl_tensor_wrap(CVL_F64, 4, shape, g);
        ck_assert_double_eq_tol(compute(&loss, &y, &t, NULL, 1, NULL, &grad),
                                cases[i].loss, 1e-15);
        ck_assert_double_eq_tol(g[0], cases[i].grad, 1e-15);
        ck_assert_double_eq_tol(g[1], -cases[i].grad, 1e-15);
    }
}
END_TEST

/* One that no exponential can hold, and one that is nothing. */
START_TEST(infinite_logits_make_what_they_should)
{
    static const size_t shape[4] = {1, 3, 1, 1}, one[4] = {1, 1, 1, 1};
    double at[3] = {1, -INFINITY, 1}, label = 0, g[3];
    const cvl_tensor y = cvl_tensor_wrap(CVL_F64, 4, shape, at);
    const cvl_tensor t = cvl_tensor_wrap(CVL_F64, 4, one, &label);
    cvl_tensor grad = cvl_tensor_wrap(CVL_F64, 4, shape, g);
    const cvl_loss loss = loss_of("cross-entropy", CVL_REDUCTION_MEAN);
    ck_assert_double_eq_tol(compute(&loss, &y, &t, NULL, 1, NULL, &grad),
                            log(2), 1e-15);
    ck_assert(g[0] == -0.5 && g[1] == 0 && g[2] == 0.5);
    label = 1;
    ck_assert(isinf(compute(&loss, &y, &t, NULL, 1, NULL, NULL)));
    at[1] = NAN;
    ck_assert(isnan(compute(&loss, &y, &t, NULL, 1, NULL, NULL)));
}
END_TEST

START_TEST(cross_entropy_refuses_what_it_cannot_mean)
{
    static const size_t wide[4] = {2, 3, 2, 1};
    rows r = rows_of(CVL_F64, 2, 3);
    cvl_error err;
    double value = 7;
    cvl_tensor y;
    cvl_loss loss = loss_of("cross-entropy", CVL_REDUCTION_MEAN);
    expect_fail(cvl_loss_compute(&loss, &r.y, &r.labels, &r.y, 2, NULL, NULL,
                                 &value, &err),
                err, CVL_EINVAL,
                "loss cross-entropy takes no mask: its labels are of whole "
                "images");
    expect_fail(
        cvl_loss_compute(&loss, &r.y, &r.y, NULL, 2, NULL, NULL, &value, &err),
        err, CVL_ESHAPE,
        "cross-entropy target is f64[2x3x1x1], expected f64[2x1x1x1]");
    ck_assert(!cvl_tensor_init(&y, CVL_F64, 4, wide, NULL));
    expect_fail(cvl_loss_compute(&loss, &y, &r.labels, NULL, 2, NULL, NULL,
                                 &value, &err),
                err, CVL_EINVAL,
                "loss cross-entropy takes one number for each class, and the "
                "output is f64[2x3x2x1]; end the net in avgpool all, or dense");
    loss.reduction = CVL_REDUCTION_NOTEBOOK;
    expect_fail(cvl_loss_compute(&loss, &r.y, &r.labels, NULL, 2, NULL, NULL,
                                 &value, &err),
                err, CVL_EINVAL,
                "reduction notebook is for arrays, and the target of loss "
                "cross-entropy is labels; take mean or sum");
    ck_assert_double_eq(value, 7);
    cvl_tensor_free(&y);
    rows_free(&r);
}
END_TEST

START_TEST(a_label_that_is_no_class_is_named)
{
    static const struct {
        double label;
        const char *message;
    } wrong[] = {
        {4, "label 2 is 4, expected a whole number from 0 to 3"},
        {-1, "label 2 is -1, expected a whole number from 0 to 3"},
        {1.5, "label 2 is 1.5, expected a whole number from 0 to 3"},
        {NAN, "label 2 is nan, expected a whole number from 0 to 3"},
    };
    cvl_error err;
    rows r = rows_of(CVL_F32, 5, 4);
    expect_ok(cvl_loss_check_labels(&r.labels, 4, &err), err);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cvl_tensor_set(&r.labels, 2, wrong[i].label);
        expect_fail(cvl_loss_check_labels(&r.labels, 4, &err), err, CVL_EINVAL,
                    wrong[i].message);
    }
    rows_free(&r);
}
END_TEST

START_TEST(a_loss_is_what_its_text_says_and_says_it_back)
{
    char text[CVL_LOSS_TEXT_SIZE];
    for (size_t i = 0; i < TEXTS; i++) {
        const cvl_loss loss = loss_of(texts[i], CVL_REDUCTION_MEAN);
        ck_assert_str_eq(cvl_loss_text(&loss, text), texts[i]);
    }
    cvl_loss loss = {0};
    cvl_error err;
    expect_fail(cvl_loss_parse("huber:0", &loss, &err), err, CVL_EINVAL,
                "delta '0' of loss huber is not a number above 0");
    expect_fail(cvl_loss_parse("l1:2", &loss, &err), err, CVL_EINVAL,
                "loss l1 takes no number, got '2'");
    expect_fail(cvl_loss_parse("hub", &loss, &err), err, CVL_EINVAL,
                "unknown loss 'hub'; there are mse, cross-entropy, l1, huber "
                "and charbonnier");
    ck_assert_ptr_null(loss.kind);
}
END_TEST

struct taken {
    const cvl_tensor *grad;
    double sum, p, slopes;
    size_t count, masked;
};

static void take(void *context, const cvl_loss_term *term)
{
    struct taken *const taken = context;
    const double epsilon = taken->grad->dtype == CVL_F32 ? 1e-6 : 1e-14;
    const double grad = cvl_tensor_get(taken->grad, term->index);
    ck_assert(fabs(term->grad - grad) <= epsilon * fabs(grad));
    if (!term->counts) ck_assert(term->part == 0 && term->grad == 0);
    taken->sum += term->part;
    taken->p += term->p;
    taken->slopes += term->slope;
    taken->masked += !term->counts;
    taken->count++;
}

/* All parts of all images are the loss; its gradients are those of all. */
static void expect_terms(const cvl_loss *loss, const cvl_tensor *y,
                         const cvl_tensor *t, const cvl_tensor *mask,
                         size_t used)
{
    const bool classifies = cvl_loss_kind_of(loss)->classifies;
    cvl_tensor grad;
    ck_assert(!cvl_tensor_init_like(&grad, y, NULL));
    const double value = compute(loss, y, t, mask, used, NULL, &grad);
    struct taken all = {.grad = &grad};
    for (size_t n = 0; n < y->shape[0]; n++) {
        const struct taken before = all;
        cvl_loss_visit(loss, y, t, mask, used, n, take, &all);
        ck_assert_uint_eq(all.count - before.count, y->count / y->shape[0]);
        if (!classifies) continue;
        ck_assert_double_eq_tol(all.p - before.p, 1, 1e-14);
        ck_assert_double_eq_tol(all.slopes, before.slopes, 1e-14);
    }
    const double sum = all.sum / cvl_loss_divisor(y, used, loss->reduction);
    ck_assert_double_eq_tol(sum, value, (y->dtype ? 1e-14 : 1e-6) * value);
    ck_assert_uint_eq(all.masked, mask ? y->count - used : 0);
    cvl_tensor_free(&grad);
}

START_TEST(the_terms_of_every_loss_add_up_to_it)
{
    static const size_t shape[] = {3, 2, 4, 5}, row[] = {4, 7, 1, 1};
    static const size_t list[] = {4, 1, 1, 1};
    const cvl_dtype dtype = _i % 2 ? CVL_F64 : CVL_F32;
    const cvl_reduction reduction = (cvl_reduction)(_i / 2);
    cvl_random random;
    cvl_random_seed(&random, 5);
    cvl_tensor y = drawn(dtype, shape, &random),
               t = drawn(dtype, shape, &random);
    cvl_tensor mask = drawn(dtype, shape, &random);
    const size_t used = fill_mask(&mask);
    for (size_t i = 0; i < TEXTS; i++) {
        const cvl_loss loss = loss_of(texts[i], reduction);
        expect_terms(&loss, &y, &t, NULL, y.count);
        expect_terms(&loss, &y, &t, &mask, used);
    }
    const cvl_loss plain = {.reduction = reduction};
    expect_terms(&plain, &y, &t, NULL, y.count);
    cvl_tensor_free(&y);
    cvl_tensor_free(&t);
    cvl_tensor_free(&mask);
    if (reduction == CVL_REDUCTION_NOTEBOOK) return;
    y = drawn(dtype, row, &random);
    ck_assert(!cvl_tensor_init(&t, dtype, 4, list, NULL));
    for (size_t i = 0; i < t.count; i++)
        cvl_tensor_set(&t, i, cvl_random_below(&random, 7));
    cvl_loss labels = loss_of("cross-entropy", reduction);
    expect_terms(&labels, &y, &t, NULL, t.count);
    labels.smoothing = 0.3;
    expect_terms(&labels, &y, &t, NULL, t.count);
    cvl_tensor_free(&y);
    cvl_tensor_free(&t);
}
END_TEST

/* log 2, log 6 and log 8 are probabilities of an eighth, three and a half. */
static void expect_class(void *context, const cvl_loss_term *term)
{
    static const double p[] = {0.125, 0.375, 0.5};
    size_t *const count = context;
    const double q = term->index == 4 ? 1 : 0;
    const double own = p[term->index - 3];
    ck_assert_uint_eq(term->index, 3 + (*count)++);
    ck_assert_double_eq_tol(term->p, own, 1e-15);
    ck_assert_double_eq_tol(term->surprise, -log(own), 1e-15);
    ck_assert_double_eq_tol(term->exponential, own / 0.5, 1e-15);
    ck_assert_double_eq_tol(term->below, log(own / 0.5), 1e-15);
    ck_assert_double_eq(term->target, q);
    ck_assert_double_eq_tol(term->part, q > 0 ? -log(own) : 0, 1e-15);
    ck_assert_double_eq_tol(term->slope, own - q, 1e-15);
    ck_assert_double_eq_tol(term->grad, (own - q) / 2, 1e-15);
}

START_TEST(a_row_of_softmax_is_visited_class_by_class)
{
    static const size_t shape[] = {2, 3, 1, 1}, list[] = {2, 1, 1, 1};
    double logits[] = {0, 0, 0, log(2), log(6), log(8)}, labels[] = {0, 1};
    const cvl_tensor y = cvl_tensor_wrap(CVL_F64, 4, shape, logits);
    const cvl_tensor t = cvl_tensor_wrap(CVL_F64, 4, list, labels);
    const cvl_loss loss = loss_of("cross-entropy", CVL_REDUCTION_MEAN);
    size_t count = 0;
    cvl_loss_visit(&loss, &y, &t, NULL, 2, 1, expect_class, &count);
    ck_assert_uint_eq(count, 3);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("losses");
    TCase *const all = tcase_create("losses");
    tcase_add_loop_test(
        all, gradients_are_slopes_for_every_reduction_and_under_a_mask, 0,
        TEXTS);
    tcase_add_loop_test(all, what_is_masked_has_no_part_in_the_loss, 0, TEXTS);
    tcase_add_loop_test(all, threads_change_no_bit_nor_does_the_gradients_place,
                        0, TEXTS);
    tcase_add_loop_test(all, nan_reaches_every_loss, 0, TEXTS);
    tcase_add_test(all,
                   cross_entropy_has_the_gradient_of_its_slope_smoothed_or_not);
    tcase_add_test(all,
                   cross_entropy_has_the_same_bits_for_any_number_of_threads);
    tcase_add_test(all, logits_that_no_exponential_holds_have_a_loss);
    tcase_add_test(all, infinite_logits_make_what_they_should);
    tcase_add_test(all, cross_entropy_refuses_what_it_cannot_mean);
    tcase_add_test(all, a_label_that_is_no_class_is_named);
    tcase_add_test(all, a_loss_is_what_its_text_says_and_says_it_back);
    tcase_add_loop_test(all, the_terms_of_every_loss_add_up_to_it, 0, 6);
    tcase_add_test(all, a_row_of_softmax_is_visited_class_by_class);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
