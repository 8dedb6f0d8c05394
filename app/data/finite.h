/* finite.h - is every number of a net one? */
#ifndef CONVLET_DATA_FINITE_H
#define CONVLET_DATA_FINITE_H

#include <stdbool.h>

#include <convlet/net.h>

#include "base/text.h"

/* Appends which param or buffer of a net is the first to hold no number, and
 * where, "element 3 of 0.weight is nan"; false where all are finite. */
bool finite_describe(const cvl_net *net, struct text *text);

/* CVL_EFORMAT with that; of a net that is used as it came. */
cvl_status finite_check(const cvl_net *net, cvl_error *err);

#endif
