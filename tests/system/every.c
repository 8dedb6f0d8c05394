/* every.c - see every.h for the contract. */
#include "every.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fault/trial.h"
#include "fixtures.h"
#include "run.h"

/* Of one test. */
static struct {
    size_t tried, skipped;
} counts;

enum { PAGE_SIZE = 1 << 17, LINE_SIZE = 512 };

static int status_of(int status)
{
    return WIFSIGNALED(status) ? RUN_SIGNAL + WTERMSIG(status)
                               : WEXITSTATUS(status);
}

int every_wait(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) _exit(126);
    return status_of(status);
}

void every_end_as(int status)
{
    if (status > RUN_SIGNAL) {
        signal(status - RUN_SIGNAL, SIG_DFL);
        raise(status - RUN_SIGNAL);
    }
    _exit(status);
}

/* Hands on what comes from one end to another. */
static void hand_on(int from, int to, bool late)
{
    static char bytes[1 << 16];
    const struct timespec a_while = {0, 20 * 1000 * 1000};
    if (late) nanosleep(&a_while, NULL);
    signal(SIGPIPE, SIG_IGN); /* not every command reads its input */
    for (ssize_t n; (n = read(from, bytes, sizeof bytes)) > 0;)
        if (write(to, bytes, (size_t)n) != n) break;
    close(from);
    close(to);
}

void every_put_between(int stream, bool late)
{
    int ends[2];
    const int own = stream == STDIN_FILENO ? 0 : 1;
    if (pipe(ends) || (late && fcntl(ends[own], F_SETFL, O_NONBLOCK) < 0))
        _exit(126);
    const pid_t child = fork();
    if (child < 0) _exit(126);
    if (!child) {
        alarm(RUN_SECONDS);
        close(ends[!own]);
        dup2(ends[own], stream);
        close(ends[own]);
        return;
    }
    close(ends[own]);
    hand_on(own ? ends[0] : stream, own ? stream : ends[1], late);
    every_end_as(every_wait(child));
}

static bool is_wanted(const struct scenario *scenario)
{
    const char *const wish = getenv("CONVLET_SCENARIOS");
    if (!wish) return scenario->traits & SCENARIO_QUICK;
    return strcmp(wish, "all") == 0 || strcmp(wish, scenario->name) == 0;
}

/* In every test run a scenario has but some of the rows, the next one others.
 */
static bool is_due(size_t scenario, size_t row)
{
    enum { SHARE = 4 };
    return getenv("CONVLET_SCENARIOS") || (scenario + row) % SHARE == 0;
}

/* Does the text have one of the words, which bars part? */
static bool has_one(const char *text, const char *words)
{
    char word[LINE_SIZE];
    while (*words) {
        const size_t length = strcspn(words, "|");
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        if (strstr(text, word)) return true;
        words += length + (words[length] == '|');
    }
    return false;
}

/* What a row wants beside what trial_is_wrong does. */
static bool row_is_wrong(const struct row *row,
                         const struct outcome_of_trial *outcome, char *reason,
                         size_t size)
{
    const bool failed = outcome->status && outcome->status < RUN_SIGNAL;
    snprintf(reason, size, "status %d: %.200s", outcome->status, outcome->err);
    return (row->must_do_its_work && outcome->status) ||
           (failed && row->reasons && !has_one(outcome->err, row->reasons));
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
    const bool skipped = outcome.status == ROW_SKIPPED || outcome.status == 127;
    if (skipped) {
        trial_outcome_free(&outcome);
        counts.skipped++;
        return true;
    }
    counts.tried++;
    const bool wrong =
        trial_is_wrong(trial, &plan, &outcome, reason, sizeof reason) ||
        row_is_wrong(row, &outcome, reason, sizeof reason);
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
    for (size_t i = 0; i < count; i++)
        if (is_due(index, i)) wrong += !try_row(&trial, &rows[i]);
    trial_free(&trial);
    printf("%s: %zu rows, %zu that this system cannot have\n",
           scenarios[index].name, counts.tried, counts.skipped);
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
