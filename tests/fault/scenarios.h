/* scenarios.h - the command lines that are run while the system fails. */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include <stddef.h>

/* What a scenario's runs have that others have not. */
enum {
    SCENARIO_TIMED = 1,   /* prints times: two outputs are not the same */
    SCENARIO_RUN = 2,     /* trains into the directory "run" */
    SCENARIO_QUICK = 4,   /* one of those that are tried in every test run */
    SCENARIO_MANY = 16,   /* works on several files, each with its own error */
    SCENARIO_LONG = 8,    /* takes long: all of it is for the nightly tests */
    SCENARIO_SHARED = 32, /* is what several ranks do, too */
};

/*
 * A command line is run in the directory "work", beside which "in" holds its
 * inputs; standard input is grey.png of these. Before, `prepare` was run there
 * once, from sound binaries.
 */
struct scenario {
    const char *name;
    const char *line;
    unsigned traits;
    const char *prepare;
};

extern const struct scenario scenarios[];
extern const size_t scenario_count;

/* Makes the files of "in", which all scenarios share. */
void scenario_make_inputs(void);

#endif
