/* thumbnail.c - a sample as a small picture, as it is kept. */
#include <math.h>

#include <convlet/memory.h>

#include "base/html.h"
#include "pictures/picture.h"
#include "report/sections.h"

/* Planes of a sample that is neither grey nor of three colours, which stand
 * side by side. */
enum { PLANES = 4 };

/* How the numbers of a sample lie in its picture. */
struct view {
    const struct samples_array *array;
    size_t start;         /* of the sample, among all numbers */
    size_t height, width; /* of a plane */
    size_t every;         /* so many squared become a pixel */
    size_t rows, columns; /* of a plane's pixels */
    size_t planes;        /* side by side */
    size_t channels;      /* of a pixel: 1 or 3 */
    double low, high;     /* what is black, and what is white */
};

static double number_at(const struct view *view, size_t index)
{
    const struct samples_array *const array = view->array;
    const size_t at = view->start + index;
    switch (array->type) {
    case SAMPLES_U8:
        return ((const unsigned char *)array->data)[at] / array->divisor;
    case SAMPLES_F32:
        return (double)((const float *)array->data)[at] / array->divisor;
    default: return ((const double *)array->data)[at] / array->divisor;
    }
}

/* From 0 to 1 where all numbers are in there, as those of bytes are, else from
 * the least to the most. */
static void find_range(struct view *view)
{
    const bool is_wide = view->array->type != SAMPLES_U8;
    double low = 0, high = 1;
    for (size_t i = 0; is_wide && i < view->array->size; i++) {
        low = fmin(low, number_at(view, i));
        high = fmax(high, number_at(view, i));
    }
    view->low = low;
    view->high = high;
}

/* A sample without height and width is a line of its numbers. */
static struct view look_at(const struct samples_array *array, size_t index,
                           size_t side)
{
    const size_t *const shape = array->shape;
    const bool is_line = shape[1] * shape[2] == 1;
    struct view view = {.array = array, .start = index * array->size};
    view.height = is_line ? 1 : shape[1];
    view.width = is_line ? shape[0] : shape[2];
    view.channels = !is_line && shape[0] == 3 ? 3 : 1;
    view.planes = is_line || view.channels == 3 ? 1
                  : shape[0] < PLANES           ? shape[0]
                                                : PLANES;
    const size_t longest = view.height > view.width ? view.height : view.width;
    view.every = (longest + side - 1) / side;
    view.rows = (view.height + view.every - 1) / view.every;
    view.columns = (view.width + view.every - 1) / view.every;
    find_range(&view);
    return view;
}

/* The mean of what a pixel stands for, black to white. */
static unsigned char pixel(const struct view *view, size_t plane, size_t row,
                           size_t column)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < view->every; i++)
        for (size_t j = 0; j < view->every; j++) {
            const size_t y = row * view->every + i;
            const size_t x = column * view->every + j;
            if (y >= view->height || x >= view->width) continue;
            sum +=
                number_at(view, (plane * view->height + y) * view->width + x);
            count++;
        }
    return picture_sample((sum / (double)count - view->low) /
                          (view->high - view->low));
}

static void draw(const struct view *view, unsigned char *to)
{
    for (size_t y = 0; y < view->rows; y++)
        for (size_t p = 0; p < view->planes; p++)
            for (size_t x = 0; x < view->columns; x++)
                for (size_t c = 0; c < view->channels; c++)
                    *to++ = pixel(view, p + c, y, x);
}

cvl_status report_add_sample(const struct samples *samples, size_t index,
                             size_t side, const char *alt, struct text *html,
                             cvl_error *err)
{
    const struct view view = look_at(&samples->input, index, side);
    const size_t width = view.planes * view.columns;
    void *block;
    cvl_status status =
        cvl_alloc(&block, view.rows * width * view.channels, "a sample", err);
    if (status) return status;
    draw(&view, block);
    status = report_add_image(block, width, view.rows, view.channels, alt,
                              "sample", html, err);
    cvl_free(block);
    return status;
}
