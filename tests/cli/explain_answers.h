/* explain_answers.h - what every answer of `convlet explain` is held to. */
#ifndef CVL_TESTS_CLI_EXPLAIN_ANSWERS_H
#define CVL_TESTS_CLI_EXPLAIN_ANSWERS_H

#include <stddef.h>

/* No answer that is kept is longer, nor any that tests copy. */
enum { ANSWER_LIMIT = 1 << 16 };

/* The line answers with the file tests/cli/explain/ANSWER, and says nothing on
 * standard error. */
void expect_kept_answer(const char *line, const char *answer);

/* No line of what it answers has more bytes than that, or ends in a space. */
void expect_tidy_answer(const char *line, size_t most);

/* `convlet explain FLAGS` ends with that status, without an answer and with
 * that one message. */
void expect_mistake(const char *flags, int status, const char *message);

#endif
