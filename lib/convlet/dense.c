/* dense.c - see dense.h for the contract; the loops are in lib/kernel. */
#include "convlet/dense.h"

#include <assert.h>
#include <stdint.h>

#include "convlet/number.h"
#include "convlet/size.h"
#include "kernel/dense_loops.h"

static const cvl_dense_kernel *kernel_for(cvl_conv_algo algo, cvl_dtype dtype,
                                          cvl_isa isa)
{
    static const cvl_dense_kernel *const DIRECT[] = {&cvl_dense_direct_f32,
                                                     &cvl_dense_direct_f64};
    const cvl_dense_kernel *const fast =
        algo == CVL_CONV_DIRECT ? NULL : cvl_product_kernel(dtype, isa);
    return fast ? fast : DIRECT[dtype];
}

static cvl_dense_sizes sizes_of(const cvl_dense *dense)
{
    return (cvl_dense_sizes){.batch = dense->batch,
                             .inputs = dense->inputs,
                             .outputs = dense->outputs,
                             .x_row = dense->inputs,
                             .y_row = dense->outputs,
                             .exec = dense->exec};
}

/* Whether an array of a x b numbers could be held. */
static bool can_be(size_t a, size_t b)
{
    size_t count;
    return cvl_size_mul(a, b, &count) && count <= PTRDIFF_MAX / sizeof(double);
}

cvl_status cvl_dense_init(cvl_dense *dense, size_t batch, size_t inputs,
                          size_t outputs, cvl_dtype dtype, cvl_conv_algo algo,
                          const cvl_exec *exec, cvl_error *err)
{
    *dense = (cvl_dense){0};
    cvl_status status = cvl_dtype_check(dtype, err);
    if (!status) status = cvl_exec_check(exec, err);
    if (!status) status = cvl_conv_algo_check(algo, err);
    if (!status && (!batch || !inputs || !outputs))
        status = cvl_fail(err, CVL_EINVAL,
                          "a dense layer of batch %zu, %zu input%s and %zu "
                          "output%s is empty",
                          batch, inputs, cvl_plural(inputs), outputs,
                          cvl_plural(outputs));
    if (!status && (!can_be(batch, inputs) || !can_be(batch, outputs) ||
                    !can_be(inputs, outputs)))
        status = cvl_fail(err, CVL_EINVAL,
                          "a dense layer of batch %zu, %zu input%s and %zu "
                          "output%s is larger than any memory",
                          batch, inputs, cvl_plural(inputs), outputs,
                          cvl_plural(outputs));
    if (status) return status;
    *dense = (cvl_dense){.batch = batch,
                         .inputs = inputs,
                         .outputs = outputs,
                         .dtype = dtype,
                         .exec = *exec,
                         .kernel = kernel_for(algo, dtype, exec->isa)};
    const cvl_dense_sizes sizes = sizes_of(dense);
    dense->work_bytes = dense->kernel->work_bytes(&sizes);
    return CVL_OK;
}

const char *cvl_dense_algorithm(const cvl_dense *dense)
{
    return dense->kernel->name;
}

size_t cvl_dense_work_bytes(const cvl_dense *dense)
{
    return dense->work_bytes;
}

#ifndef NDEBUG
/* For assertions: a tensor of the plan's dtype, of so many numbers. */
static bool holds(const cvl_dense *dense, const cvl_tensor *tensor, size_t a,
                  size_t b)
{
    return tensor->dtype == dense->dtype && tensor->count == a * b;
}
#endif

void cvl_dense_forward(const cvl_dense *dense, const cvl_tensor *x,
                       const cvl_tensor *w, const cvl_tensor *b, cvl_tensor *y,
                       void *work)
{
    assert(holds(dense, x, dense->batch, dense->inputs));
    assert(holds(dense, w, dense->outputs, dense->inputs));
    assert(holds(dense, y, dense->batch, dense->outputs));
    assert(!b || holds(dense, b, dense->outputs, 1));
    const cvl_dense_sizes sizes = sizes_of(dense);
    dense->kernel->forward(&sizes, x->data, w->data, b ? b->data : NULL,
                           y->data, work);
}

void cvl_dense_grad_weight(const cvl_dense *dense, const cvl_tensor *x,
                           const cvl_tensor *dy, cvl_tensor *dw, cvl_tensor *db,
                           void *work)
{
    assert(holds(dense, x, dense->batch, dense->inputs));
    assert(holds(dense, dy, dense->batch, dense->outputs));
    assert(holds(dense, dw, dense->outputs, dense->inputs));
    assert(!db || holds(dense, db, dense->outputs, 1));
    const cvl_dense_sizes sizes = sizes_of(dense);
    dense->kernel->grad_weight(&sizes, x->data, dy->data, dw->data,
                               db ? db->data : NULL, work);
}

void cvl_dense_grad_input(const cvl_dense *dense, const cvl_tensor *w,
                          const cvl_tensor *dy, cvl_tensor *dx, void *work)
{
    assert(holds(dense, w, dense->outputs, dense->inputs));
    assert(holds(dense, dy, dense->batch, dense->outputs));
    assert(holds(dense, dx, dense->batch, dense->inputs));
    const cvl_dense_sizes sizes = sizes_of(dense);
    dense->kernel->grad_input(&sizes, w->data, dy->data, dx->data, work);
}
