/* options.h - the one table of options. */
#ifndef CONVLET_OPTIONS_H
#define CONVLET_OPTIONS_H

#include "cli/option.h"

/* Ends in {0}. */
extern const struct option option_table[];

#endif
