/* truth.c - see truth.h for the contract. */
#include "apply/truth.h"

#include <string.h>

#include <convlet/loss.h>
#include <convlet/number.h>

#include "base/input.h"
#include "base/text.h"
#include "data/array_file.h"
#include "data/listing.h"

static const char BETWEEN[] = ", ";

static cvl_status read_file(struct truth *truth, size_t classes, cvl_error *err)
{
    cvl_tensor *const labels = &truth->labels;
    const cvl_status status = array_file_read_all(truth->text, labels, err);
    if (status) return status;
    truth->count = labels->count;
    cvl_error why;
    if (!cvl_loss_check_labels(labels, classes, &why)) return CVL_OK;
    return cvl_fail(err, CVL_EFORMAT, "%s: %s", input_name(truth->text),
                    why.message);
}

/* Names of classes, which have no comma and no space in them. */
static cvl_status read_names(struct truth *truth,
                             const struct classifier *classifier,
                             cvl_error *err)
{
    const char *at = truth->text + strspn(truth->text, BETWEEN);
    const size_t room = strlen(at) + 1;
    cvl_status status = cvl_tensor_init(&truth->labels, CVL_F64, 1, &room, err);
    while (!status && *at) {
        const size_t length = strcspn(at, BETWEEN);
        struct text name = {0};
        text_add(&name, "%.*s", (int)length, at);
        status = text_status(&name, err);
        if (!status) {
            const size_t label = classifier_find(classifier, name.data);
            cvl_tensor_set(&truth->labels, truth->count++, (double)label);
            if (label == classifier->classes)
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
    bool exists, is_directory;
    *truth = (struct truth){.text = text};
    const cvl_status status = listing_look(text, &exists, &is_directory, err);
    if (input_is_stdin(text) || (!status && exists))
        return read_file(truth, classifier->classes, err);
    return status ? status : read_names(truth, classifier, err);
}

cvl_status truth_next(struct truth *truth, size_t *label, cvl_error *err)
{
    if (truth->next == truth->count)
        return cvl_fail(err, CVL_ESHAPE, "has no label: --compare %s has %zu",
                        truth->text, truth->count);
    *label = (size_t)cvl_tensor_get(&truth->labels, truth->next++);
    return CVL_OK;
}

cvl_status truth_check_end(const struct truth *truth, cvl_error *err)
{
    if (truth->next == truth->count) return CVL_OK;
    return cvl_fail(err, CVL_ESHAPE,
                    "--compare %s has %zu label%s for %zu "
                    "sample%s",
                    truth->text, truth->count, cvl_plural(truth->count),
                    truth->next, cvl_plural(truth->next));
}

void truth_free(struct truth *truth)
{
    cvl_tensor_free(&truth->labels);
    *truth = (struct truth){0};
}
