/* layer_svg.c - layers without grids as drawings; see draw.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/window.h>

#include "explain/draw.h"

enum { INNER = SVG_WIDTH - 2 * SVG_MARGIN };

/* Rows, or columns, of a plane: from first to before end. */
struct span {
    ptrdiff_t first, end;
};

/* The windows about a number, as its terms tell of them. */
struct windows {
    const cvl_terms *terms;
    cvl_element number;
    size_t count;
    struct span read[2];    /* of the terms: x, or dy of the readers */
    struct span about[2];   /* of a gradient: of x, this and what was taken */
    cvl_element first;      /* the term's first, or what was taken */
    bool compares, chooses; /* a number was not taken; or was */
};

static void widen(struct span spans[2], const cvl_element *element)
{
    for (size_t axis = 0; axis < 2; axis++) {
        const ptrdiff_t at = element->at[2 + axis];
        const bool is_new = spans[axis].first == spans[axis].end;
        if (is_new || at < spans[axis].first) spans[axis].first = at;
        if (is_new || at >= spans[axis].end) spans[axis].end = at + 1;
    }
}

static void see_term(void *context, const cvl_term *term)
{
    struct windows *const w = context;
    widen(w->read, &term->left);
    if (!w->count++ || term->part == CVL_TERM_TAKEN) w->first = term->left;
    if (term->part == CVL_TERM_TAKEN) w->chooses = true;
    if (term->part != CVL_TERM_COMPARED) return;
    w->compares = w->chooses = true;
    widen(w->about, &term->right);
}

/* What became of the number at a place; `kind` is untouched where no term is
 * of it. */
struct look {
    ptrdiff_t row, column;
    bool at_taken; /* of what was taken, not of the terms */
    enum svg_cell kind;
};

static void look_at(void *context, const cvl_term *term)
{
    static const enum svg_cell kinds[] = {
        [CVL_TERM_ADDED] = SVG_MARKED,
        [CVL_TERM_PADDING] = SVG_MARKED_PADDING,
        [CVL_TERM_COMPARED] = SVG_MARKED_GAP,
        [CVL_TERM_TAKEN] = SVG_MARKED,
        [CVL_TERM_CUT] = SVG_MARKED_GAP,
        [CVL_TERM_FUNCTION] = SVG_MARKED};
    struct look *const look = context;
    const cvl_element *const at = look->at_taken ? &term->right : &term->left;
    if (look->at_taken && term->part != CVL_TERM_COMPARED) return;
    if (at->at[2] == look->row && at->at[3] == look->column)
        look->kind = look->at_taken ? SVG_MARKED : kinds[term->part];
}

/* A part of a plane as cells. */
struct plate {
    const struct windows *windows;
    const char *title;
    cvl_array array;
    struct span rows, columns;
    bool is_cut; /* there are more */
    double side; /* of a cell, across */
};

static cvl_element element_at(const struct plate *plate, ptrdiff_t row,
                              ptrdiff_t column)
{
    const struct windows *const w = plate->windows;
    const ptrdiff_t at[4] = {w->number.at[0], w->number.at[1], row, column};
    return cvl_terms_element(w->terms, plate->array, 0, at);
}

static bool is_inside(const struct plate *plate, ptrdiff_t row,
                      ptrdiff_t column)
{
    const cvl_tensor *const tensor =
        cvl_terms_tensor(plate->windows->terms, plate->array, 0);
    return row >= 0 && (size_t)row < tensor->shape[2] && column >= 0 &&
           (size_t)column < tensor->shape[3];
}

static enum svg_cell cell_at(const struct plate *plate, ptrdiff_t row,
                             ptrdiff_t column)
{
    const struct windows *const w = plate->windows;
    const bool is_gradient = w->number.array == CVL_ARRAY_DX;
    struct look look = {.row = row,
                        .column = column,
                        .at_taken = is_gradient && plate->array == CVL_ARRAY_X,
                        .kind = is_inside(plate, row, column) ? SVG_PLAIN
                                                              : SVG_PADDING};
    if (look.at_taken && row == w->number.at[2] && column == w->number.at[3])
        return SVG_KERNEL;
    cvl_terms_visit(w->terms, &w->number, look_at, &look);
    return look.kind;
}

