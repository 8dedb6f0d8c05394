/* words.c - what the forms of an answer say alike; see show.h. */
#include <stdio.h>
#include <string.h>

#include <convlet/number.h>

#include "base/number.h"
#include "base/setup.h"
#include "explain/show.h"
#include "fewer/fewer.h"

const char *label_text(const struct grid_line *line, char text[NUMBER_SIZE])
{
    text[0] = '\0';
    if (line->has_label) number_digits((double)line->label, 6, text);
    return text;
}

/* `output` is what an output channel is called. */
static void add_number(const cvl_element *number, const char *output,
                       struct text *text)
{
    const ptrdiff_t *const at = number->at;
    if (number->array == CVL_ARRAY_Y)
        text_add(text, "sample %td, %s %td, row %td, column %td", at[0], output,
                 at[1], at[2], at[3]);
    else if (number->array == CVL_ARRAY_DX)
        text_add(text,
                 "the gradient of the input of sample %td, channel %td, row "
                 "%td, column %td",
                 at[0], at[1], at[2], at[3]);
    else if (number->ndim == 1)
        text_add(text, "the gradient of the %s of %s %td",
                 number->param ? "bias" : "weight", output, at[0]);
    else
        text_add(text,
                 "the gradient of the weight of output channel %td, input "
                 "channel %td, tap %td,%td",
                 at[0], at[1], at[2], at[3]);
}

/* "layer 2, relu" */
static void add_layer(const cvl_net *net, size_t index, struct text *text)
{
    cvl_layer_info info;
    cvl_net_layer_info(net, index, &info);
    text_add(text, "layer %zu, %s", index, info.text);
}

/* Where x of a net's layer is from. */
static void add_source(const struct explanation *explanation, struct text *text)
{
    const struct explain_layer *const layer = explanation->layer;
    const char *const input = explanation->config->data.input;
    char clipped[TEXT_CLIP];
    text_add(text, "x is ");
    if (layer->index) {
        text_add(text, "y of ");
        add_layer(layer->net, layer->index - 1, text);
    } else {
        text_add(text, "the input, %s", text_clip(input, clipped));
    }
}

const char *words_target(const struct config *config)
{
    const struct data_settings *const data = &config->data;
    if (setup_compares_labels(&config->training))
        return data->labels ? data->labels : "labels that were drawn";
    return data->target ? data->target : "ones";
}

void explain_upstream(const struct config *config,
                      const struct explain_layer *layer, struct text *text)
{
    char clipped[TEXT_CLIP], loss[NUMBER_SIZE];
    if (layer->upstream && layer->net &&
        layer->index + 1 < layer->net->layer_count) {
        text_add(text, "dy is dx of ");
        add_layer(layer->net, layer->index + 1, text);
        return;
    }
    switch (layer->upstream) {
    case UPSTREAM_NONE: break;
    case UPSTREAM_EXAMPLE: text_add(text, "dy is the example's"); break;
    case UPSTREAM_FILE:
        text_add(text, "dy is %s",
                 text_clip(config->data.grad_output, clipped));
        break;
    case UPSTREAM_LOSS:
        text_add(text, "dy is of the loss %s toward %s, ",
                 number_format(layer->loss, loss),
                 text_clip(words_target(config), clipped));
        setup_describe_loss(&config->training, text);
        break;
    }
}

/* "stride 2" or "stride 2,1", and what follows. */
static void add_pair(const char *name, size_t y, size_t x, struct text *text)
{
    text_add(text, "%s %zu", name, y);
    if (x != y) text_add(text, ",%zu", x);
    text_add(text, ", ");
}

static void add_geometry(const cvl_conv2d_geometry *g, struct text *text)
{
    add_pair("stride", g->stride_y, g->stride_x, text);
    add_pair("dilation", g->dilation_y, g->dilation_x, text);
    text_add(text, "padding %zu", g->pad_top);
    if (g->pad_top != g->pad_bottom || g->pad_left != g->pad_right ||
        g->pad_top != g->pad_left)
        text_add(text, ",%zu,%zu,%zu", g->pad_bottom, g->pad_left,
                 g->pad_right);
    if (g->groups > 1) text_add(text, ", groups %zu", g->groups);
    if (g->tied) text_add(text, ", tied weights");
}

