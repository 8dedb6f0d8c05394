/* config.c - fuzz target: a config file, after one byte for what to do. */
#include "cli/config_file.h"
#include "commands.h"
#include "fuzz.h"
#include "options.h"

/* What was read is written, read again, and written: to the same text. */
static void check_round_trip(const struct settings *settings)
{
    cvl_error err;
    struct settings again;
    struct text text = {0}, text_again = {0};
    FUZZ_EXPECT(!settings_init(&again, settings->command, option_table, NULL));
    config_write(&settings->config, ROLE_PLACE, &text);
    const cvl_status status =
        config_parse("saved", text.data, text.size, ORIGIN_FILE, &again, &err);
    if (status) fprintf(stderr, "%s\n%s", err.message, text.data);
    FUZZ_EXPECT(!status);
    config_write(&again.config, ROLE_PLACE, &text_again);
    FUZZ_EXPECT(!strcmp(text.data, text_again.data));
    settings_free(&again);
    text_free(&text);
    text_free(&text_again);
}

enum { COMMAND = 63, ROUND_TRIP = 64 }; /* bits of the first byte */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    cvl_error err = {0};
    struct settings settings;
    size_t commands = 0;
    while (command_table[commands].name) commands++;
    const unsigned first = fuzz_byte(&bytes, &size);
    const struct command *const command =
        &command_table[(first & COMMAND) % commands];
    FUZZ_EXPECT(!settings_init(&settings, command, option_table, NULL));
    const cvl_status status = config_parse("run.ini", (const char *)bytes, size,
                                           ORIGIN_FILE, &settings, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!strncmp(err.message, "run.ini:", 8));
    } else if (first & ROUND_TRIP) { /* it takes most of the time */
        check_round_trip(&settings);
    }
    settings_free(&settings);
    return 0;
}
