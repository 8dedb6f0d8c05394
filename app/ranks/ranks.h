/* ranks.h - the processes that train together: those of MPI, or one alone. */
#ifndef CONVLET_RANKS_RANKS_H
#define CONVLET_RANKS_RANKS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <convlet/exec.h>
#include <convlet/shards.h>

/*
 * A launcher, as mpirun, starts the program several times; each of them is a
 * rank. Rank 0 is the one that speaks: stdout and stderr of the others go
 * nowhere, and what went wrong there is said by rank 0. Where one is killed, or
 * cannot reach another, all end. A program that was built without MPI, or that
 * no launcher started, is one alone, for whom all of this is nothing.
 */

/* Joins the others; before anything is read or written. */
void ranks_begin(void);

/* Where errors are to be written that ranks_end says. */
FILE *ranks_errors(void);

/* Leaves them; the exit status, which is another rank's where that has failed
 * and they have not agreed on it. Waits for all. */
int ranks_end(int status);

/* This one, and how many there are. */
size_t ranks_number(void);
size_t ranks_count(void);

/* How many processes a launcher has started: more than there are ranks where
 * the program was built without MPI. */
size_t ranks_started(void);

/* As the steps of a trainer want them; valid until ranks_end. */
const cvl_ranks *ranks_link(void);

/* What the rank computes with, where nobody has asked for something else: its
 * part of its machine's processors, and instructions that each rank has. */
cvl_exec ranks_exec(const cvl_exec *exec);

/*
 * All ranks call it, each with how it went there and a number that has to be
 * the same everywhere: CVL_OK if it went well everywhere; else the status and
 * the message of the first rank where it did not, which is named but for
 * rank 0. CVL_EINVAL where the numbers differ.
 */
cvl_status ranks_agree(cvl_status status, uint64_t same, cvl_error *err);

#endif
