/* bench.c - `convlet bench`: how long a layer's passes, or a step, take. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <convlet/memory.h>

#include "base/setup.h"
#include "bench/bench.h"
#include "bench/layer.h"
#include "bench/machine.h"
#include "bench/net.h"
#include "bench/shapes.h"
#include "cli/program.h"
#include "nets/rules.h"

enum { ALGORITHM_LIMIT = 9 };

/* How the measurement of every layer is made. */
struct bench_job {
    const struct config *config;
    cvl_exec exec;
    cvl_dtype dtype;
    cvl_conv_algo algos[ALGORITHM_LIMIT];
    size_t algo_count;
    bool phase[BENCH_PHASES];
    bool aligned;
};

/* One layer: each algorithm and phase has room for the times of all rounds. */
struct bench_state {
    struct bench_data data;
    struct bench_layer layers[ALGORITHM_LIMIT];
    size_t layer_count;
    size_t counts[ALGORITHM_LIMIT][BENCH_PHASES];
    double *us;
    double peak;
};

/* "all": what the option offers and this build has; auto is one of the others.
 * What is not for a shape is left out there. */
static void choose_algorithms(struct bench_job *job)
{
    const char *const wanted = job->config->bench.algorithm;
    const char *name;
    for (size_t i = 0; (name = cvl_conv_algo_name((cvl_conv_algo)i)); i++) {
        const cvl_conv_algo algo = (cvl_conv_algo)i;
        if (strcmp(wanted, name) == 0 ||
            (strcmp(wanted, "all") == 0 && algo != CVL_CONV_AUTO &&
             cvl_conv_algo_is_built(algo, job->exec.isa)))
            job->algos[job->algo_count++] = setup_algorithm(algo);
    }
}

static void choose_phases(struct bench_job *job)
{
    const char *const wanted = job->config->bench.phase;
    for (int i = 0; i < BENCH_PHASES; i++)
        job->phase[i] =
            strcmp(wanted, "all") == 0 ||
            strcmp(wanted, bench_phase_name((enum bench_phase)i)) == 0;
}

static double *times_of(const struct bench_job *job, struct bench_state *run,
                        size_t algo, size_t phase)
{
    const size_t each = job->config->bench.rounds * BENCH_BATCHES;
    return run->us + (algo * BENCH_PHASES + phase) * each;
}

