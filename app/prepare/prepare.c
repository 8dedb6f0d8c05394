/* prepare.c - see prepare.h for the contract. */
#include "prepare/prepare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "data/arrays.h"
#include "pictures/resample.h"
#include "prepare/ink.h"

/* How strong strokes may become; more would draw them out of noise. */
static const double MOST_GAIN = 16;

/* A net's input is not larger, in a file that can be believed. */
enum { MOST_SIDE = 1 << 16 };

/* A picture of less contrast is blank. */
static const double LEAST_PEAK = 0.05;

void prepare_write(const struct prepare *prepare, struct text *text)
{
    const size_t *const shape = prepare->shape;
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"ground", prepare->ground},
                   {"ink", prepare->ink},
                   {"fill", prepare->fill},
                   {"share", prepare->share}};
    text_add(text, "%s %zux%zux%zu range=",
             prepare->is_drawing ? "drawing" : "picture", shape[0], shape[1],
             shape[2]);
    text_add_real(text, prepare->low);
    text_add(text, ":");
    text_add_real(text, prepare->high);
    if (!prepare->is_drawing) return;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        text_add(text, " %s=", numbers[i].name);
        text_add_real(text, numbers[i].value);
    }
    text_add(text, " centre=%s", prepare->by_mass ? "mass" : "box");
}

/* Moves *at behind the word; false where something else is there. */
static bool skip(const char **at, const char *word)
{
    const size_t length = strlen(word);
    if (strncmp(*at, word, length) != 0) return false;
    *at += length;
    return true;
}

/* A number, up to a space, a colon or the end. */
static bool take_number(const char **at, double *value)
{
    char word[CVL_NUMBER_SIZE];
    const size_t length = strcspn(*at, " :");
    if (length >= sizeof word) return false;
    memcpy(word, *at, length);
    word[length] = '\0';
    *at += length;
    return cvl_number_parse(word, value);
}

static bool is_level(double value)
{
    return value >= 0 && value <= 1;
}

static bool take_shape(const char **at, size_t shape[3])
{
    for (size_t i = 0; i < 3; i++)
        if ((i && !skip(at, "x")) || !cvl_size_parse(at, NULL, &shape[i]) ||
            !shape[i] || shape[i] > MOST_SIDE)
            return false;
    return true;
}

bool prepare_parse(const char *text, struct prepare *prepare)
{
    const char *at = text;
    struct prepare found = {.is_drawing = skip(&at, "drawing ")};
    bool good = (found.is_drawing || skip(&at, "picture ")) &&
                take_shape(&at, found.shape) && skip(&at, " range=") &&
                take_number(&at, &found.low) && skip(&at, ":") &&
                take_number(&at, &found.high) && found.low < found.high;
    if (good && found.is_drawing) {
        good = skip(&at, " ground=") && take_number(&at, &found.ground) &&
               skip(&at, " ink=") && take_number(&at, &found.ink) &&
               skip(&at, " fill=") && take_number(&at, &found.fill) &&
               skip(&at, " share=") && take_number(&at, &found.share) &&
               found.shape[0] == 1 && is_level(found.ground) &&
               is_level(found.ink) && found.ground != found.ink &&
               found.fill > 0 && found.fill <= 1 && found.share > 0 &&
               found.share <= 1;
        found.by_mass = good && skip(&at, " centre=mass");
        good = good && (found.by_mass || skip(&at, " centre=box"));
    }
    if (!good || *at) return false;
    *prepare = found;
    return true;
}

static void say_done(struct text *said, const char *what)
{
    text_add(said, "%s%s", said->size ? ", " : "", what);
}

static void say_size(struct text *said, const char *what, size_t width,
                     size_t height)
{
    text_add(said, "%s%s %zu x %zu", said->size ? ", " : "", what, width,
             height);
}

/* What the axis of a picture becomes: cells of `scale` times its pixels, with
 * the place `from` in the middle, or at `to` of the cells. */
struct axis {
    size_t pixels, cells;
    double scale, from, to;
};

static double start(const struct axis *axis)
{
    return axis->to - axis->from * axis->scale;
}

