/* words.c - see words.h for the contract. */
#include "export/words.h"

#include <string.h>

#include <convlet/window.h>

/* What the numbers that go in are. */
static void add_preparation(const cvl_model_about *about, struct text *text)
{
    const char *const scaling = about->scaling ? about->scaling : "";
    if (about->divisor > 0)
        text_add(text, "numbers of the data divided by %.9g", about->divisor);
    else if (!strcmp(scaling, CVL_MODEL_SCALING_PICTURE))
        text_add(text, "levels from 0, black, to 1, white");
    else if (!strcmp(scaling, CVL_MODEL_SCALING_LINEAR))
        text_add(text, "amounts of light from 0 to 1, not sRGB");
    else
        text_add(text, "numbers as they were trained on");
    if (about->color == CVL_COLOR_Y && !about->classes)
        text_add(text, ", of the luminance 0.299 R + 0.587 G + 0.114 B alone");
    if (about->color == CVL_COLOR_RGB) text_add(text, ", red, green and blue");
    if (about->mean)
        text_add(text,
                 "; then of each channel minus %s, divided by %s, see "
                 "input_mean and input_deviation",
                 about->mean, about->deviation);
    if (about->preparation)
        text_add(text, "; its metadata's preparation says how a picture "
                       "becomes one");
}

size_t export_times(const cvl_net *net)
{
    return net->output.shape[2] / net->input.shape[2];
}

/* A net that goes down to a coarser grid and up again: by how many pixels. */
static size_t step_of(const cvl_net *net)
{
    size_t most = 1;
    for (size_t layer = 1; layer <= net->layer_count; layer++)
        for (size_t axis = 0; axis < 2; axis++) {
            const size_t jump = cvl_net_receptive(net, layer, axis).jump;
            if (jump > most) most = jump;
        }
    return most;
}

void export_add_words(const cvl_model_about *about, const cvl_net *net,
                      struct text *text)
{
    text_add(text, "the input is ");
    add_preparation(about, text);
    if (about->residual)
        text_add(text, "; %sit is added to what the layers make of it",
                 export_times(net) > 1 ? "enlarged bicubically, " : "");
    if (about->residual && step_of(net) > 1)
        text_add(text, ", so H and W have to be multiples of %zu",
                 step_of(net));
    if (about->classes)
        text_add(text, "; the output has a number for each class, the largest "
                       "for the most likely: softmax makes shares of them");
}
