/* curves.c - the loss over the steps, linear and logarithmic. */
#include <math.h>
#include <stdio.h>

#include "report/plot.h"
#include "report/sections.h"

enum { STEP, LOSS, PSNR, COLUMNS };

static const struct plot_column NAMES[COLUMNS] = {
    {"step", "", 10}, {"loss", "", 8}, {"PSNR", " dB", 4}};

static double at(const struct plot_table *table, size_t row, size_t column)
{
    const struct history *const history = table->context;
    const struct history_point *const point = &history->points[row];
    return column == STEP   ? (double)point->step
           : column == LOSS ? point->loss
                            : point->psnr;
}

static void add_losses(const struct report *report,
                       const struct plot_table *table, struct text *html)
{
    char end[64];
    snprintf(end, sizeof end, "diverged at step %zu",
             report->history->last.step);
    struct plot plot = {.title = "Loss, logarithmic",
                        .is_log = true,
                        .curve_count = 1,
                        .curves = {{LOSS, NULL}},
                        .end = report->outcome == REPORT_DIVERGED ? end : NULL};
    plot_add(&plot, table, html);
    plot.title = "Loss, linear";
    plot.is_log = false;
    plot_add(&plot, table, html);
}

/* Of the picture that is held out, and of what else could be done to it. */
static void add_psnr(const struct report_held_out *held_out,
                     const struct plot_table *table, struct text *html)
{
    const struct plot plot = {
        .title = "PSNR of the held out picture, in dB",
        .is_fitted = true,
        .curve_count = 1,
        .curves = {{PSNR, NULL}},
        .level_count = held_out->blur > 0 ? 2 : 1,
        .levels = {{held_out->nothing, held_out->baseline},
                   {"best blur", held_out->blur}}};
    plot_add(&plot, table, html);
}

void report_add_curves(const struct report *report, struct text *html)
{
    const struct history *const history = report->history;
    struct text notes = {0};
    const struct plot_table table = {.columns = NAMES,
                                     .column_count =
                                         report->is_picture ? COLUMNS : PSNR,
                                     .rows = history->point_count,
                                     .at = at,
                                     .context = history};
    if (!history->point_count) {
        text_add(html, "<section id=\"loss\"><h2>Loss</h2>\n"
                       "<p>No step was taken.</p></section>\n");
        return;
    }
    plot_begin("loss", "Loss", html);
    add_losses(report, &table, html);
    if (report->held_out) add_psnr(report->held_out, &table, html);
    if (history->resumed)
        text_add(&notes,
                 "<p class=\"note\">The run was resumed at step %zu; the "
                 "curve before it is what loss.csv keeps.</p>\n",
                 history->resumed);
    if (history->stride > 1)
        text_add(&notes,
                 "<p class=\"note\">One step of %zu is drawn, and the "
                 "last.</p>\n",
                 history->stride);
    plot_end(&table, notes.data, html);
    html->failed |= notes.failed;
    text_free(&notes);
}