/* One more on each side, within the plane, and not more than fit: of more,
 * those about the middle. */
static struct span around(struct span span, size_t size, ptrdiff_t middle,
                          ptrdiff_t most)
{
    if (span.first > 0) span.first--;
    if (span.end < (ptrdiff_t)size) span.end++;
    if (span.end - span.first <= most) return span;
    if (middle - most / 2 > span.first) span.first = middle - most / 2;
    if (span.first > span.end - most) span.first = span.end - most;
    span.end = span.first + most;
    return span;
}

static bool cuts(struct span shown, struct span all)
{
    return shown.first > all.first || shown.end < all.end;
}

static struct plate plate_of(const struct windows *w, cvl_array array,
                             const struct span spans[2],
                             const cvl_element *middle)
{
    enum { ROWS = 10, COLUMNS = 8, LEAST = 30, LETTER = 7, EDGE = 6 };
    const cvl_tensor *const tensor = cvl_terms_tensor(w->terms, array, 0);
    struct plate plate = {
        .windows = w,
        .array = array,
        .rows = around(spans[0], tensor->shape[2], middle->at[2], ROWS),
        .columns = around(spans[1], tensor->shape[3], middle->at[3], COLUMNS),
        .side = LEAST};
    for (ptrdiff_t r = plate.rows.first; r < plate.rows.end; r++)
        for (ptrdiff_t c = plate.columns.first; c < plate.columns.end; c++) {
            char words[NUMBER_SIZE];
            number_digits(element_at(&plate, r, c).value, DRAW_DIGITS, words);
            const double width = LETTER * (double)strlen(words) + EDGE;
            if (width > plate.side) plate.side = width;
        }
    const double room =
        (INNER - 24.0) / (double)(plate.columns.end - plate.columns.first);
    if (plate.side > room) plate.side = room;
    plate.is_cut = cuts(plate.rows, spans[0]) || cuts(plate.columns, spans[1]);
    return plate;
}

static void draw_plate(struct svg *svg, const struct plate *plate)
{
    enum { LABELS = 24, SIDE = 30, SIZE = 11 };
    const cvl_element corner = element_at(plate, 0, 0);
    char words[NUMBER_SIZE + ELEMENT_SIZE];
    snprintf(words, sizeof words, "%s[%td,%td]: %s%s", element_array(&corner),
             corner.at[0], corner.at[1], plate->title,
             plate->is_cut ? ", a part of it" : "");
    svg_line(svg, SVG_WORDS, words);
    for (ptrdiff_t c = plate->columns.first; c < plate->columns.end; c++) {
        snprintf(words, sizeof words, "%td", c);
        if (is_inside(plate, 0, c))
            svg_label(svg,
                      SVG_MARGIN + LABELS +
                          ((double)(c - plate->columns.first) + 0.5) *
                              plate->side,
                      svg->y + 11, "middle", 10, words);
    }
    svg->y += 16;
    for (ptrdiff_t r = plate->rows.first; r < plate->rows.end; r++) {
        snprintf(words, sizeof words, "%td", r);
        if (is_inside(plate, r, 0))
            svg_label(svg, SVG_MARGIN + LABELS - 5, svg->y + SIDE / 2.0 + 4,
                      "end", 10, words);
        for (ptrdiff_t c = plate->columns.first; c < plate->columns.end; c++)
            svg_cell(svg, cell_at(plate, r, c),
                     SVG_MARGIN + LABELS +
                         (double)(c - plate->columns.first) * plate->side,
                     svg->y, plate->side, SIDE, SIZE,
                     number_digits(element_at(plate, r, c).value, DRAW_DIGITS,
                                   words));
        svg->y += SIDE;
    }
    svg->y += 10;
}

/* Who reads this x, and what they took. */
static void draw_readers(struct svg *svg, const struct windows *w)
{
    struct plate plate = plate_of(w, CVL_ARRAY_DY, w->read, &w->first);
    struct span about[2] = {w->about[0], w->about[1]};
    const struct svg_meaning readers[] = {
        {SVG_MARKED, w->chooses ? "took this x" : "takes part"},
        {SVG_MARKED_GAP, w->compares ? "took another" : NULL}};
    const struct svg_meaning places[] = {
        {SVG_KERNEL, "this x"},
        {SVG_MARKED, w->compares ? "taken instead" : NULL}};
    plate.title = "of the outputs that read this x";
    draw_plate(svg, &plate);
    svg_legend(svg, readers, sizeof readers / sizeof *readers);
    if (!w->chooses) return;
    svg->y += 6;
    widen(about, &w->number);
    plate = plate_of(w, CVL_ARRAY_X, about, &w->number);
    plate.title = "what their windows took";
    draw_plate(svg, &plate);
    svg_legend(svg, places, sizeof places / sizeof *places);
}

