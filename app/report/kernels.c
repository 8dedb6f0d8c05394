/* kernels.c - the kernels before, after and on the way. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/number.h>

#include "base/html.h"
#include "pictures/picture.h"
#include "report/sections.h"

/* Kernels of this size and number show their numbers. */
enum { SMALL_SIDE = 7, SMALL_COUNT = 16, CELL = 40, BIASES = 16 };

/* A diverged run's last kernels may dwarf its first ones. */
static const double FAR_BEYOND = 1e3;

/* Of a layer's own kernels: those of one layer may be hundreds of times smaller
 * than another's. */
static double scale_of(const struct history *history, size_t index,
                       bool *is_clipped)
{
    double scale[2];
    for (size_t end = 0; end < 2; end++) {
        const cvl_tensor kernels = history_kernels(
            history, index, end ? history->snapshot_count - 1 : 0);
        scale[end] = cvl_tensor_largest(&kernels);
    }
    *is_clipped = scale[0] > 0 && scale[1] > FAR_BEYOND * scale[0];
    if (*is_clipped) return scale[0];
    const double larger = fmax(scale[0], scale[1]);
    return larger > 0 ? larger : 1;
}

/* As few characters as tell the colours apart, "-0.12"; their number. */
static int shorten(double value, double scale, char digits[32])
{
    const int places = scale < 0.1 ? 3 : scale < 10 ? 2 : scale < 100 ? 1 : 0;
    const bool is_far = scale < 0.01 || scale >= 1e4 || fabs(value) >= 1e4;
    if (is_far) return snprintf(digits, 32, "%.0e", value);
    const int length = snprintf(digits, 32, "%.*f", places, value);
    /* -0.00 is 0.00. */
    if (digits[strspn(digits, "-0.")] || digits[0] != '-') return length;
    return snprintf(digits, 32, "%.*f", places, 0.0);
}

static void add_cell(double value, double scale, size_t row, size_t column,
                     struct text *html)
{
    enum { FITS = 5 };
    char digits[32];
    unsigned char rgb[3];
    colormap_at(value, scale, rgb);
    const size_t x = column * CELL, y = row * CELL;
    const int length = shorten(value, scale, digits);
    const bool minus = digits[0] == '-';
    text_add(html,
             "<g><title>%.8g</title><rect x=\"%zu\" y=\"%zu\" width=\"%d\" "
             "height=\"%d\" fill=\"#%02x%02x%02x\"/><text x=\"%zu\" y=\"%zu\" "
             "fill=\"%s\"%s>%s%s</text></g>\n",
             value, x, y, CELL, CELL, rgb[0], rgb[1], rgb[2], x + CELL / 2,
             y + CELL / 2 + 4, colormap_is_light(rgb) ? "#1b1b1b" : "#fff",
             length > FITS ? " class=\"long\"" : "", minus ? "&minus;" : "",
             digits + minus);
}

/* The net's input channels that a kernel is for: "2", or "0-2" where it is
 * tied. */
static void name_input(const cvl_conv2d *conv, size_t out, size_t in,
                       char name[48])
{
    snprintf(name, 48, "%zu", in);
    if (!conv) return;
    const cvl_conv2d_geometry *const g = &conv->geometry;
    const size_t channels = g->in_channels / g->groups;
    const size_t first = out / (g->out_channels / g->groups) * channels;
    if (g->tied && channels > 1)
        snprintf(name, 48, "%zu-%zu", first, first + channels - 1);
    else
        snprintf(name, 48, "%zu", first + in);
}

/* One kernel of that layer with its numbers. */
static void add_kernel(const cvl_conv2d *conv, const cvl_tensor *kernels,
                       size_t plane, double scale, const char *when,
                       struct text *html)
{
    const size_t rows = kernels->shape[2], columns = kernels->shape[3];
    const size_t out = plane / kernels->shape[1];
    char in[48];
    name_input(conv, out, plane % kernels->shape[1], in);
    text_add(html,
             "<figure><svg viewBox=\"0 0 %zu %zu\" role=\"img\" "
             "aria-label=\"%s: kernel from input channel%s %s to output "
             "channel %zu\">\n",
             columns * CELL, rows * CELL, when, strchr(in, '-') ? "s" : "", in,
             out);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            add_cell(cvl_tensor_get(kernels, (plane * rows + i) * columns + j),
                     scale, i, j, html);
    text_add(html,
             "</svg><figcaption>in %s &rarr; out %zu</figcaption></figure>\n",
             in, out);
}

