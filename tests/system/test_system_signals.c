/* test_system_signals.c - every signal, whenever it comes to a run. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "every.h"
#include "expect.h"
#include "fixtures.h"
#include "run.h"

/* What a signal does to a run that trains. */
enum end { SAVES, DIES, NOTHING, STOPS };

static const char SAVED[] =
    "a checkpoint is saved, status 130, `--resume` goes on; before the first "
    "step the run just ends; a second one ends it at once";
static const char KILLED[] =
    "the run ends by it; `--resume` goes on from the last checkpoint";
static const char PASSED[] = "nothing";
static const char STOPPED[] = "the run stops, and goes on at SIGCONT";

static const struct {
    const char *name, *says; /* of it and its like, in the page */
    int number;
    enum end end;
} signals[] = {
#define SAVING "SIGINT, SIGTERM, SIGHUP, SIGXCPU"
    {SAVING, SAVED, SIGINT, SAVES},       {SAVING, SAVED, SIGTERM, SAVES},
    {SAVING, SAVED, SIGHUP, SAVES},       {SAVING, SAVED, SIGXCPU, SAVES},
#define KILLING                                                                \
    "SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO, " \
    "SIGSYS, SIGTRAP, SIGABRT, SIGKILL and the like"
    {KILLING, KILLED, SIGQUIT, DIES},     {KILLING, KILLED, SIGPIPE, DIES},
    {KILLING, KILLED, SIGALRM, DIES},     {KILLING, KILLED, SIGUSR1, DIES},
    {KILLING, KILLED, SIGUSR2, DIES},     {KILLING, KILLED, SIGVTALRM, DIES},
    {KILLING, KILLED, SIGPROF, DIES},     {KILLING, KILLED, SIGIO, DIES},
    {KILLING, KILLED, SIGSYS, DIES},      {KILLING, KILLED, SIGTRAP, DIES},
    {KILLING, KILLED, SIGABRT, DIES},     {KILLING, KILLED, SIGKILL, DIES},
#define PASSING "SIGCHLD, SIGURG, SIGWINCH, SIGCONT, SIGXFSZ"
    {PASSING, PASSED, SIGCHLD, NOTHING},  {PASSING, PASSED, SIGURG, NOTHING},
    {PASSING, PASSED, SIGWINCH, NOTHING}, {PASSING, PASSED, SIGCONT, NOTHING},
    {PASSING, PASSED, SIGXFSZ, NOTHING},
#define STOPPING "SIGTSTP, SIGTTIN, SIGTTOU, SIGSTOP"
    {STOPPING, STOPPED, SIGTSTP, STOPS},  {STOPPING, STOPPED, SIGTTIN, STOPS},
    {STOPPING, STOPPED, SIGTTOU, STOPS},  {STOPPING, STOPPED, SIGSTOP, STOPS},
};
enum { SIGNALS = sizeof signals / sizeof *signals };

/* How the program gets it from its parent. */
static const char *const dispositions[] = {"as it comes", "ignored", "blocked"};
enum disposition { DEFAULT, IGNORED, BLOCKED, DISPOSITIONS };

/* When it comes: while the settings are read, between steps, or when all steps
 * are done. */
static const char *const phases[] = {"start", "training", "end"};
enum phase { START, TRAINING, ENDING, PHASES };

enum { STEPS = 400, SOME = 120 };
#define RUN_LINE                                                         \
    "train --quiet --threads 1 --steps 400 --rtol 0 --atol 0 --lr 1e-6 " \
    "--checkpoint-every 100 --out "

static void pause_shortly(void)
{
    const struct timespec a_while = {0, 500 * 1000};
    nanosleep(&a_while, NULL);
}

/* The lines of a log, so far. */
static size_t lines_of(const char *name)
{
    char text[4096];
    size_t lines = 0;
    FILE *const stream = fopen(name, "r");
    if (!stream) return 0;
    for (size_t n; (n = fread(text, 1, sizeof text, stream));)
        for (size_t i = 0; i < n; i++) lines += text[i] == '\n';
    fclose(stream);
    return lines;
}

/* In the child: the program with this line, of plain words. Its errors go to a
 * file. */
