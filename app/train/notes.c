/* notes.c - see notes.h for the contract. */
#include "train/notes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/number.h>

#include "base/net_words.h"
#include "base/number.h"
#include "base/say.h"
#include "train/identifiability.h"

static void print_layers(const cvl_net *net)
{
    char shape[CVL_DESCRIBE_SIZE];
    fprintf(stderr, "  %-5s  %-44s  %-18s  %s\n", "layer", "kind",
            "output [N,C,H,W]", "parameters");
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        snprintf(shape, sizeof shape, "%zux%zux%zux%zu", info.output_shape[0],
                 info.output_shape[1], info.output_shape[2],
                 info.output_shape[3]);
        fprintf(stderr, "  %-5zu  %-44s  %-18s  %10zu%s%s\n", i, info.text,
                shape, info.param_numbers, info.algorithm ? "  " : "",
                info.algorithm ? info.algorithm : "");
    }
    if (net->layer_count > 1)
        fprintf(stderr, "  %-5s  %-44s  %-18s  %10zu\n", "", "total", "",
                cvl_net_param_numbers(net));
}

static void print_held_out(const struct run *run)
{
    const struct held_out *const held_out = &run->held_out;
    say(stderr, "  held out %s: %zu x %zu, PSNR of %s %.2f dB", held_out->name,
        held_out->input.shape[2], held_out->input.shape[3],
        held_out_baseline_name(&run->patches), held_out->baseline);
}

/* What the run learns from. */
static void print_data(const struct run *run)
{
    char shape[CVL_DESCRIBE_SIZE];
    const struct config *const config = &run->config;
    say(stderr, "  input %s  %s", cvl_tensor_describe(&run->data.input, shape),
        run_input_name(run));
    say(stderr, "  target %s%s", run_target_name(run, shape),
        config->training.residual ? " (the net learns what the input lacks)"
                                  : "");
    if (config->data.degrade) print_held_out(run);
    const struct samples *const samples = &run->sampled.samples;
    if (!is_sampled(config)) return;
    fprintf(stderr, "  %zu sample%s to train on, %zu held out",
            samples->training.count, cvl_plural(samples->training.count),
            samples->held_out.count);
    if (run->sampled.batches.per_epoch)
        fprintf(stderr, ", %zu step%s an epoch\n",
                run->sampled.batches.per_epoch,
                cvl_plural(run->sampled.batches.per_epoch));
    else
        fprintf(stderr, ", taken as --order says\n");
    for (const char *line = samples->notes.data; line && *line;
         line += strcspn(line, "\n") + 1)
        say(stderr, "convlet train: note: %.*s", (int)strcspn(line, "\n"),
            line);
    if (samples->repeats)
        fprintf(stderr,
                "convlet train: warning: %zu of the %zu samples that are held "
                "out are trained on as well, and say nothing of what it makes "
                "of others; hold out other files\n",
                samples->repeats, samples->held_out.count);
}

/* Which algorithm each layer takes, and why. */
static void print_choices(const struct run *run)
{
    struct text text = {0};
    if (run->goes_on)
        fputs("  each layer goes on by the algorithm that it began with\n",
              stderr);
    net_words_add(&run->trainer.net, &text);
    if (text.data) fputs(text.data, stderr);
    text_free(&text);
}

/* How the net is trained, and on what machine. */
static void print_work(const struct run *run)
{
    const struct training_settings *const settings = &run->config.training;
    struct text recipe = {0}, bounds = {0};
    run_recipe(run, &recipe);
    fprintf(stderr, "  %zu step%s, %s\n", settings->steps,
            cvl_plural(settings->steps), recipe.data ? recipe.data : "");
    rate_bounds_describe(&run->trainer.optimizer.settings, &run->bounds,
                         &bounds);
    if (run->bounds.known)
        fprintf(stderr, "  lr is auto; %s\n", bounds.data ? bounds.data : "");
    text_free(&recipe);
    text_free(&bounds);
    if (run->trainer.mask.data)
        fprintf(stderr, "  %zu of %zu outputs count%s: %s%s\n",
                run->trainer.used, run->data.target.count,
                run->trainer.used == 1 ? "s" : "",
                settings->region == REGION_VALID ? "valid region" : "all",
                settings->mask_clipped ? ", without 0 and 255" : "");
    fprintf(stderr, "  %zu thread%s, %s, %s\n", run->exec.threads,
            cvl_plural(run->exec.threads), cvl_isa_name(run->exec.isa),
            cvl_dtype_name(run->dtype));
}

