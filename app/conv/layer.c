/* layer.c - see layer.h for the contract. */
#include "conv/layer.h"

#include "base/outputs.h"
#include "conv/output.h"
#include "data/arrays.h"
#include "data/conv_arrays.h"
#include "data/layout.h"

static bool wants_gradient(const struct output_settings *settings)
{
    return settings->grad_input || settings->grad_weight || settings->grad_bias;
}

/* Where y goes: with nothing asked for at all, onto the screen. */
static const char *output_of(const struct output_settings *settings)
{
    return settings->output || wants_gradient(settings) ? settings->output
                                                        : "-";
}

static cvl_status check_request(const struct config *config, cvl_error *err)
{
    if (!config->data.input || !config->data.weight)
        return cvl_fail(err, CVL_EINVAL,
                        "--%s is missing; name a .npy array or write its "
                        "numbers",
                        config->data.input ? "weight" : "input");
    if (config->data.grad_output && !wants_gradient(&config->output))
        return cvl_fail(err, CVL_EINVAL,
                        "--grad-output is there, but no gradient is asked for; "
                        "add --grad-weight, --grad-bias or --grad-input, with "
                        "a file or with - to print it");
    if (wants_gradient(&config->output) && !config->data.grad_output)
        return cvl_fail(err, CVL_EINVAL,
                        "gradients need --grad-output dy.npy, the gradient by "
                        "the output");
    return CVL_OK;
}

/* Nothing that is there is lost, and no result in another. */
static cvl_status check_outputs(const struct config *config, cvl_error *err)
{
    const struct output_settings *const out = &config->output;
    const struct data_settings *const in = &config->data;
    const struct output outputs[] = {{"output", out->output},
                                     {"grad-input", out->grad_input},
                                     {"grad-weight", out->grad_weight},
                                     {"grad-bias", out->grad_bias}};
    const char *const inputs[] = {in->input, in->weight, in->bias_file,
                                  in->grad_output, config->start.config_file};
    return outputs_check(outputs, sizeof outputs / sizeof *outputs, inputs,
                         sizeof inputs / sizeof *inputs, out->force, err);
}

/* What is drawn comes from one stream, in this order. */
static cvl_status load(const struct config *config, struct conv_arrays *arrays,
                       cvl_error *err)
{
    const struct data_settings *const data = &config->data;
    cvl_random random;
    cvl_random_seed(&random, data->seed);
    cvl_status status =
        layout_read_planes(config, data->input, &random, &arrays->x, err);
    if (!status) status = layout_read_weight(config, &random, &arrays->w, err);
    if (!status && data->bias_file)
        status = array_read(data->bias_file, &random, &arrays->b, err);
    if (!status && wants_gradient(&config->output))
        status = layout_read_planes(config, data->grad_output, &random,
                                    &arrays->dy, err);
    return status;
}

static cvl_status compute(const struct output_settings *settings,
                          struct conv_arrays *arrays, cvl_error *err)
{
    cvl_status status = CVL_OK;
    if (output_of(settings)) status = conv_arrays_forward(arrays, err);
    if (!status && (settings->grad_weight || settings->grad_bias))
        status = conv_arrays_grad_weight(arrays, err);
    if (!status && settings->grad_input)
        status = conv_arrays_grad_input(arrays, err);
    return status;
}

static cvl_status save(const struct config *config, struct conv_arrays *arrays,
                       cvl_error *err)
{
    const struct output_settings *const output = &config->output;
    cvl_status status =
        conv_put_planes(config, output_of(output), "y", &arrays->y, err);
    if (!status)
        status =
            conv_put_planes(config, output->grad_input, "dx", &arrays->dx, err);
    if (!status) status = conv_put(output->grad_bias, "db", &arrays->db, err);
    if (status || !output->grad_weight) return status;
    status = layout_restore_weight(config, &arrays->dw, err);
    return status ? status
                  : conv_put(output->grad_weight, "dw", &arrays->dw, err);
}

cvl_status conv_layer(const struct config *config, cvl_error *err)
{
    struct conv_arrays arrays = {0};
    cvl_status status = check_request(config, err);
    if (!status) status = check_outputs(config, err);
    if (!status) status = load(config, &arrays, err);
    if (!status) status = conv_arrays_plan(config, &arrays, err);
    if (!status) status = compute(&config->output, &arrays, err);
    if (!status) status = save(config, &arrays, err);
    conv_arrays_free(&arrays);
    return status;
}
