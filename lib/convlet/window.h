/* window.h - which inputs an output reads, along an axis, through any stack. */
#ifndef CVL_WINDOW_H
#define CVL_WINDOW_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/net.h"

/*
 * One layer along one axis: 0 is down, 1 across. Its output p reads inputs of
 *
 *     first = floor(p / factor) stride - before   to   first + reach
 *
 * all of them or some, as a dilated kernel does. What is read below 0 or
 * behind the last input is padding, of which there is no more than
 *
 *     outputs = (floor((inputs + before + after - reach - 1) / stride) + 1)
 *               factor
 *
 * need. Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep
 * learning", 2016, relationship 6, with dilation (kernel - 1) as the reach.
 */
typedef struct cvl_window {
    size_t reach;         /* from the first input that is read to the last */
    size_t stride;        /* inputs from one place of the window to the next */
    size_t before, after; /* padding */
    size_t factor;        /* outputs of one place, where a layer enlarges */
} cvl_window;

/* Each output reads the input at its place. */
cvl_window cvl_window_of_point(void);

/* Of a convolution, and of layer `index` of a net (asserted). */
cvl_window cvl_conv2d_window(const cvl_conv2d_geometry *geometry, size_t axis);
cvl_window cvl_net_window(const cvl_net *net, size_t index, size_t axis);

/*
 * Elements along an axis: how many, and which of them, low .. high - 1, depend
 * on no padding of any layer; none where high <= low.
 */
typedef struct cvl_extent {
    size_t count;
    size_t low, high;
} cvl_extent;

/*
 * What the net makes of `inputs` elements along an axis, which need not be as
 * many as it was built for. false where a window is larger than what it slides
 * over, or a size cannot be counted; *extent is that layer's input then.
 */
bool cvl_net_extent(const cvl_net *net, size_t axis, size_t inputs,
                    cvl_extent *extent);

/*
 * Which outputs are computed alike: moved by *period inputs, they move by *per,
 * and those of every layer by a whole number of places. The least for which
 * that is so: 1 and 2 behind shuffle 4 and stride 2, but 2 and 4 behind stride
 * 2 and shuffle 4. false where one cannot be counted.
 */
bool cvl_net_period(const cvl_net *net, size_t axis, size_t *period,
                    size_t *per);

/*
 * The same, for what is to have the bits of the whole. A layer that computes
 * its outputs in blocks, as Winograd's algorithm does, rounds each by what all
 * of its block read: so outputs are alike where whole blocks are moved, and
 * spoiled where their block reads what is not the whole's.
 */
bool cvl_net_exact_extent(const cvl_net *net, size_t axis, size_t inputs,
                          cvl_extent *extent);
bool cvl_net_exact_period(const cvl_net *net, size_t axis, size_t *period,
                          size_t *per);

/*
 * The part of the input that an output of some layer sees, along an axis. A
 * size that cannot be counted is SIZE_MAX.
 */
typedef struct cvl_receptive {
    size_t field;   /* how many elements */
    size_t jump;    /* from the field of one output to that of the one `per`
                       further; both in lowest terms */
    size_t per;     /* 1, or more where several outputs share a field */
    size_t padding; /* how far the first field reaches out over the border */
} cvl_receptive;

/*
 * Behind the first `layers` layers of the net. Source: Araujo, Norris and Sim,
 * "Computing receptive fields of convolutional neural networks", Distill, 2019.
 */
cvl_receptive cvl_net_receptive(const cvl_net *net, size_t layers, size_t axis);

#endif
