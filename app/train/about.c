/* about.c - see about.h for the contract. */
#include "train/about.h"

#include <stdio.h>
#include <string.h>

#include <convlet/utf8.h>

#include "prepare/prepare.h"

/* A channel's numbers, with spaces between. */
static void add_levels(const double *levels, size_t count, struct text *text)
{
    for (size_t c = 0; levels && c < count; c++) {
        char number[CVL_NUMBER_SIZE];
        text_add(text, "%s%s", c ? " " : "",
                 cvl_number_format(levels[c], number));
    }
}

/* The names of the classes, a line each; a name that is no line of UTF-8 is
 * its number. */
static void add_classes(const struct samples *samples, struct text *text)
{
    for (size_t k = 0; samples->labels && k < samples->classes; k++) {
        char number[SAMPLES_NAME_SIZE];
        const char *name = samples_class(samples, k, number);
        snprintf(number, sizeof number, "%zu", k);
        if (!cvl_utf8_check(name) || name[strcspn(name, "\r\n")]) name = number;
        text_add(text, "%s%s", k ? "\n" : "", name);
    }
}

/* How a picture becomes one like those that were trained on. */
static cvl_status add_preparation(const struct samples *samples,
                                  struct text *text, cvl_error *err)
{
    struct prepare prepare;
    if (!samples->labels) return CVL_OK;
    const cvl_status status = prepare_measure(samples, &prepare, err);
    if (!status) prepare_write(&prepare, text);
    return status;
}

/* The texts that have to be put together. */
static cvl_status add_texts(const struct samples *samples, size_t channels,
                            struct text texts[ABOUT_TEXTS], cvl_error *err)
{
    cvl_status status = add_preparation(samples, &texts[3], err);
    add_classes(samples, &texts[0]);
    add_levels(samples->mean, channels, &texts[1]);
    add_levels(samples->deviation, channels, &texts[2]);
    for (size_t i = 0; !status && i < ABOUT_TEXTS; i++)
        status = text_status(&texts[i], err);
    return status;
}

cvl_status about_init(struct about *about, const char *spec,
                      const struct config *config,
                      const struct samples *samples, const cvl_net *net,
                      bool is_picture, cvl_error *err)
{
    const size_t channels = net->input.shape[1];
    const bool of_bytes =
        samples->count > 0 && samples->input.type == SAMPLES_U8;
    *about = (struct about){.texts = {{0}}};
    const cvl_status status = add_texts(samples, channels, about->texts, err);
    about->model = (cvl_model_about){
        .spec = spec,
        .scaling = config->data.linear_light ? CVL_MODEL_SCALING_LINEAR
                   : is_picture || of_bytes  ? CVL_MODEL_SCALING_PICTURE
                                             : CVL_MODEL_SCALING_NONE,
        .residual = config->training.residual,
        .color = !config->data.degrade && !of_bytes ? CVL_COLOR_KEEP
                 : channels == 1                    ? CVL_COLOR_Y
                 : channels == 3                    ? CVL_COLOR_RGB
                                                    : CVL_COLOR_KEEP,
        .classes = about->texts[0].data,
        .divisor = of_bytes ? samples->input.divisor : 0,
        .mean = about->texts[1].data,
        .deviation = about->texts[2].data,
        .preparation = about->texts[3].data};
    return status;
}

void about_free(struct about *about)
{
    for (size_t i = 0; i < ABOUT_TEXTS; i++) text_free(&about->texts[i]);
}
