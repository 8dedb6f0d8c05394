/* config_file.c - reading a config file, and writing one. */

/*
 * inih splits lines into keys and values. What it would do silently is caught
 * in front of it, in the function that hands it its lines: it cuts a line at
 * its buffer's size, takes an indented line for more of the value before,
 * cuts a section's name at 49 bytes, and ignores what follows a "]".
 */
#include "cli/config_file.h"

#include <ini.h>
#include <string.h>

#include <convlet/file.h>

#include "base/input.h"
#include "base/suggest.h"
#include "cli/hint.h"
#include "cli/quote.h"
#include "cli/value.h"

/* Where the comments on origins stand. */
enum { COMMENT_COLUMN = 32 };

struct source {
    const char *name;
    const char *next, *end;
    size_t line;          /* of what was handed out last, from 1 */
    enum section section; /* SECTION_COUNT: before any */
    enum origin origin;
    bool is_of_run; /* written by convlet, not by a person */
    struct settings *settings;
    size_t set_in[OPTION_LIMIT]; /* the line that sets each option; 0: none */
    cvl_status status;
    cvl_error *err;
};

/* Puts "run.ini:7: " before the message, and remembers to stop. */
static void refuse_line(struct source *source, cvl_status status)
{
    source->status = cvl_error_prefix(source->err, status, "%s:%zu",
                                      source->name, source->line);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Enters the section of a line that starts with '['. */
static void enter_section(struct source *source, const char *line)
{
    const char *names[SECTION_FLAGS + 1] = {0};
    char name[TEXT_CLIP], clipped[TEXT_CLIP];
    const char *const close = strchr(line, ']');
    if (!close) return; /* inih refuses it */
    const char *after = close + 1;
    const size_t length = (size_t)(close - line) - 1;
    while (is_space(*after)) after++;
    memcpy(name, line + 1, length < sizeof name ? length : 0);
    name[length < sizeof name ? length : 0] = '\0';
    for (int i = 0; i < SECTION_FLAGS; i++) {
        names[i] = section_name((enum section)i);
        if (strcmp(name, names[i]) != 0) continue;
        source->section = (enum section)i;
        if (!*after || *after == ';' || *after == '#') return;
        cvl_fail(source->err, CVL_EINVAL,
                 "unexpected '%s' after [%s]; expected the end of the line",
                 text_clip(after, clipped), name);
        refuse_line(source, CVL_EINVAL);
        return;
    }
    const char *const near = suggest_word(name, names);
    cvl_fail(source->err, CVL_EINVAL, "unknown section [%s]%s%s%s",
             text_clip(name, clipped), near ? "; did you mean [" : "",
             near ? near : "", near ? "]?" : "");
    refuse_line(source, CVL_EINVAL);
}

/* Hands inih the next line, without the space before it; NULL at the end. */
static char *next_line(char *buffer, int size, void *stream)
{
    struct source *const source = stream;
    if (source->status || source->next == source->end) return NULL;
    const char *start = source->next;
    const size_t rest = (size_t)(source->end - start);
    const char *const newline = memchr(start, '\n', rest);
    const char *const stop = newline ? newline : source->end;
    source->next = newline ? newline + 1 : source->end;
    source->line++;
    if (source->line == 1 && rest >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0)
        start += 3;
    while (start < stop && is_space(*start)) start++;
    const size_t length = (size_t)(stop - start);
    if (length >= (size_t)size) {
        cvl_fail(source->err, CVL_EINVAL,
                 "the line is %zu bytes long; the limit is %d", length,
                 size - 1);
        refuse_line(source, CVL_EINVAL);
        return NULL;
    }
    memcpy(buffer, start, length);
    buffer[length] = '\0';
    if (buffer[0] == '[') enter_section(source, buffer);
    return source->status ? NULL : buffer;
}

/* The option a key means here, or NULL with the reason in the error. */
static const struct option *find_key(const struct source *source,
                                     const char *key)
{
    char clipped[TEXT_CLIP], owner[TEXT_CLIP];
    const struct options *const options = &source->settings->options;
    const struct option *const option = option_find(options, key);
    const struct option *const other =
        option_find_any(source->settings->table, key);
    text_clip(key, clipped);
    if (option && option->section == SECTION_FLAGS) {
        cvl_fail(source->err, CVL_EINVAL,
                 "'%s' cannot stand in a file; give the flag --%s", key, key);
    } else if (option && source->section != SECTION_COUNT &&
               source->section != option->section) {
        cvl_fail(source->err, CVL_EINVAL, "'%s' belongs under [%s], not [%s]",
                 key, section_name(option->section),
                 section_name(source->section));
    } else if (option) {
        return option;
    } else if (other) {
        cvl_fail(source->err, CVL_EINVAL,
                 "'%s' belongs to `convlet %s`, not `convlet %s`", key,
                 option_owner(other, owner, sizeof owner),
                 source->settings->command->name);
    } else {
        const char *const hint =
            hint_for_flag(source->settings->command->name, key);
        const char *const near =
            hint ? NULL : option_suggest(options, key, SUGGEST_KEY);
        cvl_fail(source->err, CVL_EINVAL, "unknown key '%s'%s%s%s%s%s", clipped,
                 hint ? "; " : "", hint ? hint : "",
                 near ? "; did you mean '" : "", near ? near : "",
                 near ? "'?" : "");
    }
    return NULL;
}

static cvl_status refuse_comment(const char *value, cvl_error *err)
{
    char clipped[TEXT_CLIP];
    return cvl_fail(err, CVL_EINVAL,
                    "'%s': behind a value a comment begins with ; and not with "
                    "#; a # that belongs to the value is written in quotes, as "
                    "\"a #1\"",
                    text_clip(value, clipped));
}

/* Enters one value: inih's handler; 0 stops with source->status. */
static int take_key(void *user, const char *section, const char *key,
                    const char *value)
{
    struct source *const source = user;
    char text[CONFIG_LINE_LIMIT + 1];
    (void)section; /* cut at 49 bytes: enter_section read the whole name */
    if (source->status) return 0;
    const struct option *const option = find_key(source, key);
    if (!option) {
        refuse_line(source, CVL_EINVAL);
        return 0;
    }
    size_t *const set_in =
        &source->set_in[option - source->settings->options.at];
    cvl_status status = CVL_OK;
    memcpy(text, value, strlen(value) + 1);
    const char *const wrong = text[0] == '"' ? unquote(text) : NULL;
    if (*set_in)
        status = cvl_fail(source->err, CVL_EINVAL, "already set in line %zu",
                          *set_in);
    else if (wrong)
        status = cvl_fail(source->err, CVL_EINVAL, "%s", wrong);
    else if (!source->is_of_run && value[0] != '"' && looks_commented(value))
        status = refuse_comment(value, source->err);
    if (!status)
        status = settings_copy(source->settings, text, &value, source->err);
    if (!status)
        status = settings_enter(source->settings, option, source->origin,
                                source->line, value, source->err);
    if (status) {
        cvl_error_prefix(source->err, status, "%s", option->name);
        refuse_line(source, status);
        return 0;
    }
    *set_in = source->line;
    return 1;
}

/* Runs inih with room for long lines, where it was built to allow that. */
static int run_inih(struct source *source)
{
#ifdef CONVLET_INI_MAX_LINE
    const int before = ini_max_line;
    ini_max_line = CONFIG_LINE_LIMIT + 1;
#endif
    const int line = ini_parse_stream(next_line, source, take_key, source);
#ifdef CONVLET_INI_MAX_LINE
    ini_max_line = before;
#endif
    return line;
}

/* What the source is, and whose, is set. */
static cvl_status parse(struct source *source, const char *data, size_t size)
{
    cvl_error *const err = source->err;
    const char *const name = source->name;
    source->next = data;
    source->end = size ? data + size : data; /* no NULL + 0 */
    source->section = SECTION_COUNT;
    if (!size) return CVL_OK;
    if (memchr(data, '\0', size))
        return cvl_fail(err, CVL_EINVAL, "%s: holds a NUL byte; expected text",
                        name);
    const int wrong = run_inih(source);
    if (wrong < 0) return cvl_fail(err, CVL_ENOMEM, "%s: out of memory", name);
    /* inih goes on after a line it cannot split: what came first counts. */
    if (wrong > 0 && (!source->status || (size_t)wrong < source->line))
        return cvl_fail(err, CVL_EINVAL,
                        "%s:%d: expected key = value, or [section]", name,
                        wrong);
    return source->status;
}

cvl_status config_parse(const char *name, const char *data, size_t size,
                        enum origin origin, struct settings *settings,
                        cvl_error *err)
{
    cvl_error ignored;
    struct source source = {.name = name,
                            .origin = origin,
                            .settings = settings,
                            .err = err ? err : &ignored};
    return parse(&source, data, size);
}

cvl_status config_load(const char *path, bool is_of_run,
                       struct settings *settings, cvl_error *err)
{
    cvl_error ignored;
    struct source source = {.name = input_name(path),
                            .origin = ORIGIN_FILE,
                            .is_of_run = is_of_run,
                            .settings = settings,
                            .err = err ? err : &ignored};
    cvl_bytes bytes = {0};
    cvl_status status = settings_copy(settings, path, &settings->file, err);
    if (!status) status = input_read(path, CONFIG_FILE_LIMIT, &bytes, err);
    if (status == CVL_EFORMAT) {
        /* A config too large is the user's mistake, not damaged data. */
        if (err) err->status = CVL_EINVAL;
        status = CVL_EINVAL;
    }
    if (!status) status = parse(&source, (const char *)bytes.data, bytes.size);
    cvl_bytes_free(&bytes);
    return status;
}

bool config_can_hold(const char *value)
{
    return quoted_size(value) <= VALUE_LIMIT;
}

static void write_origin(const struct settings *settings,
                         const struct option *option, size_t start,
                         struct text *text)
{
    char clipped[TEXT_CLIP];
    const size_t column = text->size - start;
    text_fill(text, ' ', column < COMMENT_COLUMN ? COMMENT_COLUMN - column : 1);
    switch (settings_origin(settings, option)) {
    case ORIGIN_DEFAULT: text_add(text, "; default"); break;
    case ORIGIN_PRESET:
        text_add(text, "; preset %s", settings->config.start.preset);
        break;
    case ORIGIN_FILE:
        text_add(text, "; %s:%zu", text_clip(settings->file, clipped),
                 settings->line[option - settings->options.at]);
        break;
    case ORIGIN_FLAG: text_add(text, "; flag"); break;
    }
}

/* The option's line, without its end. */
static void write_option(const struct option *option,
                         const struct config *config, enum option_role last,
                         struct text *text)
{
    struct text value = {0};
    if (option->role > last)
        text_add(&value, "%s", option->text);
    else
        value_format(option, config, &value);
    if (value.failed) text->failed = true;
    text_add(text, "%s =%s", option->name, value.size ? " " : "");
    if (value.size) quote(value.data, text);
    text_free(&value);
}

/* With the origins where the settings are given. */
static void write_all(const struct config *config, enum option_role last,
                      const struct settings *settings, struct text *text)
{
    const struct options *const options = config->start.options;
    text_add(text, "; convlet %s --config FILE, with this file, runs this\n",
             config->start.command);
    for (enum section section = 0; section < SECTION_FLAGS; section++) {
        bool is_open = false;
        for (size_t i = 0; i < options->count; i++) {
            const struct option *const option = &options->at[i];
            if (option->section != section) continue;
            if (!is_open) text_add(text, "\n[%s]\n", section_name(section));
            is_open = true;
            const size_t start = text->size;
            write_option(option, config, last, text);
            if (settings) write_origin(settings, option, start, text);
            text_fill(text, '\n', 1);
        }
    }
}

void config_write(const struct config *config, enum option_role last,
                  struct text *text)
{
    write_all(config, last, NULL, text);
}

void config_print(const struct settings *settings, struct text *text)
{
    write_all(&settings->config, ROLE_PLACE, settings, text);
}
