/* flags.c - a command line: flags, switches, their values, and files. */
/*
 * bound:   an argument of 0 to 6 bytes, and one of 60 to 66 whose last 6 are
 *          unknown, alone and before another of 0 to 3; each such size; an
 *          option of any type; commands that take files and that take none
 * takes:   minutes
 * sources:
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -eva-split-return-function
 *          text_find:full,text_length:full,text_span:full,text_differs:full
 *          -eva-slevel-function prove:0,parse_two:0,parse_long:0
 * assumes: there is an option help, as every command has; value_parse,
 *          value_metavar, hint_for_flag, suggest_try and text_clip read no
 *          further than a text's end
 */
#include <stdint.h>

#include "quoted.h"

#define strcmp(a, b) text_differs(a, b, SIZE_MAX)
#define strncmp(a, b, most) text_differs(a, b, most)
#include "cli/option.c"
#include "cli/settings.c"

/* What is suggested, if anything is: each name by itself. */
static const char *nearest;

static const char *suggest(const struct options *options, const char *name,
                           enum suggest_kind kind)
{
    return option_suggest(options, name, kind) ? nearest : NULL;
}

#define option_suggest suggest
#include "cli/flags.c"

enum { MOST = 6, MOST_SECOND = 3, LONG = 66 };

const char *value_metavar(const struct option *option, char text[EXPECTED_SIZE])
{
    //@ assert valid_read_string(option->name);
    assumed_text(text, EXPECTED_SIZE);
    return text;
}

const char *value_expected(const struct option *option,
                           char text[EXPECTED_SIZE])
{
    return value_metavar(option, text);
}

cvl_status value_parse(const struct option *option, const char *text,
                       union value *value, cvl_error *err)
{
    //@ assert valid_read_string(text) && valid_read_string(option->name);
    if (Frama_C_nondet(0, 1)) return cvl_fail(err, CVL_EINVAL, "wrong");
    value->text = text;
    return CVL_OK;
}

void value_store(const struct option *option, const union value *value,
                 struct config *config)
{
    config->start.command = value->text;
}

static struct settings settings;

/* Arguments as they come, after whatever was read before. */
static void parse(const char *first, const char *second, int count)
{
    cvl_error err;
    const char *const arguments[2] = {first, second};
    settings.files = NULL;
    flags_parse(count, arguments, &settings, &err);
}

/* Each size of one before each of the other; both end where given. */
static void parse_two(const char *first, const char *second)
{
    //@ loop unroll MOST + 1;
    for (size_t i = 0; i <= MOST; i++) {
        parse(first - i, NULL, 1);
        //@ loop unroll MOST_SECOND + 1;
        for (size_t k = 0; k <= MOST_SECOND; k++)
            parse(first - i, second - k, 2);
    }
}

/* Flags of about as many bytes as a name has room for. */
static void parse_long(const char *value)
{
    static char text[LONG + 1];
    memset(text, 'a', LONG);
    Frama_C_make_unknown(text + LONG - MOST, MOST);
    //@ loop unroll MOST + 1;
    for (size_t size = LONG; size >= LONG - MOST; size--) {
        char *const flag = text + LONG - size;
        flag[0] = flag[1] = '-';
        parse(flag, NULL, 1);
        parse(flag, value, 2);
    }
}

void prove(void)
{
    static struct option table[2];
    static struct command command = {.name = "command"};
    const char *const first = text_of(MOST, MOST + 1);
    const char *const second = text_of(MOST_SECOND, MOST_SECOND + 1);
    if (!first || !second) return;
    settings.options.count = 2;
    //@ loop unroll 2;
    for (size_t i = 0; i < 2; i++) {
        struct option *const option = &settings.options.at[i];
        option->name = i ? "o" : "help";
        option->section = (enum section)Frama_C_interval(0, SECTION_FLAGS);
        option->commands = "some of them";
        option->akin = Frama_C_nondet(0, 1) ? "other words" : NULL;
        option->type =
            (enum option_type)Frama_C_interval(TYPE_SWITCH, TYPE_TARGET);
        option->letter = Frama_C_char_interval(0, 'z');
        settings.origin[i] =
            (enum origin)Frama_C_interval(ORIGIN_DEFAULT, ORIGIN_FLAG);
    }
    table[0] = settings.options.at[1];
    settings.command = &command;
    settings.table = table + Frama_C_interval(0, 1);
    //@ loop unroll 4;
    for (int i = 0; i < 4; i++) {
        command.files = i / 2 ? "FILE..." : NULL;
        nearest = settings.options.at[i % 2].name;
        parse_two(first + MOST, second + MOST_SECOND);
        parse_long(second);
    }
}
