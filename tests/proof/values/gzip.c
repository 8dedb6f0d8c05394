/* gzip.c - the header and the end of a gzip file. */
/*
 * bound:   files of 0 to 40 bytes, of each such size, and of 4,096 and 65,536
 * sources:
 * options: -eva-slevel 0
 * assumes: what unpacks it, in a jail, is not looked at
 */
#include <__fc_builtin.h>

#include "pictures/gzip.c"

enum { MOST = 1 << 16, EACH = 40 };

static unsigned char bytes[MOST];

static void read_file(size_t size)
{
    cvl_error err;
    struct job job;
    const cvl_bytes file = {bytes + MOST - size, size};
    look(&file, &job, &err);
}

void prove(void)
{
    Frama_C_make_unknown((char *)bytes, sizeof bytes);
    //@ loop unroll EACH + 1;
    for (size_t size = 0; size <= EACH; size++) read_file(size);
    read_file(4096);
    read_file(MOST);
}
