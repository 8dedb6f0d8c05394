/* pool.c - see pool.h for the contract. */
#include "jail/pool.h"

#include <string.h>

#include <convlet/memory.h>

enum { PIECE_ALIGNMENT = 16 };

jail_pool jail_pool_over(void *base, size_t size)
{
    return (jail_pool){.base = base, .size = size};
}

/* Makes the newest piece `bytes` long; what it gains is zero. */
static void *stretch(jail_pool *pool, size_t bytes)
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

void *jail_pool_take(jail_pool *pool, size_t bytes)
{
    const size_t before = pool->newest;
    pool->newest = pool->used;
    void *const piece = stretch(pool, bytes ? bytes : 1);
    if (!piece) pool->newest = before;
    return piece;
}

void *jail_pool_grow(jail_pool *pool, void *piece, size_t old_bytes,
                     size_t bytes)
{
    if (!piece) return jail_pool_take(pool, bytes);
    if (piece == pool->base + pool->newest && pool->newest < pool->used)
        return stretch(pool, bytes);
    void *const moved = jail_pool_take(pool, bytes);
    if (moved) memcpy(moved, piece, old_bytes < bytes ? old_bytes : bytes);
    return moved;
}

void jail_pool_give(jail_pool *pool, const void *piece)
{
    if (piece && piece == pool->base + pool->newest) pool->used = pool->newest;
}
