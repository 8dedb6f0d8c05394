/* test_live_terms.c - what sessions tell of a number is the library's. */
#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/loss.h"
#include "convlet/terms.h"
#include "expect.h"
#include "live/live.h"

#define expect_live(call) \
    ck_assert_msg((call) == 0, "unexpected error: %s", live_error(live))

/* Every kind of layer, at either end and in the middle. */
static const char *const NETS[] = {
    "conv 8 3x2 padding=1x0x2x1 stride=2x1, relu, shuffle 2, conv 9 3x3 "
    "dilation=1x2 padding=1, shuffle 3, relu",
    "relu, conv 6 3x3 groups=3 dilation=2x1 padding=2, conv 4 2 groups=2 "
    "bias=no stride=3, shuffle 2",
    "maxpool 3x2 stride=1x2 padding=1x0 ceil=yes, avgpool 2 stride=1 padding=1 "
    "count-padding=no, conv 4 2x2, maxpool 2 padding=1",
    "batchnorm, conv 4 3x3, batchnorm, tanh, conv 2 2x2",
    "dense 5, relu, dense 4 bias=no, shuffle 2, conv 2 2x1, dense 3",
    "leaky 0.5, conv 4 3x3 padding=1, tanh, relu, conv 3 2x2, sigmoid",
    "conv 4 2x3, conv 3 1x1 tied=yes, relu",
    "relu",
};
enum { NET_COUNT = sizeof NETS / sizeof *NETS };

static struct live *live;
static cvl_random random_state;

static void begin(void)
{
    live = live_new();
    ck_assert_ptr_nonnull(live);
    cvl_random_seed(&random_state, 5);
}

static void end(void)
{
    live_free(live);
}

static void open_net(const char *net, const char *more)
{
    char settings[512];
    snprintf(settings, sizeof settings,
             "net = %s\nbatch = 2\nchannels = 3\nheight = 7\nwidth = 8\n%s",
             net, more);
    expect_live(live_open(live, settings));
}

static cvl_tensor view(const char *name, size_t index)
{
    struct live_array array;
    expect_live(live_tensor(live, name, index, &array));
    const size_t shape[4] = {array.shape[0], array.shape[1], array.shape[2],
                             array.shape[3]};
    return cvl_tensor_wrap(array.bits == 32 ? CVL_F32 : CVL_F64, array.ndim,
                           shape, array.data);
}

/* A net of the library's own with the same numbers. */
struct twin {
    cvl_net net;
    cvl_tensor x, dy, dx;
};

static void twin_run(struct twin *twin, const char *spec)
{
    cvl_error err;
    cvl_net_config config = {.spec = spec,
                             .algo = CVL_CONV_AUTO,
                             .exec = {.threads = 1, .isa = CVL_ISA_BASE}};
    twin->x = view("x", 0);
    config.dtype = twin->x.dtype;
    memcpy(config.input_shape, twin->x.shape, sizeof config.input_shape);
    expect_ok(cvl_net_build(&twin->net, &config, &err), err);
    for (size_t i = 0; i < twin->net.param_count; i++) {
        const cvl_tensor param = view("param", i);
        cvl_tensor_copy(&twin->net.params[i].value, &param);
    }
    for (size_t i = 0; i < twin->net.buffer_count; i++) {
        const cvl_tensor buffer = view("buffer", i);
        cvl_tensor_copy(&twin->net.buffers[i].value, &buffer);
    }
    twin->dy = view("dy", 0);
    expect_ok(cvl_tensor_init_like(&twin->dx, &twin->x, &err), err);
    cvl_net_forward(&twin->net, &twin->x);
    cvl_net_backward(&twin->net, &twin->x, &twin->dy, &twin->dx);
}

static void twin_free(struct twin *twin)
{
    cvl_tensor_free(&twin->dx);
    cvl_net_free(&twin->net);
}

/* A member, a number that may be NaN or infinite; NaN too where it is missing.
 */
static double number_of(const cJSON *object, const char *name)
{
    const cJSON *const item = cJSON_GetObjectItem(object, name);
    if (cJSON_IsNumber(item)) return item->valuedouble;
    const char *const text = cJSON_GetStringValue(item);
    if (!text || strcmp(text, "NaN") == 0) return (double)NAN;
    return *text == '-' ? -(double)INFINITY : (double)INFINITY;
}

