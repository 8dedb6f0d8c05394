/* degrade.c - see degrade.h for the contract. */
#include "data/degrade.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/suggest.h"
#include "base/text.h"

static const struct {
    const char *name;
    double high;     /* the largest amount */
    bool whole;      /* and only whole ones, from 2 */
    const char *fix; /* what to write instead of a wrong amount */
} kinds[] = {
    [DEGRADE_NOISE] = {"noise", 255, false,
                       "a deviation above 0 and up to 255, as noise:25"},
    [DEGRADE_BLUR] = {"blur", 20, false,
                      "a deviation in pixels above 0 and up to 20, as "
                      "blur:1.2"},
    [DEGRADE_DOWN] = {"down", 8, true, "a whole number from 2 to 8, as down:2"},
    [DEGRADE_SHRINK] = {"shrink", 8, true,
                        "a whole number from 2 to 8, as shrink:2"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static cvl_status parse_amount(const char *text, size_t kind, double *amount,
                               cvl_error *err)
{
    char clipped[TEXT_CLIP];
    char *end;
    const char *const number = text + strlen(kinds[kind].name) + 1;
    const bool plain = *number && !number[strspn(number, "0123456789.")];
    *amount = strtod(number, &end);
    if (plain && !*end && *amount > 0 && *amount <= kinds[kind].high &&
        (!kinds[kind].whole || (*amount >= 2 && floor(*amount) == *amount)))
        return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "--degrade: '%s' needs %s",
                    text_clip(text, clipped), kinds[kind].fix);
}

cvl_status degrade_parse(const char *text, struct degrade *degrade,
                         cvl_error *err)
{
    char clipped[TEXT_CLIP], word[TEXT_CLIP];
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
                    near ? "a way to degrade; did you mean '"
                         : "noise:25, blur:1.2, down:2 or shrink:2",
                    near ? near : "", near ? ":...'?" : "");
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
        axis_bicubic(&degrader->rows[pass], from[0], to[0], err);
    return status ? status
                  : axis_bicubic(&degrader->columns[pass], from[1], to[1], err);
}

static cvl_status add_passes(struct degrader *degrader,
                             const struct degrade *degrade, cvl_error *err)
{
    const size_t size[2] = {degrader->height, degrader->width};
    if (degrade->kind == DEGRADE_BLUR) {
        degrader->passes = 1;
        const cvl_status status =
            axis_gaussian(&degrader->rows[0], size[0], degrade->amount, err);
        return status ? status
                      : axis_gaussian(&degrader->columns[0], size[1],
                                      degrade->amount, err);
    }
    const size_t factor = (size_t)degrade->amount;
    const size_t small[2] = {size[0] / factor, size[1] / factor};
    if (!small[0] || !small[1])
        return cvl_fail(err, CVL_EINVAL,
                        "a picture of %zu x %zu (height x width) is too small "
                        "for --degrade %s:%zu",
                        size[0], size[1], kinds[degrade->kind].name, factor);
    degrader->shrinks = degrade->kind == DEGRADE_SHRINK;
    assert(!degrader->shrinks ||
           (size[0] % factor == 0 && size[1] % factor == 0));
    const cvl_status status = add_pass(degrader, size, small, err);
    return status ? status : add_pass(degrader, small, size, err);
}

cvl_status degrader_init(struct degrader *degrader,
                         const struct degrade *degrade, size_t height,
                         size_t width, cvl_error *err)
{
    const size_t sizes[] = {height, width, sizeof(float)};
    size_t bytes;
    void *block;
    *degrader = (struct degrader){.height = height, .width = width};
    if (degrade->kind == DEGRADE_NOISE) return CVL_OK;
    cvl_status status = add_passes(degrader, degrade, err);
    if (status) return status;
    if (!cvl_size_product(sizes, 3, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "a picture of %zu x %zu is too large",
                        height, width);
    status = cvl_alloc(&block, bytes, "a degraded picture", err);
    if (status) return status;
    degrader->work = block;
    status = cvl_alloc(&block, bytes, "a degraded picture", err);
    degrader->small = block;
    return status;
}

void degrader_apply(const struct degrader *degrader, size_t planes,
                    const float *clean, float *degraded, float *base)
{
    const size_t plane = degrader->height * degrader->width;
    const struct axis *const rows = degrader->rows;
    const struct axis *const columns = degrader->columns;
    if (!degrader->passes)
        memcpy(degraded, clean, planes * plane * sizeof *clean);
    for (size_t i = 0; degrader->passes && i < planes; i++) {
        const float *const from = clean + i * plane;
        float *const to =
            degrader->shrinks ? base + i * plane : degraded + i * plane;
        float *const middle = degrader->shrinks
                                  ? degraded + i * rows->to * columns->to
                              : degrader->passes == 2 ? degrader->small
                                                      : to;
        resample(&rows[0], &columns[0], 1, from, middle, degrader->work);
        if (degrader->passes == 2)
            resample(&rows[1], &columns[1], 1, middle, to, degrader->work);
    }
}

void degrader_free(struct degrader *degrader)
{
    for (size_t i = 0; i < 2; i++) {
        axis_free(&degrader->rows[i]);
        axis_free(&degrader->columns[i]);
    }
    cvl_free(degrader->work);
    cvl_free(degrader->small);
    *degrader = (struct degrader){0};
}