static cvl_status prepare(const struct bench_job *job,
                          const cvl_conv2d_geometry *geometry,
                          struct bench_state *run, cvl_error *err)
{
    const size_t sizes[] = {job->algo_count, BENCH_PHASES, BENCH_BATCHES,
                            job->config->bench.rounds, sizeof *run->us};
    size_t bytes;
    void *block;
    if (!cvl_size_product(sizes, sizeof sizes / sizeof *sizes, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "too many rounds");
    cvl_status status = cvl_alloc(&block, bytes, "times", err);
    run->us = block;
    if (!status)
        status = bench_data_init(&run->data, geometry, job->dtype,
                                 job->config->geometry.bias, err);
    for (size_t i = 0; !status && i < job->algo_count; i++) {
        struct bench_layer *const layer = &run->layers[run->layer_count];
        status = bench_layer_init(layer, &run->data, geometry, job->algos[i],
                                  &job->exec, err);
        if (!status) run->layer_count++;
        if (status != CVL_EUNSUPPORTED || job->algo_count == 1) continue;
        bench_layer_free(layer);
        status = CVL_OK;
    }
    return status;
}

static void run_free(struct bench_state *run)
{
    for (size_t i = 0; i < ALGORITHM_LIMIT; i++)
        bench_layer_free(&run->layers[i]);
    bench_data_free(&run->data);
    cvl_free(run->us);
}

/*
 * A shared machine is fast and slow for seconds on end: so each round visits
 * everything that is to be compared, the peak included.
 */
static void measure(const struct bench_job *job, struct bench_state *run)
{
    for (size_t round = 0; round < job->config->bench.rounds; round++) {
        const double peak = bench_peak(&job->exec, job->dtype);
        if (peak > run->peak) run->peak = peak;
        for (size_t a = 0; a < run->layer_count; a++)
            for (size_t p = 0; p < BENCH_PHASES; p++) {
                size_t *const count = &run->counts[a][p];
                if (!job->phase[p]) continue;
                *count +=
                    bench_clock(bench_phase_call((enum bench_phase)p),
                                &run->layers[a], job->config->bench.seconds,
                                times_of(job, run, a, p) + *count);
            }
    }
}

void bench_print_header(FILE *out, bool aligned)
{
    if (aligned)
        fprintf(out, "%-16s %-9s %-6s %7s %-11s %10s %10s %7s %8s\n", "shape",
                "algorithm", "isa", "threads", "phase", "min_us", "median_us",
                "gflops", "pct_peak");
    else
        fputs("shape\talgorithm\tisa\tthreads\tphase\tmin_us\tmedian_us\t"
              "gflops\tpct_peak\n",
              out);
}

void bench_print_row(FILE *out, bool aligned, const struct bench_row *row)
{
    const char *const format =
        aligned ? "%-16s %-9s %-6s %7zu %-11s %10.1f %10.1f %7.1f %8.1f\n"
                : "%s\t%s\t%s\t%zu\t%s\t%.3f\t%.3f\t%.3f\t%.2f\n";
    fprintf(out, format, row->shape, row->algorithm, row->isa, row->threads,
            row->phase, row->times.min_us, row->times.median_us, row->gflops,
            row->pct_peak);
}

static void report(const struct bench_job *job, const struct bench_shape *shape,
                   struct bench_state *run)
{
    const double flops = cvl_conv2d_flops(&shape->geometry);
    for (size_t a = 0; a < run->layer_count; a++)
        for (size_t p = 0; p < BENCH_PHASES; p++) {
            if (!job->phase[p]) continue;
            struct bench_row row = {
                .shape = shape->name,
                .algorithm = cvl_conv_algo_name(run->layers[a].conv.algo),
                .isa = cvl_isa_name(job->exec.isa),
                .threads = job->exec.threads,
                .phase = bench_phase_name((enum bench_phase)p),
                .times =
                    bench_summary(times_of(job, run, a, p), run->counts[a][p])};
            row.gflops = flops * bench_phase_passes((enum bench_phase)p) /
                         row.times.min_us * 1e-3;
            row.pct_peak = 100 * row.gflops / run->peak;
            bench_print_row(stdout, job->aligned, &row);
        }
    fflush(stdout);
}

static cvl_status bench_one(const struct bench_job *job,
                            const struct bench_shape *shape, cvl_error *err)
{
    struct bench_state run = {0};
    const cvl_status status = prepare(job, &shape->geometry, &run, err);
    if (status) {
        cvl_error_prefix(err, status, "%s", shape->name);
    } else {
        measure(job, &run);
        report(job, shape, &run);
    }
    run_free(&run);
    return status;
}

/* The layer of the geometry flags. */
static cvl_status shape_of_flags(const struct geometry_settings *settings,
                                 struct bench_shape *shape, cvl_error *err)
{
    cvl_conv2d_geometry *const g = &shape->geometry;
    const cvl_status status = setup_own_geometry(settings, g, err);
    snprintf(shape->name, sizeof shape->name, "%zux%zux%zux%zu-%zux%zux%zu",
             g->batch, g->in_channels, g->in_height, g->in_width,
             g->out_channels, g->kernel_height, g->kernel_width);
    return status;
}

static cvl_status bench_flags(const struct bench_job *job, cvl_error *err)
{
    struct bench_shape shape;
    cvl_status status = shape_of_flags(&job->config->geometry, &shape, err);
    if (status) return status;
    bench_print_header(stdout, job->aligned);
    return bench_one(job, &shape, err);
}

static cvl_status bench_file(const struct bench_job *job, cvl_error *err)
{
    const char *const only = job->config->bench.shape;
    struct bench_shapes shapes;
    struct bench_shape shape;
    size_t found = 0;
    cvl_status status =
        bench_shapes_open(&shapes, job->config->bench.shapes, err);
    while (!status && bench_shapes_next(&shapes, &shape)) {
        if (only && strcmp(only, shape.name) != 0) continue;
        if (found++ == 0) bench_print_header(stdout, job->aligned);
        status = bench_one(job, &shape, err);
    }
    if (!status && !found) {
        char clipped[TEXT_CLIP];
        status = cvl_fail(err, CVL_EINVAL, "--shape: no '%s' in %s",
                          text_clip(only, clipped), job->config->bench.shapes);
    }
    bench_shapes_close(&shapes);
    return status;
}

/* --machine: multiplications and additions, and bytes copied, in 1e9/s. */
static void print_machine(const struct bench_job *job, double peak,
                          double memory)
{
    const bool aligned = job->aligned;
    printf(aligned ? "%-6s %-7s %7s %11s %9s\n" : "%s\t%s\t%s\t%s\t%s\n", "isa",
           "dtype", "threads", "peak_gflops", "memory_gb");
    printf(aligned ? "%-6s %-7s %7zu %11.1f %9.1f\n"
                   : "%s\t%s\t%zu\t%.2f\t%.2f\n",
           cvl_isa_name(job->exec.isa), cvl_dtype_name(job->dtype),
           job->exec.threads, peak, memory);
}

static cvl_status bench_machine(const struct bench_job *job, cvl_error *err)
{
    double memory, peak = 0;
    const cvl_status status = bench_memory(&job->exec, &memory, err);
    if (status) return status;
    for (size_t round = 0; round < job->config->bench.rounds; round++) {
        const double sample = bench_peak(&job->exec, job->dtype);
        if (sample > peak) peak = sample;
    }
    print_machine(job, peak, memory);
    return CVL_OK;
}

static const char *data(const struct config *config)
{
    return config->data.data;
}

static bool has_data(const struct config *config)
{
    return data(config);
}

static bool has_no_data(const struct config *config)
{
    return !has_data(config);
}

static bool degrades(const struct config *config)
{
    return config->data.degrade;
}

static bool does_not_degrade(const struct config *config)
{
    return !degrades(config);
}

static bool draws_none(const struct config *config)
{
    return !has_data(config) && !degrades(config);
}

static const char *optimizer(const struct config *config)
{
    return config->training.optimizer;
}

static bool has_no_momentum(const struct config *config)
{
    return !(cvl_optimizer_kind_find(optimizer(config))->knobs &
             CVL_KNOB_MOMENTUM);
}

static bool has_shapes(const struct config *config)
{
    return config->bench.shapes;
}

/* A file of shapes has the sizes, and the layer what it lists; only the bias is
 * left to say. */
const struct rule bench_rules[] = {
    {"net channels height width", net_is_of_model,
     "@ has no effect beside --model; % has its own", net_model},
    {"kernels kernel-size stride padding dilation groups bias "
     "tie-input-channels",
     net_is_given,
     "@ has no effect beside a net, whose layers say it, as conv 8 3x3 "
     "stride=2",
     NULL},
    {"shapes shape phase machine", net_is_given,
     "@ does not go with a net, of which every part of a step is measured",
     NULL},
    {"loss optimizer momentum data batch-size shift degrade target patch color "
     "residual",
     net_is_missing, "@ is for a net; add --net, as --net \"conv 8 3x3, relu\"",
     NULL},
    {"momentum", has_no_momentum,
     "@ has no effect with --optimizer %; leave it out", optimizer},
    {"batch channels height width", has_data,
     "@ is for random input; % has its own size, and --batch-size says how "
     "many samples a step takes",
     data},
    {"batch-size", draws_none,
     "@ is for samples and patches; add --data or --degrade, as --data digits",
     NULL},
    {"shift", has_no_data, "@ is for samples; add --data, as --data digits",
     NULL},
    {"data batch channels height width", degrades,
     "@ does not go with --degrade, which makes the input from the target",
     NULL},
    {"target patch color residual", does_not_degrade,
     "@ is for patches; add --degrade, as --degrade noise:25", NULL},
    {"batch channels height width kernels kernel-size stride padding dilation "
     "groups tie-input-channels",
     has_shapes,
     "@ has no effect beside --shapes; write it into the file, or leave out "
     "--shapes",
     NULL},
    {0}};

int bench_run(const struct config *config)
{
    struct bench_job job = {.config = config,
                            .dtype = setup_dtype(&config->execution, CVL_F32),
                            .aligned = isatty(STDOUT_FILENO)};
    cvl_error err;
    cvl_status status = setup_exec(&config->execution, &job.exec, &err);
    choose_algorithms(&job);
    choose_phases(&job);
    if (!status && config->bench.shape && !config->bench.shapes)
        status = cvl_fail(&err, CVL_EINVAL,
                          "--shape picks a layer of a file; add --shapes FILE");
    if (!status)
        status = net_is_given(config)    ? bench_net(config, job.aligned, &err)
                 : config->bench.machine ? bench_machine(&job, &err)
                 : config->bench.shapes  ? bench_file(&job, &err)
                                         : bench_flags(&job, &err);
    if (status) fprintf(stderr, "convlet bench: %s\n", err.message);
    return exit_status(status);
}
