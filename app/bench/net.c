/* net.c - see net.h for the contract. */
#include "bench/net.h"

#include <string.h>

#include <convlet/memory.h>

#include "base/setup.h"
#include "bench/machine.h"
#include "bench/net_table.h"
#include "data/model.h"

/* So small that a million steps leave the numbers what they are; the rest is
 * what training has. */
static const double RATE = 1e-9, BETA1 = 0.9, BETA2 = 0.999;

/* A net, what it is fed with, and the machine that it runs on. */
struct measurement {
    const struct config *config;
    cvl_model model; /* of --model; else empty */
    struct text spec;
    cvl_net_config net;
    struct bench_feed feed;
    cvl_trainer trainer;
    struct bench_steps steps;
    struct bench_step_times *times; /* of each row */
    struct bench_net_machine machine;
};

/* What the net is built of, and the shape of its input. */
static cvl_status describe(struct measurement *m, cvl_error *err)
{
    const struct config *const config = m->config;
    cvl_net_config *const net = &m->net;
    if (!cvl_conv_algo_parse(config->bench.algorithm, &net->algo))
        return cvl_fail(err, CVL_EINVAL,
                        "--algorithm %s compares one layer's; for a net, name "
                        "one, or leave it out",
                        config->bench.algorithm);
    net->algo = setup_algorithm(net->algo);
    cvl_status status = setup_exec(&config->execution, &net->exec, err);
    if (!status && config->show.model)
        status = model_load(config->show.model, NULL, &m->model, err);
    if (status) return status;
    net->dtype = setup_dtype(&config->execution, CVL_F32);
    setup_input_shape(&config->geometry, net->input_shape);
    if (m->model.spec)
        memcpy(net->input_shape + 1, m->model.net.input.shape + 1,
               3 * sizeof *net->input_shape);
    text_add(&m->spec, "%s",
             m->model.spec ? m->model.spec : config->geometry.net);
    status = bench_feed_init(&m->feed, config, &net->exec, net->dtype,
                             net->input_shape, err);
    if (!status && config->data.data)
        status = samples_fill_outputs(&m->feed.samples, &m->spec, err);
    net->spec = m->spec.data;
    return status ? status : text_status(&m->spec, err);
}

static cvl_status set_params(struct measurement *m, cvl_error *err)
{
    const char *const command = m->config->start.command;
    cvl_net *const net = &m->trainer.net;
    cvl_net_init_params(net, CVL_INIT_KAIMING, &m->feed.random);
    return m->model.spec ? model_copy_params(command, m->config->show.model,
                                             &m->model.file, net, err)
                         : CVL_OK;
}

static cvl_status build(struct measurement *m, cvl_error *err)
{
    const struct training_settings *const training = &m->config->training;
    const cvl_loss loss = setup_loss(training);
    cvl_optimizer_settings optimizer = setup_optimizer(training);
    optimizer.lr = RATE;
    optimizer.beta1 = BETA1;
    optimizer.beta2 = BETA2;
    cvl_status status =
        cvl_trainer_init(&m->trainer, &m->net, &loss, &optimizer, err);
    m->trainer.atol = -1; /* no output ends this */
    if (!status) status = bench_feed_aim(&m->feed, &m->trainer, err);
    return status ? status : set_params(m, err);
}

static cvl_status prepare(struct measurement *m, cvl_error *err)
{
    void *block;
    cvl_status status = describe(m, err);
    if (!status) status = build(m, err);
    if (!status)
        status = bench_steps_init(&m->steps, &m->trainer, &m->feed,
                                  m->config->bench.rounds, err);
    if (!status)
        status =
            cvl_alloc(&block, m->steps.rows * sizeof *m->times, "times", err);
    if (status) return status;
    m->times = block;
    m->machine =
        (struct bench_net_machine){.dtype = cvl_dtype_name(m->net.dtype),
                                   .isa = cvl_isa_name(m->net.exec.isa),
                                   .threads = m->net.exec.threads};
    return bench_memory(&m->net.exec, &m->machine.memory, err);
}

/* The machine may be fast now and slow then: each round looks at both. */
static void measure(struct measurement *m)
{
    for (size_t round = 0; round < m->config->bench.rounds; round++) {
        const double peak = bench_peak(&m->net.exec, m->net.dtype);
        if (peak > m->machine.peak) m->machine.peak = peak;
        bench_steps_round(&m->steps, m->config->bench.seconds);
    }
    bench_steps_summary(&m->steps, m->times);
}

static void measurement_free(struct measurement *m)
{
    bench_steps_free(&m->steps);
    cvl_trainer_free(&m->trainer);
    bench_feed_free(&m->feed);
    cvl_model_free(&m->model);
    text_free(&m->spec);
    cvl_free(m->times);
}

/* What a row computes, or cannot but move. */
struct work {
    double flops, bytes;
};

/* Of a layer. Its backward pass makes two products, but of the first layer,
 * where nobody asks for the gradient of the input. */
