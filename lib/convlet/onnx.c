/* onnx.c - a graph laid out twice: measured, then written from its end. */
#include "convlet/onnx.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convlet/byte_order.h"
#include "convlet/layer.h"
#include "convlet/memory.h"
#include "convlet/protobuf.h"
#include "convlet/size.h"

/* Numbers of fields and of kinds, as onnx.proto has them. */
enum model_field {
    MODEL_IR_VERSION = 1,
    MODEL_PRODUCER_NAME = 2,
    MODEL_PRODUCER_VERSION = 3,
    MODEL_DOC_STRING = 6,
    MODEL_GRAPH = 7,
    MODEL_OPSET = 8,
    MODEL_METADATA = 14
};
enum { OPSET_VERSION = 2 };
enum { METADATA_KEY = 1, METADATA_VALUE = 2 };
enum graph_field {
    GRAPH_NODE = 1,
    GRAPH_NAME = 2,
    GRAPH_INITIALIZER = 5,
    GRAPH_INPUT = 11,
    GRAPH_OUTPUT = 12
};
enum node_field {
    NODE_INPUT = 1,
    NODE_OUTPUT = 2,
    NODE_NAME = 3,
    NODE_OP = 4,
    NODE_ATTRIBUTE = 5
};
enum attribute_field {
    ATTRIBUTE_NAME = 1,
    ATTRIBUTE_FLOAT = 2,
    ATTRIBUTE_INT = 3,
    ATTRIBUTE_STRING = 4,
    ATTRIBUTE_INTS = 8,
    ATTRIBUTE_KIND = 20
};
enum attribute_kind {
    KIND_FLOAT = 1,
    KIND_INT = 2,
    KIND_STRING = 3,
    KIND_INTS = 7
};
enum tensor_field {
    TENSOR_DIM = 1,
    TENSOR_TYPE = 2,
    TENSOR_NAME = 8,
    TENSOR_DATA = 9
};
enum tensor_type { TYPE_FLOAT = 1, TYPE_INT64 = 7 };
enum { VALUE_NAME = 1, VALUE_TYPE = 2 };
enum { TYPE_TENSOR = 1, TENSOR_ELEMENT = 1, TENSOR_SHAPE = 2 };
enum { SHAPE_DIM = 1, DIM_VALUE = 1, DIM_NAME = 2 };

static const char INPUT[] = "input", OUTPUT[] = "output";

/* A message of Protocol Buffers is at most this long. */
static const size_t MOST_BYTES = INT32_MAX;

/* A name of what flows, or of a constant: "3", "3.edges". */
typedef struct edge {
    char name[32];
} edge;

typedef struct writer {
    cvl_wire wire;
    const cvl_model_about *about;
    const cvl_net *net;
    const char *words;
    cvl_graph graph;
} writer;

/* What operator `index` makes; of a layer's last one it has its number. */
static edge edge_of(const cvl_graph *graph, int index)
{
    edge e;
    if (index == CVL_GRAPH_INPUT)
        snprintf(e.name, sizeof e.name, "%s", INPUT);
    else if ((size_t)index + 1 == graph->count)
        snprintf(e.name, sizeof e.name, "%s", OUTPUT);
    else {
        const cvl_graph_node *const node = &graph->nodes[index];
        snprintf(e.name, sizeof e.name,
                 node[1].layer == node->layer ? "%zu.%s" : "%zu", node->layer,
                 node->op);
    }
    return e;
}

static edge constant_of(const cvl_graph_node *node)
{
    edge e;
    snprintf(e.name, sizeof e.name, "%zu.%s", node->layer, node->constant.name);
    return e;
}

