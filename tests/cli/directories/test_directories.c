/* test_directories.c - the page's table of what may happen to a directory. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "expect.h"
#include "fixtures.h"
#include "kinds.h"
#include "run.h"
#include "sanitized.h"
#include "table.h"
#include "things.h"
#include "tree.h"

#define PAGE TEST_DATA "/../docs/reliability.md"

enum { PATH = 512, TEXT = 1 << 18, MOST_KINDS = 8 };

static struct row rows[MOST_ROWS];
static size_t row_count;
static char base[PATH];
static bool all_kinds; /* and not one for each case */

/* A run that waits until its losses are read. */
struct held {
    pid_t child;
    int losses;
};

/* What came of a command. */
struct end {
    int status;
    char err[TEXT];
};

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

/* All runs are made once; nothing is changed but in "work". */
static void enter(void)
{
    enter_scratch();
    ck_assert_ptr_nonnull(getcwd(base, sizeof base));
    ck_assert_int_eq(chmod(base, 0755), 0);
    kinds_make();
}

/* In a child that ends as the run does, with what it said in a file. */
static struct held hold(const char *line)
{
    struct held held = {0, -1};
    char into[COMMAND_LINE], losses[PATH + 16], first[2048];
    snprintf(losses, sizeof losses, "%s/losses", base);
    unlink(losses);
    ck_assert_int_eq(mkfifo(losses, 0666), 0);
    snprintf(into, sizeof into, "%s > %s", line, losses);
    held.child = fork();
    ck_assert_int_ge(held.child, 0);
    if (held.child == 0) {
        const struct outcome outcome = run(into);
        if (chdir(base)) _exit(126);
        put_bytes("said", outcome.err, strlen(outcome.err));
        _exit(outcome.status);
    }
    held.losses = open(losses, O_RDONLY);
    ck_assert_int_ge(held.losses, 0);
    for (size_t got = 0; got < sizeof first;) {
        const ssize_t n = read(held.losses, first, sizeof first - got);
        if (n <= 0) break;
        got += (size_t)n;
    }
    return held;
}

/* Until it has filled the pipe, and waits: its losses grow no more. */
static void wait_until_held(void)
{
    enum { LOOKS = 8, PAUSE = 50 /* ms */ };
    off_t size = 0;
    for (int same = 0; same < LOOKS; same++) {
        struct stat now;
        poll(NULL, 0, PAUSE);
        if (stat("run/loss.csv", &now)) now.st_size = 0;
        if (now.st_size != size || size == 0) same = 0;
        size = now.st_size;
    }
}

static void let_go(const struct held *held, struct end *end)
{
    char block[4096];
    int status;
    while (read(held->losses, block, sizeof block) > 0) continue;
    close(held->losses);
    ck_assert_int_eq(waitpid(held->child, &status, 0), held->child);
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    snprintf(block, sizeof block, "%s/said", base);
    get_text(block, end->err, sizeof end->err);
}

static void run_now(const char *line, const struct circumstances *under,
                    struct end *end)
{
    const struct conditions conditions = {.file_limit = under->file_limit,
                                          .is_stranger = under->is_stranger};
    const struct outcome outcome = run_under(&conditions, line);
    end->status = outcome.status;
    snprintf(end->err, sizeof end->err, "%s", outcome.err);
}

/* One case of a row. */
struct trial {
    const struct row *row;
    const struct way *way;
    const struct command *command;
    const struct kind *kind;
    const char *path;
    char line[COMMAND_LINE];
    char before[TREE_TEXT], after[TREE_TEXT];
    struct end end;
};

/* What its results do not change, or nothing does. */
static const char *left_out(const struct row *row)
{
    return strcmp(row->stays, "all") == 0 ? "" : "run fresh out moved";
}

