/* loss.c - see loss.h for the contract. */
#include "explain/loss.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>
#include <convlet/size.h>

#include "base/number.h"
#include "explain/draw.h"

/* The parts of a sample, and their absolute values. */
struct parts {
    double sum, magnitude;
};

static void add_part(void *context, const cvl_loss_term *term)
{
    struct parts *const parts = context;
    parts->sum += term->part;
    parts->magnitude += fabs(term->part);
}

static void add_to(struct loss_sums *sums, const cvl_loss_term *term)
{
    sums->exponential += term->exponential;
    sums->p += term->p;
    sums->target += term->target;
    sums->part += term->part;
    sums->slope += term->slope;
    sums->grad += term->grad;
}

/* Is what was computed the gradient but for rounding? */
static void compare_grad(struct explain_loss *loss, const cvl_loss_term *term)
{
    const cvl_tensor *const dy = &loss->arrays->dy;
    const bool is_single = dy->dtype == CVL_F32;
    const double computed = cvl_tensor_get(dy, term->index);
    const double rounded = is_single ? (double)(float)term->grad : term->grad;
    const double difference = fabs(computed - term->grad);
    const double allowed =
        4 * (is_single ? FLT_EPSILON : DBL_EPSILON) * fabs(term->grad) +
        (is_single ? FLT_TRUE_MIN : DBL_TRUE_MIN);
    if (computed == rounded || (isnan(computed) && isnan(rounded))) return;
    if (!(difference <= allowed)) loss->grads_match = false;
    if (difference <= loss->worst) return;
    loss->worst = difference;
    loss->worst_allowed = allowed;
}

static void take_term(void *context, const cvl_loss_term *term)
{
    struct explain_loss *const loss = context;
    if (loss->count < loss->listed) {
        loss->terms[loss->count] = *term;
        add_to(&loss->kept, term);
    }
    add_to(&loss->all, term);
    loss->largest = fmax(loss->largest, term->y);
    compare_grad(loss, term);
    loss->count++;
}

/* What each sample adds, and whether the loss is that. */
static void add_samples(struct explain_loss *loss)
{
    const struct net_arrays *const a = loss->arrays;
    const cvl_tensor *const y = &a->net.output;
    const size_t used = a->target.count;
    double magnitude = 0;
    for (size_t n = 0; n < loss->samples; n++) {
        struct parts parts = {0};
        cvl_loss_visit(&a->loss, y, &a->target, NULL, used, n, add_part,
                       &parts);
        loss->parts[n] = parts.sum;
        loss->sum += parts.sum;
        magnitude += parts.magnitude;
    }
    loss->divisor = cvl_loss_divisor(y, used, a->loss.reduction);
    loss->total = loss->sum / loss->divisor;
    loss->difference = a->value - loss->total;
    /* Differences are rounded to the type, everything else to double. */
    const bool is_rough = y->dtype == CVL_F32 && !loss->classifies;
    loss->allowed = (((double)y->count + 4) * DBL_EPSILON +
                     (is_rough ? 4 * (double)FLT_EPSILON : 0)) *
                    magnitude / loss->divisor;
    loss->matches = isfinite(loss->difference)
                        ? fabs(loss->difference) <= loss->allowed
                        : a->value == loss->total ||
                              (isnan(a->value) && isnan(loss->total));
}

/* A table whose columns align: it is filled twice, to measure and to write. */
enum { COLUMNS = 10 };
typedef char loss_cells[COLUMNS][ELEMENT_SIZE];

struct columns {
    const char *heads[COLUMNS]; /* "" or NULL behind the last one */
    size_t count;
    int widths[COLUMNS];
    struct text *text; /* NULL: to measure */
};

static void add_row(struct columns *columns, loss_cells cells, const char *note)
{
    size_t count = columns->count;
    while (!*note && count && !cells[count - 1][0]) count--;
    for (size_t i = 0; i < count; i++) {
        const int length = (int)strnlen(cells[i], ELEMENT_SIZE);
        if (length > columns->widths[i]) columns->widths[i] = length;
        if (columns->text)
            text_add(columns->text, "  %*s", columns->widths[i], cells[i]);
    }
    if (columns->text)
        text_add(columns->text, "%s%s\n", *note ? "  " : "", note);
}

static void add_heads(struct columns *columns)
{
    loss_cells cells;
    for (size_t i = 0; i < columns->count; i++)
        snprintf(cells[i], sizeof cells[i], "%s", columns->heads[i]);
    add_row(columns, cells, "");
}