static void put_attribute(cvl_wire *wire, const cvl_graph_attribute *a)
{
    static const enum attribute_kind kinds[] = {
        [CVL_GRAPH_IS_SIZES] = KIND_INTS,
        [CVL_GRAPH_IS_SIZE] = KIND_INT,
        [CVL_GRAPH_IS_NUMBER] = KIND_FLOAT,
        [CVL_GRAPH_IS_WORD] = KIND_STRING};
    const size_t mark = wire->size;
    cvl_wire_number(wire, ATTRIBUTE_KIND, kinds[a->kind]);
    for (size_t i = a->count; i-- > 0;)
        cvl_wire_number(
            wire, a->kind == CVL_GRAPH_IS_SIZE ? ATTRIBUTE_INT : ATTRIBUTE_INTS,
            a->sizes[i]);
    if (a->word) cvl_wire_text(wire, ATTRIBUTE_STRING, a->word);
    if (a->kind == CVL_GRAPH_IS_NUMBER)
        cvl_wire_float(wire, ATTRIBUTE_FLOAT, (float)a->number);
    cvl_wire_text(wire, ATTRIBUTE_NAME, a->name);
    cvl_wire_close(wire, NODE_ATTRIBUTE, mark);
}

static void put_node(cvl_wire *wire, const cvl_graph *graph, int index)
{
    const cvl_graph_node *const node = &graph->nodes[index];
    const size_t mark = wire->size;
    for (size_t i = node->attribute_count; i-- > 0;)
        put_attribute(wire, &node->attributes[i]);
    cvl_wire_text(wire, NODE_OP, node->op);
    cvl_wire_text(wire, NODE_OUTPUT, edge_of(graph, index).name);
    if (node->constant.name)
        cvl_wire_text(wire, NODE_INPUT, constant_of(node).name);
    if (node->skips) cvl_wire_text(wire, NODE_INPUT, "");
    for (size_t i = node->param_count; i-- > 0;)
        cvl_wire_text(wire, NODE_INPUT, node->params[i]->name);
    if (node->other != CVL_GRAPH_NONE)
        cvl_wire_text(wire, NODE_INPUT, edge_of(graph, node->other).name);
    cvl_wire_text(wire, NODE_INPUT, edge_of(graph, node->source).name);
    cvl_wire_close(wire, GRAPH_NODE, mark);
}

static void put_float(unsigned char *to, double value)
{
    const float single = (float)value;
    cvl_copy_little_endian(to, &single, sizeof single, 1);
}

/* The numbers of a param; each kernel of a tied one `repeat` times. */
static void put_numbers(cvl_wire *wire, const cvl_tensor *value, size_t repeat)
{
    const size_t kernel = repeat > 1 ? value->shape[2] * value->shape[3] : 1;
    size_t bytes;
    if (!cvl_size_mul(value->count, sizeof(float) * repeat, &bytes))
        bytes = SIZE_MAX;
    unsigned char *to = cvl_wire_room(wire, bytes);
    if (!to) return;
    for (size_t first = 0; first < value->count; first += kernel)
        for (size_t r = 0; r < repeat; r++)
            for (size_t i = first; i < first + kernel; i++, to += sizeof(float))
                put_float(to, cvl_tensor_get(value, i));
}

static void put_param(cvl_wire *wire, const cvl_param *param, size_t repeat)
{
    const cvl_tensor *const value = &param->value;
    const size_t mark = wire->size;
    put_numbers(wire, value, repeat);
    cvl_wire_close(wire, TENSOR_DATA, mark);
    cvl_wire_text(wire, TENSOR_NAME, param->name);
    cvl_wire_number(wire, TENSOR_TYPE, TYPE_FLOAT);
    for (size_t i = value->ndim; i-- > 0;)
        cvl_wire_number(wire, TENSOR_DIM,
                        value->shape[i] * (i == 1 ? repeat : 1));
    cvl_wire_close(wire, GRAPH_INITIALIZER, mark);
}

static void put_constant(cvl_wire *wire, const cvl_graph_node *node)
{
    const cvl_graph_constant *const c = &node->constant;
    const size_t mark = wire->size;
    const size_t width = c->is_float ? sizeof(float) : sizeof(uint64_t);
    unsigned char *const to = cvl_wire_room(wire, c->count * width);
    for (size_t i = 0; to && i < c->count; i++) {
        const uint64_t size = c->sizes[i];
        if (c->is_float)
            put_float(to + i * width, (double)size);
        else
            cvl_copy_little_endian(to + i * width, &size, width, 1);
    }
    cvl_wire_close(wire, TENSOR_DATA, mark);
    cvl_wire_text(wire, TENSOR_NAME, constant_of(node).name);
    cvl_wire_number(wire, TENSOR_TYPE, c->is_float ? TYPE_FLOAT : TYPE_INT64);
    cvl_wire_number(wire, TENSOR_DIM, c->count);
    cvl_wire_close(wire, GRAPH_INITIALIZER, mark);
}

