/* model.h - model files, and what people name instead of one. */
#ifndef CONVLET_DATA_MODEL_H
#define CONVLET_DATA_MODEL_H

#include <convlet/model.h>

/* As cvl_model_load and cvl_model_load_params; a directory, a picture or an
 * array is told from a damaged model. */
cvl_status model_load(const char *path, cvl_model *model, cvl_error *err);
cvl_status model_load_params(const char *path, cvl_net *net, cvl_error *err);

#endif
