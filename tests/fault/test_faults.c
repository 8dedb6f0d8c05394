/* test_faults.c - every call of the system fails, each in its turn. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "expect.h"
#include "fixtures.h"
#include "trial.h"

/*
 * Each call of fault.h fails the first time it is made, in the next run the
 * second time, and so on, until a run ends before: once alone, and once with
 * all that follow. CONVLET_FAULTS says how many places of a call are tried:
 * unset, one in the quick scenarios; "most": all, but some in the long ones;
 * "all"; "shared": some, in those that ranks share (tests/ranks/faults.sh). To
 * see one case alone, name it as a complaint does:
 *
 *     CONVLET_FAULTS=resume:malloc:3:ever test_faults
 */
enum { COMPLAINTS = 20, FEW = 1, SOME = 8 };

enum kind { KIND_MEMORY, KIND_DISK, KIND_PROCESS };

static const struct {
    const char *name;
    int error;
    enum kind kind;
} calls[] = {
#define FAULT_ROW(name, error, kind) {#name, error, KIND_##kind},
    FAULT_CALLS(FAULT_ROW)
#undef FAULT_ROW
};

static const char *const mode_names[] = {"once", "ever", "short"};

/* What all scenarios together saw, across the forks of the runner. */
static struct {
    size_t injected, scenarios, wrong;
} * total;

static const char *wish(void)
{
    const char *const text = getenv("CONVLET_FAULTS");
    return text ? text : "few";
}

/* In how many places a call of the scenario fails; 0: in all. */
static uint64_t place_count(const struct scenario *scenario)
{
    if (strcmp(wish(), "few") == 0) return FEW;
    const bool some =
        strcmp(wish(), "most") == 0 || strcmp(wish(), "shared") == 0;
    return some && (scenario->traits & SCENARIO_LONG) ? SOME : 0;
}

static bool is_wanted(const struct scenario *scenario)
{
    const size_t length = strlen(scenario->name);
    if (strcmp(wish(), "few") == 0) return scenario->traits & SCENARIO_QUICK;
    if (strcmp(wish(), "shared") == 0)
        return scenario->traits & SCENARIO_SHARED;
    if (!strchr(wish(), ':')) return true;
    return strncmp(wish(), scenario->name, length) == 0 &&
           wish()[length] == ':';
}

static void name_case(const struct trial *trial, const struct plan *plan,
                      char *name, size_t size)
{
    snprintf(name, size, "%s:%s:%llu:%s%s", trial->scenario->name, plan->name,
             (unsigned long long)plan->at, mode_names[plan->mode],
             plan->error == EINTR ? "-interrupted" : "");
}

/* One run; false where the plan's call did not come any more. */
static bool try_one(struct trial *trial, const struct plan *plan)
{
    struct outcome_of_trial outcome;
    char name[96], reason[512];
    name_case(trial, plan, name, sizeof name);
    trial_run(trial, plan, &outcome);
    const bool came = trial->state->injected > 0;
    if (strcmp(wish(), name) == 0)
        printf("status %d\n%s%s", outcome.status, outcome.out, outcome.err);
    total->injected += came;
    if (came && trial_is_wrong(trial, plan, &outcome, reason, sizeof reason) &&
        total->wrong++ < COMPLAINTS)
        fprintf(stderr, "%s: %s\n", name, reason);
    trial_outcome_free(&outcome);
    return came;
}

/* The plan's calls, each in its turn. */
static void try_each(struct trial *trial, struct plan plan)
{
    uint64_t made = 0;
    for (int c = 0; c < FAULT_CALL_COUNT; c++)
        if (plan.calls >> c & 1) made += trial->state->seen[c];
    const uint64_t places = place_count(trial->scenario);
    const uint64_t stride = places ? 1 + made / places : 1;
    while (try_one(trial, &plan)) plan.at += stride;
}

/* Several calls at once: from some point on there is no memory, or no disk. */
static void try_kind(struct trial *trial, enum kind kind, const char *name,
                     int error)
{
    struct plan plan = {.name = name, .mode = FAULT_EVER, .error = error};
    for (int c = 0; c < FAULT_CALL_COUNT; c++)
        if (calls[c].kind == kind) plan.calls |= UINT64_C(1) << c;
    try_each(trial, plan);
}

static void try_call(struct trial *trial, enum fault_call call)
{
    struct plan plan = {.name = calls[call].name,
                        .calls = UINT64_C(1) << call,
                        .error = calls[call].error};
    try_each(trial, plan);
    plan.mode = FAULT_EVER;
    try_each(trial, plan);
    if (call == FAULT_read || call == FAULT_write) {
        plan.mode = FAULT_SHORT;
        try_each(trial, plan);
    }
    if (call == FAULT_read || call == FAULT_write || call == FAULT_close ||
        call == FAULT_poll || call == FAULT_waitpid) {
        plan.mode = FAULT_ONCE;
        plan.error = EINTR;
        try_each(trial, plan);
    }
}

START_TEST(nothing_is_lost_leaked_or_passed_over_in_silence)
{
    struct trial trial;
    const struct scenario *const scenario = &scenarios[_i];
    if (!is_wanted(scenario)) return;
    scenario_make_inputs();
    trial_init(&trial, CONVLET_FAULTY, scenario);
    const size_t before = total->wrong;
    total->scenarios++;
    for (int call = 0; call < FAULT_CALL_COUNT; call++)
        try_call(&trial, (enum fault_call)call);
    try_kind(&trial, KIND_MEMORY, "memory", ENOMEM);
    try_kind(&trial, KIND_DISK, "disk", EIO);
    trial_free(&trial);
    ck_assert_msg(total->wrong == before, "%s: %zu wrong ends", scenario->name,
                  total->wrong - before);
}
END_TEST

int main(void)
{
    Suite *const suite = suite_create("faults");
    TCase *const all = tcase_create("faults");
    total = mmap(NULL, sizeof *total, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (total == MAP_FAILED) return EXIT_FAILURE;
    tcase_set_timeout(all, 7000);
    tcase_add_checked_fixture(all, enter_scratch, leave_scratch);
    tcase_add_loop_test(all, nothing_is_lost_leaked_or_passed_over_in_silence,
                        0, (int)scenario_count);
    suite_add_tcase(suite, all);
    const int failed = run_suite(suite);
    printf("%zu faults injected into %zu command lines, %zu wrong ends\n",
           total->injected, total->scenarios, total->wrong);
    return failed;
}
