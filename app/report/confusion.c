/* confusion.c - which classes were taken for which, with pictures. */
#include <math.h>
#include <stdio.h>

#include "base/html.h"
#include "report/sections.h"

/* Sides of the pictures, in pixels at most; classes up to which a cell has all
 * that is kept of it, and pairs that are listed where no cell has any. */
enum { CELL_SIDE = 32, FEW_CLASSES = 12, PAIRS = 20 };

static size_t row_total(const struct confusion *answers, size_t truth)
{
    size_t total = 0;
    for (size_t k = 0; k < answers->classes; k++)
        total += answers->count[truth * answers->classes + k];
    return total;
}

/* "sample 7, cat/4.png". */
static void describe_sample(const struct samples *samples, size_t index,
                            struct text *text)
{
    const char *const file = samples_file_name(samples, index);
    text_add(text, "sample %zu%s%s", index, file ? ", " : "", file ? file : "");
}

/* What one sees on the picture of a mistake. */
static void describe_case(const struct samples *samples,
                          const struct notable_case *one, struct text *text)
{
    char truth[SAMPLES_NAME_SIZE], answer[SAMPLES_NAME_SIZE];
    const char *const is = samples_class(samples, one->truth, truth);
    describe_sample(samples, one->sample, text);
    text_add(text, ": is %s (p %.3f), taken for %s (p %.3f)", is, one->p_truth,
             samples_class(samples, one->answer, answer), one->p_answer);
}

static cvl_status add_pictures(const struct report_labels *labels,
                               const struct notable_list *list,
                               struct text *html, cvl_error *err)
{
    const size_t most =
        labels->samples->classes <= FEW_CLASSES ? list->count : 1;
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < list->count && i < most; i++) {
        struct text alt = {0};
        describe_case(labels->samples, &list->cases[i], &alt);
        status = text_status(&alt, err);
        text_add(html, "<span title=\"");
        html_escape(html, alt.data ? alt.data : "");
        text_add(html, "\">");
        if (!status)
            status = report_add_sample(labels->samples, list->cases[i].sample,
                                       CELL_SIDE, alt.data, html, err);
        text_add(html, "</span>");
        text_free(&alt);
    }
    return status;
}

static cvl_status add_cell(const struct report_labels *labels, size_t truth,
                           size_t answer, size_t total, struct text *html,
                           cvl_error *err)
{
    const struct confusion *const answers = &labels->tally->answers;
    const size_t count = answers->count[truth * answers->classes + answer];
    const struct notable_list list =
        notable_pair(&labels->tally->notable, truth, answer);
    if (!count) {
        text_add(html, "<td></td>");
        return CVL_OK;
    }
    text_add(html, "<td class=\"%s\" style=\"--share:%.2f\"><b>%zu</b>",
             truth == answer ? "right" : "wrong", (double)count / (double)total,
             count);
    const cvl_status status = add_pictures(labels, &list, html, err);
    text_add(html, "</td>");
    return status;
}

/* A class as the head of a row or a column, which may cut it short. */
static void add_name(const struct samples *samples, size_t label,
                     struct text *html)
{
    text_add(html, "<th title=\"");
    report_add_class(samples, label, html);
    text_add(html, "\">");
    report_add_class(samples, label, html);
    text_add(html, "</th>");
}

static void add_head(const struct report_labels *labels, struct text *html)
{
    text_add(html, "<div class=\"scroll\"><table class=\"confusion\">\n"
                   "<thead><tr><th>is \\ taken for</th>");
    for (size_t k = 0; k < labels->samples->classes; k++)
        add_name(labels->samples, k, html);
    text_add(html, "<th>right</th></tr></thead><tbody>\n");
}

static cvl_status add_matrix(const struct report_labels *labels,
                             struct text *html, cvl_error *err)
{
    const struct confusion *const answers = &labels->tally->answers;
    const size_t classes = answers->classes;
    cvl_status status = CVL_OK;
    add_head(labels, html);
    for (size_t truth = 0; !status && truth < classes; truth++) {
        const size_t total = row_total(answers, truth);
        const size_t right = answers->count[truth * classes + truth];
        text_add(html, "<tr>");
        add_name(labels->samples, truth, html);
        for (size_t k = 0; !status && k < classes; k++)
            status = add_cell(labels, truth, k, total, html, err);
        if (total)
            text_add(html, "<td class=\"sum\">%.0f&nbsp;%%</td></tr>\n",
                     100 * (double)right / (double)total);
        else
            text_add(html, "<td class=\"sum\">none</td></tr>\n");
    }
    text_add(html, "</tbody></table></div>\n");
    return status;
}

