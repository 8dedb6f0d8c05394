/* show.h - an explanation as text, JSON or SVG. */
#ifndef CONVLET_EXPLAIN_SHOW_H
#define CONVLET_EXPLAIN_SHOW_H

#include "base/text.h"
#include "explain/data.h"
#include "explain/grid.h"
#include "explain/terms.h"

/* One number and all that belongs to it. */
struct explanation {
    const struct config *config;
    const struct explain_data *data;
    const struct explain_sum *sum;
    const struct grid_view *view;
};

/* Append the explanation; where memory runs out the text says so. */
void explain_text(const struct explanation *explanation, struct text *text);
void explain_json(const struct explanation *explanation, struct text *text);
void explain_svg(const struct explanation *explanation, struct text *text);

/* What the forms share. */

/*
 * Lines that align: a heading, each listed term with the sum up to it, how
 * many more there are, the bias.
 *
 *   notes   say behind a term that it reads padding
 */
void explain_table(const struct explain_sum *sum, size_t digits, bool notes,
                   struct text *text);

/* Lines: the sum of the terms, the element of the tensor, their difference
 * where there is one, and whether they match. */
void explain_verdict(const struct explanation *explanation, struct text *text);

enum { EXPLAIN_WORDS = 160 };

/* "y[0,0,1,2]" */
const char *explain_number_name(const struct explain_sum *sum,
                                char words[EXPLAIN_WORDS]);

/* "output channel 0 of sample 0, row 1, column 2" */
const char *explain_number_words(const struct explain_sum *sum,
                                 char words[EXPLAIN_WORDS]);

/* "dy: the gradient of the loss 2.5 toward ones, reduction notebook"; "" where
 * nothing is sent back. */
const char *explain_upstream_words(const struct explanation *explanation,
                                   char words[EXPLAIN_WORDS]);

/* "stride 2,1, dilation 1, padding 1,0,1,0, groups 2" */
const char *explain_geometry_words(const cvl_conv2d_geometry *geometry,
                                   char words[EXPLAIN_WORDS]);

/* A number for people: whole ones as they are, others with so many
 * significant digits; returns digits. */
enum { EXPLAIN_DIGITS = 32 };
const char *explain_digits(double value, size_t digits,
                           char text[EXPLAIN_DIGITS]);

#endif
