/* hint.h - what to say to words that other programs know. */
#ifndef CONVLET_CLI_HINT_H
#define CONVLET_CLI_HINT_H

/* What leads further than a flag, or a key, that is not there; NULL: nothing is
 * known of it. */
const char *hint_for_flag(const char *command, const char *name);

/* The same for a value of an option that is none; "layer" is for a layer of
 * --net. */
const char *hint_for_value(const char *option, const char *value);

#endif
