/* json.c - an answer for programs; see show.h. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "explain/loss.h"
#include "explain/path_show.h"
#include "explain/show.h"

/* A document on its way: a member a line, but for the items of an array. The
 * names and words of an answer need no escapes. */
struct json {
    struct text *text;
    size_t depth;
    bool is_first; /* in what was opened last */
};

/* What stands before a member, or before an item, which has no name. */
static void begin(struct json *json, const char *name)
{
    if (!json->is_first) text_add(json->text, name ? "," : ", ");
    json->is_first = false;
    if (!name) return;
    text_fill(json->text, '\n', 1);
    text_fill(json->text, '\t', json->depth);
    text_add(json->text, "\"%s\":\t", name);
}

static void open(struct json *json, const char *name, char bracket)
{
    begin(json, name);
    text_fill(json->text, bracket, 1);
    json->depth++;
    json->is_first = true;
}

static void close(struct json *json, char bracket)
{
    json->depth--;
    json->is_first = false;
    if (bracket == '}') {
        text_fill(json->text, '\n', 1);
        text_fill(json->text, '\t', json->depth);
    }
    text_fill(json->text, bracket, 1);
}

/* With 15 digits where those tell the number from its neighbours but one, else
 * with 17; null for what JSON has no word for. */
static void add_real(struct json *json, const char *name, double value)
{
    char digits[32];
    value += 0.0; /* -0 is 0: a sign that a reader may drop tells nothing */
    begin(json, name);
    if (!isfinite(value)) {
        text_add(json->text, "null");
        return;
    }
    snprintf(digits, sizeof digits, "%1.15g", value);
    const double read = strtod(digits, NULL);
    if (fabs(read - value) > fmax(fabs(read), fabs(value)) * DBL_EPSILON)
        snprintf(digits, sizeof digits, "%1.17g", value);
    text_add(json->text, "%s", digits);
}

static void add_size(struct json *json, const char *name, size_t value)
{
    add_real(json, name, (double)value);
}

static void add_string(struct json *json, const char *name, const char *value)
{
    begin(json, name);
    text_add(json->text, "\"%s\"", value);
}

static void add_bool(struct json *json, const char *name, bool value)
{
    begin(json, name);
    text_add(json->text, value ? "true" : "false");
}

static void add_sizes(struct json *json, const char *name, const size_t *sizes,
                      size_t count)
{
    open(json, name, '[');
    for (size_t i = 0; i < count; i++) add_size(json, NULL, sizes[i]);
    close(json, ']');
}

static void add_place(struct json *json, const cvl_element *element)
{
    open(json, "at", '[');
    for (size_t i = 0; i < element->ndim; i++)
        add_real(json, NULL, (double)element->at[i]);
    close(json, ']');
}

static void add_geometry(struct json *json, const cvl_conv2d_geometry *g)
{
    const size_t stride[2] = {g->stride_y, g->stride_x};
    const size_t dilation[2] = {g->dilation_y, g->dilation_x};
    const size_t padding[4] = {g->pad_top, g->pad_bottom, g->pad_left,
                               g->pad_right};
    size_t shape[4];
    open(json, "geometry", '{');
    cvl_conv2d_input_shape(g, shape);
    add_sizes(json, "input", shape, 4);
    cvl_conv2d_weight_shape(g, shape);
    add_sizes(json, "weight", shape, 4);
    cvl_conv2d_output_shape(g, shape);
    add_sizes(json, "output", shape, 4);
    add_sizes(json, "stride", stride, 2);
    add_sizes(json, "padding", padding, 4);
    add_sizes(json, "dilation", dilation, 2);
    add_size(json, "groups", g->groups);
    add_bool(json, "tied", g->tied);
    close(json, '}');
}

static void add_element(struct json *json, const char *name,
                        const cvl_element *element)
{
    open(json, name, '{');
    add_place(json, element);
    add_real(json, "value", element->value);
    close(json, '}');
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
    add_string(json, "part", parts[term->part]);
    if (term->how && term->part != CVL_TERM_FUNCTION)
        add_real(json, "factor", term->factor);
    if (term->how) add_string(json, "how", term->how);
    if (term->part == CVL_TERM_TAKEN) add_real(json, "equal", term->factor);
}

