/* train.c - `convlet train`: one step after the other, until the end. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "base/clock.h"
#include "base/fnv.h"
#include "base/interrupt.h"
#include "base/progress.h"
#include "cli/program.h"
#include "ranks/ranks.h"
#include "train/notes.h"
#include "train/train.h"

static const double CHECKPOINT_SECONDS = 30;

/* What the loop needs beside the run. */
struct loop {
    struct run *run;
    struct loss_log log; /* to stdout */
    bool on_terminal;    /* there it goes */
    double *params;      /* that the step starts from; NULL: not asked for */
    struct progress progress;
    double last_checkpoint; /* when, by clock_seconds */
};

/* Writes a step's line to stdout and to loss.csv; CVL_EIO. Rank 0 writes for
 * all: the others have nothing that could fail. */
static cvl_status record(struct loop *loop, size_t step,
                         const cvl_step_result *result, cvl_error *err)
{
    struct run *const run = loop->run;
    struct run_dir *const dir = &run->dir;
    const struct log_entry entry = {
        .columns = 1U << COLUMN_STEP | 1U << COLUMN_LOSS | 1U << COLUMN_PSNR |
                   1U << COLUMN_PARAMS,
        .number = step,
        .value = {[COLUMN_LOSS] = result->loss,
                  [COLUMN_PSNR] = run->feed->psnr(run, result)},
        .params = loop->params,
        .param_count = cvl_net_param_numbers(&run->trainer.net)};
    if (ranks_number()) return CVL_OK;
    progress_clear(&loop->progress);
    /* A terminal that hangs up takes no more, and its SIGHUP may come later, or
     * not at all; the run is to be saved. */
    const bool written = loss_log_add(&loop->log, &entry);
    if (!written && errno == EIO && loop->on_terminal) interrupt_note();
    if (!written && !interrupt_came())
        return cvl_fail(err, CVL_EIO, "cannot write to standard output");
    if (dir->log.fd && !loss_log_add(&dir->log, &entry))
        return cvl_fail(err, CVL_EIO, "%s/loss.csv: cannot write", dir->path);
    return CVL_OK;
}

/* Writes an epoch's line to stdout and to epochs.csv; CVL_EIO. */
static cvl_status record_epoch(struct loop *loop, const struct log_entry *entry,
                               cvl_error *err)
{
    struct run_dir *const dir = &loop->run->dir;
    const struct epochs_row row = log_epoch(entry);
    if (ranks_number()) return CVL_OK;
    epochs_add(&loop->run->epochs, &row);
    progress_clear(&loop->progress);
    if (!loss_log_add(&loop->log, entry) && !interrupt_came())
        return cvl_fail(err, CVL_EIO, "cannot write to standard output");
    if (dir->epochs.fd && !loss_log_add(&dir->epochs, entry))
        return cvl_fail(err, CVL_EIO, "%s/epochs.csv: cannot write", dir->path);
    return CVL_OK;
}

