/* error.c - see error.h for the contract. */
#include "convlet/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "convlet/utf8.h"

/* Formats into size bytes of text; a text that does not fit ends in "...".
 * Names come from outside: a newline in one must not make two lines of it,
 * nor an escape sequence reach a terminal. */
static void format_message(char *text, size_t size, const char *format,
                           va_list args)
{
    static const char cut[] = "...";
    const int length = vsnprintf(text, size, format, args);
    if (length < 0) text[0] = '\0';
    if (length >= 0 && (size_t)length >= size)
        memcpy(text + size - sizeof cut, cut, sizeof cut);
    cvl_control_replace(text);
}

cvl_status cvl_fail(cvl_error *err, cvl_status status, const char *format, ...)
{
    if (!err) return status;
    va_list args;
    va_start(args, format);
    format_message(err->message, sizeof err->message, format, args);
    va_end(args);
    err->status = status;
    return status;
}

cvl_status cvl_error_prefix(cvl_error *err, cvl_status status,
                            const char *format, ...)
{
    if (!err) return status;
    char prefix[CVL_ERROR_SIZE];
    va_list args;
    va_start(args, format);
    format_message(prefix, sizeof prefix, format, args);
    va_end(args);
    const cvl_error inner = *err;
    return cvl_fail(err, inner.status, "%s: %s", prefix, inner.message);
}

const char *cvl_status_name(cvl_status status)
{
    switch (status) {
    case CVL_OK: return "ok";
    case CVL_EINVAL: return "invalid argument";
    case CVL_ESHAPE: return "shapes do not fit";
    case CVL_ENOMEM: return "out of memory";
    case CVL_EIO: return "input or output failed";
    case CVL_EFORMAT: return "bad file format";
    case CVL_EUNSUPPORTED: return "not supported";
    }
    return "unknown status";
}
