/* curves.c - the loss over the steps, linear and logarithmic. */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/html.h"
#include "report/sections.h"

/* In the plot's own units: about CSS pixels on a phone. */
enum { WIDTH = 420, HEIGHT = 262, LEFT = 52, RIGHT = 408, TOP = 14 };
enum { BOTTOM = 226, TICKS = 5, MARKS = 12, ROWS = 16 };

/* What the axes span. */
struct axes {
    bool is_log, is_psnr;
    double first, last; /* steps */
    double low, high;   /* losses, or their logarithms */
    double floor;       /* log: what stands for 0 and less */
};

static double place_x(const struct axes *axes, double step)
{
    return LEFT +
           (RIGHT - LEFT) * (step - axes->first) / (axes->last - axes->first);
}

/* Of a loss, or of its logarithm. */
static double place_y(const struct axes *axes, double at)
{
    return BOTTOM -
           (BOTTOM - TOP) * (at - axes->low) / (axes->high - axes->low);
}

static double level(const struct axes *axes, const struct history_point *point)
{
    if (axes->is_psnr) return fmin(fmax(point->psnr, axes->low), axes->high);
    return axes->is_log ? log10(fmax(point->loss, axes->floor)) : point->loss;
}

/* Of the picture that is held out, and of what else could be done to it. */
static void span_psnr(const struct report *report, struct axes *axes)
{
    const struct history *const history = report->history;
    const struct report_held_out *const held_out = report->held_out;
    axes->is_psnr = true;
    axes->low = held_out->baseline;
    axes->high = fmax(held_out->baseline, held_out->blur);
    for (size_t i = 0; i < history->point_count; i++) {
        const double psnr = history->points[i].psnr;
        if (!isfinite(psnr)) continue;
        axes->low = fmin(axes->low, psnr);
        axes->high = fmax(axes->high, psnr);
    }
    axes->low -= 0.5;
    axes->high += 0.5;
}

static struct axes span(const struct history *history, bool is_log)
{
    const struct history_point *const points = history->points;
    const size_t count = history->point_count;
    struct axes axes = {.is_log = is_log, .floor = DBL_MAX};
    double high = 0;
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(points[i].loss)) continue;
        if (points[i].loss > 0) axes.floor = fmin(axes.floor, points[i].loss);
        high = fmax(high, points[i].loss);
    }
    if (axes.floor > high) axes.floor = 1;
    axes.first = count ? (double)points[0].step : 0;
    axes.last = count ? (double)points[count - 1].step : 0;
    if (axes.last <= axes.first) axes.last = axes.first + 1;
    axes.low = is_log ? log10(axes.floor) : 0;
    axes.high = is_log ? log10(fmax(high, axes.floor)) : high;
    if (axes.high <= axes.low) axes.high = axes.low + 1;
    const double margin = (axes.high - axes.low) / 24;
    axes.high = fmin(axes.high + margin, DBL_MAX);
    if (is_log) axes.low -= margin;
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

static void add_ticks(const struct axes *axes, struct text *html)
{
    char label[32];
    const double rise = axes->is_psnr
                            ? tick_step(axes->high - axes->low)
                            : tick_step(axes->high / 2 - axes->low / 2) * 2;
    const double lowest = axes->is_psnr ? ceil(axes->low / rise) : 0;
    for (int i = 0; !axes->is_log && (lowest + i) * rise <= axes->high; i++) {
        snprintf(label, sizeof label, "%.4g", (lowest + i) * rise);
        add_y_tick(axes, (lowest + i) * rise, label, html);
    }
    if (axes->is_log) add_log_ticks(axes, html);
    const double stride = fmax(1, tick_step(axes->last - axes->first));
    const double start = ceil(axes->first / stride) * stride;
    const int ticks = (int)floor((axes->last - start) / stride) + 1;
    for (int i = 0; i < ticks; i++) {
        const double step = start + i * stride;
        text_add(html, "<text x=\"%.1f\" y=\"%d\" class=\"x\">%.10g</text>\n",
                 place_x(axes, step), BOTTOM + 16, step);
    }
    text_add(html, "<text x=\"%d\" y=\"%d\" class=\"x\">step</text>\n",
             (LEFT + RIGHT) / 2, HEIGHT - 4);
}

static void add_line(const struct history *history, const struct axes *axes,
                     struct text *html)
{
    text_add(html, "<polyline class=\"curve\" points=\"");
    for (size_t i = 0; i < history->point_count; i++) {
        const struct history_point *const point = &history->points[i];
        if (!isfinite(point->loss)) continue;
        text_add(html, "%.1f,%.1f ", place_x(axes, (double)point->step),
                 place_y(axes, level(axes, point)));
    }
    text_add(html, "\"/>\n");
}

/* Unseen dots that say their numbers where there is no script. */
static void add_marks(const struct history *history, const struct axes *axes,
                      struct text *html)
{
    const size_t count = history->point_count;
    const size_t every = count > MARKS ? count / MARKS : 1;
    for (size_t i = 0; i < count; i += every) {
        const struct history_point *const point = &history->points[i];
        if (!isfinite(point->loss)) continue;
        text_add(html,
                 "<circle class=\"spot\" cx=\"%.1f\" cy=\"%.1f\" r=\"9\">"
                 "<title>step %zu: loss %.6g</title></circle>\n",
                 place_x(axes, (double)point->step),
                 place_y(axes, level(axes, point)), point->step, point->loss);
    }
}

