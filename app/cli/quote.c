/* quote.c - putting quotes around a value, and taking them off. */
#include "cli/quote.h"

#include <string.h>

#include <convlet/utf8.h>

bool looks_commented(const char *value)
{
    if (value[0] == '#') return true;
    for (const char *c = value; (c = strchr(c, '#')); c++)
        if (c[-1] == ' ' || c[-1] == '\t') return true;
    return false;
}

static bool needs_quotes(const char *value)
{
    const size_t length = strlen(value);
    if (!length) return false;
    if (value[0] == '"' || value[0] == ' ' || value[length - 1] == ' ')
        return true;
    for (const char *c = value; *c; c++)
        if (cvl_control_length(c) || *c == ';') return true;
    return looks_commented(value);
}

size_t quoted_size(const char *value)
{
    if (!needs_quotes(value)) return strlen(value);
    size_t size = 2;
    for (const char *c = value; *c; c++) {
        const size_t control = cvl_control_length(c);
        size += control ? 4 * control : strchr("\\\";", *c) ? 2 : 1;
        if (control) c += control - 1;
    }
    return size;
}

void quote(const char *value, struct text *text)
{
    if (!needs_quotes(value)) {
        text_add(text, "%s", value);
        return;
    }
    text_fill(text, '"', 1);
    for (const char *c = value; *c; c++) {
        size_t control = cvl_control_length(c);
        if (control) {
            text_add(text, "\\x%02x", (unsigned char)*c);
            while (--control) text_add(text, "\\x%02x", (unsigned char)*++c);
        } else {
            if (strchr("\\\";", *c)) text_fill(text, '\\', 1);
            text_fill(text, *c, 1);
        }
    }
    text_fill(text, '"', 1);
}

/* The value of a hexadecimal digit; 16 for any other character. */
static unsigned hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *const found = c ? strchr(digits, c) : NULL;
    return found ? (unsigned)(found - digits) : 16;
}

const char *unquote(char *text)
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
    return from[1] ? "text after the closing quote; a comment begins with ;"
                   : NULL;
}
