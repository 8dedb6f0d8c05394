/* receptive.h - which part of the input one number of the output sees. */
#ifndef CONVLET_APPLY_RECEPTIVE_H
#define CONVLET_APPLY_RECEPTIVE_H

#include <stddef.h>

#include <convlet/net.h>

/*
 * After some layers, for rows (0) and columns (1), in pixels of the input:
 *
 *   field     how many one output sees
 *   jump      from the field of one output to that of the one `per` further
 *   per       1, or more where a shuffle made several outputs of one field
 *   padding   how far the first field reaches out over the top or left edge
 *
 * A size that cannot be counted is SIZE_MAX.
 * Source: Araujo, Norris and Sim, "Computing receptive fields of
 * convolutional neural networks", Distill, 2019.
 */
struct receptive {
    size_t field[2];
    size_t jump[2], per[2];
    size_t padding[2];
};

/* Before any layer: each pixel sees itself. */
struct receptive receptive_start(void);

/* After one more layer. */
struct receptive receptive_after(const struct receptive *before,
                                 const cvl_layer_info *layer);

#endif
