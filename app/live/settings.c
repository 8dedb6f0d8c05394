/* settings.c - see settings.h for the contract. */
#include "live/settings.h"

#include <string.h>

#include <convlet/loss.h>
#include <convlet/net.h>

#include "base/setup.h"
#include "base/suggest.h"
#include "cli/value.h"
#include "data/made.h"
#include "patches/degrade.h"
#include "patches/patches.h"
#include "samples/samples.h"

static const char *input_name(size_t i)
{
    static const char *const names[] = {"random", "zeros", "given", NULL};
    return names[i];
}

static const char *region_name(size_t i)
{
    static const char *const names[] = {
        [REGION_VALID] = "valid", [REGION_ALL] = "all", NULL};
    return names[i];
}

static const char *dtype_name(size_t i)
{
    return i <= CVL_F64 ? cvl_dtype_name((cvl_dtype)i) : NULL;
}

static const char *algorithm_name(size_t i)
{
    return cvl_conv_algo_name((cvl_conv_algo)i);
}

static const char *reduction_name(size_t i)
{
    return cvl_reduction_name((cvl_reduction)i);
}

static const char *init_name(size_t i)
{
    return cvl_init_name((cvl_init)i);
}

static const char *color_name(size_t i)
{
    static const char *const names[] = {
        [COLOR_KEEP] = "keep", [COLOR_Y] = "y", [COLOR_RGB] = "rgb", NULL};
    return names[i];
}

static cvl_status check_loss(const char *text, cvl_error *err)
{
    cvl_loss loss;
    return cvl_loss_parse(text, &loss, err);
}

#define ROW(key, kind, field, usual, ...)                                  \
    {                                                                      \
        .name = (key), .type = TYPE_##kind,                                \
        .at = offsetof(struct config, field), .text = (usual), __VA_ARGS__ \
    }

const struct option settings_table[] = {
    ROW("net", TEXT, geometry.net, "", .metavar = "SPEC"),
    ROW("batch", SIZE, geometry.batch, "2", .low = 1),
    ROW("channels", SIZE, geometry.channels, "3", .low = 1),
    ROW("height", SIZE, geometry.height, "20", .low = 1),
    ROW("width", SIZE, geometry.width, "20", .low = 1),
    ROW("input", NAME, data.input, "random", .names = input_name),
    ROW("target", TARGET, data.target, "ones",
        .metavar = "ones|zeros|given|leaves|filter:NAME", .names = filter_name),
    ROW("data", TEXT, data.data, "", .metavar = SAMPLES_BUILT_IN),
    ROW("hold-out", TEXT, data.hold_out, "", .metavar = "none|every:N|last:N"),
    ROW("batch-size", SIZE, data.batch_size, "auto", .low = 1, .high = 65536,
        .zero = "auto"),
    ROW("drop-last", SWITCH, data.drop_last, "false", .low = 0),
    ROW("shift", SIZE, data.shift, "0", .high = 4096),
    ROW("standardize", SWITCH, data.standardize, "false", .low = 0),
    ROW("degrade", TEXT, data.degrade, "", .names = degrade_example),
    ROW("patch", PAIR, data.patch, "33", .low = 1, .high = 4096),
    ROW("color", CHOICE, data.color, "keep", .names = color_name),
    ROW("residual", SWITCH, training.residual, "false", .low = 0),
    ROW("epochs", SIZE, training.epochs, "none", .low = 1, .high = 1e9,
        .zero = "none"),
    ROW("seed", SEED, data.seed, "0", .high = 4294967295.0),
    ROW("steps", SIZE, training.steps, "50", .low = 1, .high = 1e9),
    ROW("lr", REAL, training.lr, "0.001", .above = true, .zero = "auto"),
    ROW("lr-schedule", CHOICE, training.lr_schedule, "constant",
        .names = cvl_schedule_name),
    ROW("lr-warmup", SIZE, training.lr_warmup, "0", .high = 1e9),
    ROW("momentum", REAL, training.momentum, "0", .high = 1, .below = true),
    ROW("nesterov", SWITCH, training.nesterov, "false", .low = 0),
    ROW("optimizer", NAME, training.optimizer, "sgd",
        .names = cvl_optimizer_kind_name),
    ROW("beta1", REAL, training.beta1, "0.9", .high = 1, .below = true),
    ROW("beta2", REAL, training.beta2, "0.999", .high = 1, .below = true),
    ROW("epsilon", REAL, training.epsilon, "auto", .above = true,
        .zero = "auto"),
    ROW("weight-decay", REAL, training.weight_decay, "0", .low = 0),
    ROW("whiten", SWITCH, training.whiten, "false", .low = 0),
    ROW("loss", NAME, training.loss, "mse", .names = cvl_loss_kind_name,
        .more = check_loss),
    ROW("label-smoothing", REAL, training.label_smoothing, "0", .high = 1),
    ROW("reduction", CHOICE, training.reduction, "notebook",
        .names = reduction_name),
    ROW("region", CHOICE, training.region, "all", .names = region_name),
    ROW("mask-clipped", SWITCH, training.mask_clipped, "false", .low = 0),
    ROW("init", NAME, training.init, "normal", .names = init_name),
    ROW("rtol", REAL, training.rtol, "1e-05", .low = 0),
    ROW("atol", REAL, training.atol, "1e-08", .low = 0),
    ROW("dtype", CHOICE, execution.dtype, "float32", .names = dtype_name),
    ROW("algorithm", CHOICE, execution.algorithm, "auto",
        .names = algorithm_name),
    {0}};

