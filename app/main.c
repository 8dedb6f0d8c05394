/* main.c - the program: hands its commands to program_run. */
#include "picture.h"
#include "program.h"

static bool is_picture(const char *path)
{
    return picture_probe(path) != PICTURE_NONE;
}

int main(int argc, char **argv)
{
    const struct program program = {.run = {[COMMAND_TRAIN] = train_run,
                                            [COMMAND_CONV] = conv_run,
                                            [COMMAND_CHECK] = check_run,
                                            [COMMAND_BENCH] = bench_run},
                                    .is_picture = is_picture,
                                    .out = stdout,
                                    .err = stderr};
    return program_run(&program, argc, (const char *const *)argv);
}
