/* cifar.c - the records of a CIFAR-10 file. */
/*
 * bound:   files of any size, records of those of up to 3
 * sources: app/samples/set.c lib/convlet/size.c
 * options: -eva-split-return full -eva-alloc-builtin fresh
 */
#include <__fc_builtin.h>

#include "samples/cifar.c"

enum { RECORDS = 3 };

static unsigned char file[RECORDS * RECORD];

void prove(void)
{
    cvl_error err;
    struct samples set = {0};
    check_size(Frama_C_size_t_interval(0, SIZE_MAX), &err);
    Frama_C_make_unknown((char *)file, sizeof file);
    //@ loop unroll RECORDS;
    for (size_t count = 1; count <= RECORDS; count++) {
        const size_t size = count * RECORD;
        const cvl_bytes bytes = {file + sizeof file - size, size};
        cifar_parse(&bytes, &set, &err);
    }
}
