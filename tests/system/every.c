/* every.c - see every.h for the contract. */
#include "every.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault/trial.h"
#include "fixtures.h"

enum { PAGE_SIZE = 1 << 17, LINE_SIZE = 512 };

static bool is_wanted(const struct scenario *scenario)
{
    const char *const wish = getenv("CONVLET_SCENARIOS");
    if (!wish) return scenario->traits & SCENARIO_QUICK;
    return strcmp(wish, "all") == 0 || strcmp(wish, scenario->name) == 0;
}

/* One run; false where it ended wrong, which is said. */
static bool try_row(struct trial *trial, const struct row *row)
{
    char reason[512];
    struct outcome_of_trial outcome;
    const struct plan plan = {.name = row->name,
                              .arrange = row->arrange,
                              .setting = row->setting,
                              .signal = row->signal,
                              .status = row->status};
    trial_run(trial, &plan, &outcome);
    bool wrong = trial_is_wrong(trial, &plan, &outcome, reason, sizeof reason);
    if (!wrong && row->must_do_its_work && outcome.status) {
        snprintf(reason, sizeof reason, "status %d: %.200s", outcome.status,
                 outcome.err);
        wrong = true;
    }
    if (wrong)
        fprintf(stderr, "%s: %s: %s\n", trial->scenario->name, row->name,
                reason);
    trial_outcome_free(&outcome);
    return !wrong;
}

void every_row(size_t index, const struct row *rows, size_t count)
{
    struct trial trial;
    size_t wrong = 0;
    if (!is_wanted(&scenarios[index])) return;
    trial_init(&trial, CONVLET_PROGRAM, &scenarios[index]);
    for (size_t i = 0; i < count; i++) wrong += !try_row(&trial, &rows[i]);
    trial_free(&trial);
    printf("%s: %zu rows\n", scenarios[index].name, count);
    ck_assert_msg(!wrong, "%s: %zu wrong ends", scenarios[index].name, wrong);
}

void every_begin(void)
{
    enter_scratch();
    scenario_make_inputs();
}

void expect_page(const char *head, const struct row *rows, size_t count)
{
    static char page[PAGE_SIZE];
    char line[LINE_SIZE];
    get_text(PAGE, page, sizeof page);
    snprintf(line, sizeof line, "\n%s\n|---|---|\n", head);
    const char *at = strstr(page, line);
    ck_assert_msg(at, "the page has no table %s", head);
    at += strlen(line);
    for (size_t i = 0; i < count; i++) {
        if (i && strcmp(rows[i].name, rows[i - 1].name) == 0) continue;
        snprintf(line, sizeof line, "| %s | %s |\n", rows[i].name,
                 rows[i].says);
        ck_assert_msg(strncmp(at, line, strlen(line)) == 0,
                      "the page has\n%.200s\ninstead of\n%s", at, line);
        at += strlen(line);
    }
    ck_assert_msg(*at != '|', "the page has a row too many: %.200s", at);
}
