/* net.c - see net.h for the contract; each layer kind is a file of its own. */
#include "convlet/net.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/layer.h"
#include "convlet/names.h"

#define KIND_ENTRY(file) &cvl_layer_##file,
static const cvl_layer_kind *const KINDS[] = {CVL_LAYER_KINDS(KIND_ENTRY)};
#undef KIND_ENTRY

enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0], MAX_SPEC = 4096 };

static const char *const INIT_NAMES[] = {
    [CVL_INIT_NORMAL] = "normal",
    [CVL_INIT_KAIMING] = "kaiming",
    [CVL_INIT_ZEROS] = "zeros",
};

enum { INIT_COUNT = sizeof INIT_NAMES / sizeof *INIT_NAMES };

const char *cvl_init_name(cvl_init init)
{
    const size_t i = (size_t)init;
    return i < INIT_COUNT ? INIT_NAMES[i] : NULL;
}

bool cvl_init_parse(const char *name, cvl_init *init)
{
    const size_t i = cvl_names_find(INIT_NAMES, INIT_COUNT, name);
    if (i < INIT_COUNT) *init = (cvl_init)i;
    return i < INIT_COUNT;
}

const char *cvl_layer_kind_name(size_t index)
{
    return index < KIND_COUNT ? KINDS[index]->name : NULL;
}

const char *cvl_layer_kind_usage(size_t index)
{
    return index < KIND_COUNT ? KINDS[index]->usage : NULL;
}

/* "there are conv, relu, ... and shuffle" */
static cvl_status refuse_kind(const char *name, cvl_error *err)
{
    char names[CVL_ERROR_SIZE];
    return cvl_fail(err, CVL_EINVAL, "unknown layer '%s'; there are %s", name,
                    cvl_names_list(cvl_layer_kind_name, names, sizeof names));
}

/* Splits text, which it cuts up, at white space. More words than fit are
 * counted, not stored. */
static size_t split_words(char *text, char *words[CVL_LAYER_MAX_WORDS])
{
    static const char space[] = " \t\n";
    size_t count = 0;
    for (text += strspn(text, space); *text; text += strspn(text, space)) {
        if (count < CVL_LAYER_MAX_WORDS) words[count] = text;
        count++;
        text += strcspn(text, space);
        if (*text) *text++ = '\0';
    }
    return count;
}

/* Reads one layer's text, which it cuts up. */
static cvl_status parse_layer(cvl_layer *layer, char *text, cvl_error *err)
{
    char *words[CVL_LAYER_MAX_WORDS];
    const size_t count = split_words(text, words);
    if (!count)
        return cvl_fail(err, CVL_EINVAL,
                        "is empty; write a layer such as conv 8 3x3 or relu");
    if (count > CVL_LAYER_MAX_WORDS)
        return cvl_fail(err, CVL_EINVAL, "has more than %d words",
                        CVL_LAYER_MAX_WORDS);
    const size_t row = cvl_names_index(cvl_layer_kind_name, words[0]);
    if (row == KIND_COUNT) return refuse_kind(words[0], err);
    const cvl_layer_kind *const kind = KINDS[row];
    const cvl_status status =
        cvl_alloc(&layer->own, kind->own_bytes, "a layer", err);
    if (status) return status;
    layer->kind = kind;
    return kind->parse(layer, words + 1, count - 1, err);
}

/* Parses and plans layer `index`, whose text it cuts up. */
static cvl_status build_layer(cvl_net *net, size_t index, char *text,
                              const cvl_net_config *config, cvl_error *err)
{
    cvl_layer *const layer = &net->layers[index];
    const cvl_tensor *const input =
        index ? &net->layers[index - 1].output : &net->input;
    char shown[CVL_DESCRIBE_SIZE];
    snprintf(shown, sizeof shown, "%s", text + strspn(text, " \t\n"));
    cvl_net_config own = *config;
    if (config->algos && config->algos[index] != CVL_CONV_AUTO)
        own.algo = config->algos[index];
    cvl_status status = parse_layer(layer, text, err);
    if (!status) status = layer->kind->setup(layer, input, &own, err);
    if (status)
        return cvl_error_prefix(err, status, "layer %zu (%s)", index, shown);
    layer->mode = net->mode;
    net->param_count += layer->param_count;
    net->buffer_count += layer->buffer_count;
    return CVL_OK;
}

