/* model_content.h - private: what a model file holds, before it is one. */
#ifndef CVL_MODEL_CONTENT_H
#define CVL_MODEL_CONTENT_H

#include "convlet/model.h"

/* The content of a file, and the lists that it points into. */
typedef struct cvl_model_content {
    cvl_model_metadata metadata;
    cvl_named_tensor tensors[CVL_MAX_PARAMS + CVL_MAX_BUFFERS];
    cvl_safetensors file;
} cvl_model_content;

/* Fills it in; `about` and the net outlive it. Nothing is to be freed. */
void cvl_model_gather(const cvl_model_about *about, const cvl_net *net,
                      cvl_model_content *content);

#endif
