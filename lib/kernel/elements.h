/* elements.h - private: loops that take one element after the other. */
#ifndef CVL_ELEMENTS_H
#define CVL_ELEMENTS_H

#include "convlet/tensor.h"

/* What a step of Adam multiplies by; see convlet/adam.h. */
typedef struct cvl_adam_rates {
    double beta1, beta2, epsilon, decay;
    double rate; /* lr / (1 - beta1^step) */
    double root; /* sqrt(1 - beta2^step) */
} cvl_adam_rates;

/*
 * A function of each element: of `at`, which is the x or the y that
 * convlet/activation.h says, and, for gradients, of dy; slope is that of the
 * leaky ones.
 */
typedef void cvl_map_loop(double slope, size_t count, const void *at,
                          const void *dy, void *to);

/*
 * The loops for one element type: on plain pointers of that type, without any
 * allocation. Their numbers in double are rounded to it before the first
 * element. What is written may be what is read.
 */
typedef struct cvl_elements {
    /* As in convlet/activation.h. */
    cvl_map_loop *relu_forward, *relu_backward;
    cvl_map_loop *leaky_forward, *leaky_backward;
    cvl_map_loop *tanh_forward, *tanh_backward;
    cvl_map_loop *sigmoid_forward, *sigmoid_backward;

    /* Moves `count` numbers of each of r rows, which are `apart`, to every r-th
     * place of one row; or back. */
    void (*shuffle)(size_t r, size_t count, size_t apart, bool back, void *rows,
                    void *row);

    /* to += from. */
    void (*add)(size_t count, void *to, const void *from);

    /* As in convlet/sgd.h; v may be NULL. */
    void (*sgd_step)(double lr, double momentum, bool nesterov, double decay,
                     size_t count, void *p, const void *dp, void *v);
    void (*adam_step)(const cvl_adam_rates *rates, size_t count, void *p,
                      const void *dp, void *m, void *v);
} cvl_elements;

extern const cvl_elements cvl_elements_f32, cvl_elements_f64;

static inline const cvl_elements *cvl_elements_of(cvl_dtype dtype)
{
    return dtype == CVL_F32 ? &cvl_elements_f32 : &cvl_elements_f64;
}

#endif
