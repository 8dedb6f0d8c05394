/* results.c - what a run leaves: a model, pictures, a report. */
#include <stdio.h>
#include <string.h>

#include <convlet/model.h>
#include <convlet/number.h>
#include <convlet/utf8.h>

#include "base/machine.h"
#include "base/say.h"
#include "base/setup.h"
#include "cli/config_file.h"
#include "pictures/picture.h"
#include "pictures/srgb.h"
#include "probe/choose.h"
#include "report/report.h"
#include "train/about.h"
#include "train/run.h"

/* What a run is shown by, as pictures have it: views, or copies of their own.
 * {0} is empty. */
struct shown {
    cvl_tensor input, target, output;
};

/* A view with the channels that the file had. */
static cvl_tensor view_of(const struct run *run, const cvl_tensor *tensor)
{
    size_t shape[4] = {tensor->shape[0], tensor->shape[1], tensor->shape[2],
                       tensor->shape[3]};
    if (run->data.folded > 1) {
        shape[1] = run->data.folded;
        shape[0] /= run->data.folded;
    }
    return cvl_tensor_wrap(tensor->dtype, 4, shape, tensor->data);
}

/* Replaces a view by a copy in sRGB. */
static cvl_status encode(cvl_tensor *view, cvl_error *err)
{
    cvl_tensor copy;
    const cvl_status status = cvl_tensor_clone(&copy, view, err);
    if (status) return status;
    srgb_encode_all(&copy);
    *view = copy;
    return CVL_OK;
}

/*
 * The run's data and output, or the picture that is held out and what was made
 * of it; channels that were taken apart are together again, and light is sRGB.
 * CVL_ENOMEM; free it in any case, and before the run.
 */
static cvl_status shown_init(struct shown *shown, const struct run *run,
                             cvl_error *err)
{
    const struct held_out *const held_out = &run->held_out;
    const bool restored = run->config.data.degrade;
    *shown = (struct shown){
        view_of(run, restored ? &held_out->input : &run->data.input),
        view_of(run, restored ? &held_out->target : &run->data.target),
        view_of(run,
                restored ? &held_out->restored : &run->trainer.net.output)};
    if (!run->config.data.linear_light) return CVL_OK;
    cvl_status status = encode(&shown->input, err);
    if (!status) status = encode(&shown->target, err);
    return status ? status : encode(&shown->output, err);
}

static void shown_free(struct shown *shown)
{
    cvl_tensor_free(&shown->input);
    cvl_tensor_free(&shown->target);
    cvl_tensor_free(&shown->output);
}

cvl_status run_find_least(struct run *run, cvl_error *err)
{
    if (!run->config.output.best) return CVL_OK;
    struct text text = {0};
    const struct data *const data =
        run->exact.input.data ? &run->exact : &run->data;
    const cvl_status status =
        least_squares_find(&run->trainer, run->spec.data, &data->input,
                           &data->target, &run->least, err);
    least_squares_describe(&run->least, &text);
    if (!status && !run->config.output.quiet && text.data)
        say(stderr, "%s", text.data);
    text_free(&text);
    return status;
}

/* Says which file is there now. */
static void note_file(const struct run *run, const char *path)
{
    if (!run->config.output.quiet) say(stderr, "wrote %s", path);
}

static cvl_status save_model(struct run *run, cvl_error *err)
{
    const char *const path = run_dir_file(&run->dir, RUN_MODEL);
    struct about about;
    cvl_status status =
        about_init(&about, run->spec.data, &run->config, &run->sampled.samples,
                   &run->trainer.net, run->data.is_picture, err);
    if (!status) status = run_dir_claim(&run->dir, RUN_MODEL, err);
    if (!status)
        status = cvl_model_save_at(run->dir.directory, path, &about.model,
                                   &run->trainer.net, err);
    about_free(&about);
    if (!status) note_file(run, path);
    return status;
}

