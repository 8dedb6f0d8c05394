/* features.c - what each layer of a net makes of a picture. */
#include <math.h>
#include <stdio.h>

#include <convlet/append.h>
#include <convlet/size.h>

#include "base/html.h"
#include "report/sections.h"

/* Channels of a layer that are shown as pictures, or, where each is one
 * number, as bars; bars that have the names of classes; pictures of samples
 * that are followed; and pixels that all of this takes at most. */
enum { CHANNELS = 16, UNITS = 64, NAMED = 20, FOLLOWED = 2, PIXELS = 200000 };
enum { INPUT_SIDE = 96 };

/* How many values become a pixel, for a side of that many at most. */
static size_t every_for(const size_t *shape, size_t side)
{
    const size_t longer = shape[2] > shape[3] ? shape[2] : shape[3];
    return (longer + side - 1) / side;
}

static bool is_units(const size_t *shape)
{
    return shape[2] == 1 && shape[3] == 1;
}

/* The pixels of all that is shown, with sides of that length. */
static size_t count_pixels(const cvl_net *net, size_t side)
{
    size_t sum = 0;
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        const size_t *const shape = info.output_shape;
        const size_t every = every_for(shape, side);
        if (!is_units(shape))
            sum += cvl_least(shape[1], CHANNELS) *
                   ((shape[2] + every - 1) / every) *
                   ((shape[3] + every - 1) / every);
    }
    return sum;
}

static size_t choose_side(const cvl_net *net, size_t cases)
{
    static const size_t sides[] = {64, 48, 32, 24, 16, 12, 8};
    const size_t last = sizeof sides / sizeof *sides - 1;
    size_t i = 0;
    while (i < last && cases * count_pixels(net, sides[i]) > PIXELS) i++;
    return sides[i];
}

/* The least and the most of the channels that are shown. */
static void find_range(const cvl_tensor *y, size_t channels, double range[2])
{
    const size_t count = channels * y->shape[2] * y->shape[3];
    range[0] = range[1] = 0;
    for (size_t i = 0; i < count; i++) {
        range[0] = fmin(range[0], cvl_tensor_get(y, i));
        range[1] = fmax(range[1], cvl_tensor_get(y, i));
    }
}

/* Whose numbers a row of the page shows. */
static void begin_row(const char *name, const char *what, const char *note,
                      struct text *html)
{
    text_add(html, "<div class=\"stage\"><div class=\"who\"><b>%s</b><small>",
             name);
    html_escape(html, what);
    text_add(html, "</small>%s</div>\n", note);
}

static cvl_status add_channels(const struct report *report, size_t layer,
                               const cvl_tensor *y, size_t side,
                               struct text *html, cvl_error *err)
{
    const size_t count = cvl_least(y->shape[1], CHANNELS);
    double range[2];
    find_range(y, count, range);
    struct report_plane plane = {.from = y,
                                 .every = every_for(y->shape, side),
                                 .is_grey = range[0] >= 0};
    const double scale = fmax(-range[0], range[1]);
    plane.scale = scale > 0 ? scale : 1;
    cvl_status status = CVL_OK;
    text_add(html, "<div class=\"planes%s\">", count <= 4 ? " few" : "");
    for (size_t c = 0; !status && c < count; c++) {
        const bool dead =
            report->dead && dead_is(report->dead, report->net, layer, c);
        char alt[64];
        snprintf(alt, sizeof alt, "layer %zu, channel %zu%s", layer, c,
                 dead ? ", dead" : "");
        plane.channel = c;
        text_add(html, "<span title=\"channel %zu%s\"%s>", c,
                 dead ? ", dead" : "", dead ? " class=\"dead\"" : "");
        status = report_add_plane(&plane, alt, html, err);
        text_add(html, "</span>");
    }
    if (count < y->shape[1])
        text_add(html, "<small>and %zu more</small>", y->shape[1] - count);
    text_add(html, "</div></div>\n");
    return status;
}

