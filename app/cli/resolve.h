/* resolve.h - defaults < preset < --config FILE < flags. */
#ifndef CONVLET_CLI_RESOLVE_H
#define CONVLET_CLI_RESOLVE_H

#include "cli/settings.h"

/*
 * Settles every option of the command.
 *
 *   table        the options of all commands; ends in {0}
 *   argc, argv   the arguments after the command's name; must outlive the
 *                settings
 *
 * Without --preset, a command that has presets takes the one of
 * command->preset; config.start.preset_is_automatic says so. With --resume,
 * the settings are those of DIR/config.ini, then the flags. With --help
 * anywhere, only config.start.help counts.
 * CVL_EINVAL for a wrong flag, key or value, or a flag that another setting
 * leaves without effect; CVL_EIO for a file that cannot be read; CVL_ENOMEM.
 * Free the settings in any case; they must not be moved.
 */
cvl_status resolve(const struct command *command, const struct option *table,
                   int argc, const char *const *argv, struct settings *settings,
                   cvl_error *err);

#endif
