/* wasi.c - what the browser's module does not take of its C library. */

/* The exact rest of an angle beyond 1.6 million, divided by pi / 2: the library
 * needs it for every cosine, and the module asks for none of such. */
int __rem_pio2_large(double *angle, double *rest, int exponent, int count,
                     int precision);

int __rem_pio2_large(double *angle, double *rest, int exponent, int count,
                     int precision)
{
    (void)angle;
    (void)rest;
    (void)exponent;
    (void)count;
    (void)precision;
    __builtin_trap();
}
