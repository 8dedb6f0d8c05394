/* learned.c - see learned.h for the contract. */
#include "train/learned.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <convlet/net.h>
#include <convlet/utf8.h>

#include "base/fnv.h"
#include "cli/config_file.h"

/* A checkpoint's header has room for more; names beyond that are left out. */
enum { LIST_LIMIT = 512 * 1024 };

/* The last three are where a run begins; the others are learned from. */
static const char *const NAMES[LEARNED_PLACES] = {
    "input", "target", "validation",  "data",     "hold-out",
    "order", "init",   "init-weight", "init-bias"};
static const char READ[] = "input target validation data hold-out order";
static const char LISTS[] = "data hold-out"; /* paths with commas between */

static const char **place_in(struct config *config, size_t index)
{
    const char **const places[LEARNED_PLACES] = {
        &config->data.input,        &config->data.target,
        &config->data.validation,   &config->data.data,
        &config->data.hold_out,     &config->data.order,
        &config->training.init,     &config->training.init_weight,
        &config->training.init_bias};
    return places[index];
}

static const char *setting(const struct config *config, size_t index)
{
    struct config copy = *config;
    return *place_in(&copy, index);
}

static bool is_file(const char *text)
{
    cvl_init init;
    return text && *text && data_is_file(text) && !samples_is_built_in(text) &&
           !is_among(text, "none") && strncmp(text, "every:", 6) != 0 &&
           strncmp(text, "last:", 5) != 0 && !cvl_init_parse(text, &init);
}

/* Appends the path, or each of a list that is not one path as it stands, with
 * the directory before it unless it begins at the root. */
static void add_place(const char *name, const char *text, const char *here,
                      struct text *place)
{
    const bool is_list = is_among(name, LISTS) && access(text, F_OK) != 0;
    while (*text) {
        const size_t length = is_list ? strcspn(text, ",") : strlen(text);
        text_add(place, "%s%s%.*s", *text == '/' ? "" : here,
                 *text == '/' ? "" : "/", (int)length, text);
        text += length;
        if (*text) text_fill(place, *text++, 1);
    }
}

/* Does the path, or each of a list, begin at the root? */
static bool is_whole(const char *text, bool is_list)
{
    const char *comma = is_list ? strchr(text, ',') : NULL;
    for (; comma && comma[1] == '/'; comma = strchr(comma + 1, ',')) continue;
    return *text == '/' && !comma;
}

/* Is the setting a path that is to hold anywhere? */
static bool is_placed(const struct config *config, size_t index)
{
    /* Of a run that goes on, where it began is from somewhere else. */
    return is_file(setting(config, index)) &&
           (is_among(NAMES[index], READ) || !config->start.resume);
}

/* The program's directory has no name. CVL_EIO where a path that is to be kept
 * needs one. */
static cvl_status find_without(const struct config *config, int reason,
                               cvl_error *err)
{
    for (size_t i = 0; i < LEARNED_PLACES; i++) {
        const char *const text = setting(config, i);
        if (config->output.out && is_placed(config, i) &&
            !is_whole(text, is_among(NAMES[i], LISTS)))
            return cvl_fail(err, CVL_EIO,
                            "%s: cannot tell in which directory that is: %s; "
                            "start in another one",
                            text, strerror(reason));
    }
    return CVL_OK;
}

cvl_status learned_find(struct learned *learned, const struct config *config,
                        cvl_error *err)
{
    char here[4096];
    cvl_status status = CVL_OK;
    /* A path that is longer than any may be helps nobody: names from here do.
     */
    if (!getcwd(here, sizeof here))
        return errno == ERANGE ? CVL_OK : find_without(config, errno, err);
    for (size_t i = 0; !status && i < LEARNED_PLACES; i++) {
        const char *const text = setting(config, i);
        struct text *const place = &learned->places[i];
        if (!is_placed(config, i)) continue;
        add_place(NAMES[i], text, strcmp(here, "/") != 0 ? here : "", place);
        status = text_status(place, err);
        if (!status &&
            (!config_can_hold(place->data) || !cvl_utf8_check(place->data)))
            text_free(place);
    }
    return status;
}

struct config learned_config(const struct learned *learned,
                             const struct config *config)
{
    struct config lasting = *config;
    for (size_t i = 0; i < LEARNED_PLACES; i++)
        if (learned->places[i].data)
            *place_in(&lasting, i) = learned->places[i].data;
    return lasting;
}

/* One line; without a name that is NULL. */
static void add_file(struct text *list, const char *role,
                     const struct source_mark *mark, const char *name)
{
    text_add(list, "%s %zu %016llx%s", role, mark->size,
             (unsigned long long)mark->sum, name ? " " : "");
    for (const char *c = name ? name : ""; *c; c++)
        if (*c > ' ' && *c < 0x7f && *c != '%')
            text_fill(list, *c, 1);
        else
            text_add(list, "%%%02x", (unsigned)(unsigned char)*c);
    text_fill(list, '\n', 1);
}

/* Appends lines of files of one role; or, where these are too long, one for all
 * of them, which have so many bytes. Frees the lines. */
static void add_files(struct text *list, const char *role, struct text *lines,
                      size_t bytes)
{
    if (lines->size > LIST_LIMIT) {
        const struct source_mark all = {bytes,
                                        fnv_sum(lines->data, lines->size)};
        add_file(list, role, &all, NULL);
    } else if (lines->data) {
        text_add(list, "%s", lines->data);
    }
    list->failed |= lines->failed;
    text_free(lines);
}

