/* html.c - see html.h for the contract. */
#include "base/html.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/size.h>
#include <convlet/utf8.h>

/* What stands for a character of one byte; NULL: itself. */
static const char *reference(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n': return NULL;
    default: return (unsigned char)c < ' ' || c == 0x7f ? "\xef\xbf\xbd" : NULL;
    }
}

void html_escape_broken(struct text *html, const char *text, char at,
                        const char *markup)
{
    while (*text) {
        const size_t size = cvl_utf8_length(text, NULL);
        const char *const other = size == 1 ? reference(*text)
                                  : size && !cvl_control_length(text)
                                      ? NULL
                                      : "\xef\xbf\xbd";
        if (other)
            text_add(html, "%s", other);
        else
            text_add(html, "%.*s", (int)size, text);
        if (*text == at) text_add(html, "%s", markup);
        text += size ? size : 1;
    }
}

void html_escape(struct text *html, const char *text)
{
    html_escape_broken(html, text, '\0', "");
}

void html_base64(struct text *html, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length;
    if (!cvl_size_mul(size / 3 + (size % 3 > 0), 4, &length)) {
        html->failed = true;
        return;
    }
    const size_t start = html->size;
    text_fill(html, '=', length);
    if (html->failed) return;
    char *out = html->data + start;
    for (size_t i = 0; i < size; i += 3, out += 4) {
        const unsigned b = i + 1 < size ? bytes[i + 1] : 0;
        const unsigned c = i + 2 < size ? bytes[i + 2] : 0;
        const unsigned group = (unsigned)bytes[i] << 16 | b << 8 | c;
        out[0] = digits[group >> 18];
        out[1] = digits[group >> 12 & 63];
        if (i + 1 < size) out[2] = digits[group >> 6 & 63];
        if (i + 2 < size) out[3] = digits[group & 63];
    }
}

void html_number(struct text *html, double value)
{
    char digits[32];
    if (!isfinite(value)) {
        text_add(html, "%s",
                 isnan(value) ? "NaN"
                 : value > 0  ? "&infin;"
                              : "&minus;&infin;");
        return;
    }
    snprintf(digits, sizeof digits, "%.4g", fabs(value));
    char *const power = strchr(digits, 'e');
    if (power) *power = '\0';
    text_add(html, "%s%s", value < 0 ? "&minus;" : "", digits);
    if (power) {
        const long exponent = strtol(power + 1, NULL, 10);
        text_add(html, "&times;10<sup>%s%ld</sup>",
                 exponent < 0 ? "&minus;" : "", labs(exponent));
    }
}
