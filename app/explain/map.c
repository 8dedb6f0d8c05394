/* map.c - see explain_map.h for the contract. */
#include "explain/map.h"

#include <stdio.h>
#include <string.h>

static struct map_axis axis_of(const cvl_conv2d_geometry *g, bool horizontal)
{
    struct map_axis axis = {.name = "height",
                            .line = "row",
                            .in = g->in_height,
                            .kernel = g->kernel_height,
                            .stride = g->stride_y,
                            .dilation = g->dilation_y,
                            .before = g->pad_top,
                            .after = g->pad_bottom,
                            .out = cvl_conv2d_out_height(g)};
    if (horizontal)
        axis = (struct map_axis){.name = "width",
                                 .line = "column",
                                 .in = g->in_width,
                                 .kernel = g->kernel_width,
                                 .stride = g->stride_x,
                                 .dilation = g->dilation_x,
                                 .before = g->pad_left,
                                 .after = g->pad_right,
                                 .out = cvl_conv2d_out_width(g)};
    axis.padded = axis.in + axis.before + axis.after;
    axis.window = axis.dilation * (axis.kernel - 1) + 1;
    axis.leftover = axis.padded - axis.window - (axis.out - 1) * axis.stride;
    return axis;
}

static bool are_alike(const struct map_axis *a, const struct map_axis *b)
{
    return a->in == b->in && a->kernel == b->kernel && a->stride == b->stride &&
           a->dilation == b->dilation && a->before == b->before &&
           a->after == b->after;
}

size_t map_axes(const cvl_conv2d_geometry *geometry, struct map_axis axes[2])
{
    const struct map_axis height = axis_of(geometry, false);
    axes[0] = height;
    axes[1] = axis_of(geometry, true);
    if (are_alike(&axes[0], &axes[1])) {
        axes[0].name = "height and width";
        axes[0].line = "row or column";
        return 1;
    }
    if (height.padded > 1) return 2;
    axes[0] = axes[1];
    return 1;
}

enum map_cover map_cover(const struct map_axis *axis, size_t output,
                         size_t position)
{
    const size_t first = output * axis->stride;
    if (position < first || position - first >= axis->window)
        return MAP_OUTSIDE;
    return (position - first) % axis->dilation ? MAP_BETWEEN : MAP_TAP;
}

size_t map_readers(const struct map_axis *axis, size_t position)
{
    size_t readers = 0;
    size_t output = 0;
    if (position >= axis->window)
        output = (position - axis->window) / axis->stride;
    for (; output < axis->out && output * axis->stride <= position; output++)
        if (map_cover(axis, output, position) == MAP_TAP) readers++;
    return readers;
}

bool map_is_input(const struct map_axis *axis, size_t position)
{
    return position >= axis->before && position - axis->before < axis->in;
}

size_t map_unread(const struct map_axis *axis)
{
    size_t unread = 0;
    for (size_t i = 0; i < axis->in; i++)
        if (!map_readers(axis, axis->before + i)) unread++;
    return unread;
}

void map_add_formula(const struct map_axis *a, struct text *text)
{
    text_add(text,
             "out = floor((in + padding - dilation * (kernel - 1) - 1) / "
             "stride) + 1\n"
             "    = floor((%zu + %zu - %zu * (%zu - 1) - 1) / %zu) + 1\n"
             "    = floor(%zu / %zu) + 1 = %zu\n",
             a->in, a->before + a->after, a->dilation, a->kernel, a->stride,
             a->padded - a->window, a->stride, a->out);
}

void map_add_leftover(const struct map_axis *a, struct text *text)
{
    const size_t unread = map_unread(a), missing = a->stride - a->leftover;
    if (a->leftover)
        text_add(text,
                 "left over behind the last window: %zu; %zu more zero%s there "
                 "would make output %zu\n",
                 a->leftover, missing, missing > 1 ? "s" : "", a->out);
    else
        text_add(text, "left over behind the last window: 0\n");
    if (unread)
        text_add(text, "inputs that no output reads: %zu of %zu\n", unread,
                 a->in);
}

size_t map_shown_outputs(const struct config *config,
                         const struct map_axis *axis)
{
    size_t shown = axis->out;
    if (config->explain.terms && config->explain.terms < shown)
        shown = config->explain.terms;
    /* A window that starts beyond what is drawn shows nothing. */
    const size_t within = (MAP_POSITIONS - 1) / axis->stride + 1;
    return shown < within ? shown : within;
}