/* The list that is compared while the library visits the terms. Check writes a
 * file at each assertion: there is one for a list. */
struct visit {
    const cJSON *next;
    size_t count, right;
    double sum, magnitude;
};

static bool is_element(const cJSON *term, const char *name,
                       const cvl_element *element)
{
    const cJSON *const item = cJSON_GetObjectItem(term, name);
    if (element->array == CVL_ARRAY_NONE) return cJSON_IsNull(item);
    const cJSON *at = cJSON_GetObjectItem(item, "at");
    if (cJSON_GetArraySize(at) != (int)element->ndim) return false;
    at = at->child;
    for (size_t i = 0; i < element->ndim; i++, at = at->next)
        if (at->valuedouble != (double)element->at[i]) return false;
    return number_of(item, "value") == element->value;
}

static bool is_term(const cJSON *item, const cvl_term *term, double sum)
{
    const char *const how =
        cJSON_GetStringValue(cJSON_GetObjectItem(item, "how"));
    return item && number_of(item, "product") == term->product &&
           number_of(item, "sum") == sum &&
           number_of(item, "magnitude") == term->magnitude &&
           is_element(item, "left", &term->left) &&
           is_element(item, "right", &term->right) && !how == !term->how &&
           (!how || strcmp(how, term->how) == 0);
}

static void compare_term(void *context, const cvl_term *term)
{
    struct visit *const visit = context;
    const cJSON *const item = visit->next;
    visit->sum += term->product;
    visit->magnitude += fabs(term->product) + term->magnitude;
    visit->count++;
    visit->right += is_term(item, term, visit->sum);
    if (item) visit->next = item->next;
}

/* The terms of number `flat` of an array are the library's, and add up. */
static void expect_number(struct twin *twin, int of, size_t layer, size_t param,
                          const cvl_tensor *values, size_t flat)
{
    static const cvl_array arrays[] = {[LIVE_OF_Y] = CVL_ARRAY_Y,
                                       [LIVE_OF_DX] = CVL_ARRAY_DX,
                                       [LIVE_OF_GRAD] = CVL_ARRAY_GRAD};
    const double allowed = values->dtype == CVL_F32 ? 1e-5 : 1e-13;
    cvl_element element = {.array = arrays[of], .param = param};
    size_t rest = flat;
    for (size_t axis = 4; axis-- > 0; rest /= values->shape[axis])
        element.at[axis] = (ptrdiff_t)(rest % values->shape[axis]);
    const char *const text = live_terms(
        live, of, layer, param, (size_t)element.at[0], (size_t)element.at[1],
        (size_t)element.at[2], (size_t)element.at[3]);
    ck_assert_msg(text, "%s", live_error(live));
    cJSON *const json = cJSON_Parse(text);
    ck_assert_ptr_nonnull(json);
    struct visit visit = {.next = cJSON_GetObjectItem(json, "terms")->child};
    const cvl_terms terms =
        cvl_net_terms(&twin->net, layer, &twin->x, &twin->dy);
    cvl_terms_visit(&terms, &element, compare_term, &visit);
    ck_assert_ptr_null(visit.next);
    ck_assert_msg(visit.right == visit.count,
                  "of %d, layer %zu: %zu of %zu terms", of, layer, visit.right,
                  visit.count);
    ck_assert(number_of(json, "count") == (double)visit.count);
    ck_assert(number_of(json, "sum") == visit.sum);
    const double value = number_of(json, "value");
    ck_assert(value == cvl_tensor_get(values, flat));
    ck_assert_msg(fabs(value - visit.sum) <= allowed * (1 + visit.magnitude),
                  "of %d, layer %zu: %.17g, sum %.17g", of, layer, value,
                  visit.sum);
    cJSON_Delete(json);
}

/* Some numbers of one array. */
static void expect_some(struct twin *twin, int of, size_t layer, size_t param,
                        const cvl_tensor *values)
{
    for (size_t i = 0; i < 4; i++)
        expect_number(twin, of, layer, param, values,
                      cvl_random_below(&random_state, (uint32_t)values->count));
}

