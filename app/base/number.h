/* number.h - numbers as text that reads back to the same number. */
#ifndef CONVLET_BASE_NUMBER_H
#define CONVLET_BASE_NUMBER_H

#include <math.h>
#include <stdio.h>

#include <convlet/number.h>

enum { NUMBER_SIZE = CVL_NUMBER_SIZE };

/* As the library writes them: see convlet/number.h. */
static inline const char *number_format(double value, char text[NUMBER_SIZE])
{
    return cvl_number_format(value, text);
}

static inline const char *number_format_single(float value,
                                               char text[NUMBER_SIZE])
{
    return cvl_number_format_single(value, text);
}

/* A number for people: whole ones as they are, others with so many
 * significant digits; returns text. */
static inline const char *number_digits(double value, size_t digits,
                                        char text[NUMBER_SIZE])
{
    if (isnan(value))
        snprintf(text, NUMBER_SIZE, "nan");
    else if (value == floor(value) && fabs(value) < 1e7)
        snprintf(text, NUMBER_SIZE, "%.0f", value == 0.0 ? 0.0 : value);
    else
        snprintf(text, NUMBER_SIZE, "%.*g", (int)digits, value);
    return text;
}

#endif
