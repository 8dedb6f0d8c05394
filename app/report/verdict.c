/* verdict.c - how many are right, and what else would have been. */
#include <stdio.h>
#include <string.h>

#include "base/html.h"
#include "report/sections.h"

void report_add_class(const struct samples *samples, size_t label,
                      struct text *html)
{
    char number[SAMPLES_NAME_SIZE];
    html_escape(html, samples_class(samples, label, number));
}

bool report_is_no_better(const struct report_labels *labels)
{
    const struct baselines *const found = labels->baselines;
    return found && labels->tally->answers.right <= found->frequent;
}

/* A row of what could be done; of `count` samples so many are right. */
static void add_bar(size_t right, size_t count, const char *class,
                    struct text *html)
{
    const double percent = 100 * (double)right / (double)count;
    text_add(html,
             "</td><td>%.1f&nbsp;%%</td><td>%zu of %zu</td><td class=\"bar\">"
             "<div class=\"%s\" style=\"width:%.1f%%\"></div></td></tr>\n",
             percent, right, count, class, percent);
}

static void add_comparison(const struct report_labels *labels,
                           struct text *html)
{
    const struct baselines *const found = labels->baselines;
    const struct confusion *const answers = &labels->tally->answers;
    text_add(html, "<div class=\"scroll\"><table class=\"numbers bars\">"
                   "<thead><tr><th>what</th><th colspan=\"3\">right of what is "
                   "held out</th></tr></thead><tbody>\n"
                   "<tr><td><b>this net</b>");
    add_bar(answers->right, answers->total, "own", html);
    text_add(html, "<tr><td>the nearest training sample");
    if (found->references < labels->samples->training.count)
        text_add(html, " of %zu", found->references);
    add_bar(found->nearest, found->compared, "other", html);
    text_add(html, "<tr><td>always ");
    report_add_class(labels->samples, found->always, html);
    text_add(html, ", the most frequent class");
    add_bar(found->frequent, found->count, "other", html);
    text_add(html, "</tbody></table></div>\n");
}

static void add_warnings(const char *lines, struct text *html)
{
    while (*lines) {
        struct text line = {0};
        const size_t length = strcspn(lines, "\n");
        text_add(&line, "%.*s", (int)length, lines);
        text_add(html, "<p class=\"warning\">Warning: ");
        html_escape(html, line.data ? line.data : "");
        text_add(html, "</p>\n");
        html->failed |= line.failed;
        text_free(&line);
        lines += length + (lines[length] == '\n');
    }
}

void report_add_verdict(const struct report *report, struct text *html)
{
    const struct report_labels *const labels = report->labels;
    if (report->verdict) {
        text_add(html, "<p class=\"verdict\">");
        html_escape(html, report->verdict);
        text_add(html, "</p>\n");
    }
    if (report->warnings) add_warnings(report->warnings, html);
    if (labels && labels->baselines) add_comparison(labels, html);
}
