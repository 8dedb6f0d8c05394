/* memory.c - see memory.h for the contract. */
#include "convlet/memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/memory_available.h"

/* Smaller blocks are not worth a look at the system's files. */
static const size_t LARGE = (size_t)16 << 20;

size_t cvl_memory_available(void)
{
#ifdef CVL_NO_FILES
    return SIZE_MAX;
#else
    return cvl_memory_available_in("");
#endif
}

cvl_status cvl_memory_check(size_t bytes, size_t available, const char *what,
                            cvl_error *err)
{
    if (bytes <= available) return CVL_OK;
    return cvl_fail(
        err, CVL_ENOMEM,
        "out of memory: %zu bytes are needed for %s, %zu are available", bytes,
        what, available);
}

cvl_status cvl_alloc(void **block, size_t bytes, const char *what,
                     cvl_error *err)
{
    *block = NULL;
    size_t rounded;
    /* Beyond PTRDIFF_MAX pointers into the block could not be subtracted. */
    if (cvl_size_align(bytes ? bytes : 1, &rounded) && rounded <= PTRDIFF_MAX) {
        if (rounded >= LARGE) {
            const cvl_status status =
                cvl_memory_check(rounded, cvl_memory_available(), what, err);
            if (status) return status;
        }
        *block = aligned_alloc(CVL_ALIGNMENT, rounded);
    }
    if (!*block)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: %zu bytes are needed for %s", bytes,
                        what);
    memset(*block, 0, rounded);
    return CVL_OK;
}

void cvl_free(void *block)
{
    free(block);
}

void *cvl_arena_take(cvl_arena *arena, size_t bytes)
{
    size_t rounded, end;
    if (!cvl_size_align(bytes, &rounded) ||
        !cvl_size_add(arena->used, rounded, &end)) {
        arena->overflow = true;
        return NULL;
    }
    assert(!arena->base || end <= arena->capacity);
    void *const piece = arena->base ? arena->base + arena->used : NULL;
    arena->used = end;
    return piece;
}

cvl_status cvl_arena_commit(cvl_arena *arena, const char *what, cvl_error *err)
{
    assert(!arena->base);
    if (arena->overflow)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: more bytes are needed for %s than a "
                        "size can count",
                        what);
    void *base;
    const cvl_status status = cvl_alloc(&base, arena->used, what, err);
    if (status) return status;
    arena->base = base;
    arena->capacity = arena->used;
    arena->used = 0;
    return CVL_OK;
}

void cvl_arena_free(cvl_arena *arena)
{
    cvl_free(arena->base);
    *arena = (cvl_arena){0};
}
