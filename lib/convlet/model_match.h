/* model_match.h - private: which array of a file is which param of a net. */
#ifndef CVL_MODEL_MATCH_H
#define CVL_MODEL_MATCH_H

#include <stdbool.h>

#include "convlet/net.h"
#include "convlet/safetensors.h"

enum { CVL_MATCH_MAX = CVL_MAX_PARAMS + CVL_MAX_BUFFERS };

/* What belongs together: values[i] goes into params[i]. */
typedef struct cvl_model_match {
    size_t count;
    cvl_param *params[CVL_MATCH_MAX];        /* layer by layer, params first */
    const cvl_tensor *values[CVL_MATCH_MAX]; /* NULL: the file has it not */
    bool by_order;                           /* and not by name */
} cvl_model_match;

/*
 * Finds the params and buffers of a net in a file by their names, or, where
 * `loose` and a param's name is not there, by their order: the layers of the
 * net that have params are then the modules of the file, in the order of the
 * numbers in their names ("3.weight" before "10.weight") or else of the file,
 * and every array is one, of the shape that is needed.
 */
void cvl_model_match_find(cvl_model_match *match, const cvl_safetensors *file,
                          const cvl_net *net, bool loose);

/* Is this the param's shape? A matrix [O,I] is one of [O,C,H,W] with C H W = I
 * too, which has the same bytes. */
bool cvl_model_shape_fits(const cvl_tensor *value, const cvl_param *param);

/* Is it one of the net's buffers, and none of its params? */
bool cvl_model_is_buffer(const cvl_net *net, const cvl_param *param);

#endif
