/* checkpoint.c - see checkpoint.h for the contract. */
#include "train/checkpoint.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/append.h>
#include <convlet/model.h>

#include "base/number.h"
#include "cli/config_file.h"

enum {
    MAX_TENSORS =
        (2 + CVL_OPTIMIZER_MAX_SLOTS) * CVL_MAX_PARAMS + CVL_MAX_BUFFERS + 2,
    MAX_ENTRIES = 40,
    RANDOM_WORDS = 624,
    SLOT_NAME = CVL_PARAM_NAME_SIZE + 16,
    ALGO_NAME = 16,
    ALGO_NAMES = ALGO_NAME * CVL_MAX_LAYERS
};

static const char KEY_STEP[] = "step";
static const char KEY_BEST[] = "best_loss";
static const char KEY_POSITION[] = "random_position";
static const char KEY_NORMAL[] = "random_normal"; /* absent: none waits */
/* How far conjugate gradients have come; absent for others, and in 0.1. */
static const char KEY_FIRST[] = "gradient_first";
static const char KEY_LEAST[] = "gradient_least";
static const char KEY_SINCE[] = "gradient_since";
/* Of an epoch that is not over; absent for others, and in 0.1. */
static const char KEY_SEEN[] = "epoch_seen";
static const char KEY_RIGHT[] = "epoch_right";
static const char KEY_SUM[] = "epoch_loss";
static const char KEY_ISA[] = "isa";
static const char KEY_ALGOS[] = "algorithms"; /* 0.1 has none */
static const char KEY_CONFIG[] = "config";
static const char KEY_DATA[] = "data";   /* 0.1 has none */
static const char KEY_FILES[] = "files"; /* 0.1 has none */
static const char RANDOM_STATE[] = "random.state";
static const char UPDATES[] = "updates"; /* 0.1 has none */

/*
 * The settings that a result depends on, as a config file: two runs of equal
 * text compute the same. Where the learning rate falls over all steps, their
 * number is one of these.
 */
static void write_identity(const struct config *config, struct text *text)
{
    struct config fixed = *config;
    const bool falls = config->training.lr_schedule != CVL_SCHEDULE_CONSTANT;
    if (!falls || config->training.epochs) fixed.training.steps = 1;
    if (!falls) fixed.training.epochs = 0;
    learned_hide(&fixed);
    config_write(&fixed, ROLE_RESULT, text);
}

/* Names of what the optimizer keeps, and where all that is saved comes
 * together. */
struct content {
    cvl_named_tensor tensors[MAX_TENSORS];
    size_t tensor_count;
    cvl_metadata_entry entries[MAX_ENTRIES];
    size_t entry_count;
    char slot_names[CVL_OPTIMIZER_MAX_SLOTS * CVL_MAX_PARAMS][SLOT_NAME];
    char first_names[CVL_MAX_PARAMS][SLOT_NAME];
    double random_words[RANDOM_WORDS];
    char step[NUMBER_SIZE], position[NUMBER_SIZE];
    char best[NUMBER_SIZE], normal[NUMBER_SIZE];
    char first[NUMBER_SIZE], least[NUMBER_SIZE], since[NUMBER_SIZE];
    char seen[NUMBER_SIZE], right[NUMBER_SIZE], sum[NUMBER_SIZE];
    char algos[ALGO_NAMES];
    cvl_model_metadata model;
};

static void slot_name(const cvl_trainer *trainer, size_t slot, size_t param,
                      char name[SLOT_NAME])
{
    snprintf(name, SLOT_NAME, "%s.%s",
             trainer->optimizer.settings.kind->slot_names[slot],
             trainer->net.params[param].name);
}

