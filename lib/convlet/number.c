/* number.c - see number.h for the contract. */
#include "convlet/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* No double needs as many characters as that. */
enum { LONGEST = 1024, MARK_SIZE = 16 };

/* The decimal mark of the locale, which another part of the process may have
 * chosen: what stands between the digits of 0.5. Returns its size. */
static size_t decimal_mark(char mark[MARK_SIZE])
{
    const int length = snprintf(mark, MARK_SIZE, "%.1f", 0.5);
    const size_t size = (size_t)length - 2;
    memmove(mark, mark + 1, size);
    mark[size] = '\0';
    return size;
}

/* A point in the place of the mark. */
static void point(char text[CVL_NUMBER_SIZE])
{
    char mark[MARK_SIZE];
    const size_t size = decimal_mark(mark);
    char *const at = strstr(text, mark);
    if (!at) return;
    *at = '.';
    memmove(at + 1, at + size, strlen(at + size) + 1);
}

double cvl_number_read(const char *text, const char **end)
{
    char local[LONGEST + MARK_SIZE] = "", mark[MARK_SIZE], *stop;
    const size_t length = strspn(text, CVL_NUMBER_CHARACTERS);
    const char *const at = memchr(text, '.', length);
    const size_t before = at ? (size_t)(at - text) : length;
    *end = text;
    if (length > LONGEST) return 0.0;
    const size_t size = decimal_mark(mark);
    memcpy(local, text, before);
    if (before < length) {
        memcpy(local + before, mark, size);
        memcpy(local + before + size, text + before + 1, length - before - 1);
    }
    const double value = strtod(local, &stop);
    const size_t used = (size_t)(stop - local);
    *end += used > before ? used + 1 - size : used;
    return value;
}

const char *cvl_number_digits(double value, int digits,
                              char text[CVL_NUMBER_SIZE])
{
    snprintf(text, CVL_NUMBER_SIZE, "%.*g", digits, value);
    point(text);
    return text;
}

/* 10 and not 1e+01: %g looks at the digits, not at what is easy to read. */
static const char *plain(double value, char text[CVL_NUMBER_SIZE])
{
    point(text);
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

/* Is a digit before the exponent other than 0? */
static bool has_value(const char *text)
{
    const size_t zeros = strspn(text, "+-.0");
    return text[zeros] >= '1' && text[zeros] <= '9';
}

bool cvl_number_parse(const char *text, double *value)
{
    const char *end;
    const double parsed = cvl_number_read(text, &end);
    if (end == text || *end || !isfinite(parsed) ||
        (parsed == 0.0 && has_value(text)))
        return false;
    *value = parsed + 0.0; /* -0 is 0 */
    return true;
}
