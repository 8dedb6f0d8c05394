/* live.c - fuzz target: settings, or a file's bytes, and what is asked then. */
#include <stdlib.h>

#include "fuzz.h"
#include "live/live.h"

enum { MAX_SIZE = 2000, MAX_NUMBERS = 2000 };

/* Whoever is refused is told why, in one line. */
static void expect_told(const struct live *live, int failed)
{
    const char *const why = live_error(live);
    FUZZ_EXPECT(!failed || (*why && !strchr(why, '\n')));
}

/* Both ways would take long. */
static int is_large(struct live *live)
{
    struct live_array array;
    size_t numbers = 0;
    for (size_t i = 0; !live_tensor(live, "activation", i, &array); i++)
        numbers += array.count;
    for (size_t i = 0; !live_tensor(live, "param", i, &array); i++)
        numbers += array.count;
    FUZZ_EXPECT(!live_tensor(live, "x", 0, &array));
    return numbers + array.count > MAX_NUMBERS;
}

static void use(struct live *live, const uint8_t *at)
{
    double losses[3], found, both[2];
    FUZZ_EXPECT(live_describe(live));
    expect_told(live, live_run(live));
    for (int of = 0; of < 4; of++) {
        expect_told(live, !live_terms(live, of, at[0] % 4U, at[1] % 3U,
                                      at[2] % 8U, at[3] % 8U, 0, 0));
        expect_told(live,
                    live_difference(live, of, at[0] % 4U, at[1] % 3U,
                                    at[2] % 8U, at[3] % 8U, 0, 0, &found));
    }
    expect_told(live, !live_loss_terms(live, at[2] % 4U, at[3], 9));
    expect_told(live, live_set(live, "param", at[0] % 4U, losses, 0));
    expect_told(live, live_step(live, 3, losses));
    FUZZ_EXPECT(live_taken(live) <= 3);
    expect_told(live, live_curvature(live, &found));
    expect_told(live, live_identify(live, both) < 0);
    expect_told(live, live_restart(live));
}

/* The same bytes as those of a file. */
static void read_file(struct live *live, const uint8_t *bytes, size_t size,
                      const uint8_t *at)
{
    struct live_array array;
    int status = live_read_array(live, bytes, size);
    expect_told(live, status);
    FUZZ_EXPECT(status || !live_tensor(live, "read", 0, &array));
    status = live_load(live, bytes, size);
    expect_told(live, status);
    if (!status && !is_large(live)) use(live, at);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char settings[MAX_SIZE + 1];
    uint8_t at[4];
    for (size_t i = 0; i < 4; i++) at[i] = (uint8_t)fuzz_byte(&bytes, &size);
    if (size > MAX_SIZE) size = MAX_SIZE;
    if (size) memcpy(settings, bytes, size);
    settings[size] = '\0';
    struct live *const live = live_new();
    if (!live) return 0;
    const int status = live_open(live, settings);
    expect_told(live, status);
    if (!status && !is_large(live)) use(live, at);
    if (status) FUZZ_EXPECT(live_run(live));
    read_file(live, bytes, size, at);
    live_free(live);
    return 0;
}
