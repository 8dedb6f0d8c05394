/* config_file.h - config files and presets: read, and written. */
#ifndef CONVLET_CLI_CONFIG_FILE_H
#define CONVLET_CLI_CONFIG_FILE_H

#include "base/text.h"
#include "cli/settings.h"

enum { CONFIG_FILE_LIMIT = 64 * 1024, CONFIG_LINE_LIMIT = 1024 };

/*
 * The format, as inih reads it:
 *
 *     ; a comment, or # one; after a value, behind a space, only with ;
 *     [geometry]
 *     stride = 2,1        ; or stride: 2,1
 *     [output]
 *     out = "a \;b"       ; quoted: \\ \" \; and \xHH stand for a character
 *
 * Keys are the options of the command, each under its section or before any
 * section. Leading spaces mean nothing (no continuation lines); a UTF-8 BOM
 * and CRLF are fine.
 *
 *   name      the file's name in messages: "run.ini:7: unknown key ..."
 *   origin    ORIGIN_FILE, or ORIGIN_PRESET
 *
 * CVL_EINVAL, CVL_ENOMEM.
 */
cvl_status config_parse(const char *name, const char *data, size_t size,
                        enum origin origin, struct settings *settings,
                        cvl_error *err);

/*
 * config_parse of a file of at most CONFIG_FILE_LIMIT bytes. Also CVL_EIO. In
 * that of a run's directory, which convlet wrote, a # behind a space belongs to
 * the value: version 0.1 wrote it without quotes.
 */
cvl_status config_load(const char *path, bool is_of_run,
                       struct settings *settings, cvl_error *err);

/* Is the value short enough to be written, and read back? */
bool config_can_hold(const char *value);

/*
 * Appends every setting of the command as a config file that --config reads
 * back to the same values. Those of a later role than `last` are written at
 * their defaults.
 */
void config_write(const struct config *config, enum option_role last,
                  struct text *text);

/* The same, with where each setting came from, as a comment. */
void config_print(const struct settings *settings, struct text *text);

#endif
