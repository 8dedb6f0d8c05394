/* peer_onednn.c - oneDNN 2.x, through its C interface. */
#include <dnnl.h>
#include <omp.h>
#include <stdio.h>

#include "peer.h"

/*
 * The caller's tensors are NCHW and OIHW, as convlet's are. oneDNN is asked
 * for the layouts that it likes best ("any"), and each phase pays for the
 * reorders to and from them; within a step, a reorder that serves two passes
 * is paid once. Two peers:
 *
 *   onednn            direct convolution
 *   onednn-winograd   Winograd for 3x3, where the library has it; such a pass
 *                     multiplies less, at a cost in accuracy
 *
 * What oneDNN holds is freed by the end of the process.
 */
struct copy {
    dnnl_memory_t from, to; /* the same where the layouts are */
    dnnl_primitive_t reorder;
};

struct pass {
    dnnl_primitive_desc_t desc;
    dnnl_primitive_t primitive;
};

struct onednn {
    struct peer_layer *layer;
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_memory_desc_t plain_x, plain_w, plain_b, plain_y;
    dnnl_memory_t x, w, b, y, dy, dw, db, dx; /* the caller's */
    struct pass forward, grad_weight, grad_input;
    struct copy forward_x, forward_w, forward_y;
    struct copy weight_x, weight_dy, weight_dw;
    struct copy input_dy, input_w, input_dx;
    /* of a step, whose gradient stands in y's place */
    struct copy step_dy, step_input_dy;
    bool shares_x, shares_dy;
};

static void must(dnnl_status_t status)
{
    peer_require(status == dnnl_success, "oneDNN refused");
}

static dnnl_memory_desc_t describe(const cvl_tensor *tensor,
                                   dnnl_format_tag_t tag)
{
    dnnl_memory_desc_t desc;
    dnnl_dims_t dims;
    for (size_t i = 0; i < tensor->ndim; i++)
        dims[i] = (dnnl_dim_t)tensor->shape[i];
    must(dnnl_memory_desc_init_by_tag(&desc, (int)tensor->ndim, dims, dnnl_f32,
                                      tag));
    return desc;
}

static dnnl_memory_t memory(const struct onednn *o,
                            const dnnl_memory_desc_t *desc, void *data)
{
    dnnl_memory_t result;
    must(dnnl_memory_create(&result, desc, o->engine, data));
    return result;
}

/* Plans one pass; false where the library has no such algorithm. */
static bool plan(struct onednn *o, struct pass *pass, dnnl_alg_kind_t kind,
                 dnnl_prop_kind_t direction)
{
    const struct peer_layer *const l = o->layer;
    const struct bench_data *const d = &l->data;
    const dnnl_memory_desc_t x = describe(&d->x, dnnl_format_tag_any);
    const dnnl_memory_desc_t w = describe(&d->w, dnnl_format_tag_any);
    const dnnl_memory_desc_t y = describe(&d->y, dnnl_format_tag_any);
    const dnnl_dims_t stride = {l->stride, l->stride}, pad = {l->pad, l->pad};
    dnnl_convolution_desc_t desc;
    dnnl_status_t status;
    dnnl_primitive_desc_t hint = o->forward.desc;
    if (direction == dnnl_backward_weights) {
        status = dnnl_convolution_backward_weights_desc_init(
            &desc, kind, &x, &w, &o->plain_b, &y, stride, pad, pad);
    } else if (direction == dnnl_backward_data) {
        status = dnnl_convolution_backward_data_desc_init(&desc, kind, &x, &w,
                                                          &y, stride, pad, pad);
    } else {
        status = dnnl_convolution_forward_desc_init(
            &desc, direction, kind, &x, &w, &o->plain_b, &y, stride, pad, pad);
        hint = NULL;
    }
    if (status == dnnl_success)
        status = dnnl_primitive_desc_create(&pass->desc, &desc, NULL, o->engine,
                                            hint);
    if (status != dnnl_success) return false;
    must(dnnl_primitive_create(&pass->primitive, pass->desc));
    return true;
}

static const dnnl_memory_desc_t *wants(const struct pass *pass,
                                       dnnl_query_t what)
{
    const dnnl_memory_desc_t *const desc =
        dnnl_primitive_desc_query_md(pass->desc, what, 0);
    peer_require(desc, "oneDNN does not say which layout it wants");
    return desc;
}

static void make_reorder(const struct onednn *o, struct copy *copy,
                         const dnnl_memory_desc_t *from,
                         const dnnl_memory_desc_t *to)
{
    dnnl_primitive_desc_t desc;
    must(dnnl_reorder_primitive_desc_create(&desc, from, o->engine, to,
                                            o->engine, NULL));
    must(dnnl_primitive_create(&copy->reorder, desc));
    must(dnnl_primitive_desc_destroy(desc));
}

