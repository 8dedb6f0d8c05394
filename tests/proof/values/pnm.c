/* pnm.c - the numbers at the start of a PNM. */
/*
 * bound:   files of 3 to 65,536 bytes, the end of which is at one place
 * sources: app/pictures/size.c lib/convlet/size.c
 *
 * A file of L bytes is read from L bytes before the end of the array: nothing
 * is read behind its last byte, whatever L is.
 */
#include <__fc_builtin.h>

#include "pictures/pnm.c"

static unsigned char file[1 << 16];

void prove(void)
{
    cvl_error err;
    picture_header header = {.info = {.format = &picture_pnm}};
    Frama_C_make_unknown((char *)file, sizeof file);
    pnm_header(file, sizeof file, &header, &err);
    size_t at = Frama_C_size_t_interval(0, sizeof file), number;
    pnm_number(file, sizeof file, &at, &number);
}
