/* flags.h - the command line of a command, read into a layer. */
#ifndef CONVLET_CLI_FLAGS_H
#define CONVLET_CLI_FLAGS_H

#include "cli/settings.h"

/*
 * Reads the arguments after the command's name: --x VALUE, --x=VALUE, and for
 * switches --x, --no-x, --x=true|false. The last of several wins, but every
 * one is checked. The layer points into argv. --help anywhere wins over
 * whatever is wrong with the rest. -x is the short form of a flag that has
 * one. A command that takes files (commands.h) finds them in layer->files,
 * where the caller left room for argc; behind "--" all is a file.
 * CVL_EINVAL with a line such as "--stride: '0' is out of range; expected 1
 * or more, as H,W or one number".
 */
cvl_status flags_parse(enum command_id command, int argc,
                       const char *const *argv, struct layer *layer,
                       cvl_error *err);

#endif
