/* image.c - pictures inside the page, and the scale of their colours. */
#include "base/html.h"
#include "pictures/picture.h"
#include "report/parts.h"

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
                                             height, channels, &png, err);
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
