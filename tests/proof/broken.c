/* broken.c - nothing: a reader that looks one byte too far. */
/*
 * bound:   texts of 0 to 8 bytes
 * sources:
 *
 * run.sh looks at it first: an analysis that raises no alarm here proves
 * nothing elsewhere.
 */
#include <stddef.h>

#include <__fc_builtin.h>

static char text[8];

void prove(void)
{
    size_t at = Frama_C_size_t_interval(0, sizeof text);
    Frama_C_make_unknown(text, sizeof text);
    while (at <= sizeof text && text[at]) at++;
}
