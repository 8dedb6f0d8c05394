/* utf8.h - which bytes are a character in UTF-8. */
#ifndef CVL_UTF8_H
#define CVL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The length of the character that `text` begins with, 1 to 4, in at most
 * `size` bytes of it; a zero byte is one, too. 0 where there is none: cut
 * short, overlong, a surrogate, or beyond U+10FFFF. A string's `size` may be
 * SIZE_MAX: nothing behind its zero is read.
 */
size_t cvl_utf8_length(const char *text, size_t size);

/* Whether the whole of a string is UTF-8. */
bool cvl_utf8_check(const char *text);

#endif
