/* mpi.c - see ranks.h for the contract: by MPI, whose errors end the job. */
#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>

#include "cli/program.h"
#include "ranks/ranks.h"

/* This process among the others; there is one MPI. */
static struct {
    cvl_ranks link;
    cvl_exec exec; /* what ranks_exec tells */
    bool joined, agreed;
    FILE *errors;
    char said[CVL_ERROR_SIZE];
} self = {.link = {.count = 1}};

/* In pieces that MPI's int can count. */
enum { PIECE = 1 << 30 };

static int piece_of(size_t bytes)
{
    return bytes < PIECE ? (int)bytes : PIECE;
}

static void send_bytes(void *context, size_t to, const void *data, size_t bytes)
{
    (void)context;
    for (const char *at = data; bytes;) {
        const int n = piece_of(bytes);
        MPI_Send(at, n, MPI_BYTE, (int)to, 0, MPI_COMM_WORLD);
        at += n;
        bytes -= (size_t)n;
    }
}

static void receive_bytes(void *context, size_t from, void *data, size_t bytes)
{
    (void)context;
    for (char *at = data; bytes;) {
        const int n = piece_of(bytes);
        MPI_Recv(at, n, MPI_BYTE, (int)from, 0, MPI_COMM_WORLD,
                 MPI_STATUS_IGNORE);
        at += n;
        bytes -= (size_t)n;
    }
}

static void share_bytes(void *context, void *data, size_t bytes)
{
    (void)context;
    for (char *at = data; bytes;) {
        const int n = piece_of(bytes);
        MPI_Bcast(at, n, MPI_BYTE, 0, MPI_COMM_WORLD);
        at += n;
        bytes -= (size_t)n;
    }
}

/* Has a launcher started this process? Without one MPI would start its own. */
static bool is_launched(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK",
                                        "PMI_RANK", "PMI_SIZE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i])) return true;
    return false;
}

/* Where ranks of one machine may all use the same processors, each takes its
 * part of them; where a launcher has given each its own, these are all. */
static size_t own_processors(void)
{
    MPI_Comm machine;
    int ranks, all = (int)cvl_processors(), sum, most;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                        &machine);
    MPI_Comm_size(machine, &ranks);
    MPI_Allreduce(&all, &sum, 1, MPI_INT, MPI_SUM, machine);
    MPI_Allreduce(&all, &most, 1, MPI_INT, MPI_MAX, machine);
    MPI_Comm_free(&machine);
    const bool are_shared = ranks > 1 && sum == ranks * most && most > 1;
    const int own = are_shared ? most / ranks : all;
    return own > 0 ? (size_t)own : 1;
}

/* Of whom nobody is to hear. */
static void be_silent(void)
{
    if (!freopen("/dev/null", "w", stdout) ||
        !freopen("/dev/null", "w", stderr))
        MPI_Abort(MPI_COMM_WORLD, EXIT_RUNTIME);
    self.errors = fmemopen(self.said, sizeof self.said, "w");
}

void ranks_begin(void)
{
    int given, rank, count, isa = (int)cvl_isa_detect(), least;
    if (!is_launched()) return;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &given);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    self.joined = true;
    if (count < 2) return;
    self.link = (cvl_ranks){.rank = (size_t)rank,
                            .count = (size_t)count,
                            .send = send_bytes,
                            .receive = receive_bytes,
                            .share = share_bytes};
    MPI_Allreduce(&isa, &least, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    self.exec = (cvl_exec){.threads = own_processors(), .isa = (cvl_isa)least};
    if (rank) be_silent();
}

FILE *ranks_errors(void)
{
    return self.errors ? self.errors : stderr;
}

size_t ranks_number(void)
{
    return self.link.rank;
}

size_t ranks_count(void)
{
    return self.link.count;
}

size_t ranks_started(void)
{
    return self.link.count;
}

const cvl_ranks *ranks_link(void)
{
    return &self.link;
}

cvl_exec ranks_exec(const cvl_exec *exec)
{
    cvl_exec own = *exec;
    if (self.link.count < 2) return own;
    if (self.exec.threads < own.threads) own.threads = self.exec.threads;
    if (self.exec.isa < own.isa) own.isa = self.exec.isa;
    return own;
}

/* Makes the error of the first rank that has one everybody's. */
static cvl_status share_error(cvl_status status, cvl_error *err)
{
    int mine = status ? (int)self.link.rank : INT_MAX, first;
    MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (first == INT_MAX) return CVL_OK;
    MPI_Bcast(err, (int)sizeof *err, MPI_BYTE, first, MPI_COMM_WORLD);
    return first ? cvl_error_prefix(err, err->status, "rank %d", first)
                 : err->status;
}

cvl_status ranks_agree(cvl_status status, uint64_t same, cvl_error *err)
{
    uint64_t least, most;
    if (self.link.count < 2) return status;
    self.agreed = true;
    status = share_error(status, err);
    if (status) return status;
    MPI_Allreduce(&same, &least, 1, MPI_UINT64_T, MPI_MIN, MPI_COMM_WORLD);
    MPI_Allreduce(&same, &most, 1, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD);
    if (least == most) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "the ranks do not start from the same numbers: see that "
                    "the program and what it reads are the same on each "
                    "machine");
}

/* One that never came to agree has failed before: the others learn of it. */
static int agree_at_the_end(int status)
{
    cvl_error err = {.status = CVL_EINVAL};
    if (self.errors) fflush(self.errors);
    snprintf(err.message, sizeof err.message, "%.*s",
             (int)strcspn(self.said, "\n"), self.said);
    const cvl_status all = ranks_agree(status ? CVL_EINVAL : CVL_OK, 0, &err);
    if (status || !all) return status;
    if (!self.link.rank) fprintf(stderr, "%s\n", err.message);
    return exit_status(all);
}

int ranks_end(int status)
{
    if (!self.joined) return status;
    if (self.link.count > 1 && !self.agreed) status = agree_at_the_end(status);
    if (self.errors) fclose(self.errors);
    MPI_Finalize();
    return status;
}
