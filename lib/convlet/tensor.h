/* tensor.h - up to four axes of numbers in one contiguous block. */
#ifndef CVL_TENSOR_H
#define CVL_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "convlet/error.h"

/* What an element is: a float or a double. */
typedef enum cvl_dtype { CVL_F32, CVL_F64 } cvl_dtype;

/* Axes of a tensor at most. */
enum cvl_tensor_limits { CVL_MAX_NDIM = 4 };

/*
 * Row-major: the last axis is contiguous. Pictures and activations are
 * [N,C,H,W], weights [O,I,KH,KW], a bias [O]. {0} is valid and holds nothing.
 */
typedef struct cvl_tensor {
    cvl_dtype dtype;
    size_t ndim;
    size_t shape[CVL_MAX_NDIM]; /* unused axes are 1 */
    size_t count;               /* product of the shape */
    void *data;
    bool owned; /* data is freed by cvl_tensor_free */
} cvl_tensor;

/* Bytes of one element: 4 or 8. */
size_t cvl_dtype_size(cvl_dtype dtype);

/* "float32" or "float64". */
const char *cvl_dtype_name(cvl_dtype dtype);

/* CVL_OK, or CVL_EINVAL for a number that is none of the above. */
cvl_status cvl_dtype_check(cvl_dtype dtype, cvl_error *err);

/*
 * Makes a zeroed tensor of `ndim` (1 to 4) axes, each of 1 or more.
 * CVL_EINVAL for other axes, CVL_ENOMEM where the size overflows or is not
 * there; *tensor is {0} then.
 */
cvl_status cvl_tensor_init(cvl_tensor *tensor, cvl_dtype dtype, size_t ndim,
                           const size_t *shape, cvl_error *err);

/* The same with the dtype and shape of `like`; and a copy of its elements. */
cvl_status cvl_tensor_init_like(cvl_tensor *tensor, const cvl_tensor *like,
                                cvl_error *err);
cvl_status cvl_tensor_clone(cvl_tensor *copy, const cvl_tensor *tensor,
                            cvl_error *err);

/* A view of `data`, which stays the caller's. The shape must be valid. */
cvl_tensor cvl_tensor_wrap(cvl_dtype dtype, size_t ndim, const size_t *shape,
                           void *data);

/* Frees owned data and resets to {0}; idempotent. */
void cvl_tensor_free(cvl_tensor *tensor);

/* Bytes of all elements. */
size_t cvl_tensor_bytes(const cvl_tensor *tensor);

/* Bytes that the longest description takes, of a tensor or of a layer. */
enum cvl_tensor_texts { CVL_DESCRIBE_SIZE = 192 };

/* Writes "f32[2x3x20x20]" into text, for messages; returns text. */
const char *cvl_tensor_describe(const cvl_tensor *tensor,
                                char text[CVL_DESCRIBE_SIZE]);

/*
 * CVL_OK if `tensor` has the dtype and shape given, or those of `like`; else
 * CVL_ESHAPE with "<what> is f64[2x2], expected f64[4]".
 */
cvl_status cvl_tensor_check(const char *what, const cvl_tensor *tensor,
                            cvl_dtype dtype, size_t ndim, const size_t *shape,
                            cvl_error *err);
cvl_status cvl_tensor_check_like(const char *what, const cvl_tensor *tensor,
                                 const cvl_tensor *like, cvl_error *err);

/* One element by its flat index, in double. For tests, files, messages. */
double cvl_tensor_get(const cvl_tensor *tensor, size_t index);
void cvl_tensor_set(cvl_tensor *tensor, size_t index, double value);

/* Every element = value. */
void cvl_tensor_fill(cvl_tensor *tensor, double value);

/* dst = src, rounding float64 to float32 where needed; equal counts. */
void cvl_tensor_copy(cvl_tensor *dst, const cvl_tensor *src);

/* dst = the first of src along each axis, converted as above; no axis of dst
 * is longer than src's. */
void cvl_tensor_crop(cvl_tensor *dst, const cvl_tensor *src);

/*
 * dst = src with its axes reordered as numpy.transpose(src, axes) does:
 * dst.shape[i] = src.shape[axes[i]]. Same dtype, no overlap.
 */
void cvl_tensor_transpose(cvl_tensor *dst, const cvl_tensor *src,
                          const size_t *axes);

/* The flat index of the first NaN or infinity, or `count` if there is none. */
size_t cvl_tensor_first_nonfinite(const cvl_tensor *tensor);

/* The largest finite |element|; 0 where there is none. */
double cvl_tensor_largest(const cvl_tensor *tensor);

/*
 * numpy.allclose(a, b): |a - b| <= atol + rtol |b| for every element; false
 * if either holds NaN. Like tensors (asserted).
 */
bool cvl_tensor_allclose(const cvl_tensor *a, const cvl_tensor *b, double rtol,
                         double atol);

#endif
