/* loss.h - how far a prediction is from its target, and which way is down. */
#ifndef CVL_LOSS_H
#define CVL_LOSS_H

#include <stdbool.h>

#include "convlet/exec.h"
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

/* "mean", "sum", "notebook"; NULL behind the last one. */
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
 * Differences and gradients are computed in the type of y; squares are added
 * in double, in an order that the number of elements alone decides. NaN or
 * infinity in y or t is not an error; it reaches *loss.
 * Returns CVL_OK, or CVL_ESHAPE with nothing written.
 */
cvl_status cvl_loss_mse(const cvl_tensor *y, const cvl_tensor *t,
                        cvl_reduction reduction, cvl_tensor *grad, double *loss,
                        cvl_error *err);

/*
 * The same over a part of the elements: M counts those where the mask is 1.
 *
 *   mask   NULL for all, or a tensor like y of 0 and 1 alone; where it is 0,
 *          y and t may hold anything finite, and the gradient is 0
 *   used   how many elements of the mask are 1; 1 or more
 *   exec   NULL for one thread; however many, the bits are the same
 */
cvl_status cvl_loss_mse_masked(const cvl_tensor *y, const cvl_tensor *t,
                               const cvl_tensor *mask, size_t used,
                               cvl_reduction reduction, const cvl_exec *exec,
                               cvl_tensor *grad, double *loss, cvl_error *err);

/* What multiplies an error to become its gradient: the table's right column,
 * for `used` elements of a y of that shape. */
double cvl_loss_slope(const cvl_tensor *y, size_t used,
                      cvl_reduction reduction);

/* What the sum of squares is divided by to become the loss: the table's left
 * column. */
double cvl_loss_divisor(const cvl_tensor *y, size_t used,
                        cvl_reduction reduction);

/* errors = slope * mask * (y - t), all like y; without t: slope * mask * y.
 * errors may be NULL. Returns the sum of the squares of mask * (y - t); exec as
 * above. */
double cvl_loss_errors(const cvl_tensor *y, const cvl_tensor *t,
                       const cvl_tensor *mask, double slope,
                       const cvl_exec *exec, cvl_tensor *errors);

#endif
