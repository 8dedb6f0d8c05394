/* settings.h - what one source (preset, file or flags) sets, still as text. */
#ifndef CONVLET_CLI_SETTINGS_H
#define CONVLET_CLI_SETTINGS_H

#include "cli/option.h"

/* By index in the option table. {0} sets nothing. */
struct layer {
    const char *text[OPTION_LIMIT]; /* NULL: not set here */
    size_t line[OPTION_LIMIT];      /* of the file it stands in */
    const char **files; /* the command line: room for what is no flag */
    size_t file_count;
};

/* Texts that are owned, in one place, and freed together; {0} is empty. */
struct strings {
    struct string_node *first;
};

/* Copies text into the strings; *copy lives until strings_free. CVL_ENOMEM. */
cvl_status strings_copy(struct strings *strings, const char *text,
                        const char **copy, cvl_error *err);

/* Frees and resets; idempotent. */
void strings_free(struct strings *strings);

#endif
