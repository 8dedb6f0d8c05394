/* path_svg.c - a path as a drawing; see path_show.h. */
#include <math.h>

#include "base/svg.h"
#include "explain/path_show.h"
#include "explain/show.h"

/* Layers are boxes under each other, and between two of them is the number
 * that goes from one to the next. */
enum {
    LEFT = SVG_MARGIN - 6,
    BOX = SVG_WIDTH - 2 * LEFT,
    CELL = 240, /* of a number */
    ROW = 26,
    BAR = 8, /* of a share */
    INSIDE = 6,
    ARROW = 16
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
        if (words.failed) svg->body.failed = true;
        if (words.data) svg_wrap(svg, fonts[i], words.data);
        text_free(&words);
    }
    if (at->count > 1 && at->term.product != 0) {
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
    text_free(&trial.body);
    svg_cell(svg, SVG_PLAIN, LEFT, svg->y, BOX, trial.y - svg->y, 0, "");
    write_step(svg, answer, step);
}

static void draw_number(struct svg *svg, const struct path_answer *answer,
                        const cvl_element *number)
{
    char place[ELEMENT_SIZE], digits[EXPLAIN_DIGITS];
    struct text words = {0};
    text_add(
        &words, "%s = %s", element_text(number, place),
        explain_digits(number->value, answer->config->explain.digits, digits));
    if (words.failed) svg->body.failed = true;
    if (words.data)
        svg_cell(svg, SVG_MARKED, (SVG_WIDTH - CELL) / 2.0, svg->y, CELL, ROW,
                 12, words.data);
    text_free(&words);
    svg->y += ROW;
}

static void wrap(struct svg *svg, enum svg_font font,
                 void (*add)(const struct path_answer *, struct text *),
                 const struct path_answer *answer)
{
    struct text words = {0};
    add(answer, &words);
    if (words.failed) svg->body.failed = true;
    if (words.data) svg_wrap(svg, font, words.data);
    text_free(&words);
}

void path_svg(const struct path_answer *answer, struct text *text)
{
    const struct path *const path = &answer->path;
    struct svg svg = {.y = SVG_MARGIN};
    svg_line(&svg, SVG_HEAD, "One path from the loss");
    wrap(&svg, SVG_WORDS, path_add_name, answer);
    wrap(&svg, SVG_SMALL, path_add_slope, answer);
    svg.y += INSIDE;
    for (size_t i = path->count; i-- > 0;) {
        const struct path_step *const step = &path->steps[i];
        if (step->count) {
            draw_number(&svg, answer, &step->dy);
            svg_arrow(&svg, SVG_WIDTH / 2.0, ARROW);
        }
        draw_step(&svg, answer, i);
        svg_arrow(&svg, SVG_WIDTH / 2.0, ARROW);
    }
    draw_number(&svg, answer, &path->steps[0].number);
    svg.y += INSIDE;
    wrap(&svg, SVG_WORDS, path_add_verdict, answer);
    svg_finish(&svg, "One path from the loss to a gradient",
               "A box for each layer, with what multiplies the gradient there "
               "and which share of its sum the product is.",
               text);
}
