/* number.c - see number.h for the contract. */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
    return text;
}

const char *number_format_single(float value, char text[NUMBER_SIZE])
{
    if (isnan(value)) return number_format((double)value, text);
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, NUMBER_SIZE, "%.*g", digits, (double)value);
        if (strtof(text, NULL) == value) break;
    }
    return text;
}
