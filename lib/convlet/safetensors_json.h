/* safetensors_json.h - the text of a safetensors header, read and written. */
#ifndef CVL_SAFETENSORS_JSON_H
#define CVL_SAFETENSORS_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/error.h"

/*
 * Whether bytes[begin] to bytes[end - 1] are one JSON object in UTF-8, as RFC
 * 8259 has it, followed by nothing but spaces, and with no more than a
 * safetensors header needs: texts, whole numbers of at most 15 digits (which
 * a double holds exactly), arrays and objects, in at most 3 levels.
 *
 * CVL_EFORMAT with the byte, counted from bytes[0], and what was expected
 * there; CVL_EUNSUPPORTED for a zero character within a text, where a C
 * string would end.
 */
cvl_status cvl_json_check(const unsigned char *bytes, size_t begin, size_t end,
                          cvl_error *err);

/* Whether a string is UTF-8, without surrogates or overlong forms. */
bool cvl_utf8_check(const char *text);

/*
 * Writes the string as a JSON text with its quotes, as serde_json does. `to`
 * has room for cvl_json_quoted_size(text) bytes; returns the end.
 */
char *cvl_json_quote(char *to, const char *text);
size_t cvl_json_quoted_size(const char *text);

/* Sorts the strings; returns one that is there twice, or NULL. */
const char *cvl_find_twice(const char **strings, size_t count);

enum { CVL_NAME_SIZE = 72 };

/*
 * A name out of a file, for a message: in quotes, cut to one short line, and
 * what is not printable ASCII as \xNN. Returns `quoted`.
 */
const char *cvl_name_quote(const char *name, char quoted[CVL_NAME_SIZE]);

#endif
