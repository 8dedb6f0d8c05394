/* rows.h - the kinds that there are, in the words that a test expects. */
#ifndef ROWS_H
#define ROWS_H

#include <stddef.h>

/*
 * Writes `message` into text[size], with the names of all rows where it has
 * {layers} ("conv, relu and shuffle"), {losses} or {optimizers} ("sgd, adam,
 * cg"); the rest as it is. So a test holds however many kinds there are.
 * Returns text.
 */
const char *rows_named(const char *message, char *text, size_t size);

#endif