struct facts {
    struct text *text;
    size_t width; /* of the longest name */
    bool writes;  /* or the names are measured */
};

static void take_fact(void *context, const char *name, double value)
{
    struct facts *const facts = context;
    const size_t length = strlen(name);
    char digits[NUMBER_SIZE];
    if (facts->writes)
        text_add(facts->text, "  %-*s  %s\n", (int)facts->width, name,
                 number_format(value, digits));
    else if (length > facts->width)
        facts->width = length;
}

static void add_facts(const struct explain_layer *layer,
                      const cvl_element *number, struct text *text)
{
    struct facts facts = {.text = text};
    cvl_terms_facts(&layer->terms, number, take_fact, &facts);
    facts.writes = true;
    cvl_terms_facts(&layer->terms, number, take_fact, &facts);
}

static void add_verdict(const struct explanation *explanation,
                        struct text *text)
{
    const struct sum *const sum = &explanation->sum;
    const struct explain_layer *const layer = explanation->layer;
    const bool is_single = layer->dtype == CVL_F32;
    char name[ELEMENT_SIZE], digits[NUMBER_SIZE];
    text_add(text, "%s term%s", table_count(sum->count, digits),
             cvl_plural(sum->count));
    if (sum->padding)
        text_add(text, ", %s of them on padding",
                 table_count(sum->padding, digits));
    if (sum->compared)
        text_add(text, ", %s of them not taken",
                 table_count(sum->compared, digits));
    text_add(text, "%s: %s\n", sum->has_bias ? ", and the bias" : "",
             number_format(sum->total, digits));
    text_add(text, "%s ", element_text(&sum->number, name));
    if (layer->algorithm)
        text_add(text, "by the %s algorithm, ", layer->algorithm);
    else
        text_add(text, "as computed, ");
    text_add(text, "%s: %s\n", cvl_dtype_name(layer->dtype),
             is_single ? number_format_single((float)sum->number.value, digits)
                       : number_format(sum->number.value, digits));
    if (sum->difference != 0.0) {
        text_add(text, "difference: %s",
                 number_digits(sum->difference, 3, digits));
        text_add(text, ", allowed: %s\n",
                 number_digits(sum->allowed, 3, digits));
    }
    text_add(text, "matches: %s\n", sum->matches ? "yes" : "no");
}

/* In a drawing, notes may not make the digits too small. */
static void add_table(struct explanation *e)
{
    enum { COLUMNS = 66 };
    const struct explain_settings *const settings = &e->config->explain;
    const bool drawn = settings->format == EXPLAIN_SVG;
    struct text *const table = &e->words[WORDS_TABLE];
    if (!drawn || !e->layer->geometry)
        table_add(&e->sum, settings->digits, true, table);
    if (drawn && table->data && text_columns(table->data) > COLUMNS)
        text_free(table);
    if (!table->data) table_add(&e->sum, settings->digits, false, table);
}

static void add_words(struct explanation *e)
{
    const struct explain_layer *const layer = e->layer;
    const size_t left_out = e->view.left_out;
    char name[ELEMENT_SIZE];
    if (layer->net) {
        add_layer(layer->net, layer->index, &e->words[WORDS_LAYER]);
        text_add(&e->words[WORDS_LAYER], ", of %zu", layer->net->layer_count);
        add_source(e, &e->words[WORDS_SOURCE]);
    }
    text_add(&e->words[WORDS_NAME], "%s", element_text(&e->sum.number, name));
    add_number(&e->sum.number, layer->geometry ? "output channel" : "channel",
               &e->words[WORDS_NUMBER]);
    if (layer->geometry)
        add_geometry(layer->geometry, &e->words[WORDS_GEOMETRY]);
    explain_upstream(e->config, layer, &e->words[WORDS_UPSTREAM]);
    add_facts(layer, &e->sum.number, &e->words[WORDS_FACTS]);
    if (left_out)
        text_add(&e->words[WORDS_LEFT_OUT],
                 "... and %zu more plane%s like these", left_out,
                 cvl_plural(left_out));
    add_table(e);
    add_verdict(e, &e->words[WORDS_VERDICT]);
}