enum { KEYS = sizeof settings_table / sizeof *settings_table - 1 };

/* What is read, and the line that sets each key; 0: none. */
struct reader {
    struct config config;
    size_t set_in[KEYS];
    size_t line;
    cvl_error *err;
};

/* Puts "line 3: " before the message. */
static cvl_status refuse(const struct reader *reader, cvl_status status)
{
    return cvl_error_prefix(reader->err, status, "line %zu", reader->line);
}

static cvl_status refuse_key(const struct reader *reader, const char *key)
{
    char clipped[TEXT_CLIP];
    struct suggestion suggestion = {.word = key};
    for (size_t i = 0; i < KEYS; i++)
        suggest_try(&suggestion, settings_table[i].name,
                    settings_table[i].name);
    const char *const near = suggestion.answer;
    cvl_fail(reader->err, CVL_EINVAL, "unknown key '%s'%s%s%s",
             text_clip(key, clipped), near ? "; did you mean '" : "",
             near ? near : "", near ? "'?" : "");
    return refuse(reader, CVL_EINVAL);
}

static cvl_status take_key(struct reader *reader, const char *key,
                           const char *text)
{
    union value value;
    size_t row = 0;
    while (row < KEYS && strcmp(settings_table[row].name, key) != 0) row++;
    if (row == KEYS) return refuse_key(reader, key);
    const struct option *const option = &settings_table[row];
    size_t *const set_in = &reader->set_in[row];
    cvl_status status = *set_in
                            ? cvl_fail(reader->err, CVL_EINVAL,
                                       "already set in line %zu", *set_in)
                            : value_parse(option, text, &value, reader->err);
    if (status) {
        cvl_error_prefix(reader->err, status, "%s", key);
        return refuse(reader, status);
    }
    value_store(option, &value, &reader->config);
    *set_in = reader->line;
    return CVL_OK;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Cuts the spaces off both ends. */
static char *trim(char *text)
{
    size_t size = strlen(text);
    while (size && is_space(text[size - 1])) text[--size] = '\0';
    while (is_space(*text)) text++;
    return text;
}

static cvl_status take_line(struct reader *reader, char *line)
{
    char clipped[TEXT_CLIP];
    line = trim(line);
    if (!*line || *line == '#' || *line == ';') return CVL_OK;
    char *const equals = strchr(line, '=');
    if (!equals) {
        cvl_fail(reader->err, CVL_EINVAL, "expected key = value, not '%s'",
                 text_clip(line, clipped));
        return refuse(reader, CVL_EINVAL);
    }
    *equals = '\0';
    return take_key(reader, trim(line), trim(equals + 1));
}

static size_t line_of(const struct reader *reader, const char *key)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(settings_table[i].name, key) == 0) return reader->set_in[i];
    return 0;
}

/* What follows from other settings, and what none of them may be. */
static cvl_status settle(struct reader *reader)
{
    struct config *const config = &reader->config;
    struct training_settings *const training = &config->training;
    const char *const target = config->data.target;
    if (!config->geometry.net)
        return cvl_fail(reader->err, CVL_EINVAL,
                        "the net is missing; add a line such as net = conv 4 "
                        "2x2 stride=2 padding=1");
    if (!made_is_target(target) && strcmp(target, "given") != 0 &&
        !(config->data.degrade && strcmp(target, PATCHES_LEAVES) == 0)) {
        char clipped[TEXT_CLIP];
        reader->line = line_of(reader, "target");
        cvl_fail(reader->err, CVL_EINVAL,
                 "target: '%s' is none; expected ones, zeros, given or "
                 "filter:NAME, or leaves beside degrade",
                 text_clip(target, clipped));
        return refuse(reader, CVL_EINVAL);
    }
    if (!line_of(reader, "loss") && setup_default_loss(config))
        training->loss = setup_default_loss(config);
    if (!line_of(reader, "reduction") && setup_default_reduction(training))
        (void)cvl_reduction_parse(setup_default_reduction(training),
                                  &training->reduction);
    return CVL_OK;
}

cvl_status settings_read(char *text, struct config *config, cvl_error *err)
{
    struct reader reader = {.err = err};
    cvl_status status = CVL_OK;
    for (size_t i = 0; i < KEYS && !status; i++) {
        const struct option *const option = &settings_table[i];
        union value value;
        status = value_parse(option, option->text, &value, err);
        if (!status) value_store(option, &value, &reader.config);
    }
    for (char *next = text; !status && next;) {
        char *const line = next;
        next = strchr(line, '\n');
        if (next) *next++ = '\0';
        reader.line++;
        status = take_line(&reader, line);
    }
    if (!status) status = settle(&reader);
    if (!status) *config = reader.config;
    return status;
}
