/* settings.h - the settings of a command as they come in, and who set them. */
#ifndef CONVLET_CLI_SETTINGS_H
#define CONVLET_CLI_SETTINGS_H

#include "cli/command.h"
#include "cli/option.h"

/* Who set a value, the weakest first. */
enum origin { ORIGIN_DEFAULT, ORIGIN_PRESET, ORIGIN_FILE, ORIGIN_FLAG };

/* {0} is empty. Fields by option stand by its index in options. */
struct settings {
    const struct command *command;
    const struct option *table; /* of every command */
    struct options options;     /* of this one */
    struct config config;       /* its texts live here and in argv */
    enum origin origin[OPTION_LIMIT];
    const char *file;          /* the last one that was loaded; or NULL */
    size_t line[OPTION_LIMIT]; /* of it, where the origin is a file */
    struct text_node *texts;   /* owned */
    const char **files;        /* what is no flag on the command line */
    size_t file_count;
};

/* Sets every option of the command to its default. The settings stay where
 * they are: config.start points at their options. */
cvl_status settings_init(struct settings *settings,
                         const struct command *command,
                         const struct option *table, cvl_error *err);

/* Frees and resets; idempotent. */
void settings_free(struct settings *settings);

/*
 * Reads a value and keeps it, unless a stronger source has set the option
 * before; of two of the same strength the later one wins. `text` must outlive
 * the settings. As value_parse.
 */
cvl_status settings_enter(struct settings *settings,
                          const struct option *option, enum origin origin,
                          size_t line, const char *text, cvl_error *err);

/* Makes room for so many files where the command takes any. CVL_ENOMEM. */
cvl_status settings_make_room(struct settings *settings, int arguments,
                              cvl_error *err);

/* Copies a text into the settings, which free it. CVL_ENOMEM. */
cvl_status settings_copy(struct settings *settings, const char *text,
                         const char **copy, cvl_error *err);

/* Where the value of one of the settings' options came from. */
enum origin settings_origin(const struct settings *settings,
                            const struct option *option);

/* Is the option's value what one writes as `text`? */
bool settings_says(const struct settings *settings, const struct option *option,
                   const char *text);

/* CVL_EINVAL, in the words of the first rule that a flag offends; the rules
 * end in {0}. */
cvl_status settings_check(const struct settings *settings,
                          const struct rule *rules, cvl_error *err);

#endif
