/* order.h - private: random numbers that belong to one thing alone. */
#ifndef CONVLET_SAMPLES_ORDER_H
#define CONVLET_SAMPLES_ORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * 64 bits that (seed, epoch, which) say: no stream stands between two of them,
 * so that a resumed run needs none. Source: the finaliser of SplitMix64;
 * Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014.
 */
uint64_t samples_bits(uint32_t seed, size_t epoch, size_t which);

#endif
