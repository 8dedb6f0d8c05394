/* option_values.h - private: what options choose among, and what follows. */
#ifndef CONVLET_OPTION_VALUES_H
#define CONVLET_OPTION_VALUES_H

#include <convlet/error.h>

#include "base/config.h"

/* The values of an option, 0 and up; NULL behind the last: see option.h. */
const char *option_dtypes(size_t i);
const char *option_dtypes_or_auto(size_t i);
const char *option_isas(size_t i);
const char *option_algorithms(size_t i);
const char *option_algorithms_or_all(size_t i);
const char *option_reductions(size_t i);
const char *option_inits(size_t i);
const char *option_phases_or_all(size_t i);

/* CVL_EINVAL for a text that names no loss. */
cvl_status option_check_loss(const char *text, cvl_error *err);

/* A default that follows from the other settings; NULL: the table's. */
const char *option_settle_steps(const struct config *config);
const char *option_settle_input(const struct config *config);
const char *option_settle_reduction(const struct config *config);

#endif
