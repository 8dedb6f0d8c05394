/* config_file.h - a config file or preset, read into a layer. */
#ifndef CONVLET_CLI_CONFIG_FILE_H
#define CONVLET_CLI_CONFIG_FILE_H

#include "cli/settings.h"

enum { CONFIG_FILE_LIMIT = 64 * 1024, CONFIG_LINE_LIMIT = 1024 };

/*
 * The format, as inih reads it:
 *
 *     ; a comment, or # one; also after a value, behind a space
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
 *   layer     receives the texts and their lines; must be {0}
 *   strings   owns the texts afterwards, also after an error
 *
 * CVL_EINVAL, CVL_ENOMEM.
 */
cvl_status config_parse(const char *name, const char *data, size_t size,
                        enum command_id command, struct layer *layer,
                        struct strings *strings, cvl_error *err);

/* config_parse of a file of at most CONFIG_FILE_LIMIT bytes. Also CVL_EIO. */
cvl_status config_load(const char *path, enum command_id command,
                       struct layer *layer, struct strings *strings,
                       cvl_error *err);

#endif
