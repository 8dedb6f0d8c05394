/* run.c - see run.h for the contract. */
#include "run.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STRANGER = 65534 }; /* nobody */
enum { WORD_LIMIT = 64, LINE_LIMIT = 8192, OUTPUT_LIMIT = 1 << 18 };

static char out_text[OUTPUT_LIMIT], err_text[OUTPUT_LIMIT];

/* A command line in parts. */
struct parts {
    char text[LINE_LIMIT];
    char *words[WORD_LIMIT + 1];
    size_t count;
    const char *out; /* a path for standard output, or NULL */
    bool closed;     /* no standard output */
    size_t reads;    /* bytes before the reader of the pipe leaves, or 0 */
};

/* Cuts the text, which words point into, at spaces outside of quotes. */
static void split(struct parts *parts)
{
    char *from = parts->text, *to = parts->text;
    while (*(from += strspn(from, " "))) {
        bool quoted = false;
        ck_assert_uint_lt(parts->count, WORD_LIMIT);
        parts->words[parts->count++] = to;
        for (; *from && (quoted || *from != ' '); from++) {
            if (*from == '\'')
                quoted = !quoted;
            else
                *to++ = *from;
        }
        if (*from) from++;
        *to++ = '\0';
    }
}

/* Takes what stands behind the arguments off them. */
static void take_redirection(struct parts *parts)
{
    const size_t count = parts->count;
    const char *const last = parts->words[count - 1];
    if (strcmp(last, ">&-") == 0) {
        parts->closed = true;
        parts->count--;
    } else if (count > 2 && strcmp(parts->words[count - 2], ">") == 0) {
        parts->out = last;
        parts->count -= 2;
    } else if (count > 2 && strcmp(parts->words[count - 2], "|") == 0) {
        ck_assert_int_eq(sscanf(last, "%zu", &parts->reads), 1);
        parts->count -= 2;
    }
    parts->words[parts->count] = NULL;
}

/* Limits a resource, where there is a limit. */
static void limit(int resource, size_t bytes)
{
    const struct rlimit both = {(rlim_t)bytes, (rlim_t)bytes};
    if (bytes) setrlimit(resource, &both);
}

/* In the child: what the conditions ask for before the program starts. */
static void submit_to(const struct conditions *conditions)
{
    if (conditions->is_stranger && geteuid() == 0 &&
        (setgid(STRANGER) || setuid(STRANGER)))
        _exit(126);
    limit(RLIMIT_FSIZE, conditions->file_limit);
    limit(RLIMIT_AS, conditions->memory);
    if (conditions->ignored) signal(conditions->ignored, SIG_IGN);
    if (conditions->terminal) setenv("TERM", conditions->terminal, 1);
}

/* In the child: standard streams as asked for, then the program. */
static _Noreturn void become_program(const struct parts *parts, int in, int out,
                                     int err)
{
    if (parts->out) out = open(parts->out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
        dup2(err, 2) < 0)
        _exit(126);
    for (int fd = 3; fd < 64; fd++) close(fd);
    if (parts->closed) close(1);
    signal(SIGPIPE, SIG_DFL);
    const char *const seconds = getenv("CONVLET_RUN_SECONDS");
    /* The alarm outlives exec. */
    alarm(seconds ? (unsigned)strtoul(seconds, NULL, 10) : RUN_SECONDS);
    execv(parts->words[0], parts->words);
    _exit(127);
}

/* Reads up to `most` bytes from the pipe's end, then closes it. */
static void read_some(int end, size_t most)
{
    size_t got = 0;
    while (got < most) {
        const ssize_t n = read(end, out_text + got, most - got);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        got += (size_t)n;
    }
    out_text[got] = '\0';
    close(end);
}

/* The whole of a temporary file, which is closed; its size. */
static size_t read_back(FILE *file, char text[OUTPUT_LIMIT])
{
    rewind(file);
    const size_t size = fread(text, 1, OUTPUT_LIMIT - 1, file);
    ck_assert_msg(feof(file) && !ferror(file), "too much output");
    text[size] = '\0';
    fclose(file);
    return size;
}

static int wait_for(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0) ck_assert_int_eq(errno, EINTR);
    return WIFEXITED(status) ? WEXITSTATUS(status)
                             : RUN_SIGNAL + WTERMSIG(status);
}

