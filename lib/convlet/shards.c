/* shards.c - see shards.h for the contract. */
#include "convlet/shards.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "convlet/trainer_part.h"
#include "kernel/elements.h"

/* A net for shards of so many images, and what goes with it. */
struct cvl_shard_net {
    cvl_net net;
    cvl_tensor grad;
    cvl_conv2d_step lone;
    void *work;
};

/* Behind the gradients and buffers of a sum; all of it is added. */
struct tail {
    double loss;
    double far;  /* shards whose output is not their target */
    double note; /* of all images */
    double stop; /* shards whose rank wants to stop */
};

size_t cvl_shards_images(const cvl_shards *shards, size_t shard, size_t images,
                         size_t *first)
{
    const size_t all = shards->trainer->net.input.shape[0];
    const size_t each = all / shards->count, more = all % shards->count;
    const size_t from = shard * each + (shard < more ? shard : more);
    const size_t end = from + each + (shard < more);
    *first = from;
    if (from >= images) return 0;
    return (end < images ? end : images) - from;
}

static struct cvl_shard_net *net_for(const cvl_shards *shards, size_t images)
{
    for (size_t i = 0; i < shards->net_count; i++)
        if (shards->nets[i].net.input.shape[0] == images)
            return &shards->nets[i];
    return NULL;
}

static cvl_status add_net(cvl_shards *shards, const cvl_net_config *config,
                          size_t images, cvl_error *err)
{
    cvl_conv_algo algos[CVL_MAX_LAYERS];
    cvl_net_config own = *config;
    if (!images || net_for(shards, images)) return CVL_OK;
    cvl_net_algos(&shards->trainer->net, algos);
    own.input_shape[0] = images;
    own.algos = algos;
    struct cvl_shard_net *const of = &shards->nets[shards->net_count++];
    cvl_status status = cvl_net_build(&of->net, &own, err);
    if (!status) status = cvl_net_check_train(&of->net, err);
    if (status)
        return cvl_error_prefix(err, status, "a shard of %zu image%s", images,
                                cvl_plural(images));
    cvl_net_share_params(&of->net, &shards->trainer->net);
    status = cvl_tensor_init_like(&of->grad, &of->net.output, err);
    return status ? status
                  : cvl_trainer_plan_lone(&of->net, &own, &of->lone, &of->work,
                                          err);
}

/* For each number of images that a shard may have. */
static cvl_status add_nets(cvl_shards *shards, const cvl_net_config *config,
                           size_t images, cvl_error *err)
{
    const size_t all = config->input_shape[0];
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < shards->count; i++) {
        size_t first;
        status = add_net(shards, config,
                         cvl_shards_images(shards, i, all, &first), err);
        if (!status)
            status = add_net(shards, config,
                             cvl_shards_images(shards, i, images, &first), err);
    }
    return status;
}

static size_t rank_count(const cvl_shards *shards)
{
    return shards->ranks.count ? shards->ranks.count : 1;
}

/* The first shard of a rank. */
static size_t first_of(const cvl_shards *shards, size_t rank)
{
    return shards->count * rank / rank_count(shards);
}

/* The last rank whose first shard is not behind that one. */
static size_t owner_of(const cvl_shards *shards, size_t shard)
{
    return ((shard + 1) * rank_count(shards) - 1) / shards->count;
}

/* Of a rank alone the tree is one piece; else it may own two of each level. */
static size_t kept_sums(const cvl_shards *shards)
{
    return rank_count(shards) > 1 ? 2 * shards->levels : 1;
}

