/* bench_rows.c - see bench_rows.h for the contract. */
#include "bench_rows.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static char text[16384];

struct outcome bench(int status, const char *line)
{
    char whole[512];
    snprintf(whole, sizeof whole,
             "bench --rounds 2 --seconds 0.001 --threads 1 %s", line);
    const struct outcome outcome = run_expect(status, whole);
    ck_assert_uint_lt(outcome.out_size, sizeof text);
    memcpy(text, outcome.out, outcome.out_size + 1);
    return outcome;
}

char *bench_out(void)
{
    return text;
}

bool next_row(char **at, char **fields, size_t columns)
{
    if (!**at) return false;
    for (size_t i = 0; i < columns; i++) {
        fields[i] = *at;
        *at += strcspn(*at, "\t\n");
        ck_assert_int_eq(**at, i + 1 < columns ? '\t' : '\n');
        *(*at)++ = '\0';
    }
    return true;
}