/* A tensor that is no picture, of 1 or 3 channels, is left out. */
static cvl_status save_picture(struct run *run, enum run_file file,
                               const cvl_tensor *pixels, cvl_error *err)
{
    const char *const path = run_dir_file(&run->dir, file);
    if (pixels->shape[1] != 1 && pixels->shape[1] != 3) return CVL_OK;
    cvl_status status = run_dir_claim(&run->dir, file, err);
    if (!status)
        status = picture_save_with(run->dir.directory, path, pixels, NULL, err);
    if (!status) note_file(run, path);
    return status;
}

static cvl_status save_pictures(struct run *run, cvl_error *err)
{
    struct shown shown;
    cvl_status status = shown_init(&shown, run, err);
    if (!status) status = save_picture(run, RUN_INPUT, &shown.input, err);
    if (!status) status = save_picture(run, RUN_TARGET, &shown.target, err);
    if (!status) status = save_picture(run, RUN_PREDICTION, &shown.output, err);
    shown_free(&shown);
    return status;
}

cvl_status run_keep_results(struct run *run, cvl_error *err)
{
    if (!run->dir.path) return CVL_OK;
    cvl_status status = save_model(run, err);
    if (!status && run->data.is_picture) status = save_pictures(run, err);
    run->dir.ended = !status;
    if (!status) status = run_dir_sync_log(&run->dir, err);
    return status ? status : run_dir_close_log(&run->dir, err);
}

void run_add_word(const char *word, struct text *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz"
                                "0123456789_-+=:,./@%";
    if (*word && !word[strspn(word, plain)]) {
        text_add(text, " %s", word);
        return;
    }
    text_add(text, " '");
    for (const char *c = word; *c; c++)
        if (*c == '\'')
            text_add(text, "'\\''");
        else
            text_fill(text, *c, 1);
    text_add(text, "'");
}

void run_command_line(const struct start_settings *start, struct text *text)
{
    text_add(text, "convlet train");
    for (int i = 0; i < start->argument_count; i++)
        run_add_word(start->arguments[i], text);
}

const char *run_input_name(const struct run *run)
{
    const struct data_settings *const settings = &run->config.data;
    return settings->data      ? settings->data
           : settings->degrade ? settings->degrade
                               : settings->input;
}

const char *run_target_name(const struct run *run, char text[CVL_DESCRIBE_SIZE])
{
    const struct samples *const samples = &run->sampled.samples;
    if (!samples->labels) return run->config.data.target;
    snprintf(text, CVL_DESCRIBE_SIZE, "%zu classes", samples->classes);
    return text;
}

static void add_knob(const char *name, double value, struct text *text)
{
    text_add(text, ", %s ", name);
    text_add_real(text, value);
}

/* The learning rate, and how it rises and falls. */
static void add_rate(const struct training_settings *settings,
                     struct text *text)
{
    add_knob("lr", settings->lr, text);
    if (settings->lr_schedule != CVL_SCHEDULE_CONSTANT)
        text_add(text, " falling to 0 along %s",
                 settings->lr_schedule == CVL_SCHEDULE_LINEAR ? "a line"
                                                              : "a cosine");
    if (settings->lr_warmup)
        text_add(text, " after %zu update%s of rising", settings->lr_warmup,
                 cvl_plural(settings->lr_warmup));
}

void run_recipe(const struct run *run, struct text *text)
{
    const struct training_settings *const settings = &run->config.training;
    const cvl_optimizer_kind *const kind = run->trainer.optimizer.settings.kind;
    text_add(text, "%s", kind->title);
    if (kind->knobs & CVL_KNOB_RATE) add_rate(settings, text);
    if (kind->knobs & CVL_KNOB_MOMENTS) {
        add_knob("betas", settings->beta1, text);
        text_add(text, " and ");
        text_add_real(text, settings->beta2);
        add_knob("epsilon", settings->epsilon, text);
    }
    if (kind->knobs & CVL_KNOB_MOMENTUM) {
        add_knob("momentum", settings->momentum, text);
        text_add(text, "%s", settings->nesterov ? " (Nesterov)" : "");
    }
    if (kind->knobs & CVL_KNOB_DECAY)
        add_knob("weight decay", settings->weight_decay, text);
    text_add(text, run->trainer.whitening.factors ? ", whitened, " : ", ");
    setup_describe_loss(settings, text);
}

