/* settings.h - private: what is asked for, from lines of text. */
#ifndef CONVLET_LIVE_SETTINGS_H
#define CONVLET_LIVE_SETTINGS_H

#include <convlet/error.h>

#include "base/config.h"
#include "cli/option.h"

/* Bytes of all lines at most. */
enum { SETTINGS_LIMIT = 1 << 14 };

/* The keys: rows as those of `convlet train` (app/options.c), with the same
 * defaults and ranges, without its words; ends in {0}. */
extern const struct option settings_table[];

/*
 * Reads lines `key = value`; empty ones and those that begin with # or ; tell
 * nothing. `text` is cut up, and config refers to it. CVL_EINVAL with the line
 * and the key, and *config as it was.
 */
cvl_status settings_read(char *text, struct config *config, cvl_error *err);

#endif
