/* resolve.h - defaults < preset < --config FILE < flags, and who won. */
#ifndef CONVLET_CLI_RESOLVE_H
#define CONVLET_CLI_RESOLVE_H

#include "base/text.h"
#include "cli/settings.h"

enum origin { ORIGIN_DEFAULT, ORIGIN_PRESET, ORIGIN_FILE, ORIGIN_FLAG };

/* {0} is empty. */
struct resolution {
    enum command_id command;
    struct config config; /* its texts live here and in argv */
    struct layer preset, file, flags;
    struct strings strings;
    const char **files; /* what config.apply.files points at, and flags.files */
};

/* Whether the path names a picture file; CVL_EIO where that cannot be told. */
typedef cvl_status is_picture_test(const char *path, bool *is, cvl_error *err);

/*
 * Settles every option of the command.
 *
 *   argc, argv   the arguments after the command's name; must outlive the
 *                resolution
 *   is_picture   tells picture files; may be NULL: there are none
 *
 * Without --preset, `train` takes the preset "notebook", or "filter" if the
 * input that results is a picture; config.start.preset_is_automatic says so.
 * With
 * --resume, the settings are those of DIR/config.ini, then the flags. With
 * --help anywhere, only config.start.help is set.
 * CVL_EINVAL for a wrong flag, key or value, or a flag that another setting
 * leaves without effect; CVL_EIO for a file that cannot be read; CVL_ENOMEM.
 * Free the resolution in any case.
 */
cvl_status resolve(enum command_id command, int argc, const char *const *argv,
                   is_picture_test *is_picture, struct resolution *resolution,
                   cvl_error *err);

/* Frees and resets; idempotent. */
void resolution_free(struct resolution *resolution);

/* Where the value of the option came from. */
enum origin resolution_origin(const struct resolution *resolution,
                              const struct option *option);

/*
 * Appends every setting as a config file that --config reads back to the same
 * values; resolution_print adds where each came from, as a comment.
 */
void config_write(enum command_id command, const struct config *config,
                  struct text *text);
void resolution_print(const struct resolution *resolution, struct text *text);

#endif