/* Writes numbers into cells from `at` on. */
static void fill_cells(const struct explain_loss *loss, loss_cells cells,
                       size_t at, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        number_digits(values[i], loss->digits, cells[at + i]);
}

static const struct columns OF_CLASSES = {
    .heads = {"class", "logit", "- largest", "exp", "p", "-log p", "q", "part",
              "p - q", "gradient"},
    .count = 10};
static const struct columns OF_ELEMENTS = {
    .heads = {"", "y", "t", "y - t", "part", "slope", "gradient"}, .count = 7};

static void add_class(const struct explain_loss *loss, size_t k,
                      struct columns *columns)
{
    const cvl_loss_term *const t = &loss->terms[k];
    const double values[] = {(double)k, t->y,        t->below,  t->exponential,
                             t->p,      t->surprise, t->target, t->part,
                             t->slope,  t->grad};
    loss_cells cells;
    fill_cells(loss, cells, 0, values, sizeof values / sizeof *values);
    add_row(columns, cells, k == loss->label ? "label" : "");
}

static void add_element(const struct explain_loss *loss, size_t i,
                        struct columns *columns)
{
    const cvl_loss_term *const t = &loss->terms[i];
    const size_t *const shape = loss->arrays->net.output.shape;
    const double values[] = {t->y,    t->target, t->y - t->target,
                             t->part, t->slope,  t->grad};
    cvl_element element = {.array = CVL_ARRAY_Y, .ndim = 4};
    loss_cells cells;
    size_t rest = t->index;
    for (size_t axis = 4; axis-- > 0; rest /= shape[axis])
        element.at[axis] = (ptrdiff_t)(rest % shape[axis]);
    element_text(&element, cells[0]);
    fill_cells(loss, cells, 1, values, sizeof values / sizeof *values);
    add_row(columns, cells, "");
}

/* A row of sums; those of logits and of targets mean nothing. */
static void add_sums(const struct explain_loss *loss, const char *name,
                     const struct loss_sums *sums, struct columns *columns)
{
    loss_cells cells = {{0}};
    const size_t part = loss->classifies ? 7 : 4;
    snprintf(cells[0], sizeof cells[0], "%s", name);
    if (loss->classifies) {
        fill_cells(loss, cells, 3, &sums->exponential, 1);
        fill_cells(loss, cells, 4, &sums->p, 1);
        fill_cells(loss, cells, 6, &sums->target, 1);
        fill_cells(loss, cells, 8, &sums->slope, 1);
        fill_cells(loss, cells, 9, &sums->grad, 1);
    }
    fill_cells(loss, cells, part, &sums->part, 1);
    add_row(columns, cells, "");
}

static struct loss_sums left_out(const struct explain_loss *loss)
{
    const struct loss_sums *const all = &loss->all, *const kept = &loss->kept;
    return (struct loss_sums){.exponential =
                                  all->exponential - kept->exponential,
                              .p = all->p - kept->p,
                              .target = all->target - kept->target,
                              .part = all->part - kept->part,
                              .slope = all->slope - kept->slope,
                              .grad = all->grad - kept->grad};
}

static void fill_table(const struct explain_loss *loss, struct columns *columns)
{
    char more[2 * NUMBER_SIZE], count[NUMBER_SIZE];
    const struct loss_sums rest = left_out(loss);
    add_heads(columns);
    for (size_t i = 0; i < loss->listed; i++)
        if (loss->classifies)
            add_class(loss, i, columns);
        else
            add_element(loss, i, columns);
    snprintf(more, sizeof more, "%s more",
             table_count(loss->count - loss->listed, count));
    if (loss->count > loss->listed) add_sums(loss, more, &rest, columns);
    add_sums(loss, "sum", &loss->all, columns);
}

/* As many as --terms says. */
static void fill_samples(const struct explain_loss *loss,
                         struct columns *columns)
{
    const size_t limit = loss->config->explain.terms;
    const size_t listed =
        limit && limit < loss->samples ? limit : loss->samples;
    char count[NUMBER_SIZE];
    loss_cells cells;
    double values[3], sum = 0;
    add_heads(columns);
    for (size_t n = 0; n < listed; n++) {
        sum += loss->parts[n];
        values[0] = (double)n;
        values[1] = loss->parts[n];
        values[2] = sum;
        fill_cells(loss, cells, 0, values, 3);
        add_row(columns, cells, n == loss->sample ? "this one" : "");
    }
    if (listed == loss->samples) return;
    snprintf(cells[0], sizeof cells[0], "%s more",
             table_count(loss->samples - listed, count));
    values[1] = loss->sum - sum;
    values[2] = loss->sum;
    fill_cells(loss, cells, 1, values + 1, 2);
    add_row(columns, cells, "");
}

