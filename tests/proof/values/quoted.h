/* quoted.h - texts in messages, for proofs: clipped, or with others near. */
#ifndef QUOTED_H
#define QUOTED_H

#include "texts.h"

#include "base/suggest.h"
#include "base/text.h"
#include "cli/hint.h"

/* What is clipped is any text that fits. */
const char *text_clip(const char *text, char clipped[TEXT_CLIP])
{
    //@ assert valid_read_string(text);
    assumed_text(clipped, TEXT_CLIP);
    return clipped;
}

/* Any word may be near. */
void suggest_try(struct suggestion *suggestion, const char *candidate,
                 const char *answer)
{
    //@ assert valid_read_string(suggestion->word);
    //@ assert valid_read_string(candidate);
    if (Frama_C_nondet(0, 1)) suggestion->answer = answer;
}

/* There may be a hint about any flag, and any value of one. */
const char *hint_for_flag(const char *command, const char *name)
{
    //@ assert valid_read_string(command) && valid_read_string(name);
    return Frama_C_nondet(0, 1) ? "hint" : NULL;
}

const char *hint_for_value(const char *option, const char *value)
{
    //@ assert valid_read_string(option) && valid_read_string(value);
    return Frama_C_nondet(0, 1) ? "hint" : NULL;
}

static volatile double any_number;

/* A number ends at any place up to the text's end. */
double cvl_number_read(const char *text, const char **end)
{
    while (*text && Frama_C_nondet(0, 1)) text++;
    *end = text;
    return any_number;
}

#endif
