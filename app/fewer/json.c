/* json.c - the steps of a tile for programs; see fewer.h. */
#include "base/json.h"

#include "fewer/fewer.h"

static void add_row(struct json *json, const char *name, const double *numbers,
                    size_t count)
{
    json_open(json, name, '[');
    for (size_t i = 0; i < count; i++) json_real(json, NULL, numbers[i]);
    json_close(json, ']');
}

static void add_matrix(struct json *json, const char *name,
                       const double *numbers, size_t rows, size_t columns)
{
    json_open(json, name, '[');
    for (size_t r = 0; r < rows; r++)
        add_row(json, NULL, numbers + r * columns, columns);
    json_close(json, ']');
}

static void add_place(struct json *json, const char *name, double row,
                      double column)
{
    const double place[2] = {row, column};
    add_row(json, name, place, 2);
}

static void add_channels(struct json *json, const struct fewer *fewer)
{
    const cvl_winograd_tile *const t = &fewer->tile;
    const size_t S = t->side, points = S * S;
    json_open(json, "channels", '[');
    for (size_t c = 0; c < fewer->listed; c++) {
        json_open(json, NULL, '{');
        add_matrix(json, "x", t->x + c * points, S, S);
        add_matrix(json, "w", t->w + c * 9, 3, 3);
        add_matrix(json, "V", t->v + c * points, S, S);
        add_matrix(json, "U", t->u + c * points, S, S);
        add_matrix(json, "products", fewer->products + c * points, S, S);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void add_tile(struct json *json, const struct fewer *fewer)
{
    const cvl_winograd_tile *const t = &fewer->tile;
    json_open(json, "tile", '{');
    json_size(json, "outputs", t->outputs);
    json_size(json, "inputs", t->side);
    add_place(json, "first_output", (double)t->y_row, (double)t->y_column);
    add_place(json, "first_input", (double)t->x_row, (double)t->x_column);
    add_matrix(json, "B'", t->to_points, t->side, t->side);
    add_matrix(json, "G", t->of_kernels, t->side, 3);
    add_matrix(json, "A'", t->to_outputs, t->outputs, t->side);
    json_size(json, "count", t->channels);
    json_size(json, "listed", fewer->listed);
    add_channels(json, fewer);
    add_matrix(json, "M", t->m, t->side, t->side);
    json_real(json, "bias", t->bias);
    add_matrix(json, "y", t->y, t->outputs, t->outputs);
    json_close(json, '}');
}

void fewer_json(const struct fewer *fewer, struct text *text)
{
    const struct fewer_question *const q = fewer->question;
    struct json json = {.text = text, .is_first = true};
    json_open(&json, NULL, '{');
    json_string(&json, "array", "y");
    json_sizes(&json, "at", q->at, 4);
    if (*q->layer) json_string(&json, "layer", q->layer);
    add_tile(&json, fewer);
    json_size(&json, "count", q->terms);
    json_real(&json, "total", q->plain);
    json_string(&json, "algorithm", q->algorithm);
    json_string(&json, "dtype", cvl_dtype_name(q->dtype));
    json_real(&json, "result", q->value);
    json_real(&json, "difference", q->value - q->plain);
    json_bool(&json, "matches", fewer->matches);
    json_close(&json, '}');
    text_fill(text, '\n', 1);
}