static _Noreturn void become(const char *line)
{
    enum { WORDS = 40 };
    static char text[1024];
    char *words[WORDS] = {text}, *from = text;
    size_t count = 0;
    const struct rlimit none = {0, 0};
    snprintf(text, sizeof text, "%s %s", CONVLET_PROGRAM, line);
    while (*from && count < WORDS - 1) {
        words[count++] = from;
        from += strcspn(from, " ");
        if (*from) *from++ = '\0';
    }
    const int out = open("/dev/null", O_WRONLY);
    const int said = open("said", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (setrlimit(RLIMIT_CORE, &none) || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(said, STDERR_FILENO) < 0)
        _exit(126);
    execv(words[0], words);
    _exit(127);
}

/* The run as a child, which reads its settings from a pipe whose other end is
 * *settings. No signal comes before all is arranged. */
static pid_t start(int number, enum disposition disposition, int *settings)
{
    int ends[2];
    sigset_t all, before;
    sigfillset(&all);
    ck_assert_int_eq(pipe(ends), 0);
    sigprocmask(SIG_BLOCK, &all, &before);
    const pid_t child = fork();
    if (!child) {
        close(ends[1]);
        if (dup2(ends[0], STDIN_FILENO) < 0) _exit(126);
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        if (disposition == IGNORED) signal(number, SIG_IGN);
        if (disposition == BLOCKED) sigaddset(&before, number);
        sigprocmask(SIG_SETMASK, &before, NULL);
        become(RUN_LINE "run --config -");
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert_int_ge(child, 0);
    close(ends[0]);
    *settings = ends[1];
    return child;
}

/* Sends it when the phase has come; the run's status. A stopped one goes on. */
static int disturb(int number, enum disposition disposition, enum phase phase,
                   bool stops)
{
    int status = 0, settings;
    const pid_t child = start(number, disposition, &settings);
    for (int i = 0; i < 20; i++) pause_shortly();
    if (phase == START) kill(child, number);
    if (phase == START && stops) {
        ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
        ck_assert(WIFSTOPPED(status));
        kill(child, SIGCONT);
    }
    close(settings);
    if (phase != START) {
        const size_t wanted = phase == TRAINING ? SOME : STEPS + 1;
        while (lines_of("run/loss.csv") < wanted &&
               waitpid(child, &status, WNOHANG) == 0)
            pause_shortly();
        kill(child, number);
        if (stops && waitpid(child, &status, WUNTRACED) == child &&
            WIFSTOPPED(status))
            kill(child, SIGCONT);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? RUN_SIGNAL + WTERMSIG(status)
                               : WEXITSTATUS(status);
}

/* Of a run that ended before it was done: goes on with what it left. */
static void go_on(void)
{
    run_expect(0, access("run/checkpoint.safetensors", F_OK)
                      ? RUN_LINE "run --force"
                      : "train --quiet --resume run");
}

/* Is that an end that the signal may have in this phase? */
static bool may_end(enum end end, enum phase phase, int number, int status)
{
    const bool dies = status == RUN_SIGNAL + number;
    switch (end) {
    case SAVES:
        return phase == START ? dies
                              : status == 130 || (phase == ENDING && !status);
    case DIES: return dies || (phase == ENDING && !status);
    default: return status == 0;
    }
}

static void try_signal(size_t i, enum disposition disposition, enum phase phase)
{
    char said[4096];
    const int number = signals[i].number;
    const bool is_let = disposition == DEFAULT;
    const enum end end = is_let ? signals[i].end : NOTHING;
    if (!is_let && (number == SIGKILL || number == SIGSTOP)) return;
    remove_tree("run");
    const int status = disturb(number, disposition, phase, end == STOPS);
    get_text("said", said, sizeof said);
    ck_assert_msg(may_end(end, phase, number, status),
                  "signal %d, %s, at the %s: status %d: %.300s", number,
                  dispositions[disposition], phases[phase], status, said);
    if (status == 130 && phase != START)
        ck_assert_ptr_nonnull(strstr(said, "--resume run"));
    if (phase == START && status)
        ck_assert_int_ne(access("run", F_OK), 0);
    else if (status)
        go_on();
    if (phase == START && status) return;
    expect_same_bytes("run/model.safetensors", "whole/model.safetensors");
    expect_same_bytes("run/loss.csv", "whole/loss.csv");
}

/* In every test run some of the cells, in turn; CONVLET_SCENARIOS=all: all. */
START_TEST(a_signal_does_what_the_page_says)
{
    enum { SHARE = 27 };
    size_t cells = 0;
    for (enum disposition d = 0; d < DISPOSITIONS; d++)
        for (enum phase p = 0; p < PHASES; p++, cells++)
            if (getenv("CONVLET_SCENARIOS") ||
                (cells + (size_t)_i) % SHARE == 0 ||
                (d == DEFAULT && p == TRAINING))
                try_signal((size_t)_i, d, p);
}
END_TEST

START_TEST(processor_time_that_is_over_saves)
{
    char said[4096];
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (!child) {
        const struct rlimit time = {1, 20};
        setrlimit(RLIMIT_CPU, &time);
        become("train --quiet --steps 1000000000 --rtol 0 --atol 0 --lr 1e-9 "
               "--log-every 1000 --out timed");
    }
    ck_assert_int_eq(every_wait(child), 130);
    get_text("said", said, sizeof said);
    ck_assert_int_eq(access("timed/checkpoint.safetensors", F_OK), 0);
}
END_TEST

START_TEST(the_page_says_what_signals_do)
{
    struct row rows[SIGNALS];
    for (size_t i = 0; i < SIGNALS; i++)
        rows[i] =
            (struct row){.name = signals[i].name, .says = signals[i].says};
    expect_page("| signal | what happens to a run that trains |", rows,
                SIGNALS);
}
END_TEST

static void begin(void)
{
    enter_scratch();
    run_expect(0, RUN_LINE "whole");
}

int main(void)
{
    Suite *const suite = suite_create("system_signals");
    TCase *const all = tcase_create("system_signals");
    tcase_set_timeout(all, 120);
    tcase_add_unchecked_fixture(all, begin, leave_scratch);
    tcase_add_loop_test(all, a_signal_does_what_the_page_says, 0, SIGNALS);
    tcase_add_test(all, processor_time_that_is_over_saves);
    tcase_add_test(all, the_page_says_what_signals_do);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
