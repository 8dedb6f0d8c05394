/* json.c - see json.h for the contract. */
#include "base/json.h"

#include <float.h>
#include <math.h>

#include <convlet/number.h>

/* What stands before a member, or before an item, which has no name. */
static void begin(struct json *json, const char *name)
{
    if (!json->is_first) text_add(json->text, name ? "," : ", ");
    json->is_first = false;
    if (!name) return;
    text_fill(json->text, '\n', 1);
    text_fill(json->text, '\t', json->depth);
    text_add(json->text, "\"%s\":\t", name);
}

void json_open(struct json *json, const char *name, char bracket)
{
    begin(json, name);
    text_fill(json->text, bracket, 1);
    json->depth++;
    json->is_first = true;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    json->is_first = false;
    if (bracket == '}') {
        text_fill(json->text, '\n', 1);
        text_fill(json->text, '\t', json->depth);
    }
    text_fill(json->text, bracket, 1);
}

static void add_exact(struct text *text, double value)
{
    char digits[CVL_NUMBER_SIZE];
    if (isnan(value))
        text_add(text, "\"NaN\"");
    else if (isinf(value))
        text_add(text, "\"%sInfinity\"", value < 0 ? "-" : "");
    else
        text_add(text, "%s", cvl_number_digits(value, 17, digits));
}

void json_real(struct json *json, const char *name, double value)
{
    char digits[CVL_NUMBER_SIZE];
    const char *end;
    begin(json, name);
    if (json->is_exact) {
        add_exact(json->text, value);
        return;
    }
    value += 0.0; /* -0 is 0: a sign that a reader may drop tells nothing */
    if (!isfinite(value)) {
        text_add(json->text, "null");
        return;
    }
    cvl_number_digits(value, 15, digits);
    const double read = cvl_number_read(digits, &end);
    if (fabs(read - value) > fmax(fabs(read), fabs(value)) * DBL_EPSILON)
        cvl_number_digits(value, 17, digits);
    text_add(json->text, "%s", digits);
}

void json_size(struct json *json, const char *name, size_t value)
{
    begin(json, name);
    text_add(json->text, "%zu", value);
}

void json_sizes(struct json *json, const char *name, const size_t *sizes,
                size_t count)
{
    json_open(json, name, '[');
    for (size_t i = 0; i < count; i++) json_size(json, NULL, sizes[i]);
    json_close(json, ']');
}

void json_string(struct json *json, const char *name, const char *value)
{
    begin(json, name);
    if (!value) {
        text_add(json->text, "null");
        return;
    }
    text_fill(json->text, '"', 1);
    for (const char *c = value; *c; c++) {
        if (*c == '"' || *c == '\\') text_fill(json->text, '\\', 1);
        if ((unsigned char)*c < ' ')
            text_add(json->text, "\\u%04x", (unsigned)(unsigned char)*c);
        else
            text_fill(json->text, *c, 1);
    }
    text_fill(json->text, '"', 1);
}

void json_bool(struct json *json, const char *name, bool value)
{
    begin(json, name);
    text_add(json->text, value ? "true" : "false");
}

void json_fact(void *context, const char *name, double value)
{
    struct json *const json = context;
    json_open(json, NULL, '{');
    json_string(json, "name", name);
    json_real(json, "value", value);
    json_close(json, '}');
}
