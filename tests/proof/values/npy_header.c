/* npy_header.c - the text of a .npy header, its type and shape. */
/*
 * bound:   texts of 0 to 65,536 bytes, any data size
 * sources: lib/convlet/size.c
 *
 * A text of L bytes is read from L bytes before the end of the array: nothing
 * is read behind its last byte, whatever L is.
 */
#include <__fc_builtin.h>

#include "convlet/npy.c"

static unsigned char text[CVL_NPY_MAX_HEADER];

void prove(void)
{
    cvl_error err;
    Frama_C_make_unknown((char *)text, sizeof text);
    reader t = {.bytes = text,
                .at = Frama_C_size_t_interval(0, sizeof text),
                .end = sizeof text,
                .err = &err};
    dict d = {0};
    header h = {0};
    if (parse_dict(&t, &d, &h)) return;
    if (check_type(d.descr, Frama_C_interval(0, 1), &h.type, &err)) return;
    if (d.fortran_order && order_matters(&h)) return;
    check_shape(&h, Frama_C_size_t_interval(0, SIZE_MAX), &err);
}
