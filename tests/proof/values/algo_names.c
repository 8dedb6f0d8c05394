/* algo_names.c - the algorithms of a net's layers, as a checkpoint has them. */
/*
 * bound:   texts of 0 to 6 bytes, of each such size
 * sources:
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -eva-split-return-function text_word:full
 *          -eva-slevel-function prove:0
 * assumes: cvl_conv_algo_parse reads no further than a text's end
 */
#include "texts.h"

/* How many bytes come before a space. */
static size_t text_word(const char *text)
{
    size_t size = 0;
    while (text[size] && text[size] != ' ') size++;
    return size;
}

#undef strcspn
#define strcspn(text, set) text_word(text)
#include "train/checkpoint.c"

enum { MOST = 6 };

static char names[MOST + 1];
static const char *known;

/* The text, or none. */
const char *cvl_safetensors_metadata(const cvl_safetensors *file,
                                     const char *key)
{
    //@ assert valid_read_string(key);
    return known;
}

bool cvl_conv_algo_parse(const char *name, cvl_conv_algo *algo)
{
    //@ assert valid_read_string(name);
    if (Frama_C_nondet(0, 1)) return false;
    *algo = (cvl_conv_algo)Frama_C_interval(0, CVL_CONV_FASTEST);
    return true;
}

static void look(const char *text)
{
    cvl_error err;
    cvl_safetensors file = {.metadata_count = 0};
    cvl_conv_algo algos[CVL_MAX_LAYERS];
    bool found;
    known = text;
    checkpoint_read_algos("a path", &file, algos, &found, &err);
}

void prove(void)
{
    look(NULL);
    Frama_C_make_unknown(names, MOST);
    //@ loop unroll MOST + 1;
    for (size_t size = 0; size <= MOST; size++) look(names + MOST - size);
}
