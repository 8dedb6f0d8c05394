/* idx.c - the header of an IDX file: its type, its axes, its size. */
/*
 * bound:   files of 0 to SIZE_MAX bytes
 * sources: lib/convlet/numbers.c lib/convlet/size.c
 *
 * Files of up to 20 bytes, the longest header, stand at the end of an array
 * that is no longer; of longer ones only the header is there.
 */
#include <__fc_builtin.h>
#include <stdint.h>

#include "convlet/idx.c"

enum { HEADER = MAGIC + AXIS * CVL_MAX_NDIM };

static unsigned char bytes[HEADER];

/* With so many axes. */
static void parse(size_t at, size_t size)
{
    cvl_error err;
    cvl_numbers numbers;
    //@ loop unroll 6;
    for (int axes = 0; axes <= CVL_MAX_NDIM + 1; axes++) {
        Frama_C_make_unknown((char *)bytes, sizeof bytes);
        if (at + 3 < sizeof bytes)
            bytes[at + 3] = axes <= CVL_MAX_NDIM
                                ? (unsigned char)axes
                                : Frama_C_unsigned_char_interval(axes, 255);
        cvl_idx_parse(bytes + at, size, &numbers, &err);
    }
}

void prove(void)
{
    //@ loop unroll 21;
    for (size_t size = 0; size <= HEADER; size++) parse(HEADER - size, size);
    parse(0, Frama_C_size_t_interval(HEADER, SIZE_MAX));
}
