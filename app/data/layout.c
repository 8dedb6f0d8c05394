/* layout.c - see layout.h for the contract. */
#include "data/layout.h"

#include <stdio.h>

#include "base/input.h"
#include "base/say.h"
#include "data/arrays.h"

/* numpy.transpose's axes between the layouts, there and back. */
static const size_t NCHW_FROM_NHWC[4] = {0, 3, 1, 2};
static const size_t NHWC_FROM_NCHW[4] = {0, 2, 3, 1};
static const size_t SWAPPED_OI[4] = {1, 0, 2, 3}; /* OIHW and IOHW */
static const size_t OIHW_FROM_HWIO[4] = {3, 2, 0, 1};
static const size_t HWIO_FROM_OIHW[4] = {2, 3, 1, 0};

/* Notes what of a picture was ignored, and turns an array to NCHW. */
static cvl_status turn_planes(const struct config *config, const char *path,
                              const struct array_origin *origin,
                              cvl_tensor *tensor, cvl_error *err)
{
    array_print_note(config->start.command, path, origin);
    if (origin->format || config->data.input_layout == LAYOUT_NCHW)
        return CVL_OK;
    return array_transpose(tensor, NCHW_FROM_NHWC, err);
}

cvl_status layout_read_planes(const struct config *config, const char *path,
                              cvl_random *random, cvl_tensor *tensor,
                              cvl_error *err)
{
    struct array_origin origin;
    const cvl_status status =
        array_read_4d(path, CVL_F32, random, tensor, &origin, err);
    return status ? status : turn_planes(config, path, &origin, tensor, err);
}

/* Says where the first number is that is none. */
static void note_nonfinite(const char *command, const char *path, size_t ndim,
                           const cvl_tensor *tensor)
{
    char place[CVL_DESCRIBE_SIZE];
    const size_t flat = cvl_tensor_first_nonfinite(tensor);
    if (flat < tensor->count)
        say(stderr,
            "convlet %s: note: %s: element [%s] is %g, and is taken as it is",
            command, input_name(path), array_place(tensor, ndim, flat, place),
            cvl_tensor_get(tensor, flat));
}

cvl_status layout_read_any_planes(const struct config *config, const char *path,
                                  cvl_random *random, cvl_tensor *tensor,
                                  size_t *ndim, cvl_error *err)
{
    struct array_origin origin;
    const cvl_status status =
        array_read_any_4d(path, CVL_F32, random, tensor, &origin, err);
    if (status) return status;
    *ndim = origin.format ? CVL_MAX_NDIM : origin.ndim;
    note_nonfinite(config->start.command, path, *ndim, tensor);
    return turn_planes(config, path, &origin, tensor, err);
}

cvl_status layout_read_weight(const struct config *config, cvl_random *random,
                              cvl_tensor *w, cvl_error *err)
{
    const cvl_status status = array_read(config->data.weight, random, w, err);
    if (status) return status;
    const bool tied = config->geometry.tie_input_channels && w->ndim == 3;
    const bool hwio = config->data.weight_layout == LAYOUT_HWIO;
    size_t shape[4] = {1, 1, 1, 1};
    for (size_t i = 0; i < w->ndim; i++)
        shape[hwio && w->ndim == 3 ? i : 4 - w->ndim + i] = w->shape[i];
    if (tied && !hwio) {
        shape[0] = w->shape[0];
        shape[1] = 1;
    }
    array_reshape(w, shape);
    if (hwio) return array_transpose(w, OIHW_FROM_HWIO, err);
    if (config->data.weight_layout == LAYOUT_IOHW && !tied)
        return array_transpose(w, SWAPPED_OI, err);
    return CVL_OK;
}

cvl_status layout_restore_planes(const struct config *config,
                                 cvl_tensor *tensor, cvl_error *err)
{
    if (config->data.input_layout == LAYOUT_NCHW) return CVL_OK;
    return array_transpose(tensor, NHWC_FROM_NCHW, err);
}

cvl_status layout_restore_weight(const struct config *config, cvl_tensor *w,
                                 cvl_error *err)
{
    if (config->data.weight_layout == LAYOUT_OIHW) return CVL_OK;
    return array_transpose(
        w,
        config->data.weight_layout == LAYOUT_HWIO ? HWIO_FROM_OIHW : SWAPPED_OI,
        err);
}
