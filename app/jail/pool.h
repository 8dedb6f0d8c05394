/* pool.h - a heap that is one block and cannot grow. */
#ifndef CONVLET_JAIL_POOL_H
#define CONVLET_JAIL_POOL_H

#include <stddef.h>

/*
 * Hands out zeroed pieces of a block that the caller provides, zeroed, one
 * after the other. Freeing gives back only the newest piece, which is what
 * decoders free in practice; the rest goes when the block goes.
 */
typedef struct jail_pool {
    unsigned char *base;
    size_t size;
    size_t used;
    size_t newest;  /* where the newest piece starts, or `used` */
    size_t touched; /* from here on the block is still zero */
} jail_pool;

/* A pool over `size` zeroed bytes at `base`, aligned as malloc would. */
jail_pool jail_pool_over(void *base, size_t size);

/* The next `bytes` bytes, zeroed, or NULL where they do not fit. */
void *jail_pool_take(jail_pool *pool, size_t bytes);

/* Grows a piece (NULL: a new one), in place if it is the newest; or NULL. */
void *jail_pool_grow(jail_pool *pool, void *piece, size_t old_bytes,
                     size_t bytes);

/* NULL is fine. */
void jail_pool_give(jail_pool *pool, const void *piece);

#endif
