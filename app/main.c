/* main.c - the program: hands its commands to program_run. */
#include <signal.h>
#include <string.h>

#include <convlet/exec.h>

#include "cli/program.h"
#include "cli/streams.h"
#include "commands.h"
#include "options.h"
#include "ranks/ranks.h"

/* What only rank 0 does, where there are several, is all but training. */
static bool trains(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "train") == 0;
}

int main(int argc, char **argv)
{
    streams_prepare();
    /* Writing beyond a size limit is an error to report, no reason to die. */
    signal(SIGXFSZ, SIG_IGN);
    ranks_begin();
    const struct program program = {.commands = command_table,
                                    .options = option_table,
                                    .out = stdout,
                                    .err = ranks_errors()};
    int status = EXIT_OK;
    if (!ranks_number() || trains(argc, argv))
        status = program_run(&program, argc, (const char *const *)argv);
    cvl_threads_end();
    return ranks_end(status);
}
