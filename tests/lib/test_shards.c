/* test_shards.c - shards add up to the step of the whole, whoever has which. */
#include "convlet/shards.h"

#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"

enum { MOST_RANKS = 7, STEPS = 5 };

/* What is trained: all that a step may depend on. */
struct row {
    const char *spec;
    size_t shape[4];
    size_t rest; /* images of a short batch, every third step; 0: none */
    const char *loss;
    cvl_reduction reduction;
    const char *optimizer;
    bool masked;
    cvl_dtype dtype;
};

static const struct row ROWS[] = {
    {"conv 4 2x2 stride=2 padding=1",
     {16, 3, 20, 20},
     0,
     "mse",
     CVL_REDUCTION_NOTEBOOK,
     "sgd",
     false,
     CVL_F32},
    {"conv 3 3x3, relu, conv 2 3x3",
     {9, 2, 9, 7},
     4,
     "huber:0.5",
     CVL_REDUCTION_SUM,
     "sgd",
     false,
     CVL_F64},
    {"conv 8 3x3 padding=same, batchnorm, relu, maxpool 2, dense 5",
     {13, 1, 8, 8},
     11,
     "cross-entropy",
     CVL_REDUCTION_MEAN,
     "adam",
     false,
     CVL_F32},
    {"conv 16 3x3 padding=1",
     {12, 16, 17, 19},
     0,
     "mse",
     CVL_REDUCTION_MEAN,
     "adam",
     true,
     CVL_F32},
    {"conv 2 3x3 padding=1",
     {11, 2, 6, 5},
     0,
     "mse",
     CVL_REDUCTION_NOTEBOOK,
     "sgd",
     true,
     CVL_F64}};

enum { ROW_COUNT = sizeof ROWS / sizeof *ROWS };

/* A trainer with params, its data, and a second net of a short batch where it
 * is to take one itself. */
struct work {
    cvl_trainer trainer;
    cvl_net_config net;
    cvl_tensor x, t;
};

static bool has_labels(const struct work *work)
{
    return work->trainer.loss.kind->target == CVL_TARGET_LABELS;
}

static void draw_target(struct work *work, cvl_random *random)
{
    const size_t classes = work->trainer.net.output.shape[1];
    if (!has_labels(work)) cvl_random_fill_normal(random, &work->t, 0, 1);
    for (size_t i = 0; has_labels(work) && i < work->t.count; i++)
        cvl_tensor_set(&work->t, i,
                       cvl_random_below(random, (uint32_t)classes));
}

static void add_mask(cvl_trainer *trainer)
{
    ck_assert(
        !cvl_tensor_init_like(&trainer->mask, &trainer->net.output, NULL));
    trainer->used = 0;
    for (size_t i = 0; i < trainer->mask.count; i++) {
        const double counts = i % 3 != 0 && i % 7 != 1;
        cvl_tensor_set(&trainer->mask, i, counts);
        trainer->used += counts != 0;
    }
}

static void begin(struct work *work, const struct row *row, size_t threads,
                  double lr)
{
    cvl_error err;
    cvl_random random;
    cvl_loss loss = {0};
    const cvl_optimizer_settings optimizer = {
        .kind = cvl_optimizer_kind_find(row->optimizer),
        .lr = lr,
        .beta1 = 0.9,
        .beta2 = 0.99,
        .epsilon = 1e-8};
    *work = (struct work){.net = {.spec = row->spec,
                                  .dtype = row->dtype,
                                  .exec = cvl_exec_default()}};
    memcpy(work->net.input_shape, row->shape, sizeof row->shape);
    work->net.exec.threads = threads;
    work->net.exec.parallel_flops = 0;
    expect_ok(cvl_loss_parse(row->loss, &loss, &err), err);
    loss.reduction = row->reduction;
    expect_ok(
        cvl_trainer_init(&work->trainer, &work->net, &loss, &optimizer, &err),
        err);
    work->trainer.atol = -1;
    if (row->masked) add_mask(&work->trainer);
    cvl_random_seed(&random, 3);
    cvl_net_init_params(&work->trainer.net, CVL_INIT_KAIMING, &random);
    const size_t labels[4] = {row->shape[0], 1, 1, 1};
    ck_assert(!cvl_tensor_init(&work->x, row->dtype, 4, row->shape, NULL));
    ck_assert(!cvl_tensor_init(
        &work->t, row->dtype, 4,
        has_labels(work) ? labels : work->trainer.net.output.shape, NULL));
    cvl_random_fill_normal(&random, &work->x, 0, 1);
    draw_target(work, &random);
}

