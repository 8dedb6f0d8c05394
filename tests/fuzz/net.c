/* net.c - fuzz target: the text of a net, after six bytes for its input. */
#include "convlet/net.h"
#include "fuzz.h"

enum { MAX_SIZE = 5000 };

/* A layer's own words make the same layer. */
static void check_layer(const cvl_net *net, size_t index,
                        const cvl_net_config *config, const cvl_tensor *input)
{
    cvl_layer_info info, again;
    cvl_net_config alone = *config;
    cvl_net copy;
    cvl_error err;
    cvl_net_layer_info(net, index, &info);
    FUZZ_EXPECT(memchr(info.text, '\0', sizeof info.text) != NULL);
    alone.spec = info.text;
    memcpy(alone.input_shape, input->shape, sizeof alone.input_shape);
    const cvl_status status = cvl_net_plan(&copy, &alone, &err);
    if (status) fprintf(stderr, "%s\n", err.message);
    FUZZ_EXPECT(!status);
    cvl_net_layer_info(&copy, 0, &again);
    FUZZ_EXPECT(!strcmp(info.text, again.text));
    FUZZ_EXPECT(info.param_numbers == again.param_numbers);
    FUZZ_EXPECT(!memcmp(info.output_shape, again.output_shape,
                        sizeof info.output_shape));
    cvl_net_free(&copy);
}

/* Whether the text has a number of four to nine digits: layers of that size are
 * planned for real, with tables of as many entries. Longer ones are refused. */
static bool has_large_number(const char *text)
{
    for (size_t digits; *text; text += digits ? digits : 1) {
        digits = strspn(text, "0123456789");
        if (digits >= 4 && digits <= 9) return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char text[MAX_SIZE + 1];
    cvl_error err = {0};
    cvl_net net;
    enum { ALGOS = CVL_CONV_FASTEST + 1 };
    const unsigned flags = fuzz_byte(&bytes, &size);
    const unsigned algo = (flags >> 1 & 3) + (flags & 32 ? 4 : 0);
    cvl_net_config config = {
        .spec = text,
        .dtype = flags & 1 ? CVL_F64 : CVL_F32,
        .algo = (cvl_conv_algo)(algo % ALGOS),
        .exec = {.threads = 1,
                 .isa = flags & 64 ? cvl_isa_detect() : CVL_ISA_BASE},
        .forward_only = (flags & 8) != 0};
    const unsigned shift = fuzz_byte(&bytes, &size) % 48;
    for (size_t i = 0; i < 4; i++)
        config.input_shape[i] = (size_t)fuzz_byte(&bytes, &size)
                                << (flags & 16 ? shift : 0);
    if (size > MAX_SIZE) size = MAX_SIZE;
    if (size) memcpy(text, bytes, size);
    text[size] = '\0';
    if (has_large_number(text)) return 0;

    const cvl_status status = cvl_net_plan(&net, &config, &err);
    if (status) {
        fuzz_expect_refusal(status, &err);
        FUZZ_EXPECT(!net.layers && !net.layer_count);
        return 0;
    }
    FUZZ_EXPECT(net.layer_count >= 1 && net.layer_count <= CVL_MAX_LAYERS);
    FUZZ_EXPECT(!net.arena.base);
    for (size_t i = 0; i < net.layer_count; i++) {
        cvl_layer_info below;
        cvl_tensor input = net.input;
        if (i) {
            cvl_net_layer_info(&net, i - 1, &below);
            memcpy(input.shape, below.output_shape, sizeof input.shape);
        }
        check_layer(&net, i, &config, &input);
    }
    cvl_net_free(&net);
    return 0;
}