/* From the caller's tensor to what a pass reads. */
static struct copy copy_in(const struct onednn *o, dnnl_memory_t caller,
                           const dnnl_memory_desc_t *plain,
                           const dnnl_memory_desc_t *wanted)
{
    struct copy copy = {caller, caller, NULL};
    if (dnnl_memory_desc_equal(plain, wanted)) return copy;
    copy.to = memory(o, wanted, DNNL_MEMORY_ALLOCATE);
    make_reorder(o, &copy, plain, wanted);
    return copy;
}

/* From what a pass writes to the caller's tensor. */
static struct copy copy_out(const struct onednn *o, dnnl_memory_t caller,
                            const dnnl_memory_desc_t *plain,
                            const dnnl_memory_desc_t *given)
{
    struct copy copy = {caller, caller, NULL};
    if (dnnl_memory_desc_equal(plain, given)) return copy;
    copy.from = memory(o, given, DNNL_MEMORY_ALLOCATE);
    make_reorder(o, &copy, given, plain);
    return copy;
}

static void run_copy(const struct onednn *o, const struct copy *copy)
{
    if (!copy->reorder) return;
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_FROM, copy->from},
                                    {DNNL_ARG_TO, copy->to}};
    must(dnnl_primitive_execute(copy->reorder, o->stream, 2, args));
}

static void forward_pass(struct onednn *o)
{
    run_copy(o, &o->forward_x);
    run_copy(o, &o->forward_w);
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, o->forward_x.to},
                                    {DNNL_ARG_WEIGHTS, o->forward_w.to},
                                    {DNNL_ARG_BIAS, o->b},
                                    {DNNL_ARG_DST, o->forward_y.from}};
    must(dnnl_primitive_execute(o->forward.primitive, o->stream, 4, args));
    run_copy(o, &o->forward_y);
}

static void weight_pass(struct onednn *o, dnnl_memory_t x, dnnl_memory_t dy)
{
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_SRC, x},
                                    {DNNL_ARG_DIFF_DST, dy},
                                    {DNNL_ARG_DIFF_WEIGHTS, o->weight_dw.from},
                                    {DNNL_ARG_DIFF_BIAS, o->db}};
    must(dnnl_primitive_execute(o->grad_weight.primitive, o->stream, 4, args));
    run_copy(o, &o->weight_dw);
}

static void input_pass(struct onednn *o, dnnl_memory_t dy)
{
    run_copy(o, &o->input_w);
    const dnnl_exec_arg_t args[] = {{DNNL_ARG_DIFF_DST, dy},
                                    {DNNL_ARG_WEIGHTS, o->input_w.to},
                                    {DNNL_ARG_DIFF_SRC, o->input_dx.from}};
    must(dnnl_primitive_execute(o->grad_input.primitive, o->stream, 3, args));
    run_copy(o, &o->input_dx);
}

static void forward(void *context)
{
    struct onednn *const o = context;
    forward_pass(o);
    must(dnnl_stream_wait(o->stream));
}

static void grad_weight(void *context)
{
    struct onednn *const o = context;
    run_copy(o, &o->weight_x);
    run_copy(o, &o->weight_dy);
    weight_pass(o, o->weight_x.to, o->weight_dy.to);
    must(dnnl_stream_wait(o->stream));
}

static void grad_input(void *context)
{
    struct onednn *const o = context;
    run_copy(o, &o->input_dy);
    input_pass(o, o->input_dy.to);
    must(dnnl_stream_wait(o->stream));
}

static void step_of(struct onednn *o, bool input_too)
{
    forward(o);
    peer_loss(o->layer);
    if (!o->shares_x) run_copy(o, &o->weight_x);
    run_copy(o, &o->step_dy);
    weight_pass(o, o->shares_x ? o->forward_x.to : o->weight_x.to,
                o->step_dy.to);
    if (input_too) {
        if (!o->shares_dy) run_copy(o, &o->step_input_dy);
        input_pass(o, o->shares_dy ? o->step_dy.to : o->step_input_dy.to);
    }
    must(dnnl_stream_wait(o->stream));
    peer_update(o->layer);
}

static void step(void *context)
{
    step_of(context, false);
}

static void stepx(void *context)
{
    step_of(context, true);
}

/* The three passes; Winograd where there is one, else direct. False if the
 * library has no Winograd at all for this layer. */
