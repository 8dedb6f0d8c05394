/* lenet.c - convlet's training step of LeNet-5, for lenet.sh to time. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "convlet/npy.h"
#include "convlet/trainer.h"

/*
 *     lenet THREADS SECONDS DIR
 *
 * leaves what it starts from in DIR, x.npy, labels.npy and 0.weight.npy and so
 * on, and what its first steps lost in losses.npy, so that a peer can be held
 * to the same. Then it times steps, and prints a row, separated by tabs:
 *
 *     PEER  THREADS  MIN_US  MEDIAN_US  CPU_US
 *
 * the shortest and the middle step by the clock, and the least processor time
 * of one, of all threads together.
 */
enum { BATCH = 64, CLASSES = 10, LOSSES = 10, MAX_STEPS = 100000 };

static const char SPEC[] =
    "conv 6 5x5 padding=2, relu, maxpool 2, conv 16 5x5, relu, maxpool 2, "
    "dense 120, relu, dense 84, relu, dense 10";

static void must(cvl_status status, const cvl_error *err)
{
    if (!status) return;
    fprintf(stderr, "lenet: %s\n", err->message);
    exit(1);
}

static void save(const char *folder, const char *name, const cvl_tensor *tensor)
{
    char path[4096];
    cvl_error err;
    snprintf(path, sizeof path, "%s/%s.npy", folder, name);
    must(cvl_npy_save(path, tensor, &err), &err);
}

static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(cvl_trainer *trainer, const cvl_tensor *x,
                    const cvl_tensor *labels, double seconds)
{
    static double steps[MAX_STEPS];
    size_t count = 0;
    double least = 0;
    const double end = now(CLOCK_MONOTONIC) + seconds * 1e6;
    while (count < MAX_STEPS && (!count || now(CLOCK_MONOTONIC) < end)) {
        const double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
        const double start = now(CLOCK_MONOTONIC);
        cvl_trainer_step(trainer, x, labels);
        steps[count++] = now(CLOCK_MONOTONIC) - start;
        const double used = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
        if (count == 1 || used < least) least = used;
    }
    qsort(steps, count, sizeof *steps, compare);
    printf("convlet\t%zu\t%.0f\t%.0f\t%.0f\n", trainer->exec.threads, steps[0],
           steps[count / 2], least);
}

/* Random images and labels, kept in the folder with the params. */
static void make_data(const char *folder, cvl_trainer *trainer, cvl_tensor *x,
                      cvl_tensor *labels)
{
    const size_t label_shape[4] = {BATCH, 1, 1, 1};
    cvl_random random;
    cvl_error err;
    must(cvl_tensor_init_like(x, &trainer->net.input, &err), &err);
    must(cvl_tensor_init(labels, CVL_F32, 4, label_shape, &err), &err);
    cvl_random_seed(&random, 0);
    cvl_random_fill_uniform(&random, x, 0, 1);
    for (size_t i = 0; i < BATCH; i++)
        cvl_tensor_set(labels, i, cvl_random_below(&random, CLASSES));
    cvl_net_init_params(&trainer->net, CVL_INIT_KAIMING, &random);
    save(folder, "x", x);
    save(folder, "labels", labels);
    for (size_t i = 0; i < trainer->net.param_count; i++)
        save(folder, trainer->net.params[i].name,
             &trainer->net.params[i].value);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fputs("usage: lenet THREADS SECONDS DIR\n", stderr);
        return 2;
    }
    cvl_net_config config = {.spec = SPEC,
                             .input_shape = {BATCH, 1, 28, 28},
                             .dtype = CVL_F32,
                             .exec = cvl_exec_default()};
    config.exec.threads = strtoul(argv[1], NULL, 10);
    const size_t loss_count = LOSSES;
    const cvl_optimizer_settings settings = {.lr = 0.01};
    cvl_loss loss = {0};
    cvl_trainer trainer;
    cvl_tensor x, labels, losses;
    cvl_error err;
    must(cvl_loss_parse("cross-entropy", &loss, &err), &err);
    must(cvl_trainer_init(&trainer, &config, &loss, &settings, &err), &err);
    must(cvl_tensor_init(&losses, CVL_F64, 1, &loss_count, &err), &err);
    make_data(argv[3], &trainer, &x, &labels);
    for (size_t i = 0; i < LOSSES; i++)
        cvl_tensor_set(&losses, i,
                       cvl_trainer_step(&trainer, &x, &labels).loss);
    save(argv[3], "losses", &losses);
    measure(&trainer, &x, &labels, strtod(argv[2], NULL));
    cvl_tensor_free(&losses);
    cvl_tensor_free(&labels);
    cvl_tensor_free(&x);
    cvl_trainer_free(&trainer);
    return 0;
}
