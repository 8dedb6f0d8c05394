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

static double largest(const cvl_tensor *y, size_t first)
{
    double most = -INFINITY;
    for (size_t k = 0; k < y->shape[1]; k++)
        most = fmax(most, cvl_tensor_get(y, first + k));
    return most;
}

/* The loss of image n; its gradient may take the place of its logits. */
static double image_loss(const pass *p, size_t n)
{
    const size_t classes = p->y->shape[1], first = n * classes;
    const size_t label = (size_t)cvl_tensor_get(p->labels, n);
    const double most = largest(p->y, first);
    double sum = 0, loss = 0;
    assert(label < classes);
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

/* A class each: -log p is log sum exp(x - m) - (x - m). */
static void terms(const cvl_loss *loss, const cvl_tensor *y,
                  const cvl_tensor *t, size_t image, cvl_loss_term_visit *visit,
                  void *context)
{
    const pass p = {.y = y, .labels = t, .smoothing = loss->smoothing};
    const size_t classes = y->shape[1], first = image * classes;
    const size_t label = (size_t)cvl_tensor_get(t, image);
    const double most = largest(y, first);
    double sum = 0;
    for (size_t k = 0; k < classes; k++)
        sum += exp(cvl_tensor_get(y, first + k) - most);
    for (size_t k = 0; k < classes; k++) {
        cvl_loss_term term = {.index = first + k,
                              .counts = true,
                              .y = cvl_tensor_get(y, first + k),
                              .target = target_of(&p, label, k)};
        term.below = term.y - most;
        term.exponential = exp(term.below);
        term.p = term.exponential / sum;
        term.surprise = log(sum) - term.below;
        if (term.target > 0) term.part = term.target * term.surprise;
        term.slope = term.p - term.target;
        visit(context, &term);
    }
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
    .terms = terms,
};
