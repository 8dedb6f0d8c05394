/* resolve.c - each source of settings in its turn. */
#include "cli/resolve.h"

#include <string.h>

#include "base/suggest.h"
#include "base/text.h"
#include "cli/config_file.h"
#include "cli/flags.h"
#include "cli/presets.h"
#include "cli/value.h"

const struct preset *preset_find(const char *name)
{
    for (const struct preset *p = preset_table; p->name; p++)
        if (strcmp(p->name, name) == 0) return p;
    return NULL;
}

const char *preset_name(size_t index)
{
    return preset_table[index].name;
}

/* Reads the named preset. */
static cvl_status apply_preset(struct settings *settings, const char *name,
                               cvl_error *err)
{
    struct suggestion suggestion = {.word = name};
    char clipped[TEXT_CLIP], names[EXPECTED_SIZE];
    const struct preset *const preset = preset_find(name);
    if (preset)
        return config_parse(preset->name, preset->text, preset->size,
                            ORIGIN_PRESET, settings, err);
    for (const struct preset *p = preset_table; p->name; p++)
        suggest_try(&suggestion, p->name, p->name);
    const char *const near = suggestion.answer;
    value_choices(option_find(&settings->options, "preset"), "|", names);
    return cvl_fail(err, CVL_EINVAL, "--preset: no preset '%s'; %s%s%s",
                    text_clip(name, clipped),
                    near ? "did you mean '" : "expected ", near ? near : names,
                    near ? "'?" : "");
}

/* The first option of the sections from `first` to `last` that version 0.1 knew
 * and the file does not set; NULL if it sets them all. */
static const struct option *find_unsaid(const struct settings *settings,
                                        enum section first, enum section last)
{
    const struct options *const options = &settings->options;
    for (size_t i = 0; i < options->count; i++)
        if (options->at[i].section >= first && options->at[i].section <= last &&
            !options->at[i].newer && settings->origin[i] < ORIGIN_FILE)
            return &options->at[i];
    return NULL;
}

/* Does the file say all of what version 0.1 knew about training, as those that
 * it kept do? */
static bool says_all(const struct settings *settings)
{
    return settings->file &&
           !find_unsaid(settings, SECTION_TRAINING, SECTION_TRAINING);
}

static bool says_newer(const struct settings *settings)
{
    const struct options *const options = &settings->options;
    for (size_t i = 0; i < options->count; i++)
        if (options->at[i].newer && settings->origin[i] == ORIGIN_FILE)
            return true;
    return false;
}

/* Such a file means the default of what came later: no preset fills it in.
 * And what was a default in 0.1 means today's. */
static cvl_status settle_older(struct settings *settings, cvl_error *err)
{
    const bool is_older = says_all(settings) && !says_newer(settings);
    cvl_status status = CVL_OK;
    if (!says_all(settings)) return CVL_OK;
    for (size_t i = 0; !status && i < settings->options.count; i++) {
        const struct option *const option = &settings->options.at[i];
        if (option->newer && settings->origin[i] < ORIGIN_FILE)
            settings->origin[i] = ORIGIN_FILE;
        if (is_older && option->older && settings->origin[i] == ORIGIN_FILE &&
            settings_says(settings, option, option->older))
            status = settings_enter(settings, option, ORIGIN_FILE,
                                    settings->line[i], option->text, err);
    }
    return status;
}

/* Gives an option a value that nobody has asked for. */
static cvl_status imply(struct settings *settings, const struct option *option,
                        const char *text, cvl_error *err)
{
    union value value;
    const cvl_status status = value_parse(option, text, &value, err);
    if (status) return status;
    value_store(option, &value, &settings->config);
    settings->origin[option - settings->options.at] = ORIGIN_DEFAULT;
    return CVL_OK;
}

/* One option of the list `over` beside the one that is stronger. */
static cvl_status put_back(struct settings *settings,
                           const struct option *option,
                           const struct option *other, cvl_error *err)
{
    const enum origin origin = settings_origin(settings, option);
    const enum origin weaker = settings_origin(settings, other);
    if (origin == ORIGIN_FLAG && weaker == ORIGIN_FLAG)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s does not go with --%s; leave one of them out",
                        option->name, other->name);
    return origin > weaker && !settings_says(settings, option, option->text)
               ? imply(settings, other, other->text, err)
               : CVL_OK;
}

