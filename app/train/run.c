/* run.c - see run.h: how a run begins and what it leaves behind. */
#include "train/run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/model.h>

#include "base/setup.h"
#include "data/mask.h"
#include "train/run_report.h"
#include "train/shown.h"

void run_free(struct run *run)
{
    run_dir_close(&run->dir, NULL);
    history_free(&run->history);
    held_out_free(&run->held_out);
    patches_free(&run->patches);
    trainer_free(&run->trainer);
    text_free(&run->spec);
    data_free(&run->data);
}

/* In the notebook's order: the input is drawn before the kernels. */
static cvl_status make_data(struct run *run, cvl_error *err)
{
    const struct config *const config = run->config;
    struct data *const data = &run->data;
    data->is_picture = config->data.degrade != NULL;
    if (config->data.degrade)
        return patches_init(&run->patches, config, run->dtype, &data->input,
                            &data->target, err);
    const cvl_status status =
        data_make_input(config, run->dtype, &run->state.random, data, err);
    return status ? status : data_read_target(config, run->dtype, data, err);
}

/* Builds the net, or the one layer, whose geometry goes to *layer then. */
static cvl_status build(struct run *run, cvl_conv2d_geometry *layer,
                        cvl_error *err)
{
    const struct config *const config = run->config;
    const struct optimizer_settings optimizer = optimizer_of(config);
    cvl_net_config net = {.dtype = run->dtype,
                          .algo = config->execution.algorithm,
                          .exec = run->exec};
    memcpy(net.input_shape, run->data.input.shape, sizeof net.input_shape);
    cvl_status status = CVL_OK;
    if (!config->geometry.net) {
        const size_t kernels = config->geometry.kernels
                                   ? config->geometry.kernels
                                   : data_target_channels(&run->data);
        status = setup_geometry(&config->geometry, net.input_shape, kernels,
                                config->geometry.kernel_size, layer, err);
    }
    if (!status) {
        setup_net_spec(&config->geometry, layer, &run->spec);
        status = text_status(&run->spec, err);
    }
    if (!status) {
        net.spec = run->spec.data;
        status = trainer_init(&run->trainer, &net, &optimizer, err);
    }
    if (!status && config->data.degrade)
        status = held_out_init(&run->held_out, &run->patches, &net,
                               config->data.seed, err);
    run->trainer.reduction = config->training.reduction;
    run->trainer.rtol = config->training.rtol;
    run->trainer.atol = config->training.atol;
    return status;
}

/* Continues from the checkpoint. */
static cvl_status resume(struct run *run, cvl_error *err)
{
    struct text path, note = {0};
    cvl_status status =
        run_dir_path(&run->dir, "checkpoint.safetensors", &path, err);
    if (!status)
        status = checkpoint_load(path.data, run->config, &run->exec,
                                 &run->trainer, &run->state, &note, err);
    text_free(&path);
    if (!status && note.data) fprintf(stderr, "note: %s\n", note.data);
    text_free(&note);
    if (!status && run->state.step >= run->config->training.steps)
        return cvl_fail(err, CVL_EINVAL,
                        "%s is already at step %zu; raise --steps",
                        run->config->output.out, run->state.step);
    return status;
}

/* The params of the first step to come. A run that was stopped before its
 * first checkpoint begins anew. */
static cvl_status set_params(struct run *run, cvl_error *err)
{
    bool goes_on = false;
    run->dir.path = run->config->output.out;
    if (run->config->start.resume) {
        const cvl_status status =
            run_dir_look(&run->dir, "checkpoint.safetensors", &goes_on, err);
        if (status) return status;
    }
    return goes_on ? resume(run, err) : run_init_params(run, err);
}

static cvl_status open_directory(struct run *run, cvl_error *err)
{
    const struct config *const config = run->config;
    const bool with_psnr = run->data.is_picture;
    if (!config->output.out) return CVL_OK;
    if (config->start.resume && run->state.step > 0)
        return run_dir_reopen(&run->dir, config, with_psnr, run->state.step,
                              err);
    struct config anew = *config;
    anew.output.force = config->output.force || config->start.resume;
    return run_dir_create(&run->dir, &anew, with_psnr, err);
}

/* What the settings mean, now that net and data are there. */
static cvl_status settle(struct run *run, cvl_error *err)
{
    struct trainer *const trainer = &run->trainer;
    struct config *const settled = &run->settled;
    const size_t weights = cvl_net_param_numbers(&trainer->net);
    if (settled->data.degrade &&
        (settled->output.best || settled->training.optimizer == OPTIMIZER_CG))
        return cvl_fail(err, CVL_EINVAL,
                        "--%s needs the same data in every step, and --degrade "
                        "draws other patches each time",
                        settled->output.best ? "best" : "optimizer cg");
    if (settled->output.best && !cvl_bowl_is_exact(&trainer->net))
        return cvl_fail(err, CVL_EINVAL,
                        "--best is for one conv layer, and this net is none");
    if (settled->training.optimizer == OPTIMIZER_CG &&
        settled->training.steps > weights)
        settled->training.steps = weights;
    return mask_make(run->config, &trainer->net, &run->data.target,
                     run->data.target_is_picture, &trainer->mask,
                     &trainer->used, err);
}

