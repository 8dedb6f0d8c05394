/* classify.h - `convlet apply` with a model that tells classes apart. */
#ifndef CONVLET_APPLY_CLASSIFY_H
#define CONVLET_APPLY_CLASSIFY_H

#include <convlet/model.h>

#include "base/config.h"

/*
 * Prints for each sample of apply.files what the model takes it for; where the
 * truth is known, from --compare or from the folders that pictures lie in, also
 * how many are right, and which classes were taken for which.
 *
 * A file that cannot be read is said on stderr, and the others go on; with
 * --compare it ends the run. *failed receives the status of the first.
 * CVL_EINVAL, CVL_EIO, CVL_EFORMAT, CVL_ESHAPE, CVL_EUNSUPPORTED, CVL_ENOMEM.
 */
cvl_status classify_files(const struct config *config, const cvl_model *model,
                          const cvl_model_about *about, cvl_status *failed,
                          cvl_error *err);

#endif
