/* prepare.c - how a run begins: what it needs, and its first params. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/outputs.h"
#include "base/say.h"
#include "base/setup.h"
#include "begin/trainer.h"
#include "data/arrays.h"
#include "data/model.h"
#include "ranks/ranks.h"
#include "train/cut.h"
#include "train/run.h"

/*
 * What the settings say of the net, for an input of this shape.
 *
 *   channels   how many kernels auto stands for
 *   layer      receives the geometry of the one layer; untouched with --net
 *   spec       receives the text that *net refers to
 */
static cvl_status describe_net(const struct run *run, const size_t shape[4],
                               size_t channels, cvl_conv2d_geometry *layer,
                               struct text *spec, cvl_net_config *net,
                               cvl_error *err)
{
    const struct geometry_settings *const settings = &run->config.geometry;
    const size_t kernels = settings->kernels ? settings->kernels : channels;
    cvl_status status = CVL_OK;
    if (!settings->net)
        status = setup_geometry(settings, shape, kernels, settings->kernel_size,
                                layer, err);
    if (status) return status;
    setup_net_spec(settings, layer, spec);
    if (is_sampled(&run->config))
        status = samples_fill_outputs(&run->sampled.samples, spec, err);
    if (status) return status;
    *net = (cvl_net_config){
        .spec = spec->data,
        .dtype = run->dtype,
        .algo = setup_algorithm(run->config.execution.algorithm),
        .exec = run->exec};
    memcpy(net->input_shape, shape, sizeof net->input_shape);
    return text_status(spec, err);
}

cvl_status run_check_memory(const struct run *run, size_t available,
                            cvl_error *err)
{
    const struct data_settings *const settings = &run->config.data;
    cvl_conv2d_geometry layer = {0};
    struct text spec = {0};
    cvl_net_config config;
    cvl_net net = {0};
    size_t shape[4], needed;
    if (settings->degrade || strcmp(settings->input, "random") != 0)
        return CVL_OK;
    setup_input_shape(&run->config.geometry, shape);
    cvl_status status =
        describe_net(run, shape, 1, &layer, &spec, &config, err);
    if (!status) status = cvl_net_plan(&net, &config, err);
    const bool counted =
        !status && begin_bytes(&run->config.training, &net, &needed);
    cvl_net_free(&net);
    text_free(&spec);
    /* What else is wrong with the net is told where it is built. */
    const struct geometry_settings *const geometry = &run->config.geometry;
    if (status == CVL_EINVAL && !geometry->net && !settings->share_channels &&
        geometry->channels % geometry->groups)
        return status;
    return counted ? cvl_memory_check(needed, available, "the run", err)
                   : CVL_OK;
}

/* Replaces the value of the named param by an array from a file. */
static cvl_status load_param(struct run *run, const char *path,
                             const char *name, cvl_error *err)
{
    cvl_net *const net = &run->trainer.net;
    cvl_param *param = NULL;
    for (size_t i = 0; i < net->param_count; i++)
        if (strcmp(net->params[i].name, name) == 0) param = &net->params[i];
    if (!param)
        return cvl_fail(err, CVL_EINVAL, "%s: the first layer has no %s", path,
                        name + 2);
    cvl_tensor array;
    cvl_status status = array_read(path, NULL, &array, err);
    if (status) return status;
    status = array_convert(&array, run->dtype, err);
    if (status) status = cvl_error_prefix(err, status, "%s", path);
    if (!status)
        status = cvl_tensor_check_like(path, &array, &param->value, err);
    if (!status) cvl_tensor_copy(&param->value, &array);
    cvl_tensor_free(&array);
    return status;
}

/* As --init, --init-weight and --init-bias ask for. */
static cvl_status init_params(struct run *run, cvl_error *err)
{
    const struct config *const config = &run->config;
    cvl_init init = CVL_INIT_NORMAL;
    cvl_status status = CVL_OK;
    if (cvl_init_parse(config->training.init, &init)) {
        begin_params(&run->trainer.net, init, config, &run->state.random);
    } else {
        /* Buffers that the file lacks begin as they do elsewhere. */
        cvl_net_init_params(&run->trainer.net, CVL_INIT_ZEROS,
                            &run->state.random);
        status = model_load_params(config->training.init, config->output.quiet,
                                   &run->trainer.net, err);
    }
    if (!status && config->training.init_weight)
        status = load_param(run, config->training.init_weight, "0.weight", err);
    if (!status && config->training.init_bias)
        status = load_param(run, config->training.init_bias, "0.bias", err);
    return status;
}