/* The shares of a row, below zero what is right; the largest of the others. */
static double fill_row(const struct confusion *answers, size_t truth,
                       cvl_tensor *map)
{
    const size_t classes = answers->classes;
    const double total = fmax(1, (double)row_total(answers, truth));
    double most = 0;
    for (size_t k = 0; k < classes; k++) {
        const size_t at = truth * classes + k;
        const double share = (double)answers->count[at] / total;
        cvl_tensor_set(map, at, k == truth ? -share : share);
        if (k != truth) most = fmax(most, share);
    }
    return most;
}

/* Of many classes: a point for each pair of classes. */
static cvl_status add_map(const struct report_labels *labels, struct text *html,
                          cvl_error *err)
{
    const struct confusion *const answers = &labels->tally->answers;
    const size_t classes = answers->classes;
    const size_t shape[4] = {1, 1, classes, classes};
    double scale = 0;
    cvl_tensor map;
    cvl_status status = cvl_tensor_init(&map, CVL_F64, 4, shape, err);
    if (status) return status;
    for (size_t truth = 0; truth < classes; truth++)
        scale = fmax(scale, fill_row(answers, truth, &map));
    if (scale == 0) scale = 1;
    report_add_legend(scale, html);
    text_add(html, "<div class=\"map\">");
    status = report_add_heat(&map, 1, 1, scale,
                             "A row for each class, a column for each answer",
                             html, err);
    text_add(html, "</div>\n");
    cvl_tensor_free(&map);
    return status;
}

static void add_pairs(const struct report_labels *labels, struct text *html)
{
    const struct confusion *const answers = &labels->tally->answers;
    size_t pair = 0, most = SIZE_MAX;
    text_add(html, "<h3>Most often confused</h3>\n<div class=\"scroll\">"
                   "<table class=\"numbers\"><thead><tr><th>is</th>"
                   "<th>taken for</th><th>times</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < PAIRS && confusion_next_pair(answers, &pair, &most);
         i++) {
        text_add(html, "<tr><td>");
        report_add_class(labels->samples, pair / answers->classes, html);
        text_add(html, "</td><td>");
        report_add_class(labels->samples, pair % answers->classes, html);
        text_add(html, "</td><td>%zu</td></tr>\n", most);
    }
    text_add(html, "</tbody></table></div>\n");
}

/* What the table is of, and what is missing in it. */
static void add_note(const struct report_labels *labels, struct text *html)
{
    const struct tally *const tally = labels->tally;
    const size_t classes = tally->answers.classes;
    text_add(html,
             "<p class=\"note\">Of the %zu samples that are %s%s: a row for "
             "each class, a column for each answer.",
             tally->count, labels->part,
             labels->is_old ? ", when the last epoch that was measured was over"
                            : "");
    if (classes > NOTABLE_CLASSES)
        text_add(html,
                 " Colours are shares of a row, blue where they are right and "
                 "orange where they are wrong; %zu classes are too many for "
                 "numbers and pictures. The first one is at the top left.",
                 classes);
    else if (tally->answers.right < tally->answers.total)
        text_add(html, " Where it was wrong, there %s of which it was surest.",
                 classes <= FEW_CLASSES ? "are up to three pictures"
                                        : "is the picture");
    if (tally->notable.lost)
        text_add(html,
                 " Of %zu the answer is no number; they count as the first "
                 "class, and are not shown.",
                 tally->notable.lost);
    text_add(html, "</p>\n");
}

cvl_status report_add_confusion(const struct report *report, struct text *html,
                                cvl_error *err)
{
    const struct report_labels *const labels = report->labels;
    if (!labels) return CVL_OK;
    const struct tally *const tally = labels->tally;
    const bool is_large = tally->answers.classes > NOTABLE_CLASSES;
    cvl_status status = CVL_OK;
    text_add(html, "<section id=\"confusion\"><h2>What is taken for what</h2>"
                   "\n");
    if (!tally->count || tally->notable.lost == tally->count) {
        text_add(html, tally->count
                           ? "<p>The net's answers are not finite.</p>\n"
                           : "<p>It was never measured: no epoch was over."
                             "</p>\n");
    } else {
        add_note(labels, html);
        status = is_large ? add_map(labels, html, err)
                          : add_matrix(labels, html, err);
        if (is_large) add_pairs(labels, html);
    }
    text_add(html, "</section>\n");
    return status;
}
