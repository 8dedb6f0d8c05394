/* activation.c - see activation.h for the contract. */
#include "convlet/activation.h"

#include <assert.h>

#include "kernel/elements.h"

void cvl_relu_forward(const cvl_tensor *x, cvl_tensor *y)
{
    assert(!cvl_tensor_check_like("", y, x, NULL));
    cvl_elements_of(x->dtype)->relu_forward(x->count, x->data, y->data);
}

void cvl_relu_backward(const cvl_tensor *x, const cvl_tensor *dy,
                       cvl_tensor *dx)
{
    assert(!cvl_tensor_check_like("", dy, x, NULL));
    assert(!cvl_tensor_check_like("", dx, x, NULL));
    cvl_elements_of(x->dtype)->relu_backward(x->count, x->data, dy->data,
                                             dx->data);
}
