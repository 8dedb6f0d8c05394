/* samples.c - fuzz target: what becomes samples, and lines about them. */
#include "convlet/idx.h"
#include "convlet/npy.h"
#include "fuzz.h"
#include "prepare/prepare.h"
#include "samples/read.h"

/* The parts hold every sample once, and every label is that of a class. */
static void expect_whole(const struct samples *set)
{
    FUZZ_EXPECT(set->training.count >= 1);
    FUZZ_EXPECT(set->training.count + set->held_out.count == set->count);
    for (size_t i = 0; set->labels && i < set->count; i++)
        FUZZ_EXPECT(set->labels[i] < SAMPLES_MAX_CLASSES);
}

/* Holds some of them out, as a text says that goes before the data. */
static void split(struct samples *set, const char *text)
{
    cvl_error err = {0};
    struct hold_out how;
    cvl_status status = hold_out_parse(text, &how, &err);
    if (!status) status = samples_split(set, &how, set->count, true, &err);
    if (status)
        fuzz_expect_refusal(status, &err);
    else
        expect_whole(set);
}

static void view(const uint8_t *bytes, size_t size, cvl_numbers *numbers)
{
    if (cvl_idx_parse(bytes, size, numbers, NULL))
        cvl_npy_view(bytes, size, numbers, NULL);
}

/* Two arrays, the first of which has as many bytes as the first byte says. */
static cvl_status take_arrays(const uint8_t *bytes, size_t size,
                              struct samples *set, cvl_error *err)
{
    cvl_numbers x = {.width = 0}, labels = {.width = 0};
    const size_t first = size ? bytes[0] : 0;
    size_t count = 0;
    if (first + 1 > size) return CVL_OK;
    view(bytes + 1, first, &x);
    view(bytes + 1 + first, size - 1 - first, &labels);
    if (!x.data || !labels.data) return CVL_OK;
    const cvl_status status =
        samples_take(&x, 255, &set->input, &set->count, err);
    if (status) return status;
    FUZZ_EXPECT(set->input.size * set->count == x.count);
    return samples_take_labels(&labels, &set->labels, &count, err);
}

static void prepare(const char *line)
{
    struct prepare prepare, again;
    struct text text = {0};
    if (!prepare_parse(line, &prepare)) return;
    prepare_write(&prepare, &text);
    FUZZ_EXPECT(text.data && prepare_parse(text.data, &again));
    FUZZ_EXPECT(again.low == prepare.low && again.fill == prepare.fill);
    text_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { TEXT = 12 };
    struct samples set = {.count = 0};
    cvl_error err = {0};
    cvl_status status = CVL_OK;
    char *const text = malloc(size + 1);
    FUZZ_EXPECT(text);
    memcpy(text, bytes, size);
    text[size] = '\0';
    prepare(text);
    if (size > TEXT) {
        const cvl_bytes rest = {(unsigned char *)text + TEXT, size - TEXT};
        status = bytes[0] & 1
                     ? take_arrays(bytes + TEXT, size - TEXT, &set, &err)
                     : cifar_parse(&rest, &set, &err);
        if (status) fuzz_expect_refusal(status, &err);
        text[TEXT - 1] = '\0';
        if (!status && set.count) split(&set, text);
    }
    samples_free(&set);
    free(text);
    return 0;
}
