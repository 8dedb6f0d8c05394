/* pool.h - a heap that is one block and cannot grow. */
#ifndef CONVLET_PICTURES_POOL_H
#define CONVLET_PICTURES_POOL_H

#include <stddef.h>

/*
 * Hands out zeroed pieces of a block that the caller provides, zeroed, one
 * after the other. Freeing gives back only the newest piece, which is what
 * decoders free in practice; the rest goes when the block goes.
 */
typedef struct picture_pool {
    unsigned char *base;
    size_t size;
    size_t used;
    size_t newest;  /* where the newest piece starts, or `used` */
    size_t touched; /* from here on the block is still zero */
} picture_pool;

/* A pool over `size` zeroed bytes at `base`, aligned as malloc would. */
picture_pool picture_pool_over(void *base, size_t size);

/* The next `bytes` bytes, zeroed, or NULL where they do not fit. */
void *picture_pool_take(picture_pool *pool, size_t bytes);

/* Grows a piece (NULL: a new one), in place if it is the newest; or NULL. */
void *picture_pool_grow(picture_pool *pool, void *piece, size_t old_bytes,
                        size_t bytes);

/* NULL is fine. */
void picture_pool_give(picture_pool *pool, const void *piece);

#endif
