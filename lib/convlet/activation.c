/* activation.c - see activation.h for the contract. */
#include "convlet/activation.h"

#include <assert.h>

/* `x > 0 ? x : 0` would turn NaN into 0; this keeps it. */
#define DEFINE_RELU(FORWARD, BACKWARD, REAL)                             \
    static void FORWARD(size_t count, const REAL *x, REAL *y)            \
    {                                                                    \
        for (size_t i = 0; i < count; i++) y[i] = x[i] < 0 ? 0 : x[i];   \
    }                                                                    \
    static void BACKWARD(size_t count, const REAL *x, const REAL *dy,    \
                         REAL *dx)                                       \
    {                                                                    \
        for (size_t i = 0; i < count; i++) dx[i] = x[i] > 0 ? dy[i] : 0; \
    }
DEFINE_RELU(relu_forward_f32, relu_backward_f32, float)
DEFINE_RELU(relu_forward_f64, relu_backward_f64, double)

void cvl_relu_forward(const cvl_tensor *x, cvl_tensor *y)
{
    assert(!cvl_tensor_check_like("", y, x, NULL));
    if (x->dtype == CVL_F32)
        relu_forward_f32(x->count, x->data, y->data);
    else
        relu_forward_f64(x->count, x->data, y->data);
}

void cvl_relu_backward(const cvl_tensor *x, const cvl_tensor *dy,
                       cvl_tensor *dx)
{
    assert(!cvl_tensor_check_like("", dy, x, NULL));
    assert(!cvl_tensor_check_like("", dx, x, NULL));
    if (x->dtype == CVL_F32)
        relu_backward_f32(x->count, x->data, dy->data, dx->data);
    else
        relu_backward_f64(x->count, x->data, dy->data, dx->data);
}
