/* svg_map.c - the map of the sizes as a drawing; see explain_map.h. */
#include <stdio.h>
#include <string.h>

#include "base/svg.h"
#include "explain/map.h"

enum { NAMES = 62, ROW = 24, WORDS = 192 };

struct stairs {
    const struct map_axis *axis;
    size_t positions, outputs;
    double side; /* of a cell, across */
    double size; /* of the digits */
};

static struct stairs stairs_of(const struct config *config,
                               const struct map_axis *axis)
{
    struct stairs stairs = {.axis = axis,
                            .positions = axis->padded < MAP_POSITIONS
                                             ? axis->padded
                                             : (size_t)MAP_POSITIONS,
                            .outputs = map_shown_outputs(config, axis),
                            .size = 12};
    stairs.side =
        (SVG_WIDTH - 2 * SVG_MARGIN - NAMES) / (double)stairs.positions;
    if (stairs.side > 30) stairs.side = 30;
    if (stairs.side < 20) stairs.size = 9;
    return stairs;
}

static double left_of(const struct stairs *stairs, size_t position)
{
    return SVG_MARGIN + NAMES + (double)position * stairs->side;
}

static void draw_name(struct svg *svg, const char *name)
{
    svg_label(svg, SVG_MARGIN, svg->y + ROW / 2.0 + 4, "start", 12, name);
}

/* The padded input, the index in each cell. */
static void draw_input(struct svg *svg, const struct stairs *stairs)
{
    char label[32];
    draw_name(svg, "input");
    for (size_t i = 0; i < stairs->positions; i++) {
        const bool inside = map_is_input(stairs->axis, i);
        label[0] = '\0';
        if (inside)
            snprintf(label, sizeof label, "%zu", i - stairs->axis->before);
        svg_cell(svg, inside ? SVG_PLAIN : SVG_PADDING, left_of(stairs, i),
                 svg->y, stairs->side, ROW, stairs->size, label);
    }
    svg->y += ROW + 6;
}

static void draw_output(struct svg *svg, const struct stairs *stairs,
                        size_t output)
{
    char name[32];
    snprintf(name, sizeof name, "output %zu", output);
    draw_name(svg, name);
    for (size_t i = 0; i < stairs->positions; i++) {
        const bool inside = map_is_input(stairs->axis, i);
        switch (map_cover(stairs->axis, output, i)) {
        case MAP_TAP:
            svg_cell(svg, inside ? SVG_MARKED : SVG_MARKED_PADDING,
                     left_of(stairs, i), svg->y, stairs->side, ROW, 0, "");
            break;
        case MAP_BETWEEN:
            svg_cell(svg, SVG_GAP, left_of(stairs, i), svg->y, stairs->side,
                     ROW, 0, "");
            break;
        case MAP_OUTSIDE: break;
        }
    }
    svg->y += ROW;
}

static void draw_readers(struct svg *svg, const struct stairs *stairs)
{
    char label[32];
    draw_name(svg, "read by");
    for (size_t i = 0; i < stairs->positions; i++) {
        snprintf(label, sizeof label, "%zu", map_readers(stairs->axis, i));
        svg_label(svg, left_of(stairs, i) + stairs->side / 2,
                  svg->y + ROW / 2.0 + 4, "middle", stairs->size, label);
    }
    svg->y += ROW + 6;
}

static void draw_axis(struct svg *svg, const struct config *config,
                      const struct map_axis *axis)
{
    const struct stairs stairs = stairs_of(config, axis);
    struct text formula = {0}, rest = {0};
    char words[WORDS];
    svg_line(svg, SVG_HEAD, axis->name);
    snprintf(words, sizeof words,
             "in %zu, kernel %zu, stride %zu, dilation %zu, padding %zu and "
             "%zu",
             axis->in, axis->kernel, axis->stride, axis->dilation, axis->before,
             axis->after);
    svg_wrap(svg, SVG_WORDS, words);
    svg->y += 6;
    draw_input(svg, &stairs);
    for (size_t i = 0; i < stairs.outputs; i++) draw_output(svg, &stairs, i);
    if (stairs.outputs < axis->out) {
        snprintf(words, sizeof words, "... %zu more",
                 axis->out - stairs.outputs);
        svg_line(svg, SVG_WORDS, words);
    }
    draw_readers(svg, &stairs);
    map_add_formula(axis, &formula);
    map_add_leftover(axis, &rest);
    if (formula.data) svg_lines(svg, formula.data);
    svg->y += 6;
    if (rest.data) svg_lines(svg, rest.data);
    svg->y += 8;
    if (formula.failed || rest.failed) svg->body.failed = true;
    text_free(&formula);
    text_free(&rest);
}

void map_svg(const struct config *config, const cvl_conv2d_geometry *geometry,
             struct text *text)
{
    struct map_axis axes[2];
    struct svg svg = {.y = SVG_MARGIN};
    const size_t count = map_axes(geometry, axes);
    bool padding = false, between = false;
    for (size_t i = 0; i < count; i++) {
        draw_axis(&svg, config, &axes[i]);
        padding = padding || axes[i].before || axes[i].after;
        between = between || (axes[i].dilation > 1 && axes[i].kernel > 1);
    }
    const struct svg_meaning meanings[] = {
        {SVG_MARKED, "a tap reads an input"},
        {SVG_MARKED_PADDING, padding ? "a tap reads padding" : NULL},
        {SVG_GAP, between ? "between two taps" : NULL}};
    svg_legend(&svg, meanings, sizeof meanings / sizeof *meanings);
    svg_finish(&svg, "Which inputs each output covers",
               "A row for each output; its cells are the inputs that a tap of "
               "the kernel reads.",
               text);
}
