/* text.c - see text.h for the contract. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/utf8.h>

#include "base/number.h"

/* Room for `more` characters and a NUL; false where there is none. */
static bool reserve(struct text *text, size_t more)
{
    size_t needed;
    if (text->failed) return false;
    if (!cvl_size_add(text->size, more, &needed) ||
        !cvl_size_add(needed, 1, &needed)) {
        text->failed = true;
        return false;
    }
    if (needed <= text->capacity) return true;
    size_t capacity = text->capacity ? text->capacity : 256;
    while (capacity < needed)
        if (!cvl_size_mul(capacity, 2, &capacity)) capacity = needed;
    char *const data = realloc(text->data, capacity);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0) text->failed = true;
    if (length >= 0 && reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->size, (size_t)length + 1, format, again);
        text->size += (size_t)length;
    }
    va_end(again);
}

void text_fill(struct text *text, char c, size_t count)
{
    if (!reserve(text, count)) return;
    memset(text->data + text->size, c, count);
    text->size += count;
    text->data[text->size] = '\0';
}

void text_add_real(struct text *text, double value)
{
    char digits[NUMBER_SIZE];
    text_add(text, "%s", number_format(value, digits));
}

size_t text_columns(const char *lines)
{
    size_t most = 0;
    while (*lines) {
        const size_t length = strcspn(lines, "\n");
        if (length > most) most = length;
        lines += length + (lines[length] == '\n');
    }
    return most;
}

const char *text_clip(const char *text, char clipped[TEXT_CLIP])
{
    size_t size = strlen(text);
    const bool fits = size < TEXT_CLIP;
    if (!fits) {
        size = TEXT_CLIP - 4;
        while (((unsigned char)text[size] & 0xc0u) == 0x80u && size) size--;
    }
    memcpy(clipped, text, size);
    memcpy(clipped + size, "...", fits ? 0 : 3);
    clipped[size + (fits ? 0 : 3)] = '\0';
    cvl_control_replace(clipped);
    return clipped;
}

cvl_status text_status(const struct text *text, cvl_error *err)
{
    if (!text->failed) return CVL_OK;
    return cvl_fail(err, CVL_ENOMEM, "out of memory: a text needs more");
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}
