/* json.c - an explanation for programs; see explain_show.h. */
#include <math.h>

#include <cJSON.h>

#include "explain/map.h"
#include "explain/show.h"

/* Appends the tree, unless making it failed, and frees it. */
static void print(cJSON *root, bool failed, struct text *text)
{
    char *const printed = failed ? NULL : cJSON_Print(root);
    if (printed)
        text_add(text, "%s\n", printed);
    else
        text->failed = true;
    cJSON_free(printed);
    cJSON_Delete(root);
}

/* What is added to a tree; `failed` sticks. */
struct tree {
    bool failed;
};

/* A number, or null for what JSON has no word for. */
static void add_real(struct tree *tree, cJSON *object, const char *name,
                     double value)
{
    const cJSON *const made = isfinite(value)
                                  ? cJSON_AddNumberToObject(object, name, value)
                                  : cJSON_AddNullToObject(object, name);
    if (!made) tree->failed = true;
}

static void add_size(struct tree *tree, cJSON *object, const char *name,
                     size_t value)
{
    add_real(tree, object, name, (double)value);
}

static void add_bool(struct tree *tree, cJSON *object, const char *name,
                     bool value)
{
    if (!cJSON_AddBoolToObject(object, name, value)) tree->failed = true;
}

static void add_string(struct tree *tree, cJSON *object, const char *name,
                       const char *value)
{
    if (!cJSON_AddStringToObject(object, name, value)) tree->failed = true;
}

/* Whole numbers as an array. */
static void add_places(struct tree *tree, cJSON *object, const char *name,
                       const ptrdiff_t *places, size_t count)
{
    cJSON *const array = cJSON_AddArrayToObject(object, name);
    for (size_t i = 0; i < count; i++) {
        cJSON *const item = cJSON_CreateNumber((double)places[i]);
        if (!cJSON_AddItemToArray(array, item)) {
            cJSON_Delete(item);
            tree->failed = true;
        }
    }
    if (!array) tree->failed = true;
}

static void add_sizes(struct tree *tree, cJSON *object, const char *name,
                      const size_t *sizes, size_t count)
{
    ptrdiff_t places[4];
    for (size_t i = 0; i < count; i++) places[i] = (ptrdiff_t)sizes[i];
    add_places(tree, object, name, places, count);
}

static void add_geometry(struct tree *tree, cJSON *root,
                         const cvl_conv2d_geometry *g)
{
    cJSON *const object = cJSON_AddObjectToObject(root, "geometry");
    const size_t stride[2] = {g->stride_y, g->stride_x};
    const size_t dilation[2] = {g->dilation_y, g->dilation_x};
    const size_t padding[4] = {g->pad_top, g->pad_bottom, g->pad_left,
                               g->pad_right};
    size_t shape[4];
    cvl_conv2d_input_shape(g, shape);
    add_sizes(tree, object, "input", shape, 4);
    cvl_conv2d_weight_shape(g, shape);
    add_sizes(tree, object, "weight", shape, 4);
    cvl_conv2d_output_shape(g, shape);
    add_sizes(tree, object, "output", shape, 4);
    add_sizes(tree, object, "stride", stride, 2);
    add_sizes(tree, object, "padding", padding, 4);
    add_sizes(tree, object, "dilation", dilation, 2);
    add_size(tree, object, "groups", g->groups);
    add_bool(tree, object, "tied", g->tied);
}

static void add_factor(struct tree *tree, cJSON *term, const char *name,
                       const ptrdiff_t at[4], double value)
{
    cJSON *const object = cJSON_AddObjectToObject(term, name);
    add_places(tree, object, "at", at, 4);
    add_real(tree, object, "value", value);
}