static cvl_status build_layers(cvl_net *net, const cvl_net_config *config,
                               cvl_error *err)
{
    char text[MAX_SPEC];
    if (strlen(config->spec) >= sizeof text)
        return cvl_fail(err, CVL_EINVAL,
                        "the net's text is longer than %d characters",
                        MAX_SPEC - 1);
    memcpy(text, config->spec, strlen(config->spec) + 1);

    size_t count = 1;
    for (const char *c = text; *c; c++) count += *c == ',';
    if (count > CVL_MAX_LAYERS)
        return cvl_fail(err, CVL_EINVAL, "%zu layers are more than %d", count,
                        CVL_MAX_LAYERS);
    void *layers;
    cvl_status status =
        cvl_alloc(&layers, count * sizeof *net->layers, "layers", err);
    if (status) return status;
    net->layers = layers;
    net->layer_count = count;

    char *next = text;
    for (size_t i = 0; !status && i < count; i++) {
        char *const layer_text = next;
        next += strcspn(next, ",");
        if (*next) *next++ = '\0';
        status = build_layer(net, i, layer_text, config, err);
    }
    return status;
}

static void name_param(cvl_param *param, size_t layer, const char *name,
                       cvl_tensor shape)
{
    snprintf(param->name, sizeof param->name, "%zu.%s", layer, name);
    param->value = param->grad = shape;
}

/* Names the params and buffers of all layers, which are planned, and says their
 * shapes. */
static cvl_status plan_params(cvl_net *net, cvl_error *err)
{
    void *params;
    const cvl_dtype dtype = net->input.dtype;
    const cvl_status status = cvl_alloc(
        &params, (net->param_count + net->buffer_count) * sizeof *net->params,
        "params", err);
    if (status) return status;
    cvl_param *param = net->params = params;
    cvl_param *buffer = net->buffers = param + net->param_count;
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer *const layer = &net->layers[i];
        const cvl_layer_kind *const kind = layer->kind;
        layer->params = param;
        layer->buffers = buffer;
        for (size_t k = 0; k < layer->param_count; k++)
            name_param(param++, i, kind->param_names[k],
                       cvl_tensor_wrap(dtype, layer->param_ndim[k],
                                       layer->param_shape[k], NULL));
        for (size_t k = 0; k < layer->buffer_count; k++)
            name_param(buffer++, i, kind->buffer_names[k],
                       cvl_tensor_wrap(dtype, layer->buffer_ndim[k],
                                       layer->buffer_shape[k], NULL));
    }
    return CVL_OK;
}

/* Every layer's activation and the gradient by it, for the way back. */
static void layout_both_ways(cvl_net *net)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer *const layer = &net->layers[i];
        const size_t bytes = cvl_tensor_bytes(&layer->output);
        layer->output.data = cvl_arena_take(&net->arena, bytes);
        layer->grad = layer->output;
        if (i + 1 < net->layer_count)
            layer->grad.data = cvl_arena_take(&net->arena, bytes);
        layer->keep = cvl_arena_take(&net->arena, layer->keep_bytes);
    }
}

/* A layer reads one buffer and writes the other. */
static void layout_forward(cvl_net *net)
{
    size_t bytes[2] = {0};
    for (size_t i = 0; i < net->layer_count; i++) {
        const size_t size = cvl_tensor_bytes(&net->layers[i].output);
        if (size > bytes[i % 2]) bytes[i % 2] = size;
    }
    void *const buffer[2] = {cvl_arena_take(&net->arena, bytes[0]),
                             cvl_arena_take(&net->arena, bytes[1])};
    for (size_t i = 0; i < net->layer_count; i++)
        net->layers[i].output.data = buffer[i % 2];
}

/* The buffers, and room to keep them. */
static void layout_buffers(cvl_net *net)
{
    size_t all = 0;
    for (size_t i = 0; i < net->buffer_count; i++) {
        cvl_tensor *const value = &net->buffers[i].value;
        const size_t bytes = cvl_tensor_bytes(value);
        value->data = cvl_arena_take(&net->arena, bytes);
        all += bytes;
    }
    if (!net->forward_only) net->kept = cvl_arena_take(&net->arena, all);
}

