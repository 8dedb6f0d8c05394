/* flags.h - the command line of a command, read into its settings. */
#ifndef CONVLET_CLI_FLAGS_H
#define CONVLET_CLI_FLAGS_H

#include "cli/settings.h"

/*
 * Reads the arguments after the command's name: --x VALUE, --x=VALUE, and for
 * switches --x, --no-x, --x=true|false. The last of several wins, but every
 * one is checked. The settings point into argv. --help or -h anywhere wins
 * over whatever is wrong with the rest. -x is the short form of a flag that has
 * one. A command that takes files finds them in settings->files; behind "--"
 * all is a file.
 * CVL_EINVAL with a line such as "--stride: '0' is out of range; expected 1
 * or more, as H,W or one number"; CVL_ENOMEM.
 */
cvl_status flags_parse(int argc, const char *const *argv,
                       struct settings *settings, cvl_error *err);

#endif
