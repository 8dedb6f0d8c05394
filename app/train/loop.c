/* loop.c - the loop: step, log, checkpoint, until the end. */
#include <math.h>
#include <stdio.h>

#include <convlet/memory.h>

#include "base/interrupt.h"
#include "base/number.h"
#include "base/progress.h"
#include "train/log.h"
#include "train/run.h"

static const double CHECKPOINT_SECONDS = 30;

/* What the loop needs beside the run. */
struct loop {
    struct run *run;
    struct log log; /* to stdout */
    double *params; /* that the step starts from; NULL: not asked for */
    struct progress progress;
    double last_checkpoint; /* when, by progress_clock */
};

static bool is_finite(const cvl_tensor *tensor)
{
    return cvl_tensor_first_nonfinite(tensor) == tensor->count;
}

/* The first param that holds NaN or infinity, or NULL. */
static const cvl_param *nonfinite_param(const cvl_net *net)
{
    for (size_t i = 0; i < net->param_count; i++)
        if (!is_finite(&net->params[i].value)) return &net->params[i];
    return NULL;
}

/* Which rate would have done; nothing where none can be named. */
static void add_bound(struct run *run, struct text *text)
{
    struct trainer *const trainer = &run->trainer;
    struct diagnosis found;
    if (run->config->training.optimizer != OPTIMIZER_SGD ||
        !cvl_bowl_is_exact(&trainer->net) ||
        doctor_examine(trainer, &run->data.input, &run->data.target, &found,
                       NULL) ||
        !found.known)
        return;
    text_add(text, "; it is ");
    doctor_describe(&trainer->optimizer.settings, &found, text);
}

static void report_divergence(const struct loop *loop, size_t step, double loss)
{
    struct run *const run = loop->run;
    struct text bound = {0};
    bool kept;
    const cvl_net *const net = &run->trainer.net;
    const cvl_param *const param = nonfinite_param(net);
    char text[NUMBER_SIZE];
    const bool output_is_finite = is_finite(&net->output);
    add_bound(run, &bound);
    fprintf(stderr,
            "convlet train: step %zu: training diverged: the loss is %s and "
            "%s%s; try a smaller --lr than %g%s\n",
            step, number_format(loss, text),
            param              ? param->name
            : output_is_finite ? "its squares are beyond any number"
                               : "the output",
            param || !output_is_finite ? " is not finite" : "",
            run->config->training.lr, bound.data ? bound.data : "");
    text_free(&bound);
    if (run->dir.path &&
        !run_dir_look(&run->dir, "checkpoint.safetensors", &kept, NULL) && kept)
        fprintf(stderr, "the last good state is kept in %s\n", run->dir.path);
}

/* Of the picture that is held out, or else of the output. */
static double step_psnr(const struct run *run, const struct step_result *result)
{
    return run->config->data.degrade ? run->held_out.psnr
                                     : -10.0 * log10(result->mse);
}

/* Writes a step's line to stdout and to loss.csv; CVL_EIO. */
static cvl_status record(struct loop *loop, size_t step,
                         const struct step_result *result, cvl_error *err)
{
    const struct run_dir *const dir = &loop->run->dir;
    const struct log_entry entry = {
        .step = step,
        .loss = result->loss,
        .psnr = step_psnr(loop->run, result),
        .params = loop->params,
        .param_count = cvl_net_param_numbers(&loop->run->trainer.net)};
    progress_clear(&loop->progress);
    if (!log_step(&loop->log, &entry))
        return cvl_fail(err, CVL_EIO, "cannot write to standard output");
    if (dir->log.stream && !log_step(&dir->log, &entry))
        return cvl_fail(err, CVL_EIO, "%s/loss.csv: cannot write", dir->path);
    return CVL_OK;
}

cvl_status run_checkpoint(const struct run *run, cvl_error *err)
{
    const struct run_dir dir = {.path = run->config->output.out};
    if (!dir.path) return CVL_OK;
    struct text path;
    cvl_status status =
        run_dir_path(&dir, "checkpoint.safetensors", &path, err);
    if (!status)
        status = checkpoint_save(path.data, run->config, run->spec.data,
                                 &run->exec, &run->trainer, &run->state, err);
    text_free(&path);
    return status;
}

/* Saves a checkpoint where one is due; never one that is not finite. */
static cvl_status checkpoint(struct loop *loop, bool due, cvl_error *err)
{
    const struct run *const run = loop->run;
    const size_t every = run->config->output.checkpoint_every;
    if (!run->dir.path) return CVL_OK;
    if (every && run->state.step % every == 0) due = true;
    if (progress_clock() - loop->last_checkpoint >= CHECKPOINT_SECONDS)
        due = true;
    if (!due || nonfinite_param(&run->trainer.net)) return CVL_OK;
    loop->last_checkpoint = progress_clock();
    return run_checkpoint(run, err);
}

static void report_interruption(const struct run *run)
{
    if (run->dir.path)
        fprintf(stderr,
                "interrupted after %zu steps; go on with: convlet train "
                "--resume %s\n",
                run->state.step, run->dir.path);
    else
        fprintf(stderr, "interrupted after %zu steps; nothing was kept\n",
                run->state.step);
}

