/* size.c - sums, products and multiples of sizes that may overflow. */
/*
 * bound:     all sizes
 * functions: cvl_size_mul,cvl_size_add,cvl_size_align,cvl_aligned
 */
#include "convlet/size.h"
#include "size_contracts.h"

/* What a quotient says of products. */
/*@ lemma whole: \forall integer b, m;
      b > 0 && m >= 0 ==> (m / b) * b <= m < (m / b + 1) * b;
    lemma at_most: \forall integer a, b, m;
      a >= 0 && b > 0 && m >= 0 && a <= m / b ==> a * b <= (m / b) * b;
    lemma beyond: \forall integer a, b, m;
      a >= 0 && b > 0 && m >= 0 && a > m / b ==> a * b >= (m / b + 1) * b; */

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
