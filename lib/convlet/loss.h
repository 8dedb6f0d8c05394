/* loss.h - how far a prediction is from its target, and which way is down. */
#ifndef CVL_LOSS_H
#define CVL_LOSS_H

#include <stdbool.h>

#include "convlet/exec.h"
#include "convlet/number.h"
#include "convlet/tensor.h"

/* What a loss compares the output [N,K,OH,OW] of a net with. */
typedef enum cvl_target {
    CVL_TARGET_ARRAY, /* a tensor like it: a term for each of its elements */
    CVL_TARGET_LABELS /* [N,1,1,1], classes from 0: a term for each image */
} cvl_target;

/*
 * How the M terms l of a loss become one number, and the gradient that is
 * handed back:
 *
 *   mean       loss = sum l / M             grad = l' / M
 *   sum        loss = sum l                 grad = l'
 *   notebook   loss = sum l / (N K OH)      grad = l' / (2 N)
 *
 * For the squared error of e = y - t:
 *
 *   mean       loss = sum e^2 / M           grad = 2 e / M
 *   sum        loss = sum e^2               grad = 2 e
 *   notebook   loss = sum e^2 / (N K OH)    grad = e / N
 *
 * `mean` agrees with torch.nn.MSELoss. `notebook` is the "strided" notebook:
 * it logs one scale and descends another, K OH / 2 times as steep; not for
 * labels.
 *
 * Under a mask the sums are of the U elements that count, and e is 0 at the
 * others: `mean` has U in the place of M, `notebook` logs sum e^2 / (U / OW),
 * still OW times the mean, and descends e / N as before.
 */
typedef enum cvl_reduction {
    CVL_REDUCTION_MEAN,
    CVL_REDUCTION_SUM,
    CVL_REDUCTION_NOTEBOOK
} cvl_reduction;

/* "mean", "sum", "notebook"; NULL behind the last one. */
const char *cvl_reduction_name(cvl_reduction reduction);

/* The reduction of that name; false if there is none. */
bool cvl_reduction_parse(const char *name, cvl_reduction *reduction);

/* A loss, what its terms become, and what there is to choose about them. */
typedef struct cvl_loss {
    const struct cvl_loss_kind *kind; /* NULL: the squared error */
    cvl_reduction reduction;
    double parameter; /* see cvl_loss_kind; 0: its default */
    double smoothing; /* of labels, 0 to 1: the part of each that is spread
                         over all classes alike */
} cvl_loss;

/*
 * One number of the net's output, and what a loss makes of it. What an image
 * adds to the sum of the loss is that of all its parts:
 *
 *   of arrays  part = l(e), slope = l'(e), e = y - t
 *   of labels  part = -q log p, slope = p - q, of each class
 */
typedef struct cvl_loss_term {
    size_t index; /* of the number in y */
    bool counts;  /* false: the mask is 0 there, and so are part and slope */
    double y;     /* what the net says; of labels the logit of a class */
    double
        target; /* t; or q, what the label and its smoothing give the class */
    double part, slope;
    double grad; /* slope, scaled by the reduction */
    /* Where the loss classifies; else 0. */
    double below;       /* y less the largest logit of the image: 0 or less */
    double exponential; /* of that; p is its share of the image's */
    double p;
    double surprise; /* -log p, also where p rounds to 0 */
} cvl_loss_term;

/* Takes one; `context` is what was handed to the walk. */
typedef void cvl_loss_term_visit(void *context, const cvl_loss_term *term);

/*
 * A loss is a sum of terms l, each of one element or image, and a row of what
 * it is called and what it does. A new one is a new file loss_NAME.c that
 * defines such a row, and its line in loss_kinds.h.
 */
typedef struct cvl_loss_kind {
    const char *name;  /* "mse" */
    const char *usage; /* for help, what the name does not say */
    cvl_target target;
    cvl_reduction reduction; /* its default */
    bool smooths;            /* it minds cvl_loss.smoothing */
    bool classifies;         /* y is [N,K,1,1]: one number for each class */

    /* What the number behind its name is, as in "huber:0.5": "delta", above 0,
     * and its default. NULL and 0: it takes none. */
    const char *parameter_name;
    double parameter;

    /*
     * The sum of the terms of y and t, which may be some images of a batch, and
     * grad = scale * dl/dy.
     *
     *   loss   of this kind, for cvl_loss_parameter and smoothing
     *   mask   NULL, or a tensor like y of 0 and 1: where it is 0, nothing is
     *          added, and the gradient is 0; always NULL for labels
     *   grad   NULL, or a tensor like y, overwritten; may be y itself
     *   exec   NULL for one thread; however many, the bits are the same
     *
     * Sums are in double, in an order that the shape alone decides. Cannot
     * fail.
     */
    double (*value_and_grad)(const cvl_loss *loss, const cvl_tensor *y,
                             const cvl_tensor *t, const cvl_tensor *mask,
                             double scale, const cvl_exec *exec,
                             cvl_tensor *grad);

    /*
     * Of a loss of the errors e = y - t alone, `count` of them, with its
     * parameter: l(e) and l'(e). NULL where value_and_grad does without.
     */
    void (*errors)(const double *e, size_t count, double parameter,
                   double *term, double *slope);

    /*
     * Visits the numbers of one image, all but whose grad is set, in the order
     * in which they are added. NULL: each element by itself is what
     * value_and_grad makes of it alone.
     */
    void (*terms)(const cvl_loss *loss, const cvl_tensor *y,
                  const cvl_tensor *t, size_t image, cvl_loss_term_visit *visit,
                  void *context);

    /*
     * The second derivative l'' by y, where it is the same for any y; else
     * NULL. Returns the sum of l'' v^2, and product = scale * l'' v, with mask,
     * exec and product as above.
     */
    double (*curvature)(const cvl_tensor *v, const cvl_tensor *mask,
                        double scale, const cvl_exec *exec,
                        cvl_tensor *product);
} cvl_loss_kind;