/* An axis: a size, or a name for whatever it is. */
static void put_dim(cvl_wire *wire, size_t size, const char *name)
{
    const size_t mark = wire->size;
    if (name)
        cvl_wire_text(wire, DIM_NAME, name);
    else
        cvl_wire_number(wire, DIM_VALUE, size);
    cvl_wire_close(wire, SHAPE_DIM, mark);
}

/* What comes in or goes out: four axes, or two. */
static void put_value(cvl_wire *wire, unsigned field, const char *name,
                      const size_t shape[4], const char *const names[4],
                      size_t axes)
{
    const size_t mark = wire->size;
    for (size_t i = axes; i-- > 0;) put_dim(wire, shape[i], names[i]);
    cvl_wire_close(wire, TENSOR_SHAPE, mark);
    cvl_wire_number(wire, TENSOR_ELEMENT, TYPE_FLOAT);
    cvl_wire_close(wire, TYPE_TENSOR, mark);
    cvl_wire_close(wire, VALUE_TYPE, mark);
    cvl_wire_text(wire, VALUE_NAME, name);
    cvl_wire_close(wire, field, mark);
}

static void put_values(writer *w)
{
    const cvl_net *const net = w->net;
    const bool any = !w->graph.is_fixed;
    const bool same =
        w->about->residual && net->output.shape[2] == net->input.shape[2];
    const char *const in[4] = {"N", NULL, any ? "H" : NULL, any ? "W" : NULL};
    const char *out[4] = {"N", NULL, in[2], in[3]};
    if (any && !same) {
        out[2] = "output_H";
        out[3] = "output_W";
    }
    put_value(&w->wire, GRAPH_OUTPUT, OUTPUT, net->output.shape, out,
              w->about->classes ? 2 : 4);
    put_value(&w->wire, GRAPH_INPUT, INPUT, net->input.shape, in, 4);
}

static void put_graph(writer *w)
{
    cvl_wire *const wire = &w->wire;
    const size_t mark = wire->size;
    put_values(w);
    for (size_t i = w->graph.count; i-- > 0;) {
        const cvl_graph_node *const node = &w->graph.nodes[i];
        if (node->constant.name) put_constant(wire, node);
        for (size_t k = node->param_count; k-- > 0;)
            put_param(wire, node->params[k],
                      k == 0 && node->repeat ? node->repeat : 1);
    }
    cvl_wire_text(wire, GRAPH_NAME, "convlet");
    for (int i = (int)w->graph.count; i-- > 0;) put_node(wire, &w->graph, i);
    cvl_wire_close(wire, MODEL_GRAPH, mark);
}

static void put_model(writer *w)
{
    cvl_wire *const wire = &w->wire;
    cvl_model_metadata metadata;
    cvl_net one = *w->net; /* a file for any number of images says one */
    one.input.shape[0] = 1;
    cvl_model_describe(w->about, &one, &metadata);
    for (size_t i = metadata.count; i-- > 0;) {
        const size_t mark = wire->size;
        cvl_wire_text(wire, METADATA_VALUE, metadata.entries[i].value);
        cvl_wire_text(wire, METADATA_KEY, metadata.entries[i].key);
        cvl_wire_close(wire, MODEL_METADATA, mark);
    }
    const size_t mark = wire->size;
    cvl_wire_number(wire, OPSET_VERSION, CVL_ONNX_OPSET);
    cvl_wire_close(wire, MODEL_OPSET, mark);
    put_graph(w);
    if (w->words) cvl_wire_text(wire, MODEL_DOC_STRING, w->words);
    cvl_wire_text(wire, MODEL_PRODUCER_VERSION, CONVLET_VERSION);
    cvl_wire_text(wire, MODEL_PRODUCER_NAME, "convlet");
    cvl_wire_number(wire, MODEL_IR_VERSION, CVL_ONNX_IR);
}

