/* safetensors_json.h - the text of a safetensors header, read and written. */
#ifndef CVL_SAFETENSORS_JSON_H
#define CVL_SAFETENSORS_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/tensor.h"

/* A text and how far it is read; positions count from the file's start. */
typedef struct cvl_json {
    const char *bytes;
    size_t at, end;
    size_t strings; /* how many cvl_json_check came by */
    cvl_error *err;
} cvl_json;

/*
 * Whether the text is one JSON object in UTF-8, as RFC 8259 has it, followed
 * by nothing but spaces, and with no more than a safetensors header needs:
 * texts, whole numbers of at most 15 digits, null, arrays and objects, in at
 * most 3 levels. Counts its strings; `at` stays where it is.
 *
 * CVL_EFORMAT with the byte, counted from bytes[0], and what was expected
 * there; CVL_EUNSUPPORTED for a zero character within a text, where a C
 * string would end.
 */
cvl_status cvl_json_check(cvl_json *json);

/*
 * The rest reads a text that was checked, so it cannot fail. `at` is where a
 * value begins, or between two.
 */

/* The first character of the value: '"', '{', '[', a digit, or
 * 'n' of null. */
char cvl_json_kind(cvl_json *json);

/* Goes from '{' or '[' to the first in it, from there to the next; false
 * behind the last, where the closing bracket is skipped. */
bool cvl_json_next(cvl_json *json);

/* Skips a value, whatever it is. */
void cvl_json_skip(cvl_json *json);

/* Writes a string to *to, without quotes and escapes, and moves *to behind its
 * zero; returns its start. What follows a name is skipped, up to its value. No
 * string becomes longer than it is in the text. */
const char *cvl_json_string(cvl_json *json, char **to);
const char *cvl_json_name(cvl_json *json, char **to);

/* A number; SIZE_MAX where no size is as large. */
size_t cvl_json_size(cvl_json *json);

/* What stands behind the backslash for `c`, which is not 0, where two
 * characters have to stand for it; else 0. */
char cvl_json_escape(char c);

/* "F32" or "F64". */
const char *cvl_safetensors_dtype(cvl_dtype dtype);

enum { CVL_LIST_SIZE = 96 };

/* Writes up to CVL_MAX_NDIM sizes into text, "[2,3]"; returns text. */
const char *cvl_safetensors_list(const size_t *sizes, size_t count,
                                 char text[CVL_LIST_SIZE]);

/* Sorts the strings; returns one that is there twice, or NULL. */
const char *cvl_find_twice(const char **strings, size_t count);

enum { CVL_NAME_SIZE = 72 };

/*
 * A name out of a file, for a message: in quotes, cut to one short line, and
 * what is not printable ASCII as \xNN. Returns `quoted`.
 */
const char *cvl_name_quote(const char *name, char quoted[CVL_NAME_SIZE]);

#endif
