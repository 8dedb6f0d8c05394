/* text.h - a text that grows, for help, configs and reports. */
#ifndef CONVLET_BASE_TEXT_H
#define CONVLET_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

/*
 * {0} is empty. Add to it freely; where memory runs out it stays as it is,
 * and text_status says so once, at the end.
 */
struct text {
    char *data; /* ends in a NUL that size does not count; NULL if empty */
    size_t size;
    size_t capacity;
    bool failed;
};

/* Appends, as printf would. */
void text_add(struct text *text, const char *format, ...) CVL_PRINTF(2, 3);

/* Appends `count` times the character c. */
void text_fill(struct text *text, char c, size_t count);

/*
 * Appends the shortest digits that strtod reads back as the same number:
 * 0.001, 1e-05, 15.117241302038604.
 */
void text_add_real(struct text *text, double value);

/* Characters of the longest line. */
size_t text_columns(const char *lines);

enum { TEXT_CLIP = 64 };

/*
 * A piece of outside text, fit for a one-line message: control characters
 * become '?', and what is longer than the buffer ends in "...". Returns
 * `clipped`.
 */
const char *text_clip(const char *text, char clipped[TEXT_CLIP]);

/* CVL_OK, or CVL_ENOMEM if any of it did not fit into memory. */
cvl_status text_status(const struct text *text, cvl_error *err);

/* Frees and resets; idempotent. */
void text_free(struct text *text);

#endif
