/* test_path.c - one gradient, followed from a number up to the loss. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/loss.h"
#include "convlet/random.h"
#include "expect.h"
#include "explain/path.h"

/* Layers that a random net is made of; not each stands everywhere. */
static const char *const layers[] = {
    "conv 4 3x2 padding=1",
    "conv 4 2x2 stride=2x1 groups=2",
    "conv 3 3x3 dilation=2 padding=2 tied=yes",
    "dense 4",
    "dense 3 bias=no",
    "relu",
    "leaky 0.2",
    "tanh",
    "sigmoid",
    "batchnorm",
    "shuffle 2",
    "maxpool 2",
    "maxpool 3x2 stride=1 padding=1",
    "avgpool 2 padding=1",
    "avgpool 3x2 stride=1 padding=1x0 count-padding=no",
};
enum { LAYERS = sizeof layers / sizeof *layers, NETS = 200, MOST = 6 };

/* A net and its loss, run both ways. */
struct run {
    cvl_net net;
    cvl_tensor x, t, dy, dx;
    double loss;
};

static cvl_status try_net(struct run *run, const size_t shape[4],
                          cvl_dtype dtype, cvl_random *random)
{
    char spec[512];
    const size_t count = 1 + cvl_random_below(random, MOST);
    for (size_t i = 0, used = 0; i < count; i++)
        used += (size_t)snprintf(spec + used, sizeof spec - used, "%s%s",
                                 i ? ", " : "",
                                 layers[cvl_random_below(random, LAYERS)]);
    cvl_net_config config = {.spec = spec,
                             .dtype = dtype,
                             .algo = CVL_CONV_DIRECT,
                             .exec = cvl_exec_default()};
    memcpy(config.input_shape, shape, sizeof config.input_shape);
    const cvl_status status = cvl_net_build(&run->net, &config, NULL);
    if (status || !cvl_net_check_train(&run->net, NULL)) return status;
    cvl_net_free(&run->net);
    return CVL_EINVAL;
}

static double run_loss(struct run *run, cvl_tensor *dy)
{
    static const cvl_loss loss = {.reduction = CVL_REDUCTION_MEAN};
    double value;
    cvl_net_forward(&run->net, &run->x);
    ck_assert(!cvl_loss_compute(&loss, &run->net.output, &run->t, NULL,
                                run->t.count, NULL, dy, &value, NULL));
    return value;
}

static void run_init(struct run *run, const size_t shape[4], cvl_dtype dtype,
                     cvl_random *random)
{
    while (try_net(run, shape, dtype, random)) continue;
    cvl_net *const net = &run->net;
    cvl_tensor *const tensors[] = {&run->x, &run->dx, &run->t, &run->dy};
    for (size_t i = 0; i < 4; i++)
        ck_assert(!cvl_tensor_init(tensors[i], dtype, 4,
                                   i < 2 ? shape : net->output.shape, NULL));
    cvl_random_fill_normal(random, &run->x, 0, 1);
    cvl_random_fill_normal(random, &run->t, 0, 1);
    for (size_t i = 0; i < net->param_count; i++)
        cvl_random_fill_normal(random, &net->params[i].value, 0, 0.7);
    run->loss = run_loss(run, &run->dy);
    cvl_net_backward(net, &run->x, &run->dy, &run->dx);
}

static void run_free(struct run *run)
{
    cvl_tensor *const tensors[] = {&run->x, &run->dx, &run->t, &run->dy};
    for (size_t i = 0; i < 4; i++) cvl_tensor_free(tensors[i]);
    cvl_net_free(&run->net);
}

/* A number that is to be followed, and the tensors of its value and its
 * gradient. */
struct asked {
    size_t layer, flat;
    cvl_element number;
    cvl_tensor *point; /* NULL: a gradient between two layers */
    const cvl_tensor *gradient;
};

