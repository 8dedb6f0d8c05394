/* size_loops.c - products, divisors and decimals of sizes. */
/*
 * bound:   all sizes, up to 4 a product; texts of 0 to 65,536 bytes
 * sources: lib/convlet/size.c
 * options: -eva-slevel 20
 */
#include <__fc_builtin.h>
#include <stdint.h>

#include "convlet/size.h"

static char text[1 << 16];

static size_t any(void)
{
    return Frama_C_size_t_interval(0, SIZE_MAX);
}

void prove(void)
{
    const size_t sizes[4] = {any(), any(), any(), any()};
    size_t product, value;
    //@ loop unroll 5;
    for (size_t count = 0; count <= 4; count++)
        if (cvl_size_product(sizes, count, &product)) value = product;
    value = cvl_size_divisor(any(), any());

    Frama_C_make_unknown(text, sizeof text);
    const char *at = text + Frama_C_size_t_interval(0, sizeof text);
    (void)cvl_size_parse(&at, text + sizeof text, &value);
    //@ assert at <= (char const *)text + 65536;
}