/* result [1,C,H,W], new, of the levels x. */
static cvl_status resize(const struct axis axes[2], const cvl_tensor *x,
                         cvl_tensor *result, cvl_error *err)
{
    struct resampler rows = {0}, columns = {0};
    cvl_status status = resampler_area(&rows, axes[0].pixels, axes[0].cells,
                                       axes[0].scale, start(&axes[0]), err);
    if (!status)
        status = resampler_area(&columns, axes[1].pixels, axes[1].cells,
                                axes[1].scale, start(&axes[1]), err);
    const size_t shape[4] = {1, x->shape[1], axes[0].cells, axes[1].cells};
    if (!status) status = cvl_tensor_init(result, x->dtype, 4, shape, err);
    if (!status) status = resample_once(&rows, &columns, x, result, err);
    resampler_free(&rows);
    resampler_free(&columns);
    return status;
}

/* All of a picture that has the net's proportions, from its middle. */
static cvl_status make_picture(const struct prepare *prepare, cvl_tensor *x,
                               struct text *said, cvl_error *err)
{
    const size_t *const cells = prepare->shape + 1, *const size = x->shape + 2;
    const double scale = fmax((double)cells[0] / (double)size[0],
                              (double)cells[1] / (double)size[1]);
    struct axis axes[2];
    double kept[2];
    cvl_tensor made = {0};
    for (size_t i = 0; i < 2; i++) {
        axes[i] = (struct axis){size[i], cells[i], scale, (double)size[i] / 2,
                                (double)cells[i] / 2};
        kept[i] = fmin(round((double)cells[i] / scale), (double)size[i]);
    }
    if (kept[0] < (double)size[0] || kept[1] < (double)size[1])
        say_size(said, "cropped to", (size_t)kept[1], (size_t)kept[0]);
    say_size(said, "resized to", cells[1], cells[0]);
    const cvl_status status = resize(axes, x, &made, err);
    cvl_tensor_free(x);
    *x = made;
    return status;
}

/* The mean of what the strengths become, of the ink's rectangle in cells. */
static double share_with(const cvl_tensor *x, double gain, double area)
{
    double sum = 0;
    for (size_t i = 0; i < x->count; i++)
        sum += fmin(gain * cvl_tensor_get(x, i), 1);
    return sum / area;
}

/* How much stronger the strokes must become: their strongest cell as strong as
 * in training, and thin ones further, until the mean is. */