void note_beginning(const struct run *run)
{
    const struct config *const config = &run->config;
    fprintf(stderr, "convlet train: ");
    if (config->start.preset)
        fprintf(stderr, "preset %s%s, ", config->start.preset,
                config->start.preset_is_automatic && run->data.is_picture &&
                        !config->data.degrade
                    ? " (the input is a picture)"
                    : "");
    fprintf(stderr, "seed %lu\n", (unsigned long)config->data.seed);
    print_data(run);
    print_layers(&run->trainer.net);
    print_work(run);
    if (config->output.verbose) print_choices(run);
    if (run->state.step)
        say(stderr, "  goes on after %zu step%s, in %s", run->state.step,
            cvl_plural(run->state.step), run->dir.path);
    else if (run->dir.path)
        say(stderr, "  kept in %s", run->dir.path);
    else
        fprintf(stderr, "  nothing is kept; add --out DIR to keep the run\n");
}

static void warn_of_jpeg(const char *path, bool is_jpeg)
{
    if (is_jpeg)
        say(stderr,
            "convlet train: warning: %s is a JPEG: what its compression "
            "changed is learned too",
            path);
}

cvl_status note_doubts(const struct run *run, cvl_error *err)
{
    const struct config *const config = &run->config;
    struct identifiability found;
    if (config->output.quiet || !run->data.is_picture) return CVL_OK;
    warn_of_jpeg(config->data.input, run->data.is_lossy);
    warn_of_jpeg(config->data.target, run->data.target_is_lossy);
    /* Where --degrade makes the input, no kernel is sought. */
    if (config->data.degrade || !cvl_net_lone_conv2d(&run->trainer.net))
        return CVL_OK;
    const cvl_status status =
        identifiability(&run->trainer, &run->data.input, &found, err);
    if (!status && identifiability_is_lost(&found))
        say(stderr,
            "convlet train: warning: %s has too little detail to tell "
            "which kernel was applied: the condition number of its "
            "windows is %.2g, and rounding to 8 bits may move a weight by "
            "%.2g; try a smaller kernel or another picture",
            config->data.input, found.condition, found.error);
    if (!status && !found.known)
        say(stderr,
            "convlet train: warning: a window of this layer has more than %d "
            "numbers: steps are not whitened, and whether %s can tell which "
            "kernel was applied is not known; try a smaller kernel, or "
            "--groups",
            CVL_WHITENING_TERMS, config->data.input);
    return status;
}

/* A smaller rate, where there is one to choose, and which would have done if
 * that can be named. */
static void add_advice(struct run *run, struct text *text)
{
    cvl_trainer *const trainer = &run->trainer;
    struct rate_bounds found = {0};
    if (is_sampled(&run->config) &&
        run->config.training.reduction == CVL_REDUCTION_NOTEBOOK)
        text_add(text, "; try --reduction mean, as the notebook's sums over "
                       "all numbers but the samples");
    if (!(trainer->optimizer.settings.kind->knobs & CVL_KNOB_RATE)) return;
    text_add(text, "; try a smaller --lr than %g", run->config.training.lr);
    if (!rate_is_bounded(trainer->optimizer.settings.kind) ||
        !cvl_trainer_is_quadratic(trainer))
        return;
    rate_bounds_measure(trainer, &run->data.input, &run->data.target, &found,
                        NULL);
    /* That went through the activations, which are shown. */
    cvl_net_forward(&trainer->net, &run->data.input);
    if (!found.known) return;
    run->bounds = found;
    text_add(text, "; it is ");
    rate_bounds_describe(&trainer->optimizer.settings, &found, text);
}

void note_divergence(struct run *run, size_t step, double loss)
{
    struct text advice = {0};
    bool kept;
    const cvl_param *const param = run_nonfinite_param(run);
    char text[NUMBER_SIZE];
    const cvl_tensor *const output = &run->trainer.net.output;
    const bool output_is_finite =
        cvl_tensor_first_nonfinite(output) == output->count;
    add_advice(run, &advice);
    fprintf(stderr,
            "convlet train: step %zu: training diverged: the loss is %s and "
            "%s%s%s\n",
            step, number_format(loss, text),
            param              ? param->name
            : output_is_finite ? "its squares are beyond any number"
                               : "the output",
            param || !output_is_finite ? " is not finite" : "",
            advice.data ? advice.data : "");
    text_free(&advice);
    if (run->dir.path &&
        !run_dir_look(&run->dir, RUN_CHECKPOINT, &kept, NULL) && kept)
        say(stderr, "the last good state is kept in %s", run->dir.path);
}

