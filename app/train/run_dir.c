/* run_dir.c - see run_dir.h for the contract. */
#include "train/run_dir.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <convlet/file.h>
#include <convlet/memory.h>
#include <convlet/size.h>

#include "base/directory.h"
#include "cli/config_file.h"

/* The files whose presence makes a directory a run. */
static const char *const RUN_FILES[] = {RUN_CHECKPOINT, RUN_MODEL, RUN_REPORT,
                                        "loss.csv", "config.ini"};
enum { RUN_FILE_COUNT = sizeof RUN_FILES / sizeof RUN_FILES[0] };

enum { LOG_FILE_LIMIT = 1 << 30 };

/* Beside the path: a slash, the longest name, a NUL. */
enum { NAME_ROOM = 32 };

cvl_status run_dir_init(struct run_dir *dir, const char *path, cvl_error *err)
{
    void *room = NULL;
    *dir = (struct run_dir){.path = path};
    if (!path) return CVL_OK;
    const cvl_status status =
        cvl_alloc(&room, strlen(path) + NAME_ROOM, "a file's path", err);
    dir->file = room;
    return status;
}

void run_dir_free(struct run_dir *dir)
{
    run_dir_close_log(dir, NULL);
    cvl_free(dir->file);
    *dir = (struct run_dir){0};
}

const char *run_dir_file(const struct run_dir *dir, const char *name)
{
    snprintf(dir->file, strlen(dir->path) + NAME_ROOM, "%s/%s", dir->path,
             name);
    return dir->file;
}

cvl_status run_dir_look(const struct run_dir *dir, const char *name,
                        bool *found, cvl_error *err)
{
    const char *const path = run_dir_file(dir, name);
    struct stat info;
    *found = stat(path, &info) == 0;
    if (*found || errno == ENOENT) return CVL_OK;
    return cvl_fail(err, CVL_EIO, "%s: cannot open: %s", path, strerror(errno));
}

/* Removes an earlier run; config.ini last, so that half of it stays one. */
static cvl_status remove_earlier_run(const struct run_dir *dir, bool force,
                                     cvl_error *err)
{
    for (size_t i = 0; i < RUN_FILE_COUNT; i++) {
        bool found;
        const cvl_status status = run_dir_look(dir, RUN_FILES[i], &found, err);
        if (status) return status;
        if (!found) continue;
        if (!force)
            return cvl_fail(err, CVL_EINVAL,
                            "%s holds an earlier run; choose another --out, "
                            "continue it with --resume %s, or add --force to "
                            "overwrite it",
                            dir->path, dir->path);
        const char *const path = run_dir_file(dir, RUN_FILES[i]);
        if (unlink(path) != 0)
            return cvl_fail(err, CVL_EIO, "%s: cannot remove: %s", path,
                            strerror(errno));
    }
    return CVL_OK;
}

/* The settings, without those that say where and how loud: with this file
 * the run can be had again, and it overwrites nothing. */
static cvl_status write_config(const struct run_dir *dir,
                               const struct config *config, cvl_error *err)
{
    struct text text = {0};
    config_write(config, ROLE_FORM, &text);
    cvl_status status = text_status(&text, err);
    const cvl_span piece = {text.data, text.size};
    if (!status)
        status =
            cvl_file_write(run_dir_file(dir, "config.ini"), &piece, 1, err);
    text_free(&text);
    return status;
}

/* Opens loss.csv as fopen's `mode` says. */
static cvl_status open_log(struct run_dir *dir, const char *mode,
                           bool with_psnr, cvl_error *err)
{
    const char *const path = run_dir_file(dir, "loss.csv");
    dir->log = (struct loss_log){
        .stream = fopen(path, mode), .format = LOG_CSV, .with_psnr = with_psnr};
    if (dir->log.stream) return CVL_OK;
    return cvl_fail(err, CVL_EIO, "%s: cannot write: %s", path,
                    strerror(errno));
}

cvl_status run_dir_create(struct run_dir *dir, const struct config *config,
                          bool with_psnr, cvl_error *err)
{
    cvl_status status = directory_make(dir->path, "out", err);
    if (!status) status = remove_earlier_run(dir, config->output.force, err);
    if (!status) status = write_config(dir, config, err);
    if (!status) status = open_log(dir, "w", with_psnr, err);
    if (!status && !loss_log_begin(&dir->log))
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
        const char *after = line;
        size_t at;
        cvl_size_parse(&after, NULL, &at);
        if (!end || after == line || *after != ',' || at >= step ||
            at % log_every != 0)
            return (size_t)(line - text);
        line = end + 1;
    }
}

static cvl_status cut_log(const struct run_dir *dir, size_t step,
                          size_t log_every, cvl_error *err)
{
    const char *const path = run_dir_file(dir, "loss.csv");
    cvl_bytes bytes = {0};
    cvl_status status = cvl_file_read(path, LOG_FILE_LIMIT, &bytes, err);
    if (!status) {
        const cvl_span piece = {
            bytes.data, kept_size((const char *)bytes.data, step, log_every)};
        status = cvl_file_write(path, &piece, 1, err);
    }
    cvl_bytes_free(&bytes);
    return status;
}

cvl_status run_dir_reopen(struct run_dir *dir, const struct config *config,
                          bool with_psnr, size_t step, cvl_error *err)
{
    cvl_status status = cut_log(dir, step, config->output.log_every, err);
    if (!status) status = write_config(dir, config, err);
    if (!status) status = open_log(dir, "a", with_psnr, err);
    return status;
}

cvl_status run_dir_close_log(struct run_dir *dir, cvl_error *err)
{
    FILE *const stream = dir->log.stream;
    dir->log.stream = NULL;
    if (!stream || fclose(stream) == 0) return CVL_OK;
    return cvl_fail(err, CVL_EIO, "%s/loss.csv: cannot write: %s", dir->path,
                    strerror(errno));
}
