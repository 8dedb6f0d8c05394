/* random.h - NumPy's legacy random stream, number for number. */
#ifndef CVL_RANDOM_H
#define CVL_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "convlet/tensor.h"

/*
 * The state of numpy.random.RandomState: the Mersenne Twister MT19937 and the
 * second value of the last normal pair. Plain data: copy it to fork a stream,
 * store it to continue one.
 * Source: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998;
 * the draws agree with numpy.random.RandomState(seed).
 */
typedef struct cvl_random {
    uint32_t state[624];
    uint32_t position; /* next word of the state; 624 when used up */
    bool has_normal;   /* `normal` waits to be returned */
    double normal;
} cvl_random;

/* As RandomState(seed): init_genrand of the original code. */
void cvl_random_seed(cvl_random *random, uint32_t seed);

/*
 * 64 bits that three numbers say, to seed what belongs to these alone: no
 * stream stands between two of them, so that what is drawn for one does not
 * depend on the others. Source: the finaliser of SplitMix64; Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
 */
uint64_t cvl_random_bits(uint32_t seed, size_t first, size_t second);

/* The next 32 random bits. */
uint32_t cvl_random_u32(cvl_random *random);

/* Uniform in [0, 1) with 53 bits, from two words: random_sample(). */
double cvl_random_uniform(cvl_random *random);

/*
 * Normal with mean 0 and variance 1: standard_normal(). Marsaglia's polar
 * method makes two at a time; the second is kept for the next call.
 * The same to the last bit where log() and sqrt() are; else to 1 ulp.
 */
double cvl_random_normal(cvl_random *random);

/* The next `count` of them, as so many calls give them; faster. */
void cvl_random_normals(cvl_random *random, size_t count, double *normals);

/* Uniform in 0 .. bound-1 (bound >= 1), by masking and redrawing as randint. */
uint32_t cvl_random_below(cvl_random *random, uint32_t bound);

/* Fills every element in index order, drawn in double and rounded. */
void cvl_random_fill_uniform(cvl_random *random, cvl_tensor *tensor, double low,
                             double high);
void cvl_random_fill_normal(cvl_random *random, cvl_tensor *tensor, double mean,
                            double deviation);

/* 0 .. count-1 in random order: RandomState.permutation(count), a shuffle
 * from the end with random_interval. count <= UINT32_MAX. */
void cvl_random_permutation(cvl_random *random, size_t count, size_t *order);

#endif
