/* bench_rows.h - `convlet bench`, and the rows that it prints. */
#ifndef CVL_TESTS_CLI_BENCH_ROWS_H
#define CVL_TESTS_CLI_BENCH_ROWS_H

#include "run.h"

/* Runs `convlet bench LINE`, with times so short that it lasts no second. */
struct outcome bench(int status, const char *line);

/* Standard output of the last bench, to be cut up. */
char *bench_out(void);

/* The next row at *at, cut into fields at tabs; false at the end. */
bool next_row(char **at, char **fields, size_t columns);

#endif
