/* pool_loops.h - private: the loops of pooling, over one plane. */
#ifndef CVL_POOL_LOOPS_H
#define CVL_POOL_LOOPS_H

#include "convlet/pool_geometry.h"
#include "convlet/tensor.h"

/*
 * For one element type: x and dx point to a plane of g->in, y and dy to the one
 * that is made of it, as in convlet/pool.h. dx is overwritten.
 */
typedef struct cvl_pool_loops {
    void (*max)(const cvl_pool_geometry *g, const void *x, void *y);
    void (*max_back)(const cvl_pool_geometry *g, const void *x, const void *dy,
                     void *dx);
    void (*average)(const cvl_pool_geometry *g, const void *x, void *y);
    void (*average_back)(const cvl_pool_geometry *g, const void *dy, void *dx);
} cvl_pool_loops;

extern const cvl_pool_loops cvl_pool_f32, cvl_pool_f64;

#endif
