/* config_write.c - a config file from a config; see resolve.h. */
#include <string.h>

#include "cli/option_value.h"
#include "cli/resolve.h"

/* Where the comments of resolution_print stand. */
enum { COMMENT_COLUMN = 32 };

/* Would inih, or we, read these characters as something else? */
static bool needs_quotes(const char *value)
{
    const size_t length = strlen(value);
    if (!length) return false;
    if (value[0] == '"' || value[0] == ' ' || value[length - 1] == ' ')
        return true;
    for (const char *c = value; *c; c++)
        if ((unsigned char)*c < ' ' || *c == ';') return true;
    return false;
}

size_t option_written_size(const char *text)
{
    if (!needs_quotes(text)) return strlen(text);
    size_t size = 2;
    for (const char *c = text; *c; c++)
        size += (unsigned char)*c < ' ' ? 4 : strchr("\\\";", *c) ? 2 : 1;
    return size;
}

static void write_value(const char *value, struct text *text)
{
    if (!needs_quotes(value)) {
        text_add(text, "%s", value);
        return;
    }
    text_fill(text, '"', 1);
    for (const char *c = value; *c; c++) {
        const unsigned char code = (unsigned char)*c;
        if (code < ' ') {
            text_add(text, "\\x%02x", code);
        } else {
            if (strchr("\\\";", *c)) text_fill(text, '\\', 1);
            text_fill(text, *c, 1);
        }
    }
    text_fill(text, '"', 1);
}

static void write_origin(const struct resolution *resolution,
                         const struct option *option, size_t start,
                         struct text *text)
{
    char clipped[TEXT_CLIP];
    const struct config *const config = &resolution->config;
    const size_t column = text->size - start;
    text_fill(text, ' ', column < COMMENT_COLUMN ? COMMENT_COLUMN - column : 1);
    switch (resolution_origin(resolution, option)) {
    case ORIGIN_DEFAULT: text_add(text, "; default"); break;
    case ORIGIN_PRESET:
        text_add(text, "; preset %s", config->start.preset);
        break;
    case ORIGIN_FILE:
        text_add(text, "; %s:%zu",
                 text_clip(config->start.config_file, clipped),
                 resolution->file.line[option_index(option)]);
        break;
    case ORIGIN_FLAG: text_add(text, "; flag"); break;
    }
}

static void write_section(enum section section, enum command_id command,
                          const struct config *config,
                          const struct resolution *resolution,
                          struct text *text)
{
    bool is_open = false;
    for (size_t i = 0; i < option_count; i++) {
        const struct option *const option = &option_table[i];
        struct text value = {0};
        if (option->section != section || !option_is_for(option, command))
            continue;
        if (!is_open) text_add(text, "\n[%s]\n", section_name(section));
        is_open = true;
        option_format(option, config, &value);
        if (value.failed) text->failed = true;
        const size_t start = text->size;
        text_add(text, "%s =%s", option->name, value.size ? " " : "");
        if (value.size) write_value(value.data, text);
        if (resolution) write_origin(resolution, option, start, text);
        text_fill(text, '\n', 1);
        text_free(&value);
    }
}

static void write_all(enum command_id command, const struct config *config,
                      const struct resolution *resolution, struct text *text)
{
    text_add(text, "; convlet %s --config FILE, with this file, runs this\n",
             command_name(command));
    for (int i = 0; i < SECTION_FLAGS; i++)
        write_section((enum section)i, command, config, resolution, text);
}

void config_write(enum command_id command, const struct config *config,
                  struct text *text)
{
    write_all(command, config, NULL, text);
}

void resolution_print(const struct resolution *resolution, struct text *text)
{
    write_all(resolution->command, &resolution->config, resolution, text);
}
