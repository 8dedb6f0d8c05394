/* words.c - what the forms of an answer say alike; see show.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/setup.h"
#include "explain/show.h"

const char *explain_digits(double value, size_t digits,
                           char text[EXPLAIN_DIGITS])
{
    if (isnan(value))
        snprintf(text, EXPLAIN_DIGITS, "nan");
    else if (value == floor(value) && fabs(value) < 1e7)
        snprintf(text, EXPLAIN_DIGITS, "%.0f", value == 0.0 ? 0.0 : value);
    else
        snprintf(text, EXPLAIN_DIGITS, "%.*g", (int)digits, value);
    return text;
}

const char *label_text(const struct grid_line *line, char text[EXPLAIN_DIGITS])
{
    text[0] = '\0';
    if (line->has_label) explain_digits((double)line->label, 6, text);
    return text;
}

static void add_number(const cvl_element *number, struct text *text)
{
    const ptrdiff_t *const at = number->at;
    if (number->array == CVL_ARRAY_Y)
        text_add(text, "sample %td, output channel %td, row %td, column %td",
                 at[0], at[1], at[2], at[3]);
    else if (number->array == CVL_ARRAY_DX)
        text_add(text,
                 "the gradient of the input of sample %td, channel %td, row "
                 "%td, column %td",
                 at[0], at[1], at[2], at[3]);
    else if (element_axes(number) == 1)
        text_add(text, "the gradient of the bias of output channel %td", at[0]);
    else
        text_add(text,
                 "the gradient of the weight of output channel %td, input "
                 "channel %td, tap %td,%td",
                 at[0], at[1], at[2], at[3]);
}

static void add_upstream(const struct explanation *explanation,
                         struct text *text)
{
    const struct config *const config = explanation->config;
    char clipped[TEXT_CLIP], loss[NUMBER_SIZE];
    switch (explanation->data->upstream) {
    case UPSTREAM_NONE: break;
    case UPSTREAM_EXAMPLE: text_add(text, "dy is the example's"); break;
    case UPSTREAM_FILE:
        text_add(text, "dy is %s",
                 text_clip(config->data.grad_output, clipped));
        break;
    case UPSTREAM_LOSS:
        text_add(text, "dy is of the loss %s toward %s, ",
                 number_format(explanation->data->loss, loss),
                 text_clip(config->data.target ? config->data.target : "ones",
                           clipped));
        setup_describe_loss(&config->training, text);
        break;
    }
}

/* "stride 2" or "stride 2,1", and what follows. */
static void add_pair(const char *name, size_t y, size_t x, struct text *text)
{
    text_add(text, "%s %zu", name, y);
    if (x != y) text_add(text, ",%zu", x);
    text_add(text, ", ");
}

static void add_geometry(const cvl_conv2d_geometry *g, struct text *text)
{
    add_pair("stride", g->stride_y, g->stride_x, text);
    add_pair("dilation", g->dilation_y, g->dilation_x, text);
    text_add(text, "padding %zu", g->pad_top);
    if (g->pad_top != g->pad_bottom || g->pad_left != g->pad_right ||
        g->pad_top != g->pad_left)
        text_add(text, ",%zu,%zu,%zu", g->pad_bottom, g->pad_left,
                 g->pad_right);
    if (g->groups > 1) text_add(text, ", groups %zu", g->groups);
    if (g->tied) text_add(text, ", tied weights");
}

/* The table of products: what stands in a row, and how wide the columns are. */
enum column { LEFT, A, RIGHT, B, PRODUCT, TOTAL, COLUMNS };

struct table {
    const struct sum *sum;
    size_t digits;
    bool notes;          /* say behind a term that it reads padding */
    bool has_right;      /* else the left numbers stand alone */
    int widths[COLUMNS]; /* as printf takes them */
};

typedef char row_cells[COLUMNS][ELEMENT_SIZE];

static void fill_row(const struct table *table, const struct sum_term *row,
                     row_cells cells)
{
    const cvl_term *const term = &row->term;
    element_text(&term->left, cells[LEFT]);
    explain_digits(term->left.value, table->digits, cells[A]);
    cells[RIGHT][0] = cells[B][0] = '\0';
    if (table->has_right) {
        element_text(&term->right, cells[RIGHT]);
        explain_digits(term->right.value, table->digits, cells[B]);
    }
    explain_digits(term->product, table->digits, cells[PRODUCT]);
    explain_digits(row->sum, table->digits, cells[TOTAL]);
}

static void widen(int *width, const char *text)
{
    const int length = (int)strlen(text);
    if (length > *width) *width = length;
}

