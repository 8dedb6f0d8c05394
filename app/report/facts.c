/* facts.c - what was run, with what, on what. */
#include <convlet/window.h>

#include "base/html.h"
#include "report/parts.h"

static void add_fact(const char *name, const char *value, struct text *html)
{
    text_add(html, "<dt>%s</dt><dd>", name);
    html_escape(html, value);
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

void report_add_facts(const struct report *report, struct text *html)
{
    char shape[CVL_DESCRIBE_SIZE];
    text_add(html, "<section id=\"run\"><h2>What was run</h2>\n"
                   "<pre class=\"command\">");
    html_escape(html, report->command);
    text_add(html, "</pre>\n");
    add_layers(report->net, html);
    text_add(html, "<dl class=\"facts\">\n<dt>Input</dt><dd>");
    html_escape(html, report->input);
    text_add(html, ", %s</dd>\n", cvl_tensor_describe(report->x, shape));
    add_fact("Target", report->target, html);
    add_fact("Descent", report->recipe, html);
    add_fact("Processor", report->processor, html);
    text_add(html, "<dt>Execution</dt><dd>%zu thread%s, ", report->threads,
             report->threads == 1 ? "" : "s");
    html_escape(html, report->isa);
    text_add(html, "</dd>\n");
    add_fact("Version", report->version, html);
    text_add(html, "</dl>\n<details><summary>All settings</summary><pre>");
    html_escape(html, report->config);
    text_add(html, "</pre></details>\n</section>\n");
}
