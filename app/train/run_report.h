/* run_report.h - the report of a training run, into its directory. */
#ifndef CONVLET_TRAIN_RUN_REPORT_H
#define CONVLET_TRAIN_RUN_REPORT_H

#include <convlet/exec.h>

#include "base/config.h"
#include "data/data.h"
#include "report/report.h"
#include "train/best.h"

/* Writes DIR/report.html, with `output` as the prediction, after
 * history_finish. CVL_EIO, CVL_ENOMEM. */
cvl_status run_report(const char *directory, const struct config *config,
                      const cvl_exec *exec, const struct data *data,
                      const cvl_tensor *output, const cvl_net *net,
                      const struct history *history, const struct best *best,
                      enum report_outcome outcome, cvl_error *err);

/* Appends what was typed, quoted for a shell where it must be. */
void run_report_command(const struct config *config, struct text *text);

#endif