/* The losses, 0 and up: name and usage, which may be empty; NULL behind the
 * last. */
const char *cvl_loss_kind_name(size_t index);
const char *cvl_loss_kind_usage(size_t index);

/* The loss of that name; NULL if there is none. */
const cvl_loss_kind *cvl_loss_kind_find(const char *name);

/* The kind, also of one that is NULL. */
const cvl_loss_kind *cvl_loss_kind_of(const cvl_loss *loss);

/* Its parameter, also where that is the default. */
double cvl_loss_parameter(const cvl_loss *loss);

/*
 * Reads "mse" or "huber:0.5" into the kind and the parameter of *loss, which is
 * the kind's own where the text has none. The reduction becomes the kind's own
 * too. CVL_EINVAL, with *loss untouched, for a loss that is none, and for a
 * parameter that is not above 0 or that it does not take.
 */
cvl_status cvl_loss_parse(const char *text, cvl_loss *loss, cvl_error *err);

/* Writes what cvl_loss_parse reads, "huber:0.5", the parameter where it is not
 * the default; returns text. */
enum { CVL_LOSS_TEXT_SIZE = CVL_NUMBER_SIZE + 32 };
const char *cvl_loss_text(const cvl_loss *loss, char text[CVL_LOSS_TEXT_SIZE]);

/* CVL_EINVAL where the reduction, the parameter or the smoothing is none that
 * the kind takes. */
cvl_status cvl_loss_check(const cvl_loss *loss, cvl_error *err);

/*
 * CVL_EINVAL where the loss classifies and y, of which shape and dtype alone
 * are read, is not [N,K,1,1].
 */
cvl_status cvl_loss_check_output(const cvl_loss *loss, const cvl_tensor *y,
                                 cvl_error *err);

/* CVL_EINVAL unless all labels are whole numbers from 0 to classes - 1; names
 * the first that is not. */
cvl_status cvl_loss_check_labels(const cvl_tensor *labels, size_t classes,
                                 cvl_error *err);

/* What multiplies l' to become the gradient: the first table's right column,
 * for `used` terms of a y of that shape. */
double cvl_loss_scale(const cvl_tensor *y, size_t used,
                      cvl_reduction reduction);

/* What the sum of the terms is divided by to become the loss: the left
 * column. */
double cvl_loss_divisor(const cvl_tensor *y, size_t used,
                        cvl_reduction reduction);

/* The mean of the terms from a loss, whose sum is the same. */
double cvl_loss_mean(double value, const cvl_tensor *y, size_t used,
                     cvl_reduction reduction);

/*
 * The loss of a prediction and its gradient.
 *
 *   y, t    prediction and target: like shapes for an array; read only. Labels
 *           are [N,1,1,1], of y's type [N,K,1,1], and checked before.
 *           `notebook` needs four axes
 *   mask    NULL for all, or a tensor like y of 0 and 1 alone; where it is 0,
 *           y and t may hold anything finite, and the gradient is 0; NULL for
 *           labels
 *   used    M: how many terms count, those where the mask is 1; 1 or more
 *   exec    NULL for one thread; however many, the bits are the same
 *   grad    NULL, or a tensor like y, overwritten; may be y itself
 *   value   receives the loss; for the squared error in the unit of y squared
 *
 * Differences are computed in the type of y, terms and slopes of all but the
 * squared error in double; terms are added in double, in an order that the
 * number of elements alone decides. NaN or
 * infinity in y or t is not an error; it reaches *value.
 * Returns CVL_OK; CVL_ESHAPE, or CVL_EINVAL as cvl_loss_check does and for a
 * mask with labels, with nothing written.
 */
cvl_status cvl_loss_compute(const cvl_loss *loss, const cvl_tensor *y,
                            const cvl_tensor *t, const cvl_tensor *mask,
                            size_t used, const cvl_exec *exec, cvl_tensor *grad,
                            double *value, cvl_error *err);

/*
 * Visits every number behind one image's part of a loss that was computed with
 * these arguments, each with its gradient. All parts of all images, added and
 * divided by cvl_loss_divisor, are the loss; in float32, where differences are
 * rounded to that type, but for rounding.
 */
void cvl_loss_visit(const cvl_loss *loss, const cvl_tensor *y,
                    const cvl_tensor *t, const cvl_tensor *mask, size_t used,
                    size_t image, cvl_loss_term_visit *visit, void *context);

#endif
