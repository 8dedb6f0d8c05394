/* conv2d_step.c - see conv2d_step.h for the contract. */
#include "convlet/conv2d_step.h"

#include "convlet/memory.h"
#include "convlet/size.h"
#include "kernel/elements.h"

enum {
    MAX_PARTS = 8,
    NEAR_BYTES = 1 << 20, /* an output that a cache of one core holds */
    CHUNK_BYTES = 1 << 18 /* a chunk's: dy, t and x want room as well */
};

/* The images of one chunk; all, where chunks would gain nothing: a small
 * output, a batch of few images, or weights whose sums cost more. */
static size_t chunk_images(const cvl_conv2d_geometry *g, size_t real_bytes,
                           size_t weights)
{
    size_t shape[4];
    cvl_conv2d_output_shape(g, shape);
    const size_t image = shape[1] * shape[2] * shape[3] * real_bytes;
    if (g->batch < MAX_PARTS || image * g->batch <= NEAR_BYTES ||
        weights > image * g->batch / 4 / (real_bytes * MAX_PARTS))
        return g->batch;
    size_t images = cvl_least(g->batch / MAX_PARTS, CHUNK_BYTES / image);
    while (images > 1 && g->batch % images) images--;
    return images ? images : 1;
}

/* What one worker's convolution gets; the plan knows of one thread alone. */
static size_t worker_bytes(const cvl_conv2d_step *all)
{
    const size_t bytes = cvl_aligned(all->conv.work_bytes);
    return all->exec.threads > 1 ? bytes + CVL_WORKERS_APART : bytes;
}

/* Adds up the scratch: per part its sums, per worker that of a convolution
 * and room for the gradients of a chunk, and the loss of each chunk. */
static bool measure_work(cvl_conv2d_step *all)
{
    size_t sums, works;
    return cvl_size_mul(all->parts + all->exec.threads, all->sum_bytes,
                        &sums) &&
           cvl_size_mul(all->exec.threads, worker_bytes(all), &works) &&
           cvl_size_add(sums, works, &works) &&
           cvl_size_add(works, all->chunks * sizeof(double), &all->work_bytes);
}

cvl_status cvl_conv2d_step_init(cvl_conv2d_step *all,
                                const cvl_conv2d_geometry *geometry,
                                cvl_dtype dtype, cvl_conv_algo algo,
                                const cvl_exec *exec, cvl_error *err)
{
    *all = (cvl_conv2d_step){.chunks = 1, .parts = 1, .exec = *exec};
    cvl_status status = cvl_conv2d_geometry_check(geometry, err);
    if (!status) status = cvl_dtype_check(dtype, err);
    if (!status) status = cvl_exec_check(exec, err);
    if (status) return status;
    size_t shape[4];
    cvl_conv2d_weight_shape(geometry, shape);
    const size_t weights = shape[0] * shape[1] * shape[2] * shape[3];
    const size_t real_bytes = cvl_dtype_size(dtype);
    all->sum_bytes = cvl_aligned((weights + shape[0]) * real_bytes);

    cvl_conv2d_geometry chunk = *geometry;
    cvl_exec inner = *exec;
    chunk.batch = chunk_images(geometry, real_bytes, weights);
    if (chunk.batch < geometry->batch) {
        all->chunks = geometry->batch / chunk.batch;
        all->parts = MAX_PARTS;
        inner.threads = 1;
        if (all->exec.threads > all->parts) all->exec.threads = all->parts;
    } else {
        all->exec.threads = 1;
    }
    status = cvl_conv2d_init(&all->conv, &chunk, dtype, algo, &inner, err);
    if (!status && !measure_work(all))
        status = cvl_fail(err, CVL_ENOMEM, "out of memory: gradients");
    if (status) cvl_conv2d_step_free(all);
    return status;
}

void cvl_conv2d_step_free(cvl_conv2d_step *all)
{
    cvl_conv2d_free(&all->conv);
    *all = (cvl_conv2d_step){0};
}

/* One step, and where its pieces lie in the scratch. */
typedef struct step {
    const cvl_conv2d_step *all;
    const cvl_conv2d_batch *batch;
    double scale;
    unsigned char *sums, *spare, *work;
    double *terms; /* the sum of each chunk */
} step;

/* Chunk `index` of a tensor of all images; NULL stays NULL. */
static const cvl_tensor *slice(const step *s, const cvl_tensor *tensor,
                               size_t index, cvl_tensor *view)
{
    if (!tensor) return NULL;
    size_t shape[4] = {s->all->conv.geometry.batch, tensor->shape[1],
                       tensor->shape[2], tensor->shape[3]};
    const size_t bytes = cvl_tensor_bytes(tensor) / s->all->chunks;
    *view = cvl_tensor_wrap(tensor->dtype, 4, shape,
                            (unsigned char *)tensor->data + index * bytes);
    return view;
}

