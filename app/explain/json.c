/* json.c - an answer for programs; see show.h. */
#include <math.h>

#include "base/json.h"
#include "explain/loss.h"
#include "explain/path_show.h"
#include "explain/show.h"

static void add_place(struct json *json, const cvl_element *element)
{
    json_open(json, "at", '[');
    for (size_t i = 0; i < element->ndim; i++)
        json_real(json, NULL, (double)element->at[i]);
    json_close(json, ']');
}

static void add_geometry(struct json *json, const cvl_conv2d_geometry *g)
{
    const size_t stride[2] = {g->stride_y, g->stride_x};
    const size_t dilation[2] = {g->dilation_y, g->dilation_x};
    const size_t padding[4] = {g->pad_top, g->pad_bottom, g->pad_left,
                               g->pad_right};
    size_t shape[4];
    json_open(json, "geometry", '{');
    cvl_conv2d_input_shape(g, shape);
    json_sizes(json, "input", shape, 4);
    cvl_conv2d_weight_shape(g, shape);
    json_sizes(json, "weight", shape, 4);
    cvl_conv2d_output_shape(g, shape);
    json_sizes(json, "output", shape, 4);
    json_sizes(json, "stride", stride, 2);
    json_sizes(json, "padding", padding, 4);
    json_sizes(json, "dilation", dilation, 2);
    json_size(json, "groups", g->groups);
    json_bool(json, "tied", g->tied);
    json_close(json, '}');
}

static void add_element(struct json *json, const char *name,
                        const cvl_element *element)
{
    json_open(json, name, '{');
    add_place(json, element);
    json_real(json, "value", element->value);
    json_close(json, '}');
}

/* By the names of their arrays; what was taken instead has one of its own, as
 * it may be of the same array. */
static void add_factors(struct json *json, const cvl_term *term)
{
    const cvl_element *const right = &term->right;
    add_element(json, element_array(&term->left), &term->left);
    if (!right->array) return;
    const bool is_other = term->part == CVL_TERM_COMPARED;
    add_element(json, is_other ? "taken" : element_array(right), right);
}

/* Of a net's layers also what multiplies, and what becomes of the term. */
static void add_part(struct json *json, const cvl_term *term)
{
    static const char *const parts[] = {
        [CVL_TERM_ADDED] = "added",       [CVL_TERM_PADDING] = "padding",
        [CVL_TERM_COMPARED] = "compared", [CVL_TERM_TAKEN] = "taken",
        [CVL_TERM_CUT] = "cut off",       [CVL_TERM_FUNCTION] = "function"};
    json_string(json, "part", parts[term->part]);
    if (term->how && term->part != CVL_TERM_FUNCTION)
        json_real(json, "factor", term->factor);
    if (term->how) json_string(json, "how", term->how);
    if (term->part == CVL_TERM_TAKEN) json_real(json, "equal", term->factor);
}