static void measure(struct table *table)
{
    const struct sum *const sum = table->sum;
    const char *const heads[COLUMNS] = {"weight", "",        "input",
                                        "",       "product", "sum"};
    char total[EXPLAIN_DIGITS];
    row_cells cells;
    for (size_t i = 0; i < COLUMNS; i++) widen(&table->widths[i], heads[i]);
    widen(&table->widths[TOTAL],
          explain_digits(sum->total, table->digits, total));
    for (size_t row = 0; row < sum->listed; row++) {
        fill_row(table, &sum->terms[row], cells);
        for (size_t i = 0; i < COLUMNS; i++) widen(&table->widths[i], cells[i]);
    }
}

/* "  WORDS          product  sum", each under its heading. */
static void add_sums(const struct table *table, const char *words,
                     const char *product, const char *total, struct text *text)
{
    const int *const widths = table->widths;
    int before = widths[LEFT] + 1 + widths[A];
    if (table->has_right) before += 3 + widths[RIGHT] + 1 + widths[B] + 2;
    text_add(text, "  %-*s %*s  %*s\n", before, words, widths[PRODUCT], product,
             widths[TOTAL], total);
}

static void add_term(const struct table *table, const struct sum_term *term,
                     struct text *text)
{
    const int *const widths = table->widths;
    const bool note = table->notes && term->term.part == CVL_TERM_PADDING;
    row_cells cells;
    fill_row(table, term, cells);
    text_add(text, "  %-*s %*s", widths[LEFT], cells[LEFT], widths[A],
             cells[A]);
    if (table->has_right)
        text_add(text, " * %-*s %*s =", widths[RIGHT], cells[RIGHT], widths[B],
                 cells[B]);
    text_add(text, " %*s  %*s%s\n", widths[PRODUCT], cells[PRODUCT],
             widths[TOTAL], cells[TOTAL], note ? "  padding" : "");
}

/* 1234567 as 1,234,567; returns text. */
static const char *count_text(size_t count, char text[NUMBER_SIZE])
{
    size_t used = 0;
    if (count >= 1000) used = strlen(count_text(count / 1000, text));
    snprintf(text + used, NUMBER_SIZE - used, used ? ",%03zu" : "%zu",
             count % 1000);
    return text;
}

static void add_table(const struct sum *sum, size_t digits, bool notes,
                      struct text *text)
{
    struct table table = {.sum = sum,
                          .digits = digits,
                          .notes = notes,
                          .has_right =
                              sum->listed && sum->terms[0].term.right.array};
    const size_t more = sum->count - sum->listed;
    char product[EXPLAIN_DIGITS], total[EXPLAIN_DIGITS];
    if (!sum->count) {
        text_add(text, "  no output reads it, so there is nothing to add\n");
        return;
    }
    measure(&table);
    add_sums(&table, "", "product", "sum", text);
    for (size_t i = 0; i < sum->listed; i++)
        add_term(&table, &sum->terms[i], text);
    if (more) {
        char number[NUMBER_SIZE], words[2 * NUMBER_SIZE];
        snprintf(words, sizeof words, "... %s more term%s",
                 count_text(more, number), more > 1 ? "s" : "");
        add_sums(&table, words, explain_digits(sum->left_out, digits, product),
                 explain_digits(sum->sum, digits, total), text);
    }
    if (sum->has_bias) {
        char place[ELEMENT_SIZE];
        const cvl_element bias = {
            .array = CVL_ARRAY_PARAM, .param = 1, .at = {sum->number.at[1]}};
        add_sums(&table, element_text(&bias, place),
                 explain_digits(sum->bias, digits, product),
                 explain_digits(sum->total, digits, total), text);
    }
}

static void add_verdict(const struct explanation *explanation,
                        struct text *text)
{
    const struct sum *const sum = &explanation->sum;
    const cvl_conv2d *const conv = &explanation->data->arrays.conv;
    char name[ELEMENT_SIZE], digits[NUMBER_SIZE];
    text_add(text, "%s term%s", count_text(sum->count, digits),
             sum->count == 1 ? "" : "s");
    if (sum->padding)
        text_add(text, ", %s of them on padding",
                 count_text(sum->padding, digits));
    text_add(text, "%s: %s\n", sum->has_bias ? ", and the bias" : "",
             number_format(sum->total, digits));
    text_add(text, "%s by the %s algorithm, %s: %s\n",
             element_text(&sum->number, name), cvl_conv_algo_name(conv->algo),
             cvl_dtype_name(conv->dtype),
             conv->dtype == CVL_F32
                 ? number_format_single((float)sum->number.value, digits)
                 : number_format(sum->number.value, digits));
    if (sum->difference != 0.0) {
        text_add(text, "difference: %s",
                 explain_digits(sum->difference, 3, digits));
        text_add(text, ", allowed: %s\n",
                 explain_digits(sum->allowed, 3, digits));
    }
    text_add(text, "matches: %s\n", sum->matches ? "yes" : "no");
}

