/* pictures.c - input, target, prediction, and how they differ. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <convlet/memory.h>
#include <convlet/size.h>

#include "base/html.h"
#include "pictures/picture.h"
#include "pictures/psnr.h"
#include "report/sections.h"

/* The page enlarges a heat map, whose values stay squares. In the picture they
 * are as large as the lines between planes need, a quarter of a value wide; in
 * pictures that are wider than this such lines have a whole value's width. */
enum { HEAT_ZOOM = 4, HEAT_SIDE = 240 };

cvl_status report_add_image(const unsigned char *samples, size_t width,
                            size_t height, size_t channels, const char *alt,
                            const char *class, struct text *html,
                            cvl_error *err)
{
    cvl_bytes png;
    const cvl_status status = picture_encode(&picture_png, samples, width,
                                             height, channels, NULL, &png, err);
    if (status) return status;
    text_add(html, "<img class=\"%s\" width=\"%zu\" height=\"%zu\" alt=\"",
             class, width, height);
    html_escape(html, alt);
    text_add(html, "\" src=\"data:image/png;base64,");
    html_base64(html, png.data, png.size);
    text_add(html, "\">");
    cvl_bytes_free(&png);
    return CVL_OK;
}

cvl_status report_add_heat(const cvl_tensor *tensor, size_t planes,
                           size_t columns, double scale, const char *alt,
                           struct text *html, cvl_error *err)
{
    const size_t rows = (planes + columns - 1) / columns;
    const size_t across = tensor->shape[3] * columns;
    const size_t down = tensor->shape[2] * rows;
    const size_t side = across > down ? across : down;
    const bool lines = planes > 1;
    const size_t zoom = lines && HEAT_ZOOM * side <= HEAT_SIDE ? HEAT_ZOOM : 1;
    const struct heat_map map = {.planes = planes,
                                 .columns = columns,
                                 .scale = scale,
                                 .zoom = zoom,
                                 .gap = lines ? 1 : 0};
    size_t width = 0, height = 0;
    struct canvas canvas;
    heat_map_size(&map, tensor, &width, &height);
    cvl_status status = canvas_init(&canvas, width, height, err);
    if (status) return status;
    heat_map_draw(&map, tensor, &canvas, 0, 0);
    status = report_add_image(canvas.samples, width, height, 4, alt, "heat",
                              html, err);
    canvas_free(&canvas);
    return status;
}

cvl_status report_add_plane(const struct report_plane *plane, const char *alt,
                            struct text *html, cvl_error *err)
{
    const size_t height = plane->from->shape[2], width = plane->from->shape[3];
    const size_t every = plane->every, channels = plane->is_grey ? 1 : 3;
    const size_t rows = (height + every - 1) / every;
    const size_t columns = (width + every - 1) / every;
    void *block;
    cvl_status status =
        cvl_alloc(&block, rows * columns * channels, "a picture", err);
    if (status) return status;
    unsigned char *to = block;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++, to += channels) {
            const size_t bottom = cvl_least((i + 1) * every, height);
            const size_t right = cvl_least((j + 1) * every, width);
            double sum = 0;
            for (size_t y = i * every; y < bottom; y++)
                for (size_t x = j * every; x < right; x++)
                    sum += cvl_tensor_get(
                        plane->from, (plane->channel * height + y) * width + x);
            const double mean =
                sum / (double)((bottom - i * every) * (right - j * every));
            if (plane->is_grey)
                *to = picture_sample(mean / plane->scale);
            else
                colormap_at(mean, plane->scale, to);
        }
    status = report_add_image(block, columns, rows, channels, alt, "plane",
                              html, err);
    cvl_free(block);
    return status;
}

void report_add_legend(double scale, struct text *html)
{
    static const int half = 4;
    text_add(html, "<figure class=\"legend\"><div role=\"img\" aria-label=\""
                   "Colours: blue below zero, nearly white at zero, orange "
                   "above\" style=\"background:linear-gradient(90deg");
    for (int i = 0; i <= 2 * half; i++) {
        unsigned char rgb[3];
        colormap_at(i - half, half, rgb);
        text_add(html, ",#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
    }
    text_add(html, ")\"></div><figcaption><span>");
    html_number(html, -scale);
    text_add(html, "</span><span>0</span><span>");
    html_number(html, scale);
    text_add(html, "</span></figcaption></figure>\n");
}

/* One of the four, of image 0. */
struct panel {
    const char *name;
    const cvl_tensor *from;
    const cvl_tensor *minus; /* NULL, or what is taken from it */
    double gain;             /* of the difference */
    double scale;            /* of the heat map */
};

/* The value of a panel: picture channel c, row, column of image 0. */
static double value_at(const struct panel *panel, size_t index)
{
    const double value = cvl_tensor_get(panel->from, index);
    if (!panel->minus) return value;
    return panel->gain * (value - cvl_tensor_get(panel->minus, index));
}

/* Of image 0. */
static double mean_square(const cvl_tensor *y, const cvl_tensor *t)
{
    const size_t count = y->count / y->shape[0];
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        const double d = cvl_tensor_get(y, i) - cvl_tensor_get(t, i);
        sum += d * d;
    }
    return sum / (double)count;
}

