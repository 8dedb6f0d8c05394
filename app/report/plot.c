/* plot.c - see plot.h for the contract. */
#include "report/plot.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/html.h"

/* In the plot's own units: about CSS pixels on a phone. */
enum { WIDTH = 420, HEIGHT = 262, LEFT = 52, RIGHT = 408, TOP = 14 };
enum { BOTTOM = 226, TICKS = 5, MARKS = 12, DOTS = 40, ROWS = 16 };

/* What the axes span. */
struct axes {
    bool is_log;
    double first, last; /* of column 0 */
    double low, high;   /* values, or their logarithms */
    double floor;       /* log: what stands for 0 and less */
};

static double place_x(const struct axes *axes, double at)
{
    return LEFT +
           (RIGHT - LEFT) * (at - axes->first) / (axes->last - axes->first);
}

/* Of a value, or of its logarithm. */
static double place_y(const struct axes *axes, double at)
{
    return BOTTOM -
           (BOTTOM - TOP) * (at - axes->low) / (axes->high - axes->low);
}

static double place_value(const struct axes *axes, double value)
{
    const double at = axes->is_log ? log10(fmax(value, axes->floor)) : value;
    return place_y(axes, fmin(fmax(at, axes->low), axes->high));
}

static bool is_drawn(const struct plot_table *table, size_t row)
{
    return isfinite(table->at(table, row, 1));
}

/* The least and the most of what is drawn; of a logarithm, of what has one. */
static void span_values(const struct plot *plot, const struct plot_table *table,
                        struct axes *axes)
{
    axes->low = DBL_MAX;
    axes->high = plot->is_log ? 0 : -DBL_MAX;
    for (size_t i = 0; i < table->rows; i++)
        for (size_t c = 0; c < plot->curve_count && is_drawn(table, i); c++) {
            const double at = table->at(table, i, plot->curves[c].column);
            if (!isfinite(at)) continue;
            if (!plot->is_log || at > 0) axes->low = fmin(axes->low, at);
            axes->high = fmax(axes->high, at);
        }
    for (size_t i = 0; i < plot->level_count; i++) {
        axes->low = fmin(axes->low, plot->levels[i].at);
        axes->high = fmax(axes->high, plot->levels[i].at);
    }
}

static struct axes span(const struct plot *plot, const struct plot_table *table)
{
    struct axes axes = {.is_log = plot->is_log};
    axes.first = table->at(table, 0, 0);
    axes.last = table->at(table, table->rows - 1, 0);
    if (axes.last <= axes.first) axes.last = axes.first + 1;
    span_values(plot, table, &axes);
    if (axes.low > axes.high) axes.low = axes.high = 1;
    axes.floor = axes.low;
    if (plot->is_log) {
        axes.low = log10(axes.low);
        axes.high = log10(axes.high);
    } else if (!plot->is_fitted) {
        axes.low = 0;
    }
    if (axes.high <= axes.low) axes.high = axes.low + 1;
    const double margin = (axes.high - axes.low) / 24;
    axes.high = fmin(axes.high + margin, DBL_MAX);
    if (plot->is_log || plot->is_fitted) axes.low -= margin;
    if (plot->most > 0) axes.high = fmin(axes.high, plot->most);
    return axes;
}

