/* size_contracts.h - what sums and products of sizes promise. */
#ifndef SIZE_CONTRACTS_H
#define SIZE_CONTRACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
