/* optimizer_kinds.c - what optimisers share: a rule for all params. */
#include "convlet/optimizer_kinds.h"

/* Weights of a task. */
enum { CHUNK = 4096 };

typedef struct update {
    cvl_optimizer *optimizer;
    cvl_net *net;
    cvl_update_rule *rule;
    const void *rates;
} update;

static size_t chunks_of(const cvl_param *param)
{
    return (param->value.count + CHUNK - 1) / CHUNK;
}

/* The weights of a chunk, as a tensor of their own. */
static cvl_tensor part_of(const cvl_tensor *tensor, size_t chunk)
{
    const size_t first = chunk * CHUNK;
    const size_t count = cvl_least(CHUNK, tensor->count - first);
    return cvl_tensor_wrap(tensor->dtype, 1, &count,
                           (unsigned char *)tensor->data +
                               first * cvl_dtype_size(tensor->dtype));
}

/* Task: a chunk of those of all params, in their order. */
static void update_chunk(void *context, size_t task, size_t worker)
{
    (void)worker;
    const update *const u = context;
    cvl_tensor slots[CVL_OPTIMIZER_MAX_SLOTS] = {{0}};
    size_t i = 0;
    while (task >= chunks_of(&u->net->params[i]))
        task -= chunks_of(&u->net->params[i++]);
    for (size_t s = 0; s < u->optimizer->slot_count; s++)
        slots[s] = part_of(cvl_optimizer_slot(u->optimizer, s, i), task);
    cvl_tensor p = part_of(&u->net->params[i].value, task);
    const cvl_tensor dp = part_of(&u->net->params[i].grad, task);
    u->rule(u->rates, &p, &dp, slots[0].data ? &slots[0] : NULL,
            slots[1].data ? &slots[1] : NULL);
}

void cvl_optimizer_update(cvl_optimizer *optimizer,
                          const cvl_objective *objective, double flops,
                          cvl_update_rule *rule, const void *rates)
{
    const cvl_exec alone = {.threads = 1};
    cvl_net *const net = objective->net;
    update all = {optimizer, net, rule, rates};
    size_t tasks = 0;
    for (size_t i = 0; i < net->param_count; i++)
        tasks += chunks_of(&net->params[i]);
    cvl_exec_run(objective->exec ? objective->exec : &alone, tasks,
                 flops * (double)cvl_net_param_numbers(net), update_chunk,
                 &all);
}
