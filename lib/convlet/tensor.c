/* tensor.c - see tensor.h for the contract. */
#include "convlet/tensor.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "convlet/append.h"
#include "convlet/memory.h"

size_t cvl_dtype_size(cvl_dtype dtype)
{
    return dtype == CVL_F32 ? sizeof(float) : sizeof(double);
}

const char *cvl_dtype_name(cvl_dtype dtype)
{
    return dtype == CVL_F32 ? "float32" : "float64";
}

cvl_status cvl_dtype_check(cvl_dtype dtype, cvl_error *err)
{
    if ((size_t)dtype <= CVL_F64) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL, "%zu is no element type", (size_t)dtype);
}

/* Writes "f32[2x3]"; size is CVL_DESCRIBE_SIZE. */
static const char *describe(cvl_dtype dtype, size_t ndim, const size_t *shape,
                            char text[CVL_DESCRIBE_SIZE])
{
    const size_t size = CVL_DESCRIBE_SIZE;
    snprintf(text, size, "%s[", dtype == CVL_F32 ? "f32" : "f64");
    for (size_t i = 0; i < ndim; i++)
        cvl_append(text, size, "%s%zu", i ? "x" : "", shape[i]);
    cvl_append(text, size, "]");
    return text;
}

const char *cvl_tensor_describe(const cvl_tensor *tensor,
                                char text[CVL_DESCRIBE_SIZE])
{
    return describe(tensor->dtype, tensor->ndim, tensor->shape, text);
}

cvl_tensor cvl_tensor_wrap(cvl_dtype dtype, size_t ndim, const size_t *shape,
                           void *data)
{
    assert(ndim >= 1 && ndim <= CVL_MAX_NDIM);
    cvl_tensor tensor = {
        .dtype = dtype, .ndim = ndim, .count = 1, .data = data};
    for (size_t i = 0; i < CVL_MAX_NDIM; i++) {
        tensor.shape[i] = i < ndim ? shape[i] : 1;
        tensor.count *= tensor.shape[i];
    }
    return tensor;
}

cvl_status cvl_tensor_init(cvl_tensor *tensor, cvl_dtype dtype, size_t ndim,
                           const size_t *shape, cvl_error *err)
{
    *tensor = (cvl_tensor){0};
    if (ndim < 1 || ndim > CVL_MAX_NDIM)
        return cvl_fail(err, CVL_EINVAL, "a tensor has 1 to 4 axes, not %zu",
                        ndim);
    cvl_status status = cvl_dtype_check(dtype, err);
    if (status) return status;
    for (size_t i = 0; i < ndim; i++)
        if (shape[i] == 0)
            return cvl_fail(err, CVL_EINVAL, "axis %zu of a tensor is empty",
                            i);

    char text[CVL_DESCRIBE_SIZE];
    size_t count, bytes;
    if (!cvl_size_product(shape, ndim, &count) ||
        !cvl_size_mul(count, cvl_dtype_size(dtype), &bytes))
        return cvl_fail(err, CVL_ENOMEM,
                        "out of memory: %s has more elements than a size can "
                        "count",
                        describe(dtype, ndim, shape, text));
    void *data;
    status = cvl_alloc(&data, bytes, describe(dtype, ndim, shape, text), err);
    if (status) return status;
    *tensor = cvl_tensor_wrap(dtype, ndim, shape, data);
    tensor->owned = true;
    return CVL_OK;
}

cvl_status cvl_tensor_init_like(cvl_tensor *tensor, const cvl_tensor *like,
                                cvl_error *err)
{
    return cvl_tensor_init(tensor, like->dtype, like->ndim, like->shape, err);
}

cvl_status cvl_tensor_clone(cvl_tensor *copy, const cvl_tensor *tensor,
                            cvl_error *err)
{
    const cvl_status status = cvl_tensor_init_like(copy, tensor, err);
    if (!status) cvl_tensor_copy(copy, tensor);
    return status;
}

void cvl_tensor_free(cvl_tensor *tensor)
{
    if (tensor->owned) cvl_free(tensor->data);
    *tensor = (cvl_tensor){0};
}

size_t cvl_tensor_bytes(const cvl_tensor *tensor)
{
    return tensor->count * cvl_dtype_size(tensor->dtype);
}