/* A label over a position: its index in the input, or a dot for padding. */
static const char *label(const struct map_axis *axis, size_t position,
                         char text[32])
{
    if (map_is_input(axis, position))
        snprintf(text, 32, "%zu", position - axis->before);
    else
        snprintf(text, 32, ".");
    return text;
}

struct sheet {
    const struct map_axis *axis;
    size_t positions, outputs;
    int width;  /* of a position */
    int margin; /* of what stands before them */
};

static void end_line(const struct sheet *sheet, struct text *text)
{
    while (text->size && text->data[text->size - 1] == ' ') text->size--;
    text_add(text, "%s\n",
             sheet->positions < sheet->axis->padded ? " ..." : "");
}

static void add_output(const struct sheet *sheet, size_t output,
                       struct text *text)
{
    const struct map_axis *const axis = sheet->axis;
    char name[32];
    snprintf(name, sizeof name, "output %zu", output);
    text_add(text, "  %-*s", sheet->margin, name);
    for (size_t i = 0; i < sheet->positions; i++) {
        const char *cell = "";
        switch (map_cover(axis, output, i)) {
        case MAP_TAP: cell = map_is_input(axis, i) ? "#" : "o"; break;
        case MAP_BETWEEN: cell = "-"; break;
        case MAP_OUTSIDE: break;
        }
        text_add(text, "%*s", sheet->width, cell);
    }
    while (text->size && text->data[text->size - 1] == ' ') text->size--;
    text_fill(text, '\n', 1);
}

static void add_sheet(const struct sheet *sheet, struct text *text)
{
    const struct map_axis *const axis = sheet->axis;
    char cell[32];
    text_add(text, "  %-*s", sheet->margin, "input");
    for (size_t i = 0; i < sheet->positions; i++)
        text_add(text, "%*s", sheet->width, label(axis, i, cell));
    end_line(sheet, text);
    for (size_t i = 0; i < sheet->outputs; i++) add_output(sheet, i, text);
    if (sheet->outputs < axis->out)
        text_add(text, "  ... %zu more\n", axis->out - sheet->outputs);
    text_add(text, "  %-*s", sheet->margin, "read by");
    for (size_t i = 0; i < sheet->positions; i++)
        text_add(text, "%*zu", sheet->width, map_readers(axis, i));
    end_line(sheet, text);
}

static size_t digits_of(size_t number)
{
    size_t digits = 1;
    for (; number > 9; number /= 10) digits++;
    return digits;
}

static void add_axis(const struct config *config, const struct map_axis *axis,
                     struct text *text)
{
    struct sheet sheet = {.axis = axis,
                          .positions = axis->padded < MAP_POSITIONS
                                           ? axis->padded
                                           : (size_t)MAP_POSITIONS,
                          .outputs = map_shown_outputs(config, axis)};
    size_t most = sheet.positions - 1;
    for (size_t i = 0; i < sheet.positions; i++) {
        const size_t readers = map_readers(axis, i);
        if (readers > most) most = readers;
    }
    sheet.width = (int)digits_of(most) + 1;
    sheet.margin = (int)(strlen("output ") + digits_of(sheet.outputs)) + 1;
    text_add(text,
             "%s: in %zu, kernel %zu, stride %zu, dilation %zu, padding %zu "
             "and %zu\n\n",
             axis->name, axis->in, axis->kernel, axis->stride, axis->dilation,
             axis->before, axis->after);
    map_add_formula(axis, text);
    text_fill(text, '\n', 1);
    add_sheet(&sheet, text);
    text_fill(text, '\n', 1);
    map_add_leftover(axis, text);
}

void map_text(const struct config *config, const cvl_conv2d_geometry *geometry,
              struct text *text)
{
    struct map_axis axes[2];
    const size_t count = map_axes(geometry, axes);
    bool padding = false, between = false;
    for (size_t i = 0; i < count; i++) {
        if (i) text_fill(text, '\n', 1);
        add_axis(config, &axes[i], text);
        padding = padding || axes[i].before || axes[i].after;
        between = between || (axes[i].dilation > 1 && axes[i].kernel > 1);
    }
    text_add(text, "\n# a tap reads an input%s%s\n",
             padding ? "   o a tap reads padding, a 0" : "",
             between ? "   - between two taps" : "");
}
