/* loss.h - how far a prediction is from its target, and which way is down. */
#ifndef CVL_LOSS_H
#define CVL_LOSS_H

#include <stdbool.h>

#include "convlet/tensor.h"

/*
 * How the squared errors e_i^2 = (y_i - t_i)^2 of an [N,K,OH,OW] prediction
 * of M elements become one number, and the gradient that is handed back:
 *
 *   mean       loss = sum e^2 / M             grad = 2 e / M
 *   sum        loss = sum e^2                 grad = 2 e
 *   notebook   loss = sum e^2 / (N K OH)      grad = e / N
 *
 * `mean` agrees with torch.nn.MSELoss. `notebook` is the "strided" notebook:
 * it logs one scale and descends another, K OH / 2 times as steep.
 */
typedef enum cvl_reduction {
    CVL_REDUCTION_MEAN,
    CVL_REDUCTION_SUM,
    CVL_REDUCTION_NOTEBOOK
} cvl_reduction;

/* "mean", "sum", "notebook". */
const char *cvl_reduction_name(cvl_reduction reduction);

/* The reduction of that name; false if there is none. */
bool cvl_reduction_parse(const char *name, cvl_reduction *reduction);

/*
 * The squared error of a prediction and its gradient.
 *
 *   y, t   prediction and target: like shapes; read only. `notebook` needs
 *          four axes
 *   grad   NULL, or a tensor like y, overwritten; may be y itself
 *   loss   receives the loss, in the unit of y squared
 *
 * Sums in double, in eight interleaved partial sums of fixed order: the same
 * bits for any number of threads. NaN or infinity in y or t is not an error;
 * it reaches *loss.
 * Returns CVL_OK, or CVL_ESHAPE with nothing written.
 */
cvl_status cvl_loss_mse(const cvl_tensor *y, const cvl_tensor *t,
                        cvl_reduction reduction, cvl_tensor *grad, double *loss,
                        cvl_error *err);

#endif
