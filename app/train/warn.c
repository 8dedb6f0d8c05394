/* warn.c - what in the pictures makes the result doubtful. */
#include <stdio.h>

#include "train/identify.h"
#include "train/run.h"

static void warn_of_jpeg(const char *path, bool is_jpeg)
{
    if (is_jpeg)
        fprintf(stderr,
                "convlet train: warning: %s is a JPEG: what its compression "
                "changed is learned too\n",
                path);
}

cvl_status run_warn(const struct run *run, cvl_error *err)
{
    const struct config *const config = run->config;
    const cvl_net *const net = &run->trainer.net;
    double smallest;
    if (config->output.quiet || !run->data.is_picture) return CVL_OK;
    warn_of_jpeg(config->data.input, run->data.is_lossy);
    warn_of_jpeg(config->data.target, run->data.target_is_lossy);
    if (!cvl_bowl_is_exact(net)) return CVL_OK;
    cvl_layer_info info;
    cvl_net_layer_info(net, 0, &info);
    const cvl_status status =
        identify_smallest(&info.conv->geometry, net->param_count > 1,
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