static double find_gain(const cvl_tensor *x, double share, double area)
{
    const double least = 1 / fmax(cvl_tensor_largest(x), 1 / MOST_GAIN);
    double low = least, high = MOST_GAIN;
    if (share_with(x, low, area) >= share) return low;
    for (int i = 0; i < 40; i++) {
        const double middle = (low + high) / 2;
        if (share_with(x, middle, area) < share)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Takes the ink out of the levels, which become its strengths; what lies beyond
 * its rectangle is gone. */
static void keep_ink(const struct ink *ink, cvl_tensor *x)
{
    for (size_t i = 0; i < x->count; i++) {
        const size_t row = i / ink->width, column = i % ink->width;
        const bool inside = row >= ink->top && row < ink->top + ink->rows &&
                            column >= ink->left &&
                            column < ink->left + ink->columns;
        cvl_tensor_set(x, i, inside ? ink->strength[i] / ink->peak : 0);
    }
}

/* Where the ink goes: as large as in training, and in the middle. */
static void place_ink(const struct prepare *prepare, const struct ink *ink,
                      struct axis axes[2])
{
    const size_t *const cells = prepare->shape + 1;
    const double scale =
        prepare->fill * fmin((double)cells[0] / (double)ink->rows,
                             (double)cells[1] / (double)ink->columns);
    const double box[2] = {(double)ink->top + (double)ink->rows / 2,
                           (double)ink->left + (double)ink->columns / 2};
    const size_t pixels[2] = {ink->height, ink->width};
    for (size_t i = 0; i < 2; i++)
        axes[i] = (struct axis){pixels[i], cells[i], scale,
                                prepare->by_mass ? ink->middle[i] : box[i],
                                (double)cells[i] / 2};
}

/* Moves the strengths to the training's ground and ink. */
static void set_levels(const struct prepare *prepare, double gain,
                       cvl_tensor *x)
{
    for (size_t i = 0; i < x->count; i++)
        cvl_tensor_set(x, i,
                       prepare->ground + fmin(gain * cvl_tensor_get(x, i), 1) *
                                             (prepare->ink - prepare->ground));
}

/* A drawing of another size. */
static cvl_status make_drawing(const struct prepare *prepare, struct ink *ink,
                               cvl_tensor *x, struct text *said, cvl_error *err)
{
    const size_t *const cells = prepare->shape + 1;
    struct axis axes[2];
    cvl_tensor made = {0};
    if (!ink_look(ink) || ink->peak < LEAST_PEAK) {
        const size_t shape[4] = {1, 1, cells[0], cells[1]};
        const cvl_status status =
            cvl_tensor_init(&made, x->dtype, 4, shape, err);
        if (!status) cvl_tensor_fill(&made, prepare->ground);
        cvl_tensor_free(x);
        *x = made;
        say_done(said, "blank");
        return status;
    }
    keep_ink(ink, x);
    place_ink(prepare, ink, axes);
    say_size(said, "cropped to", ink->columns, ink->rows);
    say_size(said, "resized into", cells[1], cells[0]);
    const cvl_status status = resize(axes, x, &made, err);
    cvl_tensor_free(x);
    *x = made;
    if (status) return status;
    const double area = axes[0].scale * axes[1].scale * (double)ink->rows *
                        (double)ink->columns;
    const double gain = find_gain(x, prepare->share, area);
    if (gain > 1.25) text_add(said, ", strokes %.1f times as strong", gain);
    set_levels(prepare, gain, x);
    return CVL_OK;
}

/* Is there more that is darker than the ground than that is brighter? */
static bool is_dark(const cvl_tensor *x, double ground)
{
    double up = 0;
    for (size_t i = 0; i < x->count; i++) up += cvl_tensor_get(x, i) - ground;
    return up < 0;
}

static cvl_status prepare_drawing(const struct prepare *prepare, cvl_tensor *x,
                                  struct text *said, cvl_error *err)
{
    struct ink ink = {.height = x->shape[2], .width = x->shape[3]};
    void *block;
    cvl_status status =
        cvl_alloc(&block, x->count * sizeof *ink.strength, "a picture", err);
    if (status) return status;
    ink.strength = block;
    const double ground =
        ink_ground(x->data, ink.height, ink.width, ink.strength);
    const bool dark = is_dark(x, ground);
    const bool inverted = dark != (prepare->ink < prepare->ground);
    ink_take(x->data, ground, dark, &ink);
    if (inverted) say_done(said, "inverted");
    if (ink.height != prepare->shape[1] || ink.width != prepare->shape[2])
        status = make_drawing(prepare, &ink, x, said, err);
    else if (inverted)
        for (size_t i = 0; i < x->count; i++)
            cvl_tensor_set(x, i, 1 - cvl_tensor_get(x, i));
    cvl_free(block);
    return status;
}

cvl_status prepare_picture(const struct prepare *prepare,
                           const cvl_tensor *picture, cvl_dtype dtype,
                           cvl_tensor *x, struct text *said, cvl_error *err)
{
    const size_t channels = prepare->shape[0];
    *x = (cvl_tensor){0};
    if (channels != 1 && channels != 3)
        return cvl_fail(err, CVL_ESHAPE,
                        "the net takes %zu channels; a picture has 1 or 3",
                        channels);
    cvl_status status = cvl_tensor_clone(x, picture, err);
    if (!status) status = array_convert(x, CVL_F64, err);
    if (!status) status = array_recolour(x, channels, err);
    if (!status && channels < picture->shape[1]) say_done(said, "grey");
    if (!status && prepare->is_drawing)
        status = prepare_drawing(prepare, x, said, err);
    else if (!status && (x->shape[2] != prepare->shape[1] ||
                         x->shape[3] != prepare->shape[2]))
        status = make_picture(prepare, x, said, err);
    for (size_t i = 0; !status && i < x->count; i++)
        cvl_tensor_set(x, i,
                       prepare->low + cvl_tensor_get(x, i) *
                                          (prepare->high - prepare->low));
    if (!status) status = array_convert(x, dtype, err);
    if (!status) status = text_status(said, err);
    if (status) cvl_tensor_free(x);
    return status;
}
