/* answers.c - see answers.h for the contract. */
#include "apply/answers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/utf8.h>

#include "base/number.h"
#include "base/say.h"

/* Classes of a line of text. */
enum { SHOWN = 3 };

static void add_line(const struct answers *a, const struct answer *answer,
                     struct text *text)
{
    text_add(text, "%s", answer->name);
    for (size_t i = 0; i < a->classes && i < SHOWN; i++) {
        const size_t k = answer->order[i];
        text_add(text, "  %s %.2f%%", a->names[k],
                 100 * answer->probabilities[k]);
    }
    if (answer->truth < a->classes && answer->truth != answer->order[0])
        text_add(text, "  wrong: %s", a->names[answer->truth]);
}

/* A field of csv, between quotes where it needs them. Source: RFC 4180. */
static void add_field(const char *field, struct text *text)
{
    if (!field[strcspn(field, ",\"\r\n")]) {
        text_add(text, "%s", field);
        return;
    }
    text_fill(text, '"', 1);
    for (; *field; field++) text_fill(text, *field, *field == '"' ? 2 : 1);
    text_fill(text, '"', 1);
}

static void add_header(const struct answers *a, struct text *text)
{
    text_add(text, "file,answer,truth");
    for (size_t k = 0; k < a->classes; k++) {
        text_fill(text, ',', 1);
        add_field(a->names[k], text);
    }
    text_fill(text, '\n', 1);
}

static void add_row(const struct answers *a, const struct answer *answer,
                    struct text *text)
{
    char number[NUMBER_SIZE];
    add_field(answer->name, text);
    text_fill(text, ',', 1);
    add_field(a->names[answer->order[0]], text);
    text_fill(text, ',', 1);
    if (answer->truth < a->classes) add_field(a->names[answer->truth], text);
    for (size_t k = 0; k < a->classes; k++)
        text_add(text, ",%s", number_format(answer->probabilities[k], number));
    text_fill(text, '\n', 1);
}

/* A string of JSON; of a name that is no UTF-8, what is no letter of ASCII
 * becomes '?'. Source: RFC 8259. */
static void add_string(const char *string, struct text *text)
{
    const bool is_utf8 = cvl_utf8_check(string);
    text_fill(text, '"', 1);
    for (const unsigned char *c = (const unsigned char *)string; *c; c++)
        if (*c < 0x20)
            text_add(text, "\\u%04x", *c);
        else if (*c >= 0x80 && !is_utf8)
            text_fill(text, '?', 1);
        else
            text_add(text, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
    text_fill(text, '"', 1);
}

static void add_object(const struct answers *a, const struct answer *answer,
                       struct text *text)
{
    char number[NUMBER_SIZE];
    text_add(text, "{\"file\": ");
    add_string(answer->name, text);
    text_add(text, ", \"answer\": ");
    add_string(a->names[answer->order[0]], text);
    if (answer->truth < a->classes) {
        text_add(text, ", \"truth\": ");
        add_string(a->names[answer->truth], text);
    }
    text_add(text, ", \"probabilities\": {");
    for (size_t k = 0; k < a->classes; k++) {
        const double p = answer->probabilities[k];
        text_add(text, k ? ", " : "");
        add_string(a->names[k], text);
        text_add(text, ": %s", isfinite(p) ? number_format(p, number) : "null");
    }
    text_add(text, "}}");
}

/* Writes the text and frees it. */
static cvl_status put(struct text *text, cvl_error *err)
{
    const cvl_status status = text_status(text, err);
    if (!status && text->data) fputs(text->data, stdout);
    text_free(text);
    return status;
}

cvl_status answers_add(struct answers *answers, const struct answer *answer,
                       cvl_error *err)
{
    const bool is_first = answers->count++ == 0;
    struct text text = {0};
    switch (answers->format) {
    case ANSWER_TEXT:
        add_line(answers, answer, &text);
        if (text.data) cvl_control_replace(text.data);
        text_fill(&text, '\n', 1);
        break;
    case ANSWER_CSV:
        if (is_first) add_header(answers, &text);
        add_row(answers, answer, &text);
        break;
    case ANSWER_JSON:
        text_add(&text, is_first ? "{\"answers\": [\n" : ",\n");
        add_object(answers, answer, &text);
        break;
    }
    return put(&text, err);
}

/* The numbers of the comparison as members of the object. */
static void add_members(const struct confusion *c, struct text *text)
{
    if (c->total) {
        text_add(text,
                 ",\n\"right\": %zu,\n\"compared\": %zu,\n\"confusion\": ",
                 c->right, c->total);
        for (size_t i = 0; i < c->classes * c->classes; i++)
            text_add(text, "%s%zu%s",
                     i == 0                ? "[["
                     : i % c->classes == 0 ? "["
                                           : "",
                     c->count[i],
                     (i + 1) % c->classes               ? ", "
                     : i + 1 == c->classes * c->classes ? "]]"
                                                        : "],\n");
    }
    text_add(text, "}\n");
}

cvl_status answers_end(struct answers *answers,
                       const struct confusion *confusion, cvl_error *err)
{
    struct text text = {0};
    if (answers->format == ANSWER_JSON) {
        text_add(&text, answers->count ? "\n]" : "{\"answers\": []");
        add_members(confusion, &text);
    }
    if (answers->format == ANSWER_TEXT && confusion->total) {
        text_fill(&text, '\n', 1);
        confusion_add_verdict(confusion, &text);
        text_add(&text, "\n\n");
        confusion_add_table(confusion, answers->names, &text);
    }
    return put(&text, err);
}
