/* path_show.h - a path in words, and as text, JSON or a drawing. */
#ifndef CONVLET_EXPLAIN_PATH_SHOW_H
#define CONVLET_EXPLAIN_PATH_SHOW_H

#include "base/config.h"
#include "base/text.h"
#include "explain/layer.h"
#include "explain/path.h"
#include "nets/arrays.h"

/* A path, and where it is. */
struct path_answer {
    const struct config *config;
    const struct explain_layer *layer; /* of the number asked for */
    const struct net_arrays *arrays;
    struct path path;
};

/* What the loss makes of the output that the path comes from; false where a
 * gradient was given, or nothing comes from it. */
bool path_find_loss(const struct path_answer *answer, cvl_loss_term *term);

/* What text and drawing say of a step, a line each. */
enum path_words {
    PATH_LAYER,   /* "layer 3, dense 3" */
    PATH_PRODUCT, /* "dy[0,1,0,0] -0.4 * w[1,4,0,0] 0.5 = -0.2", or what
                     stopped it */
    PATH_SHARE /* "the largest of 3 terms of dx[0,4,0,0], -0.25: 0.8 of it" */
};
void path_add_words(const struct path_answer *answer, size_t step,
                    enum path_words words, struct text *text);

/* Appends "dw[0,0,1,1] of layer 0, conv 2 3x3, of 4". */
void path_add_name(const struct path_answer *answer, struct text *text);

/* Appends lines: what comes from the loss, or that it does not come so far. */
void path_add_slope(const struct path_answer *answer, struct text *text);

/* Appends lines: what factors and shares multiply to, and whether that is the
 * number. */
void path_add_verdict(const struct path_answer *answer, struct text *text);

/* Append all of it, from the loss down. */
void path_text(const struct path_answer *answer, struct text *text);
void path_json(const struct path_answer *answer, struct text *text);
void path_svg(const struct path_answer *answer, struct text *text);

#endif
