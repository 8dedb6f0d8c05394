/* confusion.h - which classes were taken for which. */
#ifndef CONVLET_CLASSIFY_CONFUSION_H
#define CONVLET_CLASSIFY_CONFUSION_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

#include "base/text.h"

/* {0} is empty. */
struct confusion {
    size_t classes;
    size_t *count; /* [truth][answer] */
    size_t right, total;
};

/* CVL_ENOMEM; free it in any case. */
cvl_status confusion_init(struct confusion *confusion, size_t classes,
                          cvl_error *err);

/* Forgets all answers. */
void confusion_clear(struct confusion *confusion);

/* One more answer; both are below `classes`. */
void confusion_add(struct confusion *confusion, size_t truth, size_t answer);

/* Appends "354 of 360 right (98.3 %)". */
void confusion_add_verdict(const struct confusion *confusion,
                           struct text *text);

/*
 * Appends a table: a row for each class with its name, and how often it was
 * taken for each; of more than 20 classes, a line for each of the 20 pairs that
 * were confused most often.
 */
void confusion_add_table(const struct confusion *confusion,
                         const char *const *names, struct text *text);

/*
 * Goes through the pairs that were confused, the most often first: from
 * *pair = 0 and *most = SIZE_MAX to the next pair, truth * classes + answer,
 * and how often it was; false behind the last one.
 */
bool confusion_next_pair(const struct confusion *confusion, size_t *pair,
                         size_t *most);

/* Frees and resets; idempotent. */
void confusion_free(struct confusion *confusion);

#endif
