/* check.c - `convlet check`: what it checks, and which flags are idle then. */
#include "check/check.h"

#include <stdio.h>

#include "check/layer.h"
#include "check/net.h"
#include "cli/program.h"
#include "nets/rules.h"

const struct rule check_rules[] = {
    {"net channels height width", net_is_of_model,
     "@ has no effect beside --model; % has its own", net_model},
    {"kernels kernel-size stride padding dilation groups bias "
     "tie-input-channels h-sweep",
     net_is_given,
     "@ is of one convolution; a net's layers say theirs, as conv 8 3x3 "
     "stride=2",
     NULL},
    {"mode loss reduction label-smoothing", net_is_missing,
     "@ is for a net; add --net, as --net \"conv 8 3x3, relu\"", NULL},
    {0}};

int check_run(const struct config *config)
{
    cvl_error err;
    bool good;
    const cvl_status status = net_is_given(config)
                                  ? check_net(config, &good, &err)
                                  : check_layer(config, &good, &err);
    if (status) fprintf(stderr, "convlet check: %s\n", err.message);
    if (status) return exit_status(status);
    if (!good)
        fputs("convlet check: not every gradient is proved right; see what is "
              "WRONG or VANISHES\n",
              stderr);
    return good ? EXIT_OK : EXIT_CHECK_FAILED;
}