static void add_tensors(struct content *content, const cvl_trainer *trainer)
{
    const cvl_net *const net = &trainer->net;
    content->tensor_count = cvl_model_list(net, content->tensors);
    const size_t slots = trainer->optimizer.slot_count * net->param_count;
    for (size_t i = 0; i < slots; i++) {
        char *const name = content->slot_names[i];
        slot_name(trainer, i / net->param_count, i % net->param_count, name);
        content->tensors[content->tensor_count++] =
            (cvl_named_tensor){name, trainer->optimizer.slots[i]};
    }
}

/* What the kernels of a layer were at step 0. */
static const char *first_name(const cvl_net *net,
                              const struct history_layer *layer,
                              char name[SLOT_NAME])
{
    snprintf(name, SLOT_NAME, "first.%s", net->params[layer->param].name);
    return name;
}

static void add_first(struct content *content, const cvl_net *net,
                      const struct history *history)
{
    if (!history->snapshot_count || history->snapshots[0].step) return;
    for (size_t i = 0; i < history->layer_count; i++)
        if (history->layers[i].shape[0])
            content->tensors[content->tensor_count++] = (cvl_named_tensor){
                first_name(net, &history->layers[i], content->first_names[i]),
                history_kernels(history, i, 0)};
}

/* Of a run that 0.1 began there are none of the first steps; its checkpoints
 * stay without. */
static void add_updates(struct content *content, const struct updates *updates)
{
    if (updates->count && updates->rows[0] == 0)
        content->tensors[content->tensor_count++] =
            (cvl_named_tensor){UPDATES, updates_rows(updates)};
}

static void add_entry(struct content *content, const char *key,
                      const char *value)
{
    assert(content->entry_count < MAX_ENTRIES);
    content->entries[content->entry_count++] = (cvl_metadata_entry){key, value};
}

static void add_state(struct content *content, const struct run_state *state)
{
    static const size_t words = RANDOM_WORDS;
    for (size_t i = 0; i < words; i++)
        content->random_words[i] = state->random.state[i];
    content->tensors[content->tensor_count++] = (cvl_named_tensor){
        RANDOM_STATE,
        cvl_tensor_wrap(CVL_F64, 1, &words, content->random_words)};
    snprintf(content->step, NUMBER_SIZE, "%zu", state->step);
    snprintf(content->position, NUMBER_SIZE, "%lu",
             (unsigned long)state->random.position);
    add_entry(content, KEY_STEP, content->step);
    add_entry(content, KEY_BEST,
              number_format(state->best_loss, content->best));
    add_entry(content, KEY_POSITION, content->position);
    if (state->random.has_normal)
        add_entry(content, KEY_NORMAL,
                  number_format(state->random.normal, content->normal));
}

static void add_epoch(struct content *content, const struct epoch_state *epoch)
{
    if (epoch->seen == 0) return;
    snprintf(content->seen, NUMBER_SIZE, "%zu", epoch->seen);
    snprintf(content->right, NUMBER_SIZE, "%zu", epoch->right);
    add_entry(content, KEY_SEEN, content->seen);
    add_entry(content, KEY_RIGHT, content->right);
    add_entry(content, KEY_SUM, number_format(epoch->loss, content->sum));
}

static void add_descent(struct content *content, const cvl_descent *descent)
{
    if (descent->first == 0) return;
    snprintf(content->since, NUMBER_SIZE, "%zu", descent->since);
    add_entry(content, KEY_FIRST,
              number_format(descent->first, content->first));
    add_entry(content, KEY_LEAST,
              number_format(descent->least, content->least));
    add_entry(content, KEY_SINCE, content->since);
}

/* "winograd - tiled": of each layer that convolves. */
static const char *name_algos(const cvl_net *net, char names[ALGO_NAMES])
{
    cvl_conv_algo algos[CVL_MAX_LAYERS];
    names[0] = '\0';
    cvl_net_algos(net, algos);
    for (size_t i = 0; i < net->layer_count; i++)
        cvl_append(names, ALGO_NAMES, "%s%s", i ? " " : "",
                   algos[i] == CVL_CONV_AUTO ? "-"
                                             : cvl_conv_algo_name(algos[i]));
    return names;
}

