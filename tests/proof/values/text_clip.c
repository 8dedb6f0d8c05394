/* text_clip.c - a piece of a text that is clipped for a message. */
/*
 * bound:   texts of 0 to 3 bytes; texts of 60 to 65 bytes, of which the two
 *          around the cut are unknown; each such size
 * sources: lib/convlet/utf8.c
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000
 *          -eva-slevel-function prove:0 -eva-split-return-function
 *          text_length:full,cvl_utf8_length:full,cvl_control_length:full
 */
#include "texts.h"

#include "base/text.c"

enum { MOST = 3, LONG = 65, CUT = TEXT_CLIP - 4 };

static void clip(const char *text)
{
    char clipped[TEXT_CLIP];
    text_clip(text, clipped);
}

void prove(void)
{
    static char text[LONG + 1], few[MOST + 1];
    Frama_C_make_unknown(few, MOST);
    //@ loop unroll MOST + 1;
    for (size_t size = 0; size <= MOST; size++) clip(few + MOST - size);
    //@ loop unroll LONG - CUT + 1;
    for (size_t size = CUT; size <= LONG; size++) {
        memset(text, 'a', size);
        Frama_C_make_unknown(text + CUT - 1, 2);
        text[size] = '\0';
        clip(text);
    }
}
