/* choose.c - see choose.h for the contract. */
#include "probe/choose.h"

#include <math.h>

#include <convlet/size.h>

/* How many samples of a part are tried for one that is right. */
enum { TRIES = 64 };

void probe_take(struct probe *probe, const struct samples *samples,
                size_t sample)
{
    samples_batch(samples, &sample, 1, NULL, &probe->x, NULL);
    probe_run(probe);
}

/* The first sample that is clearly right; samples->count where none is. */
static size_t find_right(struct probe *probe, const struct samples *samples,
                         const struct samples_part *part,
                         const struct notable *notable)
{
    const size_t tries = cvl_least(part->count, TRIES);
    const struct notable_list *const barely = &notable->barely;
    for (size_t i = 0; i < tries; i++) {
        const size_t sample = part->index[i];
        if (barely->count && barely->cases[0].sample == sample) continue;
        probe_take(probe, samples, sample);
        const size_t answer = probe_answer(probe);
        if (answer == samples->labels[sample] && isfinite(probe->p[answer]))
            return sample;
    }
    return samples->count;
}

size_t probe_choose(struct probe *probe, const struct samples *samples,
                    const struct samples_part *part,
                    const struct notable *notable,
                    struct probe_case cases[PROBE_CASES])
{
    const struct notable_list *const worst = &notable->worst;
    const size_t right = find_right(probe, samples, part, notable);
    size_t count = 0;
    if (right < samples->count)
        cases[count++] = (struct probe_case){right, false};
    if (notable->barely.count)
        cases[count++] =
            (struct probe_case){notable->barely.cases[0].sample, true};
    for (size_t i = 0; i < worst->count && count < PROBE_CASES; i++)
        cases[count++] = (struct probe_case){worst->cases[i].sample, false};
    if (count) return count;
    probe_take(probe, samples, part->index[0]);
    cases[0] = (struct probe_case){part->index[0], false};
    return probe_finite_layers(probe) == probe->net->layer_count;
}
