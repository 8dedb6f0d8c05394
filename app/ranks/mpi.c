/* mpi.c - see ranks.h for the contract: by MPI, whose errors end the job. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mpi.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Nobody is to hear of this one, but why it cannot be silent. */
static void be_silent(void)
{
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) self.errors = fmemopen(self.said, sizeof self.said, "w");
    const bool is_silent = self.errors && dup2(nowhere, STDOUT_FILENO) >= 0 &&
                           dup2(nowhere, STDERR_FILENO) >= 0;
    if (!is_silent)
        fprintf(stderr, "convlet: rank %zu: cannot begin: %s\n", self.link.rank,
                strerror(errno));
    if (nowhere >= 0) close(nowhere);
    if (is_silent) return;
    if (self.errors) fclose(self.errors);
    MPI_Abort(MPI_COMM_WORLD, EXIT_RUNTIME);
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
    if (rank) be_silent(); /* or no rank begins */
    MPI_Allreduce(&isa, &least, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    self.exec = (cvl_exec){.threads = own_processors(), .isa = (cvl_isa)least};
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

/* What the program said of its error, without its name. */
static const char *reason_said(void)
{
    const char *const end = strstr(self.said, ": ");
    return strncmp(self.said, "convlet", 7) == 0 && end ? end + 2 : self.said;
}

/* An error that others end with as this one does. */
static cvl_status error_of(int status)
{
    switch (status) {
    case EXIT_OK: return CVL_OK;
    case EXIT_USAGE: return CVL_EINVAL;
    case EXIT_DATA: return CVL_EFORMAT;
    default: return CVL_EIO;
    }
}

/* One that never came to agree has failed before: the others learn of it. */
static int agree_at_the_end(int status)
{
    cvl_error err = {.status = error_of(status)};
    if (self.errors) fflush(self.errors);
    const char *const reason = reason_said();
    snprintf(err.message, sizeof err.message, "%.*s",
             (int)strcspn(reason, "\n"), reason);
    const cvl_status all = ranks_agree(err.status, 0, &err);
    if (status || !all) return status;
    if (!self.link.rank) fprintf(stderr, "convlet train: %s\n", err.message);
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
