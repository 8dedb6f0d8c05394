/* program.c - see program.h for the contract. */
#include "cli/program.h"

#include <string.h>

#include "base/suggest.h"
#include "cli/help.h"

int exit_status(cvl_status status)
{
    switch (status) {
    case CVL_OK: return EXIT_OK;
    case CVL_EINVAL: return EXIT_USAGE;
    case CVL_ESHAPE:
    case CVL_EFORMAT:
    case CVL_EUNSUPPORTED: return EXIT_DATA;
    case CVL_ENOMEM:
    case CVL_EIO: return EXIT_RUNTIME;
    }
    return EXIT_RUNTIME;
}

/* Writes the text to a stream and frees it. */
static int print(const struct program *program, FILE *stream, struct text *text,
                 int exit)
{
    cvl_error err;
    const cvl_status status = text_status(text, &err);
    if (status) {
        fprintf(program->err, "convlet: %s\n", err.message);
        exit = exit_status(status);
    } else if (text->data) {
        fputs(text->data, stream);
    }
    text_free(text);
    return exit;
}

/* A result that did not reach standard output is a failure. */
static int flush(const struct program *program, int exit)
{
    const bool failed = fflush(program->out) || ferror(program->out);
    if (!failed || exit) return exit;
    fprintf(program->err, "convlet: cannot write to standard output\n");
    return EXIT_RUNTIME;
}

static int run_command(const struct program *program, enum command_id command,
                       int argc, const char *const *argv)
{
    struct resolution resolution;
    struct text text = {0};
    cvl_error err;
    int exit = EXIT_OK;
    const cvl_status status =
        resolve(command, argc, argv, program->is_picture, &resolution, &err);
    if (status) {
        fprintf(program->err, "convlet %s: %s\n", command_name(command),
                err.message);
        exit = exit_status(status);
    } else if (resolution.config.start.help) {
        help_command(command, &text);
        exit = print(program, program->out, &text, EXIT_OK);
    } else if (resolution.config.start.print_config) {
        resolution_print(&resolution, &text);
        exit = print(program, program->out, &text, EXIT_OK);
    } else if (!program->run[command]) {
        fprintf(program->err, "convlet %s: not part of this build\n",
                command_name(command));
        exit = EXIT_RUNTIME;
    } else {
        exit = program->run[command](&resolution.config);
    }
    resolution_free(&resolution);
    return exit;
}

/* Says what was wrong with the word in the command's place. */
static int refuse_command(const struct program *program, const char *name)
{
    char clipped[TEXT_CLIP];
    static const char *const flags[] = {"--help", "--version", NULL};
    const bool is_flag = name[0] == '-';
    const char *words[COMMAND_COUNT + 1] = {0};
    for (int i = 0; i < COMMAND_COUNT; i++)
        words[i] = command_name((enum command_id)i);
    const char *const near = suggest_word(name, is_flag ? flags : words);
    const char *const what = !is_flag ? "unknown command"
                             : near   ? "unknown flag"
                                      : "expected a command before";
    fprintf(program->err, "convlet: %s '%s'%s%s%s\n", what,
            text_clip(name, clipped),
            near ? "; did you mean '" : "; see convlet --help",
            near ? near : "", near ? "'?" : "");
    return EXIT_USAGE;
}

/* The command of that name, or COMMAND_COUNT. */
static int find_command(const char *name)
{
    int id = 0;
    while (id < COMMAND_COUNT &&
           strcmp(name, command_name((enum command_id)id)) != 0)
        id++;
    return id;
}

/* Is help asked for, by any of the words that people try? */
static bool is_help(const char *word)
{
    return !strcmp(word, "--help") || !strcmp(word, "-h") ||
           !strcmp(word, "help");
}

/* The help of a command, or of the program where none is named. */
static int print_help(const struct program *program, const char *name)
{
    struct text text = {0};
    const int id = name ? find_command(name) : COMMAND_COUNT;
    if (name && id == COMMAND_COUNT) return refuse_command(program, name);
    if (name)
        help_command((enum command_id)id, &text);
    else
        help_program(&text);
    return flush(program, print(program, program->out, &text, EXIT_OK));
}

int program_run(const struct program *program, int argc,
                const char *const *argv)
{
    struct text text = {0};
    if (argc < 2) {
        help_program(&text);
        return print(program, program->err, &text, EXIT_USAGE);
    }
    const int id = find_command(argv[1]);
    if (id < COMMAND_COUNT)
        return flush(program, run_command(program, (enum command_id)id,
                                          argc - 2, argv + 2));
    if (is_help(argv[1]))
        return print_help(program,
                          argc > 2 && *argv[2] != '-' ? argv[2] : NULL);
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) return print_help(program, NULL);
    if (strcmp(argv[1], "--version") == 0) {
        text_add(&text, "convlet %s\n", CONVLET_VERSION);
        return flush(program, print(program, program->out, &text, EXIT_OK));
    }
    return refuse_command(program, argv[1]);
}
