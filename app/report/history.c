/* history.c - see history.h for the contract. */
#include "report/history.h"

#include <math.h>

#include <convlet/size.h>

#include "base/clock.h"

/* How much of a weight is shown, of at most `budget` values. */
static void choose_shape(struct history_layer *layer, const size_t *shape,
                         size_t budget)
{
    size_t *const shown = layer->shape;
    size_t taps;
    layer->total[0] = shape[0];
    layer->total[1] = shape[1];
    shown[0] = cvl_least(shape[0], HISTORY_PLANES);
    shown[1] = cvl_least(shape[1], HISTORY_PLANES);
    shown[2] = shape[2];
    shown[3] = shape[3];
    if (!cvl_size_mul(shape[2], shape[3], &taps)) taps = budget + 1;
    while (shown[0] && shown[0] * shown[1] > budget / taps) {
        size_t *const larger = shown[0] >= shown[1] ? shown : shown + 1;
        *larger /= 2;
    }
    if (!shown[1]) shown[0] = 0;
    if (!shown[0]) shown[1] = 0;
}

static size_t values_of(const struct history_layer *layer)
{
    return layer->shape[0] * layer->shape[1] * layer->shape[2] *
           layer->shape[3];
}

static size_t count_weights(const cvl_net *net)
{
    size_t count = 0;
    for (size_t i = 0; i < net->param_count; i++)
        count += net->params[i].value.ndim == 4;
    return count;
}

/* The layers that have kernels; how many values they show together. */
static size_t choose_layers(struct history *history, const cvl_net *net)
{
    const size_t budget = HISTORY_VALUES / history->layer_count;
    size_t used = 0, next = 0;
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        if (!info.param_count || info.params->value.ndim != 4) continue;
        struct history_layer *const layer = &history->layers[next++];
        layer->layer = i;
        layer->param = (size_t)(info.params - net->params);
        choose_shape(layer, info.params->value.shape, budget);
        layer->at = used;
        used += values_of(layer);
    }
    return used;
}

/* Steps 0, 1, 2, 4, 7, ...: even on a logarithmic scale. */
static void plan_snapshots(struct history *history, size_t first, size_t steps)
{
    enum { BETWEEN = HISTORY_SNAPSHOTS - 1 };
    for (size_t i = 0; i < BETWEEN; i++) {
        const double share = (double)i / BETWEEN;
        const size_t after = (size_t)llround(pow((double)steps + 1, share)) - 1;
        history->due[i] = first + after;
        if (i && history->due[i] <= history->due[i - 1])
            history->due[i] = history->due[i - 1] + 1;
    }
}

static void layout(struct history *history, size_t values)
{
    cvl_arena *const arena = &history->arena;
    history->points =
        cvl_arena_take(arena, (HISTORY_POINTS + 1) * sizeof *history->points);
    for (size_t i = 0; i < HISTORY_SNAPSHOTS; i++)
        history->snapshots[i].values =
            cvl_arena_take(arena, values * sizeof(double));
}

cvl_status history_init(struct history *history, const cvl_net *net,
                        size_t first, size_t steps, cvl_error *err)
{
    *history = (struct history){
        .stride = 1, .resumed = first, .started = clock_seconds()};
    size_t values = 0;
    void *layers = NULL;
    history->layer_count = count_weights(net);
    cvl_status status =
        cvl_alloc(&layers, history->layer_count * sizeof *history->layers,
                  "the history's layers", err);
    if (status) return status;
    history->layers = layers;
    if (history->layer_count) values = choose_layers(history, net);
    plan_snapshots(history, first, steps);
    layout(history, values);
    status = cvl_arena_commit(&history->arena, "the history", err);
    if (status)
        history_free(history);
    else
        layout(history, values);
    return status;
}

static void take_snapshot(struct history *history, const cvl_net *net,
                          size_t step)
{
    struct history_snapshot *const snapshot =
        &history->snapshots[history->snapshot_count++];
    snapshot->step = step;
    for (size_t i = 0; i < history->layer_count; i++) {
        const struct history_layer *const layer = &history->layers[i];
        cvl_tensor shown = cvl_tensor_wrap(CVL_F64, 4, layer->shape,
                                           snapshot->values + layer->at);
        cvl_tensor_crop(&shown, &net->params[layer->param].value);
    }
}

void history_look(struct history *history, const cvl_net *net, size_t step)
{
    /* The last place is that of history_finish. */
    const size_t next = history->snapshot_count;
    if (!history->points || next + 1 >= HISTORY_SNAPSHOTS) return;
    if (step >= history->due[next]) take_snapshot(history, net, step);
}

/* Halves what is kept. */
static void thin_out(struct history *history)
{
    size_t kept = 0;
    history->stride *= 2;
    for (size_t i = 0; i < history->point_count; i++)
        if (history->points[i].step % history->stride == 0)
            history->points[kept++] = history->points[i];
    history->point_count = kept;
}

void history_add(struct history *history, size_t step, double loss, double psnr)
{
    if (!history->points) return;
    history->last = (struct history_point){step, loss, psnr};
    history->step_count++;
    if (history->point_count && step % history->stride) return;
    while (history->point_count >= HISTORY_POINTS) thin_out(history);
    if (step % history->stride == 0 || !history->point_count)
        history->points[history->point_count++] = history->last;
}

void history_finish(struct history *history, const cvl_net *net, size_t updates)
{
    if (!history->points) return;
    history->seconds = clock_seconds() - history->started;
    const size_t count = history->point_count;
    if (count && history->points[count - 1].step < history->last.step)
        history->points[history->point_count++] = history->last;
    const size_t taken = history->snapshot_count;
    if (!taken || history->snapshots[taken - 1].step < updates)
        take_snapshot(history, net, updates);
}

cvl_tensor history_kernels(const struct history *history, size_t layer,
                           size_t snapshot)
{
    const struct history_layer *const shown = &history->layers[layer];
    return cvl_tensor_wrap(CVL_F64, 4, shown->shape,
                           history->snapshots[snapshot].values + shown->at);
}

void history_free(struct history *history)
{
    cvl_free(history->layers);
    cvl_arena_free(&history->arena);
    *history = (struct history){0};
}
