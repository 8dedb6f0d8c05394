/* convert.c - see arrays.h: arrays of other types, colours and axes. */
#include <math.h>

#include <convlet/append.h>

#include "data/arrays.h"
#include "pictures/srgb.h"

const char *array_place(const cvl_tensor *tensor, size_t ndim, size_t flat,
                        char place[CVL_DESCRIBE_SIZE])
{
    size_t index[CVL_MAX_NDIM];
    place[0] = '\0';
    for (size_t i = tensor->ndim; i-- > 0; flat /= tensor->shape[i])
        index[i] = flat % tensor->shape[i];
    for (size_t i = tensor->ndim - ndim; i < tensor->ndim; i++)
        cvl_append(place, CVL_DESCRIBE_SIZE, "%s%zu", place[0] ? "," : "",
                   index[i]);
    return place;
}

void array_reshape(cvl_tensor *tensor, const size_t shape[4])
{
    const bool owned = tensor->owned;
    *tensor = cvl_tensor_wrap(tensor->dtype, 4, shape, tensor->data);
    tensor->owned = owned;
}

/* Puts `made` in the place of `tensor`. */
static void replace(cvl_tensor *tensor, const cvl_tensor *made)
{
    cvl_tensor_free(tensor);
    *tensor = *made;
}

/* Names the first finite value that float32 has not; `made` holds them all. */
static cvl_status check_range(const cvl_tensor *tensor, const cvl_tensor *made,
                              cvl_error *err)
{
    char place[CVL_DESCRIBE_SIZE];
    for (size_t i = cvl_tensor_first_nonfinite(made); i < made->count; i++) {
        const double value = cvl_tensor_get(tensor, i);
        if (isfinite(value) && !isfinite(cvl_tensor_get(made, i)))
            return cvl_fail(
                err, CVL_EFORMAT,
                "element [%s] is %g, which is beyond what %s can hold",
                array_place(tensor, tensor->ndim, i, place), value,
                cvl_dtype_name(made->dtype));
    }
    return CVL_OK;
}

cvl_status array_convert(cvl_tensor *tensor, cvl_dtype dtype, cvl_error *err)
{
    if (tensor->dtype == dtype) return CVL_OK;
    cvl_tensor made;
    cvl_status status =
        cvl_tensor_init(&made, dtype, tensor->ndim, tensor->shape, err);
    if (status) return status;
    cvl_tensor_copy(&made, tensor);
    status = check_range(tensor, &made, err);
    if (status)
        cvl_tensor_free(&made);
    else
        replace(tensor, &made);
    return status;
}

cvl_status array_recolour(cvl_tensor *tensor, size_t channels, cvl_error *err)
{
    cvl_tensor made;
    const size_t shape[4] = {1, channels, tensor->shape[2], tensor->shape[3]};
    if (tensor->shape[1] == channels) return CVL_OK;
    const cvl_status status =
        cvl_tensor_init(&made, tensor->dtype, 4, shape, err);
    if (status) return status;
    if (channels == 1)
        srgb_luminance_all(tensor, &made);
    else
        for (size_t i = 0; i < made.count; i++)
            cvl_tensor_set(&made, i, cvl_tensor_get(tensor, i % tensor->count));
    replace(tensor, &made);
    return CVL_OK;
}

cvl_status array_transpose(cvl_tensor *tensor, const size_t axes[4],
                           cvl_error *err)
{
    size_t shape[4];
    for (size_t i = 0; i < 4; i++) shape[i] = tensor->shape[axes[i]];
    cvl_tensor made;
    const cvl_status status =
        cvl_tensor_init(&made, tensor->dtype, 4, shape, err);
    if (status) return status;
    cvl_tensor_transpose(&made, tensor, axes);
    replace(tensor, &made);
    return CVL_OK;
}
