/* history.h - what a run remembers of its steps, for its report. */
#ifndef CONVLET_REPORT_HISTORY_H
#define CONVLET_REPORT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/net.h>

/*
 * All memory is taken at the start, whatever the number of steps: of the loss
 * at most HISTORY_POINTS points are kept, every step at first, then every 2nd,
 * every 4th and so on; of the kernels HISTORY_SNAPSHOTS snapshots, dense at
 * first and rarer later, of HISTORY_PLANES x HISTORY_PLANES kernels a layer
 * and HISTORY_VALUES numbers.
 */
enum {
    HISTORY_POINTS = 2000,
    HISTORY_SNAPSHOTS = 12,
    HISTORY_PLANES = 8,
    HISTORY_VALUES = 65536
};

struct history_point {
    size_t step;
    double loss;
    double psnr; /* in dB */
};

/* The kernels of a layer that snapshots show: the first of each axis. */
struct history_layer {
    size_t layer;    /* its number in the net */
    size_t param;    /* its weight's, among the net's params */
    size_t shape[4]; /* shown: [O,I,KH,KW]; O = I = 0 where a kernel is too
                        large */
    size_t total[2]; /* O, I of the weight itself */
    size_t at;       /* where its values start in a snapshot */
};

struct history_snapshot {
    size_t step; /* after so many updates */
    double *values;
};

/* {0} is empty; steps are not recorded in it. */
struct history {
    struct history_point *points; /* rising in step */
    size_t point_count;
    size_t stride;             /* every so many steps are kept */
    struct history_point last; /* of the newest step; also in points at the
                                  end, after history_finish */
    size_t step_count;         /* how many were taken, before too */
    size_t resumed;            /* at this step; 0: begun here */
    struct history_layer *layers;
    size_t layer_count;
    struct history_snapshot snapshots[HISTORY_SNAPSHOTS];
    size_t snapshot_count;
    size_t due[HISTORY_SNAPSHOTS]; /* the steps of the snapshots to come */
    double started;
    double seconds; /* from history_init to history_finish */
    cvl_arena arena;
};

/*
 * Makes room for a run of `steps` steps from step `first`, and starts the
 * clock. CVL_ENOMEM.
 */
cvl_status history_init(struct history *history, const cvl_net *net,
                        size_t first, size_t steps, cvl_error *err);

/* Before step `step` is taken: keeps the kernels if that is due. */
void history_look(struct history *history, const cvl_net *net, size_t step);

/* What step `step` found. */
void history_add(struct history *history, size_t step, double loss,
                 double psnr);

/* After the last step, or where it stopped: the last point, the kernels after
 * `updates` updates, the time. */
void history_finish(struct history *history, const cvl_net *net,
                    size_t updates);

/* The kernels of a layer in a snapshot: a view, float64, of layer->shape. */
cvl_tensor history_kernels(const struct history *history, size_t layer,
                           size_t snapshot);

/* Frees and resets; idempotent. */
void history_free(struct history *history);

#endif
