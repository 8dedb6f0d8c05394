/* order.c - see order.h and samples.h: in which order samples come. */
#include "samples/order.h"

#include <convlet/random.h>

#include "samples/samples.h"

static uint64_t mix(uint64_t z)
{
    z += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t samples_bits(uint32_t seed, size_t epoch, size_t which)
{
    return mix(mix(mix(seed) ^ epoch) ^ which);
}

void samples_order(uint32_t seed, size_t epoch, size_t count, size_t *order)
{
    cvl_random random;
    /* Number 0; what belongs to samples begins with 1. */
    cvl_random_seed(&random, (uint32_t)samples_bits(seed, epoch, 0));
    cvl_random_permutation(&random, count, order);
}
