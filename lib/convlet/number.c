/* number.c - see number.h for the contract. */
#include "convlet/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 10 and not 1e+01: %g looks at the digits, not at what is easy to read. */
static const char *plain(double value, char text[CVL_NUMBER_SIZE])
{
    const char *const exponent = strstr(text, "e+");
    if (exponent && strtol(exponent + 2, NULL, 10) < 16)
        snprintf(text, CVL_NUMBER_SIZE, "%.0f", value);
    return text;
}

const char *cvl_number_format(double value, char text[CVL_NUMBER_SIZE])
{
    if (isnan(value)) {
        snprintf(text, CVL_NUMBER_SIZE, "nan"); /* never "-nan" */
        return text;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, CVL_NUMBER_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    return plain(value, text);
}

const char *cvl_number_format_single(float value, char text[CVL_NUMBER_SIZE])
{
    if (isnan(value)) return cvl_number_format((double)value, text);
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, CVL_NUMBER_SIZE, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) break;
    }
    return plain((double)value, text);
}

bool cvl_number_parse(const char *text, double *value)
{
    /* strtod alone would take 0x1p3, inf, nan and " 1". */
    if (text[strspn(text, "0123456789+-.eE")] || !strpbrk(text, "0123456789"))
        return false;
    char *end;
    const double parsed = strtod(text, &end);
    if (*end || !isfinite(parsed)) return false;
    *value = parsed;
    return true;
}