static void add_table(const struct explain_loss *loss, struct columns columns,
                      void (*fill)(const struct explain_loss *,
                                   struct columns *),
                      struct text *text)
{
    fill(loss, &columns);
    columns.text = text;
    fill(loss, &columns);
}

static void add_about(const struct explain_loss *loss, struct text *about,
                      struct text *source)
{
    const struct config *const config = loss->config;
    char clipped[TEXT_CLIP];
    text_add(about, "%s, ", config->training.loss);
    if (config->training.label_smoothing > 0)
        text_add(about, "label smoothing %g, ",
                 config->training.label_smoothing);
    text_add(about, "reduction %s",
             cvl_reduction_name(config->training.reduction));
    if (loss->classifies) text_add(about, ", label %zu", loss->label);
    const size_t last = loss->arrays->net.layer_count - 1;
    cvl_layer_info info;
    cvl_net_layer_info(&loss->arrays->net, last, &info);
    text_add(source, "%s is y of layer %zu, %s, compared with %s",
             loss->classifies ? "logit" : "y", last, info.text,
             text_clip(words_target(config), clipped));
}

/* How the row's exponentials are kept in range, and undone. */
static void add_facts(const struct explain_loss *loss, struct text *text)
{
    const double log_sum = log(loss->all.exponential);
    char digits[NUMBER_SIZE];
    if (!loss->classifies) return;
    text_add(text, "largest logit  %s\n", number_format(loss->largest, digits));
    text_add(text, "log of sum     %s\n", number_format(log_sum, digits));
    text_add(text, "log-sum-exp    %s\n",
             number_format(loss->largest + log_sum, digits));
}

static void add_verdict(const struct explain_loss *loss, struct text *text)
{
    const cvl_tensor *const y = &loss->arrays->net.output;
    char a[NUMBER_SIZE], b[NUMBER_SIZE];
    text_add(text, "%s sample%s: %s", table_count(loss->samples, a),
             cvl_plural(loss->samples), number_format(loss->sum, b));
    text_add(text, ", divided by %s: %s\n", number_format(loss->divisor, a),
             number_format(loss->total, b));
    text_add(text, "loss as computed, of %s: %s\n", cvl_dtype_name(y->dtype),
             number_format(loss->arrays->value, a));
    if (loss->difference != 0)
        text_add(text, "difference: %s, allowed: %s\n",
                 number_digits(loss->difference, 3, a),
                 number_digits(loss->allowed, 3, b));
    if (loss->worst > 0)
        text_add(text, "difference of a gradient: %s, allowed: %s\n",
                 number_digits(loss->worst, 3, a),
                 number_digits(loss->worst_allowed, 3, b));
    text_add(text, "matches: %s\n", loss->matches ? "yes" : "no");
}

