/* npy_preamble.c - magic, version and length before a .npy header's text. */
/*
 * bound:   files of 0 to SIZE_MAX bytes
 * sources:
 *
 * Files of up to 16 bytes stand at the end of an array that is no longer; of
 * longer ones only the first 16 bytes are there.
 */
#include <__fc_builtin.h>

#include "convlet/npy.c"

enum { LOOKED_AT = 16 };

static unsigned char bytes[LOOKED_AT];

void prove(void)
{
    cvl_error err;
    Frama_C_make_unknown((char *)bytes, sizeof bytes);
    reader t = {.err = &err};
    //@ loop unroll 17;
    for (size_t size = 0; size <= LOOKED_AT; size++)
        parse_preamble(bytes + LOOKED_AT - size, size, &t);
    parse_preamble(bytes, Frama_C_size_t_interval(LOOKED_AT, SIZE_MAX), &t);
}