static void end(struct work *work)
{
    cvl_tensor_free(&work->x);
    cvl_tensor_free(&work->t);
    cvl_trainer_free(&work->trainer);
}

static cvl_tensor first_of(const cvl_tensor *all, size_t count)
{
    const size_t shape[4] = {count, all->shape[1], all->shape[2],
                             all->shape[3]};
    return cvl_tensor_wrap(all->dtype, 4, shape, all->data);
}

static double count_positive(const cvl_tensor *y, const cvl_tensor *t)
{
    double count = 0;
    (void)t;
    for (size_t n = 0; n < y->shape[0]; n++)
        count += cvl_tensor_get(y, n * (y->count / y->shape[0])) > 0;
    return count;
}

static void compare(const cvl_tensor *a, const cvl_tensor *b, double within)
{
    for (size_t i = 0; i < a->count; i++) {
        const double is = cvl_tensor_get(a, i), want = cvl_tensor_get(b, i);
        ck_assert_msg(fabs(is - want) <= within * (1 + fabs(want)),
                      "number %zu: %.17g, not %.17g", i, is, want);
    }
}

/* One step in shards against one of the whole, which has no batch norm then:
 * that sees each shard alone. */
START_TEST(shards_add_up_to_the_step_of_the_whole)
{
    static const size_t counts[] = {2, 3, 7, 8, 9};
    const struct row *const row = &ROWS[_i];
    const double within = row->dtype == CVL_F32 ? 2e-5 : 1e-12;
    if (strstr(row->spec, "batchnorm")) return;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (size_t pass = 0; pass < 1 + (row->rest > 0); pass++) {
            cvl_error err;
            struct work whole, cut;
            cvl_shards shards;
            const size_t images = pass ? row->rest : row->shape[0];
            begin(&whole, row, 1, 0);
            begin(&cut, row, 1, 0);
            if (row->rest)
                expect_ok(cvl_trainer_add_rest(&whole.trainer, &whole.net,
                                               row->rest, &err),
                          err);
            expect_ok(cvl_shards_init(&shards, &cut.trainer, &cut.net,
                                      counts[i], row->rest, count_positive,
                                      NULL, &err),
                      err);
            const cvl_tensor x = first_of(&cut.x, images);
            const cvl_tensor t = first_of(&cut.t, images);
            const cvl_step_result want =
                cvl_trainer_step(&whole.trainer, &x, &t);
            const cvl_step_result is = cvl_shards_step(&shards, &x, &t);
            ck_assert(is.finite && !is.all_close && !shards.stop);
            ck_assert_double_eq_tol(is.loss, want.loss, within * want.loss);
            ck_assert_double_eq_tol(is.mean, want.mean, within * want.mean);
            const cvl_net *const net =
                pass ? &whole.trainer.rest : &whole.trainer.net;
            for (size_t p = 0; p < net->param_count; p++)
                compare(&cut.trainer.net.params[p].grad, &net->params[p].grad,
                        within);
            if (!whole.trainer.work)
                ck_assert_double_eq(shards.noted,
                                    count_positive(&net->output, &t));
            cvl_shards_free(&shards);
            cvl_shards_free(&shards);
            end(&whole);
            end(&cut);
        }
}
END_TEST

/* Sockets between each two of the ranks. */
struct wires {
    size_t rank, count;
    int to[MOST_RANKS];
};

static void send_bytes(void *context, size_t to, const void *data, size_t bytes)
{
    const struct wires *const wires = context;
    for (const char *at = data; bytes;) {
        const ssize_t n = write(wires->to[to], at, bytes);
        if (n <= 0) _exit(3);
        at += n;
        bytes -= (size_t)n;
    }
}

static void receive_bytes(void *context, size_t from, void *data, size_t bytes)
{
    const struct wires *const wires = context;
    for (char *at = data; bytes;) {
        const ssize_t n = read(wires->to[from], at, bytes);
        if (n <= 0) _exit(4);
        at += n;
        bytes -= (size_t)n;
    }
}

static void share_bytes(void *context, void *data, size_t bytes)
{
    const struct wires *const wires = context;
    if (wires->rank)
        receive_bytes(context, 0, data, bytes);
    else
        for (size_t to = 1; to < wires->count; to++)
            send_bytes(context, to, data, bytes);
}

/* Tells equal bytes from others. */
static uint64_t digest_of(uint64_t digest, const void *data, size_t bytes)
{
    for (const unsigned char *at = data; bytes--; at++)
        digest = (digest ^ *at) * UINT64_C(1099511628211);
    return digest;
}

