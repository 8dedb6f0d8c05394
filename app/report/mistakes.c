/* mistakes.c - the samples that a classifier is most wrong about. */
#include "base/html.h"
#include "report/sections.h"

enum { SIDE = 64 };

/* "is <b>3</b> 2.1 %": a class and its probability. */
static void add_share(const struct samples *samples, const char *what,
                      size_t label, double p, struct text *html)
{
    text_add(html, "<span>%s <b>", what);
    report_add_class(samples, label, html);
    text_add(html, "</b> %.1f&nbsp;%%</span>", 100 * p);
}

static void add_caption(const struct samples *samples,
                        const struct notable_case *one, struct text *html)
{
    const char *const file = samples_file_name(samples, one->sample);
    const bool right = one->answer == one->truth;
    text_add(html, "<figcaption>");
    add_share(samples, "is", one->truth, one->p_truth, html);
    if (right)
        add_share(samples, "or", one->next, one->p_next, html);
    else
        add_share(samples, "said", one->answer, one->p_answer, html);
    text_add(html, "<small>");
    if (file)
        html_escape_broken(html, file, '/', "<wbr>");
    else
        text_add(html, "sample %zu", one->sample);
    text_add(html, "</small></figcaption></figure>\n");
}

static cvl_status add_cases(const struct samples *samples,
                            const struct notable_list *list, struct text *html,
                            cvl_error *err)
{
    cvl_status status = CVL_OK;
    text_add(html, "<div class=\"cases\">\n");
    for (size_t i = 0; !status && i < list->count; i++) {
        text_add(html, "<figure>");
        status = report_add_sample(samples, list->cases[i].sample, SIDE, "",
                                   html, err);
        add_caption(samples, &list->cases[i], html);
    }
    text_add(html, "</div>\n");
    return status;
}

cvl_status report_add_mistakes(const struct report *report, struct text *html,
                               cvl_error *err)
{
    const struct report_labels *const labels = report->labels;
    if (!labels) return CVL_OK;
    const struct notable *const notable = &labels->tally->notable;
    const struct confusion *const answers = &labels->tally->answers;
    const size_t wrong = answers->total - answers->right;
    cvl_status status = CVL_OK;
    if (!notable->worst.count && !notable->barely.count) return CVL_OK;
    text_add(html, "<section id=\"mistakes\">");
    if (notable->worst.count) {
        text_add(html,
                 "<h2>The worst mistakes</h2>\n<p class=\"note\">%zu of %zu "
                 "that are wrong, of those that are %s: the surest first. What "
                 "it is, with the probability that the net gave that, and what "
                 "the net took it for.</p>\n",
                 notable->worst.count, wrong, labels->part);
        status = add_cases(labels->samples, &notable->worst, html, err);
    }
    if (!status && notable->barely.count) {
        text_add(html,
                 "<h2>Right, but barely</h2>\n<p class=\"note\">The closest "
                 "ones, with what the net nearly took them for.</p>\n");
        status = add_cases(labels->samples, &notable->barely, html, err);
    }
    text_add(html, "</section>\n");
    return status;
}
