/* report.c - see report.h; the larger sections have their own files. */
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/file.h>
#include <convlet/number.h>
#include <convlet/window.h>

#include "base/html.h"
#include "report/sections.h"

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
    const struct report_held_out *const held_out = report->held_out;
    if (report->outcome == REPORT_FINISHED && held_out &&
        !(held_out->psnr > fmax(held_out->baseline, held_out->blur))) {
        text_add(html,
                 "<p class=\"badge bad\">finished, no better than %s"
                 "</p>\n",
                 held_out->psnr > held_out->baseline ? "a blur"
                                                     : held_out->nothing);
        return;
    }
    if (report->outcome == REPORT_FINISHED && report->labels &&
        report_is_no_better(report->labels)) {
        text_add(html, "<p class=\"badge bad\">finished, no better than "
                       "always answering ");
        report_add_class(report->labels->samples,
                         report->labels->baselines->always, html);
        text_add(html, "</p>\n");
        return;
    }
    switch (report->outcome) {
    case REPORT_FINISHED:
        text_add(html, "<p class=\"badge\">finished</p>\n");
        break;
    case REPORT_REACHED:
        text_add(html,
                 "<p class=\"badge good\">target reached at step %zu</p>\n",
                 step);
        break;
    case REPORT_GROWN:
        text_add(html,
                 "<p class=\"badge bad\">finished, the loss grew %.2g "
                 "times</p>\n",
                 report->growth);
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
    char value[32], since[64];
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
    snprintf(since, sizeof since, "wall time since step %zu", history->resumed);
    add_tile(value, seconds < 0.1 ? " ms" : " s",
             history->resumed ? since : "wall time", html);
    if (seconds > 0) {
        const double rate =
            (double)(history->step_count - history->resumed) / seconds;
        snprintf(value, sizeof value, rate < 100 ? "%.1f" : "%.0f", rate);
        add_tile(value, "", "steps per second", html);
    }
    snprintf(value, sizeof value, "%zu", cvl_net_param_numbers(report->net));
    add_tile(value, "", "parameters", html);
    text_add(html, "</dl>\n");
    html->failed |= loss.failed;
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
    if (report->outcome == REPORT_DIVERGED && isfinite(report->growth))
        text_add(html,
                 "<p>The loss grew %.2g times; a smaller learning rate may "
                 "help.</p>\n",
                 report->growth);
    else if (report->outcome == REPORT_DIVERGED)
        text_add(html, "<p>The loss is no longer finite; a smaller learning "
                       "rate may help. The curve ends there, and the kernels "
                       "are those of the last step.</p>\n");
    report_add_verdict(report, html);
    add_tiles(report, html);
    text_add(html, "</header>\n");
}

static void add_fact(const char *name, const char *value, struct text *html)
{
    text_add(html, "<dt>%s</dt><dd>", name);
    html_escape(html, value);
    text_add(html, "</dd>\n");
}

static void add_dead(const struct report *report, struct text *html)
{
    const struct dead *const dead = report->dead;
    text_add(html, "<dt>Dead channels</dt><dd>%zu of %zu%s", dead->count,
             dead->all, dead->count ? ": " : "");
    dead_describe(dead, report->net, html);
    text_add(html, "</dd>\n");
}

static void add_layers(const cvl_net *net, struct text *html)
{
    text_add(html, "<div class=\"scroll\"><table class=\"numbers\"><thead><tr>"
                   "<th>layer</th><th>what</th><th>output</th>"
                   "<th>parameters</th><th>sees</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        const size_t *const shape = info.output_shape;
        text_add(html, "<tr><td>%zu</td><td>", i);
        html_escape(html, info.text);
        text_add(html,
                 "</td><td>%zu&times;%zu&times;%zu&times;%zu</td><td>%zu</td>"
                 "<td>%zu&times;%zu</td></tr>\n",
                 shape[0], shape[1], shape[2], shape[3], info.param_numbers,
                 cvl_net_receptive(net, i + 1, 0).field,
                 cvl_net_receptive(net, i + 1, 1).field);
    }
    text_add(html, "</tbody></table></div>\n");
}

static void add_facts(const struct report *report, struct text *html)
{
    char shape[CVL_DESCRIBE_SIZE];
    text_add(html, "<section id=\"run\"><h2>What was run</h2>\n"
                   "<pre class=\"command\"><span>");
    html_escape_broken(html, report->command, ' ', "</span><span>");
    text_add(html, "</span></pre>\n");
    add_layers(report->net, html);
    text_add(html, "<dl class=\"facts\">\n<dt>Input</dt><dd>");
    html_escape(html, report->input);
    text_add(html, ", %s</dd>\n", cvl_tensor_describe(report->x, shape));
    add_fact("Target", report->target, html);
    add_fact("Descent", report->recipe, html);
    if (report->dead) add_dead(report, html);
    add_fact("Processor", report->processor, html);
    text_add(html, "<dt>Execution</dt><dd>%zu thread%s, ", report->threads,
             cvl_plural(report->threads));
    html_escape(html, report->isa);
    text_add(html, "</dd>\n");
    add_fact("Version", report->version, html);
    text_add(html, "</dl>\n<details><summary>All settings</summary><pre>");
    html_escape(html, report->config);
    text_add(html, "</pre></details>\n</section>\n");
}

static cvl_status add_sections(const struct report *report, struct text *html,
                               cvl_error *err)
{
    cvl_status status = report_add_pictures(report, html, err);
    report_add_progress(report, html);
    if (!status) status = report_add_confusion(report, html, err);
    if (!status) status = report_add_mistakes(report, html, err);
    if (!status) status = report_add_looks(report, html, err);
    if (!status) status = report_add_features(report, html, err);
    report_add_curves(report, html);
    report_add_updates(report, html);
    if (!status) status = report_add_kernels(report, html, err);
    add_facts(report, html);
    return status;
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

cvl_status report_write(int directory, const char *path,
                        const struct report *report, cvl_error *err)
{
    struct text html = {0};
    cvl_status status = report_make(report, &html, err);
    if (status) {
        status = cvl_error_prefix(err, status, "%s", path);
    } else {
        const cvl_span piece = {html.data, html.size};
        status = cvl_file_write_at(directory, path, &piece, 1, err);
    }
    text_free(&html);
    return status;
}
