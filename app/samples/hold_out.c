/* hold_out.c - which samples are trained on, and which are kept to test. */
#include <string.h>

#include <convlet/memory.h>

#include "samples/set.h"

/* What every set without a test part of its own does. */
enum { DEFAULT_EVERY = 5 };

cvl_status hold_out_parse(const char *text, struct hold_out *how,
                          cvl_error *err)
{
    const char *const colon = text ? strchr(text, ':') : NULL;
    const size_t length = colon ? (size_t)(colon - text) : 0;
    *how = (struct hold_out){.how = HOLD_OUT_FILES};
    if (!text) how->how = HOLD_OUT_DEFAULT;
    if (text && !strcmp(text, "none")) how->how = HOLD_OUT_NONE;
    if (length == 5 && !strncmp(text, "every", length))
        how->how = HOLD_OUT_EVERY;
    if (length == 4 && !strncmp(text, "last", length)) how->how = HOLD_OUT_LAST;
    if (how->how != HOLD_OUT_EVERY && how->how != HOLD_OUT_LAST) return CVL_OK;
    const char *at = colon + 1;
    if (cvl_size_parse(&at, NULL, &how->number) && !*at && how->number)
        return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "hold-out is '%s'; expected a whole number of 1 or more "
                    "behind '%.*s:'",
                    text, (int)length, text);
}

/* Is number i of n held out? */
static bool is_held(const struct hold_out *how, size_t i, size_t n)
{
    switch (how->how) {
    case HOLD_OUT_EVERY: return i % how->number == how->number - 1;
    case HOLD_OUT_LAST: return n - i <= how->number;
    default: return false;
    }
}

/* Room for the parts, which together hold every sample. */
static cvl_status make_parts(struct samples *samples, cvl_error *err)
{
    struct samples_part *const parts[] = {&samples->training,
                                          &samples->held_out};
    for (size_t i = 0; i < 2; i++) {
        void *block;
        const cvl_status status =
            cvl_alloc(&block, samples->count * sizeof *parts[i]->index,
                      "the order of samples", err);
        if (status) return status;
        *parts[i] = (struct samples_part){.index = block};
    }
    return CVL_OK;
}

/* Where the run of samples ends that are counted together from `start` on. Of
 * class folders, which are sorted, that is a class. */
static size_t run_end(const uint32_t *labels, size_t start, size_t count)
{
    size_t end = start + 1;
    if (!labels) return count;
    while (end < count && labels[end] == labels[start]) end++;
    return end;
}

/* Deals the samples below `count` by the rule. */
static void deal(struct samples *samples, const struct hold_out *how,
                 size_t count, bool by_class)
{
    const uint32_t *const labels = by_class ? samples->labels : NULL;
    for (size_t start = 0; start < count;) {
        const size_t end = run_end(labels, start, count);
        for (size_t i = start; i < end; i++) {
            struct samples_part *const part =
                is_held(how, i - start, end - start) ? &samples->held_out
                                                     : &samples->training;
            part->index[part->count++] = i;
        }
        start = end;
    }
}

cvl_status samples_split(struct samples *samples, const struct hold_out *how,
                         size_t first_test, bool by_class, cvl_error *err)
{
    struct hold_out rule = *how;
    const cvl_status status = make_parts(samples, err);
    if (status) return status;
    samples->own_test = first_test < samples->count;
    if (rule.how == HOLD_OUT_DEFAULT && !samples->own_test)
        rule = (struct hold_out){HOLD_OUT_EVERY, DEFAULT_EVERY};
    deal(samples, &rule, first_test, by_class);
    for (size_t i = first_test; i < samples->count; i++)
        samples->held_out.index[samples->held_out.count++] = i;
    if (samples->training.count) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "no sample is left to train on: hold-out takes all %zu; "
                    "hold out fewer",
                    samples->count);
}
