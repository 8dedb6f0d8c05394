/* literal.c - see literal.h for the contract. */
#include "data/literal.h"

#include <math.h>
#include <string.h>

#include <convlet/memory.h>
#include <convlet/number.h>

#include "base/suggest.h"
#include "base/text.h"

static const char BLANK[] = " \t\r\n", SPACE[] = " \t\r\n,";
static const char LISTED[] = "0123456789+-.eE \t\r\n,";

enum maker { MAKE_ONES, MAKE_ZEROS, MAKE_RANGE, MAKE_UNIFORM, MAKE_NORMAL };

static const char *const makers[] = {"ones", "zeros", "range", "uniform",
                                     "normal"};

enum { MAKERS = sizeof makers / sizeof makers[0] };

/* Which word the text starts with, and where its axes are; MAKERS if none. */
static size_t find_maker(const char *text, const char **axes)
{
    for (size_t i = 0; i < MAKERS; i++) {
        const size_t length = strlen(makers[i]);
        if (strncmp(text, makers[i], length) != 0 || text[length] != ':')
            continue;
        *axes = text + length + 1;
        return i;
    }
    return MAKERS;
}

bool literal_is(const char *text)
{
    const char *axes;
    if (find_maker(text, &axes) < MAKERS) return true;
    text += strspn(text, SPACE);
    if (*text == '[') return true;
    const char first = text[strspn(text, "+-.")];
    return first >= '0' && first <= '9' && !text[strspn(text, LISTED)];
}

const char *literal_near(const char *text)
{
    char word[16];
    const size_t length = strcspn(text, ":");
    struct suggestion suggestion = {.word = word};
    if (!text[length] || length >= sizeof word) return NULL;
    memcpy(word, text, length);
    word[length] = '\0';
    for (size_t i = 0; i < MAKERS; i++)
        suggest_try(&suggestion, makers[i], makers[i]);
    return suggestion.answer;
}

/* A list of numbers, as far as it has been read. */
struct list {
    const char *text;            /* all of it */
    const char *at;              /* what comes next */
    double *values;              /* where they go; NULL: they are counted */
    size_t count;                /* of numbers so far */
    size_t depth;                /* brackets that are open */
    size_t ndim;                 /* how deep the numbers lie; 0: none so far */
    size_t shape[CVL_MAX_NDIM];  /* of axes that were closed; else 0 */
    size_t length[CVL_MAX_NDIM]; /* entries so far, of what is open */
    cvl_error *err;
};

/* "'[1, x]': expected a number, at 'x]'" */
static cvl_status refuse(const struct list *list, const char *what)
{
    char all[TEXT_CLIP], rest[TEXT_CLIP];
    const char *const at = *list->at ? list->at : "its end";
    const char *const quote = *list->at ? "'" : "";
    return cvl_fail(list->err, CVL_EINVAL, "'%s': %s, at %s%s%s",
                    text_clip(list->text, all), what, quote,
                    text_clip(at, rest), quote);
}

static cvl_status open_axis(struct list *list)
{
    if (list->depth == CVL_MAX_NDIM) return refuse(list, "more than four axes");
    if (list->ndim && list->depth >= list->ndim)
        return refuse(list, "a row beside a number");
    if (list->depth) list->length[list->depth - 1]++;
    list->length[list->depth++] = 0;
    return CVL_OK;
}

static cvl_status close_axis(struct list *list)
{
    if (!list->depth) return refuse(list, "no bracket is open");
    const size_t axis = list->depth - 1;
    if (!list->length[axis]) return refuse(list, "an empty row");
    if (!list->shape[axis]) list->shape[axis] = list->length[axis];
    if (list->shape[axis] != list->length[axis])
        return refuse(list, "rows of different lengths");
    list->depth--;
    return CVL_OK;
}

static cvl_status read_number(struct list *list)
{
    const size_t length = strspn(list->at, CVL_NUMBER_CHARACTERS);
    const char *end;
    const double value = cvl_number_read(list->at, &end);
    if (!length || end != list->at + length)
        return refuse(list, "expected a number");
    if (!isfinite(value)) return refuse(list, "beyond what a number can hold");
    if (!list->ndim) list->ndim = list->depth;
    if (list->depth != list->ndim) return refuse(list, "a number beside a row");
    if (list->values) list->values[list->count] = value;
    list->count++;
    list->length[list->depth - 1]++;
    list->at = end;
    return CVL_OK;
}

