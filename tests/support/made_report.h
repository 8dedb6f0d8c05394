/* made_report.h - a report without a run, for the tests. */
#ifndef MADE_REPORT_H
#define MADE_REPORT_H

#include "page.h"

/* What a report is made of; free it with made_report_free. */
struct made_report {
    cvl_net net;
    cvl_tensor x, t;
    struct history history;
    struct report report;
    struct text html; /* its page, once it was made */
};

/* `steps` steps of a falling loss of a small net, whose params change. */
static inline void made_report_init(struct made_report *made, const char *spec,
                                    size_t steps)
{
    cvl_error err;
    cvl_random random;
    const cvl_net_config config = {
        .spec = spec, .input_shape = {1, 3, 8, 9}, .exec = cvl_exec_default()};
    *made = (struct made_report){0};
    cvl_random_seed(&random, 1);
    expect_ok(cvl_net_build(&made->net, &config, &err), err);
    cvl_net_init_params(&made->net, CVL_INIT_NORMAL, &random);
    expect_ok(cvl_tensor_init(&made->x, CVL_F32, 4, config.input_shape, &err),
              err);
    expect_ok(
        cvl_tensor_init(&made->t, CVL_F32, 4, made->net.output.shape, &err),
        err);
    cvl_random_fill_uniform(&random, &made->x, 0, 1);
    cvl_net_forward(&made->net, &made->x);
    expect_ok(history_init(&made->history, &made->net, 0, steps, &err), err);
    for (size_t step = 0; step < steps; step++) {
        history_look(&made->history, &made->net, step);
        history_add(&made->history, step, 1.0 / (double)(step + 1),
                    (double)step);
        cvl_tensor_set(&made->net.params[0].value, 0, (double)step);
    }
    history_finish(&made->history, &made->net, steps);
    made->report = (struct report){
        .input = "in",
        .target = "out",
        .command = "convlet train",
        .config = "[training]\nsteps = 3\n",
        .recipe = "SGD",
        .version = "1.2.3",
        .processor = "a processor",
        .threads = 2,
        .isa = "base",
        .net = &made->net,
        .x = &made->x,
        .y = &made->net.output,
        .t = &made->t,
        .history = &made->history,
    };
}

/* The page as it is now; until the next. */
static inline const char *made_page(struct made_report *made)
{
    text_free(&made->html);
    return make_page(&made->report, &made->html);
}

/* The page of `made`, which hostile names have come into, is made of the same
 * elements as one of harmless names. */
static inline void expect_same_elements(struct made_report *made,
                                        const char *harmless)
{
    const char *const page = made_page(made);
    ck_assert_uint_eq(expect_balanced(page), expect_balanced(harmless));
    ck_assert_uint_eq(occurrences(page, "<script"),
                      occurrences(harmless, "<script"));
    ck_assert_ptr_null(strchr(page, '\xff'));
}

static inline void made_report_free(struct made_report *made)
{
    text_free(&made->html);
    history_free(&made->history);
    cvl_tensor_free(&made->x);
    cvl_tensor_free(&made->t);
    cvl_net_free(&made->net);
}

#endif
