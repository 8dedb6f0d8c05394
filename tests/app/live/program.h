/* program.h - a session, and what the program computes of its settings. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/resolve.h"
#include "commands.h"
#include "expect.h"
#include "live/live.h"
#include "options.h"
#include "train/run.h"

enum { MOST = 60, WORDS = 24 };

static struct live *live;
static struct run program;
static struct settings program_settings;

static inline void begin(void)
{
    live = live_new();
    ck_assert_ptr_nonnull(live);
}

static inline void end(void)
{
    live_free(live);
}

#define expect_live(call) \
    ck_assert_msg((call) == 0, "unexpected error: %s", live_error(live))

static inline void expect_refused(int got, int status, const char *message)
{
    ck_assert_str_eq(live_error(live), message);
    ck_assert_int_eq(got, status);
}

/* The same numbers, or not-a-number both. */
static inline bool alike(const double *a, const double *b, size_t count)
{
    size_t i = 0;
    while (i < count && (a[i] == b[i] || (isnan(a[i]) && isnan(b[i])))) i++;
    return i == count;
}

/* The flags `--key=value --isa=base` of lines `key = value`; how many. */
static inline int make_flags(const char *text, const char *flags[WORDS],
                             char words[WORDS][512])
{
    int count = 0;
    while (*text) {
        const int size = (int)strcspn(text, "\n");
        const char *const equals = strstr(text, " = ");
        ck_assert_msg(equals && count < WORDS - 1, "'%s'", text);
        snprintf(words[count], 512, "--%.*s=%.*s", (int)(equals - text), text,
                 size - (int)(equals + 3 - text), equals + 3);
        flags[count] = words[count];
        count++;
        text += size;
        text += *text == '\n';
    }
    flags[count++] = "--isa=base";
    return count;
}

/* The run of these settings, before its first step; program_end ends it. */
static inline void program_begin(const char *settings)
{
    static char words[WORDS][512];
    const char *flags[WORDS];
    cvl_error err;
    const int argc = make_flags(settings, flags, words);
    expect_ok(resolve(command_find(command_table, "train"), option_table, argc,
                      flags, &program_settings, &err),
              err);
    expect_ok(run_prepare(&program, &program_settings.config, &err), err);
}

/* Takes up to `most` steps; how many losses there are. */
static inline size_t program_step(size_t most, double *losses)
{
    bool over = false;
    size_t count = 0;
    while (!over && count < most) {
        feed_draw(&program);
        const cvl_step_result result =
            cvl_trainer_step(&program.trainer, &program.x, &program.t);
        losses[count++] = result.loss;
        program.state.step++;
        over = program.state.step == program.config.training.steps ||
               !result.finite || result.all_close || result.settled;
    }
    return count;
}

static inline void program_end(void)
{
    run_free(&program);
    settings_free(&program_settings);
}

static inline void expect_same(const char *settings)
{
    double expected[MOST], got[MOST];
    program_begin(settings);
    const size_t count = program_step(MOST, expected);
    program_end();
    expect_live(live_open(live, settings));
    ck_assert_uint_eq(live_taken(live), 0);
    expect_live(live_step(live, MOST, got));
    ck_assert_msg(live_taken(live) == count, "%zu losses, expected %zu, of\n%s",
                  live_taken(live), count, settings);
    ck_assert(live_ended(live) != LIVE_GOES_ON);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(alike(&got[i], &expected[i], 1),
                      "step %zu: %.17g, expected %.17g, of\n%s", i, got[i],
                      expected[i], settings);
}

static inline void expect_same_of_both(const char *settings)
{
    char text[2048];
    static const char *const dtypes[] = {"float32", "float64"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text, "%s\ndtype = %s", settings, dtypes[i]);
        expect_same(text);
    }
}

#endif