/* Goes on to what comes next; behind an entry one comma may lie between. */
static cvl_status skip(struct list *list, bool is_behind_entry)
{
    list->at += strspn(list->at, BLANK);
    if (!is_behind_entry || *list->at != ',') return CVL_OK;
    list->at++;
    list->at += strspn(list->at, BLANK);
    if (*list->at && !strchr(",]", *list->at)) return CVL_OK;
    return refuse(list, "expected a number");
}

/* The whole text. Without brackets it is the inside of one pair. */
static cvl_status read_list(struct list *list)
{
    cvl_status status = skip(list, false);
    const bool is_bare = *list->at != '[';
    if (is_bare) status = open_axis(list);
    while (!status && *list->at) {
        const char c = *list->at;
        if (!list->depth && list->ndim)
            return refuse(list, "more than one array");
        if (c == '[' || c == ']') {
            status = c == '[' ? open_axis(list) : close_axis(list);
            list->at++;
        } else {
            status = read_number(list);
        }
        if (!status) status = skip(list, c != '[');
    }
    if (!status && is_bare) status = close_axis(list);
    if (!status && list->depth)
        status = refuse(list, "a bracket is not closed");
    return status;
}

/* Twice over the text: once to measure, once to keep the numbers. */
static cvl_status parse_list(const char *text, cvl_tensor *tensor,
                             cvl_error *err)
{
    struct list list = {.text = text, .at = text, .err = err};
    cvl_status status = read_list(&list);
    if (!status)
        status = cvl_tensor_init(tensor, CVL_F64, list.ndim, list.shape, err);
    if (status) return status;
    struct list again = {
        .text = text, .at = text, .err = err, .values = tensor->data};
    return read_list(&again);
}

static cvl_status read_axes(const char *text, const char *axes, size_t *ndim,
                            size_t shape[CVL_MAX_NDIM], cvl_error *err)
{
    char all[TEXT_CLIP];
    bool good = true;
    const char *at = axes;
    for (*ndim = 0; good && *ndim < CVL_MAX_NDIM; ++*ndim) {
        good = cvl_size_parse(&at, NULL, &shape[*ndim]) && shape[*ndim];
        if (*at != ',') {
            ++*ndim;
            break;
        }
        at++;
    }
    if (good && !*at) return CVL_OK;
    return cvl_fail(err, CVL_EINVAL,
                    "'%s': expected one to four axes behind the colon, as "
                    "ones:2,4,5,5",
                    text_clip(text, all));
}

static cvl_status make(const char *text, enum maker maker, const char *axes,
                       cvl_random *random, cvl_tensor *tensor, cvl_error *err)
{
    char all[TEXT_CLIP];
    size_t ndim, shape[CVL_MAX_NDIM];
    cvl_status status = CVL_OK;
    if (maker >= MAKE_UNIFORM && !random)
        return cvl_fail(err, CVL_EINVAL,
                        "'%s': random arrays are for `convlet conv` and "
                        "`convlet explain`; name a file or write the numbers",
                        text_clip(text, all));
    status = read_axes(text, axes, &ndim, shape, err);
    if (!status) status = cvl_tensor_init(tensor, CVL_F64, ndim, shape, err);
    if (status) return status;
    switch (maker) {
    case MAKE_ONES: cvl_tensor_fill(tensor, 1.0); break;
    case MAKE_ZEROS: break;
    case MAKE_RANGE:
        for (size_t i = 0; i < tensor->count; i++)
            cvl_tensor_set(tensor, i, (double)(i + 1));
        break;
    case MAKE_UNIFORM: cvl_random_fill_uniform(random, tensor, 0, 1); break;
    case MAKE_NORMAL: cvl_random_fill_normal(random, tensor, 0, 1); break;
    }
    return CVL_OK;
}

cvl_status literal_parse(const char *text, cvl_random *random,
                         cvl_tensor *tensor, cvl_error *err)
{
    const char *axes;
    const size_t maker = find_maker(text, &axes);
    *tensor = (cvl_tensor){0};
    if (maker == MAKERS) return parse_list(text, tensor, err);
    return make(text, (enum maker)maker, axes, random, tensor, err);
}
