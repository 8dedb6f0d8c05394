/* notable.c - see notable.h for the contract. */
#include "classify/notable.h"

#include <math.h>

static struct notable_list place_list(cvl_arena *arena, size_t most)
{
    return (struct notable_list){
        0, most, cvl_arena_take(arena, most * sizeof(struct notable_case))};
}

static void layout(struct notable *notable)
{
    const size_t classes = notable->classes;
    cvl_arena *const arena = &notable->arena;
    notable->worst = place_list(arena, NOTABLE_WORST);
    notable->barely = place_list(arena, NOTABLE_BARELY);
    if (classes > NOTABLE_CLASSES) return;
    const size_t pairs = classes * classes;
    notable->pairs = cvl_arena_take(arena, pairs * sizeof *notable->pairs);
    for (size_t i = 0; i < pairs; i++) {
        const struct notable_list list = place_list(arena, NOTABLE_EACH);
        if (notable->pairs) notable->pairs[i] = list;
    }
}

cvl_status notable_init(struct notable *notable, size_t classes, cvl_error *err)
{
    *notable = (struct notable){.classes = classes};
    layout(notable);
    const cvl_status status =
        cvl_arena_commit(&notable->arena, "the answers", err);
    if (status)
        notable_free(notable);
    else
        layout(notable);
    return status;
}

void notable_clear(struct notable *notable)
{
    const size_t classes = notable->classes;
    notable->worst.count = notable->barely.count = notable->lost = 0;
    for (size_t i = 0; notable->pairs && i < classes * classes; i++)
        notable->pairs[i].count = 0;
}

/* How notable a case is among those of its kind: larger is more. */
static double weight(const struct notable_case *one)
{
    return one->answer == one->truth ? one->p_next - one->p_answer
                                     : one->p_answer;
}

static void keep(struct notable_list *list, const struct notable_case *one)
{
    size_t at = list->count;
    while (at && weight(&list->cases[at - 1]) < weight(one)) at--;
    if (at == list->most) return;
    if (list->count < list->most) list->count++;
    for (size_t i = list->count - 1; i > at; i--)
        list->cases[i] = list->cases[i - 1];
    list->cases[at] = *one;
}

void notable_add(struct notable *notable, size_t sample, size_t truth,
                 size_t answer, const double *p)
{
    size_t next = answer ? 0 : 1;
    for (size_t k = next + 1; k < notable->classes; k++)
        if (k != answer && p[k] > p[next]) next = k;
    const struct notable_case one = {sample,   truth,     answer, next,
                                     p[truth], p[answer], p[next]};
    if (isnan(p[answer])) {
        notable->lost++;
    } else if (answer == truth) {
        keep(&notable->barely, &one);
    } else {
        keep(&notable->worst, &one);
        if (notable->pairs)
            keep(&notable->pairs[truth * notable->classes + answer], &one);
    }
}

struct notable_list notable_pair(const struct notable *notable, size_t truth,
                                 size_t answer)
{
    const struct notable_list none = {0};
    return notable->pairs ? notable->pairs[truth * notable->classes + answer]
                          : none;
}

void notable_free(struct notable *notable)
{
    cvl_arena_free(&notable->arena);
    *notable = (struct notable){0};
}
