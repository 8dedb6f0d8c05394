/* json.h - a JSON document, written member by member. */
#ifndef CONVLET_BASE_JSON_H
#define CONVLET_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

/*
 * A document on its way: a member a line, but for the items of an array, which
 * have no names. Start with the text and is_first.
 */
struct json {
    struct text *text;
    size_t depth;
    bool is_first; /* in what was opened last */
    bool is_exact; /* numbers are for reckoning: see json_real */
};

/* Opens an object, '{', or an array, '['; a name of NULL is that of an item. */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);

/*
 * A number. For people, 15 digits where those tell it from its neighbours but
 * one, else 17, 0 for -0 and null for what JSON has no word for; exact: the
 * digits that read back to it, and "NaN", "Infinity" or "-Infinity".
 */
void json_real(struct json *json, const char *name, double value);
void json_size(struct json *json, const char *name, size_t value);
void json_sizes(struct json *json, const char *name, const size_t *sizes,
                size_t count);

/* A text, escaped where it must be; of NULL, null. */
void json_string(struct json *json, const char *name, const char *value);
void json_bool(struct json *json, const char *name, bool value);

/* An item {name, value} of the struct json that `context` is, as
 * cvl_terms_facts calls it. */
void json_fact(void *context, const char *name, double value);

#endif
