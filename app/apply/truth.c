/* truth.c - see truth.h for the contract. */
#include "apply/truth.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include <convlet/memory.h>
#include <convlet/size.h>

#include "base/input.h"
#include "base/text.h"
#include "data/array_file.h"

static const char BETWEEN[] = ", ";

static cvl_status make_room(struct truth *truth, size_t count, cvl_error *err)
{
    const size_t sizes[2] = {count, sizeof *truth->labels};
    size_t bytes;
    void *labels;
    if (!cvl_size_product(sizes, 2, &bytes))
        return cvl_fail(err, CVL_ENOMEM, "%zu labels are too many", count);
    const cvl_status status = cvl_alloc(&labels, bytes, "labels", err);
    if (status) return status;
    truth->labels = labels;
    return CVL_OK;
}

static cvl_status take_numbers(struct truth *truth, const cvl_numbers *numbers,
                               size_t classes, cvl_error *err)
{
    const cvl_status status = make_room(truth, numbers->count, err);
    if (status) return status;
    for (; truth->count < numbers->count; truth->count++) {
        const double label = cvl_numbers_get(numbers, truth->count);
        if (!(label >= 0 && label < (double)classes && floor(label) == label))
            return cvl_fail(err, CVL_EFORMAT,
                            "label %zu is %g; expected whole numbers from 0 to "
                            "%zu, as the model has %zu classes",
                            truth->count, label, classes - 1, classes);
        truth->labels[truth->count] = (size_t)label;
    }
    return CVL_OK;
}

static cvl_status read_file(struct truth *truth, size_t classes, cvl_error *err)
{
    struct array_file file;
    cvl_status status = array_file_read(truth->text, &file, err);
    if (status) return status;
    status = take_numbers(truth, &file.numbers, classes, err);
    array_file_free(&file);
    return status ? cvl_error_prefix(err, status, "%s", input_name(truth->text))
                  : CVL_OK;
}

/* Names of classes, which have no comma and no space in them. */
static cvl_status read_names(struct truth *truth,
                             const struct classifier *classifier,
                             cvl_error *err)
{
    const char *at = truth->text + strspn(truth->text, BETWEEN);
    cvl_status status = make_room(truth, strlen(at), err);
    while (!status && *at) {
        const size_t length = strcspn(at, BETWEEN);
        struct text name = {0};
        text_add(&name, "%.*s", (int)length, at);
        status = text_status(&name, err);
        if (!status) {
            size_t *const label = &truth->labels[truth->count++];
            *label = classifier_find(classifier, name.data);
            if (*label == classifier->classes)
                status = classifier_refuse(classifier, name.data, err);
        }
        text_free(&name);
        at += length;
        at += strspn(at, BETWEEN);
    }
    return status ? cvl_error_prefix(err, status, "--compare") : CVL_OK;
}

cvl_status truth_read(struct truth *truth, const char *text,
                      const struct classifier *classifier, cvl_error *err)
{
    struct stat info;
    *truth = (struct truth){.text = text};
    return input_is_stdin(text) || stat(text, &info) == 0
               ? read_file(truth, classifier->classes, err)
               : read_names(truth, classifier, err);
}

cvl_status truth_next(struct truth *truth, size_t *label, cvl_error *err)
{
    if (truth->next == truth->count)
        return cvl_fail(err, CVL_ESHAPE, "has no label: --compare %s has %zu",
                        truth->text, truth->count);
    *label = truth->labels[truth->next++];
    return CVL_OK;
}

cvl_status truth_check_end(const struct truth *truth, cvl_error *err)
{
    if (truth->next == truth->count) return CVL_OK;
    return cvl_fail(err, CVL_ESHAPE,
                    "--compare %s has %zu labels for %zu "
                    "samples",
                    truth->text, truth->count, truth->next);
}

void truth_free(struct truth *truth)
{
    cvl_free(truth->labels);
    *truth = (struct truth){0};
}