/* A number of each channel, up or down from 0. */
static void add_units(const double *values, size_t count, size_t all,
                      bool is_named, const char *alt, struct text *html)
{
    double low = 0, high = 0;
    for (size_t i = 0; i < count; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    const double range = high > low ? high - low : 1;
    text_add(html,
             "<div class=\"units%s\"><svg viewBox=\"0 0 %zu 100\" "
             "preserveAspectRatio=\"none\" style=\"--units:%zu\" role=\"img\" "
             "aria-label=\"%s\">",
             is_named ? " named" : "", count, count, alt);
    for (size_t i = 0; i < count; i++) {
        const double value = values[i];
        const double top = 100 * (high - fmax(value, 0)) / range;
        const double length = 100 * fabs(value) / range;
        text_add(html,
                 "<rect class=\"%s\" x=\"%zu.1\" width=\".8\" y=\"%.1f\" "
                 "height=\"%.1f\"><title>%zu: %.4g</title></rect>",
                 value < 0 ? "down" : "up", i, top, fmax(length, 1), i, value);
    }
    text_add(html, "<line x1=\"0\" x2=\"%zu\" y1=\"%.1f\" y2=\"%.1f\"/></svg>",
             count, 100 * high / range, 100 * high / range);
    if (count < all) text_add(html, "<small>and %zu more</small>", all - count);
}

/* The classes below the bars of an answer. */
static void add_names(const struct samples *samples, size_t count, size_t truth,
                      struct text *html)
{
    text_add(html, "<div class=\"names\" style=\"--units:%zu\">", count);
    for (size_t k = 0; k < count; k++) {
        text_add(html, "<span%s>", k == truth ? " class=\"truth\"" : "");
        report_add_class(samples, k, html);
        text_add(html, "</span>");
    }
    text_add(html, "</div>");
}

/* One number of each channel; those of the last layer of a classifier, where
 * `truth` is a class, have names. */
static void add_numbers(const struct report *report, const cvl_tensor *y,
                        const char *alt, size_t truth, struct text *html)
{
    const size_t all = y->shape[1], count = cvl_least(all, UNITS);
    double values[UNITS];
    for (size_t i = 0; i < count; i++) values[i] = cvl_tensor_get(y, i);
    const bool is_named = truth < all && all <= NAMED;
    add_units(values, count, all, is_named, alt, html);
    if (is_named) add_names(report->labels->samples, count, truth, html);
    text_add(html, "</div></div>\n");
}

/* What the bars of the last layer say. */
static void add_answer(const struct report *report, size_t truth,
                       struct text *html)
{
    struct probe *const probe = report->probe;
    const size_t all = probe->net->output.shape[1];
    probe_answer(probe);
    begin_row("Softmax", "what the net says of each class", "", html);
    add_units(probe->p, cvl_least(all, UNITS), all, all <= NAMED,
              "probabilities", html);
    if (all <= NAMED) add_names(report->labels->samples, all, truth, html);
    text_add(html, "</div></div>\n");
}

/* Its name, its shape, and what is dead of it. */
static void begin_layer(const struct report *report, size_t index,
                        const cvl_layer_info *info, struct text *html)
{
    const size_t *const shape = info->output_shape;
    const size_t dead = report->dead ? report->dead->channels[index] : 0;
    char name[32], note[128];
    snprintf(note, sizeof note, "<small>%zu&times;%zu&times;%zu</small>",
             shape[1], shape[2], shape[3]);
    snprintf(name, sizeof name, "Layer %zu", index);
    if (dead)
        cvl_append(note, sizeof note, "<small class=\"dead\">%zu dead</small>",
                   dead);
    begin_row(name, info->text, note, html);
}

/* All layers for what the probe looks at; `truth` is its class, or SIZE_MAX. */
static cvl_status add_layers(const struct report *report, size_t truth,
                             size_t side, struct text *html, cvl_error *err)
{
    const cvl_net *const net = report->probe->net;
    const size_t finite = probe_finite_layers(report->probe);
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < finite; i++) {
        const bool is_last = i + 1 == net->layer_count;
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        begin_layer(report, i, &info, html);
        if (is_units(info.output_shape))
            add_numbers(report, info.output, "a number of each channel",
                        is_last ? truth : SIZE_MAX, html);
        else
            status = add_channels(report, i, info.output, side, html, err);
    }
    if (finite < net->layer_count)
        text_add(html,
                 "<p class=\"note\">What layer %zu makes of it is not "
                 "finite.</p>\n",
                 finite);
    else if (truth < SIZE_MAX)
        add_answer(report, truth, html);
    return status;
}

static cvl_status add_case(const struct report *report,
                           const struct probe_case *one, size_t side,
                           struct text *html, cvl_error *err)
{
    const struct samples *const samples = report->labels->samples;
    probe_take(report->probe, samples, one->sample);
    text_add(html, "<h3>");
    report_add_case(report, one, html);
    text_add(html, "</h3>\n<div class=\"stages\">\n");
    begin_row("Input", "", "", html);
    text_add(html, "<div class=\"planes few\"><span>");
    cvl_status status = report_add_sample(samples, one->sample, INPUT_SIDE,
                                          "the picture", html, err);
    text_add(html, "</span></div></div>\n");
    if (!status)
        status =
            add_layers(report, samples->labels[one->sample], side, html, err);
    text_add(html, "</div>\n");
    return status;
}

/* The right one, and the last: a wrong one where there is any. */
static cvl_status add_cases(const struct report *report, struct text *html,
                            cvl_error *err)
{
    const size_t count = cvl_least(report->case_count, FOLLOWED);
    const size_t side = choose_side(report->probe->net, count);
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < count; i++)
        status =
            add_case(report, &report->cases[i ? report->case_count - 1 : 0],
                     side, html, err);
    return status;
}

static cvl_status add_picture(const struct report *report, struct text *html,
                              cvl_error *err)
{
    const size_t side = choose_side(report->probe->net, 1);
    probe_run(report->probe);
    text_add(html, "<div class=\"stages\">\n");
    const cvl_status status = add_layers(report, SIZE_MAX, side, html, err);
    text_add(html, "</div>\n");
    return status;
}

cvl_status report_add_features(const struct report *report, struct text *html,
                               cvl_error *err)
{
    if (!report->probe) return CVL_OK;
    if (report->labels && !report->case_count) {
        text_add(html, "<section id=\"features\"><h2>What the layers make of "
                       "a sample</h2>\n<p>What the net makes of a sample is "
                       "not finite: there is nothing to be seen.</p>\n"
                       "</section>\n");
        return CVL_OK;
    }
    text_add(html,
             "<section id=\"features\"><h2>What the layers make of %s"
             "</h2>\n<p class=\"note\">The channels of each layer, on "
             "one scale a layer: black is 0 where none is below it, "
             "else blue is below 0 and orange above. Large ones are "
             "shrunk; a channel that is crossed out never fired.</p>\n",
             report->labels ? "a sample" : "the input");
    const cvl_status status = report->labels ? add_cases(report, html, err)
                                             : add_picture(report, html, err);
    text_add(html, "</section>\n");
    return status;
}
