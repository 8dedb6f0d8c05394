/* geometry.c - an axis that is accepted has an output, and no size wraps. */
/*
 * bound:     all sizes
 * assumes:   cvl_size_add and cvl_size_mul as the row size proves them
 * functions: check_positive,check_axis,out_size
 */
#include "convlet/error.h"
#include "size_contracts.h"
#undef cvl_fail
#undef snprintf

/*@ requires err == \null || \valid(err);
    assigns *err;
    ensures \result == status; */
cvl_status cvl_fail(cvl_error *err, cvl_status status, const char *format, ...);

#include "convlet/geometry.c"

/*@ predicate fits(axis *a) =
      a->in >= 1 && a->kernel >= 1 && a->stride >= 1 && a->dilation >= 1 &&
      a->in + a->pad_before + a->pad_after <= PTRDIFF_MAX &&
      a->dilation * (a->kernel - 1) < a->in + a->pad_before + a->pad_after; */

/*@ requires err == \null || \valid(err);
    requires \valid_read(axis_name);
    assigns *err;
    ensures \result == CVL_OK <==> value != 0; */
static cvl_status check_positive(const char *name, const char *axis_name,
                                 size_t value, cvl_error *err);

/*@ requires err == \null || \valid(err);
    requires \valid_read(a) && \separated(a, err);
    requires \valid_read(a->name);
    assigns *err;
    ensures \result == CVL_OK ==> fits(a); */
static cvl_status check_axis(const axis *a, cvl_error *err);

/*@ requires \valid_read(a) && fits(a);
    assigns \nothing;
    ensures \result >= 1; */
static size_t out_size(const axis *a);
