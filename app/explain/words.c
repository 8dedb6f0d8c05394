/* words.c - what the forms of an explanation say alike. */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "explain/show.h"

const char *explain_number_name(const struct explain_sum *sum,
                                char words[EXPLAIN_WORDS])
{
    const size_t *const at = sum->at;
    if (sum->kind == EXPLAIN_GRAD_BIAS)
        snprintf(words, EXPLAIN_WORDS, "%s[%zu]", explain_name(sum->kind),
                 at[3]);
    else
        snprintf(words, EXPLAIN_WORDS, "%s[%zu,%zu,%zu,%zu]",
                 explain_name(sum->kind), at[0], at[1], at[2], at[3]);
    return words;
}

const char *explain_number_words(const struct explain_sum *sum,
                                 char words[EXPLAIN_WORDS])
{
    const size_t *const at = sum->at;
    switch (sum->kind) {
    case EXPLAIN_OUTPUT:
        snprintf(words, EXPLAIN_WORDS,
                 "sample %zu, output channel %zu, row %zu, column %zu", at[0],
                 at[1], at[2], at[3]);
        break;
    case EXPLAIN_GRAD_WEIGHT:
        snprintf(words, EXPLAIN_WORDS,
                 "the gradient of the weight of output channel %zu, input "
                 "channel %zu, tap %zu,%zu",
                 at[0], at[1], at[2], at[3]);
        break;
    case EXPLAIN_GRAD_INPUT:
        snprintf(words, EXPLAIN_WORDS,
                 "the gradient of the input of sample %zu, channel %zu, row "
                 "%zu, column %zu",
                 at[0], at[1], at[2], at[3]);
        break;
    case EXPLAIN_GRAD_BIAS:
        snprintf(words, EXPLAIN_WORDS,
                 "the gradient of the bias of output channel %zu", at[3]);
        break;
    }
    return words;
}

const char *explain_upstream_words(const struct explanation *explanation,
                                   char words[EXPLAIN_WORDS])
{
    const struct config *const config = explanation->config;
    char clipped[TEXT_CLIP], loss[NUMBER_SIZE];
    words[0] = '\0';
    switch (explanation->data->upstream) {
    case UPSTREAM_NONE: break;
    case UPSTREAM_EXAMPLE:
        snprintf(words, EXPLAIN_WORDS, "dy is the example's");
        break;
    case UPSTREAM_FILE:
        snprintf(words, EXPLAIN_WORDS, "dy is %s",
                 text_clip(config->data.grad_output, clipped));
        break;
    case UPSTREAM_LOSS:
        snprintf(words, EXPLAIN_WORDS,
                 "dy is of the loss %s toward %s, reduction %s",
                 number_format(explanation->data->loss, loss),
                 text_clip(config->data.target ? config->data.target : "ones",
                           clipped),
                 cvl_reduction_name(config->training.reduction));
        break;
    }
    return words;
}

const char *explain_geometry_words(const cvl_conv2d_geometry *g,
                                   char words[EXPLAIN_WORDS])
{
    struct piece {
        const char *name;
        size_t y, x;
    } const pairs[] = {{"stride", g->stride_y, g->stride_x},
                       {"dilation", g->dilation_y, g->dilation_x}};
    size_t used = 0;
    for (size_t i = 0; i < 2; i++) {
        used += (size_t)snprintf(words + used, EXPLAIN_WORDS - used, "%s %zu",
                                 pairs[i].name, pairs[i].y);
        if (pairs[i].x != pairs[i].y)
            used += (size_t)snprintf(words + used, EXPLAIN_WORDS - used, ",%zu",
                                     pairs[i].x);
        used += (size_t)snprintf(words + used, EXPLAIN_WORDS - used, ", ");
    }
    if (g->pad_top == g->pad_bottom && g->pad_left == g->pad_right &&
        g->pad_top == g->pad_left)
        used += (size_t)snprintf(words + used, EXPLAIN_WORDS - used,
                                 "padding %zu", g->pad_top);
    else
        used += (size_t)snprintf(words + used, EXPLAIN_WORDS - used,
                                 "padding %zu,%zu,%zu,%zu", g->pad_top,
                                 g->pad_bottom, g->pad_left, g->pad_right);
    if (g->groups > 1)
        used += (size_t)snprintf(words + used, EXPLAIN_WORDS - used,
                                 ", groups %zu", g->groups);
    if (g->tied) snprintf(words + used, EXPLAIN_WORDS - used, ", tied weights");
    return words;
}

const char *explain_digits(double value, size_t digits,
                           char text[EXPLAIN_DIGITS])
{
    if (isnan(value))
        snprintf(text, EXPLAIN_DIGITS, "nan");
    else if (value == floor(value) && fabs(value) < 1e7)
        snprintf(text, EXPLAIN_DIGITS, "%.0f", value == 0.0 ? 0.0 : value);
    else
        snprintf(text, EXPLAIN_DIGITS, "%.*g", (int)digits, value);
    return text;
}
