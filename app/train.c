/* train.c - `convlet train`: from settings to a trained layer. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arrays.h"
#include "commands.h"
#include "data.h"
#include "history.h"
#include "log.h"
#include "model.h"
#include "program.h"
#include "run_dir.h"
#include "run_report.h"
#include "setup.h"
#include "text.h"
#include "trainer.h"

/* Everything that one run owns; {0} is empty. */
struct run {
    const struct config *config;
    cvl_exec exec;
    cvl_dtype dtype;
    cvl_random random;
    struct data data;
    struct trainer trainer;
    struct run_dir dir;     /* closed without --out */
    struct history history; /* empty without --out */
    enum report_outcome outcome;
    struct text spec; /* of the net */
};

static void run_free(struct run *run)
{
    run_dir_close(&run->dir);
    history_free(&run->history);
    text_free(&run->spec);
    trainer_free(&run->trainer);
    data_free(&run->data);
}

/* Builds the net, or the one layer, whose geometry goes to *layer then. */
static cvl_status build(struct run *run, cvl_conv2d_geometry *layer,
                        cvl_error *err)
{
    const struct config *const config = run->config;
    const cvl_sgd sgd = {config->lr, config->momentum, config->nesterov,
                         config->weight_decay};
    cvl_net_config net = {
        .dtype = run->dtype, .algo = config->algorithm, .exec = run->exec};
    memcpy(net.input_shape, run->data.input.shape, sizeof net.input_shape);
    cvl_status status = CVL_OK;
    if (!config->net) {
        const size_t kernels = config->kernels
                                   ? config->kernels
                                   : data_target_channels(&run->data);
        status = setup_geometry(config, net.input_shape, kernels,
                                config->kernel_size, layer, err);
    }
    if (!status) {
        setup_net_spec(config, layer, &run->spec);
        status = text_status(&run->spec, err);
    }
    if (!status) {
        net.spec = run->spec.data;
        status = trainer_init(&run->trainer, &net, &sgd, err);
    }
    run->trainer.reduction = config->reduction;
    run->trainer.rtol = config->rtol;
    run->trainer.atol = config->atol;
    return status;
}

/* Replaces the value of the named param by an array from a file. */
static cvl_status load_param(struct run *run, const char *path,
                             const char *name, cvl_error *err)
{
    cvl_net *const net = &run->trainer.net;
    cvl_param *param = NULL;
    for (size_t i = 0; i < net->param_count; i++)
        if (!strcmp(net->params[i].name, name)) param = &net->params[i];
    if (!param)
        return cvl_fail(err, CVL_EINVAL, "%s: the first layer has no %s", path,
                        name + 2);
    cvl_tensor array;
    cvl_status status = array_load(path, &array, err);
    if (!status) status = array_convert(&array, run->dtype, err);
    if (!status)
        status = cvl_tensor_check_like(path, &array, &param->value, err);
    if (!status) cvl_tensor_copy(&param->value, &array);
    cvl_tensor_free(&array);
    return status;
}

static cvl_status init_params(struct run *run, cvl_error *err)
{
    const struct config *const config = run->config;
    cvl_init init = CVL_INIT_NORMAL;
    cvl_status status = CVL_OK;
    if (cvl_init_parse(config->init, &init))
        cvl_net_init_params(&run->trainer.net, init, &run->random);
    else
        status = model_load_params(config->init, &run->trainer.net, err);
    if (!status && config->init_weight)
        status = load_param(run, config->init_weight, "0.weight", err);
    if (!status && config->init_bias)
        status = load_param(run, config->init_bias, "0.bias", err);
    return status;
}

/* In the notebook's order: the input is drawn before the kernels. */
static cvl_status prepare(struct run *run, cvl_error *err)
{
    const struct config *const config = run->config;
    cvl_conv2d_geometry layer = {0};
    run->dtype = setup_dtype(config, CVL_F32);
    cvl_random_seed(&run->random, config->seed);
    cvl_status status = setup_exec(config, &run->exec, err);
    if (!status)
        status =
            data_make_input(config, run->dtype, &run->random, &run->data, err);
    if (!status) status = data_read_target(config, run->dtype, &run->data, err);
    if (!status) status = build(run, &layer, err);
    if (!status)
        status =
            data_make_target(config, config->net ? NULL : &layer, &run->exec,
                             &run->trainer.net.output, &run->data, err);
    if (!status) status = init_params(run, err);
    if (!status && config->out)
        status = run_dir_open(&run->dir, config, run->data.is_picture, err);
    if (!status && config->out)
        status = history_init(&run->history, &run->trainer.net, 0,
                              config->steps, err);
    return status;
}

