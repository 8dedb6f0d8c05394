/* trial.c - see trial.h for the contract. */
#include "trial.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixtures.h"
#include "run.h"

static const char STATE[] = "state", OUT[] = "out", ERR[] = "err";

static struct fault_state *share_state(void)
{
    const int fd = open(STATE, O_RDWR | O_CREAT | O_TRUNC, 0666);
    ck_assert(fd >= 0 && !ftruncate(fd, sizeof(struct fault_state)));
    void *const shared = mmap(NULL, sizeof(struct fault_state),
                              PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ck_assert_ptr_ne(shared, MAP_FAILED);
    close(fd);
    return shared;
}

/* In the child: the end of a pipe that the file, a small one, comes out of. */
static int feed(const char *path)
{
    char bytes[4096];
    int ends[2];
    const int file = open(path, O_RDONLY);
    const ssize_t size = read(file, bytes, sizeof bytes);
    if (size < 0 || pipe(ends) || write(ends[1], bytes, (size_t)size) != size)
        _exit(126);
    close(ends[1]);
    return ends[0];
}

/* In the child: the program in the directory "work", or what CONVLET_LAUNCHER
 * names, which is told the program and its words. */
static _Noreturn void become_program(const char *program, const char *line,
                                     const struct plan *plan)
{
    enum { WORDS = 48 };
    char *const launcher = getenv("CONVLET_LAUNCHER");
    char path[512], text[1024], *words[WORDS], *from = text;
    size_t count = 0;
    if (launcher) words[count++] = launcher;
    words[count++] = path;
    const int in = feed("in/grey.png");
    const int out = open(OUT, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    const int err = open(ERR, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    snprintf(path, sizeof path, "%s", program);
    snprintf(text, sizeof text, "%s", line);
    while (*(from += strspn(from, " ")) && count < WORDS - 1) {
        const char *const end = *from == '\'' ? "'" : " ";
        if (*from == '\'') from++;
        words[count++] = from;
        from += strcspn(from, end);
        if (*from) *from++ = '\0';
    }
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 ||
        setenv("CONVLET_FAULT", "../state", 1) || chdir("work"))
        _exit(126);
    for (int fd = 3; fd < 64; fd++) close(fd);
    words[count] = NULL;
    alarm(RUN_SECONDS); /* it outlives exec */
    if (plan->arrange) plan->arrange(plan->setting);
    execv(words[0], words);
    _exit(127);
}

static char *read_text(const char *path)
{
    char *const text = malloc(TRIAL_TEXT);
    ck_assert_ptr_nonnull(text);
    get_text(path, text, TRIAL_TEXT);
    return text;
}

void trial_run(struct trial *trial, const struct plan *plan,
               struct outcome_of_trial *outcome)
{
    int status = 0;
    tree_restore(&trial->before, "work");
    *trial->state = (struct fault_state){.calls = plan->calls,
                                         .at = plan->at,
                                         .mode = plan->mode,
                                         .error = plan->error};
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (!child) become_program(trial->program, trial->scenario->line, plan);
    while (waitpid(child, &status, 0) < 0) ck_assert_int_eq(errno, EINTR);
    outcome->status =
        WIFEXITED(status) ? WEXITSTATUS(status) : RUN_SIGNAL + WTERMSIG(status);
    outcome->out = read_text(OUT);
    outcome->err = read_text(ERR);
    tree_read(&outcome->tree, "work");
}

void trial_outcome_free(struct outcome_of_trial *outcome)
{
    free(outcome->out);
    free(outcome->err);
    tree_free(&outcome->tree);
}

void trial_init(struct trial *trial, const char *program,
                const struct scenario *scenario)
{
    static const struct plan nothing = {.name = "nothing"};
    char reason[512];
    trial->scenario = scenario;
    trial->program = program;
    trial->state = share_state();
    remove_tree("work");
    ck_assert(!mkdir("work", 0777) && !chdir("work"));
    if (scenario->prepare) run_expect(0, scenario->prepare);
    ck_assert_int_eq(chdir(".."), 0);
    tree_read(&trial->before, "work");
    trial_run(trial, &nothing, &trial->sound);
    ck_assert_msg(trial->sound.status == 0, "%s: %s", scenario->name,
                  trial->sound.err);
    ck_assert_msg(
        !trial_is_wrong(trial, &nothing, &trial->sound, reason, sizeof reason),
        "%s: %s", scenario->name, reason);
}

void trial_free(struct trial *trial)
{
    munmap(trial->state, sizeof *trial->state);
    trial_outcome_free(&trial->sound);
    tree_free(&trial->before);
}
