/* every.h - every command under every row of a table. */
#ifndef EVERY_H
#define EVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a run is put under. It does its work or fails as trial_is_wrong wants
 * it; beside that, what it may do. */
struct row {
    const char *name; /* in the page's table; rows in a row may share it */
    const char *says; /* ... and what happens */
    void (*arrange)(const void *setting); /* before the program starts */
    const void *setting;
    const char *reasons; /* a failing line has one of them, as "full|cut"; NULL:
                            any */
    int signal;          /* that may end the program; 0: none */
    int status;          /* that it may have beside 0 and 1; 0: none */
    bool must_do_its_work; /* with status 0 */
};

/* With this status `arrange` says that the system cannot have such a row; with
 * 127 so does the loader. */
enum { ROW_SKIPPED = 125 };

/* For `arrange`: the program goes on as a child, with a pipe between its stream
 * and what that was; `late` makes it one that does not wait, whose other end
 * comes later. */
void every_put_between(int stream, bool late);

/* A child's status, as of waitpid; and to end as it did. */
int every_wait(pid_t child);
_Noreturn void every_end_as(int status);

/* Before all tests, with leave_scratch after them: a scratch directory with the
 * scenarios' inputs. */
void every_begin(void);

/* For a loop test: puts scenario `index` under all rows. The test fails where
 * one ends wrong, with what is wrong. Scenarios that are not quick wait for
 * CONVLET_SCENARIOS=all. */
void every_row(size_t index, const struct row *rows, size_t count);

/* The table of the page that begins with the line `head` is the rows' names and
 * what they say, and nothing else. */
void expect_page(const char *head, const struct row *rows, size_t count);

#endif
