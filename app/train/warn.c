/* warn.c - what in the pictures makes the result doubtful. */
#include <stdio.h>

#include "pictures/picture.h"
#include "train/identify.h"
#include "train/run.h"

static cvl_status warn_of_jpeg(const char *path, cvl_error *err)
{
    picture_format format;
    const cvl_status status = picture_probe(path, &format, err);
    if (!status && format == PICTURE_JPEG)
        fprintf(stderr,
                "convlet train: warning: %s is a JPEG: what its compression "
                "changed is learned too\n",
                path);
    return status;
}

cvl_status run_warn(const struct run *run, cvl_error *err)
{
    const struct config *const config = run->config;
    const cvl_net *const net = &run->trainer.net;
    double smallest;
    if (config->output.quiet || !run->data.is_picture) return CVL_OK;
    cvl_status status = warn_of_jpeg(config->data.input, err);
    if (!status && run->data.target_is_picture)
        status = warn_of_jpeg(config->data.target, err);
    if (status || !cvl_bowl_is_exact(net)) return status;
    cvl_layer_info info;
    cvl_net_layer_info(net, 0, &info);
    status = identify_smallest(&info.conv->geometry, net->param_count > 1,
                               &run->data.input, &smallest, err);
    if (!status && smallest < IDENTIFY_ROUNDING)
        fprintf(stderr,
                "convlet train: warning: %s has too little detail to tell "
                "which kernel was applied: the smallest eigenvalue of its "
                "windows is %.2g, that of rounding to 8 bits is %.2g; try a "
                "smaller kernel or another picture\n",
                config->data.input, smallest, IDENTIFY_ROUNDING);
    return status;
}