cvl_status checkpoint_save(int directory, const char *path,
                           const struct checkpoint_of *run, cvl_error *err)
{
    const char *const data = run->learned->list.data;
    struct content content = {.tensor_count = 0};
    struct text identity = {0};
    const cvl_model_about about = {.spec = run->spec,
                                   .scaling = CVL_MODEL_SCALING_NONE};
    write_identity(run->config, &identity);
    cvl_status status = text_status(&identity, err);
    if (!status) {
        cvl_model_describe(&about, &run->trainer->net, &content.model);
        for (size_t i = 0; i < content.model.count; i++)
            content.entries[content.entry_count++] = content.model.entries[i];
        add_tensors(&content, run->trainer);
        add_first(&content, &run->trainer->net, run->history);
        add_updates(&content, run->updates);
        add_state(&content, run->state);
        add_epoch(&content, &run->state->epoch);
        add_descent(&content, &run->trainer->optimizer.descent);
        add_entry(&content, KEY_ISA, cvl_isa_name(run->exec->isa));
        add_entry(&content, KEY_ALGOS,
                  name_algos(&run->trainer->net, content.algos));
        add_entry(&content, KEY_CONFIG, identity.data);
        add_entry(&content, KEY_DATA, data ? data : "");
        add_entry(&content, KEY_FILES, run->files ? run->files : "");
        const cvl_safetensors file = {.tensor_count = content.tensor_count,
                                      .tensors = content.tensors,
                                      .metadata_count = content.entry_count,
                                      .metadata = content.entries};
        status = cvl_safetensors_save_at(directory, path, &file, err);
    }
    text_free(&identity);
    return status;
}

/* The text of a key that a checkpoint must have. */
static cvl_status read_text(const cvl_safetensors *file, const char *key,
                            const char **text, cvl_error *err)
{
    *text = cvl_safetensors_metadata(file, key);
    if (*text) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "its metadata has no '%s'; is it a checkpoint?", key);
}

static cvl_status read_number(const cvl_safetensors *file, const char *key,
                              double low, double high, double *number,
                              cvl_error *err)
{
    const char *text;
    const cvl_status status = read_text(file, key, &text, err);
    if (status) return status;
    char *end;
    *number = strtod(text, &end);
    if (end != text && !*end && *number >= low && *number <= high)
        return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT, "its %s '%.32s' makes no sense", key,
                    text);
}

static cvl_status read_tensor(const cvl_safetensors *file, const char *name,
                              cvl_tensor *into, cvl_error *err)
{
    const cvl_tensor *const tensor = cvl_safetensors_find(file, name);
    if (!tensor) return cvl_fail(err, CVL_EFORMAT, "%s is missing in it", name);
    if (cvl_tensor_check_like(name, tensor, into, err)) return CVL_EFORMAT;
    cvl_tensor_copy(into, tensor);
    return CVL_OK;
}

static cvl_status read_trainer(const cvl_safetensors *file,
                               cvl_trainer *trainer, cvl_error *err)
{
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < trainer->net.buffer_count; i++) {
        cvl_param *const buffer = &trainer->net.buffers[i];
        status = read_tensor(file, buffer->name, &buffer->value, err);
    }
    for (size_t i = 0; !status && i < trainer->net.param_count; i++) {
        cvl_param *const param = &trainer->net.params[i];
        cvl_optimizer *const optimizer = &trainer->optimizer;
        char name[SLOT_NAME];
        status = read_tensor(file, param->name, &param->value, err);
        for (size_t s = 0; !status && s < optimizer->slot_count; s++) {
            slot_name(trainer, s, i, name);
            status = read_tensor(file, name,
                                 cvl_optimizer_slot(optimizer, s, i), err);
        }
    }
    return status;
}