/* The input, enlarged as the net does it by Keys' cubic, is added. */
static cvl_status add_residual(writer *w, cvl_error *err)
{
    cvl_graph *const graph = &w->graph;
    const size_t *const in = w->net->input.shape;
    const size_t *const out = w->net->output.shape;
    const size_t times = out[2] / in[2];
    const int last = (int)graph->count - 1;
    if (out[1] != in[1] || !times || out[2] != times * in[2] ||
        out[3] != times * in[3])
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "its input is to be added to its output, which is not "
                        "so many times as large");
    if (times > 1) {
        cvl_graph_node *const node = cvl_graph_add(graph, "Resize");
        node->source = CVL_GRAPH_INPUT;
        node->skips = true; /* what a crop would need */
        node->constant = (cvl_graph_constant){.name = "scales",
                                              .is_float = true,
                                              .count = 4,
                                              .sizes = {1, 1, times, times}};
        cvl_graph_word(node, "mode", "cubic");
        cvl_graph_word(node, "coordinate_transformation_mode", "half_pixel");
        cvl_graph_number(node, "cubic_coeff_a", -0.5);
    }
    cvl_graph_node *const sum = cvl_graph_add(graph, "Add");
    sum->other = times > 1 ? last : CVL_GRAPH_INPUT;
    return CVL_OK;
}

/* The net's layers, and what a model does beside them. */
static cvl_status make_graph(writer *w, cvl_error *err)
{
    cvl_graph *const graph = &w->graph;
    for (; graph->layer < w->net->layer_count; graph->layer++) {
        const cvl_layer *const layer = &w->net->layers[graph->layer];
        if (!layer->kind->graph)
            return cvl_fail(err, CVL_EUNSUPPORTED,
                            "layer %zu (%s): ONNX has no operator for it",
                            graph->layer, layer->text);
        layer->kind->graph(layer, graph);
    }
    if (w->about->residual) {
        const cvl_status status = add_residual(w, err);
        if (status) return status;
        graph->layer++;
    }
    if (w->about->classes) {
        cvl_graph_size(cvl_graph_add(graph, "Flatten"), "axis", 1);
        graph->is_fixed = true;
    }
    return CVL_OK;
}

/* Is every number one of float32's? */
static cvl_status check_range(const cvl_param *params, size_t count,
                              cvl_error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < params[i].value.count; k++) {
            const double value = cvl_tensor_get(&params[i].value, k);
            if (isfinite((float)value)) continue;
            return cvl_fail(err, CVL_EINVAL,
                            "%s has %g, which is no number of float32; an "
                            "ONNX file has no other",
                            params[i].name, value);
        }
    return CVL_OK;
}

static cvl_status write_bytes(writer *w, cvl_bytes *bytes, cvl_error *err)
{
    void *block;
    put_model(w);
    const size_t size = w->wire.size;
    if (size > MOST_BYTES)
        return cvl_fail(err, CVL_EUNSUPPORTED,
                        "the file would have more than 2 GiB, which none of "
                        "ONNX may");
    const cvl_status status = cvl_alloc(&block, size, "the ONNX file", err);
    if (status) return status;
    w->wire = (cvl_wire){.end = (unsigned char *)block + size};
    put_model(w);
    assert(w->wire.size == size);
    *bytes = (cvl_bytes){block, size};
    return CVL_OK;
}

cvl_status cvl_onnx_format(const cvl_model_about *about, const cvl_net *net,
                           const char *words, cvl_bytes *bytes,
                           cvl_onnx_summary *summary, cvl_error *err)
{
    void *block;
    *bytes = (cvl_bytes){0};
    cvl_status status = cvl_alloc(&block, sizeof(writer), "the graph", err);
    if (status) return status;
    writer *const w = block;
    *w = (writer){.about = about, .net = net, .words = words};
    status = check_range(net->params, net->param_count, err);
    if (!status) status = check_range(net->buffers, net->buffer_count, err);
    if (!status) status = make_graph(w, err);
    if (!status) status = write_bytes(w, bytes, err);
    if (!status && summary)
        *summary = (cvl_onnx_summary){w->graph.count, w->graph.is_fixed};
    cvl_free(w);
    return status;
}
