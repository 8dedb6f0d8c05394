/* number.h - numbers as text that reads back to the same number. */
#ifndef CONVLET_BASE_NUMBER_H
#define CONVLET_BASE_NUMBER_H

enum { NUMBER_SIZE = 32 };

/* Writes the fewest digits that read back to the same double, without an
 * exponent up to 1e16, or "inf", "-inf", "nan"; returns text. */
const char *number_format(double value, char text[NUMBER_SIZE]);

/* The same for a float: 0.1 and not 0.10000000149011612. */
const char *number_format_single(float value, char text[NUMBER_SIZE]);

#endif
