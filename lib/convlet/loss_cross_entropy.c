/* loss_cross_entropy.c - how far a net's numbers are from a label. */
#include <assert.h>
#include <math.h>

#include "convlet/loss_kinds.h"

/*
 * y [N,K,1,1] are logits, of which softmax makes probabilities of K classes; of
 * one image, with x its logits, c its label and a the smoothing,
 *
 *     p[k] = exp(x[k]) / sum exp(x)    q[k] = (1 - a) [k = c] + a / K
 *
 *     l = -sum q[k] log p[k]           dl/dx[k] = p[k] - q[k]
 *
 * Both at once, in double, with the largest logit m taken off first, so that no
 * exponential is too large and one of them is 1:
 *
 *     l = log sum exp(x - m) + sum q[k] (m - x[k])
 *
 * Source: Goodfellow, Bengio and Courville, "Deep Learning", 6.2.2.3; Szegedy
 * et al., "Rethinking the Inception architecture", CVPR 2016, section 7; agrees
 * with torch.nn.CrossEntropyLoss.
 */
typedef struct pass {
    const cvl_tensor *y, *labels;
    cvl_tensor *grad;
    double smoothing, scale;
} pass;

static double target_of(const pass *p, size_t label, size_t k)
{
    const double spread = p->smoothing / (double)p->y->shape[1];
    return k == label ? 1 - p->smoothing + spread : spread;
}

/* The loss of image n; its gradient may take the place of its logits. */
static double image_loss(const pass *p, size_t n)
{
    const size_t classes = p->y->shape[1], first = n * classes;
    const size_t label = (size_t)cvl_tensor_get(p->labels, n);
    double most = -INFINITY, sum = 0, loss = 0;
    assert(label < classes);
    for (size_t k = 0; k < classes; k++)
        most = fmax(most, cvl_tensor_get(p->y, first + k));
    for (size_t k = 0; k < classes; k++) {
        const double below = most - cvl_tensor_get(p->y, first + k);
        const double target = target_of(p, label, k);
        sum += exp(-below);
        /* 0 times infinity is nothing here. */
        if (target > 0) loss += target * below;
    }
    for (size_t k = 0; p->grad && k < classes; k++) {
        const double x = cvl_tensor_get(p->y, first + k);
        const double slope = exp(x - most) / sum - target_of(p, label, k);
        cvl_tensor_set(p->grad, first + k, p->scale * slope);
    }
    return loss + log(sum);
}

static double sum_images(const void *context, size_t first, size_t count)
{
    double sum = 0;
    for (size_t n = first; n < first + count; n++)
        sum += image_loss(context, n);
    return sum;
}

static double value_and_grad(const cvl_loss *loss, const cvl_tensor *y,
                             const cvl_tensor *t, const cvl_tensor *mask,
                             double scale, const cvl_exec *exec,
                             cvl_tensor *grad)
{
    const pass p = {.y = y,
                    .labels = t,
                    .grad = grad,
                    .smoothing = loss->smoothing,
                    .scale = scale};
    (void)mask; /* there is none */
    return cvl_loss_sum_parts(sum_images, &p, y->shape[0], y->shape[1], exec);
}

const cvl_loss_kind cvl_loss_cross_entropy = {
    .name = "cross-entropy",
    .usage = "cross-entropy: of the probabilities that softmax makes of the "
             "output, against labels",
    .target = CVL_TARGET_LABELS,
    .reduction = CVL_REDUCTION_MEAN,
    .smooths = true,
    .classifies = true,
    .value_and_grad = value_and_grad,
};
