/* program.c - from a command line to a command. */
#include "cli/program.h"

#include <string.h>

#include "base/suggest.h"
#include "cli/complete.h"
#include "cli/config_file.h"
#include "cli/help.h"
#include "cli/resolve.h"

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

static int run_command(const struct program *program,
                       const struct command *command, int argc,
                       const char *const *argv)
{
    struct settings settings;
    struct text text = {0};
    cvl_error err;
    int exit = EXIT_OK;
    const cvl_status status =
        resolve(command, program->options, argc, argv, &settings, &err);
    if (status) {
        fprintf(program->err, "convlet %s: %s\n", command->name, err.message);
        exit = exit_status(status);
    } else if (settings.config.start.help) {
        help_command(command, program->options, &text);
        exit = print(program, program->out, &text, EXIT_OK);
    } else if (settings.config.start.print_config) {
        config_print(&settings, &text);
        exit = print(program, program->out, &text, EXIT_OK);
    } else if (!command->run) {
        fprintf(program->err, "convlet %s: not part of this build\n",
                command->name);
        exit = EXIT_RUNTIME;
    } else {
        exit = command->run(&settings.config);
    }
    settings_free(&settings);
    return exit;
}

/* Says what was wrong with the word in the command's place. */
static int refuse_command(const struct program *program, const char *name)
{
    char clipped[TEXT_CLIP];
    struct suggestion suggestion = {.word = name};
    const bool is_flag = name[0] == '-';
    if (is_flag) {
        suggest_try(&suggestion, "--help", "--help");
        suggest_try(&suggestion, "--version", "--version");
    }
    for (const struct command *c = program->commands; !is_flag && c->name; c++)
        suggest_try(&suggestion, c->name, c->name);
    const char *const near = suggestion.answer;
    const char *const what = !is_flag ? "unknown command"
                             : near   ? "unknown flag"
                                      : "expected a command before";
    fprintf(program->err, "convlet: %s '%s'%s%s%s\n", what,
            text_clip(name, clipped),
            near ? "; did you mean '" : "; see convlet --help",
            near ? near : "", near ? "'?" : "");
    return EXIT_USAGE;
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
    const struct command *const command =
        name ? command_find(program->commands, name) : NULL;
    if (name && !command) return refuse_command(program, name);
    if (command)
        help_command(command, program->options, &text);
    else
        help_program(program->commands, &text);
    return flush(program, print(program, program->out, &text, EXIT_OK));
}

int program_run(const struct program *program, int argc,
                const char *const *argv)
{
    struct text text = {0};
    if (argc < 2) {
        help_program(program->commands, &text);
        return print(program, program->err, &text, EXIT_USAGE);
    }
    const struct command *const command =
        command_find(program->commands, argv[1]);
    if (command)
        return flush(program,
                     run_command(program, command, argc - 2, argv + 2));
    if (strcmp(argv[1], "__complete") == 0) { /* asked by shells */
        complete(program->commands, program->options, argc - 2, argv + 2,
                 &text);
        return flush(program, print(program, program->out, &text, EXIT_OK));
    }
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