enum { REPORT_TEXTS = 5 };

/* What the net is looked into with: {0} is nothing. */
struct look {
    struct probe probe;
    struct probe_case cases[PROBE_CASES];
    size_t case_count;
};

/* Of samples: some that are told right, and wrong; of targets, the first. */
static void look_at_samples(struct look *look, const struct sampled *sampled)
{
    const struct samples *const samples = &sampled->samples;
    const struct samples_part *const part =
        samples->held_out.count ? &samples->held_out : &samples->training;
    if (samples->labels)
        look->case_count = probe_choose(&look->probe, samples, part,
                                        &sampled->tally.notable, look->cases);
    else
        probe_take(&look->probe, samples, part->index[0]);
}

/*
 * Nothing of a layer alone, whose output is shown. A restorer has a net for
 * the picture that is held out. CVL_ENOMEM; free the probe in any case, and
 * before the run.
 */
static cvl_status look_init(struct look *look, struct run *run, cvl_error *err)
{
    cvl_net *const net = &run->trainer.net;
    struct probe *const probe = &look->probe;
    cvl_net_config config = {.spec = run->spec.data,
                             .dtype = run->dtype,
                             .algo = run->config.execution.algorithm,
                             .algos = run->algos,
                             .exec = run->exec};
    memcpy(config.input_shape, net->input.shape, sizeof config.input_shape);
    *look = (struct look){.case_count = 0};
    if (net->layer_count < 2 && !run->sampled.samples.labels) return CVL_OK;
    if (run->config.data.degrade) {
        cvl_net_share_params(&run->held_out.net, net);
        const cvl_status status = probe_borrow(probe, &run->held_out.net, err);
        if (!status) cvl_tensor_copy(&probe->x, &run->held_out.input);
        return status;
    }
    const cvl_status status = probe_init(probe, &config, net, err);
    if (status) return status;
    if (is_sampled(&run->config))
        look_at_samples(look, &run->sampled);
    else
        cvl_tensor_crop(&probe->x, &run->data.input);
    return CVL_OK;
}

static bool is_of_bytes(const struct samples *samples)
{
    return samples->count && samples->input.type == SAMPLES_U8;
}

/* Pictures, each with another one as its target? */
static bool is_pairs(const struct samples *samples)
{
    const size_t channels = samples->input.shape[0];
    return is_of_bytes(samples) && !samples->labels &&
           samples->target.type == SAMPLES_U8 &&
           (channels == 1 || channels == 3);
}

/* Has the net's input these three channels? */
static bool is_rgb(const struct run *run)
{
    return run->trainer.net.input.shape[1] == 3 &&
           (run->data.is_picture || is_of_bytes(&run->sampled.samples));
}