/* What a maximum or a mean reads. */
static void draw_window(struct svg *svg, const struct windows *w)
{
    struct plate plate = plate_of(w, CVL_ARRAY_X, w->read, &w->first);
    const struct svg_meaning meanings[] = {
        {SVG_MARKED, w->chooses ? "taken" : "takes part"},
        {SVG_MARKED_GAP, w->compares ? "not taken" : NULL}};
    plate.title = "what this output reads";
    draw_plate(svg, &plate);
    svg_legend(svg, meanings, sizeof meanings / sizeof *meanings);
}

/* The layer alone, run on numbers side by side. */
enum { SAMPLES = 121 };
struct curve {
    double x[SAMPLES], y[SAMPLES];
};

static cvl_status make_curve(const struct explain_layer *layer, double reach,
                             struct curve *curve)
{
    cvl_layer_info info;
    cvl_net_layer_info(layer->net, layer->index, &info);
    const cvl_net_config config = {.spec = info.text,
                                   .input_shape = {1, 1, 1, SAMPLES},
                                   .dtype = CVL_F64,
                                   .exec = cvl_exec_default(),
                                   .forward_only = true};
    cvl_net net;
    const cvl_status status = cvl_net_build(&net, &config, NULL);
    if (status) return status;
    for (size_t i = 0; i < SAMPLES; i++)
        curve->x[i] = reach * (2 * (double)i / (SAMPLES - 1) - 1);
    const cvl_tensor x =
        cvl_tensor_wrap(CVL_F64, 4, config.input_shape, curve->x);
    cvl_net_forward(&net, &x);
    for (size_t i = 0; i < SAMPLES; i++)
        curve->y[i] = cvl_tensor_get(&net.output, i);
    cvl_net_free(&net);
    return CVL_OK;
}

static void draw_curve(struct svg *svg, const struct draw_frame *frame,
                       const struct curve *curve)
{
    double points[SAMPLES][2];
    for (size_t i = 0; i < SAMPLES; i++) {
        points[i][0] = draw_x(frame, curve->x[i]);
        points[i][1] = draw_y(frame, curve->y[i]);
    }
    svg_stroke(svg, SVG_CURVE, (const double(*)[2])points, SAMPLES);
}

/* The tangent at the point, as far as it stays within the frame. */
static void draw_slope(struct svg *svg, const struct draw_frame *frame,
                       double x, double y, double slope)
{
    const double room = fmin(y - frame->low_y, frame->high_y - y);
    double reach = 0.25 * (frame->high_x - frame->low_x);
    if (fabs(slope) * reach > room) reach = room / fabs(slope);
    draw_stroke(svg, frame, SVG_SLOPE, x - reach, y - slope * reach, x + reach,
                y + slope * reach);
}

/* A frame about a curve, with some room above and below. */
static struct draw_frame frame_of(const struct svg *svg,
                                  const struct curve *curve)
{
    enum { HEIGHT = 190 };
    struct draw_frame frame = {.left = SVG_MARGIN,
                               .top = svg->y,
                               .width = INNER,
                               .height = HEIGHT,
                               .low_x = curve->x[0],
                               .high_x = curve->x[SAMPLES - 1],
                               .low_y = curve->y[0],
                               .high_y = curve->y[0]};
    for (size_t i = 0; i < SAMPLES; i++) {
        frame.low_y = fmin(frame.low_y, curve->y[i]);
        frame.high_y = fmax(frame.high_y, curve->y[i]);
    }
    const double room = 0.1 * (frame.high_y - frame.low_y) + 1e-9;
    frame.low_y -= room;
    frame.high_y += room;
    return frame;
}

