/* pnm.c - the numbers at the start of a PNM. */
/*
 * bound:   files of up to 65,536 bytes
 * sources: app/pictures/size.c lib/convlet/size.c
 *
 * The numbers begin L bytes before the end of the array: nothing is read behind
 * its last byte, whatever L is.
 */
#include <__fc_builtin.h>

#include "pictures/pnm.c"

static unsigned char file[1 << 16];

void prove(void)
{
    cvl_error err;
    picture_header header = {.info = {.format = &picture_pnm}};
    Frama_C_make_unknown((char *)file, sizeof file);
    pnm_numbers(file, sizeof file, Frama_C_size_t_interval(2, sizeof file),
                &header, &err);
}