/* Run twice: see cvl_arena. */
static void layout(cvl_net *net)
{
    cvl_arena *const arena = &net->arena;
    if (net->forward_only)
        layout_forward(net);
    else
        layout_both_ways(net);
    for (size_t i = 0; i < net->param_count; i++) {
        cvl_param *const param = &net->params[i];
        const size_t bytes = cvl_tensor_bytes(&param->value);
        param->value.data = cvl_arena_take(arena, bytes);
        if (!net->forward_only) param->grad.data = cvl_arena_take(arena, bytes);
    }
    layout_buffers(net);
    size_t work = 0;
    for (size_t i = 0; i < net->layer_count; i++)
        if (net->layers[i].work_bytes > work) work = net->layers[i].work_bytes;
    net->work = cvl_arena_take(arena, work);
    net->output = net->layers[net->layer_count - 1].output;
}

cvl_status cvl_net_plan(cvl_net *net, const cvl_net_config *config,
                        cvl_error *err)
{
    *net = (cvl_net){0};
    size_t count;
    if (!cvl_size_product(config->input_shape, 4, &count) ||
        count > PTRDIFF_MAX / sizeof(double))
        return cvl_fail(err, CVL_EINVAL,
                        "an input of %zu x %zu x %zu x %zu is larger than any "
                        "memory",
                        config->input_shape[0], config->input_shape[1],
                        config->input_shape[2], config->input_shape[3]);
    if (!count)
        return cvl_fail(err, CVL_EINVAL,
                        "an input of %zu x %zu x %zu x %zu is empty; expected "
                        "1 or more along each axis",
                        config->input_shape[0], config->input_shape[1],
                        config->input_shape[2], config->input_shape[3]);
    cvl_status status = cvl_dtype_check(config->dtype, err);
    if (status) return status;
    net->input = cvl_tensor_wrap(config->dtype, 4, config->input_shape, NULL);
    net->forward_only = config->forward_only;
    net->mode = net->forward_only ? CVL_MODE_EVAL : CVL_MODE_TRAIN;
    status = build_layers(net, config, err);
    if (!status) status = plan_params(net, err);
    if (status)
        cvl_net_free(net);
    else
        layout(net);
    return status;
}

cvl_status cvl_net_build(cvl_net *net, const cvl_net_config *config,
                         cvl_error *err)
{
    cvl_status status = cvl_net_plan(net, config, err);
    if (status) return status;
    status = cvl_arena_commit(&net->arena, "the net", err);
    if (!status)
        layout(net);
    else
        cvl_net_free(net);
    return status;
}

void cvl_net_free(cvl_net *net)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer *const layer = &net->layers[i];
        if (layer->kind && layer->kind->free) layer->kind->free(layer);
        cvl_free(layer->own);
    }
    cvl_free(net->layers);
    cvl_free(net->params);
    cvl_arena_free(&net->arena);
    *net = (cvl_net){0};
}

static void share(cvl_param *params, const cvl_param *of, size_t count,
                  bool forward_only)
{
    for (size_t i = 0; i < count; i++) {
        assert(
            !cvl_tensor_check_like("", &params[i].value, &of[i].value, NULL));
        params[i].value.data = of[i].value.data;
        params[i].grad.data = forward_only ? NULL : of[i].grad.data;
    }
}

void cvl_net_share_params(cvl_net *net, const cvl_net *of)
{
    assert(net->param_count == of->param_count &&
           net->buffer_count == of->buffer_count);
    assert(net->forward_only || !of->forward_only);
    share(net->params, of->params, net->param_count, net->forward_only);
    share(net->buffers, of->buffers, net->buffer_count, net->forward_only);
}

void cvl_net_set_mode(cvl_net *net, cvl_mode mode)
{
    net->mode = mode;
    for (size_t i = 0; i < net->layer_count; i++) net->layers[i].mode = mode;
}

cvl_status cvl_net_check_train(const cvl_net *net, cvl_error *err)
{
    for (size_t i = 0; i < net->layer_count; i++) {
        const cvl_layer *const layer = &net->layers[i];
        const cvl_status status = layer->kind->check_train
                                      ? layer->kind->check_train(layer, err)
                                      : CVL_OK;
        if (status)
            return cvl_error_prefix(err, status, "layer %zu (%s)", i,
                                    layer->text);
    }
    return CVL_OK;
}

