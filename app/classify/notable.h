/* notable.h - which answers are worth a look: sure and wrong, barely right. */
#ifndef CONVLET_CLASSIFY_NOTABLE_H
#define CONVLET_CLASSIFY_NOTABLE_H

#include <convlet/memory.h>

/* How many are kept: of all, and of each pair of classes that was confused, up
 * to NOTABLE_CLASSES classes; of more, no pair has any. */
enum {
    NOTABLE_WORST = 24,
    NOTABLE_BARELY = 8,
    NOTABLE_EACH = 3,
    NOTABLE_CLASSES = 20
};

/* What a net said of one sample. */
struct notable_case {
    size_t sample;                    /* its number in the set */
    size_t truth, answer;             /* classes */
    size_t next;                      /* the likeliest one beside the answer */
    double p_truth, p_answer, p_next; /* probabilities */
};

/* Some of these, the most notable first; of equals the one that came first. */
struct notable_list {
    size_t count, most;
    struct notable_case *cases; /* [most] */
};

/* {0} is empty. */
struct notable {
    size_t classes;
    struct notable_list worst;  /* wrong, by p of the answer, the surest */
    struct notable_list barely; /* right, by p of the answer less p of the next
                                   class, the closest */
    struct notable_list *pairs; /* [truth][answer]: wrong, as `worst`; NULL
                                   beyond NOTABLE_CLASSES */
    size_t lost;                /* answers whose probabilities are NaN; these
                                   are in no list */
    cvl_arena arena;
};

/* CVL_ENOMEM; free it in any case. */
cvl_status notable_init(struct notable *notable, size_t classes,
                        cvl_error *err);

/* Forgets all answers. */
void notable_clear(struct notable *notable);

/*
 * One more answer; its class and p [classes] are what the net said. Allocates
 * nothing.
 */
void notable_add(struct notable *notable, size_t sample, size_t truth,
                 size_t answer, const double *p);

/* The cases of a pair of classes; an empty list where none are kept. */
struct notable_list notable_pair(const struct notable *notable, size_t truth,
                                 size_t answer);

/* Frees and resets; idempotent. */
void notable_free(struct notable *notable);

#endif
