/* flags.c - reading a command line. */
#include "cli/flags.h"

#include <string.h>

#include "cli/hint.h"
#include "cli/value.h"

enum { NAME_LIMIT = 64 };

/* The arguments, and the last switch, to explain "--bias true". */
struct reader {
    struct settings *settings;
    int argc;
    const char *const *argv;
    int next;
    const struct option *last_switch;
};

static void add_file(struct reader *reader, const char *argument)
{
    reader->last_switch = NULL;
    reader->settings->files[reader->settings->file_count++] = argument;
}

/* Is it called as a model, and does the command read one? */
static bool is_model(const struct reader *reader, const char *argument)
{
    static const char ending[] = ".safetensors";
    const size_t size = strlen(argument), tail = sizeof ending - 1;
    return size > tail && strcmp(argument + size - tail, ending) == 0 &&
           option_find(&reader->settings->options, "model");
}

static cvl_status refuse_positional(const struct reader *reader,
                                    const char *argument, cvl_error *err)
{
    char clipped[TEXT_CLIP];
    text_clip(argument, clipped);
    if (reader->last_switch)
        return cvl_fail(err, CVL_EINVAL,
                        "unexpected argument '%s'; write --%s=true or "
                        "--%s=false",
                        clipped, reader->last_switch->name,
                        reader->last_switch->name);
    if (is_model(reader, argument))
        return cvl_fail(err, CVL_EINVAL,
                        "unexpected argument '%s'; a model follows --model",
                        clipped);
    return cvl_fail(err, CVL_EINVAL,
                    "unexpected argument '%s'; every setting is a flag, see "
                    "convlet %s --help",
                    clipped, reader->settings->command->name);
}

/* Does one of the names begin with the other, as out and output do? */
static bool is_start_of_other(const char *a, const char *b)
{
    const size_t m = strlen(a), n = strlen(b);
    return strncmp(a, b, m < n ? m : n) == 0;
}

/* No flag of this command: say whose it is, or what comes near. */
static cvl_status refuse_unknown(const struct reader *reader,
                                 const char *argument, const char *name,
                                 cvl_error *err)
{
    char clipped[TEXT_CLIP], owner[NAME_LIMIT];
    const struct options *const options = &reader->settings->options;
    const char *const command = reader->settings->command->name;
    const bool negated = strncmp(name, "no-", 3) == 0;
    const struct option *const other =
        option_find_any(reader->settings->table, name);
    const char *const near =
        option_suggest(options, negated ? name + 3 : name,
                       negated ? SUGGEST_SWITCH : SUGGEST_FLAG);
    const char *const hint = hint_for_flag(command, name);
    text_clip(argument, clipped);
    clipped[strcspn(clipped, "=")] = '\0';
    if (hint)
        return cvl_fail(err, CVL_EINVAL, "there is no flag %s; %s", clipped,
                        hint);
    if (other && !option_find(options, name)) {
        /* A name that is spelt alike can mean something else altogether. */
        const bool same =
            near && (is_start_of_other(near, name) ||
                     is_among(name, option_find(options, near)->akin));
        return cvl_fail(err, CVL_EINVAL,
                        "--%s belongs to `convlet %s`, not `convlet %s`%s%s%s",
                        name, option_owner(other, owner, sizeof owner), command,
                        same ? "; did you mean --" : "", same ? near : "",
                        same ? "?" : "");
    }
    if (near)
        return cvl_fail(err, CVL_EINVAL,
                        "unknown flag %s; did you mean --%s%s?", clipped,
                        negated ? "no-" : "", near);
    return cvl_fail(err, CVL_EINVAL, "unknown flag %s; see convlet %s --help",
                    clipped, command);
}

static cvl_status enter(const struct reader *reader,
                        const struct option *option, const char *value,
                        cvl_error *err)
{
    const cvl_status status =
        settings_enter(reader->settings, option, ORIGIN_FLAG, 0, value, err);
    if (!status) return CVL_OK;
    return cvl_error_prefix(err, status, "--%s", option->name);
}

/* --x, --no-x or --x=VALUE of a switch. */
static cvl_status read_switch(struct reader *reader,
                              const struct option *option, bool negated,
                              const char *value, cvl_error *err)
{
    if (negated && value)
        return cvl_fail(err, CVL_EINVAL,
                        "--no-%s takes no value; write --%s=true or "
                        "--%s=false",
                        option->name, option->name, option->name);
    if (!value) reader->last_switch = option;
    if (!value) value = negated ? "false" : "true";
    return enter(reader, option, value, err);
}

/* The value of --x VALUE; a lone dash or a negative number is a value. */
static cvl_status take_value(struct reader *reader, const struct option *option,
                             const char **value, cvl_error *err)
{
    char metavar[EXPECTED_SIZE];
    value_metavar(option, metavar);
    if (reader->next < reader->argc) {
        *value = reader->argv[reader->next];
        if (strncmp(*value, "--", 2) != 0) {
            reader->next++;
            return CVL_OK;
        }
    }
    return cvl_fail(err, CVL_EINVAL, "--%s needs a value: --%s %s",
                    option->name, option->name, metavar);
}

/* "--": what follows is no flag. Nothing else may stand without a name. */
static cvl_status read_rest(struct reader *reader, const char *argument,
                            cvl_error *err)
{
    const bool takes_files = reader->settings->command->files != NULL;
    if (!takes_files || argument[2])
        return refuse_positional(reader, argument, err);
    while (reader->next < reader->argc)
        add_file(reader, reader->argv[reader->next++]);
    return CVL_OK;
}

static cvl_status read_flag(struct reader *reader, cvl_error *err)
{
    char name[NAME_LIMIT];
    const char *const argument = reader->argv[reader->next++];
    const bool takes_files = reader->settings->command->files != NULL;
    if (argument[0] != '-' || !argument[1]) {
        if (!takes_files) return refuse_positional(reader, argument, err);
        add_file(reader, argument);
        return CVL_OK;
    }
    const bool is_long = argument[1] == '-';
    const char *const start = argument + (is_long ? 2 : 1);
    const size_t length = strcspn(start, "=");
    if (is_long && !length) return read_rest(reader, argument, err);
    if (length >= sizeof name) return refuse_unknown(reader, argument, "", err);
    memcpy(name, start, length);
    name[length] = '\0';
    const char *value = start[length] ? start + length + 1 : NULL;

    const struct options *const options = &reader->settings->options;
    const struct option *option = is_long ? option_find(options, name)
                                  : length == 1
                                      ? option_find_letter(options, *name)
                                      : NULL;
    bool negated = false;
    if (!option && is_long && strncmp(name, "no-", 3) == 0) {
        const struct option *const positive = option_find(options, name + 3);
        negated = positive && option_is_negatable(positive);
        if (negated) option = positive;
    }
    if (!option) return refuse_unknown(reader, argument, name, err);
    reader->last_switch = NULL;
    if (option->type == TYPE_SWITCH)
        return read_switch(reader, option, negated, value, err);
    cvl_status status = CVL_OK;
    if (!value) status = take_value(reader, option, &value, err);
    return status ? status : enter(reader, option, value, err);
}

cvl_status flags_parse(int argc, const char *const *argv,
                       struct settings *settings, cvl_error *err)
{
    struct reader reader = {.settings = settings, .argc = argc, .argv = argv};
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return enter(&reader, option_find(&settings->options, "help"),
                         "true", err);
    cvl_status status = settings_make_room(settings, argc, err);
    while (!status && reader.next < argc) status = read_flag(&reader, err);
    settings->config.apply.files = settings->files;
    settings->config.apply.file_count = settings->file_count;
    return status;
}