static bool is_small(const cvl_tensor *kernels)
{
    return kernels->shape[2] <= SMALL_SIDE && kernels->shape[3] <= SMALL_SIDE &&
           kernels->shape[0] * kernels->shape[1] <= SMALL_COUNT;
}

/* Kernels side by side: the inputs of an output in a row, or, where each has
 * one, as many as leave the numbers legible. */
static size_t columns_for(const cvl_tensor *kernels, bool is_wide)
{
    const size_t outs = kernels->shape[0], most = is_wide ? 2 : 4;
    if (kernels->shape[1] > 1) return kernels->shape[1];
    return outs < most ? outs : most;
}

/* All kernels of a layer at one time. */
static cvl_status add_moment(const struct report *report, size_t layer,
                             size_t snapshot, double scale, const char *when,
                             struct text *html, cvl_error *err)
{
    const struct history *const history = report->history;
    cvl_status status = CVL_OK;
    const cvl_conv2d *const conv =
        cvl_net_conv2d(report->net, history->layers[layer].layer);
    const cvl_tensor kernels = history_kernels(history, layer, snapshot);
    const size_t planes = kernels.shape[0] * kernels.shape[1];
    text_add(html, "<div class=\"card\"><h4>%s <small>step %zu</small></h4>\n",
             when, history->snapshots[snapshot].step);
    if (is_small(&kernels)) {
        const bool is_wide = kernels.shape[3] > 3;
        text_add(html, "<div class=\"kernels%s%s\" style=\"--columns:%zu\">\n",
                 is_wide ? " wide" : "", kernels.shape[1] > 1 ? "" : " flat",
                 columns_for(&kernels, is_wide));
        for (size_t i = 0; i < planes; i++)
            add_kernel(conv, &kernels, i, scale, when, html);
        text_add(html, "</div>\n");
    } else {
        char alt[128];
        snprintf(alt, sizeof alt,
                 "%s: %zu x %zu kernels, a row for each output channel", when,
                 kernels.shape[0], kernels.shape[1]);
        status = report_add_heat(&kernels, planes, kernels.shape[1], scale, alt,
                                 html, err);
    }
    text_add(html, "</div>\n");
    return status;
}

/* Are its kernels the colours that they look for? */
static bool is_colour(const struct report *report, size_t layer)
{
    const struct history_layer *const shown = &report->history->layers[layer];
    return report->is_rgb && shown->layer == 0 && shown->shape[1] == 3 &&
           shown->total[1] == 3;
}

/* Kernels of red, green and blue, two side by side and a line between: 0 is
 * grey. */
static cvl_status add_colours(const cvl_tensor *kernels, double scale,
                              const char *alt, struct text *html,
                              cvl_error *err)
{
    enum { ACROSS = 2, LINE = 1, COLOURS = 3, OPAQUE = 255 };
    const size_t *const shape = kernels->shape;
    const size_t across = shape[0] < ACROSS ? shape[0] : ACROSS;
    const size_t down = (shape[0] + across - 1) / across;
    const size_t width = across * (shape[3] + LINE) - LINE;
    const size_t height = down * (shape[2] + LINE) - LINE;
    const size_t area = shape[2] * shape[3];
    struct canvas canvas;
    cvl_status status = canvas_init(&canvas, width, height, err);
    if (status) return status;
    for (size_t i = 0; i < shape[0] * area; i++) {
        const size_t o = i / area, at = i % area;
        const size_t y = o / across * (shape[2] + LINE) + at / shape[3];
        const size_t x = o % across * (shape[3] + LINE) + at % shape[3];
        unsigned char *const pixel = canvas.samples + 4 * (y * width + x);
        for (size_t c = 0; c < COLOURS; c++)
            pixel[c] = picture_sample(
                0.5 + cvl_tensor_get(kernels, (o * COLOURS + c) * area + at) /
                          (2 * scale));
        pixel[COLOURS] = OPAQUE;
    }
    status = report_add_image(canvas.samples, width, height, 4, alt, "heat",
                              html, err);
    canvas_free(&canvas);
    return status;
}