/* In the notebook's order: the input is drawn before the kernels. */
static cvl_status make_data(struct run *run, cvl_error *err)
{
    const struct config *const config = &run->config;
    struct data *const data = &run->data;
    if (is_sampled(config))
        return sampled_init(&run->sampled, &run->config, run->dtype,
                            &data->input, &data->target, err);
    data->is_picture = config->data.degrade != NULL;
    if (config->data.degrade)
        return patches_init(&run->patches, config, run->dtype, &run->photos,
                            &data->input, &data->target, err);
    const cvl_status status =
        data_make_input(config, run->dtype, &run->state.random, data, err);
    return status ? status : data_read_target(config, run->dtype, data, err);
}

/* What samples need beside: a net for a short batch. A batch that is like its
 * target tells nothing of the others, and does not end the run. */
static cvl_status build_sampled(struct run *run, const cvl_net_config *net,
                                cvl_error *err)
{
    cvl_trainer *const trainer = &run->trainer;
    const size_t rest = run->sampled.batches.rest;
    trainer->rtol = 0;
    trainer->atol = -1;
    const cvl_status status = sampled_check(run, err);
    return status || !rest || run->config.training.shards > 1
               ? status
               : cvl_trainer_add_rest(trainer, net, rest, err);
}

/* A run that goes on computes as it did before. */
static cvl_status keep_algos(struct run *run, cvl_net_config *net,
                             cvl_error *err)
{
    bool found;
    if (!run->checkpoint.tensor_count) return CVL_OK;
    const cvl_status status =
        checkpoint_read_algos(run_dir_file(&run->dir, RUN_CHECKPOINT),
                              &run->checkpoint, run->algos, &found, err);
    if (found)
        net->algos = run->algos;
    else
        net->algo = run->config.execution.algorithm;
    return status;
}

/* Builds the net, or the one layer, whose geometry goes to *layer then. Other
 * nets of the same layers compute as it does. */
static cvl_status build(struct run *run, cvl_conv2d_geometry *layer,
                        cvl_error *err)
{
    const struct config *const config = &run->config;
    const cvl_loss loss = setup_loss(&config->training);
    cvl_net_config net;
    if (loss.kind->target == CVL_TARGET_LABELS && !is_sampled(config))
        return cvl_fail(err, CVL_EINVAL,
                        "--loss %s is of labels, and %s is what is learned "
                        "from; name labelled samples with --data, or arrays "
                        "with --input and --target",
                        config->training.loss, config->data.input);
    cvl_status status = describe_net(run, run->data.input.shape,
                                     data_target_channels(&run->data), layer,
                                     &run->spec, &net, err);
    if (!status) status = keep_algos(run, &net, err);
    if (!status)
        status = begin_trainer(&run->trainer, &net, &config->training, err);
    if (status) return status;
    cvl_net_algos(&run->trainer.net, run->algos);
    net.algos = run->algos;
    if (config->data.degrade)
        status = held_out_init(&run->held_out, &run->patches, &net,
                               config->data.seed, err);
    if (!status && is_sampled(config)) status = build_sampled(run, &net, err);
    if (!status) status = cut_steps(run, &net, err);
    return status ? status : dead_init(&run->dead, &run->trainer.net, err);
}

/* A run that was stopped before its first checkpoint. */
static cvl_status begin_again(const struct run *run, cvl_error *err)
{
    const cvl_status status = run_dir_check_begun(&run->dir, err);
    if (!status && !run->config.output.quiet)
        say(stderr,
            "convlet train: note: %s has no checkpoint yet; it begins at step "
            "0, with what its inputs are now",
            run->dir.path);
    return status;
}

/* Reads the checkpoint, if the run goes on and got as far as to one. */
static cvl_status open_checkpoint(struct run *run, cvl_error *err)
{
    bool found = false;
    if (!run->config.start.resume) return CVL_OK;
    cvl_status status = ranks_number() ? run_dir_look_into(&run->dir, err)
                                       : run_dir_open(&run->dir, err);
    if (!status) status = run_dir_look(&run->dir, RUN_CHECKPOINT, &found, err);
    if (status) return status;
    if (!found) return begin_again(run, err);
    return checkpoint_open(run->dir.directory,
                           run_dir_file(&run->dir, RUN_CHECKPOINT),
                           &run->config, &run->checkpoint, err);
}

