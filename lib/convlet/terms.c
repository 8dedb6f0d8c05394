/* terms.c - see terms.h for the contract; each layer kind has its own walk. */
#include "convlet/terms.h"

#include <string.h>

#include "convlet/layer.h"

cvl_terms cvl_net_terms(const cvl_net *net, size_t index, const cvl_tensor *x,
                        const cvl_tensor *dy)
{
    const cvl_layer *const layer = &net->layers[index];
    const bool is_last = index + 1 == net->layer_count;
    cvl_terms terms = {.walk = layer->kind->terms,
                       .facts = layer->kind->facts,
                       .layer = layer,
                       .x = index ? &layer[-1].output : x,
                       .y = &layer->output,
                       .dy = is_last || !dy ? dy : &layer->grad};
    for (size_t i = 0; i < layer->param_count; i++)
        terms.params[i] = &layer->params[i].value;
    return terms;
}

void cvl_terms_visit(const cvl_terms *terms, const cvl_element *number,
                     cvl_term_visit *visit, void *context)
{
    terms->walk(terms, number, visit, context);
}

void cvl_terms_facts(const cvl_terms *terms, const cvl_element *number,
                     cvl_fact_visit *visit, void *context)
{
    if (terms->facts) terms->facts(terms, number, visit, context);
}

const cvl_tensor *cvl_terms_tensor(const cvl_terms *terms, cvl_array array,
                                   size_t param)
{
    if (array == CVL_ARRAY_X) return terms->x;
    if (array == CVL_ARRAY_Y) return terms->y;
    return array == CVL_ARRAY_DY ? terms->dy : terms->params[param];
}

cvl_element cvl_terms_element(const cvl_terms *terms, cvl_array array,
                              size_t param, const ptrdiff_t at[4])
{
    cvl_element element = {.array = array, .param = param};
    const cvl_tensor *const tensor = cvl_terms_tensor(terms, array, param);
    size_t flat = 0;
    bool inside = true;
    memcpy(element.at, at, sizeof element.at);
    element.ndim = tensor->ndim;
    for (size_t i = 0; i < 4; i++) {
        inside = inside && at[i] >= 0 && (size_t)at[i] < tensor->shape[i];
        flat = flat * tensor->shape[i] + (size_t)at[i];
    }
    if (inside) element.value = cvl_tensor_get(tensor, flat);
    return element;
}
