/* path_show.c - see path_show.h for the contract. */
#include <math.h>
#include <string.h>

#include "explain/draw.h"
#include "explain/path_show.h"

static void add_digits(const struct path_answer *answer, double number,
                       struct text *text)
{
    char digits[NUMBER_SIZE];
    text_add(text, "%s",
             number_digits(number, answer->config->explain.digits, digits));
}

/* "dy[0,1,0,0] -0.4" */
static void add_element(const struct path_answer *answer,
                        const cvl_element *element, struct text *text)
{
    char place[ELEMENT_SIZE];
    text_add(text, "%s ", element_text(element, place));
    add_digits(answer, element->value, text);
}

static void add_layer(const struct path_answer *answer, size_t index,
                      struct text *text)
{
    cvl_layer_info info;
    cvl_net_layer_info(answer->layer->net, index, &info);
    text_add(text, "layer %zu, %s", index, info.text);
}

/* What stands beside dy in its term. */
static const cvl_element *other_of(const struct path_step *step)
{
    return step->term.left.array == CVL_ARRAY_DY ? &step->term.right
                                                 : &step->term.left;
}

static void add_unread(const struct path_step *step, struct text *text)
{
    char place[ELEMENT_SIZE];
    cvl_element x = step->number;
    x.array = CVL_ARRAY_X;
    text_add(text, "no output reads %s", element_text(&x, place));
}

/* dy, and why it went elsewhere. */
static void add_stopped(const struct path_answer *answer,
                        const struct path_step *step, struct text *text)
{
    const cvl_element *const other = other_of(step);
    const bool is_cut = step->term.part == CVL_TERM_CUT;
    char place[ELEMENT_SIZE];
    add_element(answer, &step->dy, text);
    text_add(text, is_cut ? " is cut off" : " is not for this x");
    if (!other->array) return;
    text_add(text, is_cut ? ", as %s is " : "; its window took %s ",
             element_text(other, place));
    add_digits(answer, other->value, text);
}

static void add_factors(const struct path_answer *answer,
                        const struct path_step *step, struct text *text)
{
    const cvl_term *const term = &step->term;
    const cvl_element *const other = other_of(step);
    add_element(answer, &step->dy, text);
    if (other->array) {
        text_add(text, " * ");
        add_element(answer, other, text);
    }
    if (term->how)
        text_add(text, " * (%s) ", term->how);
    else if (!other->array)
        text_add(text, " * ");
    if (term->how || !other->array)
        add_digits(answer, term->how ? term->factor : 1, text);
    text_add(text, " = ");
    add_digits(answer, term->product, text);
    if (term->part == CVL_TERM_TAKEN)
        text_add(text, ", the largest of its window");
    if (term->part == CVL_TERM_TAKEN && term->factor > 1)
        text_add(text, ", the first of %.0f equal", term->factor);
}

static void add_product(const struct path_answer *answer,
                        const struct path_step *step, struct text *text)
{
    char place[ELEMENT_SIZE], count[NUMBER_SIZE];
    if (!step->count)
        add_unread(step, text);
    else if (!step->dy.array)
        text_add(text, "all %s terms of %s are 0",
                 table_count(step->count, count),
                 element_text(&step->number, place));
    else if (step->term.part == CVL_TERM_COMPARED ||
             step->term.part == CVL_TERM_CUT)
        add_stopped(answer, step, text);
    else
        add_factors(answer, step, text);
}

static bool is_same_place(const cvl_element *a, const cvl_element *b)
{
    for (size_t i = 0; i < 4; i++)
        if (a->at[i] != b->at[i]) return false;
    return true;
}

/* How much of its sum a term is; of a batch norm, which of the places that all
 * move the mean and the variance. */
static void add_part(const struct path_answer *answer,
                     const struct path_step *step, struct text *text)
{
    if (isinf(step->share)) {
        text_add(text, ": the others cancel it");
        return;
    }
    text_add(text, ": ");
    add_digits(answer, step->share, text);
    text_add(text, " of it");
    if (step->term.how && other_of(step)->array &&
        step->number.array == CVL_ARRAY_DX)
        text_add(text, ",\n  through %s; mean and variance move with all %zu",
                 is_same_place(&step->dy, &step->number) ? "its own y"
                                                         : "another y",
                 step->count);
}

static void add_share(const struct path_answer *answer,
                      const struct path_step *step, struct text *text)
{
    char place[ELEMENT_SIZE], count[NUMBER_SIZE];
    element_text(&step->number, place);
    table_count(step->count, count);
    if (!step->count) {
        text_add(text, "so %s is 0", place);
    } else if (!step->dy.array) {
        const bool is_all = step->silent == step->count;
        text_add(text, "dy is 0 in %s of them",
                 is_all         ? "all"
                 : step->silent ? table_count(step->silent, count)
                                : "none");
    } else if (step->count == 1) {
        text_add(text, "the only term of ");
        add_element(answer, &step->number, text);
    } else {
        text_add(text, "the largest of %s terms of ", count);
        add_element(answer, &step->number, text);
        add_part(answer, step, text);
    }
}

