/* plan.c - which samples each step takes, as a file says. */
#include <math.h>

#include <convlet/memory.h>

#include "data/array_file.h"
#include "samples/samples.h"

/* Copies the numbers, each of which must be that of a sample. */
static cvl_status take(const cvl_numbers *numbers, size_t count,
                       struct samples_plan *plan, cvl_error *err)
{
    void *block;
    if (numbers->ndim != 2)
        return cvl_fail(err, CVL_EFORMAT,
                        "has %zu ax%s; expected two, steps x batch",
                        numbers->ndim, numbers->ndim == 1 ? "is" : "es");
    const cvl_status status = cvl_alloc(
        &block, numbers->count * sizeof *plan->index, "an order", err);
    if (status) return status;
    *plan = (struct samples_plan){
        .steps = numbers->shape[0], .batch = numbers->shape[1], .index = block};
    for (size_t i = 0; i < numbers->count; i++) {
        const double value = cvl_numbers_get(numbers, i);
        if (!(value >= 0 && value < (double)count && value == floor(value)))
            return cvl_fail(err, CVL_EFORMAT,
                            "step %zu takes sample %.17g; expected whole "
                            "numbers from 0 to %zu, of the training part",
                            i / plan->batch, value, count - 1);
        plan->index[i] = (size_t)value;
    }
    return CVL_OK;
}

cvl_status samples_plan_read(const char *path, size_t count,
                             struct samples_plan *plan, cvl_error *err)
{
    struct array_file file;
    *plan = (struct samples_plan){.steps = 0};
    cvl_status status = array_file_read(path, &file, err);
    if (status) return status;
    status = take(&file.numbers, count, plan, err);
    if (status) cvl_error_prefix(err, status, "%s", path);
    if (status) samples_plan_free(plan);
    plan->mark = file.mark;
    array_file_free(&file);
    return status;
}
