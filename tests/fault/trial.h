/* trial.h - one run of the program in which the system fails as planned. */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>

#include "fault.h"
#include "scenarios.h"
#include "tree.h"

enum { TRIAL_TEXT = 1 << 16 };

/* What shall fail, in words and for the program. */
struct plan {
    const char *name; /* "malloc", or of several calls: "memory" */
    uint64_t calls;
    uint64_t at;
    enum fault_mode mode;
    int error;

    /* What the program is put under before it starts; NULL: nothing. */
    void (*arrange)(const void *setting);
    const void *setting;
    int signal; /* that may end it; 0: none */
    int status; /* that it may end with beside 0 and 1; 0: none */
};

/* What a run left behind. */
struct outcome_of_trial {
    int status;      /* exit status, or 128 + a signal's number */
    char *out, *err; /* what it printed, TRIAL_TEXT each */
    struct tree tree;
};

/* What a scenario is when nothing fails, to compare with. */
struct trial {
    const struct scenario *scenario;
    const char *program;
    struct tree before;
    struct outcome_of_trial sound;
    struct fault_state *state; /* shared with the program */
};

/* Prepares the scenario and has the program, a path, run it undisturbed; free
 * it. The current directory must be the one of scenario_make_inputs. */
void trial_init(struct trial *trial, const char *program,
                const struct scenario *scenario);
void trial_free(struct trial *trial);

/* Runs it while the system fails as planned; free the outcome. */
void trial_run(struct trial *trial, const struct plan *plan,
               struct outcome_of_trial *outcome);
void trial_outcome_free(struct outcome_of_trial *outcome);

/*
 * What is wrong with an outcome, in `reason`; false where nothing is:
 *
 * - the program ends by itself, or by the plan's signal, frees all it took and
 * closes what it opened;
 * - success is complete: the same output and the same files as undisturbed;
 * - failure is status 1 and one line that starts with the program's name;
 * - each file is the old one or the new one, whole, and there is no other.
 */
bool trial_is_wrong(const struct trial *trial, const struct plan *plan,
                    const struct outcome_of_trial *outcome, char *reason,
                    size_t size);

#endif
