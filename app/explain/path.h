/* path.h - one gradient, followed from a number up to the loss. */
#ifndef CONVLET_EXPLAIN_PATH_H
#define CONVLET_EXPLAIN_PATH_H

#include "explain/sum.h"

/* Where a path ends. */
enum path_end {
    PATH_LOSS,    /* at an output of the net, which the loss reads */
    PATH_UNREAD,  /* no output of the layer reads the number */
    PATH_STOPPED, /* each that reads it took another, or cut it off */
    PATH_ZERO     /* its only term is multiplied by 0, or each of several
                     terms is 0, so that no way is more than another */
};

/*
 * A gradient on the way, and the largest of the terms whose sum it is. That one
 * has a gradient by the layer's output in it, which is the next step's number,
 * or, of the last layer, the slope of the loss:
 *
 *     term->product = dy factor        share = term->product / sum
 */
struct path_step {
    size_t layer;
    cvl_element number; /* GRAD or DX of the layer, as computed */
    size_t count;       /* of its terms */
    size_t silent;      /* of those, how many have a dy of 0 */
    double sum;         /* of all of them, in double */
    double allowed;     /* how far rounding moves that */
    cvl_term term;      /* what the path takes, ... */
    cvl_element dy;     /* ... that side of it; of no array where it takes none,
                           as there is none, or several are 0 */
    double factor;      /* all that is no dy */
    double share;       /* 1 where all terms are 0, and where one is infinite */
};

/*
 * The way up. As each dy is the sum that the next step has, what this path
 * alone brings, divided by all of its shares, is the whole gradient:
 *
 *     part = slope factor[0] factor[1] ...
 *     gradient = part / (share[0] share[1] ...)
 */
struct path {
    size_t count;                           /* of steps, 1 or more */
    struct path_step steps[CVL_MAX_LAYERS]; /* from the number asked for up */
    enum path_end end;
    double slope;      /* the gradient of the loss by that output; 0 where the
                          path does not come so far */
    double factor;     /* all factors multiplied */
    double part;       /* what comes down this path */
    double share;      /* all shares multiplied */
    double gradient;   /* part / share */
    double difference; /* of the computed value from it */
    double allowed;    /* the largest that rounding explains */
    bool matches;
};

/*
 * Follows `number`, the DX or GRAD of layer `index` of a net that has been run
 * on x and sent dy: of its terms the largest in magnitude, of several alike the
 * first; not-a-number is larger than any. Where the only one is 0, it goes on
 * to the dy that is 0, or ends with why there is none; where several are, it
 * ends. `tolerance` as sum_terms takes it. CVL_ENOMEM.
 */
cvl_status path_follow(const cvl_net *net, size_t index, const cvl_tensor *x,
                       const cvl_tensor *dy, const cvl_element *number,
                       double tolerance, struct path *path, cvl_error *err);

#endif
