/* table.c - the products and their sum as lines; see explain_show.h. */
#include <string.h>

#include "base/number.h"
#include "explain/show.h"

static size_t longer(size_t length, const char *text)
{
    const size_t other = strlen(text);
    return other > length ? other : length;
}

/* Widths of the columns of the table of products. */
struct table {
    const struct explain_sum *sum;
    size_t digits;
    bool notes;
    size_t left, a, right, b, product, total;
};

static const char *place_text(const char *name, const ptrdiff_t at[4],
                              struct text *text)
{
    text->size = 0;
    text_add(text, "%s[%td,%td,%td,%td]", name, at[0], at[1], at[2], at[3]);
    return text->data ? text->data : "";
}

static void measure(struct table *table, struct text *scratch)
{
    const struct explain_sum *const sum = table->sum;
    char digits[EXPLAIN_DIGITS];
    table->left = strlen("weight");
    table->right = strlen("input");
    table->product = strlen("product");
    table->total = longer(strlen("sum"),
                          explain_digits(sum->total, table->digits, digits));
    for (size_t i = 0; i < sum->listed; i++) {
        const struct explain_term *const t = &sum->terms[i];
        const size_t d = table->digits;
        table->left = longer(
            table->left, place_text(explain_left(sum->kind), t->left, scratch));
        table->right = longer(table->right, place_text(explain_right(sum->kind),
                                                       t->right, scratch));
        table->a = longer(table->a, explain_digits(t->a, d, digits));
        table->b = longer(table->b, explain_digits(t->b, d, digits));
        table->product =
            longer(table->product, explain_digits(t->product, d, digits));
        table->total = longer(table->total, explain_digits(t->sum, d, digits));
    }
}

/* Columns before the product. */
static size_t factors_width(const struct table *table)
{
    const size_t left = 2 + table->left + 1 + table->a;
    if (table->sum->kind == EXPLAIN_GRAD_BIAS) return left;
    return left + 3 + table->right + 1 + table->b + 2;
}

/* "  WORDS          product  sum", each under its heading. */
static void add_sums(const struct table *table, const char *words,
                     const char *product, const char *total, struct text *text)
{
    text_add(text, "  %-*s %*s  %*s", (int)(factors_width(table) - 2), words,
             (int)table->product, product, (int)table->total, total);
}

static void add_term(const struct table *table, const struct explain_term *term,
                     struct text *scratch, struct text *text)
{
    const enum explain_kind kind = table->sum->kind;
    char a[EXPLAIN_DIGITS], b[EXPLAIN_DIGITS];
    explain_digits(term->a, table->digits, a);
    explain_digits(term->b, table->digits, b);
    text_add(text, "  %-*s %*s", (int)table->left,
             place_text(explain_left(kind), term->left, scratch), (int)table->a,
             a);
    if (kind != EXPLAIN_GRAD_BIAS)
        text_add(text, " * %-*s %*s =", (int)table->right,
                 place_text(explain_right(kind), term->right, scratch),
                 (int)table->b, b);
    explain_digits(term->product, table->digits, a);
    explain_digits(term->sum, table->digits, b);
    text_add(text, " %*s  %*s%s\n", (int)table->product, a, (int)table->total,
             b, term->padding && table->notes ? "  padding" : "");
}

/* 1234567 as 1,234,567. */
static void add_count(size_t count, struct text *text)
{
    if (count >= 1000) {
        add_count(count / 1000, text);
        text_add(text, ",%03zu", count % 1000);
    } else {
        text_add(text, "%zu", count);
    }
}

static void add_left_out(const struct table *table, struct text *text)
{
    const struct explain_sum *const sum = table->sum;
    struct text words = {0};
    char product[EXPLAIN_DIGITS], total[EXPLAIN_DIGITS];
    const size_t more = sum->count - sum->listed;
    if (!more) return;
    text_add(&words, "... ");
    add_count(more, &words);
    text_add(&words, " more term%s", more > 1 ? "s" : "");
    explain_digits(sum->left_out, table->digits, product);
    explain_digits(sum->sum, table->digits, total);
    add_sums(table, words.data ? words.data : "", product, total, text);
    text_fill(text, '\n', 1);
    if (words.failed) text->failed = true;
    text_free(&words);
}

void explain_table(const struct explain_sum *sum, size_t digits, bool notes,
                   struct text *text)
{
    struct table table = {.sum = sum, .digits = digits, .notes = notes};
    struct text scratch = {0};
    char bias[EXPLAIN_DIGITS], total[EXPLAIN_DIGITS];
    if (!sum->count) {
        text_add(text, "  no output reads it, so there is nothing to add\n");
        return;
    }
    measure(&table, &scratch);
    add_sums(&table, "", "product", "sum", text);
    text_fill(text, '\n', 1);
    for (size_t i = 0; i < sum->listed; i++)
        add_term(&table, &sum->terms[i], &scratch, text);
    add_left_out(&table, text);
    if (sum->has_bias) {
        explain_digits(sum->bias, table.digits, bias);
        explain_digits(sum->total, table.digits, total);
        scratch.size = 0;
        text_add(&scratch, "b[%zu]", sum->at[1]);
        add_sums(&table, scratch.data ? scratch.data : "", bias, total, text);
        text_fill(text, '\n', 1);
    }
    if (scratch.failed) text->failed = true;
    text_free(&scratch);
}

void explain_verdict(const struct explanation *explanation, struct text *text)
{
    const struct explain_sum *const sum = explanation->sum;
    const struct explain_data *const data = explanation->data;
    char name[EXPLAIN_WORDS], digits[NUMBER_SIZE];
    add_count(sum->count, text);
    text_add(text, " term%s", sum->count == 1 ? "" : "s");
    if (sum->padding) {
        text_add(text, ", ");
        add_count(sum->padding, text);
        text_add(text, " of them on padding");
    }
    text_add(text, "%s: %s\n", sum->has_bias ? ", and the bias" : "",
             number_format(sum->total, digits));
    text_add(text, "%s by the %s algorithm, %s: %s\n",
             explain_number_name(sum, name),
             cvl_conv_algo_name(data->conv.algo),
             cvl_dtype_name(data->conv.dtype),
             data->conv.dtype == CVL_F32
                 ? number_format_single((float)sum->result, digits)
                 : number_format(sum->result, digits));
    if (sum->difference != 0.0) {
        text_add(text, "difference: %s",
                 explain_digits(sum->difference, 3, digits));
        text_add(text, ", allowed: %s\n",
                 explain_digits(sum->allowed, 3, digits));
    }
    text_add(text, "matches: %s\n", sum->matches ? "yes" : "no");
}
