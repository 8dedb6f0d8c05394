/* updates.h - how much each step changes the weights, beside their size. */
#ifndef CONVLET_REPORT_UPDATES_H
#define CONVLET_REPORT_UPDATES_H

#include <convlet/net.h>

/* A layer that has a weight: a convolution, a dense layer, a batch norm. */
struct updates_layer {
    size_t layer;      /* its number in the net */
    size_t param;      /* its weight's, among the net's params */
    cvl_tensor before; /* that weight before the step; a view */
};

/*
 * A row for each step that is kept: its number, and for each layer
 *
 *   |w after - w before| / |w before|,
 *
 * lengths over all of the layer's weights; 0 where w was 0, or did not move.
 * All memory is taken at the start: every step is kept at first, of a longer
 * run every 2nd, every 4th and so on, UPDATES_ROWS at most. {0} is empty;
 * nothing is recorded in it.
 */
enum { UPDATES_ROWS = 512 };
struct updates {
    size_t layer_count;
    struct updates_layer *layers;
    size_t count;  /* rows */
    size_t width;  /* numbers in a row: the step, then the layers */
    double *rows;  /* [UPDATES_ROWS,width], rising in step */
    size_t stride; /* every so many steps are kept */
    cvl_arena arena;
};

/* Makes room for the steps of a net; empty where it has no weights.
 * CVL_ENOMEM. */
cvl_status updates_init(struct updates *updates, const cvl_net *net,
                        cvl_error *err);

/* Around step `step`: before it, and once it has changed the params. Both do
 * nothing for a step that is not kept, and cannot fail. */
void updates_before(struct updates *updates, const cvl_net *net, size_t step);
void updates_after(struct updates *updates, const cvl_net *net, size_t step);

/* The rows as a tensor [count,width], float64, of which there must be one: a
 * view. */
cvl_tensor updates_rows(const struct updates *updates);

/* Takes such rows of the steps before `steps` in an empty one's place.
 * CVL_EFORMAT where they are no such rows. */
cvl_status updates_recall(struct updates *updates, const cvl_tensor *rows,
                          size_t steps, cvl_error *err);

/* Frees and resets; idempotent. */
void updates_free(struct updates *updates);

#endif
