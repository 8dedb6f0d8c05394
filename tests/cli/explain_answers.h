/* explain_answers.h - what every answer of `convlet explain` is held to. */
#ifndef CVL_TESTS_CLI_EXPLAIN_ANSWERS_H
#define CVL_TESTS_CLI_EXPLAIN_ANSWERS_H

#include <stddef.h>

/* No answer that is kept is longer, nor any that tests copy. */
enum { ANSWER_LIMIT = 1 << 16 };

/* What a line answers is the file tests/cli/explain/ANSWER; of whole numbers,
 * or such that every machine rounds alike. */
struct kept_answer {
    const char *line, *answer;
};

/* Params of whole numbers, for lines that name them. */
void put_answer_params(void);

/* `convlet explain LINE MORE` gives the answer, and says nothing on standard
 * error. */
void expect_kept_answer(const struct kept_answer *kept, const char *more);

/* No line of what it answers has more bytes than that, or ends in a space. */
void expect_tidy_answer(const char *line, size_t most);

/* `convlet explain FLAGS` ends with that status, without an answer and with
 * that one message. */
void expect_mistake(const char *flags, int status, const char *message);

#endif
