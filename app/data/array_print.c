/* array_print.c - see array_print.h for the contract. */
#include "data/array_print.h"

#include <string.h>

#include "base/number.h"

static const char *format(const cvl_tensor *tensor, size_t index,
                          char text[NUMBER_SIZE])
{
    const double value = cvl_tensor_get(tensor, index) + 0.0; /* no -0 */
    return tensor->dtype == CVL_F32 ? number_format_single((float)value, text)
                                    : number_format(value, text);
}

static size_t column_width(const cvl_tensor *tensor)
{
    size_t width = 0;
    char text[NUMBER_SIZE];
    for (size_t i = 0; i < tensor->count; i++) {
        const size_t length = strlen(format(tensor, i, text));
        if (length > width) width = length;
    }
    return width;
}

static void print_row(FILE *stream, const cvl_tensor *tensor, size_t first,
                      size_t length, int width)
{
    char text[NUMBER_SIZE];
    for (size_t i = 0; i < length; i++)
        fprintf(stream, "%s%*s", i ? " " : "", width,
                format(tensor, first + i, text));
    fputc('\n', stream);
}

/* "[1,0]": where plane number `plane` is, on the axes before the last two. */
static void print_place(FILE *stream, const cvl_tensor *tensor, size_t plane)
{
    const size_t last = tensor->ndim > 3 ? tensor->shape[1] : 1;
    if (tensor->ndim > 3)
        fprintf(stream, "[%zu,%zu]\n", plane / last, plane % last);
    else
        fprintf(stream, "[%zu]\n", plane);
}

void array_print(FILE *stream, const char *name, const cvl_tensor *tensor)
{
    const size_t ndim = tensor->ndim;
    const size_t columns = tensor->shape[ndim - 1];
    const size_t rows = ndim > 1 ? tensor->shape[ndim - 2] : 1;
    const size_t planes = tensor->count / (rows * columns);
    const int width = (int)column_width(tensor);
    fprintf(stream, "%s [", name);
    for (size_t i = 0; i < ndim; i++)
        fprintf(stream, "%s%zu", i ? "," : "", tensor->shape[i]);
    fputs("]\n", stream);
    for (size_t plane = 0; plane < planes; plane++) {
        if (planes > 1) print_place(stream, tensor, plane);
        for (size_t row = 0; row < rows; row++)
            print_row(stream, tensor, (plane * rows + row) * columns, columns,
                      width);
    }
}