static cvl_status add_strip(const struct report *report, size_t layer,
                            double scale, struct text *html, cvl_error *err)
{
    const struct history *const history = report->history;
    const bool in_colour = is_colour(report, layer);
    cvl_status status = CVL_OK;
    text_add(html, "<h4>As they learn%s</h4>\n<div class=\"strip\">\n",
             in_colour ? " <small>as the colours that they answer most; 0 is "
                         "grey</small>"
                       : "");
    for (size_t i = 0; !status && i < history->snapshot_count; i++) {
        const cvl_tensor kernels = history_kernels(history, layer, i);
        char alt[64];
        const size_t step = history->snapshots[i].step;
        snprintf(alt, sizeof alt, "The kernels after %zu update%s", step,
                 cvl_plural(step));
        text_add(html, "<figure>");
        status =
            in_colour
                ? add_colours(&kernels, scale, alt, html, err)
                : report_add_heat(&kernels, kernels.shape[0] * kernels.shape[1],
                                  kernels.shape[1], scale, alt, html, err);
        text_add(html, "<figcaption>%zu</figcaption></figure>\n", step);
    }
    text_add(html, "</div>\n");
    return status;
}

static void add_heading(const struct report *report,
                        const struct history_layer *layer, struct text *html)
{
    const cvl_conv2d *const conv = cvl_net_conv2d(report->net, layer->layer);
    cvl_layer_info info;
    cvl_net_layer_info(report->net, layer->layer, &info);
    text_add(html, "<h3>Layer %zu <small>", layer->layer);
    html_escape(html, info.text);
    text_add(html, "</small></h3>\n");
    if (!layer->shape[0])
        text_add(html, "<p class=\"note\">Its kernels are too large to be "
                       "drawn.</p>\n");
    else if (layer->shape[0] < layer->total[0] ||
             layer->shape[1] < layer->total[1])
        text_add(html,
                 "<p class=\"note\">The first %zu of %zu output channels and "
                 "the first %zu of %zu input channels%s.</p>\n",
                 layer->shape[0], layer->total[0], layer->shape[1],
                 layer->total[1],
                 conv && conv->geometry.groups > 1 ? " of each group" : "");
}

/* The biases, as they are now. */
static void add_bias(const struct report *report,
                     const struct history_layer *layer, struct text *html)
{
    char name[CVL_PARAM_NAME_SIZE];
    const size_t next = layer->param + 1;
    snprintf(name, sizeof name, "%zu.bias", layer->layer);
    if (next >= report->net->param_count ||
        strcmp(report->net->params[next].name, name) != 0)
        return;
    const cvl_tensor *const bias = &report->net->params[next].value;
    text_add(html, "<p class=\"bias\">Bias after:");
    for (size_t i = 0; i < bias->count && i < BIASES; i++) {
        text_add(html, " <b>");
        html_number(html, cvl_tensor_get(bias, i));
        text_add(html, "</b>");
    }
    text_add(html, "%s</p>\n", bias->count > BIASES ? " ..." : "");
}

/* The kernels of one layer that has some to be drawn. */
static cvl_status add_layer(const struct report *report, size_t index,
                            struct text *html, cvl_error *err)
{
    const struct history *const history = report->history;
    const size_t last = history->snapshot_count - 1;
    bool is_clipped;
    const double scale = scale_of(history, index, &is_clipped);
    report_add_legend(scale, html);
    if (is_clipped)
        text_add(html, "<p class=\"note\">The scale is that of the first "
                       "kernels; what lies beyond has the end's colour.</p>\n");
    text_add(html, "<div class=\"pair\">\n");
    cvl_status status =
        add_moment(report, index, 0, scale, "Before", html, err);
    if (!status)
        status = add_moment(report, index, last, scale, "After", html, err);
    text_add(html, "</div>\n");
    add_bias(report, &history->layers[index], html);
    return status ? status : add_strip(report, index, scale, html, err);
}

cvl_status report_add_kernels(const struct report *report, struct text *html,
                              cvl_error *err)
{
    const struct history *const history = report->history;
    if (!history->layer_count || !history->snapshot_count) return CVL_OK;
    cvl_status status = CVL_OK;
    text_add(html, "<section id=\"kernels\"><h2>Kernels</h2>\n");
    for (size_t i = 0; !status && i < history->layer_count; i++) {
        const struct history_layer *const layer = &history->layers[i];
        add_heading(report, layer, html);
        if (history->snapshots[0].step > 0)
            text_add(html, "<p class=\"note\">The checkpoint keeps no earlier "
                           "kernels.</p>\n");
        if (layer->shape[0]) status = add_layer(report, i, html, err);
    }
    text_add(html, "</section>\n");
    return status;
}