/* How often 1, 2 or 5 times a power of ten a difference is multiplied, so
 * that most of it, two standard deviations, fills the range. */
static double choose_gain(double square, double range)
{
    const double wish = range / (2 * sqrt(square));
    if (!isfinite(wish) || wish < 2) return 1;
    const double power = pow(10, floor(log10(fmin(wish, 1e9))));
    const double share = fmin(wish, 1e9) / power;
    return power * (share >= 5 ? 5 : share >= 2 ? 2 : 1);
}

/* samples[y,x,c]: means over squares of `every` pixels; 0.5 is no
 * difference. */
static void shrink(const struct panel *panel, size_t every, size_t width,
                   size_t height, unsigned char *samples)
{
    const size_t *const shape = panel->from->shape;
    for (size_t c = 0; c < shape[1]; c++)
        for (size_t y = 0; y < height; y++)
            for (size_t x = 0; x < width; x++) {
                double sum = 0;
                for (size_t i = 0; i < every * every; i++)
                    sum +=
                        value_at(panel, (c * shape[2] + y * every + i / every) *
                                                shape[3] +
                                            x * every + i % every);
                const double mean = sum / (double)(every * every);
                samples[(y * width + x) * shape[1] + c] =
                    picture_sample(panel->minus ? 0.5 + mean : mean);
            }
}

static cvl_status add_picture(const struct panel *panel, const char *alt,
                              struct text *html, cvl_error *err)
{
    const size_t *const shape = panel->from->shape;
    const size_t side = shape[2] > shape[3] ? shape[2] : shape[3];
    size_t every = (side + REPORT_SIDE - 1) / REPORT_SIDE;
    if (every > shape[2]) every = shape[2];
    if (every > shape[3]) every = shape[3];
    const size_t height = shape[2] / every, width = shape[3] / every;
    unsigned char *const samples = malloc(width * height * shape[1]);
    if (!samples)
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: a picture of %zu x "
                        "%zu",
                        width, height);
    shrink(panel, every, width, height, samples);
    const cvl_status status =
        report_add_image(samples, width, height, shape[1], alt,
                         side < 64 ? "photo heat" : "photo", html, err);
    free(samples);
    return status;
}

/* The channels, shrunk by leaving out where they are large. */
static cvl_status add_channels(const struct panel *panel, const char *alt,
                               struct text *html, cvl_error *err)
{
    const size_t *const shape = panel->from->shape;
    const size_t side = shape[2] > shape[3] ? shape[2] : shape[3];
    const size_t every = (side + REPORT_SIDE / 2 - 1) / (REPORT_SIDE / 2);
    const size_t planes =
        shape[1] < REPORT_CHANNELS ? shape[1] : REPORT_CHANNELS;
    const size_t columns = (size_t)ceil(sqrt((double)planes));
    const size_t drawn[4] = {1, planes, (shape[2] + every - 1) / every,
                             (shape[3] + every - 1) / every};
    cvl_tensor values;
    cvl_status status = cvl_tensor_init(&values, CVL_F64, 4, drawn, err);
    if (status) return status;
    size_t at = 0;
    for (size_t c = 0; c < planes; c++)
        for (size_t y = 0; y < shape[2]; y += every)
            for (size_t x = 0; x < shape[3]; x += every)
                cvl_tensor_set(
                    &values, at++,
                    value_at(panel, (c * shape[2] + y) * shape[3] + x));
    status =
        report_add_heat(&values, planes, columns, panel->scale, alt, html, err);
    cvl_tensor_free(&values);
    return status;
}