void path_add_words(const struct path_answer *answer, size_t step,
                    enum path_words words, struct text *text)
{
    const struct path_step *const at = &answer->path.steps[step];
    switch (words) {
    case PATH_LAYER: add_layer(answer, at->layer, text); break;
    case PATH_PRODUCT: add_product(answer, at, text); break;
    case PATH_SHARE: add_share(answer, at, text); break;
    }
}

void path_add_name(const struct path_answer *answer, struct text *text)
{
    char place[ELEMENT_SIZE];
    const struct path_step *const first = &answer->path.steps[0];
    text_add(text, "%s of ", element_text(&first->number, place));
    add_layer(answer, first->layer, text);
    text_add(text, ", of %zu", answer->layer->net->layer_count);
}

/* The search for one number of the output. */
struct search {
    size_t index;
    bool is_found;
    cvl_loss_term *term;
};

static void see_loss(void *context, const cvl_loss_term *term)
{
    struct search *const search = context;
    if (term->index != search->index) return;
    *search->term = *term;
    search->is_found = true;
}

bool path_find_loss(const struct path_answer *answer, cvl_loss_term *term)
{
    const struct net_arrays *const a = answer->arrays;
    const struct path *const path = &answer->path;
    const cvl_element *const dy = &path->steps[path->count - 1].dy;
    struct search search = {.term = term};
    if (!a->target.data || path->end != PATH_LOSS) return false;
    for (size_t i = 0; i < 4; i++)
        search.index =
            search.index * a->net.output.shape[i] + (size_t)dy->at[i];
    cvl_loss_visit(&a->loss, &a->net.output, &a->target, NULL, a->target.count,
                   (size_t)dy->at[0], see_loss, &search);
    return search.is_found;
}

/* "(p 0.2 - q 1) * 0.5 = ", or "y 0.2 - t 1, slope -1.6 * 0.5 = " */
static void add_loss(const struct path_answer *answer, struct text *text)
{
    const struct net_arrays *const a = answer->arrays;
    const bool classifies = cvl_loss_kind_of(&a->loss)->classifies;
    cvl_loss_term term;
    if (!path_find_loss(answer, &term)) return;
    text_add(text, classifies ? "(p " : "y ");
    add_digits(answer, classifies ? term.p : term.y, text);
    text_add(text, classifies ? " - q " : " toward t ");
    add_digits(answer, term.target, text);
    text_add(text, classifies ? ")" : ": slope ");
    if (!classifies) add_digits(answer, term.slope, text);
    text_add(text, " * ");
    add_digits(
        answer,
        cvl_loss_scale(&a->net.output, a->target.count, a->loss.reduction),
        text);
    text_add(text, " = ");
}

void path_add_slope(const struct path_answer *answer, struct text *text)
{
    const struct path_step *const last =
        &answer->path.steps[answer->path.count - 1];
    if (answer->path.end == PATH_LOSS) {
        struct explain_layer top = *answer->layer;
        top.index = top.net->layer_count - 1;
        explain_upstream(answer->config, &top, text);
        text_add(text, "\n");
        add_loss(answer, text);
        add_element(answer, &last->dy, text);
    } else if (last->count && !last->dy.array) {
        text_add(text, "0: every way through ");
        add_layer(answer, last->layer, text);
        text_add(text, ", adds nothing");
    } else {
        text_add(text, "nothing comes down this way: ");
        add_layer(answer, last->layer, text);
        text_add(text, ", stops it");
    }
    text_add(text, "\n");
}

/* "TITLE: slope * a * b = result", in lines that are not long. */
static void add_line(const struct path_answer *answer, const char *title,
                     bool shares, double result, struct text *text)
{
    enum { WIDTH = 72 };
    const struct path *const path = &answer->path;
    size_t start = text->size;
    text_add(text, "%s: ", title);
    if (!shares) add_digits(answer, path->slope, text);
    for (size_t i = path->count; i-- > 0;) {
        const struct path_step *const step = &path->steps[i];
        const bool breaks = text->size - start > WIDTH;
        if (breaks) text_add(text, "\n ");
        if (breaks) start = text->size;
        if (!shares || i + 1 < path->count) text_add(text, " * ");
        add_digits(answer, shares ? step->share : step->factor, text);
    }
    if (!shares || path->count > 1) {
        text_add(text, " = ");
        add_digits(answer, result, text);
    }
    text_add(text, "\n");
}

