/* input.c - see input.h for the contract. */
#include "nets/input.h"

#include <string.h>

#include "pictures/srgb.h"
#include "prepare/examples.h"

/* Samples on their way into x: counted first, then put. */
struct putting {
    const cvl_model_about *about;
    cvl_tensor *x;
    size_t count;
};

static cvl_status count_one(void *context, const struct example *example,
                            cvl_error *err)
{
    struct putting *const p = context;
    (void)example;
    (void)err;
    p->count++;
    return CVL_OK;
}

static cvl_status put_one(void *context, const struct example *example,
                          cvl_error *err)
{
    struct putting *const p = context;
    /* A directory may have grown since they were counted. */
    if (p->count == p->x->shape[0])
        return cvl_fail(err, CVL_EIO, "has changed while it was read");
    prepare_standardize(p->about, example->x, p->count++, p->x);
    return CVL_OK;
}

cvl_status net_input_classify(const char *command, const char *model_path,
                              const cvl_model *model,
                              const cvl_model_about *about, const char *path,
                              cvl_tensor *x, cvl_error *err)
{
    size_t shape[4];
    struct prepare prepare;
    struct putting putting = {.about = about, .x = x};
    struct example_reader reader = {.command = command,
                                    .divisor = about->divisor,
                                    .prepare = &prepare,
                                    .shape = model->net.input.shape,
                                    .strict = true,
                                    .quiet = true,
                                    .visit = count_one,
                                    .context = &putting};
    cvl_status status = prepare_of_model(model, about, &prepare, err);
    if (status) return cvl_error_prefix(err, status, "%s", model_path);
    status = examples_visit(&reader, path, err);
    if (status) return status;
    memcpy(shape, model->net.input.shape, sizeof shape);
    shape[0] = putting.count;
    status = cvl_tensor_init(x, CVL_F64, 4, shape, err);
    if (status) return cvl_error_prefix(err, status, "%s", path);
    putting.count = 0;
    reader.quiet = false;
    reader.visit = put_one;
    return examples_visit(&reader, path, err);
}

cvl_status net_input_restore(const cvl_model *model,
                             const cvl_model_about *about, cvl_tensor *x,
                             cvl_error *err)
{
    const bool is_light =
        model->scaling && !strcmp(model->scaling, CVL_MODEL_SCALING_LINEAR);
    if (is_light) srgb_decode_all(x);
    if (about->color != CVL_COLOR_Y || x->shape[1] != 3) return CVL_OK;
    const size_t shape[4] = {x->shape[0], 1, x->shape[2], x->shape[3]};
    cvl_tensor luminance;
    const cvl_status status =
        cvl_tensor_init(&luminance, x->dtype, 4, shape, err);
    if (status) return status;
    srgb_luminance_all(x, &luminance);
    cvl_tensor_free(x);
    *x = luminance;
    return CVL_OK;
}
