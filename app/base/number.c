/* number.c - see number.h for the contract. */
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 10 and not 1e+01: %g looks at the digits, not at what is easy to read. */
static const char *plain(double value, char text[NUMBER_SIZE])
{
    const char *const exponent = strstr(text, "e+");
    if (exponent && strtol(exponent + 2, NULL, 10) < 16)
        snprintf(text, NUMBER_SIZE, "%.0f", value);
    return text;
}

const char *number_format(double value, char text[NUMBER_SIZE])
{
    if (isnan(value)) {
        snprintf(text, NUMBER_SIZE, "nan"); /* never "-nan" */
        return text;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    return plain(value, text);
}

const char *number_format_single(float value, char text[NUMBER_SIZE])
{
    if (isnan(value)) return number_format((double)value, text);
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, NUMBER_SIZE, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) break;
    }
    return plain((double)value, text);
}
