/* model_match.c - see model_match.h for the contract. */
#include "convlet/model_match.h"

#include <string.h>

bool cvl_model_shape_fits(const cvl_tensor *value, const cvl_param *param)
{
    const cvl_tensor *const want = &param->value;
    const bool is_matrix = value->ndim == 2 && want->ndim == 4 &&
                           value->shape[0] == want->shape[0] &&
                           value->count == want->count;
    return is_matrix || !cvl_tensor_check("", value, value->dtype, want->ndim,
                                          want->shape, NULL);
}

bool cvl_model_is_buffer(const cvl_net *net, const cvl_param *param)
{
    return param >= net->buffers && param < net->buffers + net->buffer_count;
}

/* The bytes of a name before the last dot: "module.3" of "module.3.weight". */
static size_t module_length(const char *name)
{
    const char *const dot = strrchr(name, '.');
    return dot ? (size_t)(dot - name) : 0;
}

/* "weight" */
static const char *own_name(const char *name)
{
    const char *const dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

static bool same_module(const char *a, const char *b)
{
    const size_t length = module_length(a);
    return length == module_length(b) && strncmp(a, b, length) == 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* How many digits there are at `at`, which moves behind zeros before them. */
static size_t digits_at(const char **at)
{
    static const char digits[] = "0123456789";
    while (**at == '0' && is_digit((*at)[1])) ++*at;
    return strspn(*at, digits);
}

/* Does the module of `a` come before that of `b`, numbers by what they are? */
static bool comes_before(const char *a, const char *b)
{
    const char *const end_a = a + module_length(a);
    const char *const end_b = b + module_length(b);
    while (a < end_a && b < end_b) {
        if (is_digit(*a) && is_digit(*b)) {
            const size_t more = digits_at(&a), other = digits_at(&b);
            const int order = strncmp(a, b, more);
            if (more != other) return more < other;
            if (order) return order < 0;
            a += more;
            b += more;
        } else {
            if (*a != *b) return *a < *b;
            a++;
            b++;
        }
    }
    return a == end_a && b < end_b;
}

/* Indices of a file's arrays, in some order. */
typedef struct order {
    size_t count;
    size_t at[CVL_MATCH_MAX];
} order;

/* Sorts by the numbers of the modules; those of a module stay as they are. */
static void sort_modules(const cvl_safetensors *file, order *all)
{
    for (size_t i = 1; i < all->count; i++) {
        const size_t moved = all->at[i];
        size_t to = i;
        while (to > 0 && comes_before(file->tensors[moved].name,
                                      file->tensors[all->at[to - 1]].name)) {
            all->at[to] = all->at[to - 1];
            to--;
        }
        all->at[to] = moved;
    }
}

/* The array for a param among the `count` from `first` on, all of which are of
 * one module; NULL where there is none, or two modules. */
static const cvl_tensor *find_in_module(const cvl_safetensors *file,
                                        const order *all, size_t first,
                                        size_t count, const cvl_param *param)
{
    const cvl_tensor *found = NULL;
    const char *const module = file->tensors[all->at[first]].name;
    for (size_t i = first; i < first + count; i++) {
        const cvl_named_tensor *const named = &file->tensors[all->at[i]];
        if (!same_module(named->name, module)) return NULL;
        if (!strcmp(own_name(named->name), own_name(param->name)))
            found = &named->tensor;
    }
    return found && cvl_model_shape_fits(found, param) ? found : NULL;
}

/* How many of the params from `first` on are of one layer. */
static size_t count_layer(const cvl_model_match *match, size_t first)
{
    size_t count = 1;
    while (first + count < match->count &&
           same_module(match->params[first]->name,
                       match->params[first + count]->name))
        count++;
    return count;
}

/* Module by module, in this order; false where one does not fit its layer. */
static bool take_modules(cvl_model_match *match, const cvl_safetensors *file,
                         const order *all)
{
    for (size_t first = 0, count; first < match->count; first += count) {
        count = count_layer(match, first);
        for (size_t i = first; i < first + count; i++) {
            match->values[i] =
                find_in_module(file, all, first, count, match->params[i]);
            if (!match->values[i]) return false;
        }
    }
    return true;
}

/* Array by array, where no name says what it is. */
static bool take_arrays(cvl_model_match *match, const cvl_safetensors *file)
{
    for (size_t i = 0; i < match->count; i++) {
        const char *const name = own_name(file->tensors[i].name);
        for (size_t p = 0; p < match->count; p++)
            if (!strcmp(name, own_name(match->params[p]->name))) return false;
        match->values[i] = &file->tensors[i].tensor;
        if (!cvl_model_shape_fits(match->values[i], match->params[i]))
            return false;
    }
    return true;
}

static bool take_by_order(cvl_model_match *match, const cvl_safetensors *file)
{
    order all = {.count = match->count};
    if (file->tensor_count != match->count || !match->count) return false;
    for (size_t i = 0; i < all.count; i++) all.at[i] = i;
    order sorted = all;
    sort_modules(file, &sorted);
    return take_modules(match, file, &sorted) ||
           take_modules(match, file, &all) || take_arrays(match, file);
}

/* All that the net has, layer by layer. */
static void list_params(cvl_model_match *match, const cvl_net *net)
{
    size_t param = 0, buffer = 0;
    match->count = 0;
    for (size_t i = 0; i < net->layer_count; i++) {
        cvl_layer_info info;
        cvl_net_layer_info(net, i, &info);
        for (size_t k = 0; k < info.param_count; k++)
            match->params[match->count++] = &net->params[param++];
        for (size_t k = 0; k < info.buffer_count; k++)
            match->params[match->count++] = &net->buffers[buffer++];
    }
}

void cvl_model_match_find(cvl_model_match *match, const cvl_safetensors *file,
                          const cvl_net *net, bool loose)
{
    cvl_model_match named = {0};
    bool whole = true;
    list_params(&named, net);
    *match = named;
    for (size_t i = 0; i < named.count; i++) {
        const cvl_param *const param = named.params[i];
        named.values[i] = cvl_safetensors_find(file, param->name);
        whole = whole && (named.values[i] || cvl_model_is_buffer(net, param));
    }
    match->by_order = loose && !whole && take_by_order(match, file);
    if (!match->by_order) *match = named;
}