static cvl_status settle_over(struct settings *settings, cvl_error *err)
{
    const struct options *const options = &settings->options;
    cvl_status status = CVL_OK;
    for (size_t i = 0; i < options->count; i++)
        for (size_t j = 0; !status && j < options->count; j++)
            if (is_among(options->at[j].name, options->at[i].over))
                status =
                    put_back(settings, &options->at[i], &options->at[j], err);
    return status;
}

/* The preset nobody asked for. */
static cvl_status apply_automatic_preset(struct settings *settings,
                                         cvl_error *err)
{
    const char *name = NULL;
    struct start_settings *const start = &settings->config.start;
    cvl_status status =
        settings->command->preset(&settings->config, &name, err);
    if (status || !name) return status;
    status = apply_preset(settings, name, err);
    start->preset = name;
    start->preset_is_automatic = true;
    return status;
}

static bool resumes(const struct config *config)
{
    return config->start.resume;
}

static bool resumes_by_force(const struct config *config)
{
    return config->start.resume && config->output.force;
}

static const char *resumed(const struct config *config)
{
    return config->start.resume;
}

/* What would contradict the settings of a run that goes on. */
static const struct rule RESUME_RULES[] = {
    {"config preset out", resumes,
     "--resume takes its settings and its place from %; leave out @", resumed},
    {"force", resumes_by_force,
     "--resume takes its settings and its place from %; leave out @", resumed},
    {0}};

/* What a run's settings lack would be a default now, unseen. */
static cvl_status refuse_cut(const struct settings *settings, const char *path,
                             cvl_error *err)
{
    const struct option *const unsaid =
        find_unsaid(settings, SECTION_GEOMETRY, SECTION_OUTPUT);
    if (!unsaid) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "%s: does not say '%s', as every run's does; it was cut "
                    "short or changed; put back what the run left, or give "
                    "--%s",
                    path, unsaid->name, unsaid->name);
}

/*
 * --resume DIR takes the settings that DIR keeps, as --config would, and goes
 * on writing there.
 */
static cvl_status apply_resume(struct settings *settings, cvl_error *err)
{
    const char *const directory = settings->config.start.resume;
    struct text path = {0};
    cvl_status status = settings_check(settings, RESUME_RULES, err);
    if (status) return status;
    text_add(&path, "%s/config.ini", directory);
    status = text_status(&path, err);
    if (!status) status = config_load(path.data, true, settings, err);
    if (status == CVL_EIO) {
        cvl_error reason = {0};
        if (err) reason = *err;
        cvl_fail(err, status, "%s; --resume goes on in what --out made",
                 reason.message);
    }
    if (!status) status = refuse_cut(settings, path.data, err);
    settings->config.output.out = directory;
    text_free(&path);
    if (!status) status = settle_older(settings, err);
    return status ? status : settle_over(settings, err);
}

/* Options that follow from others, where nobody has said what they are. */
static cvl_status settle_defaults(struct settings *settings, cvl_error *err)
{
    const struct options *const options = &settings->options;
    for (size_t i = 0; i < options->count; i++) {
        const struct option *const option = &options->at[i];
        const char *const text =
            option->settled && settings->origin[i] < ORIGIN_FILE
                ? option->settled(&settings->config)
                : NULL;
        const cvl_status status =
            text ? imply(settings, option, text, err) : CVL_OK;
        if (status) return status;
    }
    return CVL_OK;
}

/* Every other source, once the flags are there. */
static cvl_status settle(struct settings *settings, cvl_error *err)
{
    const struct start_settings *const start = &settings->config.start;
    cvl_status status = CVL_OK;
    if (start->help) return CVL_OK;
    if (start->resume) return apply_resume(settings, err);
    const char *const preset = start->preset;
    if (preset) status = apply_preset(settings, preset, err);
    if (!status && start->config_file)
        status = config_load(start->config_file, false, settings, err);
    if (!status) status = settle_older(settings, err);
    if (!status && !preset && settings->command->preset)
        status = apply_automatic_preset(settings, err);
    if (!status) status = settle_over(settings, err);
    if (!status) status = settle_defaults(settings, err);
    if (!status)
        status = settings_check(settings, settings->command->rules, err);
    if (!status)
        status = settings_check(settings, settings->command->more_rules, err);
    return status;
}

cvl_status resolve(const struct command *command, const struct option *table,
                   int argc, const char *const *argv, struct settings *settings,
                   cvl_error *err)
{
    cvl_status status = settings_init(settings, command, table, err);
    if (!status) status = flags_parse(argc, argv, settings, err);
    if (!status) status = settle(settings, err);
    settings->config.start.argument_count = argc;
    settings->config.start.arguments = argv;
    return status;
}
