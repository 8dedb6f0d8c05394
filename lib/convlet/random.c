/* random.c - see random.h for the contract. */
#include "convlet/random.h"

#include <assert.h>
#include <math.h>

#include "convlet/size.h"

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

/* What the paper makes of a word and the next one. */
static uint32_t twist(uint32_t word, uint32_t next)
{
    const uint32_t y =
        (word & UINT32_C(0x80000000)) | (next & UINT32_C(0x7fffffff));
    return (y >> 1) ^ (y & 1 ? UINT32_C(0x9908b0df) : 0);
}

/* The recurrence of the paper: the next 624 words, in place. In loops that do
 * not come round, so that compilers make vectors of them. */
static void refill(cvl_random *random)
{
    enum { REST = WORDS - SHIFT, LAST = WORDS - 1 };
    uint32_t *const s = random->state;
    for (size_t i = 0; i < REST; i++)
        s[i] = s[i + SHIFT] ^ twist(s[i], s[i + 1]);
    for (size_t i = REST; i < LAST; i++)
        s[i] = s[i - REST] ^ twist(s[i], s[i + 1]);
    s[LAST] = s[LAST - REST] ^ twist(s[LAST], s[0]);
    random->position = 0;
}

static uint32_t temper(uint32_t y)
{
    y ^= y >> 11;
    y ^= (y << 7) & UINT32_C(0x9d2c5680);
    y ^= (y << 15) & UINT32_C(0xefc60000);
    return y ^ (y >> 18);
}

static uint32_t next_word(cvl_random *random)
{
    /* Not ==: a state that was stored and came back is not trusted. */
    if (random->position >= WORDS) refill(random);
    return temper(random->state[random->position++]);
}

static uint64_t mix(uint64_t z)
{
    z += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t cvl_random_bits(uint32_t seed, size_t first, size_t second)
{
    return mix(mix(mix(seed) ^ first) ^ second);
}

uint32_t cvl_random_u32(cvl_random *random)
{
    return next_word(random);
}

/* Of two words; signed, as processors have it: neither number is as large. */
static double uniform_of(uint32_t high, uint32_t low)
{
    return ((double)(int32_t)(high >> 5) * 67108864.0 +
            (double)(int32_t)(low >> 6)) /
           9007199254740992.0;
}

double cvl_random_uniform(cvl_random *random)
{
    const uint32_t at = random->position;
    if (at < WORDS - 1) { /* both at once: each way by the memory takes time */
        random->position = at + 2;
        return uniform_of(temper(random->state[at]),
                          temper(random->state[at + 1]));
    }
    const uint32_t high = next_word(random);
    return uniform_of(high, next_word(random));
}

/* Pairs of normals that are made at a time. */
enum { PAIRS = 64 };

/* As many points, uniform in the square from -1 to 1. */
static void draw_points(cvl_random *random, size_t count, double points[])
{
    uint32_t words[4 * PAIRS];
    for (size_t made = 0; made < 4 * count;) {
        if (random->position >= WORDS) refill(random);
        const uint32_t *const next = random->state + random->position;
        const size_t run =
            cvl_least(4 * count - made, WORDS - random->position);
        for (size_t i = 0; i < run; i++) words[made + i] = temper(next[i]);
        random->position += (uint32_t)run;
        made += run;
    }
    for (size_t i = 0; i < 2 * count; i++)
        points[i] = 2.0 * uniform_of(words[2 * i], words[2 * i + 1]) - 1.0;
}

/* Marsaglia's polar method. Of the points that are still missing some are
 * outside the circle; none is drawn that one pair after the other would not
 * have drawn. */
static void draw_pairs(cvl_random *random, size_t count, double *normals)
{
    double points[2 * PAIRS], x1[PAIRS], x2[PAIRS], r2[PAIRS];
    double power[PAIRS];
    for (size_t found = 0; found < count;) {
        const size_t missing = count - found;
        draw_points(random, missing, points);
        for (size_t i = 0; i < missing; i++) {
            const double a = points[2 * i], b = points[2 * i + 1];
            const double square = a * a + b * b;
            x1[found] = a;
            x2[found] = b;
            r2[found] = square;
            found += square < 1.0 && square != 0.0;
        }
    }
    for (size_t i = 0; i < count; i++) power[i] = log(r2[i]);
    for (size_t i = 0; i < count; i++) {
        /* NumPy hands out the second coordinate first. */
        const double f = sqrt(-2.0 * power[i] / r2[i]);
        normals[2 * i] = f * x2[i];
        normals[2 * i + 1] = f * x1[i];
    }
}

double cvl_random_normal(cvl_random *random)
{
    double pair[2];
    random->has_normal = !random->has_normal;
    if (!random->has_normal) return random->normal;
    draw_pairs(random, 1, pair);
    random->normal = pair[1];
    return pair[0];
}

void cvl_random_normals(cvl_random *random, size_t count, double *normals)
{
    if (count && random->has_normal) {
        *normals++ = cvl_random_normal(random);
        count--;
    }
    while (count > 1) {
        const size_t pairs = cvl_least(count / 2, PAIRS);
        draw_pairs(random, pairs, normals);
        normals += 2 * pairs;
        count -= 2 * pairs;
    }
    if (count) *normals = cvl_random_normal(random);
}

uint32_t cvl_random_below(cvl_random *random, uint32_t bound)
{
    assert(bound >= 1);
    const uint32_t max = bound - 1;
    if (max == 0) return 0; /* as NumPy, without using up a word */

    uint32_t mask = max;
    for (unsigned shift = 1; shift < 32; shift *= 2) mask |= mask >> shift;
    uint32_t value;
    do value = next_word(random) & mask;
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