static void add_words(struct explanation *e)
{
    const struct explain_settings *const settings = &e->config->explain;
    const bool drawn = settings->format == EXPLAIN_SVG;
    const size_t left_out = e->view.left_out;
    char name[ELEMENT_SIZE];
    text_add(&e->words[WORDS_NAME], "%s", element_text(&e->sum.number, name));
    add_number(&e->sum.number, &e->words[WORDS_NUMBER]);
    add_geometry(&e->data->arrays.conv.geometry, &e->words[WORDS_GEOMETRY]);
    add_upstream(e, &e->words[WORDS_UPSTREAM]);
    if (left_out)
        text_add(&e->words[WORDS_LEFT_OUT],
                 "... and %zu more plane%s like these", left_out,
                 left_out > 1 ? "s" : "");
    add_table(&e->sum, settings->digits, !drawn, &e->words[WORDS_TABLE]);
    add_verdict(e, &e->words[WORDS_VERDICT]);
}

cvl_status explanation_make(struct explanation *explanation,
                            const struct config *config,
                            const struct explain_data *data,
                            const cvl_element *number, cvl_error *err)
{
    const cvl_terms terms = explain_terms(data);
    *explanation = (struct explanation){.config = config, .data = data};
    cvl_status status = sum_terms(
        &terms, number, data->arrays.conv.dtype, config->explain.terms,
        config->check.tolerance, &explanation->sum, err);
    if (status) return status;
    grid_view_make(&data->arrays.conv.geometry, &terms, &explanation->sum,
                   &explanation->view);
    add_words(explanation);
    for (size_t i = 0; !status && i < WORDS_COUNT; i++)
        status = text_status(&explanation->words[i], err);
    return status;
}

const char *explanation_words(const struct explanation *explanation,
                              enum words words)
{
    const char *const data = explanation->words[words].data;
    return data ? data : "";
}

void explanation_free(struct explanation *explanation)
{
    for (size_t i = 0; i < WORDS_COUNT; i++) text_free(&explanation->words[i]);
    sum_free(&explanation->sum);
}

static cvl_status word_axis(struct map_axis *map, cvl_error *err)
{
    const struct axis *const a = &map->axis;
    const size_t unread = axis_unread(a), missing = a->stride - a->leftover;
    text_add(&map->facts,
             "in %zu, kernel %zu, stride %zu, dilation %zu, padding %zu and "
             "%zu",
             a->in, a->kernel, a->stride, a->dilation, a->before, a->after);
    text_add(&map->formula,
             "out = floor((in + padding - dilation * (kernel - 1) - 1) / "
             "stride) + 1\n"
             "    = floor((%zu + %zu - %zu * (%zu - 1) - 1) / %zu) + 1\n"
             "    = floor(%zu / %zu) + 1 = %zu\n",
             a->in, a->before + a->after, a->dilation, a->kernel, a->stride,
             a->padded - a->window, a->stride, a->out);
    text_add(&map->rest, "left over behind the last window: %zu", a->leftover);
    if (a->leftover)
        text_add(&map->rest, "; %zu more zero%s there would make output %zu",
                 missing, missing > 1 ? "s" : "", a->out);
    text_add(&map->rest, "\n");
    if (unread)
        text_add(&map->rest, "inputs that no output reads: %zu of %zu\n",
                 unread, a->in);
    cvl_status status = text_status(&map->facts, err);
    if (!status) status = text_status(&map->formula, err);
    return status ? status : text_status(&map->rest, err);
}

static bool are_alike(const struct axis *a, const struct axis *b)
{
    return a->in == b->in && a->kernel == b->kernel && a->stride == b->stride &&
           a->dilation == b->dilation && a->before == b->before &&
           a->after == b->after;
}

cvl_status map_make(struct map *map, const cvl_conv2d_geometry *geometry,
                    size_t terms, cvl_error *err)
{
    enum { POSITIONS = 24 };
    cvl_status status = CVL_OK;
    struct axis axes[2];
    axes_of(geometry, axes);
    *map = (struct map){.geometry = geometry, .count = 2};
    if (are_alike(&axes[0], &axes[1])) {
        axes[0].name = "height and width";
        map->count = 1;
    } else if (axes[0].padded <= 1) {
        axes[0] = axes[1];
        map->count = 1;
    }
    for (size_t i = 0; !status && i < map->count; i++) {
        const struct axis *const a = &axes[i];
        /* A window that starts beyond what is drawn shows nothing. */
        const size_t within = (POSITIONS - 1) / a->stride + 1;
        const size_t outputs = terms && terms < a->out ? terms : a->out;
        map->axes[i] = (struct map_axis){
            .axis = *a,
            .positions = a->padded < POSITIONS ? a->padded : POSITIONS,
            .outputs = outputs < within ? outputs : within};
        map->padding = map->padding || a->before || a->after;
        map->between = map->between || (a->dilation > 1 && a->kernel > 1);
        status = word_axis(&map->axes[i], err);
    }
    return status;
}

void map_free(struct map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        text_free(&map->axes[i].facts);
        text_free(&map->axes[i].formula);
        text_free(&map->axes[i].rest);
    }
}