static void expect_layer(struct twin *twin, size_t layer, bool is_backward)
{
    cvl_layer_info info;
    cvl_net_layer_info(&twin->net, layer, &info);
    expect_some(twin, LIVE_OF_Y, layer, 0, info.output);
    if (!is_backward) return;
    const cvl_tensor *const dx =
        layer ? cvl_net_terms(&twin->net, layer - 1, &twin->x, &twin->dy).dy
              : &twin->dx;
    expect_some(twin, LIVE_OF_DX, layer, 0, dx);
    for (size_t p = 0; p < info.param_count; p++)
        expect_some(twin, LIVE_OF_GRAD, layer, p, &info.params[p].grad);
}

START_TEST(terms_are_the_librarys_and_add_up)
{
    static const char *const dtypes[] = {"dtype = float32", "dtype = float64"};
    for (size_t k = 0; k < (size_t)2 * NET_COUNT; k++) {
        struct twin twin = {.dx = {.data = NULL}};
        open_net(NETS[k / 2], dtypes[k % 2]);
        expect_live(live_run(live));
        twin_run(&twin, NETS[k / 2]);
        for (size_t i = 0; i < twin.net.layer_count; i++)
            expect_layer(&twin, i, true);
        twin_free(&twin);
    }
}
END_TEST

START_TEST(a_long_list_is_cut_and_its_sum_is_not)
{
    expect_live(live_open(live, "net = dense 2\nbatch = 1\nchannels = 3\n"
                                "height = 40\nwidth = 40\ndtype = float64"));
    expect_live(live_run(live));
    cJSON *const json =
        cJSON_Parse(live_terms(live, LIVE_OF_Y, 0, 0, 0, 1, 0, 0));
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(json, "terms")),
                     LIVE_TERMS);
    ck_assert(number_of(json, "count") == 3 * 40 * 40 + 1);
    ck_assert(fabs(number_of(json, "sum") - number_of(json, "value")) < 1e-10);
    cJSON_Delete(json);
}
END_TEST

START_TEST(a_gradient_of_any_sum_has_its_terms)
{
    for (size_t k = 0; k < NET_COUNT; k++) {
        struct twin twin = {.dx = {.data = NULL}};
        open_net(NETS[k], "dtype = float64");
        expect_live(live_forward(live));
        const cvl_tensor dy = view("dy", 0);
        double values[4096];
        ck_assert_uint_le(dy.count, 4096);
        for (size_t i = 0; i < dy.count; i++)
            values[i] = cvl_random_normal(&random_state);
        expect_live(live_set(live, "dy", 0, values, dy.count));
        ck_assert_ptr_nonnull(live_terms(live, LIVE_OF_Y, 0, 0, 0, 0, 0, 0));
        ck_assert_ptr_null(live_terms(live, LIVE_OF_DX, 0, 0, 0, 0, 0, 0));
        ck_assert_str_eq(live_error(live),
                         "the net has been run forward alone; call live_run, "
                         "or live_backward");
        expect_live(live_backward(live));
        twin_run(&twin, NETS[k]);
        for (size_t i = 0; i < twin.net.layer_count; i++)
            expect_layer(&twin, i, true);
        twin_free(&twin);
    }
}
END_TEST

/* Compares some quotients with the gradient; how many were to be had: none
 * is where the loss bends. */
static size_t compare_some(int of, size_t layer, size_t param,
                           const cvl_tensor *grad, double allowed)
{
    size_t compared = 0;
    for (size_t i = 0; i < 6; i++) {
        size_t at[4];
        size_t rest = cvl_random_below(&random_state, (uint32_t)grad->count);
        const double value = cvl_tensor_get(grad, rest);
        double quotient = 0;
        for (size_t axis = 4; axis-- > 0; rest /= grad->shape[axis])
            at[axis] = rest % grad->shape[axis];
        const int status = live_difference(live, of, layer, param, at[0], at[1],
                                           at[2], at[3], &quotient);
        if (status == CVL_EUNSUPPORTED) {
            ck_assert_ptr_nonnull(
                strstr(live_error(live), "the loss bends at this number"));
            continue;
        }
        expect_live(status);
        ck_assert_msg(fabs(quotient - value) <=
                          allowed * fmax(cvl_tensor_largest(grad), 1e-2),
                      "of %d, layer %zu, param %zu: %.9g, quotient %.9g", of,
                      layer, param, value, quotient);
        compared++;
    }
    return compared;
}