/* A weight, a bias, or an input of some layer. */
static struct asked draw(struct run *run, cvl_random *random)
{
    const size_t index =
        cvl_random_below(random, (uint32_t)run->net.layer_count);
    struct asked asked = {.layer = index, .number = {.array = CVL_ARRAY_DX}};
    cvl_layer_info info;
    cvl_net_layer_info(&run->net, index, &info);
    const size_t param =
        cvl_random_below(random, (uint32_t)info.param_count + 1);
    if (param < info.param_count) {
        cvl_param *const params =
            run->net.params + (info.params - run->net.params);
        asked.number = (cvl_element){.array = CVL_ARRAY_GRAD, .param = param};
        asked.point = &params[param].value;
        asked.gradient = &params[param].grad;
    } else if (!index) {
        asked.point = &run->x;
        asked.gradient = &run->dx;
    } else {
        asked.gradient =
            cvl_net_terms(&run->net, index - 1, &run->x, &run->dy).dy;
    }
    asked.flat = cvl_random_below(random, (uint32_t)asked.gradient->count);
    size_t rest = asked.flat;
    for (size_t axis = asked.gradient->ndim; axis-- > 0;) {
        const size_t size = asked.gradient->shape[axis];
        asked.number.at[axis] = (ptrdiff_t)(rest % size);
        rest /= size;
    }
    asked.number.value = cvl_tensor_get(asked.gradient, asked.flat);
    return asked;
}

static struct path follow(const struct run *run, const struct asked *asked)
{
    struct path path;
    cvl_error err;
    expect_ok(path_follow(&run->net, asked->layer, &run->x, &run->dy,
                          &asked->number, 0, &path, &err),
              err);
    return path;
}

/* Each step's dy is the next one's number, and the last one's the slope. */
static void expect_chain(const struct run *run, const struct asked *asked,
                         const struct path *path)
{
    double part = path->slope, share = 1;
    ck_assert_uint_ge(path->count, 1);
    for (size_t i = 0; i < path->count; i++) {
        const struct path_step *const step = &path->steps[i];
        ck_assert_uint_eq(step->layer, asked->layer + i);
        part *= step->factor;
        share *= step->share;
        if (i + 1 == path->count) break;
        const cvl_element *const next = &path->steps[i + 1].number;
        ck_assert(next->array == CVL_ARRAY_DX &&
                  next->value == step->dy.value &&
                  !memcmp(next->at, step->dy.at, sizeof next->at));
        ck_assert(fabs(step->dy.value * step->factor - step->term.product) <=
                  1e-15 * fabs(step->term.product));
    }
    ck_assert(fabs(part / share - path->gradient) <=
              1e-13 * fabs(path->gradient));
    const struct path_step *const last = &path->steps[path->count - 1];
    if (path->end != PATH_LOSS) {
        ck_assert(path->slope == 0 && asked->number.value == 0);
    } else {
        ck_assert_uint_eq(last->layer, run->net.layer_count - 1);
        ck_assert(path->slope == last->dy.value);
    }
}

/* Where rounding could explain anything, nothing is shown: few are such. */
static bool is_sharp(const struct path *path)
{
    return path->allowed < 1e-3 * fabs(path->gradient);
}

static void expect_products(cvl_dtype dtype)
{
    static const size_t shape[4] = {2, 4, 6, 5};
    cvl_random random;
    size_t sharp = 0, cut = 0;
    cvl_random_seed(&random, 18);
    for (size_t i = 0; i < NETS; i++) {
        struct run run;
        run_init(&run, shape, dtype, &random);
        for (size_t k = 0; k < 5; k++) {
            const struct asked asked = draw(&run, &random);
            struct path path = follow(&run, &asked);
            expect_chain(&run, &asked, &path);
            ck_assert_msg(path.matches, "net %zu: %.17g, expected %.17g", i,
                          path.gradient, asked.number.value);
            cut += path.end != PATH_LOSS;
            if (!is_sharp(&path)) continue;
            sharp++;
            struct asked wrong = asked;
            wrong.number.value = path.gradient + 2 * path.allowed;
            path = follow(&run, &wrong);
            ck_assert(!path.matches);
        }
        run_free(&run);
    }
    ck_assert_uint_ge(sharp, 3 * (size_t)NETS);
    ck_assert_uint_ge(cut, NETS / 10);
}