/* The axes, and from the point to them. */
static void draw_point(struct svg *svg, const struct draw_frame *frame,
                       double x, double y)
{
    enum { LETTERS = 12 };
    const bool is_right = x >= 0, is_above = y >= 0;
    const double zero_x = draw_x(frame, 0), zero_y = draw_y(frame, 0);
    draw_stroke(svg, frame, SVG_AXIS, frame->low_x, 0, frame->high_x, 0);
    draw_stroke(svg, frame, SVG_AXIS, 0, frame->low_y, 0, frame->high_y);
    draw_stroke(svg, frame, SVG_AXIS, x, 0, x, y);
    draw_stroke(svg, frame, SVG_AXIS, 0, y, x, y);
    draw_label(svg, draw_x(frame, x), zero_y + (is_above ? 13 : -5), "middle",
               "x ", x);
    const double high = draw_y(frame, y);
    const bool is_near = fabs(high - zero_y) < LETTERS;
    const bool is_left = is_right || is_near;
    draw_label(svg, zero_x + (is_left ? -5 : 5),
               high + (is_near ? -LETTERS / 2.0 : 4), is_left ? "end" : "start",
               "y ", y);
    svg_dot(svg, SVG_KERNEL, draw_x(frame, x), high);
}

/* One number in and one out, at the same place: the curve of the function. */
static void draw_function(struct svg *svg, const struct explanation *e)
{
    const cvl_terms *const terms = &e->layer->terms;
    const ptrdiff_t *const at = e->sum.number.at;
    const cvl_term *const term = &e->sum.terms[0].term;
    const double x = cvl_terms_element(terms, CVL_ARRAY_X, 0, at).value;
    const double y = cvl_terms_element(terms, CVL_ARRAY_Y, 0, at).value;
    const double dy = term->left.value;
    struct curve curve;
    struct text words = {0};
    if (!isfinite(x) || !isfinite(y)) return;
    if (make_curve(e->layer, fmax(3, 1.25 * fabs(x)), &curve)) {
        svg->body.failed = true;
        return;
    }
    const struct draw_frame frame = frame_of(svg, &curve);
    if (!draw_is_finite(&frame)) return;
    draw_curve(svg, &frame, &curve);
    if (e->sum.number.array == CVL_ARRAY_DX) {
        const double slope = dy != 0 ? term->product / dy : term->factor;
        char digits[NUMBER_SIZE];
        if (isfinite(slope)) draw_slope(svg, &frame, x, y, slope);
        text_add(&words, "dx is dy times the slope there, %s",
                 number_digits(slope, e->config->explain.digits, digits));
        if (term->how) text_add(&words, ": %s", term->how);
        if (term->part == CVL_TERM_CUT) text_add(&words, ": it is cut off");
    } else if (term->part == CVL_TERM_FUNCTION) {
        text_add(&words, "y is %s", term->how);
    }
    draw_point(svg, &frame, x, y);
    svg->y += frame.height + 6;
    draw_words(svg, SVG_WORDS, &words);
}

/* What a batch norm knows of a channel, under the names that it has. */
struct norm {
    double mean, deviation;
    bool has_mean, has_deviation;
    struct draw_bar parts[4]; /* what adds up to dx */
    size_t count;
};

static void see_fact(void *context, const char *name, double value)
{
    enum { PARTS = 3 };
    struct norm *const norm = context;
    const size_t length = strlen(name);
    if (length >= 4 && strcmp(name + length - 4, "mean") == 0 &&
        !norm->has_mean) {
        norm->mean = value;
        norm->has_mean = true;
    } else if (strncmp(name, "sqrt", 4) == 0) {
        norm->deviation = value;
        norm->has_deviation = true;
    } else if (strncmp(name, "dx ", 3) == 0 && norm->count < PARTS) {
        struct draw_bar *const bar = &norm->parts[norm->count++];
        snprintf(bar->name, sizeof bar->name, "%s", name);
        bar->value = value;
        bar->cell = SVG_MARKED;
    }
}

/* The numbers of a channel on a line, with a mean and a deviation. */
struct strip {
    const cvl_tensor *tensor;
    const char *name;
    size_t channel, area, count;
    double mean, deviation;
    const double *own; /* the number in question; NULL: there is none */
};