static cvl_status read_random(const cvl_safetensors *file, cvl_random *random,
                              cvl_error *err)
{
    static const size_t count = RANDOM_WORDS;
    double words[RANDOM_WORDS], position;
    cvl_tensor tensor = cvl_tensor_wrap(CVL_F64, 1, &count, words);
    cvl_status status = read_tensor(file, RANDOM_STATE, &tensor, err);
    if (!status)
        status =
            read_number(file, KEY_POSITION, 0, RANDOM_WORDS, &position, err);
    if (status) return status;
    for (size_t i = 0; i < count; i++) {
        if (!(words[i] >= 0 && words[i] <= UINT32_MAX))
            return cvl_fail(err, CVL_EFORMAT, "%s[%zu] is no 32-bit word",
                            RANDOM_STATE, i);
        random->state[i] = (uint32_t)words[i];
    }
    random->position = (uint32_t)position;
    random->has_normal = cvl_safetensors_metadata(file, KEY_NORMAL) != NULL;
    if (random->has_normal)
        status = read_number(file, KEY_NORMAL, -1e3, 1e3, &random->normal, err);
    return status;
}

static cvl_status read_epoch(const cvl_safetensors *file,
                             struct epoch_state *epoch, cvl_error *err)
{
    double seen = 0, right = 0;
    if (!cvl_safetensors_metadata(file, KEY_SEEN)) return CVL_OK;
    cvl_status status = read_number(file, KEY_SEEN, 1, 1e15, &seen, err);
    if (!status) status = read_number(file, KEY_RIGHT, 0, seen, &right, err);
    if (!status)
        status =
            read_number(file, KEY_SUM, -HUGE_VAL, HUGE_VAL, &epoch->loss, err);
    epoch->seen = (size_t)seen;
    epoch->right = (size_t)right;
    return status;
}

static cvl_status read_state(const cvl_safetensors *file,
                             struct run_state *state, cvl_error *err)
{
    double step;
    cvl_status status = read_number(file, KEY_STEP, 0, 1e15, &step, err);
    if (!status)
        status =
            read_number(file, KEY_BEST, 0, HUGE_VAL, &state->best_loss, err);
    if (!status) status = read_random(file, &state->random, err);
    if (!status) status = read_epoch(file, &state->epoch, err);
    if (!status) state->step = (size_t)step;
    return status;
}

static cvl_status read_descent(const cvl_safetensors *file,
                               cvl_descent *descent, cvl_error *err)
{
    double since;
    if (!cvl_safetensors_metadata(file, KEY_FIRST)) return CVL_OK;
    cvl_status status =
        read_number(file, KEY_FIRST, 0, HUGE_VAL, &descent->first, err);
    if (!status)
        status =
            read_number(file, KEY_LEAST, 0, HUGE_VAL, &descent->least, err);
    if (!status) status = read_number(file, KEY_SINCE, 0, 1e15, &since, err);
    if (!status) descent->since = (size_t)since;
    return status;
}

/* The length of the line at `text`, without its end. */
static int line_length(const char *text)
{
    return (int)strcspn(text, "\n");
}

/* The length of its key. */
static size_t key_length(const char *line)
{
    return strcspn(line, " \n");
}

/* What stands behind the key: nothing, where nothing is set. */
static const char *value_of(const char *line)
{
    line += key_length(line);
    line += strspn(line, " ");
    if (*line == '=') line++;
    return line + strspn(line, " ");
}

/* Does the line set an option to this? */
static bool says(const char *line, const char *text)
{
    const char *const value = value_of(line);
    return strlen(text) == (size_t)line_length(value) &&
           strncmp(text, value, strlen(text)) == 0;
}

/* The option that a line sets. */
static const struct option *option_of(const struct options *options,
                                      const char *line)
{
    char key[40];
    snprintf(key, sizeof key, "%.*s", (int)key_length(line), line);
    return option_find(options, key);
}

/* Does the line set an option to its default? */
static bool is_default(const struct options *options, const char *line)
{
    const struct option *const option = option_of(options, line);
    return option && says(line, option->text);
}

