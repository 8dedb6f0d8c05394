/* say.c - see say.h for the contract. */
#include "base/say.h"

#include <stdarg.h>
#include <stdlib.h>

#include <convlet/utf8.h>

void say(FILE *stream, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *const line = length < 0 ? NULL : malloc((size_t)length + 1);
    if (!line) return;
    va_start(args, format);
    vsnprintf(line, (size_t)length + 1, format, args);
    va_end(args);
    cvl_control_replace(line);
    fprintf(stream, "%s\n", line);
    free(line);
}