static double strip_value(const struct strip *strip, size_t i)
{
    const size_t image = i / strip->area;
    const size_t plane = image * strip->tensor->shape[1] + strip->channel;
    return cvl_tensor_get(strip->tensor, plane * strip->area + i % strip->area);
}

/* Every so many of the numbers are drawn. */
static size_t strip_step(const struct strip *strip)
{
    enum { TICKS = 200 };
    return (strip->count - 1) / TICKS + 1;
}

static struct draw_frame strip_frame(const struct svg *svg,
                                     const struct strip *strip)
{
    enum { ABOVE = 20, BAND = 26 };
    const double edge = 1.5 * strip->deviation;
    struct draw_frame frame = {.left = SVG_MARGIN,
                               .top = svg->y + ABOVE,
                               .width = INNER,
                               .height = BAND,
                               .low_x = strip->mean - edge,
                               .high_x = strip->mean + edge,
                               .high_y = 1};
    for (size_t i = 0; i < strip->count; i += strip_step(strip)) {
        const double value = strip_value(strip, i);
        if (!isfinite(value)) continue;
        frame.low_x = fmin(frame.low_x, value);
        frame.high_x = fmax(frame.high_x, value);
    }
    if (strip->own && isfinite(*strip->own)) {
        frame.low_x = fmin(frame.low_x, *strip->own);
        frame.high_x = fmax(frame.high_x, *strip->own);
    }
    if (frame.low_x == frame.high_x) frame.high_x += fmax(1, fabs(frame.low_x));
    return frame;
}

static void draw_strip(struct svg *svg, const struct strip *strip)
{
    enum { LABELS = 120 };
    const struct draw_frame frame = strip_frame(svg, strip);
    if (!draw_is_finite(&frame) || !isfinite(strip->mean + strip->deviation))
        return;
    const double low = draw_x(&frame, strip->mean - strip->deviation);
    const double high = draw_x(&frame, strip->mean + strip->deviation);
    const double under = frame.top + frame.height + 12;
    char words[ELEMENT_SIZE];
    snprintf(words, sizeof words, "%s of channel %zu, %zu number%s",
             strip->name, strip->channel, strip->count,
             strip->count == 1 ? "" : "s");
    svg_label(svg, SVG_MARGIN, svg->y + 12, "start", 12, words);
    svg_cell(svg, SVG_KERNEL, low, frame.top, high - low, frame.height, 0, "");
    draw_stroke(svg, &frame, SVG_SLOPE, strip->mean, 0, strip->mean, 1);
    for (size_t i = 0; i < strip->count; i += strip_step(strip)) {
        const double value = strip_value(strip, i);
        if (isfinite(value))
            draw_stroke(svg, &frame, SVG_AXIS, value, 0.2, value, 0.8);
    }
    draw_label(svg, draw_x(&frame, strip->mean), under, "middle", "",
               strip->mean);
    if (high - low > LABELS) {
        draw_label(svg, low, under, "middle", "",
                   strip->mean - strip->deviation);
        draw_label(svg, high, under, "middle", "",
                   strip->mean + strip->deviation);
    }
    if (strip->own && isfinite(*strip->own))
        svg_dot(svg, SVG_MARKED, draw_x(&frame, *strip->own),
                draw_y(&frame, 0.5));
    svg->y = under + 10;
}

/* x and y of the channel, each with where a mean goes, and one deviation from
 * it: what y has of them are bias and weight. */
