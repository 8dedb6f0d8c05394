/* options.c - fuzz target: a command line, its words between newlines. */
#include "options.h"
#include "cli/flags.h"
#include "cli/program.h"
#include "commands.h"
#include "fuzz.h"

enum { MAX_WORDS = 64, MAX_SIZE = 4096, TEXT_SIZE = 1 << 16 };

/* Whether these flags would make the program read a file of settings. */
static bool reads_a_file(int argc, const char *const *argv)
{
    struct settings settings;
    const struct command *const command =
        argc > 1 ? command_find(command_table, argv[1]) : NULL;
    if (!command || settings_init(&settings, command, option_table, NULL))
        return false;
    (void)flags_parse(argc - 2, argv + 2, &settings, NULL);
    const bool reads =
        settings.config.start.config_file || settings.config.start.resume;
    settings_free(&settings);
    return reads;
}

/* A command that does nothing: what counts is how it came about. */
static int run_nothing(const struct config *config)
{
    (void)config;
    return EXIT_OK;
}

/* Train would look whether its input is a picture. */
static cvl_status look_at_nothing(const struct config *config,
                                  const char **name, cvl_error *err)
{
    (void)config;
    (void)err;
    *name = "notebook";
    return CVL_OK;
}

/* A wrong command line is answered by one line, and no results. */
static void check_answer(int argc, int status, const char *out, const char *err)
{
    FUZZ_EXPECT(status == EXIT_OK || status == EXIT_USAGE);
    FUZZ_EXPECT(status == EXIT_OK ? !*err : !*out);
    if (status == EXIT_OK || argc < 2) return;
    const size_t length = strlen(err);
    FUZZ_EXPECT(length > 1 && err[length - 1] == '\n');
    for (size_t i = 0; i + 1 < length; i++)
        FUZZ_EXPECT((unsigned char)err[i] >= ' ' && err[i] != 0x7f);
}

/* What was written since the stream was rewound becomes a string. */
static void end_text(FILE *stream, char text[TEXT_SIZE])
{
    FUZZ_EXPECT(!fflush(stream));
    const long size = ftell(stream);
    FUZZ_EXPECT(size >= 0 && size < TEXT_SIZE);
    text[size] = '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static char out[TEXT_SIZE], err[TEXT_SIZE];
    static struct program program;
    static struct command commands[16];
    char text[MAX_SIZE + 1];
    const char *argv[MAX_WORDS + 1] = {"convlet"};
    if (size > MAX_SIZE || memchr(bytes, '\0', size)) return 0;
    if (size) memcpy(text, bytes, size);
    text[size] = '\0';
    const int argc = 1 + fuzz_split(text, size, '\n', argv + 1, MAX_WORDS);
    if (reads_a_file(argc, argv)) return 0;

    if (!program.out) { /* once, for all inputs */
        program.out = fmemopen(out, TEXT_SIZE, "w");
        program.err = fmemopen(err, TEXT_SIZE, "w");
        for (size_t i = 0; command_table[i].name; i++) {
            commands[i] = command_table[i];
            commands[i].run = run_nothing;
            if (commands[i].preset) commands[i].preset = look_at_nothing;
        }
        program.commands = commands;
        program.options = option_table;
    }
    FUZZ_EXPECT(program.out && program.err);
    rewind(program.out);
    rewind(program.err);
    const int status = program_run(&program, argc, argv);
    end_text(program.out, out);
    end_text(program.err, err);
    check_answer(argc, status, out, err);
    return 0;
}