static void add_terms(struct json *json, const struct sum *sum, bool parts)
{
    open(json, "terms", '[');
    for (size_t i = 0; i < sum->listed; i++) {
        const cvl_term *const term = &sum->terms[i].term;
        open(json, NULL, '{');
        add_factors(json, term);
        add_real(json, "product", term->product);
        add_real(json, "sum", sum->terms[i].sum);
        add_bool(json, "padding", term->part == CVL_TERM_PADDING);
        if (parts) add_part(json, term);
        close(json, '}');
    }
    close(json, ']');
}

static void add_fact(void *context, const char *name, double value)
{
    struct json *const json = context;
    open(json, NULL, '{');
    add_string(json, "name", name);
    add_real(json, "value", value);
    close(json, '}');
}

/* Which layer of a net it is, and what that has on its way to the number. */
static void add_layer(struct json *json, const struct explain_layer *layer,
                      const cvl_element *number)
{
    cvl_layer_info info;
    cvl_net_layer_info(layer->net, layer->index, &info);
    open(json, "layer", '{');
    add_size(json, "index", layer->index);
    add_size(json, "layers", layer->net->layer_count);
    add_string(json, "kind", info.kind);
    add_string(json, "text", info.text);
    open(json, "facts", '[');
    cvl_terms_facts(&layer->terms, number, add_fact, json);
    close(json, ']');
    close(json, '}');
}

/* Where dy is from, if anything is sent back. */
static void add_upstream(struct json *json, const struct config *config,
                         const struct explain_layer *layer)
{
    const char *const words[] = {[UPSTREAM_EXAMPLE] = "example",
                                 [UPSTREAM_FILE] = "file",
                                 [UPSTREAM_LOSS] = "loss"};
    if (layer->upstream == UPSTREAM_NONE) return;
    add_string(json, "dy_from", words[layer->upstream]);
    if (layer->upstream != UPSTREAM_LOSS) return;
    add_real(json, "loss", layer->loss);
    add_string(json, "reduction",
               cvl_reduction_name(config->training.reduction));
}

void explain_json(const struct explanation *explanation, struct text *text)
{
    const struct sum *const sum = &explanation->sum;
    const struct explain_layer *const layer = explanation->layer;
    struct json json = {.text = text, .is_first = true};
    open(&json, NULL, '{');
    add_string(&json, "array", element_array(&sum->number));
    add_place(&json, &sum->number);
    if (layer->net) add_layer(&json, layer, &sum->number);
    if (layer->geometry) add_geometry(&json, layer->geometry);
    add_upstream(&json, explanation->config, layer);
    add_size(&json, "count", sum->count);
    add_size(&json, "on_padding", sum->padding);
    add_size(&json, "listed", sum->listed);
    add_terms(&json, sum, layer->net);
    add_real(&json, "left_out", sum->left_out);
    if (sum->has_bias) add_real(&json, "bias", sum->bias);
    add_real(&json, "total", sum->total);
    if (layer->algorithm) add_string(&json, "algorithm", layer->algorithm);
    add_string(&json, "dtype", cvl_dtype_name(layer->dtype));
    add_real(&json, "result", sum->number.value);
    add_real(&json, "difference", sum->difference);
    add_real(&json, "allowed", sum->allowed);
    add_bool(&json, "matches", sum->matches);
    close(&json, '}');
    text_fill(text, '\n', 1);
}

void map_json(const struct map *map, struct text *text)
{
    struct json json = {.text = text, .is_first = true};
    open(&json, NULL, '{');
    add_geometry(&json, map->geometry);
    open(&json, "axes", '[');
    for (size_t i = 0; i < map->count; i++) {
        const struct axis *const a = &map->axes[i].axis;
        open(&json, NULL, '{');
        add_string(&json, "axis", a->name);
        add_size(&json, "in", a->in);
        add_size(&json, "kernel", a->kernel);
        add_size(&json, "stride", a->stride);
        add_size(&json, "dilation", a->dilation);
        add_size(&json, "before", a->before);
        add_size(&json, "after", a->after);
        add_size(&json, "window", a->window);
        add_size(&json, "out", a->out);
        add_size(&json, "left_over", a->leftover);
        add_size(&json, "unread", axis_unread(a));
        close(&json, '}');
    }
    close(&json, ']');
    close(&json, '}');
    text_fill(text, '\n', 1);
}