/* Some steps, of which every third is short; losses, notes, params and buffers
 * are in the digest. Images of other ranks' shards are not there. */
static uint64_t train(const struct row *row, size_t count, size_t threads,
                      const cvl_ranks *ranks)
{
    uint64_t digest = UINT64_C(14695981039346656037);
    struct work work;
    cvl_shards shards;
    cvl_error err;
    cvl_random random;
    begin(&work, row, threads, 0.01);
    cvl_random_seed(&random, 11);
    expect_ok(cvl_shards_init(&shards, &work.trainer, &work.net, count,
                              row->rest, count_positive, ranks, &err),
              err);
    for (size_t step = 0; step < STEPS; step++) {
        const size_t images =
            row->rest && step % 3 == 1 ? row->rest : row->shape[0];
        cvl_random_fill_normal(&random, &work.x, 0, 1);
        draw_target(&work, &random);
        const size_t bytes = cvl_tensor_bytes(&work.x) / row->shape[0];
        for (size_t s = 0; s < count; s++) {
            size_t first;
            const size_t size = cvl_shards_images(&shards, s, images, &first);
            if (s < shards.first || s >= shards.last)
                memset((char *)work.x.data + first * bytes, 0xff, size * bytes);
        }
        const cvl_tensor x = first_of(&work.x, images);
        const cvl_tensor t = first_of(&work.t, images);
        const cvl_step_result result = cvl_shards_step(&shards, &x, &t);
        ck_assert(result.finite);
        digest = digest_of(digest, &result.loss, sizeof result.loss);
        digest = digest_of(digest, &shards.noted, sizeof shards.noted);
    }
    const cvl_net *const net = &work.trainer.net;
    for (size_t i = 0; i < net->param_count; i++)
        digest = digest_of(digest, net->params[i].value.data,
                           cvl_tensor_bytes(&net->params[i].value));
    for (size_t i = 0; i < net->buffer_count; i++)
        digest = digest_of(digest, net->buffers[i].value.data,
                           cvl_tensor_bytes(&net->buffers[i].value));
    cvl_shards_free(&shards);
    end(&work);
    return digest;
}

/* The same on several ranks, each a process; all must have the same digest. */
static uint64_t train_on(const struct row *row, size_t count, size_t threads,
                         size_t ranks)
{
    int wire[MOST_RANKS][MOST_RANKS], told[2];
    uint64_t first = 0;
    for (size_t a = 0; a < ranks; a++)
        for (size_t b = a + 1; b < ranks; b++) {
            int ends[2];
            ck_assert(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
            wire[a][b] = ends[0];
            wire[b][a] = ends[1];
        }
    ck_assert(!pipe(told));
    for (size_t rank = 0; rank < ranks; rank++) {
        const pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child) continue;
        struct wires wires = {.rank = rank, .count = ranks};
        for (size_t to = 0; to < ranks; to++)
            wires.to[to] = to == rank ? -1 : wire[rank][to];
        const cvl_ranks link = {rank,       ranks,         &wires,
                                send_bytes, receive_bytes, share_bytes};
        const uint64_t digest = train(row, count, threads, &link);
        _exit(write(told[1], &digest, sizeof digest) != sizeof digest);
    }
    for (size_t rank = 0; rank < ranks; rank++) {
        uint64_t digest;
        int status;
        ck_assert_int_ge(wait(&status), 0);
        ck_assert_int_eq(status, 0);
        ck_assert_int_eq(read(told[0], &digest, sizeof digest), sizeof digest);
        if (!rank) first = digest;
        ck_assert_uint_eq(digest, first);
    }
    for (size_t a = 0; a < ranks; a++)
        for (size_t b = 0; b < ranks; b++)
            if (a != b) close(wire[a][b]);
    close(told[0]);
    close(told[1]);
    return first;
}

START_TEST(no_number_of_ranks_or_threads_changes_a_bit)
{
    enum { COUNTS = 4 };
    static const size_t counts[COUNTS] = {2, 5, 8, 9};
    const struct row *const row = &ROWS[_i];
    uint64_t alone[COUNTS];
    for (size_t i = 0; i < COUNTS; i++) {
        alone[i] = train(row, counts[i], 1, NULL);
        /* Other shards, other bits. */
        if (i) ck_assert_uint_ne(alone[i], alone[i - 1]);
        for (size_t ranks = 1; ranks <= MOST_RANKS; ranks++)
            if (ranks <= counts[i])
                ck_assert_uint_eq(
                    train_on(row, counts[i], 1 + ranks % 2, ranks), alone[i]);
    }
    /* Last, as ThreadSanitizer wants ranks to be made where no threads are. */
    for (size_t i = 0; i < COUNTS; i++)
        ck_assert_uint_eq(train(row, counts[i], 3, NULL), alone[i]);
}
END_TEST

