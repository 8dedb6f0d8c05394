/* net_words.c - which algorithm each layer of a net takes, and why. */
#include "base/net_words.h"

static const struct {
    cvl_conv_pass pass;
    const char *name;
} PASSES[] = {{CVL_FORWARD, "forward"},
              {CVL_GRAD_WEIGHT, "grad_weight"},
              {CVL_GRAD_INPUT, "grad_input"}};

void net_words_add(const cvl_net *net, struct text *text)
{
    char words[CVL_CONV_TEXT_SIZE];
    for (size_t i = 0; i < net->layer_count; i++) {
        const cvl_conv2d *const conv = cvl_net_conv2d(net, i);
        if (!conv) continue;
        text_add(text, "  layer %zu: %s\n", i, cvl_conv2d_choice(conv, words));
        for (size_t p = 0; p < sizeof PASSES / sizeof *PASSES; p++)
            text_add(text, "    %-11s  %s\n", PASSES[p].name,
                     cvl_conv2d_describe(conv, PASSES[p].pass, words));
    }
}
