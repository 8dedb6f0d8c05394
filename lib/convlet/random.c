/* random.c - see random.h for the contract. */
#include "convlet/random.h"

#include <assert.h>
#include <math.h>

enum { WORDS = 624, SHIFT = 397 };

void cvl_random_seed(cvl_random *random, uint32_t seed)
{
    *random = (cvl_random){.position = WORDS};
    random->state[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++) {
        const uint32_t last = random->state[i - 1];
        random->state[i] = UINT32_C(1812433253) * (last ^ (last >> 30)) + i;
    }
}

/* The recurrence of the paper: the next 624 words, in place. */
static void refill(cvl_random *random)
{
    uint32_t *const s = random->state;
    for (size_t i = 0; i < WORDS; i++) {
        const uint32_t y = (s[i] & UINT32_C(0x80000000)) |
                           (s[(i + 1) % WORDS] & UINT32_C(0x7fffffff));
        const uint32_t twist = y & 1 ? UINT32_C(0x9908b0df) : 0;
        s[i] = s[(i + SHIFT) % WORDS] ^ (y >> 1) ^ twist;
    }
    random->position = 0;
}

uint32_t cvl_random_u32(cvl_random *random)
{
    /* Not ==: a state that was stored and came back is not trusted. */
    if (random->position >= WORDS) refill(random);
    uint32_t y = random->state[random->position++];
    y ^= y >> 11;
    y ^= (y << 7) & UINT32_C(0x9d2c5680);
    y ^= (y << 15) & UINT32_C(0xefc60000);
    return y ^ (y >> 18);
}

double cvl_random_uniform(cvl_random *random)
{
    const uint32_t high = cvl_random_u32(random) >> 5;
    const uint32_t low = cvl_random_u32(random) >> 6;
    return ((double)high * 67108864.0 + (double)low) / 9007199254740992.0;
}

double cvl_random_normal(cvl_random *random)
{
    if (random->has_normal) {
        random->has_normal = false;
        return random->normal;
    }
    double x1, x2, r2;
    do {
        x1 = 2.0 * cvl_random_uniform(random) - 1.0;
        x2 = 2.0 * cvl_random_uniform(random) - 1.0;
        r2 = x1 * x1 + x2 * x2;
    } while (r2 >= 1.0 || r2 == 0.0);

    /* NumPy hands out the second coordinate first. */
    const double f = sqrt(-2.0 * log(r2) / r2);
    random->normal = f * x1;
    random->has_normal = true;
    return f * x2;
}

uint32_t cvl_random_below(cvl_random *random, uint32_t bound)
{
    assert(bound >= 1);
    const uint32_t max = bound - 1;
    if (max == 0) return 0; /* as NumPy, without using up a word */

    uint32_t mask = max;
    for (unsigned shift = 1; shift < 32; shift *= 2) mask |= mask >> shift;
    uint32_t value;
    do value = cvl_random_u32(random) & mask;
    while (value > max);
    return value;
}

void cvl_random_fill_uniform(cvl_random *random, cvl_tensor *tensor, double low,
                             double high)
{
    const double range = high - low;
    for (size_t i = 0; i < tensor->count; i++)
        cvl_tensor_set(tensor, i, low + range * cvl_random_uniform(random));
}

void cvl_random_fill_normal(cvl_random *random, cvl_tensor *tensor, double mean,
                            double deviation)
{
    for (size_t i = 0; i < tensor->count; i++)
        cvl_tensor_set(tensor, i, mean + deviation * cvl_random_normal(random));
}

void cvl_random_permutation(cvl_random *random, size_t count, size_t *order)
{
    assert(count <= UINT32_MAX);
    for (size_t i = 0; i < count; i++) order[i] = i;
    for (size_t i = count; i > 1; i--) {
        const size_t j = cvl_random_below(random, (uint32_t)i);
        const size_t swapped = order[i - 1];
        order[i - 1] = order[j];
        order[j] = swapped;
    }
}
