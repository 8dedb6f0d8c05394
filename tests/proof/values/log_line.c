/* log_line.c - the lines of a log of losses that is gone on with. */
/*
 * bound:   lines and files of any length, read in pieces of up to 65,536 bytes
 * sources:
 * options: -eva-precision 1 -eva-slevel 0
 * assumes: numbers in a line are for the C library
 */
#include <__fc_builtin.h>

#include "train/log.c"

static struct reader reader;

void prove(void)
{
    Frama_C_make_unknown(reader.buffer, sizeof reader.buffer);
    reader.fd = 3;
    reader.at = Frama_C_size_t_interval(0, sizeof reader.buffer);
    reader.end = Frama_C_size_t_interval(0, sizeof reader.buffer);
    next_line(&reader);
}
