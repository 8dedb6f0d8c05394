/* input.h - private to its room: what a model sees of a file. */
#ifndef CONVLET_NETS_INPUT_H
#define CONVLET_NETS_INPUT_H

#include <convlet/model.h>

/*
 * Reads x [N,C,H,W], float64, of a file or directory as `apply` does for this
 * model. Of a classifier every sample, prepared and standardised as those that
 * it was trained on; of another model, a picture as luminance or as light where
 * that is what it learned from. Notes what was done, or ignored, on stderr.
 * CVL_EIO, CVL_EFORMAT, CVL_ESHAPE, CVL_EUNSUPPORTED, CVL_ENOMEM; messages
 * start with the path of the input, or of the model.
 */
cvl_status net_input_classify(const char *command, const char *model_path,
                              const cvl_model *model,
                              const cvl_model_about *about, const char *path,
                              cvl_tensor *x, cvl_error *err);

/* The same of a picture that was read, for a model that is no classifier. */
cvl_status net_input_restore(const cvl_model *model,
                             const cvl_model_about *about, cvl_tensor *x,
                             cvl_error *err);

#endif
