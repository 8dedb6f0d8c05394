/* train.c - `convlet train`: from settings to a trained layer. */
#include <stdio.h>

#include "cli/program.h"
#include "commands.h"
#include "train/run.h"

int train_run(const struct config *config)
{
    static const int exits[] = {[RUN_DONE] = EXIT_OK,
                                [RUN_DIVERGED] = EXIT_DIVERGED,
                                [RUN_INTERRUPTED] = EXIT_INTERRUPTED};
    struct run run;
    cvl_error err;
    enum run_end end = RUN_DONE;
    cvl_status status = run_prepare(&run, config, &err);
    if (!status) {
        if (!config->output.quiet) run_banner(&run);
        status = run_warn(&run, &err);
    }
    if (!status) status = run_train(&run, &end, &err);
    if (!status && end == RUN_DONE) status = run_best(&run, &err);
    if (!status && end == RUN_DONE) status = run_finish(&run, &err);
    if (!status) status = run_keep_report(&run, end, &err);
    if (!status && end == RUN_DONE) status = run_checkpoint(&run, &err);
    if (status) fprintf(stderr, "convlet train: %s\n", err.message);
    run_free(&run);
    return status ? exit_status(status) : exits[end];
}
