/* value.c - numbers and switches that are values of an option, from a text. */
/*
 * bound:   texts of 0 to 10 bytes, of each such size
 * sources: lib/convlet/size.c app/cli/option.c
 * options: -eva-precision 0 -eva-domains cvalue -eva-slevel 100000 -c11
 *          -warn-special-float none -eva-slevel-function prove:0
 *          -eva-slevel-function look:0 -eva-split-return-function
 *          text_find:full,text_span:full,text_length:full,cvl_size_parse:full
 *          -eva-split-return-function
 *          cvl_number_read:full,read_size:full,read_sizes:full
 * assumes: cvl_number_read, cvl_number_parse, text_clip and hint_for_value read
 *          no further than a text's end
 */
#include <float.h>

#include "quoted.h"

#include "cli/value.c"

enum { MOST = 10 };

static void look(enum option_type type, const char *text)
{
    cvl_error err;
    union value *value;
    const struct option option = {
        .name = "name",
        .type = type,
        .metavar = Frama_C_nondet(0, 1) ? "Y,X" : "N",
        .low = Frama_C_double_interval(-DBL_MAX, DBL_MAX),
        .high = Frama_C_double_interval(-DBL_MAX, DBL_MAX),
        .above = Frama_C_nondet(0, 1),
        .below = Frama_C_nondet(0, 1),
        .zero = Frama_C_nondet(0, 1) ? "none" : NULL};
    //@ eva_allocate fresh_weak;
    value = calloc(1, sizeof *value);
    if (value) value_parse(&option, text, value, &err);
}

void prove(void)
{
    const char *const text = text_of(MOST, MOST + 1);
    if (!text) return;
    //@ loop unroll MOST + 1;
    for (size_t size = 0; size <= MOST; size++) {
        look(TYPE_SWITCH, text + MOST - size);
        look(TYPE_SIZE, text + MOST - size);
        look(TYPE_SEED, text + MOST - size);
        look(TYPE_REAL, text + MOST - size);
        look(TYPE_PAIR, text + MOST - size);
        look(TYPE_PADDING, text + MOST - size);
        look(TYPE_INDEX, text + MOST - size);
    }
}
