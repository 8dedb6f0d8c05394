/* describe.c - what is open, as JSON. */
#include "live/session.h"

static void add_names(struct json *json, const char *name,
                      const cvl_param *params, size_t count)
{
    json_open(json, name, '[');
    for (size_t i = 0; i < count; i++) json_string(json, NULL, params[i].name);
    json_close(json, ']');
}

static void add_layer(struct json *json, const cvl_net *net, size_t index)
{
    cvl_layer_info info;
    cvl_net_layer_info(net, index, &info);
    json_open(json, NULL, '{');
    json_string(json, "kind", info.kind);
    json_string(json, "text", info.text);
    json_sizes(json, "output", info.output_shape, 4);
    add_names(json, "params", info.params, info.param_count);
    json_size(json, "first_param", (size_t)(info.params - net->params));
    add_names(json, "buffers", info.buffers, info.buffer_count);
    json_string(json, "algorithm", info.algorithm);
    json_real(json, "flops", info.flops);
    json_bool(json, "rectifies", info.rectifies);
    json_close(json, '}');
}

static void add_arrays(struct json *json, const char *name,
                       const cvl_param *params, size_t count)
{
    json_open(json, name, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(json, NULL, '{');
        json_string(json, "name", params[i].name);
        json_sizes(json, "shape", params[i].value.shape, params[i].value.ndim);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void add_net(struct json *json, const cvl_net *net)
{
    json_sizes(json, "input", net->input.shape, 4);
    json_sizes(json, "output", net->output.shape, 4);
    json_open(json, "layers", '[');
    for (size_t i = 0; i < net->layer_count; i++) add_layer(json, net, i);
    json_close(json, ']');
    add_arrays(json, "params", net->params, net->param_count);
    add_arrays(json, "buffers", net->buffers, net->buffer_count);
}

/* Data that cannot be settled yet, as a target that is still to come, has no
 * rate either. */
static void add_rate(struct json *json, struct live *live)
{
    const cvl_optimizer_settings *const optimizer =
        &live->trainer.optimizer.settings;
    const bool known =
        !live_settle(live, NULL) && (optimizer->kind->knobs & CVL_KNOB_RATE);
    if (known)
        json_real(json, "lr", optimizer->lr);
    else
        json_string(json, "lr", NULL);
}

static void describe(struct live *live)
{
    char loss[CVL_LOSS_TEXT_SIZE];
    struct json json = live_json(live);
    json_open(&json, NULL, '{');
    json_string(&json, "version", live_version());
    json_string(&json, "dtype", cvl_dtype_name(live->dtype));
    json_string(&json, "spec", live->spec.data);
    json_size(&json, "steps", live->config.training.steps);
    json_size(&json, "step", live->taken);
    json_string(&json, "loss", cvl_loss_text(&live->trainer.loss, loss));
    json_bool(&json, "takes_labels", live_takes_labels(live));
    add_rate(&json, live);
    add_net(&json, &live->trainer.net);
    live->feed->describe(live, &json);
    json_close(&json, '}');
}

const char *live_describe(struct live *live)
{
    cvl_error err;
    cvl_status status = live_check_open(live, &err);
    if (!status) {
        describe(live);
        status = text_status(&live->json, &err);
    }
    return live_answer(live, status, &err) ? NULL : live->json.data;
}
