/* layer_kinds.h - private: the kinds of layers, a row each. */
#ifndef CVL_LAYER_KINDS_H
#define CVL_LAYER_KINDS_H

/*
 * ROW(x) is the row cvl_layer_x of the file layer_x.c, which the build finds by
 * its name. Messages list the kinds in this order.
 */
#define CVL_LAYER_KINDS(ROW) \
    ROW(conv2d)              \
    ROW(relu)                \
    ROW(leaky)               \
    ROW(tanh)                \
    ROW(sigmoid)             \
    ROW(batchnorm)           \
    ROW(maxpool)             \
    ROW(avgpool)             \
    ROW(dense)               \
    ROW(shuffle)

#endif
