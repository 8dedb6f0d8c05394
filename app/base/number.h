/* number.h - numbers as text that reads back to the same number. */
#ifndef CONVLET_BASE_NUMBER_H
#define CONVLET_BASE_NUMBER_H

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

#endif
