/* graph.h - private: what a layer is among the operators of ONNX. */
#ifndef CVL_GRAPH_H
#define CVL_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/net.h"

enum cvl_graph_limits {
    CVL_GRAPH_PARAMS = CVL_LAYER_MAX_PARAMS + CVL_LAYER_MAX_BUFFERS,
    CVL_GRAPH_ATTRIBUTES = 5,
    CVL_GRAPH_SIZES = 4, /* of an attribute */
    CVL_GRAPH_CONSTANTS = 8,
    CVL_GRAPH_NODES = 2 * CVL_MAX_LAYERS + 3
};

/* Where an input comes from that no operator makes: the net's, or nowhere. */
enum cvl_graph_sources { CVL_GRAPH_INPUT = -1, CVL_GRAPH_NONE = -2 };

/* What an operator is told: sizes, one size, a number, or a word. */
typedef enum cvl_graph_kind {
    CVL_GRAPH_IS_SIZES,
    CVL_GRAPH_IS_SIZE,
    CVL_GRAPH_IS_NUMBER,
    CVL_GRAPH_IS_WORD
} cvl_graph_kind;

typedef struct cvl_graph_attribute {
    const char *name;
    cvl_graph_kind kind;
    size_t count, sizes[CVL_GRAPH_SIZES];
    double number;
    const char *word;
} cvl_graph_attribute;

/* Sizes that an operator takes as an input of its own, as whole numbers or as
 * floats. */
typedef struct cvl_graph_constant {
    const char *name;
    bool is_float;
    size_t count, sizes[CVL_GRAPH_CONSTANTS];
} cvl_graph_constant;

/* One operator. */
typedef struct cvl_graph_node {
    const char *op;
    size_t layer;
    int source, other; /* the operators whose outputs come in, or the above */
    size_t param_count;
    const cvl_param *params[CVL_GRAPH_PARAMS]; /* its other inputs */
    size_t repeat; /* times that each kernel of the first stands there, a tied
                      one once for every channel; 0: once */
    bool skips;    /* an input that may be missing is */
    cvl_graph_constant constant; /* the last input; of no name: none */
    size_t attribute_count;
    cvl_graph_attribute attributes[CVL_GRAPH_ATTRIBUTES];
} cvl_graph_node;

/* Operators in a row. */
typedef struct cvl_graph {
    size_t layer;  /* that is being added */
    bool is_fixed; /* right for inputs of the net's height and width alone */
    size_t count;
    cvl_graph_node nodes[CVL_GRAPH_NODES];
} cvl_graph;

/* One more operator, of what the one before it makes; its name, as all names
 * and words here, is a constant. */
cvl_graph_node *cvl_graph_add(cvl_graph *graph, const char *op);

/* More inputs. */
void cvl_graph_take(cvl_graph_node *node, const cvl_param *params,
                    size_t count);

/* What it is told. */
void cvl_graph_sizes(cvl_graph_node *node, const char *name, size_t count,
                     const size_t *sizes);
void cvl_graph_size(cvl_graph_node *node, const char *name, size_t size);
void cvl_graph_number(cvl_graph_node *node, const char *name, double number);
void cvl_graph_word(cvl_graph_node *node, const char *name, const char *word);

#endif
