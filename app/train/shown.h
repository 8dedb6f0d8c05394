/* shown.h - the tensors that a run is shown by, as pictures have them. */
#ifndef CONVLET_TRAIN_SHOWN_H
#define CONVLET_TRAIN_SHOWN_H

#include "train/run.h"

/* {0} is empty. `output` is beside the data; views, or copies of their own. */
struct shown {
    struct data data;
    cvl_tensor output;
};

/*
 * The run's data and output, or the picture that is held out and what was made
 * of it; channels that were taken apart are together again, and light is sRGB.
 * CVL_ENOMEM; free it in any case, and before the run.
 */
cvl_status shown_init(struct shown *shown, const struct run *run,
                      cvl_error *err);
void shown_free(struct shown *shown);

#endif