static void expect_differences(double allowed)
{
    struct live_array array;
    size_t params = 0, compared = 0, layer = 0;
    for (; live_tensor(live, "activation", layer, &array) == 0; layer++) {
        const cvl_tensor dx =
            layer ? view("activation-grad", layer - 1) : view("dx", 0);
        compared += compare_some(LIVE_OF_DX, layer, 0, &dx, allowed);
        for (size_t p = 0;
             live_terms(live, LIVE_OF_GRAD, layer, p, 0, 0, 0, 0) != NULL;
             p++) {
            const cvl_tensor grad = view("grad", params++);
            compared += compare_some(LIVE_OF_GRAD, layer, p, &grad, allowed);
        }
    }
    ck_assert_uint_ge(compared, 4 * (layer + params));
}

START_TEST(differences_agree_with_the_gradients)
{
    static const char *const ways[] = {"reduction = notebook",
                                       "reduction = mean\nloss = charbonnier",
                                       "reduction = sum\nloss = huber:0.5"};
    for (size_t k = 0; k < (size_t)3 * NET_COUNT; k++) {
        char more[128];
        snprintf(more, sizeof more, "%s\ndtype = %s", ways[k % 3],
                 k % 2 ? "float64" : "float32");
        open_net(NETS[k / 3], more);
        expect_live(live_run(live));
        expect_differences(k % 2 ? 1e-6 : 1e-3);
    }
}
END_TEST

START_TEST(differences_of_labels_and_masks_agree_too)
{
    static const double labels[2] = {2, 0};
    open_net("conv 4 3x3, tanh, dense 5",
             "loss = cross-entropy\ntarget = given\nlabel-smoothing = "
             "0.1\ndtype = float64");
    expect_live(live_set(live, "t", 0, labels, 2));
    expect_live(live_run(live));
    expect_differences(1e-6);
    open_net("conv 4 3x3 padding=same, tanh, conv 2 3x3 padding=same",
             "region = valid\ndtype = float64");
    expect_live(live_run(live));
    expect_differences(1e-6);
}
END_TEST

START_TEST(loss_terms_add_up_to_the_loss)
{
    static const char *const ways[] = {"reduction = notebook",
                                       "reduction = mean\nloss = l1",
                                       "reduction = mean\nregion = valid"};
    for (size_t k = 0; k < 3; k++) {
        open_net("conv 4 3x3 padding=1, tanh", ways[k]);
        expect_live(live_run(live));
        const cvl_tensor dy = view("dy", 0);
        double sum = 0, used = 0;
        for (size_t n = 0; n < 2; n++) {
            const char *const text = live_loss_terms(live, n, 0, 1000);
            cJSON *const json = cJSON_Parse(text);
            ck_assert(cJSON_GetArraySize(json) == 4 * 7 * 8);
            const cJSON *term;
            cJSON_ArrayForEach(term, json)
            {
                const double at = number_of(term, "index");
                sum += number_of(term, "part");
                used += cJSON_IsTrue(cJSON_GetObjectItem(term, "counts"));
                ck_assert(fabs(number_of(term, "grad") -
                               cvl_tensor_get(&dy, (size_t)at)) < 1e-7);
            }
            cJSON_Delete(json);
        }
        const double divisor = k ? used : 2 * 4 * 7;
        ck_assert(fabs(sum / divisor - live_loss(live)) <
                  1e-5 * live_loss(live));
    }
    ck_assert_ptr_null(live_loss_terms(live, 2, 0, 1));
    ck_assert_str_eq(live_error(live), "there is no image 2 of 2");
}
END_TEST