static void do_it(struct trial *t)
{
    const char *const but = left_out(t->row);
    struct held held = {0, -1};
    struct end first;
    char far[COMMAND_LINE];
    if (t->way->when == BESIDE) {
        held = hold(command_line(command_find("go far"), t->kind, far));
        wait_until_held();
    }
    if (t->way->when != UNDER_WAY) {
        t->way->make(t->path);
        tree_list(".", but, t->before);
        run_now(t->line, &t->way->under, &t->end);
    } else {
        held = hold(t->line);
        wait_until_held();
        t->way->make(t->path);
        tree_list(".", but, t->before);
        let_go(&held, &t->end);
    }
    tree_list(".", but, t->after);
    if (t->way->when == BESIDE) let_go(&held, &first);
}

/* How many lines say why it ended. */
static size_t count_reasons(const char *err)
{
    size_t count = 0;
    for (const char *line = err; line;) {
        char command[16];
        int used = 0;
        if (sscanf(line, "convlet %15[a-z]: %n", command, &used) == 1 && used &&
            strncmp(line + used, "note: ", 6) != 0 &&
            strncmp(line + used, "warning: ", 9) != 0 &&
            strncmp(line + used, "preset ", 7) != 0 &&
            strncmp(line + used, "seed ", 5) != 0)
            count++;
        line = strchr(line, '\n');
        if (line) line++;
    }
    return count;
}

/* The results are those of a run that nothing happened to. */
static void expect_wanted(const struct trial *t)
{
    static const char *const files[] = {"model.safetensors", "loss.csv",
                                        "epochs.csv", "checkpoint.safetensors"};
    char got[PATH], wanted[2 * PATH];
    const struct command *const c = t->command;
    const bool has_moved =
        !exists("run/model.safetensors") && exists("moved/model.safetensors");
    snprintf(wanted, sizeof wanted, "%s/%s.wanted/%s", base, t->kind->name,
             c->wanted);
    if (strchr(c->results, '.')) {
        expect_same_bytes(c->results, wanted);
        return;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(wanted, sizeof wanted, "%s/%s.wanted/%s/%s", base,
                 t->kind->name, c->wanted, files[i]);
        snprintf(got, sizeof got, "%s/%s", has_moved ? "moved" : c->results,
                 files[i]);
        if (exists(wanted)) expect_same_bytes(got, wanted);
    }
}

/* How many bytes of both texts are the same, in whole lines. */
static size_t count_same(const char *one, const char *other)
{
    size_t same = 0, line = 0;
    for (; one[same] && one[same] == other[same]; same++)
        if (one[same] == '\n') line = same + 1;
    return one[same] || other[same] ? line : same;
}

static void check(const struct trial *t)
{
    const struct row *const row = t->row;
    const char *const said = strcmp(row->said, "-") == 0 ? "" : row->said;
    const int status = (int)strtol(row->status, NULL, 10);
    ck_assert_msg(t->end.status == status && strstr(t->end.err, said),
                  "line %zu: %s %s, %s: status %d: %.2000s", row->line, t->path,
                  row->way, t->line, t->end.status, t->end.err);
    ck_assert_msg(status == 0 || count_reasons(t->end.err) == 1,
                  "line %zu: no single reason: %.2000s", row->line, t->end.err);
    const size_t same = count_same(t->before, t->after);
    ck_assert_msg(!t->before[same] && !t->after[same],
                  "line %zu: %s %s, %s: before: %.300s\nafter: %.300s",
                  row->line, t->path, row->way, t->line, t->before + same,
                  t->after + same);
    if (strcmp(row->stays, "same end") == 0 && t->command->results)
        expect_wanted(t);
}

/* Does the kind have that, and the command? */
static bool applies(const struct trial *t, const struct thing *thing)
{
    if (t->command->kind && strcmp(t->command->kind, t->kind->name) != 0)
        return false;
    return thing->is & OF_OUTPUT || kind_has(t->kind, base, t->path);
}

static void try_now(struct trial *t)
{
    kind_enter(t->kind, base);
    if (t->way->under.is_stranger && geteuid() == 0)
        ck_assert_int_eq(system("chown -R 65534:65534 ."), 0);
    command_line(t->command, t->kind, t->line);
    do_it(t);
    check(t);
}

