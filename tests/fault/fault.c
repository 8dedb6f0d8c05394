/* fault.c - see fault.h: the plan, and memory that runs out. */
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *fault_malloc(size_t size);
void *fault_calloc(size_t count, size_t size);
void *fault_realloc(void *block, size_t size);
void *fault_aligned_alloc(size_t alignment, size_t size);
void fault_free(void *block);

enum { SECONDS = 20 }; /* a program that hangs is ended */

static struct fault_state no_plan;
static struct fault_state *state = &no_plan;
static bool is_child;

/* Before main: reads the plan. */
__attribute__((constructor)) static void fault_begin(void)
{
    const char *const path = getenv("CONVLET_FAULT");
    if (!path) return;
    const int file = open(path, O_RDWR);
    void *const shared = file < 0
                             ? MAP_FAILED
                             : mmap(NULL, sizeof *state, PROT_READ | PROT_WRITE,
                                    MAP_SHARED, file, 0);
    if (shared == MAP_FAILED) abort();
    close(file);
    state = shared;
    alarm(SECONDS);
}

bool fault_due(enum fault_call call)
{
    state->seen[call]++;
    if (!(state->calls >> call & 1)) return false;
    const uint64_t number = state->counted++;
    const bool due =
        state->mode == FAULT_EVER ? number >= state->at : number == state->at;
    if (!due) return false;
    state->injected++;
    errno = state->error;
    return true;
}

enum fault_mode fault_mode(void)
{
    return state->mode;
}

void fault_count_block(int change)
{
    if (!is_child) state->blocks += change;
}

void fault_count_file(int change)
{
    if (!is_child) state->files += change;
}

void fault_enter_child(void)
{
    is_child = true;
}

static void *counted(void *block)
{
    if (block) fault_count_block(1);
    return block;
}

void *fault_malloc(size_t size)
{
    return fault_due(FAULT_malloc) ? NULL : counted(malloc(size));
}

void *fault_calloc(size_t count, size_t size)
{
    return fault_due(FAULT_calloc) ? NULL : counted(calloc(count, size));
}

void *fault_realloc(void *block, size_t size)
{
    if (fault_due(FAULT_realloc)) return NULL;
    void *const moved = realloc(block, size);
    return block ? moved : counted(moved);
}

void *fault_aligned_alloc(size_t alignment, size_t size)
{
    return fault_due(FAULT_aligned_alloc)
               ? NULL
               : counted(aligned_alloc(alignment, size));
}

void fault_free(void *block)
{
    if (block) fault_count_block(-1);
    free(block);
}