/* What is about to happen, on stderr. */
static void print_banner(const struct run *run)
{
    const struct config *const config = run->config;
    const cvl_net *const net = &run->trainer.net;
    char shape[CVL_DESCRIBE_SIZE];
    fprintf(stderr, "convlet train: preset %s%s, seed %lu\n",
            config->preset ? config->preset : "none",
            config->preset_is_automatic && run->data.is_picture
                ? " (the input is a picture)"
                : "",
            (unsigned long)config->seed);
    fprintf(stderr, "  input   %s  %s\n",
            cvl_tensor_describe(&run->data.input, shape), config->input);
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        fprintf(stderr, "  layer %zu %s -> %zux%zux%zux%zu, %zu parameters", i,
                info.text, info.output_shape[0], info.output_shape[1],
                info.output_shape[2], info.output_shape[3], info.param_count);
        if (info.conv)
            fprintf(stderr, ", %s", cvl_conv_algo_name(info.conv->algo));
        fputc('\n', stderr);
    }
    fprintf(stderr, "  target  %s\n", config->target);
    fprintf(stderr,
            "  %zu steps, lr %g, momentum %g, reduction %s; %zu threads, %s\n",
            config->steps, config->lr, config->momentum,
            cvl_reduction_name(config->reduction), run->exec.threads,
            cvl_isa_name(run->exec.isa));
    if (config->out) fprintf(stderr, "  kept in %s\n", config->out);
}

/* Writes a step's line to stdout and to loss.csv; CVL_EIO. */
static cvl_status record(struct run *run, const struct log *log, size_t step,
                         const struct step_result *result, cvl_error *err)
{
    const struct log_entry entry = {step, result->loss,
                                    -10.0 * log10(result->mse)};
    if (!log_step(log, &entry))
        return cvl_fail(err, CVL_EIO, "cannot write to standard output");
    if (run->dir.log.stream && !log_step(&run->dir.log, &entry))
        return cvl_fail(err, CVL_EIO, "%s/loss.csv: cannot write",
                        run->dir.path);
    return CVL_OK;
}

static int report_divergence(struct run *run, size_t step, double loss)
{
    run->outcome = REPORT_DIVERGED;
    fprintf(stderr,
            "convlet train: step %zu: the loss is %g: training diverged; try a "
            "smaller --lr than %g\n",
            step, loss, run->config->lr);
    return EXIT_DIVERGED;
}

/* The training loop; the exit status, and CVL_EIO in *status. */
static int train(struct run *run, cvl_status *status, cvl_error *err)
{
    const struct config *const config = run->config;
    const struct log log = {stdout, config->log, run->data.is_picture};
    log_begin(&log);
    for (size_t step = 0; step < config->steps; step++) {
        history_look(&run->history, &run->trainer.net, step);
        const struct step_result result =
            trainer_step(&run->trainer, &run->data.input, &run->data.target);
        history_add(&run->history, step, result.loss,
                    -10.0 * log10(result.mse));
        const bool last =
            step + 1 == config->steps || !result.finite || result.all_close;
        if (last || step % config->log_every == 0)
            *status = record(run, &log, step, &result, err);
        if (*status) return EXIT_RUNTIME;
        if (!result.finite) return report_divergence(run, step, result.loss);
        if (result.all_close) {
            if (!config->quiet)
                fprintf(stderr,
                        "stopped at step %zu: the output is close to the "
                        "target (rtol %g, atol %g)\n",
                        step, config->rtol, config->atol);
            run->outcome = REPORT_REACHED;
            break;
        }
    }
    /* The prediction of what was learned last. */
    cvl_net_forward(&run->trainer.net, &run->data.input);
    return EXIT_OK;
}

static cvl_status save_model(const struct run *run, cvl_error *err)
{
    const struct model_about about = {
        run->spec.data,
        run->data.is_picture ? MODEL_SCALING_PICTURE : MODEL_SCALING_NONE};
    struct text path = {0};
    text_add(&path, "%s/model.safetensors", run->config->out);
    cvl_status status = text_status(&path, err);
    if (!status) status = model_save(path.data, &about, &run->trainer.net, err);
    text_free(&path);
    return status;
}

/* What --out receives after the last step, also of a run that diverged. */
static cvl_status keep(struct run *run, cvl_error *err)
{
    const struct config *const config = run->config;
    const cvl_net *const net = &run->trainer.net;
    const bool took_all = run->outcome == REPORT_FINISHED;
    cvl_status status = CVL_OK;
    history_finish(&run->history, net, run->history.last.step + took_all);
    if (run->outcome != REPORT_DIVERGED) {
        status = run_dir_finish(&run->dir, config, &run->data, net, err);
        if (!status) status = save_model(run, err);
    }
    if (!status)
        status = run_report(config->out, config, &run->exec, &run->data, net,
                            &run->history, run->outcome, err);
    return status;
}

int train_run(const struct config *config)
{
    struct run run = {.config = config};
    cvl_error err;
    int exit = EXIT_OK;
    cvl_status status = prepare(&run, &err);
    if (!status) {
        if (!config->quiet) print_banner(&run);
        exit = train(&run, &status, &err);
    }
    if (!status && config->out) status = keep(&run, &err);
    if (status) {
        fprintf(stderr, "convlet train: %s\n", err.message);
        exit = exit_status(status);
    }
    run_free(&run);
    return exit;
}
