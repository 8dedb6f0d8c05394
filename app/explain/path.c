/* path.c - see path.h for the contract. */
#include "explain/path.h"

#include <float.h>
#include <math.h>

#include "fewer/fewer.h"

/* How far a term that adds nothing leads, the farthest last. */
enum rank { RANK_NONE, RANK_ZERO, RANK_STOPPED, RANK_READS_ZERO, RANK_ADDS };

/* The search for the term that a path takes. */
struct choice {
    struct path_step *step;
    enum rank rank;
};

/* Was dy cut off, or another taken? */
static bool is_stopped(const cvl_term *term)
{
    return term->part == CVL_TERM_COMPARED || term->part == CVL_TERM_CUT;
}

/* All that multiplies dy: the other number, and a factor. */
static double factor_of(const cvl_term *term)
{
    const bool is_left = term->left.array == CVL_ARRAY_DY;
    const cvl_element *const other = is_left ? &term->right : &term->left;
    if (is_stopped(term)) return 0;
    return (other->array ? other->value : 1) * (term->how ? term->factor : 1);
}

static enum rank rank_of(const cvl_term *term, double factor)
{
    if (term->product != 0) return RANK_ADDS;
    if (is_stopped(term)) return RANK_STOPPED;
    return factor != 0 ? RANK_READS_ZERO : RANK_ZERO;
}

static void choose(void *context, const cvl_term *term)
{
    struct choice *const choice = context;
    struct path_step *const step = choice->step;
    const double factor = factor_of(term);
    const enum rank rank = rank_of(term, factor);
    const double best = fabs(step->term.product);
    const cvl_element *const dy =
        term->left.array == CVL_ARRAY_DY ? &term->left : &term->right;
    step->silent += dy->value == 0;
    if (rank < choice->rank) return;
    if (rank == choice->rank &&
        (isnan(best) || fabs(term->product) <= best || rank != RANK_ADDS))
        return;
    choice->rank = rank;
    step->term = *term;
    step->dy = *dy;
    step->factor = factor;
}

/* What is infinite is all of an infinite sum. */
static double share_of(const cvl_term *term, double sum)
{
    const bool is_all = isinf(sum) && term->product == sum;
    return is_all ? 1 : term->product / sum;
}

/* Follows the step's number in its layer. */
static cvl_status take_step(const cvl_net *net, const cvl_terms *terms,
                            double tolerance, struct path_step *step,
                            enum rank *rank, cvl_error *err)
{
    struct choice choice = {.step = step};
    struct sum sum;
    cvl_layer_info info;
    const cvl_status status = sum_terms(terms, &step->number, terms->dy->dtype,
                                        1, tolerance, &sum, err);
    if (status) return status;
    cvl_net_layer_info(net, step->layer, &info);
    if (fewer_has_tiles(info.algorithm) && !(tolerance > 0))
        sum_widen(terms, terms->dy->dtype, &sum);
    cvl_terms_visit(terms, &step->number, choose, &choice);
    *rank = choice.rank;
    step->count = sum.count;
    step->sum = sum.total;
    step->allowed = sum.allowed;
    step->share = *rank == RANK_ADDS ? share_of(&step->term, step->sum) : 1;
    if (step->count > 1 && *rank != RANK_ADDS) {
        *rank = RANK_ZERO;
        step->term = (cvl_term){0};
        step->dy = (cvl_element){0};
        step->factor = 0;
    }
    sum_free(&sum);
    return CVL_OK;
}

/* Rounding moves each sum by what it allows, and the gradient in proportion;
 * the first sum is the gradient itself, and may be 0. Beyond the largest number
 * there is nothing to multiply out. */
static void compare(struct path *path, cvl_dtype dtype)
{
    const double value = path->steps[0].number.value;
    path->allowed = path->steps[0].allowed;
    for (size_t i = 0; i < path->count; i++) {
        const double sum = fabs(path->steps[i].sum);
        const double share = i ? path->steps[i].allowed / sum : 0;
        if (sum > 0)
            path->allowed += fabs(path->gradient) * (share + 4 * DBL_EPSILON);
    }
    const double rounded =
        dtype == CVL_F32 ? (double)(float)path->gradient : path->gradient;
    path->difference = value - path->gradient;
    path->matches = isfinite(value) ? fabs(path->difference) <= path->allowed
                                    : !isfinite(rounded);
}

/* Of all steps. */
static void multiply(struct path *path)
{
    path->factor = path->share = 1;
    for (size_t i = 0; i < path->count; i++) {
        path->factor *= path->steps[i].factor;
        path->share *= path->steps[i].share;
    }
    path->part = path->slope * path->factor;
    path->gradient = path->part / path->share;
}

cvl_status path_follow(const cvl_net *net, size_t index, const cvl_tensor *x,
                       const cvl_tensor *dy, const cvl_element *number,
                       double tolerance, struct path *path, cvl_error *err)
{
    static const enum path_end ENDS[] = {[RANK_NONE] = PATH_UNREAD,
                                         [RANK_ZERO] = PATH_ZERO,
                                         [RANK_STOPPED] = PATH_STOPPED,
                                         [RANK_READS_ZERO] = PATH_LOSS,
                                         [RANK_ADDS] = PATH_LOSS};
    cvl_element next = *number;
    *path = (struct path){.end = PATH_LOSS};
    for (; index < net->layer_count && path->end == PATH_LOSS; index++) {
        const cvl_terms terms = cvl_net_terms(net, index, x, dy);
        struct path_step *const step = &path->steps[path->count++];
        enum rank rank;
        *step = (struct path_step){.layer = index, .number = next};
        const cvl_status status =
            take_step(net, &terms, tolerance, step, &rank, err);
        if (status) return status;
        path->end = ENDS[rank];
        next = step->dy;
        next.array = CVL_ARRAY_DX;
    }
    if (path->end == PATH_LOSS) path->slope = next.value;
    multiply(path);
    compare(path, dy->dtype);
    return CVL_OK;
}