cvl_status explanation_make(struct explanation *explanation,
                            const struct config *config,
                            const struct explain_layer *layer,
                            const cvl_element *number, cvl_error *err)
{
    *explanation = (struct explanation){.config = config, .layer = layer};
    cvl_status status =
        sum_terms(&layer->terms, number, layer->dtype, config->explain.terms,
                  config->check.tolerance, &explanation->sum, err);
    if (status) return status;
    if (fewer_has_tiles(layer->algorithm) && !(config->check.tolerance > 0))
        sum_widen(&layer->terms, layer->dtype, &explanation->sum);
    if (layer->geometry)
        grid_view_make(layer->geometry, &layer->terms, &explanation->sum,
                       &explanation->view);
    add_words(explanation);
    for (size_t i = 0; !status && i < WORDS_COUNT; i++)
        status = text_status(&explanation->words[i], err);
    return status;
}

const char *explanation_words(const struct explanation *explanation,
                              enum words words)
{
    const char *const data = explanation->words[words].data;
    return data ? data : "";
}

void explanation_free(struct explanation *explanation)
{
    for (size_t i = 0; i < WORDS_COUNT; i++) text_free(&explanation->words[i]);
    sum_free(&explanation->sum);
}

static cvl_status word_axis(struct map_axis *map, cvl_error *err)
{
    const struct axis *const a = &map->axis;
    const size_t unread = axis_unread(a), missing = a->stride - a->leftover;
    text_add(&map->facts,
             "in %zu, kernel %zu, stride %zu, dilation %zu, padding %zu and "
             "%zu",
             a->in, a->kernel, a->stride, a->dilation, a->before, a->after);
    text_add(&map->formula,
             "out = floor((in + padding - dilation * (kernel - 1) - 1) / "
             "stride) + 1\n"
             "    = floor((%zu + %zu - %zu * (%zu - 1) - 1) / %zu) + 1\n"
             "    = floor(%zu / %zu) + 1 = %zu\n",
             a->in, a->before + a->after, a->dilation, a->kernel, a->stride,
             a->padded - a->window, a->stride, a->out);
    text_add(&map->rest, "left over behind the last window: %zu", a->leftover);
    if (a->leftover)
        text_add(&map->rest, "; %zu more zero%s there would make output %zu",
                 missing, cvl_plural(missing), a->out);
    text_add(&map->rest, "\n");
    if (unread)
        text_add(&map->rest, "inputs that no output reads: %zu of %zu\n",
                 unread, a->in);
    cvl_status status = text_status(&map->facts, err);
    if (!status) status = text_status(&map->formula, err);
    return status ? status : text_status(&map->rest, err);
}

static bool are_alike(const struct axis *a, const struct axis *b)
{
    return a->in == b->in && a->kernel == b->kernel && a->stride == b->stride &&
           a->dilation == b->dilation && a->before == b->before &&
           a->after == b->after;
}

cvl_status map_make(struct map *map, const cvl_conv2d_geometry *geometry,
                    size_t terms, cvl_error *err)
{
    enum { POSITIONS = 24 };
    cvl_status status = CVL_OK;
    struct axis axes[2];
    axes_of(geometry, axes);
    *map = (struct map){.geometry = geometry, .count = 2};
    if (are_alike(&axes[0], &axes[1])) {
        axes[0].name = "height and width";
        map->count = 1;
    } else if (axes[0].padded <= 1) {
        axes[0] = axes[1];
        map->count = 1;
    }
    for (size_t i = 0; !status && i < map->count; i++) {
        const struct axis *const a = &axes[i];
        /* A window that starts beyond what is drawn shows nothing. */
        const size_t within = (POSITIONS - 1) / a->stride + 1;
        const size_t outputs = terms && terms < a->out ? terms : a->out;
        map->axes[i] = (struct map_axis){
            .axis = *a,
            .positions = a->padded < POSITIONS ? a->padded : POSITIONS,
            .outputs = outputs < within ? outputs : within};
        map->padding = map->padding || a->before || a->after;
        map->between = map->between || (a->dilation > 1 && a->kernel > 1);
        status = word_axis(&map->axes[i], err);
    }
    return status;
}

void map_free(struct map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        text_free(&map->axes[i].facts);
        text_free(&map->axes[i].formula);
        text_free(&map->axes[i].rest);
    }
}
