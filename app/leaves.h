/* leaves.h - dead-leaves pictures: a stand-in for photographs. */
#ifndef CONVLET_LEAVES_H
#define CONVLET_LEAVES_H

#include <stddef.h>

#include <convlet/error.h>
#include <convlet/random.h>

/*
 * Discs fall on top of each other until nothing shines through: their
 * centres are uniform, the density of their radii falls with r^-3 between
 * LEAVES_SMALLEST and LEAVES_LARGEST pixels, which looks alike at any
 * scale as photographs do, and their colours are uniform in brightness.
 * Source: Lee, Mumford and Huang, "Occlusion models for natural images", IJCV
 * 41, 2001; used to train restorers by Achddou, Gousseau and Ladjal,
 * "Synthetic images as a regularity prior for image restoration neural
 * networks", SSVM 2021.
 */
enum { LEAVES_SMALLEST = 1, LEAVES_LARGEST = 100 };

/* {0} is empty. */
struct leaves {
    size_t channels, height, width;
    float *open; /* [H,W]: how much of what lies below shines through */
};

/* Makes room for pictures of 1 or 3 channels. CVL_ENOMEM. */
cvl_status leaves_init(struct leaves *leaves, size_t channels, size_t height,
                       size_t width, cvl_error *err);

/*
 * Draws a picture [C,H,W] of values 0 to 1 from the stream: the same stream
 * gives the same picture. Allocates nothing, cannot fail.
 */
void leaves_draw(struct leaves *leaves, cvl_random *random, float *picture);

/* Frees and resets; idempotent. */
void leaves_free(struct leaves *leaves);

#endif
