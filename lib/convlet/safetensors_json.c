/* safetensors_json.c - stricter than cJSON, which reads what is no JSON. */
#include "convlet/safetensors_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * cJSON takes every control character for a space, numbers such as 01 and
 * +-.e, half a surrogate, any bytes for UTF-8, and lets \u0000 or \uzzzz end
 * a text early, so that two names become one. Its parser recurses a thousand
 * levels deep, and it returns the same NULL for a bad text and for no memory.
 * So a text is checked here first, and cJSON only builds the tree.
 */
enum { MAX_DEPTH = 3, MAX_DIGITS = 15 };

/* The text and how far it is read; positions count from the file's start. */
typedef struct text {
    const unsigned char *bytes;
    size_t at, end;
    cvl_error *err;
} text;

static cvl_status damaged(const text *t, const char *expected)
{
    return cvl_fail(t->err, CVL_EFORMAT,
                    "header is damaged at byte %zu: expected %s; save the "
                    "file again",
                    t->at, expected);
}

/* The next byte, or a zero, which is never what is expected, at the end. */
static unsigned char peek(const text *t)
{
    return t->at < t->end ? t->bytes[t->at] : '\0';
}

static void skip_space(text *t)
{
    while (peek(t) == ' ' || peek(t) == '\t' || peek(t) == '\n' ||
           peek(t) == '\r')
        t->at++;
}

/* Whether `c` comes next, which is then skipped. */
static bool accept(text *t, char c)
{
    skip_space(t);
    if (peek(t) != (unsigned char)c) return false;
    t->at++;
    return true;
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of the character at the start of `s`, 1 to 4; 0 if it is none. */
static size_t utf8_length(const unsigned char *s, size_t size)
{
    if (size == 0) return 0;
    if (s[0] < 0x80) return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
    const size_t length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (length > size) return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    /* Overlong, a surrogate, or beyond U+10FFFF: the second byte tells. */
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return length;
}

bool cvl_utf8_check(const char *string)
{
    const unsigned char *s = (const unsigned char *)string;
    for (size_t size = strlen(string); size > 0;) {
        const size_t length = utf8_length(s, size);
        if (length == 0) return false;
        s += length;
        size -= length;
    }
    return true;
}

/* 0 to 15, or -1. */
static int hex_digit(unsigned char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits of \uXXXX, with t->at at the backslash; -1 if it is none. */
static long hex4(const text *t)
{
    if (t->end - t->at < 6 || t->bytes[t->at] != '\\' ||
        t->bytes[t->at + 1] != 'u')
        return -1;
    long value = 0;
    for (size_t i = 2; i < 6; i++) {
        const int digit = hex_digit(t->bytes[t->at + i]);
        if (digit < 0) return -1;
        value = value * 16 + digit;
    }
    return value;
}

static cvl_status check_escape(text *t)
{
    const size_t start = t->at;
    const unsigned char kind = t->end - start > 1 ? t->bytes[start + 1] : '\0';
    if (kind != 'u') {
        if (!kind || !strchr("\"\\/bfnrt", kind))
            return damaged(t, "an escape such as \\n");
        t->at += 2;
        return CVL_OK;
    }
    const long first = hex4(t);
    if (first == 0)
        return cvl_fail(t->err, CVL_EUNSUPPORTED,
                        "header has a zero character at byte %zu, convlet "
                        "reads texts without; save the file without it",
                        start);
    t->at += first < 0 ? 0 : 6;
    if (first >= 0xd800 && first <= 0xdbff) {
        const long second = hex4(t);
        if (second >= 0xdc00 && second <= 0xdfff) {
            t->at += 6;
            return CVL_OK;
        }
    }
    if (first >= 0 && (first < 0xd800 || first > 0xdfff)) return CVL_OK;
    t->at = start;
    return damaged(t, "four hexadecimal digits of a character");
}

static cvl_status check_string(text *t)
{
    for (t->at++; peek(t) != '"';) {
        if (t->at == t->end) return damaged(t, "a closing quote");
        if (peek(t) == '\\') {
            const cvl_status status = check_escape(t);
            if (status) return status;
            continue;
        }
        const size_t length = utf8_length(t->bytes + t->at, t->end - t->at);
        if (length == 0) return damaged(t, "a character in UTF-8");
        if (peek(t) < ' ') return damaged(t, "no control character");
        t->at += length;
    }
    t->at++;
    return CVL_OK;
}

static cvl_status check_number(text *t)
{
    const size_t start = t->at;
    while (is_digit(peek(t))) t->at++;
    const size_t digits = t->at - start;
    if (digits <= MAX_DIGITS && (digits == 1 || t->bytes[start] != '0'))
        return CVL_OK;
    t->at = start;
    return damaged(t, digits > MAX_DIGITS ? "a number of at most 15 digits"
                                          : "a number without a leading 0");
}

static cvl_status check_value(text *t, size_t depth);

/* An object's members or an array's elements, up to the closing bracket. */
static cvl_status check_list(text *t, size_t depth, bool object)
{
    if (depth > MAX_DEPTH) {
        t->at--;
        return damaged(t, "at most 3 levels of brackets");
    }
    const char close = object ? '}' : ']';
    if (accept(t, close)) return CVL_OK;
    do {
        skip_space(t);
        if (object) {
            if (peek(t) != '"') return damaged(t, "a name in quotes");
            const cvl_status status = check_string(t);
            if (status) return status;
            if (!accept(t, ':')) return damaged(t, "':'");
        }
        const cvl_status status = check_value(t, depth);
        if (status) return status;
    } while (accept(t, ','));
    if (accept(t, close)) return CVL_OK;
    return damaged(t, object ? "',' or '}'" : "',' or ']'");
}

static cvl_status check_value(text *t, size_t depth)
{
    skip_space(t);
    if (peek(t) == '"') return check_string(t);
    if (is_digit(peek(t))) return check_number(t);
    if (accept(t, '{')) return check_list(t, depth + 1, true);
    if (accept(t, '[')) return check_list(t, depth + 1, false);
    return damaged(t, "a text, a whole number, '[' or '{'");
}

cvl_status cvl_json_check(const unsigned char *bytes, size_t begin, size_t end,
                          cvl_error *err)
{
    text t = {.bytes = bytes, .at = begin, .end = end, .err = err};
    if (peek(&t) != '{') return damaged(&t, "'{'");
    t.at++;
    const cvl_status status = check_list(&t, 1, true);
    if (status) return status;
    skip_space(&t);
    return t.at < end ? damaged(&t, "nothing more after '}'") : CVL_OK;
}

/* The letter of a two-character escape, or 0. */
static char short_escape(unsigned char c)
{
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return '\0';
    }
}

size_t cvl_json_quoted_size(const char *string)
{
    size_t size = 2;
    for (const char *c = string; *c; c++)
        size += short_escape((unsigned char)*c) ? 2
                : (unsigned char)*c < ' '       ? 6
                                                : 1;
    return size;
}

char *cvl_json_quote(char *to, const char *string)
{
    static const char hex[] = "0123456789abcdef";
    static const char start[] = {'\\', 'u', '0', '0'};
    *to++ = '"';
    for (; *string; string++) {
        const unsigned char c = (unsigned char)*string;
        const char letter = short_escape(c);
        if (letter) {
            *to++ = '\\';
            *to++ = letter;
        } else if (c < ' ') {
            memcpy(to, start, sizeof start);
            to[4] = hex[c / 16];
            to[5] = hex[c % 16];
            to += 6;
        } else {
            *to++ = *string;
        }
    }
    *to++ = '"';
    return to;
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
