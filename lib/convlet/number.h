/* number.h - numbers as text, and back, the same in every locale. */
#ifndef CVL_NUMBER_H
#define CVL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of a number's text, at most. */
enum cvl_number_limits { CVL_NUMBER_SIZE = 32 };

/* Writes the fewest digits that read back to the same double, without an
 * exponent up to 1e16, or "inf", "-inf", "nan"; returns text. */
const char *cvl_number_format(double value, char text[CVL_NUMBER_SIZE]);

/* The same for a float: 0.1 and not 0.10000000149011612. */
const char *cvl_number_format_single(float value, char text[CVL_NUMBER_SIZE]);

/* Writes so many significant digits, as %g does; returns text. */
const char *cvl_number_digits(double value, int digits,
                              char text[CVL_NUMBER_SIZE]);

/* What a number's text is made of. */
#define CVL_NUMBER_CHARACTERS "0123456789+-.eE"

/* Reads a decimal number from the start of a text, of at most 1024 characters;
 * infinite where it is too large. *end is what follows: text itself, where
 * there is none. No white space, nan, inf or 0x1p3, as strtod would take. */
double cvl_number_read(const char *text, const char **end);

/* Reads a whole text that is a finite decimal number, such as -1.5e-3; -0 is
 * 0. False, with *value untouched, where it is not, or is one of which no
 * double is near: too large, or too close to 0. */
bool cvl_number_parse(const char *text, double *value);

/* What a word of so many ends in: "" of one, else "s". */
static inline const char *cvl_plural(size_t count)
{
    return count == 1 ? "" : "s";
}

#endif