/* A level that the curve is compared with. */
static void add_level(const struct axes *axes, const char *what, double psnr,
                      struct text *html)
{
    const double y = place_y(axes, psnr);
    text_add(html,
             "<line class=\"level\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
             "y2=\"%.1f\"/><text class=\"level\" x=\"%d\" y=\"%.1f\">%s"
             "</text>\n",
             LEFT, RIGHT, y, y, RIGHT - 6, y - 4, what);
}

static void add_plot(const struct report *report, const char *title,
                     const struct axes *given, struct text *html)
{
    const struct axes axes = *given;
    text_add(html,
             "<figure class=\"card\"><figcaption>%s</figcaption>\n"
             "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" "
             "tabindex=\"0\" aria-label=\"%s, over the steps: the loss goes "
             "from %.4g to %.4g\">\n",
             title, WIDTH, HEIGHT, title,
             report->history->point_count ? report->history->points[0].loss
                                          : 0.0,
             report->history->last.loss);
    if (axes.is_psnr) {
        const struct report_held_out *const held_out = report->held_out;
        add_level(&axes, held_out->nothing, held_out->baseline, html);
        if (held_out->blur > 0)
            add_level(&axes, "best blur", held_out->blur, html);
    }
    add_ticks(&axes, html);
    if (report->outcome == REPORT_DIVERGED)
        text_add(html,
                 "<line class=\"end\" x1=\"%d\" x2=\"%d\" y1=\"%d\" "
                 "y2=\"%d\"/><text class=\"end\" x=\"%d\" y=\"%d\">diverged "
                 "at step %zu</text>\n",
                 RIGHT, RIGHT, TOP, BOTTOM, RIGHT - 6, BOTTOM - 8,
                 report->history->last.step);
    add_line(report->history, &axes, html);
    add_marks(report->history, &axes, html);
    text_add(html,
             "<g class=\"mark\"><line y1=\"%d\" y2=\"%d\"/>"
             "<circle r=\"4\"/></g>\n</svg>\n</figure>\n",
             TOP, BOTTOM);
}

/* The same points for the script: those of the lines, in their order. */
static void add_numbers(const struct report *report, struct text *html)
{
    const struct history *const history = report->history;
    const char *separator = "";
    text_add(html, "<script type=\"application/json\" id=\"points\">[");
    for (size_t i = 0; i < history->point_count; i++) {
        const struct history_point *const point = &history->points[i];
        if (!isfinite(point->loss)) continue;
        text_add(html, "%s[%zu,%.8g", separator, point->step, point->loss);
        if (report->is_picture && isfinite(point->psnr))
            text_add(html, ",%.4g", point->psnr);
        text_add(html, "]");
        separator = ",";
    }
    text_add(html, "]</script>\n");
}

static void add_row(const struct report *report,
                    const struct history_point *point, struct text *html)
{
    text_add(html, "<tr><td>%zu</td><td>", point->step);
    html_number(html, point->loss);
    if (report->is_picture) {
        text_add(html, "</td><td>");
        if (isfinite(point->psnr))
            text_add(html, "%.2f", point->psnr);
        else
            html_number(html, point->psnr);
    }
    text_add(html, "</td></tr>\n");
}

/* Steps of every order of magnitude, and the last. */
static void add_table(const struct report *report, struct text *html)
{
    const struct history *const history = report->history;
    const size_t count = history->point_count;
    text_add(html,
             "<details><summary>Selected steps as a table</summary>\n"
             "<table class=\"numbers\"><thead><tr><th>step</th><th>loss</th>%s"
             "</tr></thead><tbody>\n",
             report->is_picture ? "<th>PSNR, dB</th>" : "");
    size_t shown = 0;
    for (size_t i = 0; i < ROWS && count; i++) {
        const double share = (double)i / (ROWS - 1);
        const size_t at = (size_t)lround(pow((double)count, share)) - 1;
        if (i && at < shown) continue;
        add_row(report, &history->points[at], html);
        shown = at + 1;
    }
    text_add(html, "</tbody></table></details>\n");
}

void report_add_curves(const struct report *report, struct text *html)
{
    const struct history *const history = report->history;
    text_add(html, "<section id=\"loss\"><h2>Loss</h2>\n");
    if (!history->point_count) {
        text_add(html, "<p>No step was taken.</p></section>\n");
        return;
    }
    text_add(html, "<div class=\"pair\">\n");
    struct axes axes = span(history, true);
    add_plot(report, "Loss, logarithmic", &axes, html);
    axes = span(history, false);
    add_plot(report, "Loss, linear", &axes, html);
    if (report->held_out) {
        span_psnr(report, &axes);
        add_plot(report, "PSNR of the held out picture, in dB", &axes, html);
    }
    text_add(html,
             "</div>\n<p class=\"readout\">Last: step <b>%zu</b>, loss "
             "<b>",
             history->last.step);
    html_number(html, history->last.loss);
    text_add(html, "</b></p>\n");
    if (history->resumed)
        text_add(html,
                 "<p class=\"note\">The run was resumed at step %zu; the "
                 "curve before it is what loss.csv keeps.</p>\n",
                 history->resumed);
    if (history->stride > 1)
        text_add(html,
                 "<p class=\"note\">One step of %zu is drawn, and the "
                 "last.</p>\n",
                 history->stride);
    add_numbers(report, html);
    add_table(report, html);
    text_add(html, "</section>\n");
}
