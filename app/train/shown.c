/* shown.c - see run_shown.h for the contract. */
#include "train/shown.h"

#include "pictures/srgb.h"

/* A view with the channels that the file had. */
static cvl_tensor view_of(const struct run *run, const cvl_tensor *tensor)
{
    size_t shape[4] = {tensor->shape[0], tensor->shape[1], tensor->shape[2],
                       tensor->shape[3]};
    if (run->data.folded > 1) {
        shape[1] = run->data.folded;
        shape[0] /= run->data.folded;
    }
    return cvl_tensor_wrap(tensor->dtype, 4, shape, tensor->data);
}

/* Replaces a view by a copy in sRGB. */
static cvl_status encode(cvl_tensor *view, cvl_error *err)
{
    cvl_tensor copy;
    const cvl_status status = cvl_tensor_clone(&copy, view, err);
    if (status) return status;
    srgb_encode_all(&copy);
    *view = copy;
    return CVL_OK;
}

cvl_status shown_init(struct shown *shown, const struct run *run,
                      cvl_error *err)
{
    const struct held_out *const held_out = &run->held_out;
    cvl_status status = CVL_OK;
    *shown = (struct shown){.data = run->data};
    if (run->config->data.degrade) {
        shown->data = (struct data){.input = held_out->input,
                                    .target = held_out->target,
                                    .is_picture = true,
                                    .target_is_picture = true};
        shown->output = held_out->restored;
    } else {
        shown->output = run->trainer.net.output;
    }
    cvl_tensor *const all[] = {&shown->data.input, &shown->data.target,
                               &shown->output};
    for (size_t i = 0; i < 3; i++) *all[i] = view_of(run, all[i]);
    for (size_t i = 0; !status && run->config->data.linear_light && i < 3; i++)
        status = encode(all[i], err);
    return status;
}

void shown_free(struct shown *shown)
{
    cvl_tensor_free(&shown->data.input);
    cvl_tensor_free(&shown->data.target);
    cvl_tensor_free(&shown->output);
    *shown = (struct shown){0};
}