static void copy_values(cvl_param *params, const cvl_param *from, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cvl_tensor_copy(&params[i].value, &from[i].value);
}

void cvl_net_copy_values(cvl_net *net, const cvl_net *from)
{
    assert(net->param_count == from->param_count &&
           net->buffer_count == from->buffer_count);
    copy_values(net->params, from->params, net->param_count);
    copy_values(net->buffers, from->buffers, net->buffer_count);
}

/* Copies the buffers to net->kept, or back. */
static void move_buffers(cvl_net *net, bool back)
{
    unsigned char *kept = net->kept;
    assert(!net->forward_only);
    for (size_t i = 0; i < net->buffer_count; i++) {
        void *const data = net->buffers[i].value.data;
        const size_t bytes = cvl_tensor_bytes(&net->buffers[i].value);
        memcpy(back ? data : kept, back ? kept : data, bytes);
        kept += bytes;
    }
}

void cvl_net_keep_buffers(cvl_net *net)
{
    move_buffers(net, false);
}

void cvl_net_restore_buffers(cvl_net *net)
{
    move_buffers(net, true);
}

void cvl_net_init_params(cvl_net *net, cvl_init init, cvl_random *random)
{
    assert(cvl_init_name(init));
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer *const layer = &net->layers[i];
        if (layer->kind->init_params)
            layer->kind->init_params(layer, init, random);
    }
}

void cvl_net_forward(cvl_net *net, const cvl_tensor *x)
{
    assert(!cvl_tensor_check_like("", x, &net->input, NULL));
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer *const layer = &net->layers[i];
        layer->kind->forward(layer, x, net->work);
        cvl_watch_tell(&net->watch, CVL_PART_FORWARD, i);
        x = &layer->output;
    }
}

void cvl_net_backward(cvl_net *net, const cvl_tensor *x, const cvl_tensor *dy,
                      cvl_tensor *dx)
{
    assert(!net->forward_only && dy->data != net->output.data);
    assert(!cvl_tensor_check_like("", dy, &net->output, NULL));
    for (size_t i = net->layer_count; i-- > 0;) {
        cvl_layer *const layer = &net->layers[i];
        cvl_layer *const below = i ? layer - 1 : NULL;
        layer->kind->backward(layer, below ? &below->output : x, dy,
                              below ? &below->grad : dx, net->work);
        cvl_watch_tell(&net->watch, CVL_PART_BACKWARD, i);
        if (below) dy = &below->grad;
    }
}

static size_t count_numbers(const cvl_param *params, size_t count)
{
    size_t numbers = 0;
    for (size_t i = 0; i < count; i++) numbers += params[i].value.count;
    return numbers;
}

size_t cvl_net_param_numbers(const cvl_net *net)
{
    return count_numbers(net->params, net->param_count);
}

void cvl_net_layer_info(const cvl_net *net, size_t index, cvl_layer_info *info)
{
    const cvl_layer *const layer = &net->layers[index];
    *info = (cvl_layer_info){
        .kind = layer->kind->name,
        .params = layer->params,
        .param_count = layer->param_count,
        .param_numbers = count_numbers(layer->params, layer->param_count),
        .buffers = layer->buffers,
        .buffer_count = layer->buffer_count,
        .rectifies = layer->kind->rectifies,
        .algorithm = layer->algorithm,
        .flops = layer->flops,
        .output = &layer->output};
    memcpy(info->text, layer->text, sizeof info->text);
    memcpy(info->output_shape, layer->output.shape, sizeof info->output_shape);
}

void cvl_net_algos(const cvl_net *net, cvl_conv_algo algos[CVL_MAX_LAYERS])
{
    for (size_t i = 0; i < CVL_MAX_LAYERS; i++) {
        const cvl_conv2d *const conv =
            i < net->layer_count ? cvl_net_conv2d(net, i) : NULL;
        algos[i] = conv ? conv->algo : CVL_CONV_AUTO;
    }
}

const cvl_conv2d_geometry *cvl_net_geometry(const cvl_net *net, size_t index)
{
    const cvl_layer *const layer = &net->layers[index];
    return layer->kind->geometry ? layer->kind->geometry(layer) : NULL;
}
