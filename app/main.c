/* main.c - the program: hands its commands to program_run. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include <convlet/exec.h>

#include "cli/program.h"
#include "commands.h"
#include "options.h"
#include "ranks/ranks.h"

/*
 * Gives a closed standard stream a number of its own, or the next file that is
 * opened would take it, and be written to by mistake. From /dev/null opened
 * for reading, writing still fails as it should.
 */
static void fill_closed_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0) return;
}

/* What only rank 0 does, where there are several, is all but training. */
static bool trains(int argc, char **argv)
{
    return argc > 1 && strcmp(argv[1], "train") == 0;
}

int main(int argc, char **argv)
{
    fill_closed_streams();
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
