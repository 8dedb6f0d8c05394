/* json_string.c - a text in a safetensors header, with its escapes. */
/*
 * bound:   texts of 0 to 65,536 bytes
 * sources: lib/convlet/utf8.c
 * options: -eva-split-return-function
 * peek:full,cvl_utf8_length:full,length_at:full -eva-slevel 100
 *
 * A text of L bytes is read from L bytes before the end of the array: nothing
 * is read behind its last byte, whatever L is.
 */
#include <__fc_builtin.h>

#include "convlet/utf8.h"

static char text[1 << 16];

/* The last bytes one by one: then it is known how many are left. */
static size_t length_at(const char *at, const char *end)
{
    /*@ assert at <= text + (65536 - 5) || at == text + (65536 - 4) ||
               at == text + (65536 - 3) || at == text + (65536 - 2) ||
               at == text + (65536 - 1) || at >= text + 65536; */
    return cvl_utf8_length(at, end);
}

#define cvl_utf8_length length_at
#include "convlet/safetensors_json.c"

void prove(void)
{
    cvl_error err;
    Frama_C_make_unknown(text, sizeof text);
    cvl_json json = {.bytes = text,
                     .at = Frama_C_size_t_interval(0, sizeof text),
                     .end = sizeof text,
                     .err = &err};
    (void)read_string(&json, NULL);
    //@ assert json.at <= json.end;
}
