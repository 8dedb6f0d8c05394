/* order.c - see samples.h: in which order samples come. */
#include <convlet/random.h>

#include "samples/samples.h"

void samples_order(uint32_t seed, size_t epoch, size_t count, size_t *order)
{
    cvl_random random;
    /* Number 0; what belongs to samples begins with 1. */
    cvl_random_seed(&random, (uint32_t)cvl_random_bits(seed, epoch, 0));
    cvl_random_permutation(&random, count, order);
}
