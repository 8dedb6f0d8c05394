/* loss.h - what a loss is made of: a sample number by number, then all. */
#ifndef CONVLET_EXPLAIN_LOSS_H
#define CONVLET_EXPLAIN_LOSS_H

#include "base/config.h"
#include "base/text.h"
#include "nets/arrays.h"

/* Texts that end in a newline are lines; the others are none. */
enum loss_words {
    LOSS_NAME,    /* "loss of sample 2" */
    LOSS_ABOUT,   /* "cross-entropy, reduction mean, label 3" */
    LOSS_SOURCE,  /* "y is y of layer 3, dense 10, compared with ones" */
    LOSS_TABLE,   /* aligned: the numbers of the sample, and their sums */
    LOSS_FACTS,   /* of a row of softmax: its largest, its log-sum-exp */
    LOSS_SAMPLES, /* aligned: what each sample adds, and the sum up to it */
    LOSS_VERDICT, /* the loss, and whether it and the gradients are the same */
    LOSS_WORDS
};

/* What the numbers of a column add up to. */
struct loss_sums {
    double exponential, p, target, part, slope, grad;
};

/* {0} is empty. */
struct explain_loss {
    const struct config *config;
    const struct net_arrays *arrays;
    bool classifies;
    size_t digits;        /* of the table: few where it is drawn small */
    size_t sample, label; /* label: where the loss classifies */
    size_t count, listed; /* numbers of the sample, and those that are kept */
    cvl_loss_term *terms; /* the first ones */
    struct loss_sums kept, all; /* of those, and of the whole sample */
    double largest;             /* logit of the sample */
    size_t samples;
    double *parts;               /* [samples] */
    double sum, divisor, total;  /* of all parts; total: their quotient */
    double difference;           /* of the computed loss from it */
    double allowed;              /* the largest that rounding explains */
    double worst, worst_allowed; /* the same of the sample's gradients */
    bool grads_match, matches;   /* matches: the loss and these */
    struct text words[LOSS_WORDS];
};

/*
 * Takes the loss of a net that was run with it apart, for sample --loss-row;
 * CVL_EINVAL where there is no such sample, CVL_ENOMEM. Free it in any case.
 */
cvl_status explain_loss_make(const struct config *config,
                             const struct net_arrays *arrays,
                             struct explain_loss *loss, cvl_error *err);
void explain_loss_free(struct explain_loss *loss);

/* Append it; where memory runs out the text says so. */
void explain_loss_text(const struct explain_loss *loss, struct text *text);
void explain_loss_json(const struct explain_loss *loss, struct text *text);
void explain_loss_svg(const struct explain_loss *loss, struct text *text);

#endif
