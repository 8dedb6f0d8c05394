/* probe.h - a net and one picture: what it makes of it, and what matters. */
#ifndef CONVLET_PROBE_PROBE_H
#define CONVLET_PROBE_PROBE_H

#include <convlet/net.h>

/* {0} is empty. */
struct probe {
    cvl_net *net;       /* of one image, in CVL_MODE_EVAL */
    cvl_net own;        /* that is what it is, unless it is borrowed */
    cvl_tensor x;       /* [1,C,H,W]: the picture, as the net sees it */
    cvl_tensor covered; /* the same, with a patch on it */
    cvl_tensor dy, dx;  /* like the net's output, and like x */
    double *p;          /* [K]: what the output says of each class */
};

/*
 * Makes a net of one image with the params of `of`, which outlives it, and
 * looks into that.
 *
 *   config   of `of`; how many images it is for does not matter
 *
 * Errors of cvl_net_build; free it in any case.
 */
cvl_status probe_init(struct probe *probe, const cvl_net_config *config,
                      const cvl_net *of, cvl_error *err);

/* The same of a net that is for one image already, with gradients. It may be
 * used for something else again once the probe is freed. CVL_ENOMEM. */
cvl_status probe_borrow(struct probe *probe, cvl_net *net, cvl_error *err);

void probe_free(struct probe *probe);

/* Once probe->x is filled, and before what follows: runs the net on it. */
void probe_run(struct probe *probe);

/* How many layers there are before the first whose output is not finite, all of
 * them counted from the input. */
size_t probe_finite_layers(const struct probe *probe);

/* Of a net that ends in [1,K,1,1]: the class it answers, the first of equals;
 * probe->p has the probabilities then. */
size_t probe_answer(struct probe *probe);

/*
 * How much an output depends on each pixel of the picture:
 *
 *     map[i,j] = max over c of |d y[output] / d x[c,i,j]|
 *
 * map is [H,W], of H W doubles. Source: Simonyan, Vedaldi and Zisserman, "Deep
 * inside convolutional networks", 2013, section 3.1.
 */
void probe_gradient(struct probe *probe, size_t output, double *map);

/* Where patches are laid on a picture: around each square of stride x stride
 * pixels, one of side x side, 3 strides. */
struct probe_patches {
    size_t stride, side;
    size_t rows, columns; /* squares that cover the picture */
};
struct probe_patches probe_patches_of(const struct probe *probe);

/*
 * How much of the probability of a class each patch takes away:
 *
 *     map[i,j] = p[class] - p[class] with the patch around i, j,
 *
 * which has the mean colour of the picture, and ends where that does. map is
 * [rows,columns]. The net has run on probe->x again at the end. Source: Zeiler
 * and Fergus, "Visualizing and understanding convolutional networks", 2014,
 * section 4.2.
 */
void probe_occlude(struct probe *probe, const struct probe_patches *patches,
                   size_t class, double *map);

#endif