/* The log is written when the step has changed them already. */
static void keep_params(struct loop *loop)
{
    const cvl_net *const net = &loop->run->trainer.net;
    double *to = loop->params;
    if (!to) return;
    for (size_t i = 0; i < net->param_count; i++)
        for (size_t j = 0; j < net->params[i].value.count; j++)
            *to++ = cvl_tensor_get(&net->params[i].value, j);
}

/* One step and its line; *over is set where the run ends with it. */
static cvl_status step_once(struct loop *loop, bool *over, enum run_end *end,
                            cvl_error *err)
{
    struct run *const run = loop->run;
    const struct config *const config = run->config;
    const size_t step = run->state.step;
    const bool due = step + 1 == config->training.steps ||
                     step % config->output.log_every == 0;
    if (config->data.degrade) {
        if (due) held_out_measure(&run->held_out, &run->trainer.net);
        patches_draw(&run->patches, &run->state.random, &run->data.input,
                     &run->data.target);
    }
    history_look(&run->history, &run->trainer.net, step);
    keep_params(loop);
    const struct step_result result =
        trainer_step(&run->trainer, &run->data.input, &run->data.target);
    history_add(&run->history, step, result.loss, step_psnr(run, &result));
    *over = step + 1 == config->training.steps || !result.finite ||
            result.all_close || result.settled;
    if (config->data.degrade && *over && !due) /* the params are as they were */
        held_out_measure(&run->held_out, &run->trainer.net);
    if (*over || due) {
        const cvl_status status = record(loop, step, &result, err);
        if (status) return status;
    }
    if (result.loss < run->state.best_loss) run->state.best_loss = result.loss;
    if (!result.finite) {
        report_divergence(loop, step, result.loss);
        *end = RUN_DIVERGED;
        return CVL_OK;
    }
    *end = RUN_DONE;
    if (!result.all_close) run->state.step = step + 1;
    if (result.all_close && !config->output.quiet)
        fprintf(stderr,
                "stopped at step %zu: the output is close to the target (rtol "
                "%g, atol %g)\n",
                step, config->training.rtol, config->training.atol);
    if (result.settled && !config->output.quiet)
        fprintf(stderr,
                "stopped after step %zu: conjugate gradients have converged, "
                "it lowered the loss by less than %g of it\n",
                step, TRAINER_SETTLED);
    progress_update(&loop->progress, run->state.step, result.loss);
    return CVL_OK;
}

static void report_held_out(const struct run *run)
{
    const struct held_out *const held_out = &run->held_out;
    fprintf(stderr, "%s, held out: PSNR %.2f dB; %s: %.2f dB (%+.2f dB)",
            held_out->name, held_out->psnr,
            held_out_baseline_name(&run->patches), held_out->baseline,
            held_out->psnr - held_out->baseline);
    if (held_out->blur > 0)
        fprintf(stderr,
                "; the best Gaussian blur, of %.1f pixels: %.2f dB (%+.2f dB)",
                held_out->blur_sigma, held_out->blur,
                held_out->psnr - held_out->blur);
    fputc('\n', stderr);
}

/* What comes after the last step: the prediction of what was learned. */
static void end_run(struct loop *loop, enum run_end *end)
{
    struct run *const run = loop->run;
    progress_clear(&loop->progress);
    if (*end != RUN_DONE) return;
    if (nonfinite_param(&run->trainer.net)) {
        report_divergence(loop, run->state.step, (double)INFINITY);
        *end = RUN_DIVERGED;
        return;
    }
    if (!run->config->data.degrade) {
        cvl_net_forward(&run->trainer.net, &run->data.input);
        return;
    }
    held_out_measure(&run->held_out, &run->trainer.net);
    if (!run->config->output.quiet) report_held_out(run);
}

static cvl_status alloc_params(struct loop *loop, cvl_error *err)
{
    const cvl_net *const net = &loop->run->trainer.net;
    void *room = NULL;
    if (!loop->run->config->output.log_params) return CVL_OK;
    const cvl_status status =
        cvl_alloc(&room, cvl_net_param_numbers(net) * sizeof *loop->params,
                  "the params of a step", err);
    loop->params = room;
    return status;
}

cvl_status run_train(struct run *run, enum run_end *end, cvl_error *err)
{
    const struct config *const config = run->config;
    struct loop loop = {.run = run,
                        .log = {stdout, config->output.log,
                                run->data.is_picture,
                                config->output.log_params},
                        .last_checkpoint = progress_clock()};
    bool over = false;
    cvl_status status = alloc_params(&loop, err);
    if (!status && !log_begin(&loop.log))
        status = cvl_fail(err, CVL_EIO, "cannot write to standard output");
    if (status) goto done;
    interrupt_watch();
    if (config->data.degrade)
        held_out_measure(&run->held_out, &run->trainer.net);
    progress_begin(&loop.progress, !config->output.quiet, run->state.step,
                   config->training.steps);
    while (!status && !over) {
        status = step_once(&loop, &over, end, err);
        if (!status && !over && interrupt_came()) {
            *end = RUN_INTERRUPTED;
            over = true;
        }
        /* The last one is saved behind everything that a run ends with. */
        if (!status && (!over || *end == RUN_INTERRUPTED))
            status = checkpoint(&loop, over, err);
    }
    if (!status) end_run(&loop, end);
    progress_clear(&loop.progress);
    if (!status && *end == RUN_INTERRUPTED) report_interruption(run);
done:
    cvl_free(loop.params);
    return status;
}
