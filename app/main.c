/* main.c - the program: hands its commands to program_run. */
#include "program.h"

int main(int argc, char **argv)
{
    const struct program program = {.run = {[COMMAND_TRAIN] = NULL,
                                            [COMMAND_CONV] = NULL,
                                            [COMMAND_CHECK] = NULL},
                                    .is_picture = NULL,
                                    .out = stdout,
                                    .err = stderr};
    return program_run(&program, argc, (const char *const *)argv);
}
