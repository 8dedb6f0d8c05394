/* config_file.c - see config_file.h for the contract. */

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

#include "base/suggest.h"
#include "cli/option_value.h"

struct source {
    const char *name;
    const char *next, *end;
    size_t line; /* of what was handed out last, from 1 */
    enum command_id command;
    enum section section; /* SECTION_COUNT: before any */
    struct layer *layer;
    struct strings *strings;
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
    char clipped[TEXT_CLIP];
    const struct option *const option = option_find(key, source->command);
    const struct option *const other = option_find_any(key);
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
        int owner = 0;
        while (!option_is_for(other, (enum command_id)owner)) owner++;
        cvl_fail(source->err, CVL_EINVAL,
                 "'%s' belongs to `convlet %s`, not `convlet %s`", key,
                 command_name((enum command_id)owner),
                 command_name(source->command));
    } else {
        const char *const near =
            suggest_option(key, source->command, SUGGEST_KEY);
        cvl_fail(source->err, CVL_EINVAL, "unknown key '%s'%s%s%s", clipped,
                 near ? "; did you mean '" : "", near ? near : "",
                 near ? "'?" : "");
    }
    return NULL;
}

/* The value of a hexadecimal digit; 16 for any other character. */
static unsigned hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *const found = c ? strchr(digits, c) : NULL;
    return found ? (unsigned)(found - digits) : 16;
}

/* Takes the quotes off in place; the reason why not, or NULL. */
static const char *unquote(char *text)
{
    const char *from = text + 1;
    char *to = text;
    for (; *from != '"'; from++) {
        if (!*from) return "no closing quote; in quotes, write ; as \\;";
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        from++;
        if (*from == 'x') {
            const unsigned high = hex_digit(from[1]);
            const unsigned low = high < 16 ? hex_digit(from[2]) : 16;
            if (low == 16 || high + low == 0)
                return "\\x needs two of 0-9a-f, not 00";
            *to++ = (char)(unsigned char)(16 * high + low);
            from += 2;
        } else if (*from && strchr("\\\";", *from)) {
            *to++ = *from;
        } else {
            return "a \\ that is not \\\\ \\\" \\; or \\xHH";
        }
    }
    *to = '\0';
    return from[1] ? "text after the closing quote" : NULL;
}

/* Enters one value: inih's handler; 0 stops with source->status. */
static int take_key(void *user, const char *section, const char *key,
                    const char *value)
{
    struct source *const source = user;
    struct config scratch = {0};
    char text[CONFIG_LINE_LIMIT + 1];
    (void)section; /* cut at 49 bytes: enter_section read the whole name */
    if (source->status) return 0;
    const struct option *const option = find_key(source, key);
    if (!option) {
        refuse_line(source, CVL_EINVAL);
        return 0;
    }
    const size_t index = option_index(option);
    const size_t length = strlen(value);
    cvl_status status = CVL_OK;
    memcpy(text, value, length + 1);
    const char *const wrong = text[0] == '"' ? unquote(text) : NULL;
    if (source->layer->text[index])
        status = cvl_fail(source->err, CVL_EINVAL, "already set in line %zu",
                          source->layer->line[index]);
    else if (wrong)
        status = cvl_fail(source->err, CVL_EINVAL, "%s", wrong);
    if (!status) status = option_parse(option, text, &scratch, source->err);
    if (!status)
        status = strings_copy(source->strings, text,
                              &source->layer->text[index], source->err);
    if (status) {
        cvl_error_prefix(source->err, status, "%s", option->name);
        refuse_line(source, status);
        return 0;
    }
    source->layer->line[index] = source->line;
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

cvl_status config_parse(const char *name, const char *data, size_t size,
                        enum command_id command, struct layer *layer,
                        struct strings *strings, cvl_error *err)
{
    cvl_error ignored;
    struct source source = {.name = name,
                            .next = data,
                            .end = size ? data + size : data, /* no NULL + 0 */
                            .command = command,
                            .section = SECTION_COUNT,
                            .layer = layer,
                            .strings = strings,
                            .err = err ? err : &ignored};
    if (!size) return CVL_OK;
    if (memchr(data, '\0', size))
        return cvl_fail(err, CVL_EINVAL, "%s: holds a NUL byte; expected text",
                        name);
    const int wrong = run_inih(&source);
    if (wrong < 0) return cvl_fail(err, CVL_ENOMEM, "%s: out of memory", name);
    /* inih goes on after a line it cannot split: what came first counts. */
    if (wrong > 0 && (!source.status || (size_t)wrong < source.line))
        return cvl_fail(err, CVL_EINVAL,
                        "%s:%d: expected key = value, or [section]", name,
                        wrong);
    return source.status;
}

cvl_status config_load(const char *path, enum command_id command,
                       struct layer *layer, struct strings *strings,
                       cvl_error *err)
{
    cvl_bytes bytes = {0};
    cvl_status status = cvl_file_read(path, CONFIG_FILE_LIMIT, &bytes, err);
    if (status == CVL_EFORMAT) {
        /* A config too large is the user's mistake, not damaged data. */
        if (err) err->status = CVL_EINVAL;
        status = CVL_EINVAL;
    }
    if (!status)
        status = config_parse(path, (const char *)bytes.data, bytes.size,
                              command, layer, strings, err);
    cvl_bytes_free(&bytes);
    return status;
}
