/* updates.c - see updates.h for the contract. */
#include "report/updates.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>

/* The weight of a layer is the first of its params. */
static size_t find_layers(struct updates_layer *layers, const cvl_net *net)
{
    size_t count = 0;
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        if (!info.param_count) continue;
        if (layers)
            layers[count] = (struct updates_layer){
                .layer = i, .param = (size_t)(info.params - net->params)};
        count++;
    }
    return count;
}

static void layout(struct updates *updates, const cvl_net *net)
{
    cvl_arena *const arena = &updates->arena;
    updates->rows =
        cvl_arena_take(arena, UPDATES_ROWS * updates->width * sizeof(double));
    for (size_t i = 0; i < updates->layer_count; i++) {
        struct updates_layer *const layer = &updates->layers[i];
        const cvl_tensor *const w = &net->params[layer->param].value;
        layer->before =
            cvl_tensor_wrap(w->dtype, w->ndim, w->shape,
                            cvl_arena_take(arena, cvl_tensor_bytes(w)));
    }
}

cvl_status updates_init(struct updates *updates, const cvl_net *net,
                        cvl_error *err)
{
    void *layers;
    const size_t count = find_layers(NULL, net);
    *updates = (struct updates){.stride = 1};
    if (!count) return CVL_OK;
    cvl_status status = cvl_alloc(&layers, count * sizeof *updates->layers,
                                  "the layers with weights", err);
    if (status) return status;
    updates->layers = layers;
    updates->layer_count = find_layers(updates->layers, net);
    updates->width = 1 + count;
    layout(updates, net);
    status = cvl_arena_commit(&updates->arena, "the sizes of updates", err);
    if (status)
        updates_free(updates);
    else
        layout(updates, net);
    return status;
}

static bool is_kept(const struct updates *updates, size_t step)
{
    return updates->layer_count && step % updates->stride == 0;
}

static double *row_of(const struct updates *updates, size_t index)
{
    return updates->rows + index * updates->width;
}

/* Leaves out every other row. */
static void thin_out(struct updates *updates)
{
    size_t kept = 0;
    updates->stride *= 2;
    for (size_t i = 0; i < updates->count; i++)
        if (fmod(row_of(updates, i)[0], (double)updates->stride) == 0)
            memmove(row_of(updates, kept++), row_of(updates, i),
                    updates->width * sizeof(double));
    updates->count = kept;
}

void updates_before(struct updates *updates, const cvl_net *net, size_t step)
{
    while (updates->count >= UPDATES_ROWS) thin_out(updates);
    if (!is_kept(updates, step)) return;
    for (size_t i = 0; i < updates->layer_count; i++) {
        struct updates_layer *const layer = &updates->layers[i];
        const cvl_tensor *const w = &net->params[layer->param].value;
        memcpy(layer->before.data, w->data, cvl_tensor_bytes(w));
    }
}

/* Sums of squares: of what was changed, and of what was there; in lanes that
 * need not wait for each other. */
enum { LANES = 8 };
struct squares {
    double change[LANES], size[LANES];
};

static double share_of(const struct squares *sums)
{
    double change = 0, size = 0;
    for (size_t i = 0; i < LANES; i++) {
        change += sums->change[i];
        size += sums->size[i];
    }
    const double share = sqrt(change / size);
    return isfinite(share) ? share : 0;
}

static inline void add_up(struct squares *sums, size_t lane, double was,
                          double now)
{
    sums->change[lane] += (now - was) * (now - was);
    sums->size[lane] += was * was;
}

/* The compiler takes the choice out of a loop around it; cvl_tensor_get would
 * take five times as long. */
static inline double at(cvl_dtype dtype, const void *values, size_t i)
{
    return dtype == CVL_F32 ? (double)((const float *)values)[i]
                            : ((const double *)values)[i];
}

static double compare(const cvl_tensor *tensor, const void *before)
{
    struct squares sums = {{0}, {0}};
    const cvl_dtype dtype = tensor->dtype;
    const void *const now = tensor->data;
    const size_t count = tensor->count;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            add_up(&sums, k, at(dtype, before, i + k), at(dtype, now, i + k));
    for (; i < count; i++)
        add_up(&sums, 0, at(dtype, before, i), at(dtype, now, i));
    return share_of(&sums);
}

void updates_after(struct updates *updates, const cvl_net *net, size_t step)
{
    if (!is_kept(updates, step)) return;
    double *const row = row_of(updates, updates->count++);
    row[0] = (double)step;
    for (size_t i = 0; i < updates->layer_count; i++) {
        const struct updates_layer *const layer = &updates->layers[i];
        row[1 + i] =
            compare(&net->params[layer->param].value, layer->before.data);
    }
}

cvl_tensor updates_rows(const struct updates *updates)
{
    const size_t shape[2] = {updates->count, updates->width};
    return cvl_tensor_wrap(CVL_F64, 2, shape, updates->rows);
}

/* The step of a row from a file; below `from` or not below `to` is wrong. */
static bool is_row(const double *row, size_t width, double from, double to)
{
    for (size_t i = 1; i < width; i++)
        if (!(row[i] >= 0) || !isfinite(row[i])) return false;
    return row[0] >= from && row[0] < to && row[0] == floor(row[0]);
}

cvl_status updates_recall(struct updates *updates, const cvl_tensor *rows,
                          size_t steps, cvl_error *err)
{
    const size_t count = rows->shape[0];
    const double *const values = rows->data;
    double from = 0, stride = 1;
    if (rows->dtype != CVL_F64 || rows->ndim != 2 || count > UPDATES_ROWS ||
        rows->shape[1] != updates->width)
        return cvl_fail(err, CVL_EFORMAT,
                        "the sizes of updates are not of this net");
    for (size_t i = 0; i < count; i++) {
        const double *const row = values + i * updates->width;
        if (!is_row(row, updates->width, from, (double)steps))
            return cvl_fail(err, CVL_EFORMAT,
                            "row %zu of the sizes of updates is none", i);
        if (i) stride = row[0] + 1 - from;
        from = row[0] + 1;
    }
    memcpy(updates->rows, values, cvl_tensor_bytes(rows));
    updates->count = count;
    updates->stride = (size_t)stride;
    return CVL_OK;
}

void updates_free(struct updates *updates)
{
    cvl_free(updates->layers);
    cvl_arena_free(&updates->arena);
    *updates = (struct updates){0};
}
