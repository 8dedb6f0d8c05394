/* safetensors_json.c - a header's text: checked, then read, and written. */
#include "convlet/safetensors_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/append.h"
#include "convlet/size.h"
#include "convlet/utf8.h"

enum { MAX_DEPTH = 3, MAX_DIGITS = 15 };

/* What may follow a backslash, but for u, and what it stands for. */
static const char ESCAPES[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";

static cvl_status damaged(const cvl_json *json, const char *expected)
{
    return cvl_fail(json->err, CVL_EFORMAT,
                    "header is damaged at byte %zu: expected %s; save the "
                    "file again",
                    json->at, expected);
}

/* The next byte, or a zero, which is never what is expected, at the end. */
static char peek(const cvl_json *json)
{
    return json->at < json->end ? json->bytes[json->at] : '\0';
}

/* Reads on behind so many bytes, and never behind the end. */
static void move_on(cvl_json *json, size_t count)
{
    json->at = cvl_least(json->at + count, json->end);
}

static void skip_space(cvl_json *json)
{
    while (peek(json) == ' ' || peek(json) == '\t' || peek(json) == '\n' ||
           peek(json) == '\r')
        move_on(json, 1);
}

/* Whether `c` comes next, which is then skipped. */
static bool accept(cvl_json *json, char c)
{
    skip_space(json);
    if (peek(json) != c) return false;
    move_on(json, 1);
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 0 to 15, or -1. */
static int hex_digit(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits of \uXXXX, which are skipped; -1 if it is none. */
static long hex4(cvl_json *json)
{
    const char *const from = json->bytes + json->at;
    if (json->end - json->at < 6 || from[0] != '\\' || from[1] != 'u')
        return -1;
    long value = 0;
    for (size_t i = 2; i < 6; i++) {
        const int digit = hex_digit(from[i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    move_on(json, 6);
    return value;
}

/* Both of these write only where there is a place to write to. */
static void put(char **to, const char *bytes, size_t count)
{
    if (!to) return;
    memcpy(*to, bytes, count);
    *to += count;
}

static void put_character(char **to, unsigned long code)
{
    const size_t count = code < 0x80      ? 1
                         : code < 0x800   ? 2
                         : code < 0x10000 ? 3
                                          : 4;
    char bytes[4];
    for (size_t i = count; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 0x3f));
    static const unsigned long first[] = {0, 0xc0, 0xe0, 0xf0};
    bytes[0] = (char)(first[count - 1] | code);
    put(to, bytes, count);
}

static cvl_status read_escape(cvl_json *json, char **to)
{
    const size_t start = json->at;
    const char kind = json->end - start > 1 ? json->bytes[start + 1] : '\0';
    if (kind != 'u') {
        const char *const escape = kind ? strchr(ESCAPES, kind) : NULL;
        if (!escape) return damaged(json, "an escape such as \\n");
        put(to, &MEANT[escape - ESCAPES], 1);
        move_on(json, 2);
        return CVL_OK;
    }
    long code = hex4(json);
    if (code == 0)
        return cvl_fail(json->err, CVL_EUNSUPPORTED,
                        "header has a zero character at byte %zu, convlet "
                        "reads texts without; save the file without it",
                        start);
    if (code >= 0xd800 && code <= 0xdbff) {
        const long second = hex4(json);
        if (second >= 0xdc00 && second <= 0xdfff)
            code = 0x10000 + (code - 0xd800) * 0x400 + (second - 0xdc00);
    }
    if (code < 0 || (code >= 0xd800 && code <= 0xdfff)) {
        json->at = start;
        return damaged(json, "four hexadecimal digits of a character");
    }
    put_character(to, (unsigned long)code);
    return CVL_OK;
}

static cvl_status read_string(cvl_json *json, char **to)
{
    json->strings++;
    for (move_on(json, 1); peek(json) != '"';) {
        const char *const from = json->bytes + json->at;
        if (json->at == json->end) return damaged(json, "a closing quote");
        if (*from == '\\') {
            const cvl_status status = read_escape(json, to);
            if (status) return status;
            continue;
        }
        const size_t length = cvl_utf8_length(from, json->bytes + json->end);
        if (length == 0) return damaged(json, "a character in UTF-8");
        if ((unsigned char)*from < ' ')
            return damaged(json, "no control character");
        put(to, from, length);
        move_on(json, length);
    }
    move_on(json, 1);
    return CVL_OK;
}

static cvl_status check_number(cvl_json *json)
{
    const size_t start = json->at;
    while (is_digit(peek(json))) move_on(json, 1);
    const size_t digits = json->at - start;
    if (digits <= MAX_DIGITS && (digits == 1 || json->bytes[start] != '0'))
        return CVL_OK;
    json->at = start;
    return damaged(json, digits > MAX_DIGITS ? "a number of at most 15 digits"
                                             : "a number without a leading 0");
}

static cvl_status check_value(cvl_json *json, size_t depth);

/* An object's members or an array's elements, up to the closing bracket. */
static cvl_status check_list(cvl_json *json, size_t depth, bool object)
{
    if (depth > MAX_DEPTH) {
        json->at--;
        return damaged(json, "at most 3 levels of brackets");
    }
    const char close = object ? '}' : ']';
    if (accept(json, close)) return CVL_OK;
    do {
        skip_space(json);
        if (object) {
            if (peek(json) != '"') return damaged(json, "a name in quotes");
            const cvl_status status = read_string(json, NULL);
            if (status) return status;
            if (!accept(json, ':')) return damaged(json, "':'");
        }
        const cvl_status status = check_value(json, depth);
        if (status) return status;
    } while (accept(json, ','));
    if (accept(json, close)) return CVL_OK;
    return damaged(json, object ? "',' or '}'" : "',' or ']'");
}

static cvl_status check_value(cvl_json *json, size_t depth)
{
    skip_space(json);
    if (peek(json) == '"') return read_string(json, NULL);
    if (is_digit(peek(json))) return check_number(json);
    if (json->end - json->at >= 4 &&
        !memcmp(json->bytes + json->at, "null", 4)) {
        move_on(json, 4);
        return CVL_OK;
    }
    if (accept(json, '{')) return check_list(json, depth + 1, true);
    if (accept(json, '[')) return check_list(json, depth + 1, false);
    return damaged(json, "a text, a whole number, '[' or '{'");
}

cvl_status cvl_json_check(cvl_json *json)
{
    const size_t start = json->at;
    if (peek(json) != '{') return damaged(json, "'{'");
    move_on(json, 1);
    const cvl_status status = check_list(json, 1, true);
    if (status) return status;
    skip_space(json);
    if (json->at < json->end) return damaged(json, "nothing more after '}'");
    json->at = start;
    return CVL_OK;
}

char cvl_json_kind(cvl_json *json)
{
    skip_space(json);
    return peek(json);
}

bool cvl_json_next(cvl_json *json)
{
    const char c = cvl_json_kind(json);
    if (c == '{' || c == '[' || c == ',') move_on(json, 1);
    return !accept(json, '}') && !accept(json, ']');
}

void cvl_json_skip(cvl_json *json)
{
    (void)check_value(json, 0);
}

const char *cvl_json_string(cvl_json *json, char **to)
{
    char *const string = *to;
    skip_space(json);
    (void)read_string(json, to);
    put(to, "", 1);
    return string;
}

const char *cvl_json_name(cvl_json *json, char **to)
{
    const char *const name = cvl_json_string(json, to);
    (void)accept(json, ':');
    return name;
}

size_t cvl_json_size(cvl_json *json)
{
    size_t size;
    const char *end = json->bytes + json->at;
    (void)cvl_size_parse(&end, json->bytes + json->end, &size);
    json->at = (size_t)(end - json->bytes);
    return size;
}

char cvl_json_escape(char c)
{
    const char *const meant = c == '/' ? NULL : strchr(MEANT, c);
    return meant ? ESCAPES[meant - MEANT] : '\0';
}

const char *cvl_safetensors_dtype(cvl_dtype dtype)
{
    return dtype == CVL_F32 ? "F32" : "F64";
}

const char *cvl_safetensors_list(const size_t *sizes, size_t count,
                                 char text[CVL_LIST_SIZE])
{
    snprintf(text, CVL_LIST_SIZE, "[");
    for (size_t i = 0; i < count; i++)
        cvl_append(text, CVL_LIST_SIZE, "%s%zu", i ? "," : "", sizes[i]);
    cvl_append(text, CVL_LIST_SIZE, "]");
    return text;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *cvl_find_twice(const char **strings, size_t count)
{
    qsort(strings, count, sizeof *strings, compare_strings);
    for (size_t i = 1; i < count; i++)
        if (!strcmp(strings[i - 1], strings[i])) return strings[i];
    return NULL;
}

const char *cvl_name_quote(const char *name, char quoted[CVL_NAME_SIZE])
{
    /* Room for one more character, the dots and the closing quote. */
    const size_t room = CVL_NAME_SIZE - sizeof "\\xNN...\"";
    size_t used = 0;
    quoted[used++] = '"';
    for (; *name && used <= room; name++) {
        const unsigned char c = (unsigned char)*name;
        const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        used += (size_t)snprintf(quoted + used, CVL_NAME_SIZE - used,
                                 plain ? "%c" : "\\x%02x", c);
    }
    snprintf(quoted + used, CVL_NAME_SIZE - used, *name ? "...\"" : "\"");
    return quoted;
}