/* 1, 2 or 5 times a power of ten: so far apart that TICKS fit. */
static double tick_step(double range)
{
    const double rough = range / TICKS;
    const double power = pow(10, floor(log10(rough)));
    const double share = rough / power;
    return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

static void add_y_tick(const struct axes *axes, double at, const char *label,
                       struct text *html)
{
    const double y = place_y(axes, at);
    text_add(html,
             "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
             "y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" class=\"y\">%s</text>\n",
             LEFT, RIGHT, y, y, LEFT - 6, y + 3.5, label);
}

static void add_log_ticks(const struct axes *axes, struct text *html)
{
    const double decades = axes->high - axes->low;
    const int every = decades > 6 ? (int)ceil(decades / 6) : 1;
    const int first = (int)floor(axes->low), last = (int)ceil(axes->high);
    static const int fine[] = {1, 2, 5}, coarse[] = {1};
    const bool is_fine = decades < 2;
    for (int power = first; power <= last; power++) {
        if (power % every) continue;
        for (size_t i = 0; i < (is_fine ? 3u : 1u); i++) {
            const int digit = is_fine ? fine[i] : coarse[i];
            const double at = power + log10(digit);
            char label[32];
            if (at < axes->low || at > axes->high) continue;
            if (power >= -3 && power <= 4)
                snprintf(label, sizeof label, "%g", digit * pow(10, power));
            else
                snprintf(label, sizeof label, "%de%d", digit, power);
            add_y_tick(axes, at, label, html);
        }
    }
}

/* Evenly spaced values, also of a logarithm that spans little. */
static void add_linear_ticks(const struct axes *axes, struct text *html)
{
    const bool is_log = axes->is_log;
    const double low = is_log ? pow(10, axes->low) : axes->low;
    const double high = is_log ? pow(10, axes->high) : axes->high;
    const double rise = tick_step(fmin(high - low, DBL_MAX));
    const double lowest = ceil(low / rise);
    char label[32];
    for (int i = 0; (lowest + i) * rise <= high; i++) {
        const double at = (lowest + i) * rise;
        snprintf(label, sizeof label, "%.4g", at);
        add_y_tick(axes, is_log ? log10(at) : at, label, html);
    }
}

static void add_ticks(const struct axes *axes, const char *over,
                      struct text *html)
{
    static const double WIDE = 0.3; /* decades: where 1, 2 and 5 are seen */
    if (axes->is_log && axes->high - axes->low > WIDE)
        add_log_ticks(axes, html);
    else
        add_linear_ticks(axes, html);
    const double stride = fmax(1, tick_step(axes->last - axes->first));
    const double start = ceil(axes->first / stride) * stride;
    const int ticks = (int)floor((axes->last - start) / stride) + 1;
    for (int i = 0; i < ticks; i++) {
        const double at = start + i * stride;
        text_add(html, "<text x=\"%.1f\" y=\"%d\" class=\"x\">%.10g</text>\n",
                 place_x(axes, at), BOTTOM + 16, at);
    }
    text_add(html, "<text x=\"%d\" y=\"%d\" class=\"x\">%s</text>\n",
             (LEFT + RIGHT) / 2, HEIGHT - 4, over);
}

static void add_line(const struct plot_table *table, const struct axes *axes,
                     size_t column, size_t number, struct text *html)
{
    text_add(html, "<polyline class=\"curve c%zu\" points=\"", number);
    for (size_t i = 0; i < table->rows; i++)
        if (is_drawn(table, i))
            text_add(html, "%.1f,%.1f ", place_x(axes, table->at(table, i, 0)),
                     place_value(axes, table->at(table, i, column)));
    text_add(html, "\"/>\n");
}

/* Dots that say their numbers where there is no script: seen where they are
 * few. */
static void add_marks(const struct plot_table *table, const struct axes *axes,
                      const struct plot_curve *curve, size_t number,
                      struct text *html)
{
    const struct plot_column *const over = table->columns;
    const struct plot_column *const column = over + curve->column;
    const size_t every = table->rows > DOTS ? table->rows / MARKS : 1;
    for (size_t i = 0; i < table->rows; i += every) {
        if (!is_drawn(table, i)) continue;
        const double x = table->at(table, i, 0);
        const double y = table->at(table, i, curve->column);
        if (every == 1)
            text_add(html,
                     "<circle class=\"dot c%zu\" cx=\"%.1f\" cy=\"%.1f\" "
                     "r=\"2.2\"/>",
                     number, place_x(axes, x), place_value(axes, y));
        text_add(html,
                 "<circle class=\"spot\" cx=\"%.1f\" cy=\"%.1f\" r=\"9\">"
                 "<title>%s %.10g: %s %.6g%s</title></circle>\n",
                 place_x(axes, x), place_value(axes, y), over->name, x,
                 column->name, y, column->unit);
    }
}

/* How near the line from one row to the next comes to `y` between two x. */
static double gap_of_row(const struct plot_table *table,
                         const struct axes *axes, size_t row, size_t column,
                         const double x[2], double y)
{
    const double from = place_x(axes, table->at(table, row, 0));
    const double to = place_x(axes, table->at(table, row + 1, 0));
    if (to <= x[0] || from >= x[1] || to <= from) return HEIGHT;
    const double start = place_value(axes, table->at(table, row, column)) - y;
    const double end = place_value(axes, table->at(table, row + 1, column)) - y;
    const double rise = (end - start) / (to - from);
    const double a = start + rise * (fmax(from, x[0]) - from);
    const double b = start + rise * (fmin(to, x[1]) - from);
    return (a < 0) != (b < 0) ? 0 : fmin(fabs(a), fabs(b));
}

/* The same of all rows and curves. */
static double gap(const struct plot *plot, const struct plot_table *table,
                  const struct axes *axes, const double x[2], double y)
{
    double least = HEIGHT;
    for (size_t i = 0; i + 1 < table->rows; i++)
        for (size_t c = 0; c < plot->curve_count; c++)
            if (is_drawn(table, i) && is_drawn(table, i + 1))
                least = fmin(least, gap_of_row(table, axes, i,
                                               plot->curves[c].column, x, y));
    return least;
}

/* A level that the curves are compared with; its name is at the right, or at
 * the left where it would touch a curve there and is farther from them here. */
static void add_level(const struct plot *plot, const struct plot_table *table,
                      const struct axes *axes, const struct plot_level *level,
                      struct text *html)
{
    enum { LETTER = 6, MARGIN = 6, FREE = 10 };
    const double y = place_value(axes, level->at);
    const double width = (double)(LETTER * strlen(level->name)) + MARGIN;
    const double left =
        gap(plot, table, axes, (double[]){LEFT, LEFT + width}, y - 8);
    const double right =
        gap(plot, table, axes, (double[]){RIGHT - width, RIGHT}, y - 8);
    const bool is_left = right < FREE && left > right;
    text_add(html,
             "<line class=\"level\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
             "y2=\"%.1f\"/><text class=\"level%s\" x=\"%d\" y=\"%.1f\">%s"
             "</text>\n",
             LEFT, RIGHT, y, y, is_left ? " start" : "",
             is_left ? LEFT + MARGIN : RIGHT - MARGIN, y - 4, level->name);
}

static void add_caption(const struct plot *plot, struct text *html)
{
    text_add(html, "<figure class=\"card\"><figcaption>%s", plot->title);
    for (size_t c = 0; c < plot->curve_count; c++)
        if (plot->curves[c].name)
            text_add(html, " <span class=\"key c%zu\">%s</span>", c,
                     plot->curves[c].name);
    text_add(html, "</figcaption>\n");
}

void plot_begin(const char *id, const char *heading, struct text *html)
{
    text_add(html,
             "<section id=\"%s\" class=\"plots\"><h2>%s</h2>\n"
             "<div class=\"pair\">\n",
             id, heading);
}

void plot_add(const struct plot *plot, const struct plot_table *table,
              struct text *html)
{
    const struct axes axes = span(plot, table);
    const size_t column = plot->curves[0].column;
    add_caption(plot, html);
    text_add(html,
             "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" "
             "tabindex=\"0\" aria-label=\"%s, over the %ss: from %.4g to "
             "%.4g\">\n",
             WIDTH, HEIGHT, plot->title, table->columns[0].name,
             table->at(table, 0, column),
             table->at(table, table->rows - 1, column));
    add_ticks(&axes, table->columns[0].name, html);
    if (plot->end)
        text_add(html,
                 "<line class=\"end\" x1=\"%d\" x2=\"%d\" y1=\"%d\" "
                 "y2=\"%d\"/><text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n",
                 RIGHT, RIGHT, TOP, BOTTOM, RIGHT - 6, BOTTOM - 8, plot->end);
    for (size_t c = 0; c < plot->curve_count; c++) {
        add_line(table, &axes, plot->curves[c].column, c, html);
        add_marks(table, &axes, &plot->curves[c], c, html);
    }
    for (size_t i = 0; i < plot->level_count; i++)
        add_level(plot, table, &axes, &plot->levels[i], html);
    text_add(html, "<g class=\"mark\"><line y1=\"%d\" y2=\"%d\"/>", TOP,
             BOTTOM);
    for (size_t c = 0; c < plot->curve_count; c++)
        text_add(html, "<circle class=\"c%zu\" r=\"4\"/>", c);
    text_add(html, "</g>\n</svg>\n</figure>\n");
}

static void add_readout(const struct plot_table *table, struct text *html)
{
    text_add(html, "<p class=\"readout\">Last:");
    for (size_t c = 0; c < table->column_count; c++) {
        text_add(html, "%s %s <b>", c ? "," : "", table->columns[c].name);
        if (c)
            html_number(html, table->at(table, table->rows - 1, c));
        else
            text_add(html, "%.10g", table->at(table, table->rows - 1, c));
        text_add(html, "%s</b>", table->columns[c].unit);
    }
    text_add(html, "</p>\n");
}

/* The same numbers for the script: those of the lines, in their order. */
static void add_numbers(const struct plot_table *table, struct text *html)
{
    const char *separator = "";
    text_add(html, "<script type=\"application/json\">{\"columns\":[");
    for (size_t c = 0; c < table->column_count; c++) {
        const struct plot_column *const column = &table->columns[c];
        text_add(html, c ? ",[\", %s \",\"%s\"]" : "[\"%s \",\"%s\"]",
                 column->name, column->unit);
    }
    text_add(html, "],\"rows\":[");
    for (size_t i = 0; i < table->rows; i++) {
        if (!is_drawn(table, i)) continue;
        text_add(html, "%s[%.10g", separator, table->at(table, i, 0));
        for (size_t c = 1; c < table->column_count; c++) {
            const double value = table->at(table, i, c);
            if (isfinite(value))
                text_add(html, ",%.*g", table->columns[c].digits, value);
            else
                text_add(html, ",null");
        }
        text_add(html, "]");
        separator = ",";
    }
    text_add(html, "]}</script>\n");
}

static void add_row(const struct plot_table *table, size_t row,
                    struct text *html)
{
    text_add(html, "<tr><td>%.10g", table->at(table, row, 0));
    for (size_t c = 1; c < table->column_count; c++) {
        text_add(html, "</td><td>");
        html_number(html, table->at(table, row, c));
    }
    text_add(html, "</td></tr>\n");
}

/* Rows of every order of magnitude, and the last. */
static void add_table(const struct plot_table *table, struct text *html)
{
    const size_t count = table->rows;
    size_t shown = 0;
    text_add(html,
             "<details><summary>Selected %ss as a table</summary>\n"
             "<div class=\"scroll\"><table class=\"numbers\"><thead><tr>",
             table->columns[0].name);
    for (size_t c = 0; c < table->column_count; c++)
        text_add(html, "<th>%s%s%s</th>", table->columns[c].name,
                 *table->columns[c].unit ? "," : "", table->columns[c].unit);
    text_add(html, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < ROWS; i++) {
        const double share = (double)i / (ROWS - 1);
        const size_t at = (size_t)lround(pow((double)count, share)) - 1;
        if (i && at < shown) continue;
        add_row(table, at, html);
        shown = at + 1;
    }
    text_add(html, "</tbody></table></div></details>\n");
}

void plot_end(const struct plot_table *table, const char *notes,
              struct text *html)
{
    text_add(html, "</div>\n");
    add_readout(table, html);
    text_add(html, "%s", notes ? notes : "");
    add_numbers(table, html);
    add_table(table, html);
    text_add(html, "</section>\n");
}
