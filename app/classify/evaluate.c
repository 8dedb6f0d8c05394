/* evaluate.c - see evaluate.h for the contract. */
#include "classify/evaluate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "classify/softmax.h"

cvl_status tally_init(struct tally *tally, size_t classes, size_t batch,
                      cvl_error *err)
{
    void *index = NULL, *p = NULL;
    *tally = (struct tally){.labelled = classes > 0};
    cvl_status status =
        classes ? confusion_init(&tally->answers, classes, err) : CVL_OK;
    if (!status && classes)
        status = notable_init(&tally->notable, classes, err);
    if (!status)
        status =
            cvl_alloc(&index, batch * sizeof *tally->index, "a batch", err);
    if (!status)
        status = cvl_alloc(&p, classes * sizeof *tally->p, "an answer", err);
    tally->index = index;
    tally->p = p;
    return status;
}

void tally_free(struct tally *tally)
{
    confusion_free(&tally->answers);
    notable_free(&tally->notable);
    cvl_free(tally->each);
    cvl_free(tally->index);
    cvl_free(tally->p);
    *tally = (struct tally){.count = 0};
}

cvl_status tally_keep_each(struct tally *tally, size_t samples, cvl_error *err)
{
    void *block;
    const cvl_status status =
        cvl_alloc(&block, samples * sizeof *tally->each, "answers", err);
    if (!status) tally->each = block;
    return status;
}

static size_t first_largest(const cvl_tensor *y, size_t row)
{
    const size_t classes = y->shape[1];
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (cvl_tensor_get(y, row * classes + k) >
            cvl_tensor_get(y, row * classes + best))
            best = k;
    return best;
}

static size_t label_of(const cvl_tensor *t, size_t row)
{
    return (size_t)cvl_tensor_get(t, row);
}

size_t count_right(const cvl_tensor *y, const cvl_tensor *t)
{
    size_t right = 0;
    for (size_t n = 0; n < y->shape[0]; n++)
        right += first_largest(y, n) == label_of(t, n);
    return right;
}

/* The first images of a batch. */
static cvl_tensor first_of(const cvl_tensor *batch, size_t count)
{
    size_t shape[4];
    memcpy(shape, batch->shape, sizeof shape);
    shape[0] = count;
    return cvl_tensor_wrap(batch->dtype, 4, shape, batch->data);
}

/* Counts the answers of a batch, whose samples are those of tally->index. */
static void count_answers(struct tally *tally, const cvl_tensor *y,
                          const cvl_tensor *t)
{
    for (size_t n = 0; n < y->shape[0]; n++) {
        const size_t truth = label_of(t, n), answer = first_largest(y, n);
        softmax_row(y, n, tally->p);
        confusion_add(&tally->answers, truth, answer);
        notable_add(&tally->notable, tally->index[n], truth, answer, tally->p);
        if (tally->each)
            tally->each[tally->index[n]] =
                (struct tally_answer){answer, tally->p[answer]};
    }
}

/* Reads a batch of a part, from `at` on; how many of its samples count. The
 * last batch is filled up with some that do not: where each is computed alone,
 * they change nothing. */
static size_t read_batch(struct tally *tally, const struct samples *samples,
                         const struct samples_part *part, size_t at,
                         cvl_tensor *x, cvl_tensor *t)
{
    const size_t batch = x->shape[0], left = part->count - at;
    for (size_t i = 0; i < batch; i++)
        tally->index[i] = part->index[(at + i) % part->count];
    samples_batch(samples, tally->index, batch, NULL, x, t);
    return left < batch ? left : batch;
}

static double sum_of(const cvl_loss *loss, const cvl_tensor *y,
                     const cvl_tensor *t, const cvl_exec *exec)
{
    const cvl_loss sum = {.kind = loss->kind,
                          .reduction = CVL_REDUCTION_SUM,
                          .parameter = loss->parameter,
                          .smoothing = loss->smoothing};
    double value = 0;
    const cvl_status status =
        cvl_loss_compute(&sum, y, t, NULL, t->count, exec, NULL, &value, NULL);
    assert(!status);
    (void)status;
    return value;
}

/* The mean of a part's loss, from its sum; t is a batch. */
static double mean_of(double total, const struct samples_part *part,
                      const cvl_tensor *t)
{
    const size_t terms = t->count / t->shape[0];
    return total / (double)(part->count * terms);
}

void tally_begin(struct tally *tally, const struct samples_part *part,
                 cvl_net *net)
{
    tally->count = part->count;
    if (tally->labelled) {
        confusion_clear(&tally->answers);
        notable_clear(&tally->notable);
    }
    cvl_net_set_mode(net, CVL_MODE_EVAL);
}

double tally_batch(struct tally *tally, cvl_net *net, const cvl_loss *loss,
                   const cvl_exec *exec, const struct samples *samples,
                   const struct samples_part *part, size_t at, cvl_tensor *x,
                   cvl_tensor *t)
{
    const size_t count = read_batch(tally, samples, part, at, x, t);
    cvl_net_forward(net, x);
    const cvl_tensor y = first_of(&net->output, count);
    const cvl_tensor wanted = first_of(t, count);
    if (tally->labelled) count_answers(tally, &y, &wanted);
    return sum_of(loss, &y, &wanted, exec);
}

void tally_end(struct tally *tally, double total,
               const struct samples_part *part, cvl_net *net,
               const cvl_tensor *t)
{
    cvl_net_set_mode(net, CVL_MODE_TRAIN);
    tally->loss = mean_of(total, part, t);
}

void tally_run(struct tally *tally, cvl_net *net, const cvl_loss *loss,
               const cvl_exec *exec, const struct samples *samples,
               const struct samples_part *part, cvl_tensor *x, cvl_tensor *t)
{
    double total = 0;
    tally_begin(tally, part, net);
    for (size_t at = 0; at < part->count; at += x->shape[0])
        total += tally_batch(tally, net, loss, exec, samples, part, at, x, t);
    tally_end(tally, total, part, net, t);
}

double tally_untouched(struct tally *tally, const cvl_loss *loss,
                       const cvl_exec *exec, const struct samples *samples,
                       const struct samples_part *part, cvl_tensor *x,
                       cvl_tensor *t)
{
    double total = 0;
    for (size_t at = 0; at < part->count; at += x->shape[0]) {
        const size_t count = read_batch(tally, samples, part, at, x, t);
        const cvl_tensor y = first_of(x, count), wanted = first_of(t, count);
        total += sum_of(loss, &y, &wanted, exec);
    }
    return mean_of(total, part, t);
}

double tally_accuracy(const struct tally *tally)
{
    const struct confusion *const answers = &tally->answers;
    return answers->total ? (double)answers->right / (double)answers->total
                          : (double)NAN;
}

size_t tally_only_answer(const struct tally *tally)
{
    const struct confusion *const answers = &tally->answers;
    const size_t classes = answers->classes;
    size_t only = classes;
    for (size_t i = 0; i < classes * classes; i++) {
        if (!answers->count[i] || i % classes == only) continue;
        if (only < classes) return classes;
        only = i % classes;
    }
    return answers->total > 1 ? only : classes;
}

void tally_describe(const struct tally *tally, const char *part,
                    struct text *text)
{
    text_add(text, "%s: ", part);
    if (tally->labelled)
        confusion_add_verdict(&tally->answers, text);
    else
        text_add(text, "a loss of %.6g in %zu sample%s", tally->loss,
                 tally->count, cvl_plural(tally->count));
}
