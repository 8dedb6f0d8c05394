/* update_curves.c - how much of themselves the layers change in a step. */
#include <math.h>
#include <stdio.h>

#include <convlet/size.h>

#include "base/html.h"
#include "report/plot.h"
#include "report/sections.h"

/* Points of a curve at most. */
enum { BINS = 96 };

/*
 * A thousandth of itself is what a layer changes in a step of a run that goes
 * well. Source: Karpathy, CS231n, "Ratio of weights:updates", Stanford 2015.
 */
static const double USUAL = 1e-3;

static double row_value(const struct updates *updates, size_t row, size_t at)
{
    return updates->rows[row * updates->width + at];
}

/* The geometric mean of a layer's rows, 0 where there is none. */
static double mean_of(const struct updates *updates, size_t layer, size_t from,
                      size_t to)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = from; i < to; i++) {
        const double share = row_value(updates, i, 1 + layer);
        if (share <= 0) continue;
        sum += log(share);
        count++;
    }
    return count ? exp(sum / (double)count) : 0;
}

/* Rows that a point of a curve stands for. */
static size_t rows_of_bin(const struct updates *updates)
{
    return (updates->count + BINS - 1) / BINS;
}

/* Of more layers than there are curves, some are drawn, evenly spread, with
 * the first and the last. */
static size_t layer_of_curve(const struct updates *updates, size_t curve)
{
    const size_t count = updates->layer_count;
    return count <= PLOT_CURVES ? curve
                                : curve * (count - 1) / (PLOT_CURVES - 1);
}

/* A bin: the first of its steps, then the mean of each layer that is drawn. */
static double at(const struct plot_table *table, size_t row, size_t column)
{
    const struct updates *const updates = table->context;
    const size_t bin = rows_of_bin(updates);
    if (!column) return row_value(updates, row * bin, 0);
    return mean_of(updates, layer_of_curve(updates, column - 1), row * bin,
                   cvl_least((row + 1) * bin, updates->count));
}

/* Every layer with its numbers: a tenth of the run, or a step, at each place.
 */
static void add_layers(const struct report *report, struct text *html)
{
    const struct updates *const updates = report->updates;
    const size_t count = updates->count;
    const size_t tenth = count < 10 ? 1 : count / 10;
    const size_t half = (count - tenth) / 2;
    text_add(html,
             "<div class=\"scroll\"><table class=\"numbers shares\"><thead><tr>"
             "<th>layer</th><th>what</th><th>at first</th><th>halfway"
             "</th><th>at last</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < updates->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(report->net, updates->layers[i].layer, &info);
        text_add(html, "<tr><td>%zu</td><td>", updates->layers[i].layer);
        html_escape(html, info.text);
        text_add(html, "</td><td>%.2g</td><td>%.2g</td><td>%.2g</td></tr>\n",
                 mean_of(updates, i, 0, tenth),
                 mean_of(updates, i, half, half + tenth),
                 mean_of(updates, i, count - tenth, count));
    }
    text_add(html, "</tbody></table></div>\n");
}

/* What it is, and what of the steps is not drawn one by one. */
static void add_notes(const struct updates *updates, struct text *notes)
{
    const double first = row_value(updates, 0, 0);
    const size_t bin = rows_of_bin(updates);
    text_add(notes,
             "<p class=\"note\">What a step adds to the weights of a layer, "
             "as a part of these weights (lengths, that is root mean "
             "squares). About a thousandth is usual; a layer far above leaps "
             "about, and one far below hardly learns.</p>\n");
    if (first > 0)
        text_add(notes,
                 "<p class=\"note\">From step %.0f on: the checkpoint keeps "
                 "nothing of the steps before.</p>\n",
                 first);
    if (updates->stride > 1 || bin > 1)
        text_add(notes,
                 "<p class=\"note\">One step of %zu was measured; a point is "
                 "the geometric mean of %zu of them.</p>\n",
                 updates->stride, bin);
    if (updates->layer_count > PLOT_CURVES)
        text_add(notes,
                 "<p class=\"note\">%d of the %zu layers with weights are "
                 "drawn.</p>\n",
                 PLOT_CURVES, updates->layer_count);
}

void report_add_updates(const struct report *report, struct text *html)
{
    const struct updates *const updates = report->updates;
    char names[PLOT_CURVES][24];
    struct plot_column columns[1 + PLOT_CURVES] = {{"step", "", 10}};
    struct text notes = {0};
    if (!updates || !updates->count) return;
    const size_t bin = rows_of_bin(updates);
    const size_t curves = cvl_least(updates->layer_count, PLOT_CURVES);
    const struct plot_table table = {.columns = columns,
                                     .column_count = 1 + curves,
                                     .rows = (updates->count + bin - 1) / bin,
                                     .at = at,
                                     .context = updates};
    struct plot plot = {.title = "|update| / |weights|, logarithmic:",
                        .is_log = true,
                        .curve_count = curves,
                        .level_count = 1,
                        .levels = {{"usual: 0.001", USUAL}}};
    for (size_t i = 0; i < curves; i++) {
        snprintf(names[i], sizeof names[i], "layer %zu",
                 updates->layers[layer_of_curve(updates, i)].layer);
        columns[1 + i] = (struct plot_column){names[i], "", 3};
        plot.curves[i] = (struct plot_curve){1 + i, names[i]};
    }
    add_notes(updates, &notes);
    plot_begin("updates", "How much a step changes", html);
    plot_add(&plot, &table, html);
    add_layers(report, html);
    plot_end(&table, notes.data, html);
    html->failed |= notes.failed;
    text_free(&notes);
}
