/* model.h - model files, and what people name instead of one. */
#ifndef CONVLET_DATA_MODEL_H
#define CONVLET_DATA_MODEL_H

#include <stdbool.h>

#include <convlet/model.h>

/* As cvl_model_take and cvl_model_copy_params of the file; a directory, a
 * picture or an array is told from a damaged model. */
cvl_status model_load(const char *path, const char *spec, cvl_model *model,
                      cvl_error *err);
cvl_status model_load_params(const char *path, bool quiet, cvl_net *net,
                             cvl_error *err);

/* Says on stderr which tensors of a model's file are not read, if any, and
 * whether those that are were told by their order and not by their names. */
void model_print_note(const char *command, const char *path,
                      const cvl_safetensors *file, bool by_order);

#endif