static void add_terms(struct tree *tree, cJSON *root,
                      const struct explain_sum *sum)
{
    cJSON *const terms = cJSON_AddArrayToObject(root, "terms");
    for (size_t i = 0; i < sum->listed && !tree->failed; i++) {
        const struct explain_term *const t = &sum->terms[i];
        cJSON *const term = cJSON_CreateObject();
        if (!cJSON_AddItemToArray(terms, term)) {
            cJSON_Delete(term);
            tree->failed = true;
            return;
        }
        add_factor(tree, term, explain_left(sum->kind), t->left, t->a);
        if (sum->kind != EXPLAIN_GRAD_BIAS)
            add_factor(tree, term, explain_right(sum->kind), t->right, t->b);
        add_real(tree, term, "product", t->product);
        add_real(tree, term, "sum", t->sum);
        add_bool(tree, term, "padding", t->padding);
    }
}

/* Where dy is from, if anything is sent back. */
static void add_upstream(struct tree *tree, cJSON *root,
                         const struct explanation *explanation)
{
    const char *const words[] = {[UPSTREAM_EXAMPLE] = "example",
                                 [UPSTREAM_FILE] = "file",
                                 [UPSTREAM_LOSS] = "loss"};
    const struct explain_data *const data = explanation->data;
    if (data->upstream == UPSTREAM_NONE) return;
    add_string(tree, root, "dy_from", words[data->upstream]);
    if (data->upstream != UPSTREAM_LOSS) return;
    add_real(tree, root, "loss", data->loss);
    add_string(tree, root, "reduction",
               cvl_reduction_name(explanation->config->training.reduction));
}

void explain_json(const struct explanation *explanation, struct text *text)
{
    const struct explain_sum *const sum = explanation->sum;
    const struct explain_data *const data = explanation->data;
    const bool is_bias = sum->kind == EXPLAIN_GRAD_BIAS;
    struct tree tree = {0};
    cJSON *const root = cJSON_CreateObject();
    add_string(&tree, root, "array", explain_name(sum->kind));
    add_sizes(&tree, root, "at", sum->at + (is_bias ? 3 : 0), is_bias ? 1 : 4);
    add_geometry(&tree, root, &data->conv.geometry);
    add_upstream(&tree, root, explanation);
    add_size(&tree, root, "count", sum->count);
    add_size(&tree, root, "on_padding", sum->padding);
    add_size(&tree, root, "listed", sum->listed);
    add_terms(&tree, root, sum);
    add_real(&tree, root, "left_out", sum->left_out);
    if (sum->has_bias) add_real(&tree, root, "bias", sum->bias);
    add_real(&tree, root, "total", sum->total);
    add_string(&tree, root, "algorithm", cvl_conv_algo_name(data->conv.algo));
    add_string(&tree, root, "dtype", cvl_dtype_name(data->conv.dtype));
    add_real(&tree, root, "result", sum->result);
    add_real(&tree, root, "difference", sum->difference);
    add_real(&tree, root, "allowed", sum->allowed);
    add_bool(&tree, root, "matches", sum->matches);
    print(root, tree.failed, text);
}

static void add_axis(struct tree *tree, cJSON *axes, const struct map_axis *a)
{
    cJSON *const axis = cJSON_CreateObject();
    if (!cJSON_AddItemToArray(axes, axis)) {
        cJSON_Delete(axis);
        tree->failed = true;
        return;
    }
    const struct {
        const char *name;
        size_t value;
    } sizes[] = {{"in", a->in},
                 {"kernel", a->kernel},
                 {"stride", a->stride},
                 {"dilation", a->dilation},
                 {"before", a->before},
                 {"after", a->after},
                 {"window", a->window},
                 {"out", a->out},
                 {"left_over", a->leftover},
                 {"unread", map_unread(a)}};
    add_string(tree, axis, "axis", a->name);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        add_size(tree, axis, sizes[i].name, sizes[i].value);
}

void map_json(const cvl_conv2d_geometry *geometry, struct text *text)
{
    struct map_axis maps[2];
    struct tree tree = {0};
    cJSON *const root = cJSON_CreateObject();
    add_geometry(&tree, root, geometry);
    cJSON *const axes = cJSON_AddArrayToObject(root, "axes");
    const size_t count = map_axes(geometry, maps);
    for (size_t i = 0; i < count; i++) add_axis(&tree, axes, &maps[i]);
    print(root, tree.failed, text);
}
