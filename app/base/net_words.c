/* net_words.c - see choices.h for the contract. */
#include "base/net_words.h"

static const struct {
    cvl_conv_pass pass;
    const char *name;
} PASSES[] = {{CVL_FORWARD, "forward"},
              {CVL_GRAD_WEIGHT, "grad_weight"},
              {CVL_GRAD_INPUT, "grad_input"}};

cvl_status choices_describe(const cvl_net *net, cvl_conv_algo algorithm,
                            const cvl_exec *exec, struct text *text,
                            cvl_error *err)
{
    char words[CVL_CONV_TEXT_SIZE];
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_conv2d conv;
        cvl_net_layer_info(net, i, &info);
        if (!info.conv) continue;
        const cvl_status status =
            cvl_conv2d_init(&conv, &info.conv->geometry, info.conv->dtype,
                            algorithm, exec, err);
        if (status) return status;
        text_add(text, "  layer %zu: %s\n", i, cvl_conv2d_choice(&conv, words));
        for (size_t p = 0; p < sizeof PASSES / sizeof *PASSES; p++)
            text_add(text, "    %-11s  %s\n", PASSES[p].name,
                     cvl_conv2d_describe(&conv, PASSES[p].pass, words));
        cvl_conv2d_free(&conv);
    }
    return text_status(text, err);
}
