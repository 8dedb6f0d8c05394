/* size.c - sums, products and multiples of sizes that may overflow. */
/*
 * bound:     all sizes
 * functions: cvl_size_mul,cvl_size_add,cvl_size_align,cvl_aligned
 */
#include <stdint.h>

#include "convlet/size.h"

/* What a quotient says of products. */
/*@ lemma whole: \forall integer b, m;
      b > 0 && m >= 0 ==> (m / b) * b <= m < (m / b + 1) * b;
    lemma at_most: \forall integer a, b, m;
      a >= 0 && b > 0 && m >= 0 && a <= m / b ==> a * b <= (m / b) * b;
    lemma beyond: \forall integer a, b, m;
      a >= 0 && b > 0 && m >= 0 && a > m / b ==> a * b >= (m / b + 1) * b; */

/*@ requires \valid(out);
    assigns *out;
    ensures \result ==> a * b <= SIZE_MAX;
    ensures !\result ==> a * b > SIZE_MAX;
    ensures \result ==> *out == a * b;
    ensures !\result ==> *out == \old(*out); */
bool cvl_size_mul(size_t a, size_t b, size_t *out);

/*@ requires \valid(out);
    assigns *out;
    ensures \result <==> a + b <= SIZE_MAX;
    ensures \result ==> *out == a + b;
    ensures !\result ==> *out == \old(*out); */
bool cvl_size_add(size_t a, size_t b, size_t *out);

/*@ requires bytes + CVL_ALIGNMENT <= SIZE_MAX;
    assigns \nothing;
    ensures \result % CVL_ALIGNMENT == 0;
    ensures bytes <= \result < bytes + CVL_ALIGNMENT; */
size_t cvl_aligned(size_t bytes);

/*@ requires \valid(out);
    assigns *out;
    ensures \result <==> size + CVL_ALIGNMENT - 1 <= SIZE_MAX;
    ensures \result ==> *out % CVL_ALIGNMENT == 0;
    ensures \result ==> size <= *out < size + CVL_ALIGNMENT; */
bool cvl_size_align(size_t size, size_t *out);

#include "convlet/size.c"