START_TEST(a_path_and_its_shares_multiply_to_the_gradient)
{
    expect_products(CVL_F32);
    expect_products(CVL_F64);
}
END_TEST

/* The sum over all paths from the number to the loss, each multiplied out. */
struct every {
    const struct run *run;
    size_t layer, paths;
    double slope; /* what the path so far has multiplied to */
    double sum;
};

static void go_up(struct every *every, const cvl_element *number);

static void take_every(void *context, const cvl_term *term)
{
    struct every *const every = context;
    const bool is_left = term->left.array == CVL_ARRAY_DY;
    const cvl_element *const other = is_left ? &term->right : &term->left;
    const double dy = is_left ? term->left.value : term->right.value;
    const double slope = every->slope;
    cvl_element next = is_left ? term->left : term->right;
    ck_assert(next.array == CVL_ARRAY_DY);
    if (term->part == CVL_TERM_COMPARED || term->part == CVL_TERM_CUT) return;
    if (other->array) every->slope *= other->value;
    if (term->how) every->slope *= term->factor;
    every->layer++;
    if (every->layer == every->run->net.layer_count) {
        every->sum += every->slope * dy;
        every->paths++;
    } else {
        next.array = CVL_ARRAY_DX;
        go_up(every, &next);
    }
    every->layer--;
    every->slope = slope;
}

static void go_up(struct every *every, const cvl_element *number)
{
    const struct run *const run = every->run;
    const cvl_terms terms =
        cvl_net_terms(&run->net, every->layer, &run->x, &run->dy);
    cvl_terms_visit(&terms, number, take_every, every);
}

START_TEST(all_paths_add_up_to_the_gradient)
{
    static const size_t shape[4] = {2, 4, 2, 2};
    cvl_random random;
    size_t several = 0;
    cvl_random_seed(&random, 19);
    for (size_t i = 0; i < NETS; i++) {
        struct run run;
        run_init(&run, shape, CVL_F64, &random);
        if (run.net.layer_count <= 4) {
            const struct asked asked = draw(&run, &random);
            struct every every = {
                .run = &run, .layer = asked.layer, .slope = 1};
            go_up(&every, &asked.number);
            ck_assert_double_eq_tol(every.sum, asked.number.value, 1e-11);
            several += every.paths > 1;
        }
        run_free(&run);
    }
    ck_assert_uint_ge(several, NETS / 4);
}
END_TEST

START_TEST(the_loss_moves_as_the_path_says)
{
    static const size_t shape[4] = {2, 4, 6, 5};
    static const double H = 1e-6;
    cvl_random random;
    size_t checked = 0;
    cvl_random_seed(&random, 20);
    for (size_t i = 0; i < NETS; i++) {
        struct run run;
        run_init(&run, shape, CVL_F64, &random);
        const struct asked asked = draw(&run, &random);
        const struct path path = follow(&run, &asked);
        if (asked.point) {
            const double value = cvl_tensor_get(asked.point, asked.flat);
            cvl_tensor_set(asked.point, asked.flat, value + H);
            const double up = run_loss(&run, NULL);
            cvl_tensor_set(asked.point, asked.flat, value - H);
            const double slope = (up - run_loss(&run, NULL)) / (2 * H);
            ck_assert_msg(fabs(slope - path.gradient) <=
                              1e-6 * (1 + fabs(run.loss) + fabs(slope)),
                          "net %zu: %g, expected %g", i, path.gradient, slope);
            checked++;
        }
        run_free(&run);
    }
    ck_assert_uint_ge(checked, NETS / 2);
}
END_TEST

/* The gradient of x at `column` of a net of one row, whose weights are 1, sent
 * dy; with where its path ends. */
