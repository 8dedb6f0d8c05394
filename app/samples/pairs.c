/* pairs.c - two directories, whose pictures belong together by their names. */
#include <string.h>

#include "samples/pictures.h"
#include "samples/read.h"

/* The name of a picture that the other directory, whose list this is, lacks;
 * NULL if it has all. Both are sorted. */
static const char *missing(const struct listing *from, const struct listing *in)
{
    for (size_t i = 0, k = 0; i < from->count; i++) {
        const char *const name = listing_name(from->path[i]);
        while (k < in->count && strcmp(listing_name(in->path[k]), name) < 0)
            k++;
        if (k == in->count || strcmp(listing_name(in->path[k]), name) != 0)
            return name;
    }
    return NULL;
}

static cvl_status check_partners(const struct samples_pairs *pairs,
                                 const struct listing *inputs,
                                 const struct listing *targets, cvl_error *err)
{
    const char *const no_target = missing(inputs, targets);
    const char *const no_input = missing(targets, inputs);
    if (!no_target && !no_input) return CVL_OK;
    const char *const name = no_target ? no_target : no_input;
    const char *const there = no_target ? pairs->input : pairs->target;
    const char *const gone = no_target ? pairs->target : pairs->input;
    return cvl_fail(err, CVL_EFORMAT,
                    "%s: has %s, but %s has no picture of that name; each "
                    "needs its partner",
                    there, name, gone);
}

static cvl_status read_directories(const struct samples_pairs *pairs,
                                   struct samples *set, cvl_error *err)
{
    struct listing inputs = {.count = 0}, targets = {.count = 0};
    cvl_status status = pictures_list(pairs->input, &inputs, err);
    if (!status) status = pictures_list(pairs->target, &targets, err);
    if (!status) status = check_partners(pairs, &inputs, &targets, err);
    if (!status)
        status = pictures_read(&inputs, strlen(pairs->input), "input",
                               pairs->color, &set->input, set, err);
    if (!status)
        status = pictures_read(&targets, strlen(pairs->target), "target",
                               pairs->color, &set->target, set, err);
    set->count = inputs.count;
    listing_free(&inputs);
    listing_free(&targets);
    return status;
}

cvl_status pairs_read(const struct samples_pairs *pairs, struct samples *set,
                      cvl_error *err)
{
    bool of_input, of_target, exists;
    cvl_status status = listing_look(pairs->input, &exists, &of_input, err);
    if (!status) status = listing_look(pairs->target, &exists, &of_target, err);
    if (status) return status;
    if (!of_input && !of_target) return arrays_read_pair(pairs, set, err);
    if (!of_input || !of_target)
        return cvl_fail(err, CVL_EINVAL,
                        "%s: is a directory, but %s is none; expected two "
                        "directories of pictures, or two arrays",
                        of_input ? pairs->input : pairs->target,
                        of_input ? pairs->target : pairs->input);
    if (pairs->labels)
        return cvl_fail(err, CVL_EINVAL,
                        "%s: is a directory of pictures; expected labels, as "
                        "an array",
                        pairs->target);
    return read_directories(pairs, set, err);
}