/* The two ends of a new terminal: the one to look at it, and its own. */
static void open_terminal(int *viewer, int *terminal)
{
    *viewer = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(*viewer, 0);
    ck_assert_int_eq(grantpt(*viewer), 0);
    ck_assert_int_eq(unlockpt(*viewer), 0);
    *terminal = open(ptsname(*viewer), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(*terminal, 0);
}

/* Everything that a terminal showed until its last writer left. */
static void watch_terminal(int viewer, char text[OUTPUT_LIMIT])
{
    size_t size = 0;
    for (;;) {
        const ssize_t n = read(viewer, text + size, OUTPUT_LIMIT - 1 - size);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break; /* EIO: nobody has it open any more */
        size += (size_t)n;
    }
    text[size] = '\0';
    close(viewer);
}

/* Where a file comes out of a pipe, as much as the pipe can hold. */
static int feed(int file)
{
    static char bytes[1 << 16];
    int ends[2];
    const ssize_t size = read(file, bytes, sizeof bytes);
    ck_assert_int_ge(size, 0);
    ck_assert_int_lt(size, (ssize_t)sizeof bytes);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], bytes, (size_t)size), size);
    close(ends[1]);
    close(file);
    return ends[0];
}

static int open_input(const struct conditions *conditions)
{
    const char *const name = conditions->input;
    const int file = open(name ? name : "/dev/null", O_RDONLY);
    ck_assert_int_ge(file, 0);
    return conditions->piped ? feed(file) : file;
}

static void send_later(pid_t child, const struct conditions *conditions)
{
    if (!conditions->signal) return;
    struct timespec left = {conditions->delay / 1000000,
                            conditions->delay % 1000000 * 1000};
    while (nanosleep(&left, &left) < 0 && errno == EINTR) {
    }
    kill(child, conditions->signal);
}

struct outcome run(const char *line)
{
    static const struct conditions none = {0};
    return run_under(&none, line);
}

/* The program as a child. Where a signal comes before the program does, it is
 * not for the handlers of Check, which would end the test. */
static pid_t start(const struct conditions *conditions,
                   const struct parts *parts, int in, int out, int err)
{
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    const pid_t child = fork();
    if (!child) {
        signal(SIGINT, SIG_DFL);
        signal(SIGTERM, SIG_DFL);
        submit_to(conditions);
        sigprocmask(SIG_SETMASK, &before, NULL);
        become_program(parts, in, out, err);
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    ck_assert_int_ge(child, 0);
    return child;
}

struct outcome run_under(const struct conditions *conditions, const char *line)
{
    struct parts parts = {.count = 0};
    struct outcome outcome = {.out = out_text, .err = err_text};
    FILE *const out = tmpfile(), *const err = tmpfile();
    int ends[2] = {-1, -1}, viewer = -1, terminal = -1;
    const int length =
        snprintf(parts.text, sizeof parts.text, "%s %s", CONVLET_PROGRAM, line);
    ck_assert_int_lt(length, LINE_LIMIT);
    ck_assert(out && err);
    split(&parts);
    take_redirection(&parts);
    if (parts.reads) ck_assert_int_eq(pipe(ends), 0);
    if (conditions->hangs_up) {
        open_terminal(&ends[0], &ends[1]);
        parts.reads = conditions->hangs_up;
    }
    if (conditions->terminal) open_terminal(&viewer, &terminal);
    fflush(NULL);
    const int in = open_input(conditions);
    const pid_t child =
        start(conditions, &parts, in, parts.reads ? ends[1] : fileno(out),
              conditions->terminal ? terminal : fileno(err));
    close(in);
    if (conditions->terminal) {
        close(terminal);
        watch_terminal(viewer, err_text);
    }
    send_later(child, conditions);
    if (parts.reads) {
        close(ends[1]);
        read_some(ends[0], parts.reads);
        outcome.out_size = strlen(out_text);
    }
    outcome.status = wait_for(child);
    if (parts.reads)
        fclose(out);
    else
        outcome.out_size = read_back(out, out_text);
    if (conditions->terminal)
        fclose(err);
    else
        read_back(err, err_text);
    ck_assert_msg(!strstr(err_text, "(null)") && !strstr(out_text, "(null)"),
                  "convlet %s: prints a text that is none: %s%s", line,
                  out_text, err_text);
    return outcome;
}

struct outcome run_expect(int status, const char *line)
{
    const struct outcome outcome = run(line);
    ck_assert_msg(outcome.status == status,
                  "convlet %s: exit status %d, expected %d: %s", line,
                  outcome.status, status, outcome.err);
    return outcome;
}
