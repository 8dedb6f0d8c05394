/* report.h - a run as one page that one can open, print and send. */
#ifndef CONVLET_REPORT_REPORT_H
#define CONVLET_REPORT_REPORT_H

#include <stdbool.h>

#include <convlet/net.h>

#include "base/text.h"
#include "classify/baselines.h"
#include "classify/evaluate.h"
#include "probe/choose.h"
#include "probe/dead.h"
#include "report/epochs.h"
#include "report/history.h"
#include "report/updates.h"
#include "samples/samples.h"

enum report_outcome {
    REPORT_FINISHED, /* took all its steps */
    REPORT_REACHED,  /* the output came close to the target */
    REPORT_GROWN,    /* took them, and the loss is far above its start */
    REPORT_DIVERGED, /* the loss is not finite, or of no use */
    REPORT_INTERRUPTED
};

/* The picture that a restorer is measured on, in dB. */
struct report_held_out {
    const char *name;
    const char *nothing;   /* what doing nothing is: "bicubic" */
    double baseline, psnr; /* of that, and of the net */
    double blur, sigma;    /* the best blur and its pixels; 0: of none */
};

/* How a classifier does on its samples. */
struct report_labels {
    const struct samples *samples;
    const struct tally *tally;         /* of a part; of none: never measured */
    const char *part;                  /* "held out", "trained on" */
    bool is_old;                       /* steps were taken since */
    const struct baselines *baselines; /* NULL: not measured */
};

/* All that a report shows. Nothing is owned, and no text need be trusted. */
struct report {
    enum report_outcome outcome;
    double growth; /* grown, diverged: how often the first loss the last is */
    const char *input, *target; /* as they were asked for: "random", a path */
    const char *command;        /* as it was typed */
    const char *config;         /* the settings, as a config file */
    const char *recipe;         /* what descends, in a few words */
    const char *version;
    const char *processor;
    size_t threads;
    const char *isa;
    bool is_picture; /* the input is one; psnr means something */
    bool is_pairs;   /* of pictures, in batches */
    bool is_rgb;     /* the net's input is red, green and blue */
    const struct report_held_out *held_out; /* NULL: not of a restorer */
    const struct report_labels *labels;     /* NULL: not of a classifier */
    const struct epochs *epochs;    /* after epochs_finish; NULL: none */
    const struct dead *dead;        /* of rectifiers; NULL: not looked for */
    const cvl_net *net;             /* built, as the run left it */
    const char *verdict;            /* of samples; NULL */
    const char *warnings;           /* lines of what it has not learned; NULL */
    const cvl_tensor *x, *y, *t;    /* input, prediction, target: [N,C,H,W]; y
                                       is NULL where there is none, t where it is
                                       labels: nothing is shown of x then */
    const struct history *history;  /* after history_finish */
    const struct updates *updates;  /* NULL: not recorded */
    struct probe *probe;            /* into the net; NULL: of one layer. Without
                                       labels it has its picture */
    const struct probe_case *cases; /* samples to look at it with */
    size_t case_count;              /* 0: without labels */
};

/*
 * Appends the page: HTML that refers to nothing outside itself, and that is
 * whole without its script. It shows at most HISTORY_POINTS points, 8 x 8
 * kernels of a layer, 16 channels of image 0, and pictures no longer than
 * REPORT_SIDE pixels. CVL_ENOMEM.
 */
enum { REPORT_SIDE = 640, REPORT_CHANNELS = 16 };
cvl_status report_make(const struct report *report, struct text *html,
                       cvl_error *err);

/* Writes the page as a file, in the directory that is open (cvl_file_write_at).
 * CVL_EIO, CVL_ENOMEM. */
cvl_status report_write(int directory, const char *path,
                        const struct report *report, cvl_error *err);

#endif