static void add_terms(struct json *json, const struct sum *sum, bool parts)
{
    json_open(json, "terms", '[');
    for (size_t i = 0; i < sum->listed; i++) {
        const cvl_term *const term = &sum->terms[i].term;
        json_open(json, NULL, '{');
        add_factors(json, term);
        json_real(json, "product", term->product);
        json_real(json, "sum", sum->terms[i].sum);
        json_bool(json, "padding", term->part == CVL_TERM_PADDING);
        if (parts) add_part(json, term);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* Which layer of a net it is, and what that has on its way to the number. */
static void add_layer(struct json *json, const struct explain_layer *layer,
                      const cvl_element *number)
{
    cvl_layer_info info;
    cvl_net_layer_info(layer->net, layer->index, &info);
    json_open(json, "layer", '{');
    json_size(json, "index", layer->index);
    json_size(json, "layers", layer->net->layer_count);
    json_string(json, "kind", info.kind);
    json_string(json, "text", info.text);
    json_open(json, "facts", '[');
    cvl_terms_facts(&layer->terms, number, json_fact, json);
    json_close(json, ']');
    json_close(json, '}');
}

/* Where dy is from, if anything is sent back. */
static void add_upstream(struct json *json, const struct config *config,
                         const struct explain_layer *layer)
{
    const char *const words[] = {[UPSTREAM_EXAMPLE] = "example",
                                 [UPSTREAM_FILE] = "file",
                                 [UPSTREAM_LOSS] = "loss"};
    if (layer->upstream == UPSTREAM_NONE) return;
    json_string(json, "dy_from", words[layer->upstream]);
    if (layer->upstream != UPSTREAM_LOSS) return;
    json_real(json, "loss", layer->loss);
    json_string(json, "reduction",
                cvl_reduction_name(config->training.reduction));
}

void explain_json(const struct explanation *explanation, struct text *text)
{
    const struct sum *const sum = &explanation->sum;
    const struct explain_layer *const layer = explanation->layer;
    struct json json = {.text = text, .is_first = true};
    json_open(&json, NULL, '{');
    json_string(&json, "array", element_array(&sum->number));
    add_place(&json, &sum->number);
    if (layer->net) add_layer(&json, layer, &sum->number);
    if (layer->geometry) add_geometry(&json, layer->geometry);
    add_upstream(&json, explanation->config, layer);
    json_size(&json, "count", sum->count);
    json_size(&json, "on_padding", sum->padding);
    json_size(&json, "listed", sum->listed);
    add_terms(&json, sum, layer->net);
    json_real(&json, "left_out", sum->left_out);
    if (sum->has_bias) json_real(&json, "bias", sum->bias);
    json_real(&json, "total", sum->total);
    if (layer->algorithm) json_string(&json, "algorithm", layer->algorithm);
    json_string(&json, "dtype", cvl_dtype_name(layer->dtype));
    json_real(&json, "result", sum->number.value);
    json_real(&json, "difference", sum->difference);
    json_real(&json, "allowed", sum->allowed);
    json_bool(&json, "matches", sum->matches);
    json_close(&json, '}');
    text_fill(text, '\n', 1);
}

void map_json(const struct map *map, struct text *text)
{
    struct json json = {.text = text, .is_first = true};
    json_open(&json, NULL, '{');
    add_geometry(&json, map->geometry);
    json_open(&json, "axes", '[');
    for (size_t i = 0; i < map->count; i++) {
        const struct axis *const a = &map->axes[i].axis;
        json_open(&json, NULL, '{');
        json_string(&json, "axis", a->name);
        json_size(&json, "in", a->in);
        json_size(&json, "kernel", a->kernel);
        json_size(&json, "stride", a->stride);
        json_size(&json, "dilation", a->dilation);
        json_size(&json, "before", a->before);
        json_size(&json, "after", a->after);
        json_size(&json, "window", a->window);
        json_size(&json, "out", a->out);
        json_size(&json, "left_over", a->leftover);
        json_size(&json, "unread", axis_unread(a));
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    text_fill(text, '\n', 1);
}

/* A step of a path, as its layer has it. */
static void add_step(struct json *json, const struct path_answer *answer,
                     const struct path_step *step)
{
    cvl_layer_info info;
    cvl_net_layer_info(answer->layer->net, step->layer, &info);
    json_open(json, NULL, '{');
    json_size(json, "layer", step->layer);
    json_string(json, "kind", info.kind);
    json_string(json, "text", info.text);
    add_element(json, element_array(&step->number), &step->number);
    json_size(json, "count", step->count);
    json_real(json, "sum", step->sum);
    if (step->dy.array) {
        json_open(json, "term", '{');
        add_factors(json, &step->term);
        json_real(json, "product", step->term.product);
        add_part(json, &step->term);
        json_close(json, '}');
    }
    json_real(json, "factor", step->factor);
    json_real(json, "share", step->share);
    json_close(json, '}');
}

/* What the loss made of the output that the path comes from. */
static void add_slope(struct json *json, const struct path_answer *answer,
                      const cvl_loss_term *term)
{
    const struct net_arrays *const a = answer->arrays;
    json_open(json, "loss_term", '{');
    json_real(json, "y", term->y);
    json_real(json, "target", term->target);
    if (cvl_loss_kind_of(&a->loss)->classifies) json_real(json, "p", term->p);
    json_real(json, "slope", term->slope);
    json_real(
        json, "scale",
        cvl_loss_scale(&a->net.output, a->target.count, a->loss.reduction));
    json_close(json, '}');
}

void path_json(const struct path_answer *answer, struct text *text)
{
    static const char *const ends[] = {[PATH_LOSS] = "loss",
                                       [PATH_UNREAD] = "unread",
                                       [PATH_STOPPED] = "stopped",
                                       [PATH_ZERO] = "zero"};
    const struct path *const path = &answer->path;
    const cvl_element *const number = &path->steps[0].number;
    cvl_loss_term term;
    struct json json = {.text = text, .is_first = true};
    json_open(&json, NULL, '{');
    json_string(&json, "array", element_array(number));
    add_place(&json, number);
    json_size(&json, "layers", answer->layer->net->layer_count);
    add_upstream(&json, answer->config, answer->layer);
    json_string(&json, "from", ends[path->end]);
    if (path_find_loss(answer, &term)) add_slope(&json, answer, &term);
    json_real(&json, "slope", path->slope);
    json_open(&json, "path", '[');
    for (size_t i = path->count; i-- > 0;)
        add_step(&json, answer, &path->steps[i]);
    json_close(&json, ']');
    json_real(&json, "factor", path->factor);
    json_real(&json, "part", path->part);
    json_real(&json, "share", path->share);
    json_real(&json, "total", path->gradient);
    json_string(&json, "dtype", cvl_dtype_name(answer->layer->dtype));
    json_real(&json, "result", number->value);
    json_real(&json, "difference", path->difference);
    json_real(&json, "allowed", path->allowed);
    json_bool(&json, "matches", path->matches);
    json_close(&json, '}');
    text_fill(text, '\n', 1);
}

/* A number behind a loss. */
static void add_loss_term(struct json *json, const struct explain_loss *loss,
                          const cvl_loss_term *term)
{
    const size_t *const shape = loss->arrays->net.output.shape;
    size_t at[4], rest = term->index;
    for (size_t axis = 4; axis-- > 0; rest /= shape[axis])
        at[axis] = rest % shape[axis];
    json_open(json, NULL, '{');
    json_sizes(json, "at", at, 4);
    json_real(json, loss->classifies ? "logit" : "y", term->y);
    json_real(json, loss->classifies ? "q" : "t", term->target);
    if (loss->classifies) {
        json_real(json, "less_largest", term->below);
        json_real(json, "exp", term->exponential);
        json_real(json, "p", term->p);
        json_real(json, "minus_log_p", term->surprise);
    }
    json_real(json, "part", term->part);
    json_real(json, "slope", term->slope);
    json_real(json, "gradient", term->grad);
    json_close(json, '}');
}

void explain_loss_json(const struct explain_loss *loss, struct text *text)
{
    const struct net_arrays *const a = loss->arrays;
    struct json json = {.text = text, .is_first = true};
    json_open(&json, NULL, '{');
    json_string(&json, "loss_kind", cvl_loss_kind_of(&a->loss)->name);
    json_size(&json, "sample", loss->sample);
    if (loss->classifies) json_size(&json, "label", loss->label);
    json_string(&json, "reduction", cvl_reduction_name(a->loss.reduction));
    if (loss->classifies) {
        json_real(&json, "largest", loss->largest);
        json_real(&json, "sum_exp", loss->all.exponential);
        json_real(&json, "log_sum_exp",
                  loss->largest + log(loss->all.exponential));
    }
    json_size(&json, "count", loss->count);
    json_size(&json, "listed", loss->listed);
    json_open(&json, "terms", '[');
    for (size_t i = 0; i < loss->listed; i++)
        add_loss_term(&json, loss, &loss->terms[i]);
    json_close(&json, ']');
    json_real(&json, "part", loss->all.part);
    json_open(&json, "samples", '[');
    for (size_t n = 0; n < loss->samples; n++)
        json_real(&json, NULL, loss->parts[n]);
    json_close(&json, ']');
    json_real(&json, "sum", loss->sum);
    json_real(&json, "divisor", loss->divisor);
    json_real(&json, "total", loss->total);
    json_string(&json, "dtype", cvl_dtype_name(a->net.output.dtype));
    json_real(&json, "loss", a->value);
    json_real(&json, "difference", loss->difference);
    json_real(&json, "allowed", loss->allowed);
    json_bool(&json, "matches", loss->matches);
    json_close(&json, '}');
    text_fill(text, '\n', 1);
}