static cvl_status take_memory(struct explain_loss *loss, cvl_error *err)
{
    const size_t limit = loss->config->explain.terms;
    size_t bytes;
    void *terms = NULL, *parts = NULL;
    if (limit && limit < loss->count) loss->listed = limit;
    if (!cvl_size_mul(loss->listed, sizeof *loss->terms, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "out of memory: %zu numbers",
                        loss->listed);
    cvl_status status = cvl_alloc(&terms, bytes, "the loss's numbers", err);
    if (!status)
        status = cvl_alloc(&parts, loss->samples * sizeof *loss->parts,
                           "the loss's samples", err);
    loss->terms = terms;
    loss->parts = parts;
    return status;
}

cvl_status explain_loss_make(const struct config *config,
                             const struct net_arrays *arrays,
                             struct explain_loss *loss, cvl_error *err)
{
    const cvl_tensor *const y = &arrays->net.output;
    const size_t sample = config->explain.of_loss.at[3];
    struct text *const words = loss->words;
    *loss = (struct explain_loss){
        .config = config,
        .arrays = arrays,
        .classifies = cvl_loss_kind_of(&arrays->loss)->classifies,
        .digits = config->explain.digits,
        .sample = sample,
        .samples = y->shape[0],
        .count = y->count / y->shape[0],
        .listed = y->count / y->shape[0],
        .largest = -INFINITY,
        .grads_match = true};
    if (loss->classifies && config->explain.format == EXPLAIN_SVG &&
        loss->digits > DRAW_DIGITS)
        loss->digits = DRAW_DIGITS;
    if (sample >= loss->samples)
        return cvl_fail(err, CVL_EINVAL,
                        "--loss-row: there is no sample %zu; they count from "
                        "0, and the last one is %zu",
                        sample, loss->samples - 1);
    cvl_status status = take_memory(loss, err);
    if (status) return status;
    if (loss->classifies)
        loss->label = (size_t)cvl_tensor_get(&arrays->target, sample);
    add_samples(loss);
    loss->count = 0;
    cvl_loss_visit(&arrays->loss, y, &arrays->target, NULL,
                   arrays->target.count, sample, take_term, loss);
    loss->matches = loss->matches && loss->grads_match;
    text_add(&words[LOSS_NAME], "loss of sample %zu", sample);
    add_about(loss, &words[LOSS_ABOUT], &words[LOSS_SOURCE]);
    add_table(loss, loss->classifies ? OF_CLASSES : OF_ELEMENTS, fill_table,
              &words[LOSS_TABLE]);
    add_facts(loss, &words[LOSS_FACTS]);
    add_table(loss,
              (struct columns){.heads = {"sample", "part", "sum"}, .count = 3},
              fill_samples, &words[LOSS_SAMPLES]);
    add_verdict(loss, &words[LOSS_VERDICT]);
    for (size_t i = 0; !status && i < LOSS_WORDS; i++)
        status = text_status(&words[i], err);
    return status;
}

void explain_loss_free(struct explain_loss *loss)
{
    for (size_t i = 0; i < LOSS_WORDS; i++) text_free(&loss->words[i]);
    cvl_free(loss->terms);
    cvl_free(loss->parts);
    *loss = (struct explain_loss){0};
}

/* The words, "" where there are none. */
static const char *words_of(const struct explain_loss *loss, size_t words)
{
    return loss->words[words].data ? loss->words[words].data : "";
}

void explain_loss_text(const struct explain_loss *loss, struct text *text)
{
    const char *const facts = words_of(loss, LOSS_FACTS);
    text_add(text, "%s: %s\n%s\n\n%s\n%s%s%s\n%s", words_of(loss, LOSS_NAME),
             words_of(loss, LOSS_ABOUT), words_of(loss, LOSS_SOURCE),
             words_of(loss, LOSS_TABLE), facts, *facts ? "\n" : "",
             words_of(loss, LOSS_SAMPLES), words_of(loss, LOSS_VERDICT));
}

static bool fades_nothing(const void *context, size_t line)
{
    (void)context;
    (void)line;
    return false;
}

/* A column of the row as bars, the label's marked; of many classes the first
 * ones. */
static void draw_column(struct svg *svg, const struct explain_loss *loss,
                        size_t column, const char *heading)
{
    enum { MOST = 20 };
    struct draw_bar bars[MOST];
    const size_t count = loss->listed < MOST ? loss->listed : MOST;
    for (size_t k = 0; k < count; k++) {
        const cvl_loss_term *const t = &loss->terms[k];
        const double values[] = {t->y, t->p, t->target, t->slope};
        const bool is_label = k == loss->label;
        bars[k].value = values[column];
        bars[k].cell = is_label ? SVG_KERNEL : SVG_MARKED;
        snprintf(bars[k].name, sizeof bars[k].name, "class %zu%s", k,
                 is_label ? ", the label" : "");
    }
    draw_bars(svg, heading, bars, count);
}

static void draw_row(struct svg *svg, const struct explain_loss *loss)
{
    static const char *const headings[] = {
        "logit", "p: its exponential over the sum of all",
        "q: what the label asks for", "p - q: the slope of the loss"};
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
        draw_column(svg, loss, i, headings[i]);
}

void explain_loss_svg(const struct explain_loss *loss, struct text *text)
{
    struct svg svg = {.y = SVG_MARGIN};
    svg_line(&svg, SVG_HEAD, words_of(loss, LOSS_NAME));
    svg_wrap(&svg, SVG_WORDS, words_of(loss, LOSS_ABOUT));
    svg_wrap(&svg, SVG_SMALL, words_of(loss, LOSS_SOURCE));
    svg.y += 8;
    if (loss->classifies) draw_row(&svg, loss);
    svg_columns(&svg, words_of(loss, LOSS_TABLE), fades_nothing, NULL);
    svg.y += 10;
    svg_wrap(&svg, SVG_SMALL, words_of(loss, LOSS_FACTS));
    svg_columns(&svg, words_of(loss, LOSS_SAMPLES), fades_nothing, NULL);
    svg.y += 10;
    svg_wrap(&svg, SVG_WORDS, words_of(loss, LOSS_VERDICT));
    svg_finish(&svg, words_of(loss, LOSS_NAME), words_of(loss, LOSS_VERDICT),
               text);
}
