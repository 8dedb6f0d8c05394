/* model.h - model files, and what people name instead of one. */
#ifndef CONVLET_DATA_MODEL_H
#define CONVLET_DATA_MODEL_H

#include <stdbool.h>

#include <convlet/model.h>

/* Reads a model, or another file of named arrays. A directory, a picture or an
 * array is told from a damaged one. Errors of cvl_safetensors_load. */
cvl_status model_read(const char *path, cvl_safetensors *file, cvl_error *err);

/* The same, and then as cvl_model_take. */
cvl_status model_load(const char *path, const char *spec, cvl_model *model,
                      cvl_error *err);

/* As cvl_model_copy_params of what was read from that path, with notes of what
 * was passed over and of buffers that are missing; command NULL: none. */
cvl_status model_copy_params(const char *command, const char *path,
                             const cvl_safetensors *file, cvl_net *net,
                             cvl_error *err);

/* Both, for `convlet train`. */
cvl_status model_load_params(const char *path, bool quiet, cvl_net *net,
                             cvl_error *err);

/* Says on stderr which tensors of a model's file are not read, if any, and
 * whether those that are were told by their order and not by their names. */
void model_print_note(const char *command, const char *path,
                      const cvl_safetensors *file, bool by_order);

/* Of a net that is used as it came out of its file: CVL_EFORMAT where a param
 * or a buffer is not finite, which names the first such element, as
 * model_copy_params does. And a note of it, for who only looks. */
cvl_status model_check_finite(const char *path, const cvl_net *net,
                              cvl_error *err);
void model_note_nonfinite(const char *command, const char *path,
                          const cvl_net *net);

#endif