/* A mean over shards, weighted by their images, of what each alone keeps. */
START_TEST(buffers_are_the_mean_of_what_the_shards_keep)
{
    static const struct row row = {
        "batchnorm, dense 3", {5, 2, 4, 4}, 0,     "cross-entropy",
        CVL_REDUCTION_MEAN,   "sgd",        false, CVL_F64};
    struct work work, own;
    cvl_shards shards;
    cvl_error err;
    begin(&work, &row, 1, 0);
    expect_ok(cvl_shards_init(&shards, &work.trainer, &work.net, 2, 0, NULL,
                              NULL, &err),
              err);
    cvl_shards_step(&shards, &work.x, &work.t);
    for (size_t b = 0; b < work.trainer.net.buffer_count; b++) {
        const cvl_tensor *const kept = &work.trainer.net.buffers[b].value;
        double want[2] = {0};
        for (size_t s = 0; s < 2; s++) {
            struct row part = row;
            size_t first;
            part.shape[0] = cvl_shards_images(&shards, s, 5, &first);
            ck_assert_uint_eq(part.shape[0], s ? 2 : 3);
            begin(&own, &part, 1, 0);
            memcpy(own.x.data, (double *)work.x.data + first * 32,
                   cvl_tensor_bytes(&own.x));
            cvl_trainer_step(&own.trainer, &own.x, &own.t);
            const cvl_tensor *const one = &own.trainer.net.buffers[b].value;
            for (size_t c = 0; c < 2; c++)
                want[c] += cvl_tensor_get(one, c) * (double)part.shape[0] / 5;
            end(&own);
        }
        ck_assert_uint_eq(kept->count, 2);
        for (size_t c = 0; c < 2; c++)
            ck_assert_double_eq_tol(cvl_tensor_get(kept, c), want[c], 1e-14);
    }
    cvl_shards_free(&shards);
    end(&work);
}
END_TEST

/* In one shard alone: the whole step is none, and the buffers are as before. */
START_TEST(nothing_moves_where_a_shard_is_not_finite_or_all_are_close)
{
    const struct row *const row = &ROWS[2];
    struct work work;
    cvl_shards shards;
    cvl_error err;
    begin(&work, row, 1, 0.1);
    expect_ok(cvl_shards_init(&shards, &work.trainer, &work.net, 4, row->rest,
                              NULL, NULL, &err),
              err);
    cvl_shards_step(&shards, &work.x, &work.t);
    const double weight = cvl_tensor_get(&work.trainer.net.params[0].value, 0);
    const double mean = cvl_tensor_get(&work.trainer.net.buffers[0].value, 0);
    const double kept = cvl_tensor_get(&work.x, 5 * 64);
    cvl_tensor_set(&work.x, 5 * 64, (double)NAN);
    ck_assert(!cvl_shards_step(&shards, &work.x, &work.t).finite);
    ck_assert(cvl_tensor_get(&work.trainer.net.params[0].value, 0) == weight);
    ck_assert(cvl_tensor_get(&work.trainer.net.buffers[0].value, 0) == mean);
    cvl_tensor_set(&work.x, 5 * 64, kept);
    ck_assert(cvl_shards_step(&shards, &work.x, &work.t).finite);
    ck_assert(cvl_tensor_get(&work.trainer.net.params[0].value, 0) != weight);
    ck_assert(cvl_tensor_get(&work.trainer.net.buffers[0].value, 0) != mean);
    cvl_shards_free(&shards);
    end(&work);

    begin(&work, &ROWS[0], 1, 0.1);
    expect_ok(cvl_shards_init(&shards, &work.trainer, &work.net, 4, 0, NULL,
                              NULL, &err),
              err);
    work.trainer.atol = 1000;
    ck_assert(cvl_shards_step(&shards, &work.x, &work.t).all_close);
    cvl_tensor_set(&work.t, work.t.count - 1, 1e6); /* in the last shard */
    ck_assert(!cvl_shards_step(&shards, &work.x, &work.t).all_close);
    cvl_shards_free(&shards);
    end(&work);
}
END_TEST