/* A step of a path, as its layer has it. */
static void add_step(struct json *json, const struct path_answer *answer,
                     const struct path_step *step)
{
    cvl_layer_info info;
    cvl_net_layer_info(answer->layer->net, step->layer, &info);
    open(json, NULL, '{');
    add_size(json, "layer", step->layer);
    add_string(json, "kind", info.kind);
    add_string(json, "text", info.text);
    add_element(json, element_array(&step->number), &step->number);
    add_size(json, "count", step->count);
    add_real(json, "sum", step->sum);
    if (step->dy.array) {
        open(json, "term", '{');
        add_factors(json, &step->term);
        add_real(json, "product", step->term.product);
        add_part(json, &step->term);
        close(json, '}');
    }
    add_real(json, "factor", step->factor);
    add_real(json, "share", step->share);
    close(json, '}');
}

/* What the loss made of the output that the path comes from. */
static void add_slope(struct json *json, const struct path_answer *answer,
                      const cvl_loss_term *term)
{
    const struct net_arrays *const a = answer->arrays;
    open(json, "loss_term", '{');
    add_real(json, "y", term->y);
    add_real(json, "target", term->target);
    if (cvl_loss_kind_of(&a->loss)->classifies) add_real(json, "p", term->p);
    add_real(json, "slope", term->slope);
    add_real(
        json, "scale",
        cvl_loss_scale(&a->net.output, a->target.count, a->loss.reduction));
    close(json, '}');
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
    open(&json, NULL, '{');
    add_string(&json, "array", element_array(number));
    add_place(&json, number);
    add_size(&json, "layers", answer->layer->net->layer_count);
    add_upstream(&json, answer->config, answer->layer);
    add_string(&json, "from", ends[path->end]);
    if (path_find_loss(answer, &term)) add_slope(&json, answer, &term);
    add_real(&json, "slope", path->slope);
    open(&json, "path", '[');
    for (size_t i = path->count; i-- > 0;)
        add_step(&json, answer, &path->steps[i]);
    close(&json, ']');
    add_real(&json, "factor", path->factor);
    add_real(&json, "part", path->part);
    add_real(&json, "share", path->share);
    add_real(&json, "total", path->gradient);
    add_string(&json, "dtype", cvl_dtype_name(answer->layer->dtype));
    add_real(&json, "result", number->value);
    add_real(&json, "difference", path->difference);
    add_real(&json, "allowed", path->allowed);
    add_bool(&json, "matches", path->matches);
    close(&json, '}');
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
    open(json, NULL, '{');
    add_sizes(json, "at", at, 4);
    add_real(json, loss->classifies ? "logit" : "y", term->y);
    add_real(json, loss->classifies ? "q" : "t", term->target);
    if (loss->classifies) {
        add_real(json, "less_largest", term->below);
        add_real(json, "exp", term->exponential);
        add_real(json, "p", term->p);
        add_real(json, "minus_log_p", term->surprise);
    }
    add_real(json, "part", term->part);
    add_real(json, "slope", term->slope);
    add_real(json, "gradient", term->grad);
    close(json, '}');
}

void explain_loss_json(const struct explain_loss *loss, struct text *text)
{
    const struct net_arrays *const a = loss->arrays;
    struct json json = {.text = text, .is_first = true};
    open(&json, NULL, '{');
    add_string(&json, "loss_kind", cvl_loss_kind_of(&a->loss)->name);
    add_size(&json, "sample", loss->sample);
    if (loss->classifies) add_size(&json, "label", loss->label);
    add_string(&json, "reduction", cvl_reduction_name(a->loss.reduction));
    if (loss->classifies) {
        add_real(&json, "largest", loss->largest);
        add_real(&json, "sum_exp", loss->all.exponential);
        add_real(&json, "log_sum_exp",
                 loss->largest + log(loss->all.exponential));
    }
    add_size(&json, "count", loss->count);
    add_size(&json, "listed", loss->listed);
    open(&json, "terms", '[');
    for (size_t i = 0; i < loss->listed; i++)
        add_loss_term(&json, loss, &loss->terms[i]);
    close(&json, ']');
    add_real(&json, "part", loss->all.part);
    open(&json, "samples", '[');
    for (size_t n = 0; n < loss->samples; n++)
        add_real(&json, NULL, loss->parts[n]);
    close(&json, ']');
    add_real(&json, "sum", loss->sum);
    add_real(&json, "divisor", loss->divisor);
    add_real(&json, "total", loss->total);
    add_string(&json, "dtype", cvl_dtype_name(a->net.output.dtype));
    add_real(&json, "loss", a->value);
    add_real(&json, "difference", loss->difference);
    add_real(&json, "allowed", loss->allowed);
    add_bool(&json, "matches", loss->matches);
    close(&json, '}');
    text_fill(text, '\n', 1);
}
