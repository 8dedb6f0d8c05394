/* test_golden_classifier_losses.c - losses give PyTorch's results. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/loss.h"
#include "expect.h"
#include "golden_cases.h"

/* Of the case's reduction, and of that text. */
static cvl_loss loss_of(const golden_case *one, const char *text)
{
    cvl_loss loss = {0};
    cvl_error err;
    expect_ok(cvl_loss_parse(text, &loss, &err), err);
    ck_assert(cvl_reduction_parse(
        golden_get(one->settings, "reduction")->valuestring, &loss.reduction));
    return loss;
}

static void expect_loss(const golden_case *one, double got)
{
    const double want = golden_case_number(one, "loss");
    const double off = golden_case_tolerance(one);
    ck_assert_msg(fabs(got - want) <= off * fmax(1, fabs(want)),
                  "%s: loss %.17g, expected %.17g", one->folder, got, want);
}

/* Of labels, in the shapes that a net's output has. */
static void check_labels(const golden_case *one)
{
    cvl_error err;
    cvl_tensor x = golden_case_load(one, "logits"), grad;
    cvl_tensor t = golden_case_load(one, "labels");
    const size_t all[4] = {x.shape[0], x.shape[1], 1, 1};
    const size_t images[4] = {x.shape[0], 1, 1, 1};
    const cvl_tensor y = cvl_tensor_wrap(one->dtype, 4, all, x.data);
    const cvl_tensor labels = cvl_tensor_wrap(one->dtype, 4, images, t.data);
    cvl_loss loss = loss_of(one, "cross-entropy");
    double value;
    loss.smoothing = golden_case_number(one, "label_smoothing");
    ck_assert(!cvl_tensor_init_like(&grad, &y, NULL));
    expect_ok(cvl_loss_check_labels(&labels, all[1], &err), err);
    expect_ok(cvl_loss_compute(&loss, &y, &labels, NULL, all[0], NULL, &grad,
                               &value, &err),
              err);
    expect_loss(one, value);
    golden_case_expect(one, "dlogits", &grad, golden_case_tolerance(one));
    cvl_tensor_free(&x);
    cvl_tensor_free(&t);
    cvl_tensor_free(&grad);
}

START_TEST(cross_entropy_agrees_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("cross_entropy", check_labels), 15);
}
END_TEST

static void check_elements(const golden_case *one, const char *text)
{
    const cvl_loss loss = loss_of(one, text);
    cvl_error err;
    cvl_tensor y = golden_case_load(one, "y"), t = golden_case_load(one, "t");
    cvl_tensor grad;
    double value;
    ck_assert(!cvl_tensor_init_like(&grad, &y, NULL));
    expect_ok(cvl_loss_compute(&loss, &y, &t, NULL, y.count, NULL, &grad,
                               &value, &err),
              err);
    expect_loss(one, value);
    golden_case_expect(one, "grad", &grad, golden_case_tolerance(one));
    cvl_tensor_free(&y);
    cvl_tensor_free(&t);
    cvl_tensor_free(&grad);
}

static void check_l1(const golden_case *one)
{
    check_elements(one, "l1");
}

static void check_huber(const golden_case *one)
{
    char text[64];
    snprintf(text, sizeof text, "huber:%g", golden_case_number(one, "delta"));
    check_elements(one, text);
}

static void check_charbonnier(const golden_case *one)
{
    char text[64];
    snprintf(text, sizeof text, "charbonnier:%g",
             golden_case_number(one, "eps"));
    check_elements(one, text);
}

START_TEST(losses_of_elements_agree_with_torch_in_both_precisions)
{
    ck_assert_uint_eq(golden_each("l1", check_l1), 4);
    ck_assert_uint_eq(golden_each("huber", check_huber), 8);
    ck_assert_uint_eq(golden_each("charbonnier", check_charbonnier), 8);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        cross_entropy_agrees_with_torch_in_both_precisions,
        losses_of_elements_agree_with_torch_in_both_precisions,
        NULL,
    };
    return run_tests("golden classifier losses", tests);
}