/* What is learned from, and whether that is what it was. */
static cvl_status find_data(struct run *run, cvl_error *err)
{
    struct text note = {0};
    const struct config *const config = &run->config;
    const bool goes_on = run->checkpoint.tensor_count > 0;
    const char *missing = NULL;
    cvl_status status = learned_find(&run->learned, config, err);
    if (!status) status = make_data(run, err);
    if (status == CVL_EIO && goes_on) missing = learned_missing(config);
    if (missing) {
        const cvl_error why = *err;
        return cvl_fail(err, status,
                        "%s; if it lies elsewhere now, say so with --%s",
                        why.message, missing);
    }
    if (!status)
        status = learned_note(&run->learned, &run->data, &run->photos,
                              &run->sampled.samples,
                              &run->sampled.batches.plan.mark, err);
    if (!status && goes_on)
        status = checkpoint_check_data(run_dir_file(&run->dir, RUN_CHECKPOINT),
                                       &run->checkpoint, config, &run->learned,
                                       &note, err);
    if (!status && note.data) say(stderr, "%s", note.data);
    text_free(&note);
    return status;
}

/* Continues from the checkpoint. */
static cvl_status resume(struct run *run, cvl_error *err)
{
    struct text note = {0};
    const struct checkpoint_of all = {
        .exec = &run->exec, .trainer = &run->trainer, .state = &run->state};
    const cvl_status status =
        checkpoint_restore(run_dir_file(&run->dir, RUN_CHECKPOINT),
                           &run->checkpoint, &all, &note, err);
    if (!status && note.data) say(stderr, "%s", note.data);
    text_free(&note);
    run->is_complete = !status && run->state.step >= run->config.training.steps;
    return status;
}

/* What the report shows of a run that goes on: its first kernels, and how much
 * its steps changed. */
static cvl_status recall(struct run *run, cvl_error *err)
{
    return checkpoint_recall(
        run_dir_file(&run->dir, RUN_CHECKPOINT), &run->checkpoint,
        &run->trainer.net, run->state.step, &run->history, &run->updates, err);
}

/* And the curves of its steps and epochs so far, as the csv files have them. */
static cvl_status recall_logs(struct run *run, cvl_error *err)
{
    struct history *const history = &run->history;
    cvl_status status = loss_log_recall(
        &run->dir.log, run_dir_file(&run->dir, RUN_LOG), history, err);
    if (history->point_count) run->first_loss = history->points[0].loss;
    history->step_count = run->state.step;
    if (!status && run->dir.epochs.fd)
        status = loss_log_recall_epochs(&run->dir.epochs,
                                        run_dir_file(&run->dir, RUN_EPOCHS),
                                        &run->epochs, err);
    return status;
}

/* The params of the first step to come. A run that was stopped before its
 * first checkpoint begins anew. */
static cvl_status set_params(struct run *run, cvl_error *err)
{
    run->goes_on = run->checkpoint.tensor_count > 0;
    return run->goes_on ? resume(run, err) : init_params(run, err);
}

/* A run's directory beside those of classes would be one of them next time. */
static cvl_status refuse_class(const struct run *run, cvl_error *err)
{
    const char *const inputs[] = {run->config.data.data,
                                  run->config.data.hold_out};
    const char *const path = run->dir.path;
    struct text above = {0};
    size_t length = strlen(path);
    while (length && path[length - 1] == '/') length--;
    while (length && path[length - 1] != '/') length--;
    text_add(&above, "%.*s", length ? (int)length : 1, length ? path : ".");
    cvl_status status = text_status(&above, err);
    const struct output output = {"out", above.data};
    if (!status)
        status = outputs_refuse_clash(&output, 1, inputs,
                                      sizeof inputs / sizeof *inputs, err);
    text_free(&above);
    return status;
}

/* No file of a run's takes the place of what the run learns from. */
static cvl_status check_places(const struct run *run, cvl_error *err)
{
    const struct config *const config = &run->config;
    const struct training_settings *const training = &config->training;
    const bool is_new = !config->start.resume;
    const char *const inputs[] = {config->data.input,
                                  config->data.target,
                                  config->data.validation,
                                  config->data.data,
                                  config->data.hold_out,
                                  config->data.order,
                                  is_new ? training->init : NULL,
                                  is_new ? training->init_weight : NULL,
                                  is_new ? training->init_bias : NULL};
    struct output output = {"out", run->dir.path};
    if (!run->dir.path) return CVL_OK;
    cvl_status status = is_new ? refuse_class(run, err) : CVL_OK;
    for (enum run_file f = RUN_CONFIG; !status && f <= RUN_FILES; f++) {
        status = outputs_refuse_clash(&output, 1, inputs,
                                      sizeof inputs / sizeof *inputs, err);
        if (f < RUN_FILES) output.path = run_dir_file(&run->dir, f);
    }
    return status;
}