/* Of a full step all images once, in order; of a short one the first. */
START_TEST(every_image_is_in_one_shard)
{
    struct row row = {"conv 1 1x1",           {1, 1, 1, 1}, 0,     "mse",
                      CVL_REDUCTION_NOTEBOOK, "sgd",        false, CVL_F32};
    for (size_t all = 2; all < 20; all++)
        for (size_t count = 2; count <= all; count++) {
            struct work work;
            cvl_shards shards;
            cvl_error err;
            row.shape[0] = all;
            begin(&work, &row, 1, 0);
            expect_ok(cvl_shards_init(&shards, &work.trainer, &work.net, count,
                                      0, NULL, NULL, &err),
                      err);
            for (size_t images = 1; images <= all; images++) {
                size_t next = 0;
                for (size_t s = 0; s < count; s++) {
                    size_t first;
                    const size_t size =
                        cvl_shards_images(&shards, s, images, &first);
                    ck_assert(!size || first == next);
                    ck_assert_uint_le(size, (all + count - 1) / count);
                    if (images == all) ck_assert_uint_ge(size, all / count);
                    next += size;
                }
                ck_assert_uint_eq(next, images);
            }
            cvl_shards_free(&shards);
            end(&work);
        }
}
END_TEST

START_TEST(who_wants_to_stop_is_heard)
{
    struct work work;
    cvl_shards shards;
    cvl_error err;
    begin(&work, &ROWS[1], 1, 0);
    expect_ok(cvl_shards_init(&shards, &work.trainer, &work.net, 3, 0, NULL,
                              NULL, &err),
              err);
    for (int round = 0; round < 4; round++) {
        shards.stop = round % 2;
        cvl_shards_step(&shards, &work.x, &work.t);
        ck_assert_int_eq(shards.stop, round % 2);
    }
    cvl_shards_free(&shards);
    end(&work);
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
    static const struct {
        size_t row, count, rank, ranks;
        const char *optimizer, *says;
    } cases[] = {
        {1, 1, 0, 1, "sgd", "1 shards, expected 2 to 65536"},
        {1, 65537, 0, 1, "sgd", "65537 shards, expected 2 to 65536"},
        {1, 10, 0, 1, "sgd",
         "10 shards of 9 images: there are no more shards than images"},
        {1, 3, 2, 4, "sgd", "4 ranks share 3 shards: each needs one at least"},
        {0, 3, 0, 1, "cg",
         "optimizer cg looks at a whole batch, not at shards"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct row row = ROWS[cases[i].row];
        const cvl_ranks ranks = {.rank = cases[i].rank,
                                 .count = cases[i].ranks};
        struct work work;
        cvl_shards shards;
        cvl_error err;
        row.optimizer = cases[i].optimizer;
        begin(&work, &row, 1, 0);
        ck_assert_int_eq(cvl_shards_init(&shards, &work.trainer, &work.net,
                                         cases[i].count, 0, NULL, &ranks, &err),
                         CVL_EINVAL);
        ck_assert_str_eq(err.message, cases[i].says);
        cvl_shards_free(&shards);
        end(&work);
    }
}
END_TEST

/* One number of each channel has no variance. */
START_TEST(a_shard_that_cannot_be_trained_is_named)
{
    static const struct row row = {"dense 4, batchnorm, dense 3",
                                   {4, 2, 3, 3},
                                   0,
                                   "cross-entropy",
                                   CVL_REDUCTION_MEAN,
                                   "sgd",
                                   false,
                                   CVL_F32};
    struct work work;
    cvl_shards shards;
    cvl_error err;
    begin(&work, &row, 1, 0);
    ck_assert_int_eq(cvl_shards_init(&shards, &work.trainer, &work.net, 4, 0,
                                     NULL, NULL, &err),
                     CVL_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "a shard of 1 image: layer 1"));
    cvl_shards_free(&shards);
    end(&work);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("shards");
    TCase *const all = tcase_create("shards");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, shards_add_up_to_the_step_of_the_whole, 0,
                        ROW_COUNT);
    tcase_add_loop_test(all, no_number_of_ranks_or_threads_changes_a_bit, 0,
                        ROW_COUNT);
    tcase_add_test(all, buffers_are_the_mean_of_what_the_shards_keep);
    tcase_add_test(all,
                   nothing_moves_where_a_shard_is_not_finite_or_all_are_close);
    tcase_add_test(all, every_image_is_in_one_shard);
    tcase_add_test(all, who_wants_to_stop_is_heard);
    tcase_add_test(all, what_makes_no_sense_is_refused);
    tcase_add_test(all, a_shard_that_cannot_be_trained_is_named);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
