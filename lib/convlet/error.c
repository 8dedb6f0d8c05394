/* error.c - see error.h for the contract. */
#include "convlet/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "convlet/utf8.h"

/* Room for a path as long as a system takes one, with all that is said of it;
 * and how much of the end is kept of what is longer than a message. */
enum { WHOLE_SIZE = 8192, TAIL = 256 };

/* Formats a message; one that does not fit loses its middle to "...", as it is
 * the end that says what is wrong with a long name. Names come from outside: a
 * newline in one must not make two lines of it, nor an escape sequence reach a
 * terminal. */
static void format_message(char text[CVL_ERROR_SIZE], const char *format,
                           va_list args)
{
    static const char cut[] = "...";
    char whole[WHOLE_SIZE];
    if (vsnprintf(whole, sizeof whole, format, args) < 0) whole[0] = '\0';
    const size_t length = strlen(whole), head = CVL_ERROR_SIZE - TAIL - 4;
    if (length < CVL_ERROR_SIZE) {
        memcpy(text, whole, length + 1);
    } else {
        memcpy(text, whole, head);
        memcpy(text + head, cut, sizeof cut - 1);
        memcpy(text + head + sizeof cut - 1, whole + length - TAIL, TAIL + 1);
    }
    cvl_control_replace(text);
}

cvl_status cvl_fail(cvl_error *err, cvl_status status, const char *format, ...)
{
    if (!err) return status;
    va_list args;
    va_start(args, format);
    format_message(err->message, format, args);
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
    format_message(prefix, format, args);
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
