/* hold_out.c - which samples are trained on, and which are kept to test. */
#include <math.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>

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

/* The number in front of all else; NaN if there is none. */
static double number_in(const char *text)
{
    char digits[32];
    double value;
    const size_t size = strspn(text, "0123456789.");
    if (!size || size >= sizeof digits) return NAN;
    memcpy(digits, text, size);
    digits[size] = '\0';
    return cvl_number_parse(digits, &value) ? value : NAN;
}

bool hold_out_is_number(const char *text)
{
    double value;
    return strchr(text, '%') || cvl_number_parse(text, &value);
}

cvl_status hold_out_refuse(const char *text, const char *where, cvl_error *err)
{
    const bool is_percent = strchr(text, '%');
    const double number = number_in(text);
    const double share = is_percent ? number / 100 : number;
    if (!hold_out_is_number(text))
        return cvl_fail(err, CVL_EINVAL,
                        "hold-out is '%s'; expected none, every:N or last:N%s",
                        text, where);
    if (share > 0 && share <= 0.5)
        return cvl_fail(err, CVL_EINVAL,
                        "hold-out is '%s'; write every:%.0f for one of each "
                        "%.0f, or last:N for the last N",
                        text, 1 / share, 1 / share);
    if (!is_percent && number >= 1 && number == floor(number))
        return cvl_fail(err, CVL_EINVAL,
                        "hold-out is '%s'; write last:%.0f for the last %.0f, "
                        "or every:N for one of each N",
                        text, number, number);
    return cvl_fail(err, CVL_EINVAL,
                    "hold-out is '%s'; write every:5 for one of each 5, or "
                    "last:N for the last N",
                    text);
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
