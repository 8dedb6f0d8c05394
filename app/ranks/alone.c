/* alone.c - see ranks.h for the contract: without MPI. */
#include "ranks/ranks.h"

void ranks_begin(void)
{
}

FILE *ranks_errors(void)
{
    return stderr;
}

int ranks_end(int status)
{
    return status;
}

size_t ranks_number(void)
{
    return 0;
}

size_t ranks_count(void)
{
    return 1;
}

const cvl_ranks *ranks_link(void)
{
    static const cvl_ranks one = {.count = 1};
    return &one;
}

cvl_exec ranks_exec(const cvl_exec *exec)
{
    return *exec;
}

cvl_status ranks_agree(cvl_status status, uint64_t same, cvl_error *err)
{
    (void)same, (void)err;
    return status;
}