cvl_status run_checkpoint(struct run *run, cvl_error *err)
{
    struct text files = {0};
    if (!run->dir.path) return CVL_OK;
    const struct config lasting = learned_config(&run->learned, &run->config);
    cvl_status status = run_dir_list(&run->dir, run->state.step, &files, err);
    const struct checkpoint_of all = {.config = &lasting,
                                      .learned = &run->learned,
                                      .history = &run->history,
                                      .updates = &run->updates,
                                      .spec = run->spec.data,
                                      .files = files.data,
                                      .exec = &run->exec,
                                      .trainer = &run->trainer,
                                      .state = &run->state};
    if (!status) status = run_dir_sync_log(&run->dir, err);
    if (!status) status = run_dir_claim(&run->dir, RUN_CHECKPOINT, err);
    if (!status)
        status =
            checkpoint_save(run->dir.directory,
                            run_dir_file(&run->dir, RUN_CHECKPOINT), &all, err);
    text_free(&files);
    return status || run->dir.drafting ? status
                                       : run_dir_note_saved(&run->dir, err);
}

/* A new run that takes another's place has all that --resume needs before the
 * other one goes. */
static cvl_status replace_run(struct run *run, cvl_error *err)
{
    const cvl_status status = run_checkpoint(run, err);
    return status ? status : run_dir_commit(&run->dir, err);
}

/* What is logged, also where none of it is kept. */
static void set_columns(struct run *run)
{
    if (is_sampled(&run->config))
        run->dir.epochs.columns = sampled_columns(&run->sampled);
    run->dir.with_pictures = run->data.is_picture;
    run->dir.log.every = run->config.output.log_every;
    run->dir.epochs.every = 1;
    run->dir.log.columns = 1U << COLUMN_STEP | 1U << COLUMN_LOSS |
                           (unsigned)run->data.is_picture << COLUMN_PSNR;
}

static cvl_status open_directory(struct run *run, cvl_error *err)
{
    struct config lasting = learned_config(&run->learned, &run->config);
    if (run->goes_on) {
        const struct run_past past = {
            .step = run->state.step,
            .epochs = sampled_epochs(&run->sampled, run->state.step),
            .is_complete = run->is_complete,
            .files = checkpoint_files(&run->checkpoint)};
        return run_dir_reopen(&run->dir, &lasting, &past, err);
    }
    if (lasting.start.resume) lasting.output.force = true;
    const cvl_status status = run_dir_create(&run->dir, &lasting, err);
    return status || !run->dir.drafting ? status : replace_run(run, err);
}

/* What a run with --out keeps and remembers. The checkpoint has its last word
 * before anything in its directory is changed. */
static cvl_status begin_directory(struct run *run, cvl_error *err)
{
    const size_t steps = run->config.training.steps;
    set_columns(run);
    if (!run->dir.path) return CVL_OK;
    if (run->is_complete) return open_directory(run, err);
    cvl_status status =
        history_init(&run->history, &run->trainer.net, run->state.step,
                     steps - run->state.step, err);
    if (!status) status = updates_init(&run->updates, &run->trainer.net, err);
    if (!status && run->goes_on) status = recall(run, err);
    if (!status) status = open_directory(run, err);
    cvl_safetensors_free(&run->checkpoint);
    return status || !run->goes_on ? status : recall_logs(run, err);
}

/* What the settings mean, now that net and data are there. */
static cvl_status settle(struct run *run, cvl_error *err)
{
    cvl_trainer *const trainer = &run->trainer;
    struct config *const config = &run->config;
    const cvl_optimizer_kind *const kind = trainer->optimizer.settings.kind;
    const bool sampled = is_sampled(config);
    if ((config->data.degrade || sampled) &&
        (config->output.best || kind->quadratic_only))
        return cvl_fail(err, CVL_EINVAL,
                        "--%s%s needs the same data in every step, and %s "
                        "each time",
                        config->output.best ? "best" : "optimizer ",
                        config->output.best ? "" : kind->name,
                        sampled ? "a batch has other samples"
                                : "--degrade draws other patches");
    if (config->output.best && !cvl_trainer_is_quadratic(trainer))
        return cvl_fail(err, CVL_EINVAL,
                        cvl_net_lone_conv2d(&trainer->net)
                            ? "--best is for a loss that is quadratic"
                            : "--best is for one conv layer, and this net is "
                              "none");
    if (sampled) return CVL_OK;
    return begin_settle(
        trainer, config, &run->data.input, &run->data.target,
        run->data.target_is_picture ? config->data.target : NULL, err);
}

