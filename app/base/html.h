/* html.h - pieces of a page that holds everything it shows. */
#ifndef CONVLET_BASE_HTML_H
#define CONVLET_BASE_HTML_H

#include <stddef.h>

#include "base/text.h"

/*
 * Appends a text from outside, fit for an element or a quoted attribute: the
 * five characters of markup become references, and what is not UTF-8, or a
 * control character other than a newline, U+FFFD.
 */
void html_escape(struct text *html, const char *text);

/* Appends it as html_escape, and `markup` behind each character `at`, which is
 * none that becomes a reference: places where a line may be broken. */
void html_escape_broken(struct text *html, const char *text, char at,
                        const char *markup);

/* Appends the bytes in base64. */
void html_base64(struct text *html, const unsigned char *bytes, size_t size);

/* Appends a number for people, as elements: four digits, a true minus sign,
 * 2.465 x 10 to the -6. */
void html_number(struct text *html, double value);

#endif
