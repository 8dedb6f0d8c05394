/* finite.c - see finite.h for the contract. */
#include "data/finite.h"

#include <convlet/model.h>

bool finite_describe(const cvl_net *net, struct text *text)
{
    cvl_named_tensor tensors[CVL_MAX_PARAMS + CVL_MAX_BUFFERS];
    const size_t count = cvl_model_list(net, tensors);
    for (size_t i = 0; i < count; i++) {
        const cvl_tensor *const tensor = &tensors[i].tensor;
        const size_t bad = cvl_tensor_first_nonfinite(tensor);
        if (bad == tensor->count) continue;
        text_add(text, "element %zu of %s is %g", bad, tensors[i].name,
                 cvl_tensor_get(tensor, bad));
        return true;
    }
    return false;
}

cvl_status finite_check(const cvl_net *net, cvl_error *err)
{
    struct text text = {0};
    if (!finite_describe(net, &text)) return CVL_OK;
    const cvl_status status =
        cvl_fail(err, CVL_EFORMAT, "%s; every one must be finite",
                 text.data ? text.data : "");
    text_free(&text);
    return status;
}
