/* banner.c - what is said before the first step. */
#include <stdio.h>

#include "base/net_words.h"
#include "train/run.h"

static void print_layers(const cvl_net *net)
{
    char shape[CVL_DESCRIBE_SIZE];
    fprintf(stderr, "  %-5s  %-44s  %-18s  %s\n", "layer", "kind",
            "output [N,C,H,W]", "parameters");
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        snprintf(shape, sizeof shape, "%zux%zux%zux%zu", info.output_shape[0],
                 info.output_shape[1], info.output_shape[2],
                 info.output_shape[3]);
        fprintf(stderr, "  %-5zu  %-44s  %-18s  %10zu%s%s\n", i, info.text,
                shape, info.param_numbers, info.conv ? "  " : "",
                info.conv ? cvl_conv_algo_name(info.conv->algo) : "");
    }
    if (net->layer_count > 1)
        fprintf(stderr, "  %-5s  %-44s  %-18s  %10zu\n", "", "total", "",
                cvl_net_param_numbers(net));
}

static void print_held_out(const struct run *run)
{
    const struct held_out *const held_out = &run->held_out;
    fprintf(stderr, "  held out %s: %zu x %zu, PSNR of %s %.2f dB\n",
            held_out->name, held_out->input.shape[2], held_out->input.shape[3],
            held_out_baseline_name(&run->patches), held_out->baseline);
}

static void print_choices(const struct run *run)
{
    struct text text = {0};
    cvl_error err;
    if (choices_describe(&run->trainer.net, run->config->execution.algorithm,
                         &run->exec, &text, &err))
        fprintf(stderr, "  %s\n", err.message);
    else if (text.data)
        fputs(text.data, stderr);
    text_free(&text);
}

void run_banner(const struct run *run)
{
    const struct config *const config = run->config;
    char shape[CVL_DESCRIBE_SIZE];
    fprintf(stderr, "convlet train: ");
    if (config->start.preset)
        fprintf(stderr, "preset %s%s, ", config->start.preset,
                config->start.preset_is_automatic && run->data.is_picture &&
                        !config->data.degrade
                    ? " (the input is a picture)"
                    : "");
    fprintf(stderr, "seed %lu\n", (unsigned long)config->data.seed);
    fprintf(stderr, "  input %s  %s\n  target %s%s\n",
            cvl_tensor_describe(&run->data.input, shape),
            config->data.degrade ? config->data.degrade : config->data.input,
            config->data.target,
            config->training.residual ? " (the net learns what the input lacks)"
                                      : "");
    if (config->data.degrade) print_held_out(run);
    print_layers(&run->trainer.net);
    struct text recipe = {0};
    optimizer_describe(config, &recipe);
    fprintf(stderr, "  %zu steps, %s, reduction %s\n", config->training.steps,
            recipe.data ? recipe.data : "",
            cvl_reduction_name(config->training.reduction));
    text_free(&recipe);
    if (run->diagnosis.known) {
        struct text bounds = {0};
        doctor_describe(&run->trainer.optimizer.settings, &run->diagnosis,
                        &bounds);
        fprintf(stderr, "  lr is auto; %s\n", bounds.data ? bounds.data : "");
        text_free(&bounds);
    }
    if (run->trainer.mask.data)
        fprintf(stderr, "  %zu of %zu outputs count: %s%s\n", run->trainer.used,
                run->data.target.count,
                config->training.region == REGION_VALID ? "valid region"
                                                        : "all",
                config->training.mask_clipped ? ", without 0 and 255" : "");
    fprintf(stderr, "  %zu thread%s, %s, %s\n", run->exec.threads,
            run->exec.threads == 1 ? "" : "s", cvl_isa_name(run->exec.isa),
            cvl_dtype_name(run->dtype));
    if (config->output.verbose) print_choices(run);
    if (run->state.step)
        fprintf(stderr, "  goes on after %zu steps, in %s\n", run->state.step,
                config->output.out);
    else if (config->output.out)
        fprintf(stderr, "  kept in %s\n", config->output.out);
    else
        fprintf(stderr, "  nothing is kept; add --out DIR to keep the run\n");
}
