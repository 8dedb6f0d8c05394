/* quote.h - the quotes around a value in a config file. */
#ifndef CONVLET_CLI_QUOTE_H
#define CONVLET_CLI_QUOTE_H

#include "base/text.h"

/* Appends the value as a config file has it: as it is, or in quotes where
 * inih, or we, would read it as something else. */
void quote(const char *value, struct text *text);

/* Bytes that this takes. At most VALUE_LIMIT: then its line, with the option's
 * name and a comment on its origin, is one that is read back. */
size_t quoted_size(const char *value);

/* Does what somebody took for a comment, "# note", stand in the value, or
 * behind it? In quotes it is a part of the value. */
bool looks_commented(const char *value);

/* Takes the quotes off a text that begins with one, in place; the reason why
 * not, or NULL. */
const char *unquote(char *text);

#endif