static bool plan_passes(struct onednn *o, dnnl_alg_kind_t kind)
{
    static const dnnl_alg_kind_t DIRECT = dnnl_convolution_direct;
    const bool wino = kind == dnnl_convolution_winograd;
    const dnnl_prop_kind_t training = dnnl_forward_training;
    bool any = plan(o, &o->forward, kind, training);
    if (!any && wino) return false;
    peer_require(any, "oneDNN has no direct convolution for this layer");
    const struct {
        struct pass *pass;
        dnnl_prop_kind_t direction;
    } backward[] = {{&o->grad_weight, dnnl_backward_weights},
                    {&o->grad_input, dnnl_backward_data}};
    for (size_t i = 0; i < 2; i++) {
        struct pass *const pass = backward[i].pass;
        if (plan(o, pass, kind, backward[i].direction)) continue;
        /* A direct pass wants the hint of a direct forward pass. */
        struct onednn other = *o;
        peer_require(plan(&other, &other.forward, DIRECT, training) &&
                         plan(&other, pass, DIRECT, backward[i].direction),
                     "oneDNN has no gradient for this layer");
    }
    return true;
}

static void plan_copies(struct onednn *o)
{
    const dnnl_query_t src = dnnl_query_src_md, dst = dnnl_query_dst_md;
    const dnnl_query_t diff_src = dnnl_query_diff_src_md;
    const dnnl_query_t diff_dst = dnnl_query_diff_dst_md;
    const dnnl_query_t weights = dnnl_query_weights_md;
    const dnnl_query_t diff_weights = dnnl_query_diff_weights_md;
    const struct pass *const f = &o->forward, *const gw = &o->grad_weight;
    const struct pass *const gi = &o->grad_input;
    o->forward_x = copy_in(o, o->x, &o->plain_x, wants(f, src));
    o->forward_w = copy_in(o, o->w, &o->plain_w, wants(f, weights));
    o->forward_y = copy_out(o, o->y, &o->plain_y, wants(f, dst));
    o->weight_x = copy_in(o, o->x, &o->plain_x, wants(gw, src));
    o->weight_dy = copy_in(o, o->dy, &o->plain_y, wants(gw, diff_dst));
    o->weight_dw = copy_out(o, o->dw, &o->plain_w, wants(gw, diff_weights));
    o->input_dy = copy_in(o, o->dy, &o->plain_y, wants(gi, diff_dst));
    o->input_w = copy_in(o, o->w, &o->plain_w, wants(gi, weights));
    o->input_dx = copy_out(o, o->dx, &o->plain_x, wants(gi, diff_src));
    o->step_dy = copy_in(o, o->y, &o->plain_y, wants(gw, diff_dst));
    o->step_input_dy = copy_in(o, o->y, &o->plain_y, wants(gi, diff_dst));
    o->shares_x = dnnl_memory_desc_equal(wants(f, src), wants(gw, src));
    o->shares_dy =
        dnnl_memory_desc_equal(wants(gw, diff_dst), wants(gi, diff_dst));
}

static void run_kind(struct peer_layer *layer, const char *name,
                     dnnl_alg_kind_t kind)
{
    struct bench_data *const d = &layer->data;
    struct onednn o = {.layer = layer};
    must(dnnl_engine_create(&o.engine, dnnl_cpu, 0));
    must(dnnl_stream_create(&o.stream, o.engine, dnnl_stream_default_flags));
    o.plain_x = describe(&d->x, dnnl_nchw);
    o.plain_w = describe(&d->w, dnnl_oihw);
    o.plain_b = describe(&d->b, dnnl_x);
    o.plain_y = describe(&d->y, dnnl_nchw);
    if (!plan_passes(&o, kind)) {
        fprintf(stderr, "%s %s: none for this shape\n", layer->shape.name,
                name);
        return;
    }
    o.x = memory(&o, &o.plain_x, d->x.data);
    o.w = memory(&o, &o.plain_w, d->w.data);
    o.b = memory(&o, &o.plain_b, d->b.data);
    o.y = memory(&o, &o.plain_y, d->y.data);
    o.dy = memory(&o, &o.plain_y, d->dy.data);
    o.dw = memory(&o, &o.plain_w, d->dw.data);
    o.db = memory(&o, &o.plain_b, d->db.data);
    o.dx = memory(&o, &o.plain_x, d->dx.data);
    plan_copies(&o);
    const struct peer peer = {
        name, {forward, grad_weight, grad_input, step, stepx}, &o};
    peer_run(layer, &peer);
}

int main(int argc, char **argv)
{
    struct peer_layer layer;
    peer_open(&layer, argc, argv);
    omp_set_num_threads(layer.threads);
    run_kind(&layer, "onednn", dnnl_convolution_direct);
    run_kind(&layer, "onednn-winograd", dnnl_convolution_winograd);
    peer_close(&layer);
    return 0;
}
