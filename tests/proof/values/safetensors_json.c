/* safetensors_json.c - the text of a safetensors header, checked as JSON. */
/*
 * bound:   texts of 0 to 65,536 bytes
 * assumes: a text in quotes ends before the header does: json_string proves it
 * sources: lib/convlet/size.c
 * options: -eva-split-return-function peek:full -eva-slevel 30
 * -eva-unroll-recursive-calls 8 -eva-use-spec read_string
 *
 * A text of L bytes is read from L bytes before the end of the array: nothing
 * is read behind its last byte, whatever L is.
 */
#include <__fc_builtin.h>

#include "convlet/safetensors_json.h"

/*@ requires json->at <= json->end;
    assigns json->at, json->strings, \result
      \from json->at, json->end, json->strings, json->bytes[0 .. 65535];
    ensures json->at <= json->end; */
static cvl_status read_string(cvl_json *json, char **to);

#include "convlet/safetensors_json.c"

static char text[1 << 16];

void prove(void)
{
    cvl_error err;
    Frama_C_make_unknown(text, sizeof text);
    cvl_json json = {.bytes = text,
                     .at = Frama_C_size_t_interval(0, sizeof text),
                     .end = sizeof text,
                     .err = &err};
    if (cvl_json_check(&json)) return;
    while (cvl_json_next(&json)) {
        cvl_json_size(&json);
        cvl_json_skip(&json);
    }
}