static cvl_status make_room(cvl_shards *shards, cvl_error *err)
{
    const cvl_net *const net = &shards->trainer->net;
    size_t bytes;
    shards->numbers = cvl_net_param_numbers(net);
    for (size_t i = 0; i < net->buffer_count; i++)
        shards->numbers += net->buffers[i].value.count;
    while ((size_t)1 << shards->levels < shards->count) shards->levels++;
    shards->tail =
        cvl_aligned(shards->numbers * cvl_dtype_size(net->input.dtype));
    shards->sum_bytes = cvl_aligned(shards->tail + sizeof(struct tail));
    const size_t kept = kept_sums(shards);
    if (!cvl_size_mul(shards->sum_bytes, kept + shards->levels, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "out of memory: sums of shards");
    void *room;
    const cvl_status status = cvl_alloc(&room, bytes, "sums of shards", err);
    if (status) return status;
    shards->sums = room;
    shards->spare = shards->sums + kept * shards->sum_bytes;
    return CVL_OK;
}

static cvl_status check(const cvl_shards *shards, cvl_error *err)
{
    const size_t images = shards->trainer->net.input.shape[0];
    const cvl_optimizer_kind *const kind =
        shards->trainer->optimizer.settings.kind;
    if (shards->count < 2 || shards->count > CVL_MAX_SHARDS)
        return cvl_fail(err, CVL_EINVAL, "%zu shards, expected 2 to %d",
                        shards->count, CVL_MAX_SHARDS);
    if (shards->count > images)
        return cvl_fail(err, CVL_EINVAL,
                        "%zu shards of %zu image%s: there are no more shards "
                        "than images",
                        shards->count, images, cvl_plural(images));
    if (rank_count(shards) > shards->count)
        return cvl_fail(err, CVL_EINVAL,
                        "%zu ranks share %zu shards: each needs one at least",
                        rank_count(shards), shards->count);
    if (kind->quadratic_only)
        return cvl_fail(err, CVL_EINVAL,
                        "optimizer %s looks at a whole batch, not at shards",
                        kind->name);
    return CVL_OK;
}

cvl_status cvl_shards_init(cvl_shards *shards, cvl_trainer *trainer,
                           const cvl_net_config *net, size_t count,
                           size_t images, cvl_shards_note *note,
                           const cvl_ranks *ranks, cvl_error *err)
{
    enum { SIZES = 3 }; /* two of a full batch, one more of a short one */
    void *nets;
    *shards = (cvl_shards){.count = count, .trainer = trainer, .note = note};
    if (ranks) shards->ranks = *ranks;
    cvl_status status = check(shards, err);
    if (!status)
        status = cvl_alloc(&nets, SIZES * sizeof *shards->nets,
                           "the nets of shards", err);
    if (status) return status;
    shards->nets = nets;
    shards->first = first_of(shards, shards->ranks.rank);
    shards->last = first_of(shards, shards->ranks.rank + 1);
    status = add_nets(shards, net, images, err);
    return status ? status : make_room(shards, err);
}

void cvl_shards_free(cvl_shards *shards)
{
    for (size_t i = 0; i < shards->net_count; i++) {
        struct cvl_shard_net *const of = &shards->nets[i];
        cvl_net_free(&of->net);
        cvl_tensor_free(&of->grad);
        cvl_conv2d_step_free(&of->lone);
        cvl_free(of->work);
    }
    cvl_free(shards->nets);
    cvl_free(shards->sums);
    *shards = (cvl_shards){0};
}

/* One step, of so many images. */
struct step {
    cvl_shards *shards;
    const cvl_tensor *x, *t;
    size_t images, live; /* shards that have any */
    cvl_loss loss; /* of a shard; its gradients are scaled for the batch */
    size_t used;
    size_t next; /* of the sums that are kept */
};

static struct tail *tail_of(const cvl_shards *shards, unsigned char *sum)
{
    return (struct tail *)(void *)(sum + shards->tail);
}

/* The images of a shard, of a tensor of all. */
static cvl_tensor images_of(const cvl_tensor *all, size_t first, size_t count)
{
    const size_t shape[4] = {count, all->shape[1], all->shape[2],
                             all->shape[3]};
    const size_t bytes = cvl_tensor_bytes(all) / all->shape[0];
    return cvl_tensor_wrap(all->dtype, 4, shape,
                           (unsigned char *)all->data + first * bytes);
}

/* Gradients of all params, one behind the other, or, of a loss that is none,
 * zeros; then the buffers, each as often as there are images. */
static void write_sum(const cvl_shards *shards, const cvl_net *net, bool finite,
                      size_t images, unsigned char *to)
{
    for (size_t i = 0; i < net->param_count; i++) {
        const cvl_tensor *const grad = &net->params[i].grad;
        const size_t bytes = cvl_tensor_bytes(grad);
        if (finite)
            memcpy(to, grad->data, bytes);
        else
            memset(to, 0, bytes);
        to += bytes;
    }
    for (size_t i = 0; i < net->buffer_count; i++) {
        const cvl_tensor *const value = &shards->trainer->net.buffers[i].value;
        cvl_tensor kept =
            cvl_tensor_wrap(value->dtype, value->ndim, value->shape, to);
        for (size_t j = 0; j < value->count; j++)
            cvl_tensor_set(&kept, j, (double)images * cvl_tensor_get(value, j));
        to += cvl_tensor_bytes(value);
    }
}

/* What one shard adds. */
static void run_shard(const struct step *step, size_t shard, unsigned char *sum)
{
    const cvl_shards *const shards = step->shards;
    cvl_trainer *const trainer = shards->trainer;
    size_t first;
    const size_t images =
        cvl_shards_images(shards, shard, step->images, &first);
    struct cvl_shard_net *const of = net_for(shards, images);
    const cvl_tensor x = images_of(step->x, first, images);
    const cvl_tensor t = images_of(step->t, first, images);
    cvl_tensor mask;
    cvl_trainer_part part = {.net = &of->net,
                             .grad = &of->grad,
                             .lone = &of->lone,
                             .work = of->work,
                             .loss = step->loss,
                             .used = step->used,
                             .exec = &trainer->exec};
    if (trainer->mask.data) {
        mask = images_of(&trainer->mask, first, images);
        part.mask = &mask;
    }
    cvl_net_restore_buffers(&trainer->net);
    const double loss = cvl_trainer_descend(&part, &x, &t);
    write_sum(shards, &of->net, isfinite(loss), images, sum);
    *tail_of(shards, sum) = (struct tail){
        .loss = loss,
        .far = !cvl_trainer_is_close(trainer, &part, &t),
        .note = shards->note ? shards->note(&of->net.output, &t) : 0,
        .stop = shards->stop};
}

static void add(const cvl_shards *shards, unsigned char *to,
                unsigned char *from)
{
    const cvl_dtype dtype = shards->trainer->net.input.dtype;
    struct tail *const sum = tail_of(shards, to);
    const struct tail *const more = tail_of(shards, from);
    cvl_elements_of(dtype)->add(shards->numbers, to, from);
    sum->loss += more->loss;
    sum->far += more->far;
    sum->note += more->note;
    sum->stop += more->stop;
}

/* Adds the shards of a node, all of this rank: `span`, a power of two, from
 * `low` on. A right child's sum lies in the spare one of its level. */
static void add_own(const struct step *step, size_t low, size_t level,
                    unsigned char *sum)
{
    const cvl_shards *const shards = step->shards;
    if (!level) {
        run_shard(step, low, sum);
        return;
    }
    const size_t right = low + ((size_t)1 << --level);
    add_own(step, low, level, sum);
    if (right >= step->live) return;
    unsigned char *const spare = shards->spare + level * shards->sum_bytes;
    add_own(step, right, level, spare);
    add(shards, sum, spare);
}

/* How much of a node's shards is this rank's. */
enum share { NONE, SOME, ALL };

static enum share share_of(const struct step *step, size_t low, size_t level)
{
    const cvl_shards *const shards = step->shards;
    size_t end = low + ((size_t)1 << level);
    if (end > step->live) end = step->live;
    if (end <= shards->first || low >= shards->last) return NONE;
    return low >= shards->first && end <= shards->last ? ALL : SOME;
}

static unsigned char *next_sum(struct step *step)
{
    const cvl_shards *const shards = step->shards;
    return shards->sums + step->next++ * shards->sum_bytes;
}

/* First each rank adds what it can alone, the largest nodes that are its own,
 * and keeps their sums. */
static void add_nodes(struct step *step, size_t low, size_t level)
{
    const enum share share = share_of(step, low, level);
    if (share == ALL) add_own(step, low, level, next_sum(step));
    if (share != SOME) return;
    const size_t right = low + ((size_t)1 << (level - 1));
    add_nodes(step, low, level - 1);
    if (right < step->live) add_nodes(step, right, level - 1);
}

/* Then the others' sums come in, in the same order everywhere, so that none
 * waits for one that waits for it. The sum of a node, where it is this rank's:
 * where its first shard is. */
static unsigned char *gather(struct step *step, size_t low, size_t level)
{
    const cvl_shards *const shards = step->shards;
    const cvl_ranks *const ranks = &shards->ranks;
    const enum share share = share_of(step, low, level);
    if (share == ALL) return next_sum(step);
    if (share == NONE) return NULL;
    const size_t right = low + ((size_t)1 << (level - 1));
    unsigned char *const sum = gather(step, low, level - 1);
    if (right >= step->live) return sum;
    unsigned char *other = gather(step, right, level - 1);
    const size_t owner = owner_of(shards, low);
    if (other && !sum)
        ranks->send(ranks->context, owner, other, shards->sum_bytes);
    if (!sum) return NULL;
    if (!other) {
        other = shards->spare;
        ranks->receive(ranks->context, owner_of(shards, right), other,
                       shards->sum_bytes);
    }
    add(shards, sum, other);
    return sum;
}

/* The gradients to where the optimiser looks for them, and what the buffers
 * have become. */
static void read_sum(const struct step *step, const unsigned char *from)
{
    const cvl_net *const net = &step->shards->trainer->net;
    for (size_t i = 0; i < net->param_count; i++) {
        const cvl_tensor *const grad = &net->params[i].grad;
        memcpy(grad->data, from, cvl_tensor_bytes(grad));
        from += cvl_tensor_bytes(grad);
    }
    for (size_t i = 0; i < net->buffer_count; i++) {
        cvl_tensor *const value = &net->buffers[i].value;
        memcpy(value->data, from, cvl_tensor_bytes(value));
        for (size_t j = 0; j < value->count; j++)
            cvl_tensor_set(value, j,
                           cvl_tensor_get(value, j) / (double)step->images);
        from += cvl_tensor_bytes(value);
    }
}

/* How many terms the loss has in this step. */
static size_t count_terms(const struct step *step)
{
    const cvl_trainer *const trainer = step->shards->trainer;
    const size_t all = trainer->net.output.shape[0];
    return step->images == all ? trainer->used
                               : trainer->used / all * step->images;
}

/* A shard's gradients are scaled as the whole batch's: by 1 / (2 N) of the
 * notebook's reduction, as a mean of 2 N terms would be. */
static void scale_shards(struct step *step)
{
    const cvl_loss *const loss = &step->shards->trainer->loss;
    step->loss = *loss;
    step->used = count_terms(step);
    if (loss->reduction != CVL_REDUCTION_NOTEBOOK) return;
    step->loss.reduction = CVL_REDUCTION_MEAN;
    step->used = 2 * step->images;
}

/* The loss of the batch from the sum of its shards'. */
static double loss_of(const struct step *step, double sum)
{
    const cvl_trainer *const trainer = step->shards->trainer;
    if (trainer->loss.reduction != CVL_REDUCTION_NOTEBOOK) return sum;
    return sum * (double)step->used /
           cvl_loss_divisor(&trainer->net.output, count_terms(step),
                            trainer->loss.reduction);
}

static cvl_step_result update(const struct step *step, unsigned char *sum)
{
    cvl_shards *const shards = step->shards;
    cvl_trainer *const trainer = shards->trainer;
    const struct tail *const tail = tail_of(shards, sum);
    cvl_step_result result = {.loss = loss_of(step, tail->loss)};
    result.mean = cvl_loss_mean(result.loss, &trainer->net.output,
                                count_terms(step), trainer->loss.reduction);
    result.finite = isfinite(result.loss);
    result.all_close = result.finite && tail->far == 0;
    shards->noted = tail->note;
    shards->stop = tail->stop > 0;
    cvl_net_restore_buffers(&trainer->net);
    if (!result.finite || result.all_close) return result;
    read_sum(step, sum);
    const cvl_objective objective =
        cvl_trainer_objective(trainer, step->x, step->t);
    result.settled = cvl_optimizer_step(&trainer->optimizer, &objective);
    return result;
}

cvl_step_result cvl_shards_step(cvl_shards *shards, const cvl_tensor *x,
                                const cvl_tensor *t)
{
    const cvl_ranks *const ranks = &shards->ranks;
    struct step step = {
        .shards = shards, .x = x, .t = t, .images = x->shape[0]};
    size_t first;
    while (step.live < shards->count &&
           cvl_shards_images(shards, step.live, step.images, &first))
        step.live++;
    scale_shards(&step);
    cvl_net_keep_buffers(&shards->trainer->net);
    add_nodes(&step, 0, shards->levels);
    step.next = 0;
    gather(&step, 0, shards->levels);
    if (rank_count(shards) > 1)
        ranks->share(ranks->context, shards->sums, shards->sum_bytes);
    return update(&step, shards->sums);
}
