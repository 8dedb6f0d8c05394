/* run_dir.c - see run_dir.h for the contract. */
#include "train/run_dir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <convlet/file.h>

#include "base/directory.h"
#include "cli/resolve.h"
#include "pictures/picture.h"

/* The files whose presence makes a directory a run. */
static const char *const RUN_FILES[] = {"checkpoint.safetensors",
                                        "model.safetensors", "report.html",
                                        "loss.csv", "config.ini"};
enum { RUN_FILE_COUNT = sizeof RUN_FILES / sizeof RUN_FILES[0] };

enum { LOG_FILE_LIMIT = 1 << 30 };

cvl_status run_dir_path(const struct run_dir *dir, const char *name,
                        struct text *path, cvl_error *err)
{
    *path = (struct text){0};
    text_add(path, "%s/%s", dir->path, name);
    return text_status(path, err);
}

cvl_status run_dir_look(const struct run_dir *dir, const char *name,
                        bool *found, cvl_error *err)
{
    struct text path;
    struct stat info;
    *found = false;
    cvl_status status = run_dir_path(dir, name, &path, err);
    if (!status && stat(path.data, &info) == 0)
        *found = true;
    else if (!status && errno != ENOENT)
        status = cvl_fail(err, CVL_EIO, "%s: cannot open: %s", path.data,
                          strerror(errno));
    text_free(&path);
    return status;
}

/* Removes the file. */
static cvl_status remove_file(const struct run_dir *dir, const char *name,
                              cvl_error *err)
{
    struct text path;
    cvl_status status = run_dir_path(dir, name, &path, err);
    if (!status && unlink(path.data) != 0)
        status = cvl_fail(err, CVL_EIO, "%s: cannot remove: %s", path.data,
                          strerror(errno));
    text_free(&path);
    return status;
}

/* Removes an earlier run; config.ini last, so that half of it stays one. */
static cvl_status remove_earlier_run(const struct run_dir *dir, bool force,
                                     cvl_error *err)
{
    for (size_t i = 0; i < RUN_FILE_COUNT; i++) {
        bool found;
        cvl_status status = run_dir_look(dir, RUN_FILES[i], &found, err);
        if (!status && found && !force)
            return cvl_fail(err, CVL_EINVAL,
                            "%s holds an earlier run; choose another --out, "
                            "continue it with --resume %s, or add --force to "
                            "overwrite it",
                            dir->path, dir->path);
        if (!status && found) status = remove_file(dir, RUN_FILES[i], err);
        if (status) return status;
    }
    return CVL_OK;
}

/* The settings, without those that say where and how loud: with this file
 * the run can be had again, and it overwrites nothing. */
static cvl_status write_config(const struct run_dir *dir,
                               const struct config *config, cvl_error *err)
{
    struct config kept = *config;
    kept.output.out = NULL;
    kept.output.force = kept.output.quiet = kept.output.verbose = false;
    struct text path, text = {0};
    config_write(COMMAND_TRAIN, &kept, &text);
    cvl_status status = run_dir_path(dir, "config.ini", &path, err);
    if (!status) status = text_status(&text, err);
    if (!status) {
        const cvl_span piece = {text.data, text.size};
        status = cvl_file_write(path.data, &piece, 1, err);
    }
    text_free(&text);
    text_free(&path);
    return status;
}

/* Opens loss.csv as fopen's `mode` says. */
static cvl_status open_log(struct run_dir *dir, const char *mode,
                           bool with_psnr, cvl_error *err)
{
    struct text path;
    cvl_status status = run_dir_path(dir, "loss.csv", &path, err);
    if (!status) {
        FILE *const stream = fopen(path.data, mode);
        dir->log = (struct log){
            .stream = stream, .format = LOG_CSV, .with_psnr = with_psnr};
        if (!stream)
            status = cvl_fail(err, CVL_EIO, "%s: cannot write: %s", path.data,
                              strerror(errno));
    }
    text_free(&path);
    return status;
}

cvl_status run_dir_create(struct run_dir *dir, const struct config *config,
                          bool with_psnr, cvl_error *err)
{
    *dir = (struct run_dir){.path = config->output.out};
    cvl_status status = directory_make(dir->path, "out", err);
    if (!status) status = remove_earlier_run(dir, config->output.force, err);
    if (!status) status = write_config(dir, config, err);
    if (!status) status = open_log(dir, "w", with_psnr, err);
    if (!status && !log_begin(&dir->log))
        status = cvl_fail(err, CVL_EIO, "%s/loss.csv: cannot write: %s",
                          dir->path, strerror(errno));
    return status;
}

/* Bytes of the header and of the lines to keep; a line without an end, as a
 * crash may leave, is not kept. */
static size_t kept_size(const char *text, size_t step, size_t log_every)
{
    const char *line = strchr(text, '\n');
    if (!line) return 0;
    for (line++;;) {
        const char *const end = strchr(line, '\n');
        char *after;
        const unsigned long long at = strtoull(line, &after, 10);
        if (!end || after == line || *after != ',' || at >= step ||
            at % log_every != 0)
            return (size_t)(line - text);
        line = end + 1;
    }
}

static cvl_status cut_log(const struct run_dir *dir, size_t step,
                          size_t log_every, cvl_error *err)
{
    struct text path;
    cvl_bytes bytes = {0};
    cvl_status status = run_dir_path(dir, "loss.csv", &path, err);
    if (!status) status = cvl_file_read(path.data, LOG_FILE_LIMIT, &bytes, err);
    if (!status) {
        const cvl_span piece = {
            bytes.data, kept_size((const char *)bytes.data, step, log_every)};
        status = cvl_file_write(path.data, &piece, 1, err);
    }
    cvl_bytes_free(&bytes);
    text_free(&path);
    return status;
}

cvl_status run_dir_reopen(struct run_dir *dir, const struct config *config,
                          bool with_psnr, size_t step, cvl_error *err)
{
    *dir = (struct run_dir){.path = config->output.out};
    cvl_status status = cut_log(dir, step, config->output.log_every, err);
    if (!status) status = write_config(dir, config, err);
    if (!status) status = open_log(dir, "a", with_psnr, err);
    return status;
}

cvl_status run_dir_save_picture(const struct run_dir *dir, bool quiet,
                                const char *name, const cvl_tensor *pixels,
                                cvl_error *err)
{
    if (pixels->shape[1] != 1 && pixels->shape[1] != 3) return CVL_OK;
    struct text path;
    cvl_status status = run_dir_path(dir, name, &path, err);
    if (!status) status = picture_save(path.data, pixels, err);
    if (!status && !quiet) fprintf(stderr, "wrote %s\n", path.data);
    text_free(&path);
    return status;
}

cvl_status run_dir_close(struct run_dir *dir, cvl_error *err)
{
    cvl_status status = CVL_OK;
    if (dir->log.stream && fclose(dir->log.stream) != 0)
        status = cvl_fail(err, CVL_EIO, "%s/loss.csv: cannot write: %s",
                          dir->path, strerror(errno));
    *dir = (struct run_dir){0};
    return status;
}
