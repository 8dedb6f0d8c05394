/* resolve.c - see resolve.h for the contract. */
#include "cli/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/config_file.h"
#include "cli/flags.h"
#include "cli/option_value.h"
#include "cli/presets.h"
#include "commands.h"
#include "explain/request.h"

const struct preset *preset_find(const char *name)
{
    for (const struct preset *p = preset_table; p->name; p++)
        if (strcmp(p->name, name) == 0) return p;
    return NULL;
}

enum origin resolution_origin(const struct resolution *resolution,
                              const struct option *option)
{
    const size_t index = option_index(option);
    if (resolution->flags.text[index]) return ORIGIN_FLAG;
    if (resolution->file.text[index]) return ORIGIN_FILE;
    if (resolution->preset.text[index]) return ORIGIN_PRESET;
    return ORIGIN_DEFAULT;
}

/* Sets every option from the strongest layer that has it. */
static cvl_status merge(struct resolution *resolution, cvl_error *err)
{
    const struct layer *const layers[] = {[ORIGIN_DEFAULT] = NULL,
                                          [ORIGIN_PRESET] = &resolution->preset,
                                          [ORIGIN_FILE] = &resolution->file,
                                          [ORIGIN_FLAG] = &resolution->flags};
    cvl_status status = CVL_OK;
    resolution->config = (struct config){0};
    for (size_t i = 0; i < option_count && !status; i++) {
        const struct option *const option = &option_table[i];
        if (!option_is_for(option, resolution->command)) continue;
        const enum origin origin = resolution_origin(resolution, option);
        const char *const text =
            layers[origin] ? layers[origin]->text[i] : option->text;
        status = option_parse(option, text, &resolution->config, err);
    }
    return status;
}

/* Reads the named preset into its layer. */
static cvl_status apply_preset(struct resolution *resolution, const char *name,
                               cvl_error *err)
{
    struct suggestion suggestion = {.word = name};
    char clipped[TEXT_CLIP];
    const struct preset *const preset = preset_find(name);
    if (preset) {
        resolution->preset = (struct layer){0};
        return config_parse(preset->name, preset->text, preset->size,
                            resolution->command, &resolution->preset,
                            &resolution->strings, err);
    }
    for (const struct preset *p = preset_table; p->name; p++)
        suggest_try(&suggestion, p->name, p->name);
    const char *const near = suggestion.answer;
    return cvl_fail(err, CVL_EINVAL, "--preset: no preset '%s'%s%s%s",
                    text_clip(name, clipped),
                    near
                        ? "; did you mean '"
                        : "; expected notebook|filter|denoise|superres|enlarge",
                    near ? near : "", near ? "'?" : "");
}

/* The preset nobody asked for: by what the input turns out to be. */
static cvl_status apply_automatic_preset(struct resolution *resolution,
                                         is_picture_test *is_picture,
                                         cvl_error *err)
{
    const char *const input = resolution->config.data.input;
    const char *const degrade = resolution->config.data.degrade;
    bool picture = false;
    cvl_status status =
        is_picture && input ? is_picture(input, &picture, err) : CVL_OK;
    const bool down = degrade && strncmp(degrade, "down", 4) == 0;
    const bool shrink = degrade && strncmp(degrade, "shrink", 6) == 0;
    const char *const name = down      ? "superres"
                             : shrink  ? "enlarge"
                             : degrade ? "denoise"
                             : picture ? "filter"
                                       : "notebook";
    if (!status) status = apply_preset(resolution, name, err);
    if (!status) status = merge(resolution, err);
    resolution->config.start.preset = name;
    resolution->config.start.preset_is_automatic = true;
    return status;
}

/*
 * --resume DIR takes the settings that DIR keeps, as --config would, and goes
 * on writing there. What would contradict that is refused.
 */
static cvl_status apply_resume(struct resolution *resolution, cvl_error *err)
{
    struct config *const config = &resolution->config;
    const char *const directory = config->start.resume;
    if (config->start.config_file || config->start.preset ||
        config->output.out || config->output.force)
        return cvl_fail(err, CVL_EINVAL,
                        "--resume takes its settings and its place from %s; "
                        "leave out --%s",
                        directory,
                        config->start.config_file ? "config"
                        : config->start.preset    ? "preset"
                        : config->output.out      ? "out"
                                                  : "force");
    struct text path = {0};
    text_add(&path, "%s/config.ini", directory);
    cvl_status status = text_status(&path, err);
    if (!status)
        status = config_load(path.data, resolution->command, &resolution->file,
                             &resolution->strings, err);
    if (status == CVL_EIO) {
        const cvl_error reason = *err;
        cvl_fail(err, status, "%s; --resume goes on in what --out made",
                 reason.message);
    }
    if (!status) status = merge(resolution, err);
    config->output.out = directory;
    text_free(&path);
    return status;
}

/* The first of the names, which end in NULL, that was given as a flag. */
static const char *first_given(const struct resolution *resolution,
                               const char *const *names)
{
    for (; *names; names++) {
        const struct option *const option =
            option_find(*names, resolution->command);
        if (option && resolution_origin(resolution, option) == ORIGIN_FLAG)
            return *names;
    }
    return NULL;
}

/* Of bench: the file has the sizes, and the layer what it lists; only the
 * bias is left to say. */
