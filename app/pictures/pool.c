/* pool.c - see pool.h for the contract. */
#include "pictures/pool.h"

#include <string.h>

#include <convlet/memory.h>

enum { PIECE_ALIGNMENT = 16 };

picture_pool picture_pool_over(void *base, size_t size)
{
    return (picture_pool){.base = base, .size = size};
}

/* Makes the newest piece `bytes` long; what it gains is zero. */
static void *stretch(picture_pool *pool, size_t bytes)
{
    size_t end;
    if (!cvl_size_add(bytes, PIECE_ALIGNMENT - 1, &end) ||
        !cvl_size_add(pool->newest, end - end % PIECE_ALIGNMENT, &end) ||
        end > pool->size)
        return NULL;
    if (end > pool->used && pool->used < pool->touched) {
        const size_t dirty_end = end < pool->touched ? end : pool->touched;
        memset(pool->base + pool->used, 0, dirty_end - pool->used);
    }
    pool->used = end;
    if (pool->touched < end) pool->touched = end;
    return pool->base + pool->newest;
}

void *picture_pool_take(picture_pool *pool, size_t bytes)
{
    const size_t before = pool->newest;
    pool->newest = pool->used;
    void *const piece = stretch(pool, bytes ? bytes : 1);
    if (!piece) pool->newest = before;
    return piece;
}

void *picture_pool_grow(picture_pool *pool, void *piece, size_t old_bytes,
                        size_t bytes)
{
    if (!piece) return picture_pool_take(pool, bytes);
    if (piece == pool->base + pool->newest && pool->newest < pool->used)
        return stretch(pool, bytes);
    void *const moved = picture_pool_take(pool, bytes);
    if (moved) memcpy(moved, piece, old_bytes < bytes ? old_bytes : bytes);
    return moved;
}

void picture_pool_give(picture_pool *pool, const void *piece)
{
    if (piece && piece == pool->base + pool->newest) pool->used = pool->newest;
}