void path_add_verdict(const struct path_answer *answer, struct text *text)
{
    const struct path *const path = &answer->path;
    const cvl_element *const number = &path->steps[0].number;
    const cvl_dtype dtype = answer->layer->dtype;
    char place[ELEMENT_SIZE], digits[NUMBER_SIZE];
    if (path->end == PATH_LOSS) {
        add_line(answer, "this path", false, path->part, text);
        add_line(answer, "its shares", true, path->share, text);
        text_add(text, "path / shares: %s\n",
                 number_format(path->gradient, digits));
    }
    text_add(text, "%s as computed, %s: %s\n", element_text(number, place),
             cvl_dtype_name(dtype),
             dtype == CVL_F32
                 ? number_format_single((float)number->value, digits)
                 : number_format(number->value, digits));
    if (path->difference != 0.0)
        text_add(text, "difference: %s",
                 number_digits(path->difference, 3, digits));
    if (path->difference != 0.0)
        text_add(text, ", allowed: %s\n",
                 number_digits(path->allowed, 3, digits));
    text_add(text, "matches: %s\n", path->matches ? "yes" : "no");
}

void path_text(const struct path_answer *answer, struct text *text)
{
    static const enum path_words lines[] = {PATH_LAYER, PATH_PRODUCT,
                                            PATH_SHARE};
    text_add(text, "one path from the loss to ");
    path_add_name(answer, text);
    text_add(text, "\n\n");
    path_add_slope(answer, text);
    for (size_t i = answer->path.count; i-- > 0;)
        for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
            text_add(text, k ? "  " : "\n");
            path_add_words(answer, i, lines[k], text);
            text_add(text, "\n");
        }
    text_add(text, "\n");
    path_add_verdict(answer, text);
}

/* Layers are boxes under each other, and between two of them is the number
 * that goes from one to the next. */
enum {
    LEFT = SVG_MARGIN - 6,
    BOX = SVG_WIDTH - 2 * LEFT,
    BAR = 8, /* of a share */
    INSIDE = 6
};

/* What a step says, inside its box. */
static void write_step(struct svg *svg, const struct path_answer *answer,
                       size_t step)
{
    static const enum svg_font fonts[] = {[PATH_LAYER] = SVG_HEAD,
                                          [PATH_PRODUCT] = SVG_WORDS,
                                          [PATH_SHARE] = SVG_SMALL};
    const struct path_step *const at = &answer->path.steps[step];
    svg->y += INSIDE;
    for (size_t i = PATH_LAYER; i <= PATH_SHARE; i++) {
        struct text words = {0};
        path_add_words(answer, step, (enum path_words)i, &words);
        draw_words(svg, fonts[i], &words);
    }
    if (at->count > 1 && at->dy.array) {
        const double full = SVG_WIDTH - 2 * SVG_MARGIN;
        const double part = full * fmin(fabs(at->share), 1);
        svg_cell(svg, SVG_PLAIN, SVG_MARGIN, svg->y, full, BAR, 0, "");
        if (part > 4)
            svg_cell(svg, SVG_KERNEL, SVG_MARGIN, svg->y, part, BAR, 0, "");
        svg->y += BAR;
    }
    svg->y += INSIDE;
}

/* The box is drawn first, and as high as what it holds. */
static void draw_step(struct svg *svg, const struct path_answer *answer,
                      size_t step)
{
    struct svg trial = {.y = svg->y};
    write_step(&trial, answer, step);
    if (trial.body.failed) svg->body.failed = true;
    text_free(&trial.body);
    svg_cell(svg, SVG_PLAIN, LEFT, svg->y, BOX, trial.y - svg->y, 0, "");
    write_step(svg, answer, step);
}

static void wrap(struct svg *svg, enum svg_font font,
                 void (*add)(const struct path_answer *, struct text *),
                 const struct path_answer *answer)
{
    struct text words = {0};
    add(answer, &words);
    draw_words(svg, font, &words);
}

void path_svg(const struct path_answer *answer, struct text *text)
{
    const struct path *const path = &answer->path;
    const size_t digits = answer->config->explain.digits;
    struct svg svg = {.y = SVG_MARGIN};
    svg_line(&svg, SVG_HEAD, "One path from the loss");
    wrap(&svg, SVG_WORDS, path_add_name, answer);
    wrap(&svg, SVG_SMALL, path_add_slope, answer);
    svg.y += INSIDE;
    for (size_t i = path->count; i-- > 0;) {
        const struct path_step *const step = &path->steps[i];
        if (step->dy.array) {
            draw_number(&svg, &step->dy, digits);
            draw_arrow(&svg);
        }
        draw_step(&svg, answer, i);
        draw_arrow(&svg);
    }
    draw_number(&svg, &path->steps[0].number, digits);
    svg.y += INSIDE;
    wrap(&svg, SVG_WORDS, path_add_verdict, answer);
    svg_finish(&svg, "One path from the loss to a gradient",
               "A box for each layer, with what multiplies the gradient there "
               "and which share of its sum the product is.",
               text);
}