/* At the params that training starts from. */
static cvl_status choose_rate(struct run *run, cvl_error *err)
{
    struct trainer *const trainer = &run->trainer;
    struct optimizer_settings *const optimizer = &trainer->optimizer.settings;
    struct config *const settled = &run->settled;
    if (settled->training.lr > 0 || settled->training.optimizer == OPTIMIZER_CG)
        return CVL_OK;
    cvl_status status = CVL_OK;
    run->diagnosis.exact = cvl_bowl_is_exact(&trainer->net);
    if (run->config->data.degrade) { /* a batch to look at; the stream stays */
        cvl_random fork = run->state.random;
        patches_draw(&run->patches, &fork, &run->data.input, &run->data.target);
    }
    if (settled->training.optimizer == OPTIMIZER_SGD)
        status = doctor_examine(trainer, &run->data.input, &run->data.target,
                                &run->diagnosis, err);
    settled->training.lr = doctor_rate(optimizer, &run->diagnosis);
    optimizer->sgd.lr = optimizer->adam.lr = settled->training.lr;
    return status;
}

cvl_status run_prepare(struct run *run, const struct config *config,
                       cvl_error *err)
{
    cvl_conv2d_geometry layer = {0};
    *run = (struct run){.settled = *config,
                        .dtype = setup_dtype(&config->execution, CVL_F32),
                        .state = {.best_loss = HUGE_VAL}};
    run->config = config = &run->settled;
    cvl_random_seed(&run->state.random, config->data.seed);
    cvl_status status = setup_exec(&config->execution, &run->exec, err);
    if (!status) status = run_check_memory(run, cvl_memory_available(), err);
    if (!status) status = make_data(run, err);
    if (!status) status = build(run, &layer, err);
    if (!status)
        status = data_make_target(config, config->geometry.net ? NULL : &layer,
                                  &run->exec, &run->trainer.net.output,
                                  &run->data, err);
    if (!status) status = settle(run, err);
    if (!status) status = set_params(run, err);
    if (!status) status = choose_rate(run, err);
    if (!status) status = open_directory(run, err);
    if (!status && config->output.out)
        status = history_init(&run->history, &run->trainer.net, run->state.step,
                              config->training.steps - run->state.step, err);
    return status;
}

static cvl_status save_model(struct run *run, cvl_error *err)
{
    struct text path;
    const cvl_model_about about = {
        .spec = run->spec.data,
        .scaling = run->config->data.linear_light ? CVL_MODEL_SCALING_LINEAR
                   : run->data.is_picture         ? CVL_MODEL_SCALING_PICTURE
                                                  : CVL_MODEL_SCALING_NONE,
        .residual = run->config->training.residual,
        .color = !run->config->data.degrade             ? CVL_COLOR_KEEP
                 : run->trainer.net.input.shape[1] == 1 ? CVL_COLOR_Y
                                                        : CVL_COLOR_RGB};
    cvl_status status =
        run_dir_path(&run->dir, "model.safetensors", &path, err);
    if (!status)
        status = cvl_model_save(path.data, &about, &run->trainer.net, err);
    if (!status && !run->config->output.quiet)
        fprintf(stderr, "wrote %s\n", path.data);
    text_free(&path);
    return status;
}

cvl_status run_best(struct run *run, cvl_error *err)
{
    if (!run->config->output.best) return CVL_OK;
    struct text text = {0};
    const cvl_status status = best_find(&run->trainer, &run->data.input,
                                        &run->data.target, &run->best, err);
    best_describe(&run->best, &text);
    if (!status && !run->config->output.quiet && text.data)
        fprintf(stderr, "%s\n", text.data);
    text_free(&text);
    return status;
}

static cvl_status save_pictures(const struct run *run, cvl_error *err)
{
    const bool quiet = run->config->output.quiet;
    struct shown shown;
    cvl_status status = shown_init(&shown, run, err);
    const struct {
        const char *name;
        const cvl_tensor *pixels;
    } pictures[] = {{"input.png", &shown.data.input},
                    {"target.png", &shown.data.target},
                    {"prediction.png", &shown.output}};
    for (size_t i = 0; !status && i < 3; i++)
        status = run_dir_save_picture(&run->dir, quiet, pictures[i].name,
                                      pictures[i].pixels, err);
    shown_free(&shown);
    return status;
}

cvl_status run_finish(struct run *run, cvl_error *err)
{
    if (!run->config->output.out) return CVL_OK;
    cvl_status status = save_model(run, err);
    if (!status && run->data.is_picture) status = save_pictures(run, err);
    return status ? status : run_dir_close(&run->dir, err);
}

cvl_status run_keep_report(struct run *run, enum run_end end, cvl_error *err)
{
    const struct config *const config = run->config;
    const size_t step = run->state.step;
    const enum report_outcome outcome =
        end == RUN_DIVERGED             ? REPORT_DIVERGED
        : end == RUN_INTERRUPTED        ? REPORT_INTERRUPTED
        : step < config->training.steps ? REPORT_REACHED
                                        : REPORT_FINISHED;
    if (!config->output.out) return CVL_OK;
    history_finish(&run->history, &run->trainer.net, step);
    struct shown shown;
    cvl_status status = shown_init(&shown, run, err);
    if (!status)
        status = run_report(config->output.out, config, &run->exec, &shown.data,
                            &shown.output, &run->trainer.net, &run->history,
                            &run->best, outcome, err);
    shown_free(&shown);
    return status;
}