/* Saves a checkpoint where one is due; never one that is not finite. */
static cvl_status checkpoint(struct loop *loop, bool due, cvl_error *err)
{
    struct run *const run = loop->run;
    const size_t every = run->config.output.checkpoint_every;
    if (!run->dir.path) return CVL_OK;
    if (every && run->state.step % every == 0) due = true;
    if (clock_seconds() - loop->last_checkpoint >= CHECKPOINT_SECONDS)
        due = true;
    if (!due || run_nonfinite_param(run)) return CVL_OK;
    loop->last_checkpoint = clock_seconds();
    const cvl_status status = run_checkpoint(run, err);
    return status ? status : run_dir_drop_stale(&run->dir, true, err);
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

/* Of the lines on stdout. */
static unsigned run_log_columns(const struct run *run)
{
    return run->dir.log.columns | run->dir.epochs.columns |
           (unsigned)run->config.output.log_params << COLUMN_PARAMS;
}

/* Forward, gradients and update, of the batch that is drawn. */
static cvl_step_result learn(struct run *run)
{
    cvl_shards *const shards = &run->shards;
    if (!shards->count)
        return cvl_trainer_step(&run->trainer, &run->x, &run->t);
    shards->stop = shards->stop || interrupt_came();
    return cvl_shards_step(shards, &run->x, &run->t);
}

/* Is the run to end here? Where ranks share its steps, they have agreed on
 * that in the last one. */
static bool stops(const struct run *run)
{
    return run->shards.count ? run->shards.stop : interrupt_came();
}

/* Other ranks are in their next step when this one has failed: it takes part
 * in that, to tell them, and in what they measure behind it. */
static void leave(struct run *run)
{
    struct log_entry epoch;
    if (ranks_count() == 1) return;
    run->shards.stop = true;
    feed_draw(run);
    const cvl_step_result result = learn(run);
    if (!result.finite) return;
    if (!result.all_close) run->state.step++;
    if (run->feed->count) run->feed->count(run, &result, &epoch);
}

/* One step and its line; *over is set where the run ends with it. */
static cvl_status step_once(struct loop *loop, bool *over, enum run_end *end,
                            cvl_error *err)
{
    struct run *const run = loop->run;
    const struct config *const config = &run->config;
    const struct feed *const feed = run->feed;
    const size_t step = run->state.step;
    const bool due = step + 1 == config->training.steps ||
                     step % config->output.log_every == 0;
    if (due && feed->measure) feed->measure(run);
    feed_draw(run);
    feed_draw_next(run);
    history_look(&run->history, &run->trainer.net, step);
    updates_before(&run->updates, &run->trainer.net, step);
    keep_params(loop);
    const cvl_step_result result = learn(run);
    history_add(&run->history, step, result.loss, feed->psnr(run, &result));
    if (result.finite && !result.all_close)
        updates_after(&run->updates, &run->trainer.net, step);
    run->last_loss = result.loss;
    if (step == 0) run->first_loss = result.loss;
    *over = step + 1 == config->training.steps || !result.finite ||
            result.all_close || result.settled;
    if (*over && !due && feed->measure) /* the params are as they were */
        feed->measure(run);
    if (result.finite && !result.all_close) run->state.step = step + 1;
    /* Before a line may fail: ranks measure together. */
    struct log_entry epoch;
    const bool ends_epoch =
        result.finite && feed->count && feed->count(run, &result, &epoch);
    if (*over || due) {
        const cvl_status status = record(loop, step, &result, err);
        if (status) return status;
    }
    if (result.loss < run->state.best_loss) run->state.best_loss = result.loss;
    if (step == 0) note_stuck(run);
    if (!result.finite) {
        note_divergence(run, step, result.loss);
        *end = RUN_DIVERGED;
        return CVL_OK;
    }
    *end = RUN_DONE;
    note_early_end(run, step, &result);
    progress_update(&loop->progress, run->state.step, result.loss);
    return ends_epoch ? record_epoch(loop, &epoch, err) : CVL_OK;
}

/* What comes after the last step: the prediction of what was learned. */
static void end_run(struct loop *loop, enum run_end *end)
{
    struct run *const run = loop->run;
    progress_clear(&loop->progress);
    if (*end == RUN_DIVERGED) return;
    if (*end == RUN_DONE && run_nonfinite_param(run)) {
        note_divergence(run, run->state.step, (double)INFINITY);
        *end = RUN_DIVERGED;
        return;
    }
    if (*end == RUN_DONE && run_growth(run) >= GROWN) {
        note_growth(run);
        if (run_growth(run) > GROWN_AWAY) *end = RUN_DIVERGED;
    }
    run->feed->finish(run);
    if (*end != RUN_DONE) return;
    if (run->config.data.degrade) note_held_out(run);
    if (run->config.output.quiet) return;
    note_unlearned(run);
    note_dead(run);
}

static cvl_status begin_log(struct loop *loop, cvl_error *err)
{
    const cvl_net *const net = &loop->run->trainer.net;
    void *room = NULL;
    cvl_status status = CVL_OK;
    if (ranks_number()) return CVL_OK;
    if (loop->run->config.output.log_params)
        status =
            cvl_alloc(&room, cvl_net_param_numbers(net) * sizeof *loop->params,
                      "the params of a step", err);
    loop->params = room;
    if (!status && !loss_log_begin(&loop->log))
        status = cvl_fail(err, CVL_EIO, "cannot write to standard output");
    return status;
}

cvl_status run_train(struct run *run, enum run_end *end, cvl_error *err)
{
    const struct config *const config = &run->config;
    struct loop loop = {.run = run,
                        .log = {.fd = STDOUT_FILENO,
                                .format = config->output.log,
                                .columns = run_log_columns(run)},
                        .on_terminal = isatty(STDOUT_FILENO),
                        .last_checkpoint = clock_seconds()};
    bool over = false;
    cvl_status status = begin_log(&loop, err);
    if (status) {
        leave(run);
        goto done;
    }
    interrupt_watch();
    if (run->feed->measure) run->feed->measure(run);
    progress_begin(&loop.progress, !config->output.quiet, run->state.step,
                   config->training.steps);
    while (!status && !over) {
        status = step_once(&loop, &over, end, err);
        if (!status && !over && stops(run)) {
            *end = RUN_INTERRUPTED;
            over = true;
        }
        /* The last one is saved behind everything that a run ends with. */
        if (!status && (!over || *end == RUN_INTERRUPTED))
            status = checkpoint(&loop, over, err);
        if (status && !over) leave(run);
    }
    ahead_stop(&run->ahead);
    run->draws_all = true;
    if (!status && !ranks_number()) end_run(&loop, end);
    progress_clear(&loop.progress);
    if (!status && *end == RUN_INTERRUPTED) note_interruption(run);
done:
    cvl_free(loop.params);
    return status;
}

/* All that comes once it is prepared; what follows the training is rank 0's. */
static cvl_status go(struct run *run, enum run_end *end, cvl_error *err)
{
    cvl_status status = run_train(run, end, err);
    if (ranks_number()) {
        *end = RUN_DONE;
        return status;
    }
    if (!status && *end == RUN_DONE) status = run_find_least(run, err);
    if (!status && *end == RUN_DONE) status = sampled_compare(run, err);
    if (!status && *end == RUN_DONE) status = run_keep_results(run, err);
    if (!status) status = run_keep_report(run, *end, err);
    if (!status && *end == RUN_DONE) status = run_checkpoint(run, err);
    if (!status && *end == RUN_DONE) note_verdict(run);
    if (!status && *end == RUN_DIVERGED)
        status = run_dir_drop_stale(&run->dir, false, err);
    return status;
}

/* What is said before the first step. */
static cvl_status note_start(const struct run *run, cvl_error *err)
{
    if (!run->config.output.quiet) note_beginning(run);
    return note_doubts(run, err);
}

/* A number of all that the ranks have to start from alike. */
static uint64_t digest_of(const struct run *run)
{
    const cvl_net *const net = &run->trainer.net;
    const struct text *const list = &run->learned.list;
    char counts[4 * CVL_NUMBER_SIZE];
    snprintf(counts, sizeof counts, "%zu %zu %d %zu", run->state.step,
             run->config.training.steps, (int)run->exec.isa, run->shards.count);
    uint64_t digest = fnv_sum(counts, strlen(counts));
    digest = fnv_add(digest, run->spec.data, run->spec.size);
    digest = fnv_add(digest, list->data, list->size);
    for (size_t i = 0; i < net->param_count; i++)
        digest = fnv_add(digest, net->params[i].value.data,
                         cvl_tensor_bytes(&net->params[i].value));
    return digest;
}

int train_run(const struct config *config)
{
    static const int exits[] = {[RUN_DONE] = EXIT_OK,
                                [RUN_DIVERGED] = EXIT_DIVERGED,
                                [RUN_INTERRUPTED] = EXIT_INTERRUPTED};
    struct run run;
    cvl_error err;
    enum run_end end = RUN_DONE;
    struct config own = *config;
    if (ranks_number()) own.output.quiet = true;
    cvl_status status = run_prepare(&run, &own, &err);
    if (!status && !run.is_complete) status = note_start(&run, &err);
    const bool compares = !status && ranks_count() > 1;
    status = ranks_agree(status, compares ? digest_of(&run) : 0, &err);
    if (!status && run.is_complete)
        note_complete(&run);
    else if (!status)
        status = go(&run, &end, &err);
    if (status) fprintf(stderr, "convlet train: %s\n", err.message);
    run_free(&run);
    return status ? exit_status(status) : exits[end];
}
