/* choose.h - the samples that a classifier is looked into with. */
#ifndef CONVLET_PROBE_CHOOSE_H
#define CONVLET_PROBE_CHOOSE_H

#include "classify/notable.h"
#include "probe/probe.h"
#include "samples/samples.h"

enum { PROBE_CASES = 4 };

struct probe_case {
    size_t sample; /* its number in the set */
    bool is_close; /* of the right ones it is the one most nearly wrong */
};

/*
 * Chooses up to PROBE_CASES of a part: the first that is right without being
 * barely so, the one that is barely right, and the two that are most surely
 * wrong; where there is none of them, the first, unless what the net makes of
 * it is not finite. Returns how many there are.
 */
size_t probe_choose(struct probe *probe, const struct samples *samples,
                    const struct samples_part *part,
                    const struct notable *notable,
                    struct probe_case cases[PROBE_CASES]);

/* Fills probe->x with that sample, not shifted, and runs the net on it. */
void probe_take(struct probe *probe, const struct samples *samples,
                size_t sample);

#endif
