/* utf8.c - see utf8.h for the contract. */
#include "convlet/utf8.h"

size_t cvl_utf8_length(const char *text, const char *end)
{
    const unsigned char *const s = (const unsigned char *)text;
    if (text == end) return 0;
    if (s[0] < 0x80) return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
    const size_t length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    for (size_t i = 1; i < length; i++)
        if (text + i == end || (s[i] & 0xc0) != 0x80) return 0;
    /* Overlong, a surrogate, or beyond U+10FFFF: the second byte tells. */
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
        (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return length;
}

size_t cvl_control_length(const char *text)
{
    const unsigned char *const s = (const unsigned char *)text;
    if (s[0] < 0x80) return s[0] && (s[0] < ' ' || s[0] == 0x7f) ? 1 : 0;
    if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0) return 2;
    return s[0] < 0xa0 ? 1 : 0;
}

void cvl_control_replace(char *text)
{
    char *to = text;
    while (*text) {
        const size_t control = cvl_control_length(text);
        size_t size = cvl_utf8_length(text, NULL);
        if (control) {
            *to++ = '?';
            text += control;
            continue;
        }
        if (!size) size = 1;
        while (size--) *to++ = *text++;
    }
    *to = '\0';
}

bool cvl_utf8_check(const char *text)
{
    while (*text) {
        const size_t length = cvl_utf8_length(text, NULL);
        if (length == 0) return false;
        text += length;
    }
    return true;
}
