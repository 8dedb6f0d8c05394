/* ahead.c - see ahead.h for the contract. */
#include "begin/ahead.h"

#include <string.h>

cvl_status ahead_init(struct ahead *ahead, const cvl_exec *exec,
                      ahead_draw *draw, void *source, const cvl_tensor *x,
                      const cvl_tensor *t, cvl_error *err)
{
    *ahead = (struct ahead){.draw = draw, .source = source, .exec = *exec};
    if (exec->threads < 2) return CVL_OK;
    const cvl_status status = cvl_tensor_init_like(&ahead->x, x, err);
    return status ? status : cvl_tensor_init_like(&ahead->t, t, err);
}

static void draw(void *context, size_t task, size_t worker)
{
    struct ahead *const ahead = context;
    (void)task, (void)worker;
    ahead->count = ahead->draw(ahead->source, &ahead->random, ahead->step,
                               &ahead->x, &ahead->t);
}

void ahead_begin(struct ahead *ahead, const cvl_random *random, size_t step)
{
    ahead_stop(ahead);
    if (!ahead->t.data) return;
    ahead->random = *random;
    ahead->step = step;
    ahead->is_drawn = true;
    cvl_exec_beside(&ahead->exec, draw, ahead, &ahead->beside);
}

/* Puts the batch in the place of another, whose images from `count` on stay. */
static void put(cvl_tensor *batch, cvl_tensor *other, size_t count)
{
    const size_t first = cvl_tensor_bytes(batch) / batch->shape[0] * count;
    memcpy((unsigned char *)batch->data + first,
           (const unsigned char *)other->data + first,
           cvl_tensor_bytes(batch) - first);
    const cvl_tensor kept = *other;
    *other = *batch;
    *batch = kept;
}

size_t ahead_take(struct ahead *ahead, cvl_random *random, size_t step,
                  cvl_tensor *x, cvl_tensor *t)
{
    const bool is_it = ahead->is_drawn && ahead->step == step;
    ahead_stop(ahead);
    if (!is_it) return ahead->draw(ahead->source, random, step, x, t);
    put(&ahead->x, x, ahead->count);
    put(&ahead->t, t, ahead->count);
    *random = ahead->random;
    return ahead->count;
}

void ahead_stop(struct ahead *ahead)
{
    if (ahead->is_drawn) cvl_exec_join(&ahead->beside);
    ahead->is_drawn = false;
}

void ahead_free(struct ahead *ahead)
{
    ahead_stop(ahead);
    cvl_tensor_free(&ahead->x);
    cvl_tensor_free(&ahead->t);
    *ahead = (struct ahead){.draw = NULL};
}
