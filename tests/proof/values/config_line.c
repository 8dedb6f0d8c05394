/* config_line.c - a line of a config file, its section, its key and value. */
/*
 * bound:   the last 1 to 6 bytes of a file, in rooms of 1 to 8 bytes; lines
 *          with a section of 1 to 8 bytes, and of 62 to 70 whose last 8 are
 *          unknown; keys and values of 0 to 8 bytes, and one value of 1,024;
 *          each such size
 * sources:
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -eva-split-return-function
 *          text_find:full,text_length:full,text_span:full,look_for:full
 *          -eva-slevel-function prove:0,take_lines:0,enter_sections:0
 *          -eva-slevel-function take_keys:0,reset:0
 *          -eva-slevel-function option_find:0,option_suggest:0
 * assumes: inih hands on texts, a value of at most 1,024 bytes; unquote leaves
 *          a text; looks_commented, hint_for_flag, suggest_try, text_clip and
 *          what keeps the setting read no further than a text's end
 */
#include <limits.h>

#include "quoted.h"

/* As memchr, but one byte after the other. */
static void *look_for(const char *bytes, char c, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] == c) return (char *)bytes + i;
    return NULL;
}

/* As memcpy, which may copy nothing from the end of a block. */
static void copy_bytes(char *to, const char *from, size_t size)
{
    for (size_t i = 0; i < size; i++) to[i] = from[i];
}

#define memcpy(to, from, size) copy_bytes(to, from, size)
#define memchr(bytes, c, size) look_for(bytes, c, size)
#include "cli/config_file.c"
#include "cli/option.c"

enum { MOST_LINE = 6, MOST = 8, LONG_SECTION = 70 };

bool looks_commented(const char *value)
{
    //@ assert valid_read_string(value);
    return Frama_C_nondet(0, 1);
}

const char *suggest_word(const char *word, const char *const *words)
{
    struct suggestion suggestion = {.word = word};
    for (; *words; words++) suggest_try(&suggestion, *words, *words);
    return suggestion.answer;
}

cvl_status settings_copy(struct settings *settings, const char *text,
                         const char **copy, cvl_error *err)
{
    //@ assert valid_read_string(text);
    if (Frama_C_nondet(0, 1)) return cvl_fail(err, CVL_ENOMEM, "out of memory");
    *copy = text;
    return CVL_OK;
}

cvl_status settings_enter(struct settings *settings,
                          const struct option *option, enum origin origin,
                          size_t line, const char *text, cvl_error *err)
{
    //@ assert valid_read_string(text) && valid_read_string(option->name);
    return Frama_C_nondet(0, 1) ? cvl_fail(err, CVL_EINVAL, "wrong") : CVL_OK;
}

/* Any other bytes up to the text's end. */
const char *unquote(char *text)
{
    //@ assert valid_string(text);
    Frama_C_make_unknown(text, strlen(text));
    return Frama_C_nondet(0, 1) ? "why not" : NULL;
}

static struct settings settings;
static struct source source;

static void reset(void)
{
    source.status = CVL_OK;
    source.line = Frama_C_size_t_interval(0, 2);
    source.section = (enum section)Frama_C_interval(0, SECTION_COUNT);
    source.is_of_run = Frama_C_nondet(0, 1);
}

/* The last bytes of a file, into rooms of which some are too small. */
static void take_lines(void)
{
    static char room[MOST_LINE + 2];
    static char bytes[MOST_LINE];
    Frama_C_make_unknown(bytes, MOST_LINE);
    //@ loop unroll MOST_LINE;
    for (size_t size = 1; size <= MOST_LINE; size++) {
        //@ loop unroll MOST_LINE + 2;
        for (size_t most = 1; most <= sizeof room; most++) {
            reset();
            source.end = bytes + MOST_LINE;
            source.next = source.end - size;
            next_line(room + sizeof room - most, (int)most, &source);
        }
    }
}

/* Sections of so many bytes, of which the last ones are unknown. */
static void enter_sections(size_t low, size_t high)
{
    static char text[LONG_SECTION + 1];
    memset(text, 'a', LONG_SECTION);
    Frama_C_make_unknown(text + LONG_SECTION - MOST, MOST);
    //@ loop unroll MOST + 1;
    for (size_t size = low; size <= high; size++) {
        char *const line = text + LONG_SECTION - size;
        reset();
        line[0] = '[';
        enter_section(&source, line);
    }
}

static void take_keys(void)
{
    static char value[CONFIG_LINE_LIMIT + 1];
    const char *const end = value + CONFIG_LINE_LIMIT;
    const char *const key = text_of(MOST, MOST + 1);
    if (!key) return;
    memset(value, 'a', CONFIG_LINE_LIMIT);
    value[0] = Frama_C_nondet(0, 1) ? '"' : 'a';
    reset();
    take_key(&source, "section", key, value);
    Frama_C_make_unknown(value + CONFIG_LINE_LIMIT - MOST, MOST);
    //@ loop unroll MOST + 1;
    for (size_t size = 0; size <= MOST; size++) {
        reset();
        take_key(&source, "section", key + MOST - size, end - size);
    }
}

void prove(void)
{
    static struct option table[2];
    static const struct command command = {.name = "command"};
    static cvl_error err;
    settings.options.count = Frama_C_size_t_interval(0, OPTION_LIMIT);
    //@ loop unroll OPTION_LIMIT;
    for (size_t i = 0; i < OPTION_LIMIT; i++) {
        struct option *const option = &settings.options.at[i];
        option->name = "name";
        option->section = (enum section)Frama_C_interval(0, SECTION_FLAGS);
        option->commands = "some of them";
        option->akin = Frama_C_nondet(0, 1) ? "other words" : NULL;
        option->type = TYPE_SIZE;
    }
    settings.command = &command;
    table[0] = settings.options.at[0];
    settings.table = table + Frama_C_interval(0, 1);
    source.name = "name";
    source.settings = &settings;
    source.err = &err;
    take_lines();
    enter_sections(1, MOST);
    enter_sections(LONG_SECTION - MOST, LONG_SECTION);
    take_keys();
}