static void add_photos(struct text *list, const struct photos *photos)
{
    struct text lines = {0};
    size_t bytes = 0;
    for (size_t i = 0; i < photos->count; i++) {
        const struct photo *const photo = &photos->photo[i];
        const char *const slash = strrchr(photo->name, '/');
        bytes += photo->mark.size;
        add_file(&lines, "target", &photo->mark,
                 photos->is_directory && slash ? slash + 1 : NULL);
    }
    add_files(list, "target", &lines, bytes);
}

/* Those of a role stand together. */
static void add_samples(struct text *list, const struct samples *samples)
{
    struct text lines = {0};
    size_t bytes = 0;
    for (size_t i = 0; i < samples->file_count; i++) {
        const struct samples_file *const file = &samples->files[i];
        const bool is_last = i + 1 == samples->file_count ||
                             strcmp(file->role, file[1].role) != 0;
        bytes += file->mark.size;
        add_file(&lines, file->role, &file->mark, file->name);
        if (!is_last) continue;
        add_files(list, file->role, &lines, bytes);
        bytes = 0;
    }
}

cvl_status learned_note(struct learned *learned, const struct data *data,
                        const struct photos *photos,
                        const struct samples *samples,
                        const struct source_mark *order, cvl_error *err)
{
    struct text *const list = &learned->list;
    if (data->input_mark.size) add_file(list, "input", &data->input_mark, NULL);
    if (data->target_mark.size)
        add_file(list, "target", &data->target_mark, NULL);
    add_photos(list, photos);
    add_samples(list, samples);
    if (order->size) add_file(list, "order", order, NULL);
    if (photos->validation_mark.size)
        add_file(list, "validation", &photos->validation_mark, NULL);
    return text_status(list, err);
}

/* A line of the list, in parts. */
struct line {
    char role[16], name[1024];
    char size[24], sum[24];
    size_t length; /* with its end */
};

/* Copies a word, which ends before a space, and what follows it. */
static const char *take_word(const char *at, char *word, size_t room)
{
    const size_t length = strcspn(at, " \n");
    const size_t kept = length < room ? length : room - 1;
    memcpy(word, at, kept);
    word[kept] = '\0';
    return at + length + (at[length] == ' ');
}

static struct line read_line(const char *at)
{
    struct line line = {.length = strcspn(at, "\n")};
    line.length += at[line.length] == '\n';
    at = take_word(at, line.role, sizeof line.role);
    at = take_word(at, line.size, sizeof line.size);
    at = take_word(at, line.sum, sizeof line.sum);
    take_word(at, line.name, sizeof line.name);
    return line;
}

/* What is wrong with the first line that differs. */
static cvl_status refuse(const struct config *config, const struct line *then,
                         const struct line *now, cvl_error *err)
{
    const int order = !now->role[0]    ? -1
                      : !then->role[0] ? 1
                                       : strcmp(then->role, now->role);
    const int names = order ? order : strcmp(then->name, now->name);
    const struct line *const line = names < 0 ? then : now;
    const char *path = NULL; /* the run may set none of that name */
    for (size_t i = 0; i < LEARNED_PLACES; i++)
        if (strcmp(NAMES[i], line->role) == 0) path = setting(config, i);
    struct text change = {0};
    if (names)
        text_add(&change, "%s", names < 0 ? "is gone" : "is new");
    else if (strcmp(then->size, now->size) != 0)
        text_add(&change, "had %s bytes and has %s", then->size, now->size);
    else
        text_add(&change, "holds other bytes");
    const cvl_status status = cvl_fail(
        err, CVL_EINVAL,
        "learned from other data: --%s%s%s%s%s %s; start a new run with it, or "
        "say with --%s where the old data is",
        line->role, path ? " " : "", path ? path : "", line->name[0] ? "/" : "",
        line->name, change.data ? change.data : "has changed", line->role);
    text_free(&change);
    return status;
}

cvl_status learned_check(const struct learned *learned,
                         const struct config *config, const char *then,
                         cvl_error *err)
{
    const char *now = learned->list.data ? learned->list.data : "";
    while (*then || *now) {
        const struct line before = read_line(then), after = read_line(now);
        if (before.length != after.length ||
            strncmp(then, now, after.length) != 0)
            return refuse(config, &before, &after, err);
        then += before.length;
        now += after.length;
    }
    return CVL_OK;
}

void learned_hide(struct config *config)
{
    for (size_t i = 0; i < LEARNED_PLACES; i++) {
        const char **const place = place_in(config, i);
        if (*place && !cvl_utf8_check(*place)) *place = "(no UTF-8)";
    }
}

bool learned_has_moved(const char *name, const char *then, const char *now)
{
    return is_among(name, READ) && is_file(then) && is_file(now);
}

const char *learned_missing(const struct config *config)
{
    for (size_t i = 0; i < LEARNED_PLACES; i++) {
        const char *const text = setting(config, i);
        if (is_among(NAMES[i], READ) && is_file(text) && access(text, R_OK))
            return NAMES[i];
    }
    return NULL;
}

void learned_free(struct learned *learned)
{
    for (size_t i = 0; i < LEARNED_PLACES; i++) text_free(&learned->places[i]);
    text_free(&learned->list);
}
