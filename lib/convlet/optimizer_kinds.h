/* optimizer_kinds.h - private: the optimisers, a row each. */
#ifndef CVL_OPTIMIZER_KINDS_H
#define CVL_OPTIMIZER_KINDS_H

#include "convlet/optimizer.h"

/*
 * ROW(x) is the row cvl_optimizer_x of the file optimizer_x.c, which the build
 * finds by its name. Messages list the optimisers in this order; the first is
 * the default.
 */
#define CVL_OPTIMIZER_KINDS(ROW) \
    ROW(sgd)                     \
    ROW(adam)                    \
    ROW(cg)

#define CVL_DECLARE_OPTIMIZER_KIND(file) \
    extern const cvl_optimizer_kind cvl_optimizer_##file;
CVL_OPTIMIZER_KINDS(CVL_DECLARE_OPTIMIZER_KIND)
#undef CVL_DECLARE_OPTIMIZER_KIND

#endif
