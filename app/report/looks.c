/* looks.c - which pixels of a picture an answer depends on. */
#include <math.h>

#include <convlet/memory.h>

#include "base/html.h"
#include "report/sections.h"

/* The longest side of a map, in pixels. */
enum { SIDE = 64 };

/* "Wrong: <b>8</b> 1.2 %". */
static void add_share(const struct report *report, const char *before,
                      size_t label, struct text *html)
{
    text_add(html, "%s<b>", before);
    report_add_class(report->labels->samples, label, html);
    text_add(html, "</b> <small>%.1f&nbsp;%%</small>",
             100 * report->probe->p[label]);
}

void report_add_case(const struct report *report, const struct probe_case *one,
                     struct text *html)
{
    const size_t truth = report->labels->samples->labels[one->sample];
    const size_t answer = probe_answer(report->probe);
    if (!isfinite(report->probe->p[truth])) {
        text_add(html, "Class <b>");
        report_add_class(report->labels->samples, truth, html);
        text_add(html, "</b>");
        return;
    }
    add_share(report,
              answer != truth ? "Wrong: "
              : one->is_close ? "Barely right: "
                              : "Right: ",
              truth, html);
    if (answer != truth) add_share(report, ", taken for ", answer, html);
}

/* A map of the picture's size, in colours. */
static cvl_status add_map(const cvl_tensor *map, const char *what,
                          struct text *html, cvl_error *err)
{
    const size_t *const shape = map->shape;
    const size_t longer = shape[2] > shape[3] ? shape[2] : shape[3];
    const double most = cvl_tensor_largest(map);
    const struct report_plane plane = {.from = map,
                                       .every = (longer + SIDE - 1) / SIDE,
                                       .scale = most > 0 ? most : 1};
    text_add(html, "<figure>");
    const cvl_status status = report_add_plane(&plane, what, html, err);
    text_add(html, "<figcaption>%s <small>%s", what, most > 0 ? "up to " : "");
    html_number(html, most);
    text_add(html, "%s</small></figcaption></figure>\n",
             most > 0 ? "" : " everywhere");
    return status;
}

static cvl_status add_gradient(const struct report *report, size_t class,
                               const char *what, cvl_tensor *map,
                               struct text *html, cvl_error *err)
{
    probe_gradient(report->probe, class, map->data);
    return add_map(map, what, html, err);
}

/* Each pixel has the number of the square that it is in; `squares` has room
 * for all of them. */
static cvl_status add_occlusion(const struct report *report, size_t class,
                                double *squares, cvl_tensor *map,
                                struct text *html, cvl_error *err)
{
    const struct probe_patches patches = probe_patches_of(report->probe);
    const size_t height = map->shape[2], width = map->shape[3];
    probe_occlude(report->probe, &patches, class, squares);
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++)
            cvl_tensor_set(map, y * width + x,
                           squares[y / patches.stride * patches.columns +
                                   x / patches.stride]);
    return add_map(map, "covered", html, err);
}

/* The slope of the answer; false where that, or a layer, is not finite. */
static bool find_slope(struct probe *probe, size_t answer, double *map)
{
    const cvl_tensor *const dx = &probe->dx;
    if (probe_finite_layers(probe) < probe->net->layer_count) return false;
    probe_gradient(probe, answer, map);
    return cvl_tensor_first_nonfinite(dx) == dx->count;
}

static cvl_status add_maps(const struct report *report, size_t truth,
                           double *squares, cvl_tensor *map, struct text *html,
                           cvl_error *err)
{
    const size_t answer = probe_answer(report->probe);
    if (!find_slope(report->probe, answer, map->data)) {
        text_add(html, "<p class=\"note\">What the net makes of it is not "
                       "finite.</p>\n");
        return CVL_OK;
    }
    cvl_status status = add_map(map, "slope of the answer", html, err);
    if (!status && answer != truth)
        status =
            add_gradient(report, truth, "slope of the truth", map, html, err);
    return status ? status
                  : add_occlusion(report, answer, squares, map, html, err);
}

static cvl_status add_look(const struct report *report,
                           const struct probe_case *one, double *squares,
                           cvl_tensor *map, struct text *html, cvl_error *err)
{
    const struct samples *const samples = report->labels->samples;
    probe_take(report->probe, samples, one->sample);
    text_add(html, "<div class=\"card\"><h4>");
    report_add_case(report, one, html);
    text_add(html, "</h4>\n<div class=\"looks\"><figure>");
    cvl_status status =
        report_add_sample(samples, one->sample, SIDE, "the picture", html, err);
    text_add(html, "<figcaption>picture</figcaption></figure>\n");
    if (!status)
        status = add_maps(report, samples->labels[one->sample], squares, map,
                          html, err);
    text_add(html, "</div></div>\n");
    return status;
}

static void add_words(const struct report *report, struct text *html)
{
    const struct probe_patches patches = probe_patches_of(report->probe);
    text_add(html,
             "<section id=\"looks\"><h2>What the answer depends on</h2>\n"
             "<p class=\"note\"><b>Slope</b>: how fast the number of that "
             "class, before the softmax, changes with a pixel, whichever way "
             "(|d y / d x|%s). <b>Covered</b>: by how much the answer's "
             "probability falls (orange) or rises (blue) when a patch of "
             "%zu&times;%zu pixels in the picture's mean colour lies there; "
             "it is moved by %zu. Each map has its own scale.</p>\n"
             "<div class=\"pair\">\n",
             report->probe->x.shape[1] > 1 ? ", the largest of the channels"
                                           : "",
             patches.side, patches.side, patches.stride);
}

cvl_status report_add_looks(const struct report *report, struct text *html,
                            cvl_error *err)
{
    if (!report->probe || !report->labels || !report->case_count ||
        report->probe->x.count == report->probe->x.shape[1])
        return CVL_OK; /* or pictures of one pixel */
    const struct probe_patches patches = probe_patches_of(report->probe);
    const cvl_tensor *const x = &report->probe->x;
    const size_t shape[4] = {1, 1, x->shape[2], x->shape[3]};
    cvl_tensor map = {0};
    void *squares = NULL;
    cvl_status status = cvl_tensor_init(&map, CVL_F64, 4, shape, err);
    if (!status)
        status =
            cvl_alloc(&squares, patches.rows * patches.columns * sizeof(double),
                      "a map", err);
    if (!status) add_words(report, html);
    for (size_t i = 0; !status && i < report->case_count; i++)
        status = add_look(report, &report->cases[i], squares, &map, html, err);
    text_add(html, "</div>\n</section>\n");
    cvl_tensor_free(&map);
    cvl_free(squares);
    return status;
}
