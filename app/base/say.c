/* say.c - see say.h for the contract. */
#include "base/say.h"

#include <stdarg.h>
#include <stdlib.h>

#include <convlet/utf8.h>

void say(FILE *stream, const char *format, ...)
{
    /* Longer lines are rare; one that finds no memory is cut, not lost. */
    char brief[4096];
    va_list args;
    va_start(args, format);
    const int length = vsnprintf(brief, sizeof brief, format, args);
    va_end(args);
    if (length < 0) return;
    char *line = brief;
    if ((size_t)length >= sizeof brief) {
        char *const whole = malloc((size_t)length + 1);
        if (whole) {
            va_start(args, format);
            vsnprintf(whole, (size_t)length + 1, format, args);
            va_end(args);
            line = whole;
        }
    }
    cvl_control_replace(line);
    fprintf(stream, "%s\n", line);
    if (line != brief) free(line);
}
