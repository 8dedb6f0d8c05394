/* dead_leaves.h - dead-leaves pictures: a stand-in for photographs. */
#ifndef CONVLET_PATCHES_DEAD_LEAVES_H
#define CONVLET_PATCHES_DEAD_LEAVES_H

#include <convlet/random.h>
#include <convlet/tensor.h>

/*
 * Discs fall on top of each other until nothing shines through: their
 * centres are uniform, and the density of their radii falls with r^-3, which
 * looks alike at any scale as photographs do. Like photographs, pictures
 * differ: the smallest radius is drawn for each, evenly by its logarithm, from
 * LEAVES_SMALLEST to LEAVES_COARSE pixels, the largest is LEAVES_LARGEST. Like
 * a photograph, a picture has few colours: its palette of LEAVES_PALETTE is
 * uniform in brightness, and every leaf takes one of it, a little off, so that
 * most edges are faint and some are strong. Light falls on each leaf from a
 * side: across it, its brightness rises or falls evenly.
 * Source: Lee, Mumford and Huang, "Occlusion models for natural images", IJCV
 * 41, 2001; used to train restorers by Achddou, Gousseau and Ladjal,
 * "Synthetic images as a regularity prior for image restoration neural
 * networks", SSVM 2021, with colours of photographs. The light is our own.
 */
enum {
    LEAVES_SMALLEST = 1,
    LEAVES_COARSE = 8,
    LEAVES_LARGEST = 100,
    LEAVES_PALETTE = 5
};

/* {0} is empty. */
struct dead_leaves {
    size_t channels, height, width;
    cvl_tensor open; /* [1,1,H,W]: how much of what lies below shines through */
    unsigned char *is_open; /* [H,W]: whether anything does */
    /* of the picture that is drawn */
    double smallest; /* radius */
    float palette[LEAVES_PALETTE][3];
};

/* Makes room for pictures of 1 or 3 channels. CVL_ENOMEM. */
cvl_status dead_leaves_init(struct dead_leaves *leaves, size_t channels,
                            size_t height, size_t width, cvl_error *err);

/*
 * Draws a picture, float32 [1,C,H,W] of values 0 to 1, from the stream: the
 * same stream gives the same picture. Allocates nothing, cannot fail.
 */
void dead_leaves_draw(struct dead_leaves *leaves, cvl_random *random,
                      cvl_tensor *picture);

/* Frees and resets; idempotent. */
void dead_leaves_free(struct dead_leaves *leaves);

#endif