/* Did version 0.1 write its default, where there is today's now? */
static bool was_default(const struct options *options, const char *then,
                        const char *now)
{
    const struct option *const option = option_of(options, now);
    return option && option->older && says(now, option->text) &&
           says(then, option->older);
}

/* Does the line of both settings name a file, maybe the same elsewhere? */
static bool names_file(const char *then, const char *now)
{
    char key[40], before[VALUE_LIMIT + 1], after[VALUE_LIMIT + 1];
    const int length = (int)key_length(now);
    const char *const values[2] = {value_of(then), value_of(now)};
    snprintf(key, sizeof key, "%.*s", length, now);
    snprintf(before, sizeof before, "%.*s", line_length(values[0]), values[0]);
    snprintf(after, sizeof after, "%.*s", line_length(values[1]), values[1]);
    return learned_has_moved(key, before, after);
}

static const char STEPS[] = "steps =", EPOCHS[] = "epochs =";
static const char SCHEDULED[] =
    ", and by --lr-schedule the rate of each step depends on how many there "
    "are";

/* CVL_EINVAL with every line of the settings that differs. A key that an
 * older checkpoint lacks means its default. */
static cvl_status compare_settings(const struct options *options,
                                   const char *then, const char *now,
                                   cvl_error *err)
{
    struct text difference = {0};
    while (*now) {
        const int before = line_length(then), after = line_length(now);
        const bool same_key = strncmp(then, now, key_length(now) + 1) == 0;
        if (!same_key && is_default(options, now)) {
            now += after + (now[after] != '\0');
            continue;
        }
        const bool same =
            before == after && strncmp(then, now, (size_t)before) == 0;
        if (!same && !(same_key && (names_file(then, now) ||
                                    was_default(options, then, now))))
            text_add(&difference, "%s%.*s was %.*s%s",
                     difference.size ? ", " : "", after, now, before, then,
                     strncmp(now, STEPS, strlen(STEPS)) == 0 ||
                             strncmp(now, EPOCHS, strlen(EPOCHS)) == 0
                         ? SCHEDULED
                         : "");
        then += before + (then[before] != '\0');
        now += after + (now[after] != '\0');
    }
    if (!difference.size && !*then) return CVL_OK;
    const cvl_status status = cvl_fail(
        err, CVL_EINVAL,
        "made with other settings (%s); start a new run with them instead",
        difference.data ? difference.data : "of another version");
    text_free(&difference);
    return status;
}

static cvl_status check_settings(const cvl_safetensors *file,
                                 const struct config *config, cvl_error *err)
{
    struct text identity = {0};
    const char *then;
    write_identity(config, &identity);
    cvl_status status = text_status(&identity, err);
    if (!status) status = read_text(file, KEY_CONFIG, &then, err);
    if (!status)
        status =
            compare_settings(config->start.options, then, identity.data, err);
    text_free(&identity);
    return status;
}

