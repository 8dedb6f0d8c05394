/* terms.c - every product behind a number, as JSON. */
#include "base/element.h"
#include "live/element.h"

/* The list on its way. */
struct listing {
    struct json *json;
    const cvl_layer_info *info;
    size_t count;
    double sum;
};

static void add_place(struct json *json, const cvl_element *element)
{
    json_open(json, "at", '[');
    for (size_t i = 0; i < element->ndim; i++)
        json_real(json, NULL, (double)element->at[i]);
    json_close(json, ']');
}

static void add_element(struct json *json, const char *name,
                        const cvl_element *element)
{
    if (element->array == CVL_ARRAY_NONE) {
        json_string(json, name, NULL);
        return;
    }
    json_open(json, name, '{');
    json_string(json, "array", element_array(element));
    add_place(json, element);
    json_real(json, "value", element->value);
    json_close(json, '}');
}

static void add_term(void *context, const cvl_term *term)
{
    static const char *const parts[] = {
        [CVL_TERM_ADDED] = "added",       [CVL_TERM_PADDING] = "padding",
        [CVL_TERM_COMPARED] = "compared", [CVL_TERM_TAKEN] = "taken",
        [CVL_TERM_CUT] = "cut",           [CVL_TERM_FUNCTION] = "function"};
    struct listing *const listing = context;
    struct json *const json = listing->json;
    listing->sum += term->product;
    if (listing->count++ >= LIVE_TERMS) return;
    json_open(json, NULL, '{');
    add_element(json, "left", &term->left);
    add_element(json, "right", &term->right);
    json_real(json, "factor",
              term->how || term->part == CVL_TERM_TAKEN ? term->factor : 1.0);
    json_string(json, "how", term->how);
    json_real(json, "product", term->product);
    json_real(json, "magnitude", term->magnitude);
    json_real(json, "sum", listing->sum);
    json_string(json, "part", parts[term->part]);
    json_close(json, '}');
}

static void add_number(struct json *json, const struct live_number *number)
{
    const cvl_element *const element = &number->element;
    const bool is_param = element->array == CVL_ARRAY_GRAD;
    json_string(json, "array", element_array(element));
    json_size(json, "layer", number->layer);
    json_string(json, "param",
                is_param ? number->info.params[element->param].name : NULL);
    add_place(json, element);
    json_real(json, "value", element->value);
}

static void add_all(struct live *live, const struct live_number *number)
{
    struct json json = live_json(live);
    struct listing listing = {.json = &json, .info = &number->info};
    const cvl_terms terms =
        cvl_net_terms(live->net, number->layer, &live->x,
                      live->ran < RAN_LOSS ? NULL : live->dy);
    json_open(&json, NULL, '{');
    add_number(&json, number);
    json_open(&json, "facts", '[');
    cvl_terms_facts(&terms, &number->element, json_fact, &json);
    json_close(&json, ']');
    json_open(&json, "terms", '[');
    cvl_terms_visit(&terms, &number->element, add_term, &listing);
    json_close(&json, ']');
    json_size(&json, "count", listing.count);
    json_real(&json, "sum", listing.sum);
    json_close(&json, '}');
}

const char *live_terms(struct live *live, int of, size_t layer, size_t param,
                       size_t a, size_t b, size_t c, size_t d)
{
    const size_t at[4] = {a, b, c, d};
    struct live_number number;
    cvl_error err;
    cvl_status status = live_find(live, of, layer, param, at, &number, &err);
    if (!status) {
        add_all(live, &number);
        status = text_status(&live->json, &err);
    }
    return live_answer(live, status, &err) ? NULL : live->json.data;
}

/* Some numbers of one image's part of the loss. */
struct excerpt {
    struct json *json;
    size_t first, end, next;
};

static void add_loss_term(void *context, const cvl_loss_term *term)
{
    struct excerpt *const excerpt = context;
    struct json *const json = excerpt->json;
    const size_t index = excerpt->next++;
    if (index < excerpt->first || index >= excerpt->end) return;
    json_open(json, NULL, '{');
    json_size(json, "index", term->index);
    json_bool(json, "counts", term->counts);
    json_real(json, "y", term->y);
    json_real(json, "target", term->target);
    json_real(json, "part", term->part);
    json_real(json, "slope", term->slope);
    json_real(json, "grad", term->grad);
    json_real(json, "below", term->below);
    json_real(json, "exponential", term->exponential);
    json_real(json, "p", term->p);
    json_real(json, "surprise", term->surprise);
    json_close(json, '}');
}

static cvl_status add_loss_terms(struct live *live, size_t image, size_t first,
                                 size_t count, cvl_error *err)
{
    const cvl_status status = live_check_ran(live, RAN_FORWARD, err);
    if (status) return status;
    const cvl_tensor *const y = &live->net->output;
    if (image >= y->shape[0])
        return cvl_fail(err, CVL_EINVAL, "there is no image %zu of %zu", image,
                        y->shape[0]);
    if (count > LIVE_TERMS) count = LIVE_TERMS;
    struct json json = live_json(live);
    struct excerpt excerpt = {.json = &json,
                              .first = first,
                              .end = first > SIZE_MAX - count ? SIZE_MAX
                                                              : first + count};
    json_open(&json, NULL, '[');
    cvl_loss_visit(&live->trainer.loss, y, &live->t, live_mask(live),
                   live->used, image, add_loss_term, &excerpt);
    json_close(&json, ']');
    return text_status(&live->json, err);
}

const char *live_loss_terms(struct live *live, size_t image, size_t first,
                            size_t count)
{
    cvl_error err;
    const cvl_status status = add_loss_terms(live, image, first, count, &err);
    return live_answer(live, status, &err) ? NULL : live->json.data;
}