static void draw_norm(struct svg *svg, const struct explanation *e,
                      struct norm *norm)
{
    const cvl_terms *const terms = &e->layer->terms;
    const cvl_element *const number = &e->sum.number;
    const bool has_place = number->array != CVL_ARRAY_GRAD;
    const ptrdiff_t channel[4] = {number->at[has_place ? 1 : 0]};
    const size_t *const shape = terms->x->shape;
    const double own[2] = {
        cvl_terms_element(terms, CVL_ARRAY_X, 0, number->at).value,
        cvl_terms_element(terms, CVL_ARRAY_Y, 0, number->at).value};
    struct strip strip = {.tensor = terms->x,
                          .name = "x",
                          .channel = (size_t)channel[0],
                          .area = shape[2] * shape[3],
                          .count = shape[0] * shape[2] * shape[3],
                          .mean = norm->mean,
                          .deviation = norm->deviation,
                          .own = has_place ? &own[0] : NULL};
    draw_strip(svg, &strip);
    draw_arrow(svg);
    strip.tensor = terms->y;
    strip.name = "y";
    strip.mean = cvl_terms_element(terms, CVL_ARRAY_PARAM, 1, channel).value;
    strip.deviation =
        fabs(cvl_terms_element(terms, CVL_ARRAY_PARAM, 0, channel).value);
    strip.own = has_place ? &own[1] : NULL;
    draw_strip(svg, &strip);
    const struct svg_meaning meanings[] = {
        {SVG_KERNEL, "one deviation from the mean, and where it goes"}};
    svg_legend(svg, meanings, 1);
    if (!norm->count) return;
    struct draw_bar *const sum = &norm->parts[norm->count];
    *sum = (struct draw_bar){.value = number->value, .cell = SVG_KERNEL};
    snprintf(sum->name, sizeof sum->name, "sum");
    svg->y += 6;
    draw_bars(svg, "what adds up to dx", norm->parts, norm->count + 1);
}

/* The products of numbers that are in no plane. */
static void draw_products(struct svg *svg, const struct explanation *e)
{
    enum { MOST = 12 };
    const struct sum *const sum = &e->sum;
    struct draw_bar bars[MOST + 3];
    size_t count = 0;
    double rest = sum->sum;
    for (; count < sum->listed && count < MOST; count++) {
        const cvl_term *const term = &sum->terms[count].term;
        const bool is_right =
            term->right.array && term->left.array == CVL_ARRAY_PARAM;
        element_text(is_right ? &term->right : &term->left, bars[count].name);
        bars[count].value = term->product;
        bars[count].cell = SVG_MARKED;
        rest -= term->product;
    }
    if (count < sum->count) {
        bars[count] = (struct draw_bar){.value = rest, .cell = SVG_MARKED_GAP};
        snprintf(bars[count].name, ELEMENT_SIZE, "... %zu more",
                 sum->count - count);
        count++;
    }
    if (sum->has_bias) {
        bars[count] = (struct draw_bar){
            .name = "bias", .value = sum->bias, .cell = SVG_MARKED};
        count++;
    }
    bars[count] = (struct draw_bar){
        .name = "sum", .value = sum->total, .cell = SVG_KERNEL};
    draw_bars(svg, "what each product adds", bars, count + 1);
}

bool draw_as_bars(const struct explain_layer *layer)
{
    const cvl_conv2d_geometry *const g = layer->geometry;
    return layer->net && g && g->in_height == 1 && g->in_width == 1 &&
           g->kernel_height == 1 && g->kernel_width == 1 &&
           cvl_conv2d_out_height(g) == 1 && cvl_conv2d_out_width(g) == 1;
}

/* Is each y made of the x at its place alone? */
static bool is_pointwise(const struct explain_layer *layer)
{
    for (size_t axis = 0; axis < 2; axis++) {
        const cvl_window w = cvl_net_window(layer->net, layer->index, axis);
        if (w.reach || w.stride != 1 || w.factor != 1 || w.before || w.after)
            return false;
    }
    return true;
}

void draw_layer(struct svg *svg, const struct explanation *e)
{
    const struct explain_layer *const layer = e->layer;
    const cvl_terms *const terms = &layer->terms;
    const cvl_element *const number = &e->sum.number;
    struct windows windows = {.terms = terms, .number = *number};
    struct norm norm = {0};
    cvl_terms_facts(terms, number, see_fact, &norm);
    if (draw_as_bars(layer)) {
        draw_products(svg, e);
        return;
    }
    if (norm.has_mean && norm.has_deviation) {
        draw_norm(svg, e, &norm);
        return;
    }
    if (terms->params[0] || !e->sum.listed) return;
    cvl_terms_visit(terms, number, see_term, &windows);
    if (is_pointwise(layer)) {
        draw_function(svg, e);
        return;
    }
    if (cvl_net_window(layer->net, layer->index, 0).factor > 1)
        draw_number(svg, &windows.first, e->config->explain.digits);
    else
        (number->array == CVL_ARRAY_DX ? draw_readers : draw_window)(svg,
                                                                     &windows);
    draw_arrow(svg);
    draw_number(svg, number, e->config->explain.digits);
}
