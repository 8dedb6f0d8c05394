/* assumed.h - what a proof takes for granted of texts that are printed. */
/* Read before every source. Formats and their arguments are still looked at;
 * what is written is any text that fits. */
#ifndef ASSUMED_H
#define ASSUMED_H

#include <stdio.h>

#include "convlet/append.h"
#include "convlet/error.h"

extern char assumed_message[CVL_ERROR_SIZE];

/* Any text of less than `size` bytes is in `text`; returns any length. */
int assumed_text(char *text, size_t size);

/* Any message is in *err, which may be NULL; returns `status`. */
cvl_status assumed_failure(cvl_error *err, cvl_status status);

#define cvl_fail(err, status, ...)                                   \
    (snprintf(assumed_message, sizeof assumed_message, __VA_ARGS__), \
     assumed_failure(err, status))
#define cvl_error_prefix cvl_fail
#define cvl_append snprintf
#define snprintf(text, size, ...)                                    \
    (snprintf(assumed_message, sizeof assumed_message, __VA_ARGS__), \
     assumed_text(text, size))

#endif
