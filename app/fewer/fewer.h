/* fewer.h - an output of fewer products: its tile, as Winograd's algorithm. */
#ifndef CONVLET_FEWER_FEWER_H
#define CONVLET_FEWER_FEWER_H

#include <convlet/winograd_tile.h>

#include "base/config.h"
#include "base/text.h"

/* What is asked, and what others know of it. Texts may be "". */
struct fewer_question {
    const struct config *config;
    const char *layer;    /* "layer 3, conv 8 3x3, of 7"; of no net "" */
    const char *name;     /* "y[0,0,1,2]" */
    const char *number;   /* "sample 0, output channel 0, row 1, column 2" */
    const char *geometry; /* "stride 1, dilation 1, padding 0" */
    const char *source;   /* "x is y of layer 2, relu" */
    const cvl_conv2d_geometry *shape;
    cvl_dtype dtype;
    const char *algorithm;
    const cvl_tensor *x, *w, *b; /* b: NULL where there is none */
    size_t at[4];
    double value; /* that was computed */
    size_t terms; /* of the plain sum, and what it is in double */
    double plain;
};

/* An answer; {0} is empty. */
struct fewer {
    const struct fewer_question *question;
    cvl_winograd_tile tile;
    size_t listed;      /* channels that are shown, the first ones */
    double *products;   /* [listed][S][S], V times U */
    size_t row, column; /* of the output in its tile */
    bool matches; /* what was computed is what the tile gives, bit for bit */
};

/* Does it have tiles? By the name of the algorithm; of NULL, no. */
bool fewer_has_tiles(const char *algorithm);

/* Follows the tile. Errors of cvl_conv2d_init; CVL_ENOMEM. Free it in any
 * case; the question stays the caller's. */
cvl_status fewer_make(struct fewer *fewer,
                      const struct fewer_question *question, cvl_error *err);
void fewer_free(struct fewer *fewer);

/* Append the answer. */
void fewer_text(const struct fewer *fewer, struct text *text);
void fewer_json(const struct fewer *fewer, struct text *text);
void fewer_svg(const struct fewer *fewer, struct text *text);

#endif
