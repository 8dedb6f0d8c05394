/* degrade.c - see degrade.h for the contract. */
#include "patches/degrade.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include <convlet/append.h>
#include <convlet/memory.h>
#include <convlet/number.h>

#include "base/suggest.h"
#include "base/text.h"

static const struct {
    const char *name;
    double high;     /* the largest amount */
    bool whole;      /* and only whole ones, from 2 */
    const char *fix; /* what to write instead of a wrong amount ... */
    const char *example;
} kinds[] = {
    [DEGRADE_NOISE] = {"noise", 255, false, "a deviation above 0 and up to 255",
                       "noise:25"},
    [DEGRADE_BLUR] = {"blur", 20, false,
                      "a deviation in pixels above 0 and up to 20", "blur:1.2"},
    [DEGRADE_DOWN] = {"down", 8, true, "a whole number from 2 to 8", "down:2"},
    [DEGRADE_SHRINK] = {"shrink", 8, true, "a whole number from 2 to 8",
                        "shrink:2"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *degrade_example(size_t index)
{
    return index < KINDS ? kinds[index].example : NULL;
}

static cvl_status parse_amount(const char *text, size_t kind, double *amount,
                               cvl_error *err)
{
    char clipped[TEXT_CLIP];
    const char *const number = text + strlen(kinds[kind].name) + 1;
    if (cvl_number_parse(number, amount) && *amount > 0 &&
        *amount <= kinds[kind].high &&
        (!kinds[kind].whole || (*amount >= 2 && floor(*amount) == *amount)))
        return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "--degrade: '%s' needs %s, as %s",
                    text_clip(text, clipped), kinds[kind].fix,
                    kinds[kind].example);
}

/* "noise:25, blur:1.2, down:2 or shrink:2" */
static const char *list_examples(char all[TEXT_CLIP])
{
    all[0] = '\0';
    for (size_t i = 0; i < KINDS; i++)
        cvl_append(all, TEXT_CLIP, "%s%s",
                   i == 0           ? ""
                   : i + 1 == KINDS ? " or "
                                    : ", ",
                   kinds[i].example);
    return all;
}

cvl_status degrade_parse(const char *text, struct degrade *degrade,
                         cvl_error *err)
{
    char clipped[TEXT_CLIP], word[TEXT_CLIP], all[TEXT_CLIP];
    const size_t length = strcspn(text, ":");
    for (size_t i = 0; i < KINDS; i++) {
        if (strlen(kinds[i].name) != length || text[length] != ':' ||
            strncmp(kinds[i].name, text, length) != 0)
            continue;
        double amount;
        const cvl_status status = parse_amount(text, i, &amount, err);
        if (!status) *degrade = (struct degrade){(enum degrade_kind)i, amount};
        return status;
    }
    text_clip(text, word);
    word[strcspn(word, ":")] = '\0';
    struct suggestion suggestion = {.word = word};
    for (size_t i = 0; i < KINDS; i++)
        suggest_try(&suggestion, kinds[i].name, kinds[i].name);
    const char *const near = suggestion.answer;
    return cvl_fail(err, CVL_EINVAL, "--degrade: '%s' is not %s%s%s",
                    text_clip(text, clipped),
                    near ? "a way to degrade; did you mean '" : "",
                    near ? near : list_examples(all), near ? ":...'?" : "");
}

size_t degrade_scale(const struct degrade *degrade)
{
    return degrade->kind == DEGRADE_SHRINK ? (size_t)degrade->amount : 1;
}

/* Two axes of a pass, from one size to another. */
static cvl_status add_pass(struct degrader *degrader, const size_t from[2],
                           const size_t to[2], cvl_error *err)
{
    const size_t pass = degrader->passes++;
    const cvl_status status =
        resampler_bicubic(&degrader->rows[pass], from[0], to[0], err);
    return status ? status
                  : resampler_bicubic(&degrader->columns[pass], from[1], to[1],
                                      err);
}

static cvl_status add_blur(struct degrader *degrader, double sigma,
                           const size_t size[2], cvl_error *err)
{
    degrader->passes = 1;
    const cvl_status status =
        resampler_gaussian(&degrader->rows[0], size[0], sigma, err);
    return status
               ? status
               : resampler_gaussian(&degrader->columns[0], size[1], sigma, err);
}

/* Down and up again. */
static cvl_status add_passes(struct degrader *degrader,
                             const struct degrade *degrade,
                             const size_t shape[4], cvl_error *err)
{
    const size_t *const size = shape + 2;
    const size_t factor = (size_t)degrade->amount;
    const size_t small[4] = {shape[0], shape[1], size[0] / factor,
                             size[1] / factor};
    if (!small[2] || !small[3])
        return cvl_fail(err, CVL_EINVAL,
                        "a picture of %zu x %zu (height x width) is too small "
                        "for --degrade %s:%zu",
                        size[0], size[1], kinds[degrade->kind].name, factor);
    degrader->shrinks = degrade->kind == DEGRADE_SHRINK;
    assert(!degrader->shrinks ||
           (size[0] % factor == 0 && size[1] % factor == 0));
    cvl_status status = add_pass(degrader, size, small + 2, err);
    if (!status) status = add_pass(degrader, small + 2, size, err);
    if (status || degrader->shrinks) return status;
    return cvl_tensor_init(&degrader->small, CVL_F32, 4, small, err);
}

cvl_status degrader_init(struct degrader *degrader,
                         const struct degrade *degrade, const size_t shape[4],
                         cvl_error *err)
{
    void *block;
    size_t most = 0;
    *degrader = (struct degrader){0};
    if (degrade->kind == DEGRADE_NOISE) return CVL_OK;
    cvl_status status =
        degrade->kind == DEGRADE_BLUR
            ? add_blur(degrader, degrade->amount, shape + 2, err)
            : add_passes(degrader, degrade, shape, err);
    if (status) return status;
    for (size_t i = 0; i < degrader->passes; i++) {
        const size_t work =
            resample_work(&degrader->rows[i], &degrader->columns[i]);
        if (work > most) most = work;
    }
    status = cvl_alloc(&block, most * sizeof *degrader->work,
                       "a degraded picture", err);
    degrader->work = block;
    return status;
}

/* One pass over every plane. */
static void run_pass(const struct degrader *degrader, size_t pass,
                     const cvl_tensor *from, cvl_tensor *to)
{
    resample(&degrader->rows[pass], &degrader->columns[pass], from, to,
             degrader->work);
}

void degrader_apply(struct degrader *degrader, const cvl_tensor *clean,
                    cvl_tensor *degraded, cvl_tensor *base)
{
    cvl_tensor *const small = degrader->shrinks ? degraded : &degrader->small;
    switch (degrader->passes) {
    case 0: cvl_tensor_copy(degraded, clean); break;
    case 1: run_pass(degrader, 0, clean, degraded); break;
    default:
        run_pass(degrader, 0, clean, small);
        run_pass(degrader, 1, small, degrader->shrinks ? base : degraded);
    }
}

void degrader_free(struct degrader *degrader)
{
    for (size_t i = 0; i < 2; i++) {
        resampler_free(&degrader->rows[i]);
        resampler_free(&degrader->columns[i]);
    }
    cvl_free(degrader->work);
    cvl_tensor_free(&degrader->small);
    *degrader = (struct degrader){0};
}
