/* number_option.h - which options take a number, or several. */
#ifndef NUMBER_OPTION_H
#define NUMBER_OPTION_H

#include <stdbool.h>

#include "cli/option.h"

static inline bool is_number_option(const struct option *option)
{
    switch (option->type) {
    case TYPE_SIZE:
    case TYPE_SEED:
    case TYPE_REAL:
    case TYPE_PAIR:
    case TYPE_PADDING:
    case TYPE_INDEX: return true;
    default: return false;
    }
}

#endif
