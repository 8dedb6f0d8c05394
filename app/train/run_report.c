/* run_report.c - see run_report.h for the contract. */
#include "train/run_report.h"

#include <stdio.h>
#include <string.h>

#include "base/machine.h"
#include "cli/resolve.h"
#include "train/optimizer.h"

/* One word of a command line. */
static void add_word(const char *word, struct text *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz"
                                "0123456789_-+=:,./@%";
    if (*word && !word[strspn(word, plain)]) {
        text_add(text, " %s", word);
        return;
    }
    text_add(text, " '");
    for (const char *c = word; *c; c++)
        if (*c == '\'')
            text_add(text, "'\\''");
        else
            text_fill(text, *c, 1);
    text_add(text, "'");
}

void run_report_command(const struct config *config, struct text *text)
{
    text_add(text, "convlet train");
    for (int i = 0; i < config->start.argument_count; i++)
        add_word(config->start.arguments[i], text);
}

static void add_recipe(const struct config *config, struct text *text)
{
    optimizer_describe(config, text);
    text_add(text, ", reduction %s, seed %lu",
             cvl_reduction_name(config->training.reduction),
             (unsigned long)config->data.seed);
}

cvl_status run_report(const char *directory, const struct config *config,
                      const cvl_exec *exec, const struct data *data,
                      const cvl_tensor *output, const cvl_net *net,
                      const struct history *history, const struct best *best,
                      enum report_outcome outcome, cvl_error *err)
{
    struct text path = {0}, command = {0}, settings = {0}, recipe = {0};
    char processor[MACHINE_NAME_SIZE];
    text_add(&path, "%s/report.html", directory);
    run_report_command(config, &command);
    config_write(COMMAND_TRAIN, config, &settings);
    add_recipe(config, &recipe);
    if (best->known) {
        text_add(&recipe, "; ");
        best_describe(best, &recipe);
    }
    cvl_status status = text_status(&path, err);
    if (!status) status = text_status(&command, err);
    if (!status) status = text_status(&settings, err);
    if (!status) status = text_status(&recipe, err);
    if (!status) {
        const struct report report = {
            .outcome = outcome,
            .input = config->data.degrade ? config->data.degrade
                                          : config->data.input,
            .target = config->data.target,
            .command = command.data,
            .config = settings.data,
            .recipe = recipe.data,
            .version = CONVLET_VERSION,
            .processor = machine_processor(processor),
            .threads = exec->threads,
            .isa = cvl_isa_name(exec->isa),
            .is_picture = data->is_picture,
            .net = net,
            .x = &data->input,
            .y = output,
            .t = &data->target,
            .history = history,
        };
        status = report_write(path.data, &report, err);
    }
    if (!status && !config->output.quiet)
        fprintf(stderr, "wrote %s\n", path.data);
    text_free(&path);
    text_free(&command);
    text_free(&settings);
    text_free(&recipe);
    return status;
}
