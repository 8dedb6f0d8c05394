/* formats.c - the formats of pictures, a row each, and who is meant. */
#include "pictures/formats.h"

#include <string.h>
#include <strings.h>

#include <convlet/append.h>

static const picture_format *const formats[] = {&picture_png, &picture_jpeg,
                                                &picture_bmp, &picture_pnm};

enum { FORMATS = sizeof formats / sizeof formats[0] };

static bool starts_with(const unsigned char *bytes, size_t size,
                        const char *magic)
{
    const size_t length = magic ? strlen(magic) : 0;
    return length && size >= length && !memcmp(bytes, magic, length);
}

const picture_format *picture_recognise(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < FORMATS; i++)
        for (size_t k = 0; k < PICTURE_MAGICS; k++)
            if (starts_with(bytes, size, formats[i]->magic[k]))
                return formats[i];
    return NULL;
}

const picture_format *picture_format_by_name(const char *path)
{
    const char *const dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < FORMATS; i++)
        for (size_t k = 0; formats[i]->endings[k]; k++)
            if (!strcasecmp(dot, formats[i]->endings[k])) return formats[i];
    return NULL;
}

bool picture_is_written(const picture_format *format)
{
    return format && format->encode;
}

bool picture_is_lossy(const picture_format *format)
{
    return format && format->lossy;
}

const char *picture_ending(const picture_format *format)
{
    const bool is_kept = format->encode && !format->lossy;
    return (is_kept ? format : &picture_png)->endings[0];
}

const char *picture_kinds(char text[PICTURE_LIST_SIZE])
{
    text[0] = '\0';
    for (size_t i = 0; i < FORMATS; i++)
        cvl_append(text, PICTURE_LIST_SIZE, "%s%s", i ? ", " : "",
                   formats[i]->kind);
    return text;
}

const char *picture_endings(const char *more, char text[PICTURE_LIST_SIZE])
{
    const char *words[FORMATS * PICTURE_ENDINGS + 1];
    size_t count = 0;
    for (size_t i = 0; i < (size_t)2 * FORMATS; i++) {
        /* Those that lose nothing come first. */
        const picture_format *const format = formats[i % FORMATS];
        if (!format->encode || format->lossy != (i >= FORMATS)) continue;
        for (size_t k = 0; format->endings[k]; k++)
            words[count++] = format->endings[k];
    }
    if (more) words[count++] = more;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        cvl_append(text, PICTURE_LIST_SIZE, "%s%s",
                   !i              ? ""
                   : i + 1 < count ? ", "
                                   : " or ",
                   words[i]);
    return text;
}

cvl_status picture_header_read(const unsigned char *bytes, size_t size,
                               picture_header *header, cvl_error *err)
{
    char kinds[PICTURE_LIST_SIZE];
    const picture_format *const format = picture_recognise(bytes, size);
    *header = (picture_header){.info = {.format = format, .depth = 8},
                               .maximum = 255,
                               .orientation = 1};
    if (format) return format->header(bytes, size, header, err);
    return cvl_fail(err, CVL_EFORMAT,
                    "no picture of a kind that convlet reads (%s)",
                    picture_kinds(kinds));
}
