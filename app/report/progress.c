/* progress.c - accuracy and loss of both parts, epoch by epoch. */
#include <math.h>

#include "report/plot.h"
#include "report/sections.h"

enum { EPOCH, LOSS, HELD_OUT_LOSS, ACCURACY, HELD_OUT_ACCURACY, COLUMNS };

static const struct plot_column NAMES[COLUMNS] = {{"epoch", "", 10},
                                                  {"loss", "", 4},
                                                  {"loss held out", "", 4},
                                                  {"right", " %", 4},
                                                  {"right held out", " %", 4}};

/* Which of these there are, and what they are of. */
struct progress {
    const struct epochs *epochs;
    struct plot_column columns[COLUMNS];
    size_t which[COLUMNS], count;
};

static double value_of(const struct epochs_row *row, size_t column)
{
    switch (column) {
    case EPOCH: return (double)row->epoch;
    case LOSS: return row->loss;
    case HELD_OUT_LOSS: return row->held_out_loss;
    case ACCURACY: return 100 * row->accuracy;
    default: return 100 * row->held_out_accuracy;
    }
}

static double at(const struct plot_table *table, size_t row, size_t column)
{
    const struct progress *const progress = table->context;
    return value_of(&progress->epochs->rows[row], progress->which[column]);
}

/* The columns that any row has a number in. */
static struct progress choose(const struct epochs *epochs)
{
    struct progress progress = {.epochs = epochs};
    for (size_t c = 0; c < COLUMNS; c++) {
        bool any = c <= LOSS;
        for (size_t i = 0; i < epochs->count; i++)
            any = any || isfinite(value_of(&epochs->rows[i], c));
        if (!any) continue;
        progress.columns[progress.count] = NAMES[c];
        progress.which[progress.count++] = c;
    }
    return progress;
}

/* A plot of both parts; nothing where there is neither. */
static void add_parts(const struct progress *progress, size_t column,
                      const char *title, double most,
                      const struct plot_table *table, struct text *html)
{
    static const char *const parts[] = {"trained on", "held out"};
    struct plot plot = {.title = title, .is_fitted = most > 0, .most = most};
    for (size_t c = 0; c < progress->count; c++)
        if (progress->which[c] == column || progress->which[c] == column + 1)
            plot.curves[plot.curve_count++] =
                (struct plot_curve){c, parts[progress->which[c] - column]};
    if (plot.curve_count) plot_add(&plot, table, html);
}

void report_add_progress(const struct report *report, struct text *html)
{
    const struct epochs *const epochs = report->epochs;
    struct text notes = {0};
    if (!epochs || !epochs->count) return;
    const struct progress progress = choose(epochs);
    const struct plot_table table = {.columns = progress.columns,
                                     .column_count = progress.count,
                                     .rows = epochs->count,
                                     .at = at,
                                     .context = &progress};
    plot_begin("epochs", "Epoch by epoch", html);
    add_parts(&progress, ACCURACY, "Right, in %", 100, &table, html);
    add_parts(&progress, LOSS, "Loss", 0, &table, html);
    text_add(&notes,
             "<p class=\"note\">What it is trained on counts as the net was "
             "when each batch had its turn%s.",
             isfinite(epochs->rows[0].held_out_loss)
                 ? "; what is held out is measured when the epoch is over"
                 : "");
    if (epochs->stride > 1)
        text_add(&notes, " One epoch of %zu is drawn, and the last.",
                 epochs->stride);
    text_add(&notes, "</p>\n");
    plot_end(&table, notes.data, html);
    html->failed |= notes.failed;
    text_free(&notes);
}
