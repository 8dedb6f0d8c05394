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
                   {"stroke", prepare->stroke}};
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

/* Files told how much of its rectangle the ink fills, and strokes were made
 * that strong; it drew thin ones out of shape. */
static bool skip_share(const char **at)
{
    double share;
    return !skip(at, " share=") ||
           (take_number(at, &share) && share > 0 && share <= 1);
}

static bool take_shape(const char **at, size_t shape[3])
{
    for (size_t i = 0; i < 3; i++)
        if ((i && !skip(at, "x")) || !cvl_size_parse(at, NULL, &shape[i]) ||
            !shape[i] || shape[i] > MOST_SIDE)
            return false;
    return true;
}

/* Is the ink as large as a pixel? Were it not, the pixels that one is made of
 * could be any number. A fill is rounded: half a pixel will do. */
static bool has_ink(const struct prepare *prepare)
{
    const size_t *const side = prepare->shape + 1;
    return prepare->fill * fmax((double)side[0], (double)side[1]) >= 0.5;
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
               skip_share(&at) && skip(&at, " stroke=") &&
               take_number(&at, &found.stroke) && found.shape[0] == 1 &&
               is_level(found.ground) && is_level(found.ink) &&
               found.ground != found.ink && has_ink(&found) &&
               found.fill <= 1 && found.stroke > 0;
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

/* result [1,C,H,W], {0} before, of the levels x; {0} again on error. */
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
    if (status) cvl_tensor_free(result);
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

/* Puts another tensor in the place of x, which it was made of. */
static void become(cvl_tensor *x, cvl_tensor *made)
{
    cvl_tensor_free(x);
    *x = *made;
    *made = (cvl_tensor){0};
}

static struct ink ink_of(const cvl_tensor *x)
{
    return (struct ink){
        .height = x->shape[2], .width = x->shape[3], .strength = x->data};
}

/* The strengths of `fine` in the net's cells, as large as in training. */
static cvl_status fit(const struct prepare *prepare, const cvl_tensor *fine,
                      cvl_tensor *made, cvl_error *err)
{
    struct ink ink = ink_of(fine);
    struct axis axes[2];
    ink_look(&ink);
    place_ink(prepare, &ink, axes);
    return resize(axes, fine, made, err);
}

/* The ink on a finer grid than the net's, of which it fills the middle half, so
 * that it can grow, whatever the size of the picture. */
static cvl_status refine(const struct prepare *prepare, const struct ink *ink,
                         cvl_tensor *x, cvl_error *err)
{
    enum { FINE = 8, MOST = 512 };
    const size_t *const cells = prepare->shape + 1;
    const size_t most = cells[0] > cells[1] ? cells[0] : cells[1];
    const size_t fine = most * FINE <= MOST ? FINE
                        : most < MOST       ? MOST / most
                                            : 1;
    struct axis axes[2];
    cvl_tensor made = {0};
    place_ink(&(struct prepare){.shape = {1, fine * cells[0], fine * cells[1]},
                                .fill = 0.5},
              ink, axes);
    const cvl_status status = resize(axes, x, &made, err);
    if (!status) become(x, &made);
    return status;
}

/* Draws each stroke thicker by `by` pixels at either side. */
static void draw_thicker(const cvl_tensor *x, const double *distance, double by,
                         cvl_tensor *thick)
{
    for (size_t i = 0; i < x->count; i++)
        cvl_tensor_set(thick, i, distance[i] <= by ? 1 : cvl_tensor_get(x, i));
}

/* Finds by how much strokes must grow to be as thick as in training, and lets
 * them. `room` has three times as many numbers as x. */
static cvl_status thicken(const struct prepare *prepare, cvl_tensor *x,
                          double *room, double *by, cvl_error *err)
{
    const size_t height = x->shape[2], width = x->shape[3];
    const size_t most = (height < width ? height : width) / 8;
    double *const distance = room, *const work = room + x->count;
    double low = 0, high = (double)most;
    cvl_tensor thick = cvl_tensor_wrap(CVL_F64, 4, x->shape, work + x->count);
    ink_distances(x->data, height, width, most, work, distance);
    /* First without, then by halves. */
    for (int i = 0; i < 9; i++) {
        cvl_tensor made = {0};
        const double middle = i ? (low + high) / 2 : -1;
        draw_thicker(x, distance, middle, &thick);
        const cvl_status status = fit(prepare, &thick, &made, err);
        if (status) return status;
        const bool thin = ink_stroke(made.data, made.shape[2], made.shape[3]) <
                          prepare->stroke;
        cvl_tensor_free(&made);
        if (!i && !thin) high = 0;
        if (i && thin) low = middle;
        if (i && !thin) high = middle;
    }
    *by = low;
    if (low > 0) draw_thicker(x, distance, low, &thick);
    if (low > 0) cvl_tensor_copy(x, &thick);
    return CVL_OK;
}

static cvl_status make_blank(const struct prepare *prepare, cvl_tensor *x,
                             struct text *said, cvl_error *err)
{
    const size_t shape[4] = {1, 1, prepare->shape[1], prepare->shape[2]};
    cvl_tensor made = {0};
    const cvl_status status = cvl_tensor_init(&made, x->dtype, 4, shape, err);
    if (status) return status;
    cvl_tensor_fill(&made, prepare->ground);
    become(x, &made);
    say_done(said, "blank");
    return CVL_OK;
}

/* A drawing of another size. */
static cvl_status make_drawing(const struct prepare *prepare, struct ink *ink,
                               cvl_tensor *x, struct text *said, cvl_error *err)
{
    void *room;
    double by = 0;
    cvl_tensor made = {0};
    if (!ink_look(ink) || ink->peak < LEAST_PEAK)
        return make_blank(prepare, x, said, err);
    keep_ink(ink, x);
    say_size(said, "cropped to", ink->columns, ink->rows);
    say_size(said, "resized into", prepare->shape[2], prepare->shape[1]);
    cvl_status status = refine(prepare, ink, x, err);
    if (status) return status;
    status = cvl_alloc(&room, 3 * x->count * sizeof(double), "a picture", err);
    if (status) return status;
    status = thicken(prepare, x, room, &by, err);
    cvl_free(room);
    if (!status) status = fit(prepare, x, &made, err);
    if (status) return status;
    become(x, &made);
    if (by > 0) say_done(said, "strokes thickened");
    for (size_t i = 0; i < x->count; i++)
        cvl_tensor_set(x, i,
                       prepare->ground + cvl_tensor_get(x, i) *
                                             (prepare->ink - prepare->ground));
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

cvl_status prepare_of_model(const cvl_model *model,
                            const cvl_model_about *about,
                            struct prepare *prepare, cvl_error *err)
{
    const size_t *const shape = model->net.input.shape + 1;
    const char *const text = about->preparation;
    if (!text) {
        *prepare = (struct prepare){.shape = {shape[0], shape[1], shape[2]},
                                    .high = 1};
        return CVL_OK;
    }
    if (prepare_parse(text, prepare) &&
        memcmp(prepare->shape, shape, sizeof prepare->shape) == 0)
        return CVL_OK;
    const char *const version =
        cvl_safetensors_metadata(&model->file, "convlet_version");
    return cvl_fail(err, CVL_EFORMAT,
                    "its metadata's preparation is '%.64s', which this "
                    "convlet does not know; use the one that wrote it%s%.16s, "
                    "or train again",
                    text, version ? ", " : "", version ? version : "");
}

void prepare_standardize(const cvl_model_about *about, const cvl_tensor *sample,
                         size_t slot, cvl_tensor *x)
{
    const size_t channels = x->shape[1];
    const size_t plane = x->shape[2] * x->shape[3];
    const size_t first = slot * channels * plane;
    const char *means = about->mean, *deviations = about->deviation;
    for (size_t c = 0, i = 0; c < channels; c++) {
        const double mean = means ? cvl_model_next_level(&means) : 0.0;
        const double deviation =
            deviations ? cvl_model_next_level(&deviations) : 1.0;
        for (size_t k = 0; k < plane; k++, i++)
            cvl_tensor_set(x, first + i,
                           (cvl_tensor_get(sample, i) - mean) / deviation);
    }
}
