/* layer_words.c - the words of a layer of a net, as each kind reads them. */
/*
 * bound:   0 to 3 words behind the name of a layer, all of 0 to 10 bytes, of
 *          each such size
 * takes:   minutes
 * sources: lib/convlet/size.c lib/convlet/layer_avgpool.c
 *          lib/convlet/layer_batchnorm.c lib/convlet/layer_conv2d.c
 *          lib/convlet/layer_dense.c lib/convlet/layer_leaky.c
 *          lib/convlet/layer_maxpool.c lib/convlet/layer_pointwise.c
 *          lib/convlet/layer_pool.c lib/convlet/layer_relu.c
 *          lib/convlet/layer_shuffle.c lib/convlet/layer_sigmoid.c
 *          lib/convlet/layer_tanh.c
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -eva-slevel-function prove:0 -eva-slevel-function parse_all:0
 *          -eva-split-return-function
 *          text_find:full,text_span:full,cvl_size_parse:full
 * assumes: each word is a text of its own; cvl_number_parse reads no further
 *          than a text's end
 */
#include "texts.h"

#include "convlet/layer_words.c"
#include "convlet/net.c"

enum { MOST = 10, MOST_WORDS = 3 };

static char *ends[MOST_WORDS]; /* the zeros of texts */

/* So many words of so many bytes, behind the layer's name. */
static void parse(cvl_layer *layer, size_t count, size_t size)
{
    cvl_error err;
    char *const words[MOST_WORDS] = {ends[0] - size, ends[1] - size,
                                     ends[2] - size};
    layer->kind->parse(layer, words, count, &err);
}

static void parse_all(const cvl_layer_kind *kind)
{
    cvl_layer layer = {.kind = kind};
    //@ eva_allocate fresh_weak;
    layer.own = calloc(1, kind->own_bytes + 1);
    if (!layer.own) return;
    //@ loop unroll MOST + 1;
    for (size_t size = 0; size <= MOST; size++) {
        parse(&layer, 0, size);
        parse(&layer, 1, size);
        parse(&layer, 2, size);
        parse(&layer, 3, size);
    }
}

void prove(void)
{
    //@ loop unroll MOST_WORDS;
    for (size_t i = 0; i < MOST_WORDS; i++) {
        ends[i] = text_of(MOST, MOST + 1);
        if (!ends[i]) return;
        ends[i] += MOST;
    }
    //@ loop unroll KIND_COUNT;
    for (size_t i = 0; i < KIND_COUNT; i++) parse_all(KINDS[i]);
}
