/* sum.c - see sum.h for the contract. */
#include "explain/sum.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include <convlet/append.h>
#include <convlet/memory.h>

const char *element_place(const cvl_element *element, char text[ELEMENT_SIZE])
{
    text[0] = '\0';
    for (size_t i = 0; i < element->ndim; i++) {
        const size_t at = (size_t)element->at[i];
        const bool below = element->array == CVL_ARRAY_X && element->at[i] < 0;
        cvl_append(text, ELEMENT_SIZE, "%s%s%zu", i ? "," : "",
                   below ? "-" : "", below ? 0 - at : at);
    }
    return text;
}

const char *element_text(const cvl_element *element, char text[ELEMENT_SIZE])
{
    char place[ELEMENT_SIZE];
    snprintf(text, ELEMENT_SIZE, "%s[%.*s]", element_array(element),
             ELEMENT_SIZE - 8, element_place(element, place));
    return text;
}

/* The sum of all |products| bounds rounding. */
struct walk {
    struct sum *sum;
    double magnitude;
    cvl_term last;
};

static bool is_bias(const cvl_term *term)
{
    return term->left.array == CVL_ARRAY_PARAM && !term->right.array &&
           !term->how;
}

static void count_term(void *context, const cvl_term *term)
{
    size_t *const count = context;
    if (!is_bias(term)) ++*count;
}

static bool is_same_plane(const cvl_element *a, const cvl_element *b)
{
    return a->at[0] == b->at[0] && a->at[1] == b->at[1];
}

static void add_term(void *context, const cvl_term *term)
{
    struct walk *const walk = context;
    struct sum *const sum = walk->sum;
    walk->magnitude += fmax(fabs(term->product), term->magnitude);
    if (is_bias(term)) {
        sum->has_bias = true;
        sum->bias = term->product;
        return;
    }
    if (!sum->count || !is_same_plane(&term->left, &walk->last.left) ||
        !is_same_plane(&term->right, &walk->last.right))
        sum->planes++;
    walk->last = *term;
    sum->sum += term->product;
    if (term->part == CVL_TERM_PADDING) sum->padding++;
    if (term->part == CVL_TERM_COMPARED) sum->compared++;
    if (sum->count < sum->listed)
        sum->terms[sum->count] = (struct sum_term){*term, sum->sum};
    else
        sum->left_out += term->product;
    sum->count++;
}

/*
 * Any order of a sum of n products errs by n epsilon times the sum of their
 * absolute values at most; the bias and the last rounding are two more. What
 * is too small for that errs by the least number that there is.
 * Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002,
 * section 4.2.
 */
static void compare(struct sum *sum, cvl_dtype dtype, double magnitude,
                    double tolerance)
{
    const double epsilon = dtype == CVL_F32 ? FLT_EPSILON : DBL_EPSILON;
    const double least = dtype == CVL_F32 ? FLT_TRUE_MIN : DBL_TRUE_MIN;
    const double rounded =
        dtype == CVL_F32 ? (double)(float)sum->total : sum->total;
    const double result = sum->number.value;
    sum->allowed =
        (tolerance > 0.0 ? tolerance : ((double)sum->count + 2.0) * epsilon) *
        magnitude;
    if (magnitude > 0.0) sum->allowed += ((double)sum->count + 2.0) * least;
    sum->difference = result - sum->total;
    if (!isfinite(sum->difference))
        sum->matches = rounded == result || (isnan(rounded) && isnan(result));
    else
        sum->matches = fabs(sum->difference) <= sum->allowed ||
                       (!(tolerance > 0.0) && rounded == result);
}

cvl_status sum_terms(const cvl_terms *terms, const cvl_element *number,
                     cvl_dtype dtype, size_t limit, double tolerance,
                     struct sum *sum, cvl_error *err)
{
    struct walk walk = {.sum = sum};
    size_t count = 0, bytes;
    void *list;
    *sum = (struct sum){.number = *number};
    cvl_terms_visit(terms, number, count_term, &count);
    if (limit && limit < count) count = limit;
    if (!cvl_size_mul(count, sizeof *sum->terms, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "out of memory: %zu terms", count);
    const cvl_status status = cvl_alloc(&list, bytes, "the terms", err);
    if (status) return status;
    sum->terms = list;
    sum->listed = count;
    cvl_terms_visit(terms, number, add_term, &walk);
    sum->total = sum->bias + sum->sum;
    compare(sum, dtype, walk.magnitude, tolerance);
    return CVL_OK;
}

/* In size; infinite where one is no number. */
static double largest(const cvl_tensor *tensor)
{
    double most = 0;
    for (size_t i = 0; i < tensor->count; i++) {
        const double size = fabs(cvl_tensor_get(tensor, i));
        if (!isfinite(size)) return INFINITY;
        most = fmax(most, size);
    }
    return most;
}

void sum_widen(const cvl_terms *terms, cvl_dtype dtype, struct sum *sum)
{
    const cvl_array array = sum->number.array;
    const cvl_tensor *const left =
        array == CVL_ARRAY_GRAD ? terms->dy : terms->params[0];
    const cvl_tensor *const right =
        array == CVL_ARRAY_DX ? terms->dy : terms->x;
    if (array == CVL_ARRAY_GRAD && sum->number.param) return; /* of a bias */
    const double size = largest(left) * largest(right);
    if (isfinite(size))
        compare(sum, dtype, (double)sum->count * size + fabs(sum->bias), 0);
    else
        sum->matches = true;
}

void sum_free(struct sum *sum)
{
    cvl_free(sum->terms);
    *sum = (struct sum){0};
}
