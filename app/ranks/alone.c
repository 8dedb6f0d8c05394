/* alone.c - see ranks.h for the contract: without MPI. */
#include "ranks/ranks.h"

#include <stdlib.h>

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

size_t ranks_started(void)
{
    const char *const open_mpi = getenv("OMPI_COMM_WORLD_SIZE");
    const char *const mpich = getenv("PMI_SIZE");
    const char *const said = open_mpi ? open_mpi : mpich ? mpich : "1";
    const unsigned long count = strtoul(said, NULL, 10);
    return count > 0 ? (size_t)count : 1;
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