/* At the params that training starts from. */
static cvl_status choose_rate(struct run *run, cvl_error *err)
{
    struct training_settings *const training = &run->config.training;
    if (!begin_lacks_rate(&run->trainer, training)) return CVL_OK;
    const cvl_random kept = run->state.random; /* a batch to look at */
    run->draws_all = true;
    feed_draw(run);
    run->draws_all = false;
    run->state.random = kept;
    return begin_rate(&run->trainer, training, &run->x, &run->t, &run->bounds,
                      err);
}

/* Ranks of one machine share its processors, and all have instructions that
 * each of them has. */
static cvl_status set_up_exec(struct run *run, cvl_error *err)
{
    struct execution_settings settings = run->config.execution;
    const cvl_exec best = cvl_exec_default(), own = ranks_exec(&best);
    if (ranks_count() > 1 && !settings.threads) settings.threads = own.threads;
    const cvl_status status = setup_exec(&settings, &run->exec, err);
    if (!status && settings.isa == ISA_AUTO && own.isa < run->exec.isa)
        run->exec.isa = own.isa;
    return status;
}

cvl_status run_prepare(struct run *run, const struct config *config,
                       cvl_error *err)
{
    cvl_conv2d_geometry layer = {0};
    *run = (struct run){.config = *config,
                        .dtype = setup_dtype(&config->execution, CVL_F32),
                        .state = {.best_loss = HUGE_VAL},
                        .first_loss = NAN};
    config = &run->config;
    run->feed = feed_of(run);
    if (config->data.degrade && !config->data.batch_size)
        run->config.data.batch_size = PATCHES_BATCH;
    cvl_random_seed(&run->state.random, config->data.seed);
    cvl_status status = set_up_exec(run, err);
    if (!status) status = run_dir_init(&run->dir, config->output.out, err);
    if (!status) status = run_check_memory(run, cvl_memory_available(), err);
    if (!status) status = check_places(run, err);
    if (!status) status = open_checkpoint(run, err);
    if (!status) status = find_data(run, err);
    if (!status) status = build(run, &layer, err);
    if (!status && !is_sampled(config))
        status = data_make_target(config, config->geometry.net ? NULL : &layer,
                                  &run->exec, &run->trainer.net.output,
                                  &run->data, err);
    if (!status) status = settle(run, err);
    if (!status && config->output.best && run->dtype != CVL_F64)
        status = data_read_exact(config, &run->data, &run->exact, err);
    if (!status) status = set_params(run, err);
    if (!status && run->is_complete && !ranks_number())
        return begin_directory(run, err);
    if (status || run->is_complete) return status;
    begin_epsilon(&run->trainer, &run->config.training);
    if (run->feed->batch)
        status = ahead_init(&run->ahead, &run->exec, run->feed->batch, run,
                            &run->data.input, &run->data.target, err);
    if (!status) status = choose_rate(run, err);
    if (ranks_number()) run_dir_free(&run->dir); /* which is rank 0's alone */
    return status ? status : begin_directory(run, err);
}

void run_free(struct run *run)
{
    ahead_free(&run->ahead);
    run_dir_free(&run->dir);
    history_free(&run->history);
    updates_free(&run->updates);
    held_out_free(&run->held_out);
    patches_free(&run->patches);
    photos_free(&run->photos);
    sampled_free(&run->sampled);
    dead_free(&run->dead);
    cvl_shards_free(&run->shards);
    cvl_trainer_free(&run->trainer);
    text_free(&run->spec);
    learned_free(&run->learned);
    cvl_safetensors_free(&run->checkpoint);
    data_free(&run->data);
    data_free(&run->exact);
}

double run_growth(const struct run *run)
{
    return run->first_loss > 0 ? run->last_loss / run->first_loss : 1;
}

const cvl_param *run_nonfinite_param(const struct run *run)
{
    const cvl_net *const net = &run->trainer.net;
    for (size_t i = 0; i < net->param_count; i++) {
        const cvl_tensor *const value = &net->params[i].value;
        if (cvl_tensor_first_nonfinite(value) < value->count)
            return &net->params[i];
    }
    return NULL;
}