void note_growth(struct run *run)
{
    struct text text = {0};
    const double growth = run_growth(run);
    if (growth > GROWN_AWAY)
        text_add(&text, "step %zu: training diverged: ", run->state.step - 1);
    else
        text_add(&text, "warning: ");
    text_add(&text, "the loss grew from %.4g to %.4g, %.2g times",
             run->first_loss, run->last_loss, growth);
    add_advice(run, &text);
    fprintf(stderr, "convlet train: %s\n", text.data ? text.data : "");
    text_free(&text);
}

void note_complete(const struct run *run)
{
    if (!run->config.output.quiet)
        say(stderr,
            "convlet train: note: %s is already at step %zu; for more, "
            "raise --%s",
            run->dir.path, run->state.step,
            run->config.training.epochs ? "epochs" : "steps");
}

void note_stuck(const struct run *run)
{
    const cvl_net *const net = &run->trainer.net;
    if (strcmp(run->config.training.init, "zeros") != 0 ||
        !isfinite(run->last_loss) || run->last_loss == 0)
        return;
    for (size_t i = 0; i < net->param_count; i++)
        if (net->params[i].value.ndim == 4 &&
            cvl_tensor_largest(&net->params[i].grad) != 0)
            return;
    fprintf(stderr, "warning: --init zeros leaves the kernels of this net at 0 "
                    "for ever, as each waits for the others; try --init "
                    "kaiming\n");
}

void note_dead(const struct run *run)
{
    const struct dead *const dead = &run->dead;
    struct text text = {0};
    if (10 * dead->count <= dead->all) return;
    dead_describe(dead, &run->trainer.net, &text);
    fprintf(stderr,
            "convlet train: warning: %zu of %zu channels of relu layers never "
            "fire%s (%s); try a smaller --lr, a longer --lr-warmup or %s\n",
            dead->count, dead->all, dead->count == 1 ? "s" : "",
            text.data ? text.data : "",
            strcmp(run->config.training.init, "normal") == 0
                ? "--init kaiming"
                : "another --seed");
    text_free(&text);
}

void note_unlearned(const struct run *run)
{
    struct text text = {0};
    sampled_describe_unlearned(run, &text);
    for (const char *line = text.data; line && *line;
         line += strcspn(line, "\n") + 1)
        say(stderr, "convlet train: warning: %.*s", (int)strcspn(line, "\n"),
            line);
    text_free(&text);
}

void note_verdict(const struct run *run)
{
    const struct sampled *const sampled = &run->sampled;
    struct text text = {0};
    if (!sampled->samples.held_out.count) return;
    if (sampled->baselines.count && !run->config.output.quiet) {
        text_add(&text, "to compare with: ");
        baselines_describe(&sampled->baselines, &sampled->samples, &text);
        if (text.data) say(stderr, "%s", text.data);
        text_free(&text);
    }
    if (sampled->untouched > 0 && !run->config.output.quiet)
        say(stderr, "to compare with: the inputs as they are: a loss of %.6g",
            sampled->untouched);
    tally_describe(&sampled->tally, sampled->part, &text);
    if (text.data) say(stderr, "%s", text.data);
    text_free(&text);
}

void note_interruption(const struct run *run)
{
    struct text place = {0};
    if (run->dir.path) run_add_word(run->dir.path, &place);
    say(stderr, "interrupted after %zu step%s; %s%s", run->state.step,
        cvl_plural(run->state.step),
        run->dir.path ? "go on with: convlet train --resume"
                      : "nothing was kept",
        place.data ? place.data : "");
    text_free(&place);
}

void note_held_out(const struct run *run)
{
    const struct held_out *const held_out = &run->held_out;
    struct text text = {0};
    text_add(&text, "%s, held out: PSNR %.2f dB; %s: %.2f dB (%+.2f dB)",
             held_out->name, held_out->psnr,
             held_out_baseline_name(&run->patches), held_out->baseline,
             held_out->psnr - held_out->baseline);
    if (held_out->blur > 0)
        text_add(&text,
                 "; the best Gaussian blur, of %.1f pixels: %.2f dB (%+.2f dB)",
                 held_out->blur_sigma, held_out->blur,
                 held_out->psnr - held_out->blur);
    if (text.data) say(stderr, "%s", text.data);
    text_free(&text);
}

void note_early_end(const struct run *run, size_t step,
                    const cvl_step_result *result)
{
    const struct config *const config = &run->config;
    const cvl_descent *const descent = &run->trainer.optimizer.descent;
    if (config->output.quiet) return;
    if (result->all_close)
        fprintf(stderr,
                "stopped at step %zu: the output is close to the target (rtol "
                "%g, atol %g)\n",
                step, config->training.rtol, config->training.atol);
    if (result->settled)
        fprintf(stderr,
                "stopped after step %zu: conjugate gradients have converged, "
                "the gradient is %.2g of what it was at first\n",
                step, descent->least / descent->first);
}
