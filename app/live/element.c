/* element.c - see element.h for the contract. */
#include "live/element.h"

#include <string.h>

/* The array that holds such numbers; the kind of number goes to `element`. */
static cvl_status find_tensor(const struct live *live, int of, size_t param,
                              struct live_number *number, cvl_error *err)
{
    const cvl_net *const net = live->net;
    const size_t layer = number->layer;
    cvl_element *const element = &number->element;
    if (of != LIVE_OF_Y && of != LIVE_OF_DX && of != LIVE_OF_GRAD)
        return cvl_fail(err, CVL_EINVAL,
                        "there is no kind of number %d; expected 0 of y, 1 of "
                        "dx, 2 of a param's gradient",
                        of);
    if (of == LIVE_OF_GRAD && param >= number->info.param_count)
        return cvl_fail(err, CVL_EINVAL,
                        "layer %zu (%s) has %zu params; there is no %zu", layer,
                        number->info.text, number->info.param_count, param);
    if (of == LIVE_OF_Y) {
        element->array = CVL_ARRAY_Y;
        number->tensor = number->info.output;
    } else if (of == LIVE_OF_DX) {
        element->array = CVL_ARRAY_DX;
        number->tensor =
            layer ? cvl_net_terms(net, layer - 1, &live->x, live->dy).dy
                  : &live->dx;
    } else {
        element->array = CVL_ARRAY_GRAD;
        element->param = param;
        number->tensor = &number->info.params[param].grad;
    }
    return CVL_OK;
}

cvl_status live_find(const struct live *live, int of, size_t layer,
                     size_t param, const size_t at[4],
                     struct live_number *number, cvl_error *err)
{
    char shape[CVL_DESCRIBE_SIZE];
    cvl_status status =
        live_check_ran(live, of == LIVE_OF_Y ? RAN_FORWARD : RAN_LOSS, err);
    if (status) return status;
    if (layer >= live->net->layer_count)
        return cvl_fail(err, CVL_EINVAL, "there is no layer %zu of %zu", layer,
                        live->net->layer_count);
    *number = (struct live_number){.layer = layer};
    cvl_net_layer_info(live->net, layer, &number->info);
    status = find_tensor(live, of, param, number, err);
    if (status) return status;
    const cvl_tensor *const tensor = number->tensor;
    cvl_element *const element = &number->element;
    element->ndim = tensor->ndim;
    for (size_t i = 0; i < 4; i++) {
        if (at[i] >= tensor->shape[i])
            return cvl_fail(err, CVL_EINVAL,
                            "[%zu,%zu,%zu,%zu] is outside of %s", at[0], at[1],
                            at[2], at[3], cvl_tensor_describe(tensor, shape));
        element->at[i] = (ptrdiff_t)at[i];
        number->flat = number->flat * tensor->shape[i] + at[i];
    }
    element->value = cvl_tensor_get(tensor, number->flat);
    return CVL_OK;
}