static struct path of_row(const char *spec, double x[4], double dy[4],
                          ptrdiff_t column)
{
    struct run run = {.loss = 0};
    cvl_error err;
    const size_t shape[4] = {1, 1, 1, 4};
    const cvl_net_config config = {.spec = spec,
                                   .input_shape = {1, 1, 1, 4},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    expect_ok(cvl_net_build(&run.net, &config, &err), err);
    run.x = cvl_tensor_wrap(CVL_F64, 4, shape, x);
    run.dy = run.net.output;
    run.dy.data = dy;
    ck_assert(!cvl_tensor_init(&run.dx, CVL_F64, 4, shape, NULL));
    for (size_t i = 0; i < run.net.param_count; i++)
        cvl_tensor_fill(&run.net.params[i].value, 1);
    cvl_net_forward(&run.net, &run.x);
    cvl_net_backward(&run.net, &run.x, &run.dy, &run.dx);
    const struct asked asked = {
        .number = {.array = CVL_ARRAY_DX,
                   .at = {0, 0, 0, column},
                   .value = cvl_tensor_get(&run.dx, (size_t)column)}};
    const struct path path = follow(&run, &asked);
    ck_assert(path.matches);
    cvl_tensor_free(&run.dx);
    cvl_net_free(&run.net);
    return path;
}

static void expect_end(const struct path *path, enum path_end end, size_t count)
{
    ck_assert_int_eq(path->end, end);
    ck_assert_uint_eq(path->count, count);
    ck_assert(path->slope == 0 && path->part == 0 && path->gradient == 0);
}

START_TEST(a_path_ends_where_nothing_comes_through)
{
    double x[] = {-1, 2, 5, 5}, dy[] = {3, 4, -4, 1};
    struct path path = of_row("relu, tanh", x, dy, 0);
    expect_end(&path, PATH_STOPPED, 1);
    path = of_row("maxpool 1x2", x, dy, 3); /* the first of two alike */
    expect_end(&path, PATH_STOPPED, 1);
    path = of_row("conv 1 1x1 stride=1x2, relu", x, dy, 1);
    expect_end(&path, PATH_UNREAD, 1);
    /* A dy of 0 is followed to where that is from. */
    path = of_row("conv 1 1x1 bias=no, relu", x, dy, 0);
    expect_end(&path, PATH_STOPPED, 2);
    ck_assert(path.steps[0].dy.value == 0 && path.steps[0].factor == 1);
    double far[] = {100, 100, 100, 100};
    path = of_row("tanh, relu", far, dy, 1);
    expect_end(&path, PATH_ZERO, 1);
    /* Nothing is sent: it ends at the loss. */
    double nothing[] = {0, 0, 0, 0};
    path = of_row("relu, tanh", x, nothing, 1);
    expect_end(&path, PATH_LOSS, 2);
    /* Of two ways to nothing neither is taken. */
    path = of_row("conv 1 1x2, relu", x, nothing, 1);
    expect_end(&path, PATH_ZERO, 1);
    ck_assert(!path.steps[0].dy.array && path.steps[0].silent == 2);
    path = of_row("relu, conv 1 1x2", x, nothing, 1);
    expect_end(&path, PATH_ZERO, 2);
}
END_TEST

START_TEST(a_path_takes_the_first_of_the_largest)
{
    double x[] = {1, 2, 3, 4}, dy[] = {3, -4, 4, NAN};
    struct path path = of_row("conv 1 1x2 padding=0x0x1x0", x, dy, 0);
    ck_assert(path.steps[0].dy.at[3] == 1 && path.steps[0].share == 4);
    ck_assert(path.part == -4 && path.gradient == -1);
    /* Terms that cancel are the whole of nothing. */
    path = of_row("conv 1 1x2 padding=0x0x1x0, relu", x, dy, 1);
    ck_assert(path.steps[0].dy.at[3] == 2 && path.part == 4);
    ck_assert(isinf(path.share) && path.gradient == 0 && path.matches);
    path = of_row("conv 1 1x2 padding=0x0x1x0", x, dy, 2);
    ck_assert(path.steps[0].dy.at[3] == 3 && isnan(path.gradient));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_path_and_its_shares_multiply_to_the_gradient,
        all_paths_add_up_to_the_gradient,
        the_loss_moves_as_the_path_says,
        a_path_ends_where_nothing_comes_through,
        a_path_takes_the_first_of_the_largest,
        NULL};
    return run_tests("path", tests);
}
