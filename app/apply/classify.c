/* classify.c - see classify.h for the contract. */
#include "apply/classify.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <convlet/memory.h>

#include "apply/answers.h"
#include "apply/classifier.h"
#include "apply/truth.h"
#include "base/net_words.h"
#include "base/say.h"
#include "prepare/examples.h"

struct job {
    const struct config *config;
    struct classifier classifier;
    struct prepare prepare; /* what pictures become */
    struct truth truth;     /* of --compare */
    struct confusion confusion;
    struct answers answers;
    double *probabilities; /* [classes], of one sample */
    size_t *order;
    size_t count;                        /* samples of the batch so far */
    struct text names[CLASSIFIER_BATCH]; /* of each, and its class: */
    size_t labels[CLASSIFIER_BATCH];
    cvl_status failed; /* of the first sample that has no answer */
};

/* Says what a sample of the batch is. One that has no answer is told of; where
 * answers are compared, it would make the verdict another. */
static cvl_status answer_one(struct job *job, size_t slot, cvl_error *err)
{
    const char *const name = job->names[slot].data;
    classifier_answer(&job->classifier, slot, job->probabilities, job->order);
    if (isnan(job->probabilities[job->order[0]])) {
        const cvl_status status = cvl_fail(
            err, CVL_EFORMAT,
            "%s: the net's numbers are not finite, and tell no class; look at "
            "them with convlet conv --model %s",
            name, job->config->show.model);
        if (job->config->apply.compare) return status;
        say(stderr, "convlet apply: %s", err->message);
        job->failed = status;
        return CVL_OK;
    }
    if (job->labels[slot] < job->classifier.classes)
        confusion_add(&job->confusion, job->labels[slot], job->order[0]);
    return answers_add(&job->answers,
                       &(struct answer){.name = name,
                                        .truth = job->labels[slot],
                                        .probabilities = job->probabilities,
                                        .order = job->order},
                       err);
}

/* Runs what has come together, and answers each. */
static cvl_status flush(struct job *job, cvl_error *err)
{
    cvl_status status = CVL_OK;
    if (job->count) classifier_run(&job->classifier);
    for (size_t i = 0; !status && i < job->count; i++)
        status = answer_one(job, i, err);
    job->count = 0;
    return status;
}

/* The class that a sample has, by --compare or by its folder. */
static cvl_status find_label(struct job *job, const struct example *example,
                             size_t *label, cvl_error *err)
{
    const struct classifier *const c = &job->classifier;
    *label = c->classes;
    if (job->config->apply.compare) return truth_next(&job->truth, label, err);
    if (!example->truth) return CVL_OK;
    *label = classifier_find(c, example->truth);
    if (*label < c->classes) return CVL_OK;
    return classifier_refuse(c, example->truth, err);
}

static cvl_status take(void *context, const struct example *example,
                       cvl_error *err)
{
    struct job *const job = context;
    struct text *const name = &job->names[job->count];
    size_t *const label = &job->labels[job->count];
    cvl_status status = find_label(job, example, label, err);
    if (status) return cvl_error_prefix(err, status, "%s", example->name);
    text_free(name);
    text_add(name, "%s", example->name);
    status = text_status(name, err);
    if (status) return status;
    classifier_put(&job->classifier, job->count, example->x);
    return ++job->count < CLASSIFIER_BATCH ? CVL_OK : flush(job, err);
}

/* One bad file does not keep the others waiting; the first one counts. */
static cvl_status visit_all(struct job *job, cvl_status *failed, cvl_error *err)
{
    const struct config *const config = job->config;
    struct example_reader reader = {.command = "apply",
                                    .divisor = job->classifier.about.divisor,
                                    .prepare = &job->prepare,
                                    .shape = job->classifier.x.shape,
                                    .quiet = config->output.quiet,
                                    .strict = config->apply.compare,
                                    .visit = take,
                                    .context = job};
    cvl_status status = CVL_OK;
    for (size_t i = 0; !status && i < config->apply.file_count; i++) {
        status = examples_visit(&reader, config->apply.files[i], err);
        if (!status || reader.strict) continue;
        say(stderr, "convlet apply: %s", err->message);
        if (!reader.failed) reader.failed = status;
        status = CVL_OK;
    }
    if (!status) status = flush(job, err);
    *failed = reader.failed ? reader.failed : job->failed;
    if (!status && config->apply.compare)
        status = truth_check_end(&job->truth, err);
    return status;
}

static cvl_status prepare(struct job *job, const cvl_model *model,
                          const cvl_model_about *about, cvl_error *err)
{
    const struct config *const config = job->config;
    struct classifier *const c = &job->classifier;
    void *probabilities = NULL, *order = NULL;
    cvl_status status =
        classifier_init(c, model, about, &config->execution, err);
    if (status == CVL_EFORMAT)
        return cvl_error_prefix(err, status, "%s", config->show.model);
    if (!status) {
        status = prepare_of_model(model, about, &job->prepare, err);
        if (status)
            return cvl_error_prefix(err, status, "%s", config->show.model);
    }
    if (!status) status = confusion_init(&job->confusion, c->classes, err);
    if (!status)
        status = cvl_alloc(&probabilities, c->classes * sizeof(double),
                           "an answer", err);
    if (!status)
        status =
            cvl_alloc(&order, c->classes * sizeof(size_t), "an answer", err);
    job->probabilities = probabilities;
    job->order = order;
    job->answers = (struct answers){.format = config->apply.format,
                                    .classes = c->classes,
                                    .names = c->names};
    if (!status && config->apply.compare)
        status = truth_read(&job->truth, config->apply.compare, c, err);
    return status;
}

/* --verbose: which algorithm each layer takes, and why. */
static void print_choices(const struct job *job)
{
    const struct output_settings *const output = &job->config->output;
    struct text words = {0};
    if (!output->verbose || output->quiet) return;
    net_words_add(&job->classifier.net, &words);
    if (words.data) fputs(words.data, stderr);
    text_free(&words);
}

cvl_status classify_files(const struct config *config, const cvl_model *model,
                          const cvl_model_about *about, cvl_status *failed,
                          cvl_error *err)
{
    struct job job = {.config = config};
    cvl_status status = prepare(&job, model, about, err);
    *failed = CVL_OK;
    if (!status) print_choices(&job);
    if (!status) status = visit_all(&job, failed, err);
    if (!status) status = answers_end(&job.answers, &job.confusion, err);
    for (size_t i = 0; i < CLASSIFIER_BATCH; i++) text_free(&job.names[i]);
    truth_free(&job.truth);
    cvl_free(job.probabilities);
    cvl_free(job.order);
    confusion_free(&job.confusion);
    classifier_free(&job.classifier);
    return status;
}
