/* shared.c - see shared.h for the contract. */
#include "classify/shared.h"

#include <convlet/memory.h>

cvl_status shared_tally_init(struct shared_tally *shared,
                             const cvl_ranks *ranks, size_t batches,
                             size_t classes, cvl_error *err)
{
    void *sums = NULL, *cells = NULL;
    cvl_status status = cvl_alloc(&sums, batches * sizeof *shared->sums,
                                  "the sums of batches", err);
    if (!status)
        status = cvl_alloc(&cells, classes * classes * sizeof *shared->cells,
                           "the confusion matrix", err);
    *shared = (struct shared_tally){ranks, sums, cells};
    return status;
}

void shared_tally_free(struct shared_tally *shared)
{
    cvl_free(shared->sums);
    cvl_free(shared->cells);
    *shared = (struct shared_tally){0};
}

static size_t bytes_of(const struct confusion *answers)
{
    return answers->classes * answers->classes * sizeof *answers->count;
}

/* The sum of all batches, in their order, whoever ran them. */
static double add_sums(const struct shared_tally *shared, size_t batches)
{
    const cvl_ranks *const ranks = shared->ranks;
    double total = 0;
    for (size_t i = 0; i < batches; i++) {
        const size_t from = i % ranks->count;
        double *const sum = &shared->sums[i];
        if (from) ranks->receive(ranks->context, from, sum, sizeof *sum);
        total += *sum;
    }
    return total;
}

static void add_answers(const struct shared_tally *shared,
                        struct confusion *answers)
{
    const cvl_ranks *const ranks = shared->ranks;
    const size_t classes = answers->classes;
    for (size_t from = 1; from < ranks->count; from++) {
        ranks->receive(ranks->context, from, shared->cells, bytes_of(answers));
        for (size_t i = 0; i < classes * classes; i++) {
            answers->count[i] += shared->cells[i];
            answers->total += shared->cells[i];
            if (i % (classes + 1) == 0) answers->right += shared->cells[i];
        }
    }
}

void shared_tally_run(struct shared_tally *shared, struct tally *tally,
                      cvl_net *net, const cvl_loss *loss, const cvl_exec *exec,
                      const struct samples *samples,
                      const struct samples_part *part, cvl_tensor *x,
                      cvl_tensor *t)
{
    const cvl_ranks *const ranks = shared->ranks;
    struct confusion *const answers = &tally->answers;
    const size_t batch = x->shape[0];
    const size_t batches = (part->count - 1) / batch + 1;
    double total = 0;
    tally_begin(tally, part, net);
    for (size_t i = ranks->rank; i < batches; i += ranks->count) {
        double *const sum = &shared->sums[i];
        *sum =
            tally_batch(tally, net, loss, exec, samples, part, i * batch, x, t);
        if (ranks->rank) ranks->send(ranks->context, 0, sum, sizeof *sum);
    }
    if (!ranks->rank) total = add_sums(shared, batches);
    if (ranks->rank && tally->labelled)
        ranks->send(ranks->context, 0, answers->count, bytes_of(answers));
    else if (tally->labelled)
        add_answers(shared, answers);
    tally_end(tally, total, part, net, t);
}