/* Where a sum of dw and db lies: in these bytes, or, without, in the batch's
 * own tensors. db is NULL where nobody wants it. */
static void sum_at(const step *s, unsigned char *bytes, cvl_tensor *dw,
                   cvl_tensor *db)
{
    const cvl_conv2d_batch *const batch = s->batch;
    *dw = *batch->dw;
    *db = batch->db ? *batch->db : (cvl_tensor){0};
    if (!bytes) return;
    dw->data = bytes;
    if (db->data) db->data = bytes + cvl_tensor_bytes(dw);
}

static void run_chunk(const step *s, size_t index, size_t worker,
                      unsigned char *sums)
{
    const cvl_conv2d_batch *const batch = s->batch;
    const cvl_conv2d *const conv = &s->all->conv;
    void *const work = s->work + worker * worker_bytes(s->all);
    cvl_tensor x, t, mask, y, dy, dx, dw, db;
    const bool lost = batch->dy->data == batch->y->data;
    slice(s, batch->x, index, &x);
    slice(s, batch->t, index, &t);
    slice(s, batch->y, index, &y);
    slice(s, batch->dy, lost ? index : worker, &dy);
    sum_at(s, sums, &dw, &db);

    cvl_conv2d_forward(conv, &x, batch->w, batch->b, &y, work);
    s->terms[index] = cvl_loss_kind_of(&batch->loss)
                          ->value_and_grad(&batch->loss, &y, &t,
                                           slice(s, batch->mask, index, &mask),
                                           s->scale, &conv->exec, &dy);
    cvl_conv2d_grad_weight(conv, &x, &dy, &dw, db.data ? &db : NULL, work);
    if (!batch->dx) return;
    slice(s, batch->dx, index, &dx);
    cvl_conv2d_grad_input(conv, batch->w, &dy, &dx, work);
}

/* to += from; to = from where `first`. Without data there is nothing to do. */
static void add(cvl_tensor *to, const cvl_tensor *from, bool first)
{
    if (!to->data) return;
    if (first)
        cvl_tensor_copy(to, from);
    else
        cvl_elements_of(to->dtype)->add(to->count, to->data, from->data);
}

static void add_sums(const step *s, unsigned char *to, unsigned char *from,
                     bool first)
{
    cvl_tensor to_dw, to_db, from_dw, from_db;
    sum_at(s, to, &to_dw, &to_db);
    sum_at(s, from, &from_dw, &from_db);
    add(&to_dw, &from_dw, first);
    add(&to_db, &from_db, first);
}

/* Task: the chunks of one part, the first of them straight to its sums. */
static void run_part(void *context, size_t part, size_t worker)
{
    const step *const s = context;
    const size_t chunks = s->all->chunks, parts = s->all->parts;
    const size_t first = part * chunks / parts;
    unsigned char *const sums = s->sums + part * s->all->sum_bytes;
    unsigned char *const spare = s->spare + worker * s->all->sum_bytes;
    run_chunk(s, first, worker, sums);
    for (size_t i = first + 1; i < (part + 1) * chunks / parts; i++) {
        run_chunk(s, i, worker, spare);
        add_sums(s, sums, spare, false);
    }
}

double cvl_conv2d_step_run(const cvl_conv2d_step *all,
                           const cvl_conv2d_batch *batch, void *work)
{
    step s = {.all = all, .batch = batch};
    s.scale = cvl_loss_scale(batch->y, batch->used, batch->loss.reduction);
    s.sums = work;
    s.spare = s.sums + all->parts * all->sum_bytes;
    s.work = s.spare + all->exec.threads * all->sum_bytes;
    s.terms =
        (double *)(void *)(s.work + all->exec.threads * worker_bytes(all));
    if (all->chunks == 1) {
        run_chunk(&s, 0, 0, NULL);
    } else {
        const double flops = cvl_conv2d_flops(&all->conv.geometry);
        cvl_exec_run(&all->exec, all->parts, 2 * flops * (double)all->chunks,
                     run_part, &s);
        for (size_t i = 0; i < all->parts; i++)
            add_sums(&s, NULL, s.sums + i * all->sum_bytes, i == 0);
    }
    double sum = 0;
    for (size_t i = 0; i < all->chunks; i++) sum += s.terms[i];
    return sum / cvl_loss_divisor(batch->y, batch->used, batch->loss.reduction);
}
