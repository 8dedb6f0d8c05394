/* memory.h - aligned blocks, and an arena laid out twice. */
#ifndef CVL_MEMORY_H
#define CVL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/error.h"
#include "convlet/size.h"

/*
 * Bytes that this process can still be given without swapping: what the system
 * has, or what its control groups leave of that; SIZE_MAX where the system
 * does not say, or the library has no files. Reads a few of Linux', each time.
 */
size_t cvl_memory_available(void);

/*
 * CVL_OK, or CVL_ENOMEM where `bytes` are more than the `available`: "out of
 * memory: 520000000320 bytes are needed for WHAT, 24331812864 are available".
 * For a sum that is known before its parts are allocated.
 */
cvl_status cvl_memory_check(size_t bytes, size_t available, const char *what,
                            cvl_error *err);

/*
 * Allocates `bytes` (0 counts as 1) of zeroed memory, aligned to
 * CVL_ALIGNMENT, into *block. Returns CVL_OK, or CVL_ENOMEM with *block NULL
 * and a message that names `what` and the size. A large block is compared with
 * cvl_memory_available first: the system would promise more than it has, and
 * end the process later. Free with cvl_free.
 */
cvl_status cvl_alloc(void **block, size_t bytes, const char *what,
                     cvl_error *err);

/* Frees what cvl_alloc returned; NULL is fine. */
void cvl_free(void *block);

/*
 * An arena hands out pieces of one block. The layout is written once, as a
 * function, and run twice: first on an empty arena, which only measures, then,
 * after cvl_arena_commit, on the same arena, which now places:
 *
 *     cvl_arena arena = {0};
 *     layout(&arena, model);                       measures
 *     status = cvl_arena_commit(&arena, "model", err);
 *     layout(&arena, model);                       places
 *     ...
 *     cvl_arena_free(&arena);
 */
typedef struct cvl_arena {
    unsigned char *base; /* NULL while measuring */
    size_t used;
    size_t capacity;
    bool overflow; /* a size did not fit in size_t */
} cvl_arena;

/*
 * The next `bytes` bytes, aligned to CVL_ALIGNMENT and zero at first; NULL
 * while measuring. Never fails: too large a sum is reported by commit.
 */
void *cvl_arena_take(cvl_arena *arena, size_t bytes);

/* Allocates what was measured and rewinds. CVL_OK or CVL_ENOMEM. */
cvl_status cvl_arena_commit(cvl_arena *arena, const char *what, cvl_error *err);

/* Frees the block; idempotent, and fine on {0}. */
void cvl_arena_free(cvl_arena *arena);

#endif
