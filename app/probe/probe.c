/* probe.c - see probe.h for the contract. */
#include "probe/probe.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/size.h>

#include "classify/softmax.h"

static cvl_status make_room(struct probe *probe, cvl_error *err)
{
    const cvl_net *const net = probe->net;
    const cvl_tensor *const y = &net->output;
    void *p;
    cvl_status status = cvl_tensor_init_like(&probe->x, &net->input, err);
    if (!status)
        status = cvl_tensor_init_like(&probe->covered, &net->input, err);
    if (!status) status = cvl_tensor_init_like(&probe->dx, &net->input, err);
    if (!status) status = cvl_tensor_init_like(&probe->dy, y, err);
    if (!status)
        status =
            cvl_alloc(&p, y->shape[1] * sizeof *probe->p, "an answer", err);
    if (!status) probe->p = p;
    return status;
}

cvl_status probe_borrow(struct probe *probe, cvl_net *net, cvl_error *err)
{
    *probe = (struct probe){.net = net};
    cvl_net_set_mode(net, CVL_MODE_EVAL);
    return make_room(probe, err);
}

cvl_status probe_init(struct probe *probe, const cvl_net_config *config,
                      const cvl_net *of, cvl_error *err)
{
    cvl_net_config one = *config;
    *probe = (struct probe){.net = &probe->own};
    one.input_shape[0] = 1;
    const cvl_status status = cvl_net_build(&probe->own, &one, err);
    if (status) return status;
    cvl_net_share_params(&probe->own, of);
    cvl_net_set_mode(&probe->own, CVL_MODE_EVAL);
    return make_room(probe, err);
}

void probe_free(struct probe *probe)
{
    cvl_net_free(&probe->own);
    cvl_tensor_free(&probe->x);
    cvl_tensor_free(&probe->covered);
    cvl_tensor_free(&probe->dy);
    cvl_tensor_free(&probe->dx);
    cvl_free(probe->p);
    *probe = (struct probe){0};
}

void probe_run(struct probe *probe)
{
    cvl_net_forward(probe->net, &probe->x);
}

size_t probe_finite_layers(const struct probe *probe)
{
    size_t i = 0;
    for (; i < probe->net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(probe->net, i, &info);
        if (cvl_tensor_first_nonfinite(info.output) < info.output->count) break;
    }
    return i;
}

size_t probe_answer(struct probe *probe)
{
    const cvl_tensor *const y = &probe->net->output;
    size_t answer = 0;
    softmax_row(y, 0, probe->p);
    for (size_t k = 1; k < y->shape[1]; k++)
        if (cvl_tensor_get(y, k) > cvl_tensor_get(y, answer)) answer = k;
    return answer;
}

void probe_gradient(struct probe *probe, size_t output, double *map)
{
    const size_t area = probe->x.shape[2] * probe->x.shape[3];
    cvl_tensor_fill(&probe->dy, 0);
    cvl_tensor_set(&probe->dy, output, 1);
    cvl_net_backward(probe->net, &probe->x, &probe->dy, &probe->dx);
    for (size_t i = 0; i < area; i++) {
        map[i] = 0;
        for (size_t c = 0; c < probe->x.shape[1]; c++) {
            const double slope = cvl_tensor_get(&probe->dx, c * area + i);
            map[i] = fmax(map[i], fabs(slope));
        }
    }
}

/* At most 16 squares along the longer side, and 12 where a net of so large a
 * picture takes long. */
struct probe_patches probe_patches_of(const struct probe *probe)
{
    enum { SMALL = 64, MANY = 16, FEW = 12 };
    const size_t height = probe->x.shape[2], width = probe->x.shape[3];
    const size_t longer = height > width ? height : width;
    const size_t most = longer > SMALL ? FEW : MANY;
    const size_t stride = (longer + most - 1) / most;
    return (struct probe_patches){.stride = stride,
                                  .side = 3 * stride,
                                  .rows = (height + stride - 1) / stride,
                                  .columns = (width + stride - 1) / stride};
}

static double mean_of(const cvl_tensor *x, size_t channel)
{
    const size_t area = x->shape[2] * x->shape[3];
    double sum = 0;
    for (size_t i = 0; i < area; i++)
        sum += cvl_tensor_get(x, channel * area + i);
    return sum / (double)area;
}

/* A patch around the square of that row and column. */
static void cover(struct probe *probe, const struct probe_patches *patches,
                  size_t row, size_t column)
{
    const size_t height = probe->x.shape[2], width = probe->x.shape[3];
    const size_t stride = patches->stride;
    const size_t top = row ? (row - 1) * stride : 0;
    const size_t left = column ? (column - 1) * stride : 0;
    const size_t bottom = cvl_least((row + 2) * stride, height);
    const size_t right = cvl_least((column + 2) * stride, width);
    memcpy(probe->covered.data, probe->x.data, cvl_tensor_bytes(&probe->x));
    for (size_t c = 0; c < probe->x.shape[1]; c++) {
        const double mean = mean_of(&probe->x, c);
        for (size_t i = top; i < bottom; i++)
            for (size_t j = left; j < right; j++)
                cvl_tensor_set(&probe->covered, (c * height + i) * width + j,
                               mean);
    }
}

void probe_occlude(struct probe *probe, const struct probe_patches *patches,
                   size_t class, double *map)
{
    const cvl_tensor *const y = &probe->net->output;
    softmax_row(y, 0, probe->p);
    const double whole = probe->p[class];
    for (size_t i = 0; i < patches->rows; i++)
        for (size_t j = 0; j < patches->columns; j++) {
            cover(probe, patches, i, j);
            cvl_net_forward(probe->net, &probe->covered);
            softmax_row(y, 0, probe->p);
            map[i * patches->columns + j] = whole - probe->p[class];
        }
    probe_run(probe);
    softmax_row(y, 0, probe->p);
}
