/* trial_judge.c - see trial.h: what a run may leave behind. */
#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "run.h"
#include "trial.h"

/* Where the reason goes. */
struct verdict {
    char *reason;
    size_t size;
};

__attribute__((format(printf, 2, 3))) static bool wrong(
    const struct verdict *verdict, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(verdict->reason, verdict->size, format, args);
    va_end(args);
    return true;
}

static bool names_call(const struct plan *plan, enum fault_call call)
{
    return plan->calls >> call & 1;
}

/* A file that a run appends to as it goes: what is there must be right. */
static bool grows(const struct scenario *scenario, const struct tree_file *file)
{
    return (scenario->traits & SCENARIO_RUN) &&
           (strstr(file->name, "loss.csv") ||
            strstr(file->name, "epochs.csv") || strstr(file->name, ".convlet"));
}

/* A checkpoint on the way is right if the run that goes on from it ends as
 * the one that was not disturbed. */
static bool goes_on(const struct trial *trial, const struct tree_file *file)
{
    static const char *const same[] = {"run/loss.csv", "run/model.safetensors",
                                       "run/checkpoint.safetensors"};
    struct tree tree;
    bool right = true;
    if (!(trial->scenario->traits & SCENARIO_RUN) ||
        strcmp(file->name, "run/checkpoint.safetensors") != 0)
        return false;
    ck_assert_int_eq(chdir("work"), 0);
    run_expect(0, "train --quiet --threads 1 --resume run");
    ck_assert_int_eq(chdir(".."), 0);
    tree_read(&tree, "work");
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        const struct tree_file *const got = tree_find(&tree, same[i]);
        right = right && got &&
                tree_same(got, tree_find(&trial->sound.tree, same[i]));
    }
    tree_free(&tree);
    return right;
}

/* Each file is old or new, and whole; no other file is there. */
static bool files_are_wrong(const struct trial *trial, const struct plan *plan,
                            const struct outcome_of_trial *outcome,
                            const struct verdict *verdict)
{
    for (size_t i = 0; i < outcome->tree.count; i++) {
        const struct tree_file *const file = &outcome->tree.file[i];
        const struct tree_file *const old =
            tree_find(&trial->before, file->name);
        const struct tree_file *const new =
            tree_find(&trial->sound.tree, file->name);
        if (!old && !new) {
            /* What cannot be removed stays. */
            if (names_call(plan, FAULT_unlinkat)) continue;
            return wrong(verdict, "left %s behind", file->name);
        }
        if ((old && tree_same(file, old)) || (new &&tree_same(file, new)) ||
            (new &&grows(trial->scenario, file) && tree_begins(file, new)) ||
            goes_on(trial, file))
            continue;
        return wrong(verdict, "%s is neither the old file nor the new one",
                     file->name);
    }
    return false;
}

/* Nothing that was there and is to stay is lost. */
static bool files_are_lost(const struct trial *trial,
                           const struct outcome_of_trial *outcome,
                           const struct verdict *verdict)
{
    /* A run that takes the place of another removes that first. */
    if (strstr(trial->scenario->line, "--force --out") ||
        strcmp(trial->scenario->name, "train_over") == 0)
        return false;
    for (size_t i = 0; i < trial->before.count; i++)
        if (!tree_find(&outcome->tree, trial->before.file[i].name))
            return wrong(verdict, "lost %s", trial->before.file[i].name);
    return false;
}

/* Success is complete. */
static bool success_is_wrong(const struct trial *trial,
                             const struct outcome_of_trial *outcome,
                             const struct verdict *verdict)
{
    const struct tree *const tree = &trial->sound.tree;
    for (size_t i = 0; i < tree->count; i++) {
        const struct tree_file *const file =
            tree_find(&outcome->tree, tree->file[i].name);
        if (!file)
            return wrong(verdict, "status 0, but no %s", tree->file[i].name);
        if (!tree_same(file, &tree->file[i]))
            return wrong(verdict, "status 0, but %s differs", file->name);
    }
    if (!(trial->scenario->traits & SCENARIO_TIMED) &&
        strcmp(outcome->out, trial->sound.out) != 0)
        return wrong(verdict, "status 0, but other output: %.80s",
                     outcome->out);
    return false;
}

/* What follows the notes that an undisturbed run prints too, and the one that
 * there are fewer threads. */
static const char *skip_notes(const char *text, const char *notes)
{
    static const char fewer[] = "convlet: note: the system gives ";
    for (;;) {
        const size_t length = strcspn(notes, "\n") + 1;
        if (!*notes || strncmp(text, notes, length) != 0) break;
        text += length;
        notes += length;
    }
    if (strncmp(text, fewer, sizeof fewer - 1) == 0)
        text += strcspn(text, "\n") + 1;
    return text;
}

/* Whether there are lines, and all of them begin with the program's name. A
 * command of several files says of each why it failed. */
static bool are_messages(const char *text, bool several)
{
    size_t lines = 0;
    for (const char *line = text; *line; lines++) {
        const char *const end = strchr(line, '\n');
        if (strncmp(line, "convlet", 7) != 0 || !end) return false;
        line = end + 1;
    }
    return lines == 1 || (several && lines > 1);
}

/* One line that names the program and the reason. */
static bool message_is_wrong(const struct trial *trial,
                             const struct outcome_of_trial *outcome,
                             const struct verdict *verdict)
{
    static const char *const senseless[] = {"Success", "(null)", "error 0",
                                            "Inappropriate ioctl"};
    const char *const text = skip_notes(outcome->err, trial->sound.err);
    const bool several = trial->scenario->traits & SCENARIO_MANY;
    if (!are_messages(text, several))
        return wrong(verdict, "not one line on stderr: '%.200s'", text);
    for (size_t i = 0; i < sizeof senseless / sizeof senseless[0]; i++)
        if (strstr(text, senseless[i]))
            return wrong(verdict, "no reason on stderr: '%.200s'", text);
    return false;
}

bool trial_is_wrong(const struct trial *trial, const struct plan *plan,
                    const struct outcome_of_trial *outcome, char *reason,
                    size_t size)
{
    const struct verdict verdict = {reason, size};
    const struct fault_state *const state = trial->state;
    if (plan->signal && outcome->status == RUN_SIGNAL + plan->signal)
        return files_are_wrong(trial, plan, outcome, &verdict) ||
               files_are_lost(trial, outcome, &verdict);
    if (outcome->status >= RUN_SIGNAL)
        return wrong(&verdict, "ended by signal %d: %.200s",
                     outcome->status - RUN_SIGNAL, outcome->err);
    if (state->blocks)
        return wrong(&verdict, "%d blocks of memory are not freed",
                     (int)state->blocks);
    if (state->files)
        return wrong(&verdict, "%d files are left open", (int)state->files);
    if (files_are_wrong(trial, plan, outcome, &verdict) ||
        files_are_lost(trial, outcome, &verdict))
        return true;
    if (outcome->status == 0) return success_is_wrong(trial, outcome, &verdict);
    if (plan->error == EINTR || plan->mode == FAULT_SHORT)
        return wrong(&verdict, "status %d, but nothing is broken: %.200s",
                     outcome->status, outcome->err);
    /* Without a child a JPEG cannot be read: that is refused, as a format. */
    const bool refused =
        outcome->status == 3 && strstr(outcome->err, "can be jailed");
    const bool foreseen = plan->status && outcome->status == plan->status;
    if (outcome->status != 1 && !refused && !foreseen)
        return wrong(&verdict, "status %d, expected 1: %.200s", outcome->status,
                     outcome->err);
    return message_is_wrong(trial, outcome, &verdict);
}