/* The run with what it is shown by and these texts, as a report. */
static cvl_status write_report(struct run *run, enum run_end end,
                               const struct shown *shown, struct look *look,
                               const struct text texts[REPORT_TEXTS],
                               cvl_error *err)
{
    const char *const path = run_dir_file(&run->dir, RUN_REPORT);
    const cvl_tensor *const y = &shown->output;
    const bool is_finite = cvl_tensor_first_nonfinite(y) == y->count;
    const struct report_held_out held_out = {
        .name = run->held_out.name,
        .nothing = held_out_baseline_name(&run->patches),
        .baseline = run->held_out.baseline,
        .psnr = run->held_out.psnr,
        .blur = run->held_out.blur,
        .sigma = run->held_out.blur_sigma};
    const struct sampled *const sampled = &run->sampled;
    const struct report_labels labels = {
        .samples = &sampled->samples,
        .tally = &sampled->tally,
        .part = sampled->part,
        .is_old = sampled->tally_step != run->state.step,
        .baselines = sampled->baselines.count ? &sampled->baselines : NULL};
    char processor[MACHINE_NAME_SIZE], target[CVL_DESCRIBE_SIZE];
    const struct report report = {
        .outcome = end == RUN_DIVERGED        ? REPORT_DIVERGED
                   : end == RUN_INTERRUPTED   ? REPORT_INTERRUPTED
                   : run_growth(run) >= GROWN ? REPORT_GROWN
                   : run->state.step < run->config.training.steps
                       ? REPORT_REACHED
                       : REPORT_FINISHED,
        .growth = run_growth(run),
        .input = run_input_name(run),
        .target = run_target_name(run, target),
        .command = texts[0].data,
        .config = texts[1].data,
        .recipe = texts[2].data,
        .version = CONVLET_VERSION,
        .processor = machine_processor(processor),
        .threads = run->exec.threads,
        .isa = cvl_isa_name(run->exec.isa),
        .is_picture = run->data.is_picture,
        .is_pairs = is_pairs(&sampled->samples),
        .is_rgb = is_rgb(run),
        .held_out = run->config.data.degrade ? &held_out : NULL,
        .labels = sampled->samples.labels ? &labels : NULL,
        .epochs = &run->epochs,
        .dead = run->dead.all ? &run->dead : NULL,
        .net = &run->trainer.net,
        .x = &shown->input,
        .y = is_finite ? y : NULL,
        .t = sampled->samples.labels ? NULL : &shown->target,
        .verdict = texts[3].data,
        .warnings = texts[4].data,
        .history = &run->history,
        .updates = &run->updates,
        .probe = look->probe.net ? &look->probe : NULL,
        .cases = look->cases,
        .case_count = look->case_count};
    cvl_status status = run_dir_claim(&run->dir, RUN_REPORT, err);
    if (!status) status = report_write(run->dir.directory, path, &report, err);
    if (!status) note_file(run, path);
    return status;
}

/* Which rates would have done, where that is certain; the output stays. */
static cvl_status find_bounds(struct run *run, cvl_error *err)
{
    cvl_trainer *const trainer = &run->trainer;
    if (run->bounds.known || !cvl_trainer_is_quadratic(trainer) ||
        !rate_is_bounded(trainer->optimizer.settings.kind))
        return CVL_OK;
    const cvl_status status = rate_bounds_measure(
        trainer, &run->data.input, &run->data.target, &run->bounds, err);
    cvl_net_forward(&trainer->net, &run->data.input);
    return status;
}

cvl_status run_keep_report(struct run *run, enum run_end end, cvl_error *err)
{
    if (!run->dir.path) return CVL_OK;
    struct text texts[REPORT_TEXTS] = {{0}};
    struct shown shown = {0};
    struct look look = {.case_count = 0};
    history_finish(&run->history, &run->trainer.net, run->state.step);
    epochs_finish(&run->epochs);
    cvl_status status = end == RUN_DONE ? find_bounds(run, err) : CVL_OK;
    if (!status) status = shown_init(&shown, run, err);
    run_command_line(&run->config.start, &texts[0]);
    config_write(&run->config, ROLE_PLACE, &texts[1]);
    run_recipe(run, &texts[2]);
    if (run->bounds.known) {
        text_add(&texts[2], ", ");
        rate_bounds_describe(&run->trainer.optimizer.settings, &run->bounds,
                             &texts[2]);
    }
    text_add(&texts[2], ", seed %lu", (unsigned long)run->config.data.seed);
    if (run->least.known) {
        text_add(&texts[2], "; ");
        least_squares_describe(&run->least, &texts[2]);
    }
    if (run->sampled.part)
        tally_describe(&run->sampled.tally, run->sampled.part, &texts[3]);
    if (run->sampled.untouched > 0)
        text_add(&texts[3], "; %.6g of the inputs as they are",
                 run->sampled.untouched);
    if (end == RUN_DONE) sampled_describe_unlearned(run, &texts[4]);
    for (size_t i = 0; !status && i < REPORT_TEXTS; i++)
        status = text_status(&texts[i], err);
    if (!status) status = look_init(&look, run, err);
    if (!status) status = write_report(run, end, &shown, &look, texts, err);
    probe_free(&look.probe);
    for (size_t i = 0; i < REPORT_TEXTS; i++) text_free(&texts[i]);
    shown_free(&shown);
    return status;
}