START_TEST(what_is_no_number_is_refused)
{
    static const struct {
        int of;
        size_t layer, param, at[4];
        const char *message;
    } cases[] = {
        {3,
         0,
         0,
         {0},
         "there is no kind of number 3; expected 0 of y, 1 of "
         "dx, 2 of a param's gradient"},
        {0, 2, 0, {0}, "there is no layer 2 of 2"},
        {0, 0, 0, {0, 0, 7, 0}, "[0,0,7,0] is outside of f32[2x4x5x6]"},
        {1, 0, 0, {2, 0, 0, 0}, "[2,0,0,0] is outside of f32[2x3x7x8]"},
        {2, 0, 2, {0}, "layer 0 (conv 4 3x3) has 2 params; there is no 2"},
        {2, 0, 1, {3, 1, 0, 0}, "[3,1,0,0] is outside of f32[4]"},
    };
    open_net("conv 4 3x3, relu", "");
    ck_assert_ptr_null(live_terms(live, LIVE_OF_Y, 0, 0, 0, 0, 0, 0));
    ck_assert_str_eq(live_error(live),
                     "the net has not been run on what it holds now; call "
                     "live_run");
    expect_live(live_run(live));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const size_t *const at = cases[i].at;
        ck_assert_ptr_null(live_terms(live, cases[i].of, cases[i].layer,
                                      cases[i].param, at[0], at[1], at[2],
                                      at[3]));
        ck_assert_str_eq(live_error(live), cases[i].message);
    }
}
END_TEST

START_TEST(numbers_that_are_none_are_told_as_words)
{
    const double x[4] = {NAN, INFINITY, -INFINITY, 1};
    expect_live(live_open(live, "net = relu\nbatch = 1\nchannels = 1\nheight "
                                "= 1\nwidth = 4\ninput = given"));
    expect_live(live_set(live, "x", 0, x, 4));
    expect_live(live_run(live));
    const char *const text = live_terms(live, LIVE_OF_DX, 0, 0, 0, 0, 0, 1);
    ck_assert_msg(text && strstr(text, "\"Infinity\""), "%s", text);
    ck_assert(isnan(live_loss(live)) || isinf(live_loss(live)));
}
END_TEST

START_TEST(curvature_is_of_a_bowl_alone)
{
    double largest = 0, losses[30];
    open_net("conv 2 3x3", "reduction = mean\nlr = auto");
    expect_live(live_curvature(live, &largest));
    ck_assert(largest > 0 && isfinite(largest));
    expect_live(live_step(live, 30, losses));
    ck_assert(losses[29] < losses[0]);
    open_net("conv 2 3x3, relu", "");
    ck_assert_int_eq(live_curvature(live, &largest), CVL_EUNSUPPORTED);
    ck_assert_str_eq(live_error(live),
                     "the loss is not quadratic in the params: its curvature "
                     "is another one wherever they are");
}
END_TEST

START_TEST(noise_tells_a_filter_and_a_flat_input_none)
{
    double found[2] = {0};
    open_net("conv 1 1x1", "reduction = mean");
    ck_assert_int_eq(live_identify(live, found), 0);
    ck_assert(found[0] >= 1 && found[0] < 100);
    ck_assert(found[1] > 0 && found[1] < 0.002);
    open_net("conv 1 1x1", "input = zeros");
    ck_assert_int_eq(live_identify(live, found), 1);
    ck_assert(isinf(found[0]) && isinf(found[1]));
    open_net("conv 2 3x3, relu", "");
    ck_assert_int_eq(live_identify(live, found), -1);
    ck_assert_str_eq(live_error(live),
                     "a filter is one conv layer, and this net is another");
    open_net("conv 1 15x15 padding=same", "");
    ck_assert_int_eq(live_identify(live, found), -1);
    ck_assert(strstr(live_error(live), "more than 512 numbers"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {terms_are_the_librarys_and_add_up,
                                  a_long_list_is_cut_and_its_sum_is_not,
                                  a_gradient_of_any_sum_has_its_terms,
                                  differences_agree_with_the_gradients,
                                  differences_of_labels_and_masks_agree_too,
                                  loss_terms_add_up_to_the_loss,
                                  what_is_no_number_is_refused,
                                  numbers_that_are_none_are_told_as_words,
                                  curvature_is_of_a_bowl_alone,
                                  noise_tells_a_filter_and_a_flat_input_none,
                                  NULL};
    return run_tests_between("live terms", tests, begin, end);
}
