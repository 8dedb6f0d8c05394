/* classifier.c - see classifier.h for the contract. */
#include "apply/classifier.h"

#include <stdlib.h>
#include <string.h>

#include <convlet/memory.h>

#include "base/setup.h"
#include "base/suggest.h"
#include "base/text.h"
#include "classify/softmax.h"
#include "prepare/prepare.h"

/* Cuts the lines of about.classes, as many as the net has outputs. */
static cvl_status name_classes(struct classifier *c, cvl_error *err)
{
    const size_t size = strlen(c->about.classes) + 1;
    void *text = NULL, *names = NULL;
    cvl_status status = cvl_alloc(&text, size, "the classes' names", err);
    if (!status)
        status = cvl_alloc(&names, c->classes * sizeof *c->names,
                           "the classes' names", err);
    c->text = text;
    c->names = names;
    if (status) return status;
    memcpy(c->text, c->about.classes, size);
    char *line = c->text;
    for (size_t i = 0; i < c->classes; i++) {
        c->names[i] = line;
        line += strcspn(line, "\n");
        if (*line) *line++ = '\0';
    }
    return CVL_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Answers of two classes of one name are not told apart, nor is one that has
 * none. */
static cvl_status check_names(const struct classifier *c, cvl_error *err)
{
    void *block = NULL;
    char clipped[TEXT_CLIP];
    cvl_status status = cvl_alloc(&block, c->classes * sizeof *c->names,
                                  "the classes' names", err);
    if (status) return status;
    const char **const sorted = block;
    memcpy(sorted, c->names, c->classes * sizeof *sorted);
    qsort(sorted, c->classes, sizeof *sorted, compare_names);
    if (!*sorted[0])
        status = cvl_fail(err, CVL_EFORMAT, "one of its classes has no name");
    for (size_t i = 1; !status && i < c->classes; i++)
        if (!strcmp(sorted[i - 1], sorted[i]))
            status = cvl_fail(err, CVL_EFORMAT,
                              "two of its classes have the name '%s'",
                              text_clip(sorted[i], clipped));
    cvl_free(block);
    return status;
}

cvl_status classifier_init(struct classifier *classifier,
                           const cvl_model *model, const cvl_model_about *about,
                           const struct execution_settings *settings,
                           cvl_error *err)
{
    const cvl_tensor *const input = &model->net.input;
    cvl_net_config config = {.spec = model->spec,
                             .dtype = input->dtype,
                             .algo = setup_algorithm(settings->algorithm),
                             .forward_only = true};
    *classifier = (struct classifier){
        .model = model, .about = *about, .classes = model->net.output.shape[1]};
    memcpy(config.input_shape, input->shape, sizeof config.input_shape);
    config.input_shape[0] = CLASSIFIER_BATCH;
    cvl_status status = setup_exec(settings, &config.exec, err);
    if (!status) status = name_classes(classifier, err);
    if (!status) status = check_names(classifier, err);
    if (!status) status = cvl_net_build(&classifier->net, &config, err);
    if (!status)
        status = cvl_tensor_init(&classifier->x, input->dtype, 4,
                                 config.input_shape, err);
    if (status) return status;
    cvl_net_copy_values(&classifier->net, &model->net);
    classifier->size = classifier->x.count / CLASSIFIER_BATCH;
    return CVL_OK;
}

size_t classifier_find(const struct classifier *classifier, const char *name)
{
    size_t i = 0;
    while (i < classifier->classes && strcmp(classifier->names[i], name) != 0)
        i++;
    return i;
}

cvl_status classifier_refuse(const struct classifier *classifier,
                             const char *name, cvl_error *err)
{
    struct suggestion suggestion = {.word = name};
    char clipped[TEXT_CLIP], known[TEXT_CLIP];
    struct text names = {0};
    for (size_t k = 0; k < classifier->classes; k++) {
        text_add(&names, "%s%s", k ? ", " : "", classifier->names[k]);
        suggest_try(&suggestion, classifier->names[k], classifier->names[k]);
    }
    const cvl_status status =
        cvl_fail(err, CVL_EINVAL, "'%s' is no class of the model%s%s%s",
                 text_clip(name, clipped),
                 suggestion.answer ? "; did you mean '" : ", which knows ",
                 text_clip(suggestion.answer ? suggestion.answer
                           : names.data      ? names.data
                                             : "",
                           known),
                 suggestion.answer ? "'?" : "");
    text_free(&names);
    return status;
}

void classifier_put(struct classifier *classifier, size_t slot,
                    const cvl_tensor *sample)
{
    prepare_standardize(&classifier->about, sample, slot, &classifier->x);
}

void classifier_run(struct classifier *classifier)
{
    cvl_net_forward(&classifier->net, &classifier->x);
}

void classifier_answer(const struct classifier *classifier, size_t slot,
                       double *probabilities, size_t *order)
{
    const size_t classes = classifier->classes;
    softmax_row(&classifier->net.output, slot, probabilities);
    for (size_t k = 0; k < classes; k++) {
        size_t at = k;
        for (; at && probabilities[order[at - 1]] < probabilities[k]; at--)
            order[at] = order[at - 1];
        order[at] = k;
    }
}

void classifier_free(struct classifier *classifier)
{
    cvl_net_free(&classifier->net);
    cvl_tensor_free(&classifier->x);
    cvl_free(classifier->text);
    cvl_free(classifier->names);
    *classifier = (struct classifier){0};
}
