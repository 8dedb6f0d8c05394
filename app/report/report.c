/* report.c - see report.h for the contract; each section has its own file. */
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/file.h>

#include "base/html.h"
#include "report/parts.h"

/* The last part of a path; "filter:gaussian" is what it is. */
static const char *short_name(const char *name)
{
    const char *const slash = strrchr(name, '/');
    return slash && slash[1] ? slash + 1 : name;
}

static void add_head(const struct report *report, struct text *html)
{
    text_add(html,
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
             "<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\""
             "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
             "script-src 'unsafe-inline'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, "
             "initial-scale=1\">\n"
             "<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<link rel=\"icon\" href=\"data:,\">\n<title>");
    html_escape(html, short_name(report->input));
    text_add(html, " &rarr; ");
    html_escape(html, short_name(report->target));
    text_add(html, " - convlet</title>\n<style>\n%s</style>\n</head>\n",
             report_css);
}

/* What became of the run, in a few words. */
static void add_outcome(const struct report *report, struct text *html)
{
    const size_t step = report->history->last.step;
    switch (report->outcome) {
    case REPORT_FINISHED:
        text_add(html, "<p class=\"badge\">finished</p>\n");
        break;
    case REPORT_REACHED:
        text_add(html,
                 "<p class=\"badge good\">target reached at step %zu</p>\n",
                 step);
        break;
    case REPORT_DIVERGED:
        text_add(html, "<p class=\"badge bad\">diverged at step %zu</p>\n",
                 step);
        break;
    case REPORT_INTERRUPTED:
        text_add(html, "<p class=\"badge bad\">interrupted at step %zu</p>\n",
                 step);
        break;
    }
}

static size_t count_params(const cvl_net *net)
{
    size_t count = 0;
    for (size_t i = 0; i < net->param_count; i++)
        count += net->params[i].value.count;
    return count;
}

static void add_tile(const char *value, const char *unit, const char *name,
                     struct text *html)
{
    text_add(html,
             "<div class=\"tile\"><dt>%s</dt><dd>%s<small>%s</small></dd>"
             "</div>\n",
             name, value, unit);
}

static void add_tiles(const struct report *report, struct text *html)
{
    const struct history *const history = report->history;
    const double seconds = history->seconds;
    char value[32];
    struct text loss = {0};
    html_number(&loss, history->last.loss);
    text_add(html, "<dl class=\"tiles\">\n");
    add_tile(loss.data ? loss.data : "", "", "final loss", html);
    if (report->is_picture && !isnan(history->last.psnr)) {
        snprintf(value, sizeof value, "%.2f", history->last.psnr);
        add_tile(isfinite(history->last.psnr) ? value : "&infin;", " dB",
                 "PSNR", html);
    }
    snprintf(value, sizeof value, "%zu", history->step_count);
    add_tile(value, "", "steps", html);
    snprintf(value, sizeof value, seconds < 0.1 ? "%.1f" : "%.2f",
             seconds < 0.1 ? seconds * 1e3 : seconds);
    add_tile(value, seconds < 0.1 ? " ms" : " s", "wall time", html);
    if (seconds > 0) {
        const double rate = (double)history->step_count / seconds;
        snprintf(value, sizeof value, rate < 100 ? "%.1f" : "%.0f", rate);
        add_tile(value, "", "steps per second", html);
    }
    snprintf(value, sizeof value, "%zu", count_params(report->net));
    add_tile(value, "", "parameters", html);
    text_add(html, "</dl>\n");
    text_free(&loss);
}

static void add_top(const struct report *report, struct text *html)
{
    text_add(html, "<header>\n<p class=\"brand\">convlet <span>training "
                   "run</span></p>\n<h1>");
    html_escape(html, short_name(report->input));
    text_add(html, " <span class=\"arrow\">&rarr;</span> ");
    html_escape(html, short_name(report->target));
    text_add(html, "</h1>\n");
    add_outcome(report, html);
    if (report->outcome == REPORT_DIVERGED)
        text_add(html, "<p>The loss is no longer finite; a smaller learning "
                       "rate may help. The curve ends there, and the kernels "
                       "are those of the last step.</p>\n");
    add_tiles(report, html);
    text_add(html, "</header>\n");
}

static cvl_status add_sections(const struct report *report, struct text *html,
                               cvl_error *err)
{
    cvl_status status = report_add_pictures(report, html, err);
    if (status) return status;
    report_add_curves(report, html);
    status = report_add_kernels(report, html, err);
    if (status) return status;
    report_add_facts(report, html);
    return CVL_OK;
}

cvl_status report_make(const struct report *report, struct text *html,
                       cvl_error *err)
{
    add_head(report, html);
    text_add(html, "<body>\n<main>\n");
    add_top(report, html);
    const cvl_status status = add_sections(report, html, err);
    if (status) return status;
    text_add(html, "</main>\n<footer>Written by convlet ");
    html_escape(html, report->version);
    text_add(html,
             ". This page is one file; it needs no network.</footer>\n"
             "<script>\n%s</script>\n</body>\n</html>\n",
             report_js);
    return text_status(html, err);
}

cvl_status report_write(const char *path, const struct report *report,
                        cvl_error *err)
{
    struct text html = {0};
    cvl_status status = report_make(report, &html, err);
    if (status) {
        status = cvl_error_prefix(err, status, "%s", path);
    } else {
        const cvl_span piece = {html.data, html.size};
        status = cvl_file_write(path, &piece, 1, err);
    }
    text_free(&html);
    return status;
}
