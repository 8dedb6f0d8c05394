/* utf8.h - which bytes are a character in UTF-8. */
#ifndef CVL_UTF8_H
#define CVL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The length of the character that `text` begins with, 1 to 4, before `end`; a
 * zero byte is one, too. 0 where there is none: cut short, overlong, a
 * surrogate, or beyond U+10FFFF. The end of a string may be NULL: nothing
 * behind its zero is read.
 */
size_t cvl_utf8_length(const char *text, const char *end);

/* Whether the whole of a string is UTF-8. */
bool cvl_utf8_check(const char *text);

/*
 * The bytes of the control character that a string begins with, which a
 * terminal might obey: one below 32, DEL, one of U+0080 to U+009F, or such a
 * byte that is no UTF-8. 0: it begins with none.
 */
size_t cvl_control_length(const char *text);

/* Replaces every control character of a string by '?'. */
void cvl_control_replace(char *text);

#endif