cvl_status cvl_tensor_check(const char *what, const cvl_tensor *tensor,
                            cvl_dtype dtype, size_t ndim, const size_t *shape,
                            cvl_error *err)
{
    if (tensor->dtype == dtype && tensor->ndim == ndim &&
        !memcmp(tensor->shape, shape, ndim * sizeof *shape))
        return CVL_OK;
    char got[CVL_DESCRIBE_SIZE], expected[CVL_DESCRIBE_SIZE];
    return cvl_fail(err, CVL_ESHAPE, "%s is %s, expected %s", what,
                    cvl_tensor_describe(tensor, got),
                    describe(dtype, ndim, shape, expected));
}

cvl_status cvl_tensor_check_like(const char *what, const cvl_tensor *tensor,
                                 const cvl_tensor *like, cvl_error *err)
{
    return cvl_tensor_check(what, tensor, like->dtype, like->ndim, like->shape,
                            err);
}

double cvl_tensor_get(const cvl_tensor *tensor, size_t index)
{
    assert(index < tensor->count);
    return tensor->dtype == CVL_F32 ? (double)((float *)tensor->data)[index]
                                    : ((double *)tensor->data)[index];
}

void cvl_tensor_set(cvl_tensor *tensor, size_t index, double value)
{
    assert(index < tensor->count);
    if (tensor->dtype == CVL_F32)
        ((float *)tensor->data)[index] = (float)value;
    else
        ((double *)tensor->data)[index] = value;
}

void cvl_tensor_fill(cvl_tensor *tensor, double value)
{
    for (size_t i = 0; i < tensor->count; i++) cvl_tensor_set(tensor, i, value);
}

void cvl_tensor_copy(cvl_tensor *dst, const cvl_tensor *src)
{
    assert(dst->count == src->count);
    if (dst->dtype == src->dtype) {
        memcpy(dst->data, src->data, cvl_tensor_bytes(src));
        return;
    }
    for (size_t i = 0; i < src->count; i++)
        cvl_tensor_set(dst, i, cvl_tensor_get(src, i));
}

void cvl_tensor_crop(cvl_tensor *dst, const cvl_tensor *src)
{
    const size_t *const n = dst->shape, *const all = src->shape;
    size_t to = 0;
    for (size_t a = 0; a < n[0]; a++)
        for (size_t b = 0; b < n[1]; b++)
            for (size_t c = 0; c < n[2]; c++) {
                const size_t row = ((a * all[1] + b) * all[2] + c) * all[3];
                for (size_t d = 0; d < n[3]; d++)
                    cvl_tensor_set(dst, to++, cvl_tensor_get(src, row + d));
            }
}

void cvl_tensor_transpose(cvl_tensor *dst, const cvl_tensor *src,
                          const size_t *axes)
{
    assert(dst->dtype == src->dtype && dst->ndim == src->ndim);
    const size_t size = cvl_dtype_size(src->dtype);

    /* How far apart in src two neighbours along an axis of dst are. */
    size_t step[CVL_MAX_NDIM] = {0};
    for (size_t i = 0; i < dst->ndim; i++) {
        assert(dst->shape[i] == src->shape[axes[i]]);
        step[i] = size;
        for (size_t j = axes[i] + 1; j < src->ndim; j++)
            step[i] *= src->shape[j];
    }

    const char *const from = src->data;
    char *to = dst->data;
    const size_t *const n = dst->shape;
    for (size_t a = 0; a < n[0]; a++)
        for (size_t b = 0; b < n[1]; b++)
            for (size_t c = 0; c < n[2]; c++)
                for (size_t d = 0; d < n[3]; d++, to += size)
                    memcpy(to,
                           from + a * step[0] + b * step[1] + c * step[2] +
                               d * step[3],
                           size);
}

size_t cvl_tensor_first_nonfinite(const cvl_tensor *tensor)
{
    size_t i = 0;
    while (i < tensor->count && isfinite(cvl_tensor_get(tensor, i))) i++;
    return i;
}

bool cvl_tensor_allclose(const cvl_tensor *a, const cvl_tensor *b, double rtol,
                         double atol)
{
    assert(a->count == b->count && a->dtype == b->dtype);
    for (size_t i = 0; i < a->count; i++) {
        const double x = cvl_tensor_get(a, i), y = cvl_tensor_get(b, i);
        if (x == y) continue; /* equal infinities are close */
        if (!isfinite(y) || !(fabs(x - y) <= atol + rtol * fabs(y)))
            return false;
    }
    return true;
}

double cvl_tensor_largest(const cvl_tensor *tensor)
{
    double largest = 0.0;
    for (size_t i = 0; i < tensor->count; i++) {
        const double value = fabs(cvl_tensor_get(tensor, i));
        if (isfinite(value) && value > largest) largest = value;
    }
    return largest;
}
