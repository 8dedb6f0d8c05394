/* main.c - the program: hands its commands to program_run. */
#include <fcntl.h>
#include <signal.h>

#include "cli/program.h"
#include "data/source.h"

static cvl_status is_picture(const char *path, bool *is, cvl_error *err)
{
    struct source source;
    const cvl_status status = source_look(path, &source, err);
    *is = source.kind == SOURCE_PICTURE;
    return status;
}

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

int main(int argc, char **argv)
{
    fill_closed_streams();
    /* Writing beyond a size limit is an error to report, no reason to die. */
    signal(SIGXFSZ, SIG_IGN);
    const struct program program = {.run = {[COMMAND_TRAIN] = train_run,
                                            [COMMAND_CONV] = conv_run,
                                            [COMMAND_EXPLAIN] = explain_run,
                                            [COMMAND_CHECK] = check_run,
                                            [COMMAND_SHOW] = show_run,
                                            [COMMAND_APPLY] = apply_run,
                                            [COMMAND_BENCH] = bench_run},
                                    .is_picture = is_picture,
                                    .out = stdout,
                                    .err = stderr};
    return program_run(&program, argc, (const char *const *)argv);
}
