/* show.h - an answer in words and grids, and as text, JSON or SVG. */
#ifndef CONVLET_EXPLAIN_SHOW_H
#define CONVLET_EXPLAIN_SHOW_H

#include "base/config.h"
#include "base/number.h"
#include "base/text.h"
#include "explain/grid.h"
#include "explain/layer.h"

/* What every form says alike; texts that end in a newline are lines. */
enum words {
    WORDS_LAYER,    /* "layer 3, maxpool 2, of 7"; "" of one in no net */
    WORDS_NAME,     /* "y[0,0,1,2]" */
    WORDS_NUMBER,   /* "sample 0, output channel 0, row 1, column 2" */
    WORDS_GEOMETRY, /* "stride 2,1, dilation 1, padding 1,0,1,0, groups 2";
                       "" where it is no convolution */
    WORDS_SOURCE,   /* "x is y of layer 2, relu"; "" of one in no net */
    WORDS_UPSTREAM, /* "dy is the example's"; "" where there is none */
    WORDS_FACTS,    /* lines: what the layer has on its way there */
    WORDS_LEFT_OUT, /* "... and 3 more planes like these"; "" for none */
    WORDS_TABLE,    /* aligned: a heading, each listed term with the sum up to
                       it, how many more there are, the bias */
    WORDS_VERDICT,  /* the sum, the element of the tensor, the difference */
    WORDS_COUNT
};

/* One number and all that belongs to it; {0} is empty. */
struct explanation {
    const struct config *config;
    const struct explain_layer *layer;
    struct sum sum;
    struct grid_view view; /* empty where it is no convolution */
    struct text words[WORDS_COUNT];
};

/* Adds up the number, whose value is the one that was computed, and words it:
 * for a drawing with fewer digits and no notes. CVL_ENOMEM; free it in any
 * case. */
cvl_status explanation_make(struct explanation *explanation,
                            const struct config *config,
                            const struct explain_layer *layer,
                            const cvl_element *number, cvl_error *err);
void explanation_free(struct explanation *explanation);

/* The words, "" where there are none. */
const char *explanation_words(const struct explanation *explanation,
                              enum words words);

/* Append the explanation; where memory runs out the text says so. */
void explain_text(const struct explanation *explanation, struct text *text);
void explain_json(const struct explanation *explanation, struct text *text);
void explain_svg(const struct explanation *explanation, struct text *text);

/* Appends where dy of a layer is from; nothing where there is none. */
void explain_upstream(const struct config *config,
                      const struct explain_layer *layer, struct text *text);

/* The sizes alone, along one axis: which inputs each output covers. */
struct map_axis {
    struct axis axis;
    size_t positions, outputs; /* that are drawn */
    struct text facts;         /* "in 5, kernel 3, stride 1 ..." */
    struct text formula;       /* lines: the output's size */
    struct text rest; /* lines: what is left over, and how it is reached */
};

/* The axes that are worth a map of their own: one where both are alike, or
 * where the height is 1 throughout. */
struct map {
    const cvl_conv2d_geometry *geometry;
    size_t count;
    struct map_axis axes[2];
    bool padding, between; /* what is to be seen somewhere */
};

/* `terms` limits the outputs that are drawn, 0: all. CVL_ENOMEM; free it in any
 * case. */
cvl_status map_make(struct map *map, const cvl_conv2d_geometry *geometry,
                    size_t terms, cvl_error *err);
void map_free(struct map *map);

/* Append the map. */
void map_text(const struct map *map, struct text *text);
void map_json(const struct map *map, struct text *text);
void map_svg(const struct map *map, struct text *text);

/* What a net's loss compares with: "ones", a file, or labels. */
const char *words_target(const struct config *config);

/* Appends the terms of a sum, aligned, each with the sum up to it: a heading,
 * those that are listed, how many more there are, the bias; of a net's layers
 * also what multiplies them, and, with notes, what that is, or what became of
 * the term. */
void table_add(const struct sum *sum, size_t digits, bool notes,
               struct text *text);

/* 1234567 as 1,234,567; returns text. */
const char *table_count(size_t count, char text[NUMBER_SIZE]);

/* The label of a line of a grid, "" where it has none; returns text. */
const char *label_text(const struct grid_line *line, char text[NUMBER_SIZE]);

#endif
