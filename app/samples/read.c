/* read.c - see samples.h: what is read, and split. */
#include "samples/read.h"

/* Reads what the request names, puts what is held out behind it, and splits
 * that. */
static cvl_status read_and_split(const struct samples_request *request,
                                 struct samples *samples, cvl_error *err)
{
    struct hold_out how;
    struct samples test = {.count = 0};
    struct named data = {.text = request->data, .role = "data"};
    cvl_status status = hold_out_parse(request->hold_out, &how, err);
    data.color = request->color;
    data.wants_test = how.how == HOLD_OUT_DEFAULT;
    if (!status) status = named_read(&data, samples, &test, err);
    const size_t first_test = samples->count;
    if (!status && how.how == HOLD_OUT_FILES) {
        data.text = request->hold_out;
        data.role = "hold-out";
        data.words = "none, every:N, last:N, ";
        status = named_read(&data, &test, NULL, err);
        if (status == CVL_EIO && hold_out_is_number(data.text))
            status = hold_out_refuse(data.text, "", err);
    }
    if (!status && test.count)
        status = samples_append(data.text, samples, &test, err);
    samples_free(&test);
    if (!status)
        status = samples_split(samples, &how, first_test, data.is_sorted, err);
    return status || how.how != HOLD_OUT_FILES
               ? status
               : samples_count_repeats(samples, err);
}

cvl_status samples_read(const struct samples_request *request,
                        struct samples *samples, cvl_error *err)
{
    *samples = (struct samples){.count = 0};
    cvl_status status = read_and_split(request, samples, err);
    if (!status) status = samples_finish(samples, err);
    if (status) samples_free(samples);
    return status;
}

cvl_status samples_read_pairs(const struct samples_pairs *pairs,
                              struct samples *samples, cvl_error *err)
{
    struct hold_out how;
    *samples = (struct samples){.count = 0};
    cvl_status status = hold_out_parse(pairs->hold_out, &how, err);
    if (!status && how.how == HOLD_OUT_FILES)
        status = hold_out_refuse(pairs->hold_out,
                                 " beside an input and a target", err);
    if (how.how == HOLD_OUT_DEFAULT) how.how = HOLD_OUT_NONE;
    if (!status) status = pairs_read(pairs, samples, err);
    if (!status)
        status = samples_split(samples, &how, samples->count, false, err);
    if (!status) status = samples_finish(samples, err);
    if (status) samples_free(samples);
    return status;
}