/* In all kinds of runs, or in one, by turns. */
static void try_in(struct trial *t, const struct thing *thing)
{
    static size_t turn;
    const struct kind *having[MOST_KINDS];
    size_t count = 0;
    for (t->kind = KINDS; t->kind->name; t->kind++)
        if (applies(t, thing)) having[count++] = t->kind;
    const size_t only = count ? (size_t)(t->row->line + turn++) % count : 0;
    for (size_t i = 0; i < count; i++) {
        t->kind = having[i];
        if (all_kinds || i == only) try_now(t);
    }
}

static void try_command(struct trial *t, const struct thing *thing)
{
    for (const char *paths = thing->paths; *paths;) {
        char path[WORD];
        const size_t length = strcspn(paths, " ");
        snprintf(path, sizeof path, "%.*s", (int)length, paths);
        t->path = path;
        try_in(t, thing);
        paths += length;
        paths += strspn(paths, " ");
    }
}

START_TEST(what_the_row_says_happens)
{
    static struct trial trial;
    trial.row = &rows[_i];
    trial.way = way_find(trial.row->way);
    ck_assert_msg(trial.way != NULL, "line %zu: no way '%s'", rows[_i].line,
                  rows[_i].way);
    if (UNDER_TSAN && trial.way->under.file_limit) return;
    for (const char *things = rows[_i].things; things;) {
        char word[WORD];
        things = table_word(things, word);
        const struct thing *const thing = thing_find(word);
        ck_assert_msg(thing != NULL, "line %zu: no thing '%s'", rows[_i].line,
                      word);
        for (const char *commands = rows[_i].commands; commands;) {
            commands = table_word(commands, word);
            trial.command = command_find(word);
            ck_assert_msg(trial.command != NULL, "line %zu: no command '%s'",
                          rows[_i].line, word);
            try_command(&trial, thing);
        }
    }
}
END_TEST

/* Rows that speak of that; either may be NULL. */
static bool is_spoken_of(const char *thing, const char *way,
                         const char *command)
{
    for (size_t i = 0; i < row_count; i++)
        if ((!thing || table_has(rows[i].things, thing)) &&
            (!way || strcmp(rows[i].way, way) == 0) &&
            (!command || table_has(rows[i].commands, command)))
            return true;
    return false;
}

/* How many ways of things, or commands, the page is silent about. */
static size_t count_unspoken(void)
{
    size_t count = 0;
    for (const struct way *way = WAYS; way->name; way++)
        for (const struct thing *thing = THINGS; thing->name; thing++)
            if ((way->of & thing->is || !way->of) &&
                !is_spoken_of(way->of ? thing->name : NULL, way->name, NULL)) {
                printf("no row: %s %s\n", thing->name, way->name);
                count++;
            }
    for (const struct command *c = COMMANDS; c->name; c++)
        if (!is_spoken_of(NULL, NULL, c->name)) {
            printf("no row: %s\n", c->name);
            count++;
        }
    return count;
}

/* One row alone, by its line of the page, to look at it; that is no success. */
static void choose_rows(size_t *first, size_t *last)
{
    const char *const line = getenv("CONVLET_ROW");
    *first = 0;
    *last = row_count;
    for (size_t i = 0; line && i < row_count; i++)
        if (rows[i].line == (size_t)strtoul(line, NULL, 10)) {
            *first = i;
            *last = i + 1;
        }
}

int main(void)
{
    size_t first, last;
    row_count = table_read(PAGE, rows);
    all_kinds = getenv("CONVLET_ALL_KINDS") != NULL;
    choose_rows(&first, &last);
    Suite *const suite = suite_create("directories");
    TCase *const all = tcase_create("directories");
    tcase_set_timeout(all, 600);
    tcase_add_unchecked_fixture(all, enter, leave_scratch);
    tcase_add_loop_test(all, what_the_row_says_happens, (int)first, (int)last);
    suite_add_tcase(suite, all);
    SRunner *const runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const size_t unspoken = count_unspoken();
    const int failed = srunner_ntests_failed(runner);
    const int tests = srunner_ntests_run(runner);
    printf("directories: %zu rows, %d tests, %d differ\n", row_count, tests,
           failed);
    srunner_free(runner);
    return row_count && !failed && !unspoken && (size_t)tests == row_count
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
