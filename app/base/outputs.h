/* outputs.h - what may be written: nothing that is there, is read, or twice. */
#ifndef CONVLET_BASE_OUTPUTS_H
#define CONVLET_BASE_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include <convlet/error.h>

/* A file to be; a path of NULL or "-" is none. */
struct output {
    const char *flag; /* that names it, as "output" */
    const char *path;
};

/*
 * Are two of the outputs one file, or is one of them an input? Files are told
 * by what they are: links and other spellings of a path do not hide them.
 *
 *   inputs   paths, NULL or what is no path at all; only files that are there
 *            count
 *
 * CVL_EINVAL, with both names; CVL_ENOMEM.
 */
cvl_status outputs_refuse_clash(const struct output *outputs, size_t count,
                                const char *const *inputs, size_t input_count,
                                cvl_error *err);

/* CVL_EINVAL where the output is there already and `force` is not given;
 * CVL_EIO for a directory. A device, a pipe or /dev/stdout is there to be
 * written to. */
cvl_status output_refuse_existing(const struct output *output, bool force,
                                  cvl_error *err);

/* Both, for all of them. */
cvl_status outputs_check(const struct output *outputs, size_t count,
                         const char *const *inputs, size_t input_count,
                         bool force, cvl_error *err);

#endif
