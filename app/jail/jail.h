/* jail.h - work on hostile files, in a process that may only compute. */
#ifndef CONVLET_JAIL_JAIL_H
#define CONVLET_JAIL_JAIL_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

#include "jail/pool.h"

enum { JAIL_REASON_SIZE = 64 };

/* What a worker answers. It may be a lie: nothing in it is trusted. */
typedef struct jail_verdict {
    unsigned done;                 /* 1: the result is there */
    unsigned components;           /* of a picture's file, with alpha: 1 to 4 */
    size_t width, height;          /* of a picture; else what else there is */
    size_t offset;                 /* of the result, in the pool */
    char reason[JAIL_REASON_SIZE]; /* why there is none */
} jail_verdict;

/* Works on the task; takes memory from the pool only, which it finds zeroed. */
typedef void jail_worker(const void *task, jail_pool *pool,
                         jail_verdict *verdict);

/* What shall be done, and within which limits. */
typedef struct jail_work {
    jail_worker *run;
    const void *task;
    size_t memory; /* bytes of the pool; what is not touched costs nothing */
    size_t amount; /* pixels or bytes that come out: for the limits of time */
    bool jailed;   /* false: as on a system that has no jail */
    const char *refusal; /* what to say where there is none; NULL: the worker is
                            trusted to run without */
    unsigned cpu_seconds;  /* 0: by the amount */
    unsigned wall_seconds; /* 0: a multiple of that */
} jail_work;

/* The memory of a worker: its verdict, then its pool. {0} is none. */
typedef struct jail_workshop {
    jail_verdict *verdict;
    jail_pool pool;
    bool shared; /* a child's writes are seen by its parent */
} jail_workshop;

/*
 * Runs the worker to its end, in a jail if that can be had; whatever happens
 * to it there is found in the workshop, which is to be closed in any case.
 * CVL_ENOMEM, CVL_EUNSUPPORTED with the refusal, CVL_EIO where there was no
 * process to be had.
 */
cvl_status jail_work_do(const jail_work *work, jail_workshop *workshop,
                        cvl_error *err);

/*
 * Copies the verdict, so that what is checked is what is used: CVL_EFORMAT with
 * "damaged WHAT: REASON" where nothing was done. The offset is in the pool.
 */
cvl_status jail_verdict_read(const jail_workshop *workshop, const char *what,
                             jail_verdict *verdict, cvl_error *err);

/* Frees and resets; idempotent. */
void jail_workshop_close(jail_workshop *workshop);

#endif
