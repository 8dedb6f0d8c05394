/* graph.c - see graph.h for the contract. */
#include "convlet/graph.h"

#include <assert.h>
#include <string.h>

cvl_graph_node *cvl_graph_add(cvl_graph *graph, const char *op)
{
    assert(graph->count < CVL_GRAPH_NODES);
    cvl_graph_node *const node = &graph->nodes[graph->count++];
    *node = (cvl_graph_node){.op = op,
                             .layer = graph->layer,
                             .source = (int)graph->count - 2,
                             .other = CVL_GRAPH_NONE};
    return node;
}

void cvl_graph_take(cvl_graph_node *node, const cvl_param *params, size_t count)
{
    assert(node->param_count + count <= CVL_GRAPH_PARAMS);
    for (size_t i = 0; i < count; i++)
        node->params[node->param_count++] = &params[i];
}

static cvl_graph_attribute *add(cvl_graph_node *node, const char *name,
                                cvl_graph_kind kind)
{
    assert(node->attribute_count < CVL_GRAPH_ATTRIBUTES);
    cvl_graph_attribute *const a = &node->attributes[node->attribute_count++];
    *a = (cvl_graph_attribute){.name = name, .kind = kind};
    return a;
}

void cvl_graph_sizes(cvl_graph_node *node, const char *name, size_t count,
                     const size_t *sizes)
{
    cvl_graph_attribute *const a = add(node, name, CVL_GRAPH_IS_SIZES);
    a->count = count;
    memcpy(a->sizes, sizes, count * sizeof *sizes);
}

void cvl_graph_size(cvl_graph_node *node, const char *name, size_t size)
{
    cvl_graph_attribute *const a = add(node, name, CVL_GRAPH_IS_SIZE);
    a->count = 1;
    a->sizes[0] = size;
}

void cvl_graph_number(cvl_graph_node *node, const char *name, double number)
{
    add(node, name, CVL_GRAPH_IS_NUMBER)->number = number;
}

void cvl_graph_word(cvl_graph_node *node, const char *name, const char *word)
{
    add(node, name, CVL_GRAPH_IS_WORD)->word = word;
}