static cvl_status add_panel(const struct panel *panel, bool as_picture,
                            struct text *html, cvl_error *err)
{
    char alt[160], shape[CVL_DESCRIBE_SIZE];
    snprintf(alt, sizeof alt, "%s, %s", panel->name,
             cvl_tensor_describe(panel->from, shape));
    text_add(html, "<figure>");
    const cvl_status status = as_picture ? add_picture(panel, alt, html, err)
                                         : add_channels(panel, alt, html, err);
    text_add(html, "<figcaption><b>%s</b> <small>", panel->name);
    if (panel->minus)
        text_add(html, "&times;%g, %s is none", panel->gain,
                 as_picture ? "grey" : "white");
    else
        text_add(html, "%zu&times;%zu&times;%zu", panel->from->shape[1],
                 panel->from->shape[2], panel->from->shape[3]);
    text_add(html, "</small></figcaption></figure>\n");
    return status;
}

/* The last point of the curve is of the step before. */
static void add_error(double square, bool as_picture, struct text *html)
{
    text_add(html,
             "<p class=\"note\">The prediction is made after the last update: "
             "its mean squared error is %.4g",
             square);
    if (as_picture && square > 0)
        text_add(html, ", a PSNR of %.2f dB", psnr_of(square));
    text_add(html, ".</p>\n");
}

static void add_measure(const char *what, double psnr, double than,
                        struct text *html)
{
    text_add(html, "<tr><td>%s</td><td>%.2f&nbsp;dB</td><td>", what, psnr);
    if (than > 0) text_add(html, "%+.2f&nbsp;dB", psnr - than);
    text_add(html, "</td></tr>\n");
}

/* What was held out, and what else could have been done to it. */
static void add_held_out(const struct report_held_out *held_out,
                         struct text *html)
{
    char blur[64];
    text_add(html, "<p>Held out, never trained on: <b>");
    html_escape(html, held_out->name);
    text_add(html, "</b></p>\n<div class=\"scroll\"><table class=\"numbers\">"
                   "<thead><tr><th>what</th><th>PSNR</th><th>gain</th></tr>"
                   "</thead><tbody>\n");
    add_measure(held_out->nothing, held_out->baseline, 0, html);
    snprintf(blur, sizeof blur, "the best Gaussian blur, of %.1f pixels",
             held_out->sigma);
    if (held_out->blur > 0)
        add_measure(blur, held_out->blur, held_out->baseline, html);
    add_measure("this net", held_out->psnr, held_out->baseline, html);
    text_add(html, "</tbody></table></div>\n");
}

cvl_status report_add_pictures(const struct report *report, struct text *html,
                               cvl_error *err)
{
    if (!report->t) return CVL_OK;
    const size_t channels = report->t->shape[1];
    const bool as_picture = report->is_picture || report->is_pairs;
    const bool as_output = as_picture && (channels == 1 || channels == 3);
    const double scale = fmax(1e-30, fmax(cvl_tensor_largest(report->t),
                                          cvl_tensor_largest(report->x)));
    const double range = as_output ? 0.5 : scale;
    const double square = report->y ? mean_square(report->y, report->t) : 0;
    const size_t panel_count = report->y ? 4 : 2;
    const struct panel panels[] = {
        {"Input", report->x, NULL, 1, scale},
        {"Target", report->t, NULL, 1, scale},
        {"Prediction", report->y, NULL, 1, scale},
        {"Difference", report->y, report->t, choose_gain(square, range), scale},
    };
    cvl_status status = CVL_OK;
    text_add(html, "<section id=\"pictures\"><h2>What goes in, what comes out"
                   "</h2>\n");
    if (report->held_out) add_held_out(report->held_out, html);
    if (!as_output) report_add_legend(scale, html);
    text_add(html, "<div class=\"four\">\n");
    for (size_t i = 0; !status && i < panel_count; i++)
        status = add_panel(&panels[i], i ? as_output : as_picture, html, err);
    text_add(html, "</div>\n");
    if (!report->y)
        text_add(html, "<p class=\"note\">The output of the last step is not "
                       "finite; there is no prediction.</p>\n");
    else if (report->outcome <= REPORT_GROWN)
        add_error(square, as_output, html);
    if (!as_picture && (report->x->shape[0] > 1 || channels > 1))
        text_add(html,
                 "<p class=\"note\">Image 0 of %zu, its channels side by "
                 "side (at most %d).</p>\n",
                 report->x->shape[0], REPORT_CHANNELS);
    else if (report->is_pairs)
        text_add(html,
                 "<p class=\"note\">The first of the last batch's %zu."
                 "</p>\n",
                 report->x->shape[0]);
    text_add(html, "</section>\n");
    return status;
}