static struct work layer_work(const struct measurement *m, cvl_part part,
                              size_t layer)
{
    const cvl_net *const net = &m->trainer.net;
    const bool back = part != CVL_PART_FORWARD;
    cvl_layer_info info, below;
    const cvl_tensor *input = &net->input;
    cvl_net_layer_info(net, layer, &info);
    if (layer) cvl_net_layer_info(net, layer - 1, &below);
    if (layer) input = below.output;
    const double passes = part == CVL_PART_DESCENT || (back && layer) ? 2 : 1;
    if (info.flops > 0) return (struct work){.flops = passes * info.flops};
    if (back && !layer) return (struct work){0};
    return (struct work){.bytes = (double)cvl_tensor_bytes(input) +
                                  (double)cvl_tensor_bytes(info.output)};
}

/* Each param is read and written, as is what is kept for it; its gradient is
 * read. One for quadratics does more than that. */
static struct work update_work(const cvl_trainer *trainer)
{
    const cvl_optimizer *const optimizer = &trainer->optimizer;
    const double numbers = (double)cvl_net_param_numbers(&trainer->net);
    const double arrays = 3 + 2 * (double)optimizer->slot_count;
    if (optimizer->settings.kind->quadratic_only) return (struct work){0};
    return (struct work){.bytes =
                             arrays * numbers *
                             (double)cvl_dtype_size(trainer->net.input.dtype)};
}

/* The output and the target are read, the gradient is written. */
static struct work loss_work(const struct measurement *m)
{
    const double output = (double)cvl_tensor_bytes(&m->trainer.net.output);
    return (struct work){.bytes =
                             2 * output + (double)cvl_tensor_bytes(&m->feed.t)};
}

/* Prints a row; what its times are of is in `work`. */
static void print(const struct measurement *m, bool aligned, size_t index,
                  struct bench_net_row row, struct work work)
{
    const double whole = m->times[m->steps.rows - 1].us;
    row.times = m->times[index];
    row.pct_step = 100 * row.times.us / whole;
    const double us = row.times.times.min_us;
    if (us > 0) row.gflops = work.flops / us * 1e-3;
    if (us > 0) row.gb = work.bytes / us * 1e-3;
    row.pct_peak = 100 * row.gflops / m->machine.peak;
    row.pct_copy = 100 * row.gb / m->machine.memory;
    bench_net_print_row(stdout, aligned, &m->machine, &row);
}

static void print_layer(const struct measurement *m, bool aligned,
                        cvl_part part, size_t layer, const char *phase,
                        double *flops)
{
    char number[CVL_NUMBER_SIZE];
    cvl_layer_info info;
    const struct work work = layer_work(m, part, layer);
    cvl_net_layer_info(&m->trainer.net, layer, &info);
    snprintf(number, sizeof number, "%zu", layer);
    const struct bench_net_row row = {.layer = number,
                                      .text = info.text,
                                      .algorithm = info.algorithm,
                                      .phase = phase};
    print(m, aligned, bench_step_row(&m->trainer.net, part, layer), row, work);
    *flops += work.flops;
}

/* All rows, in the order of a step. */
static void report(const struct measurement *m, bool aligned)
{
    const cvl_net *const net = &m->trainer.net;
    const bool lone = m->trainer.work;
    double flops = 0;
    bench_net_print_header(stdout, aligned, &m->machine);
    print(m, aligned, BENCH_DATA_ROW, (struct bench_net_row){.phase = "data"},
          (struct work){0});
    if (lone) print_layer(m, aligned, CVL_PART_DESCENT, 0, "descent", &flops);
    for (size_t i = 0; !lone && i < net->layer_count; i++)
        print_layer(m, aligned, CVL_PART_FORWARD, i, "forward", &flops);
    if (!lone)
        print(m, aligned, bench_step_row(net, CVL_PART_LOSS, 0),
              (struct bench_net_row){.phase = "loss"}, loss_work(m));
    for (size_t i = net->layer_count; !lone && i-- > 0;)
        print_layer(m, aligned, CVL_PART_BACKWARD, i, "backward", &flops);
    print(m, aligned, bench_step_row(net, CVL_PART_UPDATE, 0),
          (struct bench_net_row){.phase = "update"}, update_work(&m->trainer));
    print(m, aligned, bench_step_row(net, CVL_PART_REST, 0),
          (struct bench_net_row){.phase = "rest"}, (struct work){0});
    print(m, aligned, m->steps.rows - 1,
          (struct bench_net_row){.phase = "step"},
          (struct work){.flops = flops});
    fflush(stdout);
}

cvl_status bench_net(const struct config *config, bool aligned, cvl_error *err)
{
    struct measurement m = {.config = config};
    const cvl_status status = prepare(&m, err);
    if (!status) {
        measure(&m);
        report(&m, aligned);
    }
    measurement_free(&m);
    return status;
}