static cvl_status refuse_beside_shapes(const struct resolution *resolution,
                                       cvl_error *err)
{
    static const char *const sizes[] = {"batch",
                                        "channels",
                                        "height",
                                        "width",
                                        "kernels",
                                        "kernel-size",
                                        "stride",
                                        "padding",
                                        "dilation",
                                        "groups",
                                        "tie-input-channels",
                                        NULL};
    const char *const idle = first_given(resolution, sizes);
    if (!resolution->config.bench.shapes || !idle) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "--%s has no effect beside --shapes; write it into the "
                    "file, or leave out --shapes",
                    idle);
}

/* CVL_EINVAL for a knob of another optimizer than the run's. */
static cvl_status refuse_idle_knobs(const struct resolution *resolution,
                                    cvl_error *err)
{
    static const char *const names[] = {"sgd", "adam", "cg"};
    static const char *const idle[][10] = {
        [OPTIMIZER_SGD] = {"beta1", "beta2", "epsilon"},
        [OPTIMIZER_ADAM] = {"momentum", "nesterov"},
        [OPTIMIZER_CG] = {"lr", "lr-schedule", "lr-warmup", "momentum",
                          "nesterov", "weight-decay", "beta1", "beta2",
                          "epsilon"},
    };
    const enum optimizer_choice choice = resolution->config.training.optimizer;
    const char *const name = first_given(resolution, idle[choice]);
    if (!name) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "--%s has no effect with --optimizer %s; leave it out",
                    name, names[choice]);
}

/* CVL_EINVAL for a flag that another setting leaves without effect. In a file
 * it may stand: a saved config has every setting. */
static cvl_status refuse_idle_flags(const struct resolution *resolution,
                                    cvl_error *err)
{
    static const char *const of_layer[] = {
        "kernels", "kernel-size",        "stride",
        "padding", "dilation",           "groups",
        "bias",    "tie-input-channels", NULL};
    static const char *const of_random[] = {"batch", "channels", "height",
                                            "width", NULL};
    static const char *const of_patches[] = {
        "patch", "batch-size", "color", "validation", "residual", NULL};
    static const char *const of_input[] = {"input", NULL};
    static const char *const of_whole[] = {"share-channels", "linear-light",
                                           NULL};
    const struct config *const config = &resolution->config;
    char clipped[TEXT_CLIP];
    if (resolution->command == COMMAND_BENCH)
        return refuse_beside_shapes(resolution, err);
    if (resolution->command == COMMAND_EXPLAIN)
        return explain_refuse_idle(resolution, err);
    if (resolution->command != COMMAND_TRAIN || !config->data.input)
        return CVL_OK;
    if (refuse_idle_knobs(resolution, err)) return CVL_EINVAL;
    const char *idle =
        config->geometry.net ? first_given(resolution, of_layer) : NULL;
    if (idle)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s has no effect beside --net; write it into the "
                        "layers, as conv 8 3x3 stride=2",
                        idle);
    if (!config->data.degrade) idle = first_given(resolution, of_patches);
    if (idle)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s goes with --degrade, which makes the input",
                        idle);
    if (config->data.degrade) idle = first_given(resolution, of_whole);
    if (idle)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s does not go with --degrade, whose pictures stay "
                        "as --color says",
                        idle);
    if (config->data.degrade) idle = first_given(resolution, of_input);
    if (!idle && config->data.degrade)
        idle = first_given(resolution, of_random);
    if (idle)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s has no effect beside --degrade, which makes the "
                        "input from the target",
                        idle);
    if (strcmp(config->data.input, "random") != 0)
        idle = first_given(resolution, of_random);
    if (idle)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s is for random input; %s has its own size", idle,
                        text_clip(config->data.input, clipped));
    return CVL_OK;
}

/* Every source in its turn, once the flags are there. */
static cvl_status settle(struct resolution *resolution,
                         is_picture_test *is_picture, cvl_error *err)
{
    const enum command_id command = resolution->command;
    struct config *const config = &resolution->config;
    cvl_status status = merge(resolution, err);
    if (status || config->start.help) return status;

    if (config->start.resume) return apply_resume(resolution, err);
    const char *const preset = config->start.preset;
    if (preset) status = apply_preset(resolution, preset, err);
    if (!status && config->start.config_file)
        status = config_load(config->start.config_file, command,
                             &resolution->file, &resolution->strings, err);
    if (!status) status = merge(resolution, err);
    if (!status && !preset && command == COMMAND_TRAIN)
        status = apply_automatic_preset(resolution, is_picture, err);
    return status ? status : refuse_idle_flags(resolution, err);
}

static cvl_status make_room_for_files(struct resolution *resolution, int argc,
                                      cvl_error *err)
{
    if (!command_table[resolution->command].files || !argc) return CVL_OK;
    resolution->files = calloc((size_t)argc, sizeof *resolution->files);
    resolution->flags.files = resolution->files;
    if (resolution->files) return CVL_OK;
    return cvl_fail(err, CVL_ENOMEM, "out of memory: %d arguments", argc);
}

cvl_status resolve(enum command_id command, int argc, const char *const *argv,
                   is_picture_test *is_picture, struct resolution *resolution,
                   cvl_error *err)
{
    *resolution = (struct resolution){.command = command};
    cvl_status status = make_room_for_files(resolution, argc, err);
    if (!status)
        status = flags_parse(command, argc, argv, &resolution->flags, err);
    if (!status) status = settle(resolution, is_picture, err);
    resolution->config.apply.files = resolution->files;
    resolution->config.apply.file_count = resolution->flags.file_count;
    resolution->config.start.argument_count = argc;
    resolution->config.start.arguments = argv;
    return status;
}

void resolution_free(struct resolution *resolution)
{
    strings_free(&resolution->strings);
    free(resolution->files);
    *resolution = (struct resolution){0};
}
