/* config.c - fuzz target: a config file, after one byte for what to do. */
#include "cli/config_file.h"
#include "cli/option_value.h"
#include "cli/resolve.h"
#include "fuzz.h"

/* The command's defaults, and over them what the layer sets. */
static void settle(enum command_id command, const struct layer *layer,
                   struct config *config)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option *const option = &option_table[i];
        if (!option_is_for(option, command)) continue;
        const char *const text = layer->text[i] ? layer->text[i] : option->text;
        FUZZ_EXPECT(!option_parse(option, text, config, NULL));
    }
}

/* What was read is written, read again, and written: to the same text. */
static void check_round_trip(enum command_id command, const struct layer *layer)
{
    cvl_error err;
    struct config config = {0}, again = {0};
    struct text text = {0}, text_again = {0};
    struct layer read = {0};
    struct strings strings = {0};
    settle(command, layer, &config);
    config_write(command, &config, &text);
    const cvl_status status = config_parse("saved", text.data, text.size,
                                           command, &read, &strings, &err);
    if (status) fprintf(stderr, "%s\n%s", err.message, text.data);
    FUZZ_EXPECT(!status);
    settle(command, &read, &again);
    config_write(command, &again, &text_again);
    FUZZ_EXPECT(!strcmp(text.data, text_again.data));
    strings_free(&strings);
    text_free(&text);
    text_free(&text_again);
}

enum { COMMAND = 63, ROUND_TRIP = 64 }; /* bits of the first byte */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    cvl_error err = {0};
    struct layer layer = {0};
    struct strings strings = {0};
    const unsigned first = fuzz_byte(&bytes, &size);
    const enum command_id command =
        (enum command_id)((first & COMMAND) % COMMAND_COUNT);
    const cvl_status status = config_parse("run.ini", (const char *)bytes, size,
                                           command, &layer, &strings, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!strncmp(err.message, "run.ini:", 8));
    } else if (first & ROUND_TRIP) { /* it takes most of the time */
        check_round_trip(command, &layer);
    }
    strings_free(&strings);
    return 0;
}
