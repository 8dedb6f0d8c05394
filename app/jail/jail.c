/* jail.c - see jail.h for the contract: with a jail, or without. */
#include "jail/jail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "jail/run.h"

/* Where there is no jail: a workshop of plain memory. */
static bool open_unjailed(jail_workshop *workshop, size_t size)
{
    /* calloc, for zeroed pages that cost nothing until they are touched. */
    workshop->verdict = calloc(1, sizeof *workshop->verdict);
    workshop->pool = jail_pool_over(calloc(1, size), size);
    return workshop->verdict && workshop->pool.base;
}

void jail_workshop_close(jail_workshop *workshop)
{
    if (workshop->shared) {
        jail_shut(workshop);
    } else {
        free(workshop->verdict);
        free(workshop->pool.base);
    }
    *workshop = (jail_workshop){0};
}

cvl_status jail_work_do(const jail_work *work, jail_workshop *workshop,
                        cvl_error *err)
{
    bool jailed = false;
    cvl_status status = CVL_OK;
    *workshop = (jail_workshop){0};
    if (work->jailed) status = jail_open(workshop, work->memory, err);
    if (workshop->shared) status = jail_run(work, workshop, &jailed, err);
    if (jailed) return CVL_OK;
    jail_workshop_close(workshop);
    if (work->refusal)
        return status ? status
                      : cvl_fail(err, CVL_EUNSUPPORTED, "%s", work->refusal);
    if (!open_unjailed(workshop, work->memory))
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: decoding it needs %zu bytes",
                        work->memory);
    work->run(work->task, &workshop->pool, workshop->verdict);
    return CVL_OK;
}

cvl_status jail_verdict_read(const jail_workshop *workshop, const char *what,
                             jail_verdict *verdict, cvl_error *err)
{
    assert(workshop->verdict && workshop->pool.base);
    memcpy(verdict, workshop->verdict, sizeof *verdict);
    if (verdict->done != 1) {
        verdict->reason[JAIL_REASON_SIZE - 1] = '\0';
        for (char *c = verdict->reason; *c; c++)
            if (*c < ' ' || *c > '~') *c = '?';
        return cvl_fail(err, CVL_EFORMAT, "damaged %s: %s", what,
                        *verdict->reason ? verdict->reason
                                         : "it cannot be decoded");
    }
    if (verdict->offset <= workshop->pool.size) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT,
                    "damaged %s: what it decodes to is not what its header "
                    "says",
                    what);
}