cvl_status checkpoint_open(int directory, const char *path,
                           const struct config *config, cvl_safetensors *file,
                           cvl_error *err)
{
    cvl_status status = cvl_safetensors_load_at(directory, path, file, err);
    if (status) return status; /* already names the file */
    status = check_settings(file, config, err);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

cvl_status checkpoint_check_data(const char *path, const cvl_safetensors *file,
                                 const struct config *config,
                                 const struct learned *learned,
                                 struct text *note, cvl_error *err)
{
    const char *const then = cvl_safetensors_metadata(file, KEY_DATA);
    if (!then && learned->list.size)
        text_add(note,
                 "note: %s keeps no checksum of its data, as version 0.1 did "
                 "not: nothing tells whether it is the same now",
                 path);
    if (!then) return CVL_OK;
    const cvl_status status = learned_check(learned, config, then, err);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

const char *checkpoint_files(const cvl_safetensors *file)
{
    return cvl_safetensors_metadata(file, KEY_FILES);
}

static cvl_status refuse_algos(const char *names, cvl_error *err)
{
    return cvl_fail(err, CVL_EFORMAT,
                    "its algorithms '%.64s' are not those of the net's layers",
                    names);
}

cvl_status checkpoint_read_algos(const char *path, const cvl_safetensors *file,
                                 cvl_conv_algo algos[CVL_MAX_LAYERS],
                                 bool *found, cvl_error *err)
{
    const char *const names = cvl_safetensors_metadata(file, KEY_ALGOS);
    const char *at = names;
    *found = names != NULL;
    for (size_t i = 0; i < CVL_MAX_LAYERS; i++) {
        char name[ALGO_NAME];
        algos[i] = CVL_CONV_AUTO;
        if (!at || !*at) continue;
        const size_t length = strcspn(at, " ");
        snprintf(name, sizeof name, "%.*s", (int)cvl_least(length, ALGO_NAME),
                 at);
        at += length + (at[length] == ' ');
        if (strcmp(name, "-") != 0 && !cvl_conv_algo_parse(name, &algos[i])) {
            const cvl_status status = refuse_algos(names, err);
            return cvl_error_prefix(err, status, "%s", path);
        }
    }
    return CVL_OK;
}

/* The net was built of them: these are its own names then. */
static cvl_status check_algos(const cvl_safetensors *file, const cvl_net *net,
                              cvl_error *err)
{
    const char *const then = cvl_safetensors_metadata(file, KEY_ALGOS);
    char now[ALGO_NAMES];
    return !then || strcmp(then, name_algos(net, now)) == 0
               ? CVL_OK
               : refuse_algos(then, err);
}

cvl_status checkpoint_restore(const char *path, const cvl_safetensors *file,
                              const struct checkpoint_of *run,
                              struct text *note, cvl_error *err)
{
    const char *const now = cvl_isa_name(run->exec->isa);
    const char *isa = NULL;
    cvl_status status = read_state(file, run->state, err);
    if (!status) status = check_algos(file, &run->trainer->net, err);
    if (!status) status = read_trainer(file, run->trainer, err);
    if (!status)
        status = read_descent(file, &run->trainer->optimizer.descent, err);
    if (!status) run->trainer->optimizer.updates = run->state->step;
    if (!status) status = read_text(file, KEY_ISA, &isa, err);
    if (!status && strcmp(isa, now) != 0)
        text_add(note,
                 "note: %s was made with %.16s, this run uses %s: results may "
                 "differ in their last digits",
                 path, isa, now);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}

/* As many of the first kernels as the history shows. */
static cvl_status recall_first(const cvl_safetensors *file, const cvl_net *net,
                               struct history *history, cvl_error *err)
{
    for (size_t i = 0; i < history->layer_count; i++) {
        char name[SLOT_NAME];
        if (!history->layers[i].shape[0]) continue;
        cvl_tensor kernels = history_kernels(history, i, 0);
        const cvl_tensor *const first = cvl_safetensors_find(
            file, first_name(net, &history->layers[i], name));
        if (!first) return CVL_OK;
        if (cvl_tensor_check_like(name, first, &kernels, err))
            return CVL_EFORMAT;
        cvl_tensor_copy(&kernels, first);
    }
    history->snapshots[0].step = 0;
    history->snapshot_count = 1;
    return CVL_OK;
}

cvl_status checkpoint_recall(const char *path, const cvl_safetensors *file,
                             const cvl_net *net, size_t steps,
                             struct history *history, struct updates *updates,
                             cvl_error *err)
{
    const cvl_tensor *const rows = cvl_safetensors_find(file, UPDATES);
    cvl_status status = recall_first(file, net, history, err);
    if (!status && rows) status = updates_recall(updates, rows, steps, err);
    return status ? cvl_error_prefix(err, status, "%s", path) : CVL_OK;
}
