/* test_classifier.c - samples become what the net was trained on. */
#include "apply/classifier.h"
#include "expect.h"

/* What a net that passes on its input makes of one pixel of two channels. */
START_TEST(a_sample_is_scaled_as_those_of_training_were)
{
    static const struct {
        const char *mean, *deviation;
        double want[2];
    } cases[] = {{NULL, NULL, {0.75, 0.5}},
                 {"0.5 0.25", "0.125 2", {2, 0.125}}};
    static const size_t shape[4] = {1, 2, 1, 1};
    static const struct execution_settings settings = {.threads = 1};
    const cvl_net_config config = {.spec = "leaky 1",
                                   .input_shape = {1, 2, 1, 1},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default()};
    double at[2] = {0.75, 0.5};
    const cvl_tensor sample = cvl_tensor_wrap(CVL_F64, 4, shape, at);
    cvl_model model = {.spec = config.spec};
    cvl_error err;
    expect_ok(cvl_net_build(&model.net, &config, &err), err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const cvl_model_about about = {.spec = config.spec,
                                       .classes = "a\nb",
                                       .mean = cases[i].mean,
                                       .deviation = cases[i].deviation};
        struct classifier classifier;
        expect_ok(classifier_init(&classifier, &model, &about, &settings, &err),
                  err);
        classifier_put(&classifier, 3, &sample);
        classifier_run(&classifier);
        for (size_t k = 0; k < 2; k++)
            ck_assert_double_eq(cvl_tensor_get(&classifier.net.output,
                                               3 * classifier.classes + k),
                                cases[i].want[k]);
        classifier_free(&classifier);
    }
    cvl_net_free(&model.net);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_sample_is_scaled_as_those_of_training_were,
                                  NULL};
    return run_tests("classifier", tests);
}
