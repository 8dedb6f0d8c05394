/* evaluate.h - how well a net does on samples that it does not learn from. */
#ifndef CONVLET_CLASSIFY_EVALUATE_H
#define CONVLET_CLASSIFY_EVALUATE_H

#include <convlet/loss.h>
#include <convlet/net.h>

#include "classify/confusion.h"
#include "classify/notable.h"
#include "samples/samples.h"

/* The class that a net gave a sample, and how likely that is by its softmax. */
struct tally_answer {
    size_t answer;
    double p;
};

/* {0} is empty. */
struct tally {
    size_t count;  /* samples */
    double loss;   /* of all of them, by the loss's mean */
    bool labelled; /* else there are targets, and no answers */
    struct confusion answers;
    struct notable notable;    /* of the answers; samples by their number in the
                                  set */
    struct tally_answer *each; /* by the samples' numbers; NULL: not kept */
    size_t *index;             /* room for a batch */
    double *p;                 /* and for the probabilities of a sample */
};

/* Makes room for so many classes (0: targets) and for batches. CVL_ENOMEM; free
 * in any case. */
cvl_status tally_init(struct tally *tally, size_t classes, size_t batch,
                      cvl_error *err);
void tally_free(struct tally *tally);

/* Keeps the answer to each of so many samples, too, from the next run on.
 * CVL_ENOMEM. */
cvl_status tally_keep_each(struct tally *tally, size_t samples, cvl_error *err);

/*
 * Runs the net, in CVL_MODE_EVAL, on the samples of a part, in its own batches,
 * and counts; the net's mode is CVL_MODE_TRAIN then. Samples are not shifted.
 *
 *   x, t   room for a batch of the net's; overwritten. t is [batch,1,1,1] for
 *          labels, else like the output
 *
 * Labels are below the output's channels, which are the classes.
 * Allocates nothing, cannot fail; the same bits for any number of threads.
 */
void tally_run(struct tally *tally, cvl_net *net, const cvl_loss *loss,
               const cvl_exec *exec, const struct samples *samples,
               const struct samples_part *part, cvl_tensor *x, cvl_tensor *t);

/*
 * The same in pieces, for those who run some batches alone: begin forgets what
 * was counted, each batch, which is the part's from `at` on, returns the sum of
 * its losses, and end makes the loss of the sum of all.
 */
void tally_begin(struct tally *tally, const struct samples_part *part,
                 cvl_net *net);
double tally_batch(struct tally *tally, cvl_net *net, const cvl_loss *loss,
                   const cvl_exec *exec, const struct samples *samples,
                   const struct samples_part *part, size_t at, cvl_tensor *x,
                   cvl_tensor *t);
void tally_end(struct tally *tally, double total,
               const struct samples_part *part, cvl_net *net,
               const cvl_tensor *t);

/* The loss of a part as tally_run finds it, were the inputs themselves the
 * output: what a net that restores has to beat. Targets are like inputs. */
double tally_untouched(struct tally *tally, const cvl_loss *loss,
                       const cvl_exec *exec, const struct samples *samples,
                       const struct samples_part *part, cvl_tensor *x,
                       cvl_tensor *t);

/* Of all answers, how many are right; NaN where there are none. */
double tally_accuracy(const struct tally *tally);

/* The class that every answer was; the number of classes where there are
 * several, or fewer than two answers. */
size_t tally_only_answer(const struct tally *tally);

/* Appends "held out: 354 of 360 right (98.3 %)", or what else `part` names. */
void tally_describe(const struct tally *tally, const char *part,
                    struct text *text);

/* Of how many rows of y [N,K,1,1] the first largest number is that of the
 * label; t is [N,1,1,1]. */
size_t count_right(const cvl_tensor *y, const cvl_tensor *t);

#endif
