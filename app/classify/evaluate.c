/* evaluate.c - see evaluate.h for the contract. */
#include "classify/evaluate.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include <convlet/memory.h>

cvl_status tally_init(struct tally *tally, size_t classes, size_t batch,
                      cvl_error *err)
{
    void *answers = NULL, *index = NULL;
    *tally = (struct tally){.classes = classes};
    cvl_status status =
        cvl_alloc(&answers, classes * classes * sizeof *tally->answers,
                  "the confusion matrix", err);
    if (!status)
        status =
            cvl_alloc(&index, batch * sizeof *tally->index, "a batch", err);
    tally->answers = answers;
    tally->index = index;
    return status;
}

void tally_free(struct tally *tally)
{
    cvl_free(tally->answers);
    cvl_free(tally->index);
    *tally = (struct tally){0};
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

size_t count_right(const cvl_tensor *y, const cvl_tensor *t, size_t *answers)
{
    size_t right = 0;
    for (size_t n = 0; n < y->shape[0]; n++) {
        const size_t answer = first_largest(y, n);
        const size_t label = (size_t)cvl_tensor_get(t, n);
        right += answer == label;
        if (answers) answers[label * y->shape[1] + answer]++;
    }
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

/* The net is for whole batches: the last one is filled up with samples that do
 * not count. Where each is computed alone, they change nothing. */
void tally_run(struct tally *tally, cvl_net *net, const cvl_loss *loss,
               const cvl_exec *exec, const struct samples *samples,
               const struct samples_part *part, cvl_tensor *x, cvl_tensor *t)
{
    const size_t batch = x->shape[0];
    const cvl_loss sum = {.kind = loss->kind,
                          .reduction = CVL_REDUCTION_SUM,
                          .parameter = loss->parameter,
                          .smoothing = loss->smoothing};
    const size_t terms = tally->classes ? 1 : t->count / batch;
    double total = 0;
    tally->count = part->count;
    tally->right = 0;
    memset(tally->answers, 0,
           tally->classes * tally->classes * sizeof *tally->answers);
    cvl_net_set_mode(net, CVL_MODE_EVAL);
    for (size_t at = 0; at < part->count; at += batch) {
        const size_t left = part->count - at;
        const size_t count = left < batch ? left : batch;
        for (size_t i = 0; i < batch; i++)
            tally->index[i] = part->index[(at + i) % part->count];
        samples_batch(samples, tally->index, batch, NULL, x, t);
        cvl_net_forward(net, x);
        const cvl_tensor y = first_of(&net->output, count);
        const cvl_tensor wanted = first_of(t, count);
        double value = 0;
        const cvl_status status = cvl_loss_compute(
            &sum, &y, &wanted, NULL, count * terms, exec, NULL, &value, NULL);
        assert(!status);
        (void)status;
        total += value;
        if (tally->classes)
            tally->right += count_right(&y, &wanted, tally->answers);
    }
    cvl_net_set_mode(net, CVL_MODE_TRAIN);
    tally->loss = total / (double)(part->count * terms);
}

double tally_accuracy(const struct tally *tally)
{
    return tally->count ? (double)tally->right / (double)tally->count
                        : (double)NAN;
}

size_t tally_only_answer(const struct tally *tally)
{
    size_t only = tally->classes;
    for (size_t i = 0; i < tally->classes * tally->classes; i++) {
        const size_t answer = i % tally->classes;
        if (!tally->answers[i] || answer == only) continue;
        if (only < tally->classes) return tally->classes;
        only = answer;
    }
    return tally->count > 1 ? only : tally->classes;
}

void tally_describe(const struct tally *tally, const char *part,
                    struct text *text)
{
    if (!tally->classes)
        text_add(text, "%s: a loss of %.6g in %zu samples", part, tally->loss,
                 tally->count);
    else
        text_add(text, "%s: %zu of %zu right (%.1f %%)", part, tally->right,
                 tally->count, 100 * tally_accuracy(tally));
}
