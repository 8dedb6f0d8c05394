/* fuzz.h - what a fuzz target is, and how it says that something is wrong. */
#ifndef CVL_TESTS_FUZZ_H
#define CVL_TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convlet/error.h"

/*
 * A target is one file that defines this, as libFuzzer calls it: with any
 * bytes, again and again. It returns 0, or stops the process where a promise
 * of the code under test is broken. Linked with replay.c it runs over files.
 */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Stops, as a crash does, where `truth` is false. */
#define FUZZ_EXPECT(truth) fuzz_expect(truth, #truth, __FILE__, __LINE__)

static inline void fuzz_expect(bool truth, const char *text, const char *file,
                               int line)
{
    if (truth) return;
    fprintf(stderr, "%s:%d: expected %s\n", file, line, text);
    abort();
}

/* What holds of every failure: it has a status, and one line that says why. */
static inline void fuzz_expect_refusal(cvl_status status, const cvl_error *err)
{
    FUZZ_EXPECT(status != CVL_OK && err->status == status);
    FUZZ_EXPECT(err->message[0] != '\0');
    FUZZ_EXPECT(memchr(err->message, '\0', sizeof err->message) != NULL);
    for (const char *c = err->message; *c; c++)
        FUZZ_EXPECT((unsigned char)*c >= ' ' && *c != 0x7f);
}

/* The next byte of an input, which it then no longer holds; 0 at its end. */
static inline unsigned fuzz_byte(const uint8_t **bytes, size_t *size)
{
    if (!*size) return 0;
    --*size;
    return *(*bytes)++;
}

/* Cuts a string of that size into words, at each `end`, until there are `most`;
 * how many there are. */
static inline int fuzz_split(char *text, size_t size, char end,
                             const char **words, int most)
{
    int count = 0;
    char *const behind = text + size;
    const char ends[] = {end, '\0'};
    while (text < behind && count < most) {
        words[count++] = text;
        text += strcspn(text, ends);
        *text++ = '\0';
    }
    return count;
}

#endif
